//! A call that a workflow tells of, for locations without a marketplace app: the trigger *Call Status* starts the
//! workflow, and a step of it tells. Pure: what it means is decided here.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::call::{CallOutcome, Caller, MissedReason, classify};
use super::episode::{Evidence, MissedCall};
use super::intake::Signal;
use crate::digest::sha256_hex;
use crate::ids::{ContactId, LocationId, MessageId};
use crate::lenient::FromScalar;
use crate::message::Direction;
use crate::phone::PhoneNumber;
use crate::secret::Private;
use crate::workflows::actions::ActionCall;
use crate::workflows::{UnreadableField, WebhookCall, is_there, text_of};

/// For how long what a workflow tells of one contact is the same call, where nothing else tells calls apart.
const ONE_CALL_SECONDS: i64 = 60;

/// What is wrong with an `ended_at`.
const NO_TIME: &str =
    "it is no time; send ISO 8601 with a zone, such as 2026-05-08T16:00:00Z, or leave it out";

/// A call as a workflow tells of it. Only location and contact are needed: that the workflow tells says that a call was
/// missed, and the contact's own number is the caller's.
///
/// # What a workflow sends
///
/// The workflow begins with the trigger *Call Status*, for incoming calls that were missed. Its step *Webhook* (fields
/// under *Custom Data*), *Custom Webhook* (fields of the body) or the marketplace action (fields of its form) sends:
///
/// | field | what | without it |
/// |---|---|---|
/// | `location_id` | `{{location.id}}`; an action needs none | refused, unless HighLevel sends `location.id` of its own accord |
/// | `contact_id` | `{{contact.id}}`; an action needs none | refused |
/// | `message_id` | the call's id, where the workflow knows it | see below |
/// | `ended_at` | when the call ended: ISO 8601, in UTC if it names no zone, or milliseconds since 1970 | now |
/// | `call_status` | `no-answer`, `busy`, `voicemail`, … | `no-answer` |
/// | `call_direction` | `inbound` or `outbound`; an outbound one means nothing | `inbound` |
/// | `call_duration` | seconds | not known |
/// | `phone` | the caller's number in E.164, or a word such as `anonymous` where it was withheld | the contact's number |
/// | `called_number` | the business's number in E.164 | steps for some numbers only are not done |
///
/// A field is missing if it is null or empty, if HighLevel left its merge field as it is (`{{contact.phone}}`), or if it
/// holds something else than what stands here. But an `ended_at` that cannot be read is refused: a call of yesterday
/// must not pass for one of now.
///
/// Replies, opt-outs and calls back are not told by such a workflow: without a marketplace app, keep
/// [`Engine::run_sweeps`](super::Engine::run_sweeps) going, which finds them in HighLevel's records.
///
/// # What is a repeat
///
/// HighLevel names neither these requests nor, in them, the call. So a call is known again by the best that is there:
///
/// 1. `message_id`: the call is the one that webhooks and sweeps tell of too, and is taken once from all of them.
/// 2. `ended_at`, with the contact.
/// 3. HighLevel's name for the run of a marketplace action that pauses, with the contact.
/// 4. The contact, within the same minute.
///
/// Whatever is not recognised joins the contact's running episode as one more call, and so gets no second text before
/// the recipe's cooldown is over. Where webhooks or sweeps run beside a workflow that cannot send `message_id`, the ledger
/// counts such calls twice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkflowCall {
    /// Where.
    pub location: LocationId,
    /// Who called.
    pub contact: ContactId,
    /// The call, as HighLevel keeps it.
    pub message: Option<MessageId>,
    /// When it ended; what lies ahead counts as now.
    pub ended_at: Option<Timestamp>,
    /// What became of it, in HighLevel's words.
    pub status: Option<String>,
    /// Which way it went.
    pub direction: Option<Direction>,
    /// How long it lasted.
    pub duration: Option<Duration>,
    /// The caller's number as the network told it; what is neither a number in E.164, nor a short code, nor a word for a
    /// withheld number counts as not told.
    pub caller: Option<Private<String>>,
    /// The number of the business.
    pub called: Option<PhoneNumber>,
    /// HighLevel's name for the run of the step that told.
    pub run: Option<String>,
    /// SHA-256 in hex of the body that told, as evidence.
    pub body_sha256: Option<String>,
}

/// The form of "missed-call text back" as a step of a workflow: the fields of [`WorkflowCall`]. All of them may be left
/// out of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct MissedCallForm(Private<Map<String, Value>>);

impl MissedCallForm {
    fn field(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| is_there(value))
    }
}

impl WorkflowCall {
    /// A missed call of which no more is known.
    pub fn new(location: LocationId, contact: ContactId) -> Self {
        Self {
            location,
            contact,
            message: None,
            ended_at: None,
            status: None,
            direction: None,
            duration: None,
            caller: None,
            called: None,
            run: None,
            body_sha256: None,
        }
    }

    /// Reads what a step *Webhook* or *Custom Webhook* sent. Fails if location or contact are missing, or if `ended_at`
    /// cannot be read.
    pub fn from_webhook(call: &WebhookCall) -> Result<Self, UnreadableField> {
        let own_location = || call.raw().get("location")?.get("id")?.as_str();
        let location = call.text("location_id");
        let location = location.as_deref().or_else(own_location);
        let contact = call.text("contact_id");
        let told = Self::new(
            id(location).ok_or_else(|| UnreadableField::missing("location_id"))?,
            id(contact.as_deref()).ok_or_else(|| UnreadableField::missing("contact_id"))?,
        );
        Ok(Self {
            body_sha256: Some(call.body_sha256().to_owned()),
            ..told.with_fields(|name| call.field(name))?
        })
    }

    /// Reads what a marketplace action was called with. Fails if HighLevel names no location or contact, or if `ended_at`
    /// cannot be read.
    pub fn from_action(call: &ActionCall<MissedCallForm>) -> Result<Self, UnreadableField> {
        let told = Self::new(
            call.extras
                .location()
                .ok_or_else(|| UnreadableField::missing("locationId"))?,
            call.extras
                .contact()
                .ok_or_else(|| UnreadableField::missing("contactId"))?,
        );
        Ok(Self {
            run: call.extras.status_id(),
            body_sha256: Some(call.body_sha256.clone()),
            ..told.with_fields(|name| call.data.field(name))?
        })
    }

    /// What is told of the call, by whichever step.
    fn with_fields<'a>(
        self,
        field: impl Fn(&str) -> Option<&'a Value>,
    ) -> Result<Self, UnreadableField> {
        let text = |name: &str| field(name).and_then(text_of);
        let ended_at = field("ended_at").map(|time| {
            text_of(time)
                .and_then(|time| Timestamp::from_text(&time))
                .ok_or_else(|| UnreadableField::new("ended_at", NO_TIME))
        });
        Ok(Self {
            message: id(text("message_id").as_deref()),
            ended_at: ended_at.transpose()?,
            status: text("call_status"),
            direction: text("call_direction").map(|word| direction(&word)),
            duration: text("call_duration")
                .and_then(|seconds| f64::from_text(&seconds))
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            caller: text("phone").map(Private::new),
            called: text("called_number").and_then(|number| PhoneNumber::parse(&number).ok()),
            ..self
        })
    }

    /// The name of the call, made up where HighLevel's is not told.
    fn message(&self, now: Timestamp) -> Option<MessageId> {
        if let Some(message) = &self.message {
            return Some(message.clone());
        }
        let contact = &self.contact;
        let name = match (self.ended_at, &self.run) {
            (Some(ended_at), _) => format!("workflow:{contact}:{}", ended_at.as_second()),
            (None, Some(run)) => format!("workflow:{contact}:run:{run}"),
            (None, None) => {
                let minute = now.as_second().div_euclid(ONE_CALL_SECONDS);
                format!("workflow:{contact}:minute:{minute}")
            }
        };
        // Ids of a workflow's making may be of any length.
        MessageId::new(name.as_str())
            .or_else(|_| MessageId::new(format!("workflow:{}", sha256_hex(name.as_bytes()))))
            .ok()
    }

    /// Who called, where that is told in a form that says so. Merge fields render numbers as people write them in their
    /// country; then the contact's number, which HighLevel keeps in E.164, says it better.
    fn caller(&self) -> Option<Caller> {
        let caller = Caller::from_wire(Some(self.caller.as_ref()?.as_str()));
        (caller != Caller::Unreadable).then_some(caller)
    }

    /// What it means, and the name of the call; `None` if it means nothing.
    pub(crate) fn signal(&self, now: Timestamp) -> Option<(MessageId, Signal)> {
        let direction = self.direction.as_ref().unwrap_or(&Direction::Inbound);
        if *direction == Direction::Outbound {
            return None;
        }
        let message = self.message(now)?;
        let status = self.status.as_deref().map(status_word);
        let missed = |reason| MissedCall {
            location: self.location.clone(),
            message: message.clone(),
            contact: self.contact.clone(),
            conversation: None,
            caller: self.caller(),
            called: self.called.clone(),
            ended_at: self.ended_at.map_or(now, |ended_at| ended_at.min(now)),
            duration: self.duration,
            reason,
            evidence: Evidence {
                delivery: message.to_string(),
                body_sha256: self.body_sha256.clone().unwrap_or_default(),
                received_at: now,
            },
        };
        let status = status.as_deref().unwrap_or("no-answer");
        let signal = match classify(direction, None, Some(status)) {
            CallOutcome::Missed(reason) => Signal::Missed(missed(reason)),
            CallOutcome::Answered => Signal::Answered {
                by_a_user: false,
                call: missed(MissedReason::SuspectedVoicemail),
            },
            CallOutcome::Unknown(status) => Signal::Unclear {
                location: self.location.clone(),
                message: message.clone(),
                status,
            },
            _ => return None,
        };
        Some((message, signal))
    }
}

fn id<T: FromScalar>(text: Option<&str>) -> Option<T> {
    T::from_text(text?)
}

/// People write these into steps by hand, as HighLevel's own pages show them: `Inbound`, `Incoming`.
fn direction(word: &str) -> Direction {
    let word = word.trim().to_ascii_lowercase();
    match word.as_str() {
        "incoming" => Direction::Inbound,
        "outgoing" => Direction::Outbound,
        other => Direction::from(other),
    }
}

/// `No Answer` and `Missed`, as workflows name what webhooks call `no-answer`.
fn status_word(word: &str) -> String {
    let word = word.trim().to_ascii_lowercase().replace(' ', "-");
    match word.as_str() {
        "missed" | "missed-call" => "no-answer".to_owned(),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> WorkflowCall {
        WorkflowCall::new("l".parse().unwrap(), "c".parse().unwrap())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn signal(call: &WorkflowCall, second: i64) -> Option<Signal> {
        call.signal(at(second)).map(|(_, signal)| signal)
    }

    fn named(call: &WorkflowCall, second: i64) -> String {
        match signal(call, second) {
            Some(Signal::Missed(missed)) => missed.message.to_string(),
            other => panic!("a missed call, not {other:?}"),
        }
    }

    #[test]
    fn a_call_is_known_again_by_the_best_there_is() {
        let mut told = call();
        assert_eq!(named(&told, 119), "workflow:c:minute:1");
        assert_eq!(named(&told, 60), named(&told, 119));
        assert_ne!(named(&told, 119), named(&told, 120));
        told.run = Some("s1".into());
        assert_eq!(named(&told, 0), "workflow:c:run:s1");
        told.ended_at = Some(at(7));
        assert_eq!(named(&told, 900), "workflow:c:7");
        told.message = Some("call-1".parse().unwrap());
        assert_eq!(named(&told, 900), "call-1");
        told = call();
        told.run = Some("two words".into());
        assert!(named(&told, 0).starts_with("workflow:") && named(&told, 0).len() == 73);
    }

    #[test]
    fn statuses_and_directions_in_any_spelling() {
        use MissedReason::{Busy, NoAnswer, Voicemail};
        for (status, expected) in [
            (None, NoAnswer),
            (Some("No Answer"), NoAnswer),
            (Some("Missed"), NoAnswer),
            (Some("busy"), Busy),
            (Some("Voicemail"), Voicemail),
        ] {
            let mut told = call();
            told.status = status.map(str::to_owned);
            told.direction = Some(direction("Incoming"));
            let signal = signal(&told, 0);
            assert!(matches!(&signal, Some(Signal::Missed(missed)) if missed.reason == expected));
        }
        let mut told = call();
        told.direction = Some(direction("Outgoing"));
        assert_eq!(told.signal(at(0)), None);
        told.direction = None;
        told.status = Some("completed".into());
        assert!(matches!(
            signal(&told, 0),
            Some(Signal::Answered {
                by_a_user: false,
                ..
            })
        ));
        told.status = Some("parked".into());
        assert!(matches!(signal(&told, 0), Some(Signal::Unclear { .. })));
    }

    #[test]
    fn the_end_never_lies_ahead() {
        let mut told = call();
        told.ended_at = Some(at(500));
        let Some(Signal::Missed(missed)) = signal(&told, 100) else {
            panic!("a missed call");
        };
        assert_eq!(missed.ended_at, at(100));
    }
}
