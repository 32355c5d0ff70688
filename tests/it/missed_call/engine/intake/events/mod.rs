//! Events of HighLevel other than calls and texts, as webhooks over HTTP to an engine with FakeGhl behind it.

mod bookings;
mod contacts;
mod short_calls;
mod tasks;
mod team;
mod without_contact;

use std::sync::Arc;

use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use serde_json::Value;

use crate::missed_call::harness::world::{LOCATION, World};

/// A text two minutes after the call, one on the next day, and a task at once.
const RECIPE: &str = r#"
    name = "inputs"
    version = 1

    [compliance]
    later_texts = "always"

    [steps.text]
    do = "text"
    after = "PT2M"
    body = "Hi {{ contact.first_name }}, sorry we missed your call."

    [steps.next_day]
    do = "text"
    after = "PT24H"
    body = "Hi {{ contact.first_name }}, are you still looking for a time?"

    [steps.task]
    do = "task"
    title = "Call back"

    [steps.thanks]
    do = "tag"
    on = "task_done"
    tag = "called-back"

    [steps.rescue]
    do = "tag"
    on = "booking_cancelled"
    tag = "booking-lost"
"#;

pub(crate) fn recipe() -> Recipe {
    Recipe::from_toml("inputs.toml", RECIPE).unwrap()
}

pub(crate) async fn world() -> World {
    World::with(recipe(), Arc::new(MemoryStore::new())).await
}

impl World {
    /// HighLevel tells of something, with the location in it.
    pub(crate) async fn hears(&self, mut payload: Value) {
        payload["locationId"] = LOCATION.into();
        self.ghl.event(payload.as_object().unwrap().clone());
        self.ghl.deliveries_settled().await;
    }

    /// What happened, each as `happening reference`.
    pub(crate) async fn happened(&self) -> Vec<String> {
        let told = |kind| match kind {
            EntryKind::Happened { what, reference } => {
                Some(format!("{} {reference}", what.as_str()))
            }
            _ => None,
        };
        let ledger = self.ledger().await.into_iter();
        ledger.filter_map(|entry| told(entry.kind)).collect()
    }
}
