//! What becomes of texts that were accepted: at first they are `sent`, and later `delivered` or not. No webhook tells of it
//! unless a test orders one.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::Fields;
use super::world::Location;
use crate::phone::PhoneNumber;

/// What becomes of the texts of a location that are sent from now on. In JSON everything but `locationId` may be left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TextOutcomes {
    /// The location.
    pub location_id: String,
    /// Of a hundred texts so many fail, evenly spread.
    #[serde(default)]
    pub failing_percent: u32,
    /// All texts to these numbers fail besides.
    #[serde(default)]
    pub failing_numbers: Vec<PhoneNumber>,
    /// How those that fail end.
    #[serde(default)]
    pub status: FailedTextStatus,
    /// What HighLevel adds to them; it mostly adds nothing.
    #[serde(default)]
    pub error: Option<String>,
    /// After how many seconds a text has its last status.
    #[serde(default)]
    pub after_seconds: u32,
}

impl TextOutcomes {
    /// All texts are delivered at once.
    pub fn delivered(location_id: impl Into<String>) -> Self {
        Self {
            location_id: location_id.into(),
            failing_percent: 0,
            failing_numbers: Vec::new(),
            status: FailedTextStatus::default(),
            error: None,
            after_seconds: 0,
        }
    }
}

/// How a text ends that fails, as HighLevel spells it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FailedTextStatus {
    /// It was sent and did not arrive.
    #[default]
    Undelivered,
    /// It could not be sent.
    Failed,
}

/// The order, and how many texts were sent under it.
pub(super) struct OrderedOutcomes {
    order: TextOutcomes,
    texts: u32,
}

/// What is to become of one text.
struct Outcome {
    message_id: String,
    at: Timestamp,
    status: &'static str,
    error: Option<String>,
}

/// What is to become of the texts of a location.
#[derive(Default)]
pub(super) struct Outcomes {
    ordered: Option<OrderedOutcomes>,
    to_come: Vec<Outcome>,
}

impl Outcomes {
    pub(super) fn order(&mut self, order: TextOutcomes) {
        self.ordered = Some(OrderedOutcomes { order, texts: 0 });
    }

    /// A text was sent.
    pub(super) fn sent(&mut self, message_id: &str, to: &str, now: Timestamp) {
        let Some(ordered) = &mut self.ordered else {
            return;
        };
        let OrderedOutcomes { order, texts } = ordered;
        *texts = texts.wrapping_add(1);
        // Evenly: one more each time that the share reaches the next whole text.
        let failed = |texts: u32| u64::from(texts) * u64::from(order.failing_percent) / 100;
        let to_failing = order
            .failing_numbers
            .iter()
            .any(|number| number.e164() == to);
        let fails = to_failing || failed(*texts) > failed(*texts - 1);
        let after = SignedDuration::from_secs(i64::from(order.after_seconds));
        self.to_come.push(Outcome {
            message_id: message_id.to_owned(),
            at: now.saturating_add(after).unwrap_or(Timestamp::MAX),
            status: match order.status {
                _ if !fails => "delivered",
                FailedTextStatus::Undelivered => "undelivered",
                FailedTextStatus::Failed => "failed",
            },
            error: order.error.clone().filter(|_| fails),
        });
    }
}

impl Location {
    /// Texts get the status that is theirs by now.
    pub(super) fn settle_texts(&mut self, now: Timestamp) {
        if self.outcomes.to_come.iter().all(|outcome| outcome.at > now) {
            return;
        }
        let to_come = std::mem::take(&mut self.outcomes.to_come);
        let (due, to_come): (Vec<Outcome>, Vec<Outcome>) =
            to_come.into_iter().partition(|outcome| outcome.at <= now);
        self.outcomes.to_come = to_come;
        let due = due.into_iter();
        let mut due: HashMap<String, Outcome> = due
            .map(|outcome| (outcome.message_id.clone(), outcome))
            .collect();
        let conversations = self.conversations.iter_mut();
        for message in conversations.flat_map(|conversation| &mut conversation.messages) {
            let id = message["id"].as_str().unwrap_or_default();
            if let Some(outcome) = due.remove(id) {
                set(message, outcome.status, outcome.error.map(Value::from));
            }
        }
    }
}

/// Sets the status of a message.
pub(super) fn set(message: &mut Fields, status: &str, error: Option<Value>) {
    message.insert("status".to_owned(), json!(status));
    if let Some(error) = error {
        message.insert("error".to_owned(), error);
    }
}
