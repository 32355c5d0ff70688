//! An event of HighLevel's as it was reported, and the reading of it.

use jiff::Timestamp;

use super::call_events::{call, is_call, returned};
use super::kinds::{Person, Signal};
use super::message_events::{is_by_a_person, is_by_the_contact, receipt, team_wrote, wrote};
use super::occurrence::{FoundMessage, Occurrence, Origin, message_name};
use crate::ids::{ContactId, LocationId, MessageId};
use crate::message::Direction;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::call::{CallOutcome, Caller, classify};
use crate::recipes::missed_call::core::model::{DoubtDecision, Reference, Trigger};
use crate::secret::Private;
use crate::webhooks::events::{Appointment, Contact, Note, Task};
use crate::webhooks::{ContactDndUpdate, Delivery, Event, Message};

/// An event of one location, with what is known of the report.
#[derive(Debug, Clone)]
pub(crate) struct EventReport<'e> {
    relevant: Relevant<'e>,
    pub(super) location: LocationId,
    /// The contact, where the event does not say it and the store knows it.
    found_contact: Option<ContactId>,
    /// When HighLevel made the event.
    pub(super) timestamp: Option<Timestamp>,
    /// When the report arrived.
    pub(super) received_at: Timestamp,
    /// The name of the report over all of its repeats.
    pub(super) key: String,
    /// SHA-256 of its body in hex; empty where there was none.
    pub(super) body_sha256: &'e str,
    origin: Origin,
}

/// The events that can mean something to the recipe.
#[derive(Debug, Clone, Copy)]
enum Relevant<'e> {
    Inbound(&'e Message),
    Outbound(&'e Message),
    Appointment(&'e Appointment, AppointmentChange),
    TaskCompleted(&'e Task),
    ContactDeleted(&'e Contact),
    DoNotDisturb(&'e ContactDndUpdate),
    Tags(&'e Contact),
    NoteWritten(&'e Note),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AppointmentChange {
    Written,
    Deleted,
}

/// What identifies the contact of an event that does not name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clue {
    Reference(Reference),
    Number(PhoneNumber),
}

/// Whether an event of this kind can mean something to the recipe.
pub(crate) fn concerns(event: &Event) -> bool {
    Relevant::of(event).is_some()
}

/// The time that HighLevel gives a delivery: when it was made, or else when its message was.
pub(crate) fn reported_at(delivery: &Delivery) -> Option<Timestamp> {
    let made_at = match Relevant::of(&delivery.event) {
        Some(Relevant::Inbound(message) | Relevant::Outbound(message)) => message.date_added,
        Some(
            Relevant::Appointment(..)
            | Relevant::TaskCompleted(_)
            | Relevant::ContactDeleted(_)
            | Relevant::DoNotDisturb(_)
            | Relevant::Tags(_)
            | Relevant::NoteWritten(_),
        )
        | None => None,
    };
    delivery.timestamp.max(made_at)
}

impl<'e> Relevant<'e> {
    fn of(event: &'e Event) -> Option<Self> {
        Some(match event {
            Event::InboundMessage(message) => Self::Inbound(message),
            Event::OutboundMessage(message) => Self::Outbound(message),
            Event::AppointmentCreate(appointment) | Event::AppointmentUpdate(appointment) => {
                Self::Appointment(appointment, AppointmentChange::Written)
            }
            Event::AppointmentDelete(appointment) => {
                Self::Appointment(appointment, AppointmentChange::Deleted)
            }
            Event::TaskComplete(task) => Self::TaskCompleted(task),
            Event::ContactDelete(contact) => Self::ContactDeleted(contact),
            Event::ContactDndUpdate(update) => Self::DoNotDisturb(update),
            Event::ContactTagUpdate(contact) => Self::Tags(contact),
            Event::NoteCreate(note) => Self::NoteWritten(note),
            // HighLevel has dozens of others; what means something to the recipe is listed above.
            _ => return None,
        })
    }

    fn contact(self) -> Option<&'e ContactId> {
        match self {
            Self::Inbound(message) | Self::Outbound(message) => message.contact_id.as_ref(),
            Self::Appointment(appointment, _) => appointment.contact_id.as_ref(),
            Self::TaskCompleted(task) => task.contact_id.as_ref(),
            Self::ContactDeleted(contact) | Self::Tags(contact) => contact.contact_id.as_ref(),
            Self::NoteWritten(note) => note.contact_id.as_ref(),
            Self::DoNotDisturb(update) => update.contact_id.as_ref(),
        }
    }

    fn message(self) -> Option<&'e MessageId> {
        match self {
            Self::Inbound(message) | Self::Outbound(message) => message.message_id.as_ref(),
            Self::Appointment(..)
            | Self::TaskCompleted(_)
            | Self::ContactDeleted(_)
            | Self::DoNotDisturb(_)
            | Self::Tags(_)
            | Self::NoteWritten(_) => None,
        }
    }
}

impl<'e> EventReport<'e> {
    /// A verified webhook; `None` if it has no location, or can mean nothing to the recipe.
    pub(crate) fn of_delivery(delivery: &'e Delivery) -> Option<Self> {
        Some(Self {
            relevant: Relevant::of(&delivery.event)?,
            location: delivery.location_id.clone()?,
            found_contact: None,
            timestamp: delivery.timestamp,
            received_at: delivery.received_at,
            key: delivery.dedupe_key().as_str().to_owned(),
            body_sha256: delivery.body_sha256(),
            origin: Origin::Webhook,
        })
    }

    /// A message that a sweep found among the records of a location.
    pub(crate) fn of_record(
        location: LocationId,
        direction: RecordDirection,
        message: &'e Message,
        found: FoundMessage,
        now: Timestamp,
    ) -> Self {
        Self {
            relevant: match direction {
                RecordDirection::Inbound => Relevant::Inbound(message),
                RecordDirection::Outbound => Relevant::Outbound(message),
            },
            location,
            found_contact: None,
            timestamp: None,
            received_at: now,
            // The word under which it is kept as evidence.
            key: format!("delivery:found:{}", found.message),
            body_sha256: "",
            origin: Origin::Sweep(Box::new(found)),
        }
    }

    /// What identifies the contact, the surest first; nothing if the event names it, or if nothing can.
    pub(crate) fn clues(&self) -> Vec<Clue> {
        if self.relevant.contact().is_some() {
            return Vec::new();
        }
        let thread = |message: &Message| {
            let conversation = message.conversation_id.clone();
            conversation.map(|id| Clue::Reference(Reference::Conversation(id)))
        };
        let by_number = |number: Option<PhoneNumber>| number.map(Clue::Number);
        let clues = match self.relevant {
            Relevant::Inbound(message) => {
                [thread(message), by_number(number_in(message.from.as_ref()))]
            }
            Relevant::Outbound(message) => {
                [thread(message), by_number(number_in(message.to.as_ref()))]
            }
            Relevant::Appointment(appointment, _) => {
                let id = appointment.appointment_id.as_ref().map(ToString::to_string);
                let reference = id.map(|id| Clue::Reference(Reference::Appointment(id)));
                [reference, None]
            }
            Relevant::TaskCompleted(task) => {
                let id = task.task_id.as_ref().map(ToString::to_string);
                [id.map(|id| Clue::Reference(Reference::Task(id))), None]
            }
            Relevant::DoNotDisturb(update) => [by_number(update.phone.clone()), None],
            // The deleted contact may be another one with the same number.
            Relevant::ContactDeleted(_) | Relevant::Tags(_) | Relevant::NoteWritten(_) => {
                [None, None]
            }
        };
        clues.into_iter().flatten().collect()
    }

    /// The same event of this contact, which [`clues`](Self::clues) have found.
    pub(crate) fn with_contact(self, contact: ContactId) -> Self {
        Self {
            found_contact: Some(contact),
            ..self
        }
    }

    /// The contact that the event names, or the one that was found.
    pub(super) fn contact<'c>(&'c self, named: Option<&'c ContactId>) -> Option<&'c ContactId> {
        named.or(self.found_contact.as_ref())
    }

    /// What was reported, under the name that is the same for all reports of it; `None` if it means nothing.
    pub(crate) fn occurrence(&self, now: Timestamp) -> Option<Occurrence> {
        let signal = self.read(now)?;
        let name = match (self.relevant.message(), signal.dedupe_kind()) {
            (Some(message), Some(says)) => message_name(&self.location, message, says),
            (None, _) | (_, None) => self.key.clone(),
        };
        Some(Occurrence {
            signal,
            name,
            received_at: now,
            origin: self.origin.clone(),
        })
    }

    /// What the event means; `None` if it means nothing to the recipe.
    pub(crate) fn read(&self, now: Timestamp) -> Option<Signal> {
        match self.relevant {
            Relevant::Inbound(message) if is_call(message) => call(self, message, now),
            Relevant::Inbound(message) if is_by_the_contact(message) => wrote(self, message, now),
            Relevant::Outbound(message) if is_call(message) => {
                let status = message.status.as_deref();
                let call_status = message.call_status.as_ref().map(|status| status.as_str());
                match classify(&Direction::Outbound, status, call_status) {
                    CallOutcome::Returned => returned(self, message, now),
                    CallOutcome::Missed(_)
                    | CallOutcome::Answered
                    | CallOutcome::NotReturned
                    | CallOutcome::Pending
                    | CallOutcome::Unknown(_) => None,
                }
            }
            Relevant::Outbound(message) if is_by_a_person(message) => {
                team_wrote(self, message, now)
            }
            Relevant::Outbound(message) => receipt(self, message),
            Relevant::Inbound(_) => None,
            Relevant::Appointment(appointment, change) => self.booked(appointment, change, now),
            Relevant::TaskCompleted(task) => Some(Signal::TaskDone {
                person: self.person(now)?,
                task: task.task_id.clone()?,
            }),
            Relevant::ContactDeleted(_) => Some(Signal::ContactGone {
                person: self.person(now)?,
            }),
            Relevant::DoNotDisturb(update) => Some(Signal::DoNotDisturb {
                on: update.sms_blocked()?,
                person: Person {
                    number: update.phone.clone(),
                    ..self.person(now)?
                },
            }),
            Relevant::Tags(contact) => Some(Signal::Tagged {
                person: Person {
                    number: contact.phone.clone(),
                    ..self.person(now)?
                },
                tags: lower_cased(&contact.tags),
                is_dated: self.timestamp.is_some(),
            }),
            Relevant::NoteWritten(note) => self.decided_in_note(note, now),
        }
    }

    /// An appointment that is not called off is booked, whatever the event's name; its time is that of the booking.
    fn booked(
        &self,
        appointment: &Appointment,
        change: AppointmentChange,
        now: Timestamp,
    ) -> Option<Signal> {
        let called_off = change == AppointmentChange::Deleted || appointment.is_called_off();
        let mut person = self.person(now)?;
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

    /// A note whose first line is one of the two decisions about a doubtful reply; any other means nothing.
    fn decided_in_note(&self, note: &Note, now: Timestamp) -> Option<Signal> {
        let line = note.body.as_ref()?.lines().next()?;
        let line = line.trim().trim_end_matches(['.', '!']).to_lowercase();
        let decision = match line.as_str() {
            "texts ok" => DoubtDecision::MayText,
            "no texts" => DoubtDecision::NoMoreTexts,
            _ => return None,
        };
        let mut person = self.person(now)?;
        if let Some(written_at) = note.date_added {
            person.at = written_at.min(now);
        }
        Some(Signal::Decided {
            person,
            decision,
            by: format!("note:{}", note.note_id.as_ref()?),
        })
    }

    /// The contact of an event that has no time of its own.
    fn person(&self, now: Timestamp) -> Option<Person> {
        Some(Person {
            location: self.location.clone(),
            contact: self.contact(self.relevant.contact())?.clone(),
            number: None,
            at: self.timestamp.map_or(now, |at| at.min(now)),
        })
    }
}

/// Which way a recorded message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordDirection {
    Inbound,
    Outbound,
}

fn number_in(address: Option<&Private<String>>) -> Option<PhoneNumber> {
    Caller::number_in(address.map(|address| address.as_str()))
}

fn lower_cased(tags: &[impl ToString]) -> Vec<String> {
    tags.iter()
        .map(|tag| tag.to_string().to_lowercase())
        .collect()
}
