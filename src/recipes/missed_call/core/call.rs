//! Classifies a call by the fields that HighLevel reports: missed, answered, returned or undecided.
//!
//! This module knows the meaning of the fields, whatever their source. The episode decides what follows.

pub use super::caller::Caller;
use crate::message::{CallStatus, Direction};

/// Why a call was not answered. Stored in the ledger by its name.
// Exhaustive on purpose: a report has to name each reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissedReason {
    /// Nobody picked up.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// The caller hung up before anybody picked up.
    Canceled,
    /// The platform or the carrier failed: a missed call, and an error to look into.
    Failed,
    /// A voicemail took the call.
    Voicemail,
    /// The call was answered so briefly that the recipe treats it as answered by a voicemail box. Whether the caller
    /// left a message is not known.
    SuspectedVoicemail,
}

/// The result of a call, seen from the business.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallOutcome {
    /// Inbound, and somebody picked up. The voicemail box of a forwarded line looks the same: HighLevel does not
    /// distinguish the two.
    Answered,
    /// Inbound, and nobody spoke with the caller.
    Missed(MissedReason),
    /// Outbound, and the person called picked up.
    Returned,
    /// Outbound, and the person called was not reached. A voicemail box does not count as reached.
    NotReturned,
    /// Undecided: the call is in progress, or the event carries no status. Fetch the message and check again.
    Pending,
    /// A direction or status that this release does not know, as HighLevel wrote it, up to 64 characters. Do not send
    /// anything because of it.
    Unknown(String),
}

/// Classifies a call by the fields `direction`, `status` and `callStatus` of a webhook or message.
///
/// Each word is read in any spelling ([`CallStatus`]). `callStatus` decides if it is present, `status` otherwise.
/// `voicemail` in either of them means a voicemail: an outbound call that reached a voicemail box has the status
/// `completed`, and HighLevel's sample of an inbound voicemail has no `callStatus`. The event's `type` is ignored,
/// because HighLevel's own samples mislabel it (source: *InboundMessage* and *OutboundMessage* in HighLevel's webhook
/// documentation).
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

/// Cuts the word to a bounded length, because it is stored.
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
            ("inbound", Some("missed"), None, Missed(NoAnswer)),
            ("inbound", Some("No Answer"), None, Missed(NoAnswer)),
            ("inbound", None, Some("NO_ANSWER"), Missed(NoAnswer)),
            ("inbound", Some("Voice Mail"), None, Missed(Voicemail)),
            ("inbound", Some("ringing"), None, Pending),
            ("inbound", None, Some("In Progress"), Pending),
            ("inbound", Some("Parked"), None, unknown("parked")),
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
}
