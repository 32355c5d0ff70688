//! Events that follow from a change in a location, whatever made it: what is there is compared with what was there
//! before. An app gets those that it has subscribed to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::answer::Fields;
use super::contact::Contact;
use super::envelope;
use super::error::FakeGhlError;
use super::values::wire_time;
use super::world::{Conversation, Location, World};

/// What an app can subscribe to besides the events that FakeGhl always sends.
const EVENTS: [&str; 16] = [
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

/// The names as they are known here; an error for one that is not.
pub(super) fn known_events<'e>(
    names: impl IntoIterator<Item = &'e str>,
) -> Result<BTreeSet<&'static str>, FakeGhlError> {
    let known = |name: &'e str| {
        let event = EVENTS.into_iter().find(|event| *event == name);
        event.ok_or_else(|| FakeGhlError::UnknownEvent(name.to_owned()))
    };
    names.into_iter().map(known).collect()
}

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
        let mut found = Events {
            location_id: &self.location_id,
            subscribed: &world.subscribed,
            events: Vec::new(),
        };
        self.contacts(location, &mut found);
        self.conversations(location, &mut found);
        self.notes(location, &mut found);
        self.tasks(location, &mut found, now);
        self.opportunities(location, &mut found);
        found.events
    }

    fn contacts(&self, location: &Location, found: &mut Events<'_>) {
        let before: BTreeMap<&str, &Contact> = self
            .contacts
            .iter()
            .map(|contact| (contact.id(), contact))
            .collect();
        for after in &location.contacts {
            let Some(before) = before.get(after.id()) else {
                found.push("ContactCreate", after, envelope::of_contact);
                continue;
            };
            if before.tags() != after.tags() {
                found.push("ContactTagUpdate", after, envelope::of_contact);
            }
            if before.rest() != after.rest() {
                found.push("ContactUpdate", after, envelope::of_contact);
            }
        }
    }

    fn conversations(&self, location: &Location, found: &mut Events<'_>) {
        for conversation in &location.conversations {
            let before = self.unread.get(&conversation.id).copied().unwrap_or(0);
            if before != conversation.unread {
                found.push("ConversationUnreadUpdate", conversation, envelope::unread);
            }
        }
    }

    fn notes(&self, location: &Location, found: &mut Events<'_>) {
        for change in changes(&self.notes, &location.notes) {
            match change {
                (None, Some(after)) => found.push("NoteCreate", after, envelope::note),
                (Some(before), None) => found.push("NoteDelete", before, envelope::note),
                (_, Some(after)) => found.push("NoteUpdate", after, envelope::note),
                (None, None) => {}
            }
        }
    }

    fn tasks(&self, location: &Location, found: &mut Events<'_>, now: Timestamp) {
        for change in changes(&self.tasks, &location.tasks) {
            match change {
                (None, Some(after)) => {
                    let mut added = after.clone();
                    added.insert("dateAdded".into(), wire_time(now).into());
                    found.push("TaskCreate", &added, envelope::task);
                }
                (Some(before), None) => found.push("TaskDelete", before, envelope::task),
                // HighLevel documents no event for other changes, and what completes a task tells of it.
                _ => {}
            }
        }
    }

    fn opportunities(&self, location: &Location, found: &mut Events<'_>) {
        let word = envelope::opportunity;
        for change in changes(&self.opportunities, &location.opportunities) {
            match change {
                (None, Some(after)) => found.push("OpportunityCreate", after, word),
                (Some(before), None) => found.push("OpportunityDelete", before, word),
                (Some(before), Some(after)) => {
                    for (field, event) in OPPORTUNITY_UPDATES {
                        if before.get(field) != after.get(field) {
                            found.push(event, after, word);
                        }
                    }
                    found.push("OpportunityUpdate", after, word);
                }
                (None, None) => {}
            }
        }
    }
}

struct Events<'a> {
    location_id: &'a str,
    subscribed: &'a BTreeSet<&'static str>,
    events: Vec<Value>,
}

impl Events<'_> {
    /// Words the event, if the app has subscribed to it.
    fn push<T>(&mut self, event: &str, thing: &T, word: impl Fn(&str, &str, &T) -> Value) {
        if self.subscribed.contains(event) {
            self.events.push(word(event, self.location_id, thing));
        }
    }
}

/// What has changed, by its `id`: each thing as it was and as it is. What is gone comes first.
fn changes<'a>(
    before: &'a [Fields],
    after: &'a [Fields],
) -> Vec<(Option<&'a Fields>, Option<&'a Fields>)> {
    let mut earlier: BTreeMap<&str, &Fields> =
        before.iter().map(|thing| (id(thing), thing)).collect();
    let mut there = Vec::new();
    for thing in after {
        let known = earlier.remove(id(thing));
        if known != Some(thing) {
            there.push((known, Some(thing)));
        }
    }
    let gone = earlier.into_values().map(|thing| (Some(thing), None));
    gone.chain(there).collect()
}

fn id(thing: &Fields) -> &str {
    thing["id"].as_str().unwrap_or_default()
}
