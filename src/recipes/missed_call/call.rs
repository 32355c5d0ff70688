//! Was this call missed, and can the caller be texted? Two classifiers over what HighLevel reports of a call.
//!
//! Only the meaning of a call's fields lives here; what follows from it is the episode's business.

use crate::message::{CallStatus, Direction};
use crate::phone::PhoneNumber;

/// Why a call was not answered. Stored in the ledger by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissedReason {
    /// Nobody picked up.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// The caller hung up before anybody picked up.
    Canceled,
    /// The platform or the carrier failed: a missed call, and a fault to look at.
    Failed,
    /// A voicemail took the call.
    Voicemail,
    /// It was answered so briefly that the recipe takes it for one that a mailbox took. Whether the caller left a
    /// message is not known.
    SuspectedVoicemail,
}

/// What became of a call, seen from the business.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallOutcome {
    /// Inbound, and somebody picked up. A mailbox of a forwarded line looks the same: HighLevel does not tell them
    /// apart.
    Answered,
    /// Inbound, and nobody spoke with the caller.
    Missed(MissedReason),
    /// Outbound, and the person called picked up.
    Returned,
    /// Outbound, and the person called was not reached; a mailbox does not count as reached.
    NotReturned,
    /// Not decided yet: the call still runs, or the event carries no status. Fetch the message and look again.
    Pending,
    /// A direction or status that this release does not know, as HighLevel wrote it, up to 64 characters. Nothing may be
    /// sent on its account.
    Unknown(String),
}

/// Says what became of a call, from the fields `direction`, `status` and `callStatus` of a webhook or message.
///
/// `callStatus` decides when it is there, `status` otherwise; but `voicemail` in either is a voicemail, because an
/// outbound call that reached a mailbox has the status `completed`, and HighLevel's sample of an inbound voicemail has
/// no `callStatus` at all. The event's `type` is not asked: HighLevel's own samples mislabel it (source: *InboundMessage*
/// and *OutboundMessage* in HighLevel's webhook documentation).
pub fn classify(
    direction: &Direction,
    status: Option<&str>,
    call_status: Option<&str>,
) -> CallOutcome {
    let read = |text: Option<&str>| {
        text.map(str::trim)
            .filter(|text| !text.is_empty())
            .map(|text| CallStatus::from(text.to_lowercase().as_str()))
    };
    let (status, call_status) = (read(status), read(call_status));
    let voicemail = [&status, &call_status]
        .into_iter()
        .any(|status| matches!(status, Some(CallStatus::Voicemail)));
    let effective = if voicemail {
        Some(CallStatus::Voicemail)
    } else {
        call_status.or(status)
    };
    match direction {
        Direction::Inbound => inbound(effective),
        Direction::Outbound => outbound(effective),
        other => unknown(other.as_str()),
    }
}

/// It is stored: a word, however much was written in its place.
fn unknown(word: &str) -> CallOutcome {
    const LONGEST: usize = 64;
    CallOutcome::Unknown(word.chars().take(LONGEST).collect())
}

fn inbound(status: Option<CallStatus>) -> CallOutcome {
    match status {
        None | Some(CallStatus::Pending) => CallOutcome::Pending,
        Some(CallStatus::Completed | CallStatus::Answered) => CallOutcome::Answered,
        Some(CallStatus::NoAnswer) => CallOutcome::Missed(MissedReason::NoAnswer),
        Some(CallStatus::Busy) => CallOutcome::Missed(MissedReason::Busy),
        Some(CallStatus::Canceled) => CallOutcome::Missed(MissedReason::Canceled),
        Some(CallStatus::Failed) => CallOutcome::Missed(MissedReason::Failed),
        Some(CallStatus::Voicemail) => CallOutcome::Missed(MissedReason::Voicemail),
        Some(other) => unknown(other.as_str()),
    }
}

fn outbound(status: Option<CallStatus>) -> CallOutcome {
    match status {
        None | Some(CallStatus::Pending) => CallOutcome::Pending,
        Some(CallStatus::Completed | CallStatus::Answered) => CallOutcome::Returned,
        Some(
            CallStatus::NoAnswer
            | CallStatus::Busy
            | CallStatus::Canceled
            | CallStatus::Failed
            | CallStatus::Voicemail,
        ) => CallOutcome::NotReturned,
        Some(other) => unknown(other.as_str()),
    }
}

/// Who called, as far as a text can be sent to them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caller {
    /// A number that can be written to.
    Number(PhoneNumber),
    /// Three to six digits: a service, not a person.
    ShortCode,
    /// The caller hid the number, or the network did not pass it on.
    Withheld,
    /// Something else, such as a national number without its country code, which would mean another line in every
    /// country.
    Unreadable,
}

/// What networks write in place of a hidden number.
const WITHHELD_WORDS: &[&str] = &[
    "anonymous",
    "unknown",
    "restricted",
    "unavailable",
    "private",
    "blocked",
    "withheld",
    "no caller id",
];

/// Those words typed on a telephone keypad, which carriers send as if they were numbers: `ANONYMOUS` is 266696687,
/// then `RESTRICTED`, `BLOCKED`, `UNKNOWN` and `UNAVAILABLE`.
const WITHHELD_DIGITS: &[&str] = &[
    "266696687",
    "7378742833",
    "2562533",
    "8656696",
    "86282452253",
];

impl Caller {
    /// Reads the `from` of a call.
    pub fn from_wire(from: Option<&str>) -> Self {
        let from = from.unwrap_or_default().trim();
        let lower = from.to_lowercase();
        let name = lower.strip_prefix("sip:").unwrap_or(&lower);
        let name = name.split('@').next().unwrap_or_default();
        let digits = from.strip_prefix('+').unwrap_or(from);
        if name.is_empty() || WITHHELD_WORDS.contains(&name) || WITHHELD_DIGITS.contains(&digits) {
            return Self::Withheld;
        }
        if (3..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::ShortCode;
        }
        PhoneNumber::parse(from).map_or(Self::Unreadable, Self::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_outcomes() {
        use CallOutcome::{Answered, Missed, NotReturned, Pending, Returned};
        use MissedReason::{Busy, Canceled, Failed, NoAnswer, Voicemail};
        let unknown = |text: &str| CallOutcome::Unknown(text.to_owned());
        for (direction, status, call_status, expected) in [
            ("inbound", Some("completed"), Some("completed"), Answered),
            ("inbound", None, Some("answered"), Answered),
            ("inbound", Some("no-answer"), None, Missed(NoAnswer)),
            ("inbound", Some("No_Answer"), Some(""), Missed(NoAnswer)),
            ("inbound", Some("completed"), Some("busy"), Missed(Busy)),
            ("inbound", Some("canceled"), None, Missed(Canceled)),
            ("inbound", Some("CANCELLED"), None, Missed(Canceled)),
            ("inbound", Some("failed"), None, Missed(Failed)),
            ("inbound", Some("voicemail"), None, Missed(Voicemail)),
            (
                "inbound",
                Some("voicemail"),
                Some("completed"),
                Missed(Voicemail),
            ),
            (
                "inbound",
                Some("completed"),
                Some("Voicemail"),
                Missed(Voicemail),
            ),
            ("inbound", Some("pending"), None, Pending),
            ("inbound", None, None, Pending),
            ("inbound", Some(" "), None, Pending),
            ("inbound", Some("parked"), None, unknown("parked")),
            ("outbound", Some("completed"), Some("completed"), Returned),
            (
                "outbound",
                Some("completed"),
                Some("voicemail"),
                NotReturned,
            ),
            ("outbound", Some("no-answer"), None, NotReturned),
            ("outbound", Some("busy"), None, NotReturned),
            ("outbound", Some("failed"), None, NotReturned),
            ("outbound", None, None, Pending),
            ("outbound", Some("parked"), None, unknown("parked")),
            (
                "sideways",
                Some("no-answer"),
                Some("no-answer"),
                unknown("sideways"),
            ),
        ] {
            let outcome = classify(&Direction::from(direction), status, call_status);
            assert_eq!(outcome, expected, "{direction} {status:?} {call_status:?}");
        }
    }

    #[test]
    fn callers() {
        for text in [
            None,
            Some(""),
            Some("  "),
            Some("Anonymous"),
            Some("UNKNOWN"),
            Some("restricted"),
            Some("unavailable"),
            Some("sip:anonymous@anonymous.invalid"),
            Some("+266696687"),
            Some("266696687"),
            Some("+7378742833"),
            Some("+2562533"),
            Some("+8656696"),
            Some("+86282452253"),
        ] {
            assert_eq!(Caller::from_wire(text), Caller::Withheld, "{text:?}");
        }
        for text in ["611", "72345", "+787878"] {
            assert_eq!(Caller::from_wire(Some(text)), Caller::ShortCode, "{text:?}");
        }
        for text in ["8887324197", "18887324197", "12", "1234567", "client:rosan"] {
            assert_eq!(
                Caller::from_wire(Some(text)),
                Caller::Unreadable,
                "{text:?}"
            );
        }
        let Caller::Number(number) = Caller::from_wire(Some(" +1 (888) 732-4197")) else {
            panic!("a number in E.164 is a number");
        };
        assert_eq!(number.e164(), "+18887324197");
    }
}
