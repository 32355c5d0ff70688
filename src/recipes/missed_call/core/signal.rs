//! From a verified delivery to what an episode is told. Pure: what an event means is decided here, once.

use jiff::{SignedDuration, Timestamp};

use super::call::{CallOutcome, Caller, MissedReason, classify};
use super::compliance::{Consent, ConsentKind};
use super::episode::Input;
use super::model::{Evidence, MissedCall, Trigger};
use super::model::{PersonKey, Reference};
use super::reply::Reply;
use crate::ids::{ContactId, LocationId, MessageId, TaskId};
use crate::message::{CallStatus, Direction, MessageType};
use crate::phone::PhoneNumber;
use crate::secret::Private;
use crate::webhooks::events::Appointment;
use crate::webhooks::{Delivery, Event, Message};

/// What a delivery means to the recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signal {
    /// A call was missed.
    Missed(MissedCall),
    /// A call was answered: by a user of HighLevel, by somebody it does not know, or by a mailbox. What it would be as a
    /// missed call is told too.
    Answered { call: MissedCall, by_a_user: bool },
    /// A call that cannot be judged: nothing follows, but the ledger shows it.
    Unclear {
        location: LocationId,
        message: MessageId,
        status: String,
    },
    /// The contact wrote.
    Wrote {
        person: Person,
        message: Option<MessageId>,
        /// What they wrote, where they wrote words.
        text: Option<Private<String>>,
        /// What the rules make of it.
        reply: Reply,
        /// Whether it is a text of more than a word: no carrier takes that for an opt-out, and none confirms it.
        in_words: bool,
        /// Whether they ask, besides, that what is known of them be erased.
        erasure: bool,
    },
    /// Something else happened that steps can follow or stop on.
    Happened {
        person: Person,
        what: Trigger,
        reference: String,
    },
    /// A task of the contact was completed.
    TaskDone { person: Person, task: TaskId },
    /// The contact was deleted.
    ContactGone { person: Person },
    /// Somebody consented to texts; HighLevel does not tell of that, the host does.
    Consented {
        person: Person,
        how: ConsentKind,
        consent: Consent,
    },
    /// The contact's do-not-disturb for texts was turned on or off.
    DoNotDisturb { person: Person, on: bool },
}

/// Whom a signal is about: the contact, and the number where it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) location: LocationId,
    pub(crate) contact: ContactId,
    pub(crate) number: Option<PhoneNumber>,
    /// When the person did it, as far as it is told.
    pub(crate) at: Timestamp,
}

impl Signal {
    /// A call of which this word is all that can be told. The word is stored, so its end is left out where it is long.
    pub(crate) fn unclear(location: LocationId, message: MessageId, status: &str) -> Self {
        const LONGEST: usize = 64;
        Self::Unclear {
            location,
            message,
            status: status.chars().take(LONGEST).collect(),
        }
    }

    /// What it says of the message that tells it, in a word; `None` if more may be told of the message, or if it is told
    /// by none.
    pub(crate) fn dedupe_kind(&self) -> Option<&'static str> {
        match self {
            Self::Missed(_) => Some("missed"),
            Self::Answered { .. } => Some("answered"),
            Self::Wrote { .. } => Some("wrote"),
            Self::Happened { what, .. } => Some(what.as_str()),
            Self::Unclear { .. } => Some("unclear"),
            Self::TaskDone { .. }
            | Self::ContactGone { .. }
            | Self::Consented { .. }
            | Self::DoNotDisturb { .. } => None,
        }
    }
}

impl Signal {
    /// Who did something that can answer a missed call, and what the caller's episode is told of it; `None` for what is
    /// told to nobody's episode, or to more than that.
    pub(crate) fn to_input(&self) -> Option<(Person, Input)> {
        match self {
            Self::Wrote {
                person,
                message,
                reply,
                ..
            } if !reply.is_opt_out() => {
                let input = Input::Replied {
                    message: message.clone(),
                    reply: *reply,
                    at: person.at,
                };
                Some((person.clone(), input))
            }
            Self::Answered { call, .. } => {
                let input = Input::Happened {
                    what: Trigger::Answered,
                    reference: call.message.to_string(),
                };
                Some((Person::of_call(call), input))
            }
            Self::Happened {
                person,
                what,
                reference,
            } if *what != Trigger::OptedOut => {
                let input = Input::Happened {
                    what: *what,
                    reference: reference.clone(),
                };
                Some((person.clone(), input))
            }
            _ => None,
        }
    }
}

impl Signal {
    /// Whether the contact wants no more texts.
    pub(crate) fn is_no(&self) -> bool {
        matches!(self, Self::Wrote { reply, .. } if reply.is_opt_out())
    }

    /// Whom it is about, where it is somebody.
    pub(crate) fn contact(&self) -> Option<&ContactId> {
        match self {
            Self::Missed(call) | Self::Answered { call, .. } => Some(&call.contact),
            Self::Unclear { .. } => None,
            Self::Wrote { person, .. }
            | Self::Happened { person, .. }
            | Self::TaskDone { person, .. }
            | Self::ContactGone { person }
            | Self::Consented { person, .. }
            | Self::DoNotDisturb { person, .. } => Some(&person.contact),
        }
    }

    /// When it happened, as far as it is told; `None` for what belongs to nobody.
    pub(crate) fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Missed(call) | Self::Answered { call, .. } => Some(call.ended_at),
            Self::Unclear { .. } => None,
            Self::Wrote { person, .. }
            | Self::Happened { person, .. }
            | Self::TaskDone { person, .. }
            | Self::ContactGone { person }
            | Self::Consented { person, .. }
            | Self::DoNotDisturb { person, .. } => Some(person.at),
        }
    }

    /// The same, for memory: what somebody wrote may be long, and is theirs.
    pub(crate) fn without_words(&self) -> Self {
        let mut same = self.clone();
        if let Self::Wrote { text, .. } = &mut same {
            *text = None;
        }
        same
    }
}

impl Person {
    /// Whoever called.
    pub(crate) fn of_call(call: &MissedCall) -> Self {
        Self {
            location: call.location.clone(),
            contact: call.contact.clone(),
            number: match &call.caller {
                Some(Caller::Number(number)) => Some(number.clone()),
                _ => None,
            },
            at: call.ended_at,
        }
    }

    /// How to find their episode.
    pub(crate) fn key(&self) -> PersonKey {
        PersonKey {
            location: self.location.clone(),
            contact: self.contact.clone(),
            number: self.number.clone(),
        }
    }
}

/// Whether an event of this kind can mean something to the recipe.
pub(crate) fn concerns(event: &Event) -> bool {
    matches!(
        event,
        Event::InboundMessage(_)
            | Event::OutboundMessage(_)
            | Event::AppointmentCreate(_)
            | Event::AppointmentUpdate(_)
            | Event::AppointmentDelete(_)
            | Event::TaskComplete(_)
            | Event::ContactDelete(_)
            | Event::ContactDndUpdate(_)
    )
}

/// The time that HighLevel gives a delivery: when it was made, or else when its message was.
pub(crate) fn told_at(delivery: &Delivery) -> Option<Timestamp> {
    let made_at = match &delivery.event {
        Event::InboundMessage(message) | Event::OutboundMessage(message) => message.date_added,
        _ => None,
    };
    delivery.timestamp.max(made_at)
}

/// Reads a delivery; `None` if it means nothing to the recipe.
pub(crate) fn read(delivery: &Delivery, now: Timestamp) -> Option<Signal> {
    let location = delivery.location_id.clone()?;
    match &delivery.event {
        Event::InboundMessage(message) if is_call(message) => {
            call(delivery, location, message, now)
        }
        Event::InboundMessage(message) if is_by_the_contact(message) => {
            wrote(delivery, location, message, now)
        }
        Event::OutboundMessage(message) if is_call(message) => {
            let status = message.status.as_deref();
            let call_status = message.call_status.as_ref().map(|status| status.as_str());
            match classify(&Direction::Outbound, status, call_status) {
                CallOutcome::Returned => returned(delivery, location, message, now),
                _ => None,
            }
        }
        Event::OutboundMessage(message) if is_by_a_person(message) => {
            team_wrote(delivery, location, message, now)
        }
        Event::AppointmentCreate(appointment)
        | Event::AppointmentUpdate(appointment)
        | Event::AppointmentDelete(appointment) => {
            let deleted = matches!(delivery.event, Event::AppointmentDelete(_));
            booked(delivery, location, appointment, deleted, now)
        }
        Event::TaskComplete(task) => Some(Signal::TaskDone {
            person: person(delivery, location, task.contact_id.as_ref()?, now),
            task: task.task_id.clone()?,
        }),
        Event::ContactDelete(contact) => Some(Signal::ContactGone {
            person: person(delivery, location, contact.contact_id.as_ref()?, now),
        }),
        Event::ContactDndUpdate(update) => Some(Signal::DoNotDisturb {
            on: update.sms_blocked()?,
            person: Person {
                number: update.phone.clone(),
                ..person(delivery, location, update.contact_id.as_ref()?, now)
            },
        }),
        _ => None,
    }
}

/// What tells whose an event is that does not say its contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clue {
    Reference(Reference),
    Number(PhoneNumber),
}

/// What tells whose an event is, the surest first; nothing if it says its contact, or if there is nothing to go by.
pub(crate) fn clues(event: &Event) -> Vec<Clue> {
    let thread = |message: &Message| {
        let conversation = message.conversation_id.clone();
        conversation.map(|id| Clue::Reference(Reference::Conversation(id)))
    };
    let by_number = |number: Option<PhoneNumber>| number.map(Clue::Number);
    let clues = match event {
        Event::InboundMessage(message) if message.contact_id.is_none() => {
            [thread(message), by_number(number_in(message.from.as_ref()))]
        }
        Event::OutboundMessage(message) if message.contact_id.is_none() => {
            [thread(message), by_number(number_in(message.to.as_ref()))]
        }
        Event::AppointmentCreate(appointment)
        | Event::AppointmentUpdate(appointment)
        | Event::AppointmentDelete(appointment)
            if appointment.contact_id.is_none() =>
        {
            let id = appointment.appointment_id.as_ref().map(ToString::to_string);
            [
                id.map(|id| Clue::Reference(Reference::Appointment(id))),
                None,
            ]
        }
        Event::TaskComplete(task) if task.contact_id.is_none() => {
            let id = task.task_id.as_ref().map(ToString::to_string);
            [id.map(|id| Clue::Reference(Reference::Task(id))), None]
        }
        Event::ContactDndUpdate(update) if update.contact_id.is_none() => {
            [by_number(update.phone.clone()), None]
        }
        // The contact that is gone may be another one with the same number, so a `ContactDelete` has no clue.
        _ => [None, None],
    };
    clues.into_iter().flatten().collect()
}

/// Puts the contact into an event that [`clues`] reads.
pub(crate) fn set_contact(event: &mut Event, contact: &ContactId) {
    let place = match event {
        Event::InboundMessage(message) | Event::OutboundMessage(message) => &mut message.contact_id,
        Event::AppointmentCreate(appointment)
        | Event::AppointmentUpdate(appointment)
        | Event::AppointmentDelete(appointment) => &mut appointment.contact_id,
        Event::TaskComplete(task) => &mut task.contact_id,
        Event::ContactDndUpdate(update) => &mut update.contact_id,
        _ => return,
    };
    *place = Some(contact.clone());
}

fn text_of(address: Option<&Private<String>>) -> Option<&str> {
    address.map(|address| address.as_str())
}

fn number_in(address: Option<&Private<String>>) -> Option<PhoneNumber> {
    Caller::number_in(text_of(address))
}

fn is_call(message: &Message) -> bool {
    match &message.message_type {
        Some(kind) => kind.is_call() || kind.is_voicemail(),
        // Only calls have these.
        None => {
            message.call_status.is_some()
                || message.call_duration.is_some()
                || (message.body.is_none() && is_of_a_call(message.status.as_deref()))
        }
    }
}

/// Whether this is said of calls alone, and not of texts too.
fn is_of_a_call(status: Option<&str>) -> bool {
    use CallStatus::{Busy, Canceled, NoAnswer, Voicemail};
    let status = status.map(CallStatus::from);
    matches!(status, Some(Busy | Canceled | NoAnswer | Voicemail))
}

fn call(
    delivery: &Delivery,
    location: LocationId,
    message: &Message,
    now: Timestamp,
) -> Option<Signal> {
    let status = message.status.as_deref();
    let call_status = message.call_status.as_ref().map(|status| status.as_str());
    // Without an id another event about the same call could not be recognised; the delivery names it then.
    let id = message
        .message_id
        .clone()
        .or_else(|| MessageId::new(delivery.dedupe_key().as_str()).ok())
        .or_else(|| MessageId::new(format!("sha256:{}", delivery.body_sha256())).ok())?;
    let unclear = |location, id, status: &str| Some(Signal::unclear(location, id, status));
    let missed = |location, id, contact: &ContactId, reason| MissedCall {
        location,
        message: id,
        contact: contact.clone(),
        conversation: message.conversation_id.clone(),
        caller: Caller::readable(text_of(message.from.as_ref())),
        called: number_in(message.to.as_ref()),
        ended_at: ended_at(delivery, message, now),
        duration: message.call_duration,
        reason,
        evidence: Evidence {
            delivery: delivery.dedupe_key().as_str().to_owned(),
            body_sha256: delivery.body_sha256().to_owned(),
            received_at: delivery.received_at,
        },
    };
    match classify(&Direction::Inbound, status, call_status) {
        CallOutcome::Missed(reason) => match &message.contact_id {
            Some(contact) => Some(Signal::Missed(missed(location, id, contact, reason))),
            None => unclear(location, id, "no_contact"),
        },
        CallOutcome::Answered => Some(Signal::Answered {
            by_a_user: message.user_id.is_some(),
            call: missed(
                location,
                message.message_id.clone()?,
                message.contact_id.as_ref()?,
                MissedReason::SuspectedVoicemail,
            ),
        }),
        CallOutcome::Unknown(status) => unclear(location, id, &status),
        CallOutcome::Pending if status.is_none() && call_status.is_none() => {
            unclear(location, id, "no_status")
        }
        _ => None,
    }
}

/// When the call ended. HighLevel does not say whether `dateAdded` is its start or its end, so its duration is added
/// and the result is held to the time of the event and of its arrival: an age is never made smaller by more than the
/// call's own length, and never negative.
fn ended_at(delivery: &Delivery, message: &Message, now: Timestamp) -> Timestamp {
    let latest = delivery.timestamp.map_or(now, |told| told.min(now));
    let Some(began) = message.date_added else {
        return latest;
    };
    let length = message
        .call_duration
        .and_then(|length| SignedDuration::try_from(length).ok());
    began
        .saturating_add(length.unwrap_or_default())
        .unwrap_or(Timestamp::MAX)
        .min(latest)
}

fn returned(
    delivery: &Delivery,
    location: LocationId,
    message: &Message,
    now: Timestamp,
) -> Option<Signal> {
    Some(Signal::Happened {
        person: Person {
            location,
            contact: message.contact_id.clone()?,
            number: number_in(message.to.as_ref()),
            at: ended_at(delivery, message, now),
        },
        what: Trigger::Returned,
        reference: message.message_id.as_ref()?.to_string(),
    })
}

/// Whether the contact may have written this. What names no kind counts, so that no reply is lost.
fn is_by_the_contact(message: &Message) -> bool {
    let kind = message.message_type.as_ref();
    kind.is_none_or(MessageType::is_written_by_somebody)
}

/// Whether a user of HighLevel wrote this message to the contact, and not a workflow, a campaign or an app such as this
/// one, whose messages have the source `api`. E-mails under `app` can be HighLevel's own notifications, so those count
/// only if they name the user; and so does what names no source.
fn is_by_a_person(message: &Message) -> bool {
    use crate::message::MessageType as Type;
    let reaches_the_contact = matches!(
        message.message_type,
        Some(
            Type::Sms
                | Type::CustomSms
                | Type::Email
                | Type::WhatsApp
                | Type::Facebook
                | Type::Instagram
                | Type::GoogleBusiness
                | Type::LiveChat
                | Type::WebChat
        )
    );
    let source = message.source.as_deref().map(str::to_ascii_lowercase);
    let by_somebody = match source.as_deref() {
        Some("app") => message.message_type != Some(Type::Email) || message.user_id.is_some(),
        Some(_) => false,
        None => message.user_id.is_some(),
    };
    reaches_the_contact && by_somebody
}

fn team_wrote(
    delivery: &Delivery,
    location: LocationId,
    message: &Message,
    now: Timestamp,
) -> Option<Signal> {
    let written = message.message_id.as_ref();
    let written = written.or(message.email_message_id.as_ref());
    // Texts are documented without an id.
    let reference = match written {
        Some(id) => id.to_string(),
        None => delivery.dedupe_key().as_str().to_owned(),
    };
    let told = message.date_added.or(delivery.timestamp);
    Some(Signal::Happened {
        person: Person {
            location,
            contact: message.contact_id.clone()?,
            number: number_in(message.to.as_ref()),
            at: told.map_or(now, |told| told.min(now)),
        },
        what: Trigger::TeamWrote,
        reference,
    })
}

/// An appointment that stands is booked, whatever the event is called; its time is that of the booking.
fn booked(
    delivery: &Delivery,
    location: LocationId,
    appointment: &Appointment,
    deleted: bool,
    now: Timestamp,
) -> Option<Signal> {
    let called_off = deleted || appointment.is_called_off();
    let mut person = person(delivery, location, appointment.contact_id.as_ref()?, now);
    if let Some(booked_at) = appointment.date_added.filter(|_| !called_off) {
        person.at = booked_at.min(now);
    }
    Some(Signal::Happened {
        person,
        what: if called_off {
            Trigger::BookingCancelled
        } else {
            Trigger::Booked
        },
        reference: appointment.appointment_id.as_ref()?.to_string(),
    })
}

/// A contact of whom something is told that has no time of its own.
fn person(
    delivery: &Delivery,
    location: LocationId,
    contact: &ContactId,
    now: Timestamp,
) -> Person {
    Person {
        location,
        contact: contact.clone(),
        number: None,
        at: delivery.timestamp.map_or(now, |told| told.min(now)),
    }
}

/// As much of a reply as an agent is given, in bytes. It waits in memory until then.
const LONGEST_TO_READ: usize = 16 * 1024;

fn wrote(
    delivery: &Delivery,
    location: LocationId,
    message: &Message,
    now: Timestamp,
) -> Option<Signal> {
    let told = message.date_added.or(delivery.timestamp);
    let body = message.body.as_deref().map(String::as_str);
    let is_reaction = message.message_type == Some(MessageType::SmsReaction);
    Some(Signal::Wrote {
        person: Person {
            location,
            contact: message.contact_id.clone()?,
            number: number_in(message.from.as_ref()),
            at: told.map_or(now, |told| told.min(now)),
        },
        message: message
            .message_id
            .clone()
            .or_else(|| message.email_message_id.clone()),
        // Whatever a reaction quotes, it asks for nothing, and nobody need read it.
        text: body
            .filter(|_| !is_reaction)
            .map(|body| body[..body.floor_char_boundary(LONGEST_TO_READ)].into()),
        reply: match body {
            _ if is_reaction => Reply::Thanks,
            Some(body) => super::reply::classify(body),
            None => Reply::Other,
        },
        in_words: message.message_type == Some(MessageType::Sms)
            && body.is_some_and(super::reply::is_in_words),
        erasure: !is_reaction && body.is_some_and(super::reply::asks_to_erase),
    })
}
