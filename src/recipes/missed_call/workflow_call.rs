//! A call that a workflow tells of, for locations without a marketplace app: the trigger *Call Status* starts the
//! workflow, and a step of it tells. Pure: what it means is decided here.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::call::{CallOutcome, Caller, MissedReason, classify};
use super::episode::{Evidence, MissedCall};
use super::intake::Signal;
use super::step_fields::{self as names, StepFields};
use super::told_time::{ToldTime, earliest_instant, instant};
use crate::digest::sha256_hex;
use crate::ids::{ContactId, LocationId, MessageId};
use crate::lenient::FromScalar;
use crate::message::{CallStatus, Direction};
use crate::phone::PhoneNumber;
use crate::secret::Private;
use crate::workflows::actions::ActionCall;
use crate::workflows::{InvalidField, WebhookCall, text_of};

/// For how long what a workflow tells of one contact is the same call, where nothing else tells calls apart.
const ONE_CALL_SECONDS: i64 = 60;

/// What is wrong with an `ended_at`.
const NO_TIME: &str = "it is no time, or could be two; send ISO 8601, such as 2026-05-08T16:00:00Z, or what HighLevel \
                       shows, such as Fri, May 8, 2026 11:00 AM, or leave it out";

const NO_LOCATION: &str = "it is missing; add location_id with the value {{location.id}} under Custom Data of a Webhook \
                           step, or to the body of a Custom Webhook step";
const NO_CONTACT: &str = "it is missing; add contact_id with the value {{contact.id}} under Custom Data of a Webhook step, \
                          or to the body of a Custom Webhook step";
const NO_ID: &str = "it is no id of HighLevel's; send the merge field and nothing beside it";

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
/// | `ended_at` | when the call ended: ISO 8601, milliseconds since 1970, or as HighLevel shows it (`Fri, Nov 20, 2026 10:00 AM`); without a zone by the clock of `hours.zone` in the recipe, else of the location | now |
/// | `called_at` | when it began, in the same forms; its duration is added | now |
/// | `call_status` | `no-answer`, `busy`, `voicemail`, … | `no-answer` |
/// | `call_direction` | `inbound` or `outbound`; an outbound one means nothing | `inbound` |
/// | `call_duration` | seconds | not known |
/// | `phone` | the caller's number with its country code, or a word such as `anonymous` where it was withheld | the contact's number |
/// | `called_number` | the business's number with its country code | steps for some numbers only are not done |
///
/// Names are read in any case and with or without `_` (`callStatus`, `Call Status`). The id of the contact and its phone
/// may also stand in `contact`, that of the location in `location`, what is told of the call in `call`; `from` and `to` are
/// `phone` and `called_number`. `customData` may be an object, or JSON in a text. Statuses are read in any spelling
/// ([`CallStatus`]).
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
    /// The same by the clock on the wall, where that is all that is told: of `hours.zone` in the recipe, else of the
    /// location. It counts where `ended_at` is not there.
    pub ended_at_local: Option<DateTime>,
    /// What became of it, in HighLevel's words.
    pub status: Option<String>,
    /// Which way it went.
    pub direction: Option<Direction>,
    /// How long it lasted.
    pub duration: Option<Duration>,
    /// The caller's number as the network told it; what is neither a number with its country code, nor a short code, nor a
    /// word for a withheld number counts as not told ([`Caller::from_wire`]).
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

impl WorkflowCall {
    /// A missed call of which no more is known.
    pub fn new(location: LocationId, contact: ContactId) -> Self {
        Self {
            location,
            contact,
            message: None,
            ended_at: None,
            ended_at_local: None,
            status: None,
            direction: None,
            duration: None,
            caller: None,
            called: None,
            run: None,
            body_sha256: None,
        }
    }

    /// Reads what a step *Webhook* or *Custom Webhook* sent. Fails if location or contact are missing, or if the time cannot
    /// be read; the error says which field to add or to mend.
    pub fn from_webhook(call: &WebhookCall) -> Result<Self, InvalidField> {
        let fields = StepFields::of(call.raw());
        let told = Self::new(
            required(&fields, &names::LOCATION, "location_id", NO_LOCATION)?,
            required(&fields, &names::CONTACT, "contact_id", NO_CONTACT)?,
        );
        Ok(Self {
            body_sha256: Some(call.body_sha256().to_owned()),
            ..told.with_fields(&fields)?
        })
    }

    /// Reads what a marketplace action was called with. Fails if HighLevel names no location or contact, or if the time
    /// cannot be read.
    pub fn from_action(call: &ActionCall<MissedCallForm>) -> Result<Self, InvalidField> {
        let told = Self::new(
            call.extras
                .location()
                .ok_or_else(|| InvalidField::missing("locationId"))?,
            call.extras
                .contact()
                .ok_or_else(|| InvalidField::missing("contactId"))?,
        );
        Ok(Self {
            run: call.extras.status_id(),
            body_sha256: Some(call.body_sha256.clone()),
            ..told.with_fields(&StepFields::of(&call.data.0))?
        })
    }

    /// What is told of the call, by whichever step.
    fn with_fields(self, fields: &StepFields) -> Result<Self, InvalidField> {
        let text = |field| fields.text(field);
        let duration = text(&names::DURATION).and_then(|length| seconds(&length));
        let (ended_at, ended_at_local) = match ended(fields, duration)? {
            Some(ToldTime::At(at)) => (Some(at), None),
            Some(ToldTime::Local(local)) => (None, Some(local)),
            None => (None, None),
        };
        Ok(Self {
            message: id(text(&names::MESSAGE).as_deref()),
            ended_at,
            ended_at_local,
            status: text(&names::STATUS),
            direction: text(&names::DIRECTION).map(|word| Direction::from(&*word)),
            duration,
            caller: text(&names::CALLER).map(Private::new),
            called: Caller::number_in(text(&names::CALLED).as_deref()),
            ..self
        })
    }

    /// With the time of its end by the clock of the business, where only that is told. Without a zone it is the earliest
    /// that it can have been: a call of yesterday must not pass for one of now.
    pub(crate) fn in_zone(&self, zone: Option<&TimeZone>, now: Timestamp) -> Self {
        let local = self.ended_at_local.filter(|_| self.ended_at.is_none());
        let by_the_clock = local.map(|local| match zone {
            Some(zone) => instant(local, zone, now),
            None => earliest_instant(local),
        });
        Self {
            ended_at: self.ended_at.or(by_the_clock),
            ..self.clone()
        }
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

    /// What it means, and the name of the call; `None` if it means nothing.
    pub(crate) fn signal(&self, now: Timestamp) -> Option<(MessageId, Signal)> {
        let direction = self.direction.as_ref().unwrap_or(&Direction::Inbound);
        if *direction == Direction::Outbound {
            return None;
        }
        let message = self.message(now)?;
        let caller = self.caller.as_ref().map(|caller| caller.as_str());
        let missed = |reason| MissedCall {
            location: self.location.clone(),
            message: message.clone(),
            contact: self.contact.clone(),
            conversation: None,
            caller: Caller::told(caller),
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
        let status = self
            .status
            .as_deref()
            .unwrap_or(CallStatus::NoAnswer.as_str());
        let signal = match classify(direction, None, Some(status)) {
            CallOutcome::Missed(reason) => Signal::Missed(missed(reason)),
            CallOutcome::Answered => Signal::Answered {
                by_a_user: false,
                call: missed(MissedReason::SuspectedVoicemail),
            },
            CallOutcome::Unknown(status) => {
                Signal::unclear(self.location.clone(), message.clone(), &status)
            }
            _ => return None,
        };
        Some((message, signal))
    }
}

fn id<T: FromScalar>(text: Option<&str>) -> Option<T> {
    T::from_text(text?)
}

/// An id that a call cannot do without.
fn required<T: FromScalar>(
    fields: &StepFields,
    field: &names::Names,
    name: &str,
    missing: &'static str,
) -> Result<T, InvalidField> {
    let Some((called, value)) = fields.find(field) else {
        return Err(InvalidField::new(name, missing));
    };
    id(text_of(value).as_deref()).ok_or_else(|| InvalidField::new(called, NO_ID))
}

/// When the call ended: as told, or so long after it began.
fn ended(
    fields: &StepFields,
    duration: Option<Duration>,
) -> Result<Option<ToldTime>, InvalidField> {
    let (began, (called, value)) = match (fields.find(&names::ENDED), fields.find(&names::BEGAN)) {
        (Some(ended), _) => (false, ended),
        (None, Some(began)) => (true, began),
        (None, None) => return Ok(None),
    };
    let told = text_of(value).and_then(|text| ToldTime::read(&text));
    let told = told.ok_or_else(|| InvalidField::new(called, NO_TIME))?;
    let length = duration.and_then(|length| SignedDuration::try_from(length).ok());
    Ok(Some(if began {
        told.after(length.unwrap_or_default())
    } else {
        told
    }))
}

/// A length in seconds (`12`, `12.5`, `12 seconds`), or as a clock shows it (`1:05`).
fn seconds(text: &str) -> Option<Duration> {
    let parts: Vec<&str> = text.split(':').collect();
    let whole = match parts[..] {
        [seconds] => {
            let seconds =
                seconds.trim_end_matches(|sign: char| sign.is_alphabetic() || sign == ' ');
            f64::from_text(seconds)?
        }
        [minutes, seconds] => f64::from_text(minutes)? * 60.0 + f64::from_text(seconds)?,
        [hours, minutes, seconds] => {
            f64::from_text(hours)? * 3600.0
                + f64::from_text(minutes)? * 60.0
                + f64::from_text(seconds)?
        }
        _ => return None,
    };
    Duration::try_from_secs_f64(whole).ok()
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
            told.direction = Some(Direction::from("Incoming"));
            let signal = signal(&told, 0);
            assert!(matches!(&signal, Some(Signal::Missed(missed)) if missed.reason == expected));
        }
        let mut told = call();
        told.direction = Some(Direction::from("Outgoing"));
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
    fn lengths_as_people_write_them() {
        for (text, expected) in [
            ("12", Some(12)),
            ("12 seconds", Some(12)),
            ("12s", Some(12)),
            ("0:12", Some(12)),
            ("1:05", Some(65)),
            ("01:00:05", Some(3605)),
            ("-1", None),
            ("long", None),
            ("1:2:3:4", None),
        ] {
            assert_eq!(seconds(text), expected.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn a_time_by_the_clock_is_one_of_the_zone() {
        let mut told = call();
        told.ended_at_local = Some("2026-11-20T10:00:00".parse().unwrap());
        let now = "2026-11-20T16:01:00Z".parse().unwrap();
        let zone = TimeZone::get("America/Chicago").unwrap();
        let ended =
            |told: &WorkflowCall, zone| told.in_zone(zone, now).ended_at.unwrap().to_string();
        assert_eq!(ended(&told, Some(&zone)), "2026-11-20T16:00:00Z");
        assert_eq!(ended(&told, None), "2026-11-19T20:00:00Z");
        told.ended_at = Some(at(7));
        assert_eq!(told.in_zone(Some(&zone), now).ended_at, Some(at(7)));
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
