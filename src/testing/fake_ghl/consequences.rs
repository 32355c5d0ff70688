//! Events that follow from a change in a location, whatever made it: what is there is compared with what was there
//! before. An app gets those that it has subscribed to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::answer::Fields;
use super::contact::Contact;
use super::envelope;
use super::world::{Conversation, Location, World};

/// What an app can subscribe to besides the events that FakeGhl always sends.
pub(super) const EVENTS: [&str; 16] = [
    "ContactCreate",
    "ContactUpdate",
    "ContactTagUpdate",
    "ConversationUnreadUpdate",
    "NoteCreate",
    "NoteUpdate",
    "NoteDelete",
    "TaskCreate",
    "TaskDelete",
    "OpportunityCreate",
    "OpportunityUpdate",
    "OpportunityDelete",
    "OpportunityStageUpdate",
    "OpportunityStatusUpdate",
    "OpportunityAssignedToUpdate",
    "OpportunityMonetaryValueUpdate",
];

/// Which change of an opportunity has an event of its own.
const OPPORTUNITY_UPDATES: [(&str, &str); 4] = [
    ("pipelineStageId", "OpportunityStageUpdate"),
    ("status", "OpportunityStatusUpdate"),
    ("assignedTo", "OpportunityAssignedToUpdate"),
    ("monetaryValue", "OpportunityMonetaryValueUpdate"),
];

/// A location as it was before something happened.
pub(super) struct Before {
    location_id: String,
    contacts: Vec<Contact>,
    unread: BTreeMap<String, u64>,
    notes: Vec<Fields>,
    tasks: Vec<Fields>,
    opportunities: Vec<Fields>,
}

impl Before {
    /// `None` if the app has subscribed to nothing of this, or there is no such location.
    pub(super) fn of(world: &World, location_id: &str) -> Option<Self> {
        if world.subscribed.is_empty() {
            return None;
        }
        let location = world.locations.get(location_id)?;
        let unread = |conversation: &Conversation| (conversation.id.clone(), conversation.unread);
        Some(Self {
            location_id: location_id.to_owned(),
            contacts: location.contacts.clone(),
            unread: location.conversations.iter().map(unread).collect(),
            notes: location.notes.clone(),
            tasks: location.tasks.clone(),
            opportunities: location.opportunities.clone(),
        })
    }

    /// The payloads of what has happened since and the app has subscribed to.
    pub(super) fn events(&self, world: &World, now: Timestamp) -> Vec<Value> {
        let Some(location) = world.locations.get(&self.location_id) else {
            return Vec::new();
        };
        let mut told = Told {
            location_id: &self.location_id,
            subscribed: &world.subscribed,
            events: Vec::new(),
        };
        self.contacts(location, &mut told);
        self.conversations(location, &mut told);
        let note = |told: &mut Told<'_>, event, note: &Fields| {
            told.push(event, envelope::note(event, told.location_id, note));
        };
        compare(&self.notes, &location.notes, |before, after| {
            match (before, after) {
                (None, Some(after)) => note(&mut told, "NoteCreate", after),
                (Some(before), None) => note(&mut told, "NoteDelete", before),
                (Some(before), Some(after)) if before != after => {
                    note(&mut told, "NoteUpdate", after)
                }
                _ => {}
            }
        });
        let task = |told: &mut Told<'_>, event, task: &Fields| {
            told.push(event, envelope::task(event, told.location_id, task));
        };
        compare(&self.tasks, &location.tasks, |before, after| {
            match (before, after) {
                (None, Some(after)) => {
                    let mut added = after.clone();
                    added.insert("dateAdded".into(), super::world::wire_time(now).into());
                    task(&mut told, "TaskCreate", &added);
                }
                (Some(before), None) => task(&mut told, "TaskDelete", before),
                _ => {}
            }
        });
        self.opportunities(location, &mut told);
        told.events
    }

    fn contacts(&self, location: &Location, told: &mut Told<'_>) {
        let before: BTreeMap<&str, &Contact> = self
            .contacts
            .iter()
            .map(|contact| (contact.id(), contact))
            .collect();
        for after in &location.contacts {
            let mut push =
                |event| told.push(event, envelope::of_contact(event, told.location_id, after));
            let Some(before) = before.get(after.id()) else {
                push("ContactCreate");
                continue;
            };
            if before.tags() != after.tags() {
                push("ContactTagUpdate");
            }
            if before.rest() != after.rest() {
                push("ContactUpdate");
            }
        }
    }

    fn conversations(&self, location: &Location, told: &mut Told<'_>) {
        for conversation in &location.conversations {
            let before = self.unread.get(&conversation.id).copied().unwrap_or(0);
            if before != conversation.unread {
                let payload = envelope::unread(told.location_id, conversation);
                told.push("ConversationUnreadUpdate", payload);
            }
        }
    }

    fn opportunities(&self, location: &Location, told: &mut Told<'_>) {
        let push = |told: &mut Told<'_>, event, opportunity: &Fields| {
            told.push(
                event,
                envelope::opportunity(event, told.location_id, opportunity),
            );
        };
        compare(
            &self.opportunities,
            &location.opportunities,
            |before, after| match (before, after) {
                (None, Some(after)) => push(told, "OpportunityCreate", after),
                (Some(before), None) => push(told, "OpportunityDelete", before),
                (Some(before), Some(after)) if before != after => {
                    for (field, event) in OPPORTUNITY_UPDATES {
                        if before.get(field) != after.get(field) {
                            push(told, event, after);
                        }
                    }
                    push(told, "OpportunityUpdate", after);
                }
                _ => {}
            },
        );
    }
}

struct Told<'a> {
    location_id: &'a str,
    subscribed: &'a BTreeSet<&'static str>,
    events: Vec<Value>,
}

impl Told<'_> {
    fn push(&mut self, event: &str, payload: Value) {
        if self.subscribed.contains(event) {
            self.events.push(payload);
        }
    }
}

/// Shows each thing as it was and as it is, by its `id`: what is gone, then what is there.
fn compare(
    before: &[Fields],
    after: &[Fields],
    mut see: impl FnMut(Option<&Fields>, Option<&Fields>),
) {
    let by_id = |things: &'_ [Fields]| -> BTreeMap<String, usize> {
        let ids = things.iter().map(|thing| thing["id"].to_string());
        ids.zip(0..).collect()
    };
    let (earlier, later) = (by_id(before), by_id(after));
    for (id, place) in &earlier {
        if !later.contains_key(id) {
            see(Some(&before[*place]), None);
        }
    }
    for thing in after {
        let known = earlier.get(&thing["id"].to_string());
        see(known.map(|place| &before[*place]), Some(thing));
    }
}
