//! A call that a workflow reports, for locations without a marketplace app: the trigger *Call Status* starts the workflow,
//! and a step of the workflow sends the call. This module is pure; it interprets what was sent.

mod call_time;
mod fields;

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

use self::call_time::{ReportedTime, earliest_instant, instant};
use self::fields as names;
use self::fields::StepFields;
use super::call::{CallOutcome, Caller, MissedReason, classify};
use super::model::{Evidence, MissedCall};
use super::signal::Signal;
use crate::digest::sha256_hex;
use crate::ids::{ContactId, LocationId, MessageId};
use crate::lenient::FromScalar;
use crate::message::{CallStatus, Direction};
use crate::phone::PhoneNumber;
use crate::secret::Private;
use crate::workflows::actions::ActionCall;
use crate::workflows::{InvalidField, WebhookCall, text_of};

/// For how long reports of one contact count as the same call, if nothing else distinguishes the calls.
const ONE_CALL_SECONDS: i64 = 60;

/// The error for an `ended_at`.
const INVALID_TIME: &str = "it is not a valid time, or it is ambiguous; send ISO 8601, such as 2026-05-08T16:00:00Z, or \
                            what HighLevel shows, such as Fri, May 8, 2026 11:00 AM, or leave it out";

const NO_LOCATION: &str = "it is missing; add location_id with the value {{location.id}} under Custom Data of a Webhook \
                           step, or to the body of a Custom Webhook step";
const NO_CONTACT: &str = "it is missing; add contact_id with the value {{contact.id}} under Custom Data of a Webhook step, \
                          or to the body of a Custom Webhook step";
const INVALID_ID: &str = "it is not a HighLevel id; send the merge field and nothing else";

/// A call as a workflow reports it. Only location and contact are required: the report itself says that a call was missed,
/// and the contact's own number is the caller's.
///
/// # What a workflow sends
///
/// The workflow begins with the trigger *Call Status*, for incoming calls that were missed. Its step *Webhook* (fields
/// under *Custom Data*), *Custom Webhook* (fields of the body) or the marketplace action (fields of its form) sends:
///
/// | field | content | if missing |
/// |---|---|---|
/// | `location_id` | `{{location.id}}`; not needed in an action | refused, unless HighLevel sends `location.id` by itself |
/// | `contact_id` | `{{contact.id}}`; not needed in an action | refused |
/// | `message_id` | the call's id, if the workflow knows it | see below |
/// | `ended_at` | when the call ended: ISO 8601, milliseconds since 1970, or as HighLevel shows it (`Fri, Nov 20, 2026 10:00 AM`); without an offset in the zone `hours.zone` of the recipe, else of the location | now |
/// | `called_at` | when it began, in the same forms; its duration is added | now |
/// | `call_status` | `no-answer`, `busy`, `voicemail`, … | `no-answer` |
/// | `call_direction` | `inbound` or `outbound`; outbound calls are ignored | `inbound` |
/// | `call_duration` | seconds | not known |
/// | `phone` | the caller's number with its country code, or a word such as `anonymous` if it was withheld | the contact's number |
/// | `called_number` | the business's number with its country code | steps for certain numbers are not done |
///
/// Field names are read in any case and with or without `_` (`callStatus`, `Call Status`). The contact's id and phone may
/// also be in an object `contact`, the location's id in `location`, the fields of the call in `call`. `from` and `to` are
/// aliases of `phone` and `called_number`. `customData` may be an object, or JSON as a string. Statuses are read in any
/// spelling ([`CallStatus`]).
///
/// A field counts as missing if it is null or empty, if HighLevel did not fill its merge field (`{{contact.phone}}`), or if
/// its content is not as described. An unreadable `ended_at` is refused, though: a call of yesterday must not count as one
/// of now.
///
/// Such a workflow does not report replies, opt-outs and calls back. Without a marketplace app, run
/// [`Engine::run_sweeps`](crate::recipes::missed_call::Engine::run_sweeps), which finds them in HighLevel's records.
///
/// # Repeats
///
/// HighLevel sends no id of these requests and none of the call. A repeat is recognised by the best key available:
///
/// 1. `message_id`: webhooks and sweeps report the same call with the same id, and it is processed once.
/// 2. `ended_at`, with the contact.
/// 3. HighLevel's id of the run of a marketplace action that pauses, with the contact.
/// 4. The contact, within the same minute.
///
/// A repeat that is not recognised joins the contact's open episode as a further call, so that no second text is sent before
/// the recipe's cooldown is over. If webhooks or sweeps report the same calls and the workflow cannot send `message_id`, the
/// ledger counts such calls twice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkflowCall {
    /// The location.
    pub location: LocationId,
    /// The caller's contact.
    pub contact: ContactId,
    /// The call's id in HighLevel.
    pub message: Option<MessageId>,
    /// When it ended. A time in the future counts as now.
    pub ended_at: Option<Timestamp>,
    /// When it ended in local time, if the report has no offset: in `hours.zone` of the recipe, else in the location's zone.
    /// Used if `ended_at` is `None`.
    pub ended_at_local: Option<DateTime>,
    /// Its status, in HighLevel's words.
    pub status: Option<String>,
    /// Its direction.
    pub direction: Option<Direction>,
    /// How long it lasted.
    pub duration: Option<Duration>,
    /// The caller's number as the network sent it. Anything but a number with its country code, a short code or a word for a
    /// withheld number counts as missing ([`Caller::from_wire`]).
    pub caller: Option<Private<String>>,
    /// The number of the business.
    pub called: Option<PhoneNumber>,
    /// HighLevel's id of the run of the step that reported it.
    pub run: Option<String>,
    /// SHA-256 in hex of the request body, as evidence.
    pub body_sha256: Option<String>,
}

/// The form of "missed-call text back" as a step of a workflow: the fields of [`WorkflowCall`]. All of them are optional.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct MissedCallForm(Private<Map<String, Value>>);

impl WorkflowCall {
    /// A missed call with no further facts.
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

    /// Reads the request of a step *Webhook* or *Custom Webhook*. Fails if the location or the contact is missing, or if the
    /// time is unreadable. The error says which field to add or to correct.
    pub fn from_webhook(call: &WebhookCall) -> Result<Self, InvalidField> {
        let fields = StepFields::of(call.raw());
        let reported = Self::new(
            required(&fields, &names::LOCATION, "location_id", NO_LOCATION)?,
            required(&fields, &names::CONTACT, "contact_id", NO_CONTACT)?,
        );
        Ok(Self {
            body_sha256: Some(call.body_sha256().to_owned()),
            ..reported.with_fields(&fields)?
        })
    }

    /// Reads the call of a marketplace action. Fails if HighLevel sends no location or contact, or if the time is
    /// unreadable.
    pub fn from_action(call: &ActionCall<MissedCallForm>) -> Result<Self, InvalidField> {
        let reported = Self::new(
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
            ..reported.with_fields(&StepFields::of(&call.data.0))?
        })
    }

    /// Adds the fields of the call, from any kind of step.
    fn with_fields(self, fields: &StepFields) -> Result<Self, InvalidField> {
        let text = |field| fields.text(field);
        let duration = text(&names::DURATION).and_then(|length| seconds(&length));
        let (ended_at, ended_at_local) = match ended(fields, duration)? {
            Some(ReportedTime::At(at)) => (Some(at), None),
            Some(ReportedTime::Local(local)) => (None, Some(local)),
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

    /// Resolves the local time of its end in the zone of the business. Without a zone it is the earliest possible time: a
    /// call of yesterday must not count as one of now.
    pub(crate) fn in_zone(&self, zone: Option<&TimeZone>, now: Timestamp) -> Self {
        let local = self.ended_at_local.filter(|_| self.ended_at.is_none());
        let resolved = local.map(|local| match zone {
            Some(zone) => instant(local, zone, now),
            None => earliest_instant(local),
        });
        Self {
            ended_at: self.ended_at.or(resolved),
            ..self.clone()
        }
    }

    /// The id of the call: HighLevel's, or a generated one if that is missing.
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
        // Ids that a workflow sends may have any length.
        MessageId::new(name.as_str())
            .or_else(|_| MessageId::new(format!("workflow:{}", sha256_hex(name.as_bytes()))))
            .ok()
    }

    /// The signal and the id of the call; `None` if the report is irrelevant.
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
            caller: Caller::readable(caller),
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

/// A required id.
fn required<T: FromScalar>(
    fields: &StepFields,
    field: &names::Names,
    name: &str,
    missing: &'static str,
) -> Result<T, InvalidField> {
    let Some((called, value)) = fields.find(field) else {
        return Err(InvalidField::new(name, missing));
    };
    id(text_of(value).as_deref()).ok_or_else(|| InvalidField::new(called, INVALID_ID))
}

/// When the call ended: as reported, or its begin plus its duration.
fn ended(
    fields: &StepFields,
    duration: Option<Duration>,
) -> Result<Option<ReportedTime>, InvalidField> {
    let (began, (called, value)) = match (fields.find(&names::ENDED), fields.find(&names::BEGAN)) {
        (Some(ended), _) => (false, ended),
        (None, Some(began)) => (true, began),
        (None, None) => return Ok(None),
    };
    let time = text_of(value).and_then(|text| ReportedTime::read(&text));
    let time = time.ok_or_else(|| InvalidField::new(called, INVALID_TIME))?;
    let length = duration.and_then(|length| SignedDuration::try_from(length).ok());
    Ok(Some(if began {
        time.after(length.unwrap_or_default())
    } else {
        time
    }))
}

/// A duration in seconds (`12`, `12.5`, `12 seconds`), or in clock notation (`1:05`).
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
    fn a_repeat_is_recognised_by_the_best_key_available() {
        let mut reported = call();
        assert_eq!(named(&reported, 119), "workflow:c:minute:1");
        assert_eq!(named(&reported, 60), named(&reported, 119));
        assert_ne!(named(&reported, 119), named(&reported, 120));
        reported.run = Some("s1".into());
        assert_eq!(named(&reported, 0), "workflow:c:run:s1");
        reported.ended_at = Some(at(7));
        assert_eq!(named(&reported, 900), "workflow:c:7");
        reported.message = Some("call-1".parse().unwrap());
        assert_eq!(named(&reported, 900), "call-1");
        reported = call();
        reported.run = Some("two words".into());
        assert!(named(&reported, 0).starts_with("workflow:") && named(&reported, 0).len() == 73);
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
            let mut reported = call();
            reported.status = status.map(str::to_owned);
            reported.direction = Some(Direction::from("Incoming"));
            let signal = signal(&reported, 0);
            assert!(matches!(&signal, Some(Signal::Missed(missed)) if missed.reason == expected));
        }
        let mut reported = call();
        reported.direction = Some(Direction::from("Outgoing"));
        assert_eq!(reported.signal(at(0)), None);
        reported.direction = None;
        reported.status = Some("completed".into());
        assert!(matches!(
            signal(&reported, 0),
            Some(Signal::Answered {
                by_a_user: false,
                ..
            })
        ));
        reported.status = Some("parked".into());
        assert!(matches!(signal(&reported, 0), Some(Signal::Unclear { .. })));
    }

    #[test]
    fn durations_in_every_notation() {
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
    fn a_local_time_is_resolved_in_the_zone() {
        let mut reported = call();
        reported.ended_at_local = Some("2026-11-20T10:00:00".parse().unwrap());
        let now = "2026-11-20T16:01:00Z".parse().unwrap();
        let zone = TimeZone::get("America/Chicago").unwrap();
        let ended = |reported: &WorkflowCall, zone| {
            reported.in_zone(zone, now).ended_at.unwrap().to_string()
        };
        assert_eq!(ended(&reported, Some(&zone)), "2026-11-20T16:00:00Z");
        assert_eq!(ended(&reported, None), "2026-11-19T20:00:00Z");
        reported.ended_at = Some(at(7));
        assert_eq!(reported.in_zone(Some(&zone), now).ended_at, Some(at(7)));
    }

    #[test]
    fn the_end_is_never_in_the_future() {
        let mut reported = call();
        reported.ended_at = Some(at(500));
        let Some(Signal::Missed(missed)) = signal(&reported, 100) else {
            panic!("a missed call");
        };
        assert_eq!(missed.ended_at, at(100));
    }
}
