//! Builds a ledger entry by entry, in the form in which a store keeps entries.

use gohighlevel::recipes::missed_call::ledger::Entry;
use gohighlevel::recipes::missed_call::report::{Report, Row, Settings};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::builders::{BUSINESS, LOCATION, NUMBER, at};

/// Entries, oldest first.
#[derive(Default)]
pub(crate) struct LedgerBuilder(pub(crate) Vec<Entry>);

impl LedgerBuilder {
    /// A missed call of [`NUMBER`] that ended at 0.
    pub(crate) fn call() -> Self {
        Self::default().missed("call-1", 0, json!({}))
    }

    pub(crate) fn entry(mut self, episode: Option<&str>, seconds: i64, mut entry: Value) -> Self {
        entry["at"] = json!(at(seconds));
        entry["location"] = json!(LOCATION);
        entry["episode"] = json!(episode);
        self.0
            .push(serde_json::from_value(entry.clone()).unwrap_or_else(|e| panic!("{e}: {entry}")));
        self
    }

    /// A call that opened the episode of the same name and ended then.
    pub(crate) fn missed(self, call: &str, seconds: i64, change: Value) -> Self {
        let mut entry = call_record(call, seconds);
        entry["kind"] = json!("call_missed");
        entry["recipe"] = json!("test 1");
        entry["recipe_fingerprint"] = json!("0123456789abcdef");
        for (name, value) in change.as_object().unwrap() {
            entry[name] = value.clone();
        }
        self.entry(Some(call), seconds, entry)
    }

    /// A further call of that episode.
    pub(crate) fn joined(self, episode: &str, seconds: i64, missed_calls: u32) -> Self {
        let mut entry = call_record(&format!("{episode}-{missed_calls}"), seconds);
        entry["kind"] = json!("call_joined");
        entry["missed_calls"] = json!(missed_calls);
        self.entry(Some(episode), seconds, entry)
    }

    pub(crate) fn attempted(self, episode: &str, seconds: i64, step: &str, intent: Value) -> Self {
        self.entry(
            Some(episode),
            seconds,
            json!({"kind": "attempted", "effect": effect(episode, step), "attempt": 1, "intent": intent,
                   "contact": "rosan", "basis": episode}),
        )
    }

    /// An attempt at the text of this name.
    pub(crate) fn texting(self, episode: &str, seconds: i64, step: &str) -> Self {
        self.attempted(episode, seconds, step, text("Sorry we missed you."))
    }

    pub(crate) fn done(self, episode: &str, seconds: i64, step: &str) -> Self {
        self.entry(
            Some(episode),
            seconds,
            json!({"kind": "done", "step": step, "reference": format!("{episode}-{step}"),
                   "accepted_at": at(seconds), "seconds_after_call": seconds, "found": false}),
        )
    }

    /// The text `text` of that episode, attempted and accepted then.
    pub(crate) fn texted(self, episode: &str, seconds: i64) -> Self {
        self.texting(episode, seconds, "text")
            .done(episode, seconds, "text")
    }

    pub(crate) fn not_done(self, episode: &str, seconds: i64, step: &str, reason: Value) -> Self {
        self.entry(
            Some(episode),
            seconds,
            json!({"kind": "not_done", "step": step, "reason": reason}),
        )
    }

    pub(crate) fn replied(self, episode: &str, seconds: i64, reply: &str) -> Self {
        self.entry(
            Some(episode),
            seconds,
            json!({"kind": "replied", "message": format!("reply-{seconds}"), "reply": reply}),
        )
    }

    pub(crate) fn happened(self, episode: &str, seconds: i64, what: &str, reference: &str) -> Self {
        self.entry(
            Some(episode),
            seconds,
            json!({"kind": "happened", "what": what, "reference": reference}),
        )
    }

    pub(crate) fn opted_out(self, episode: &str, seconds: i64, reason: &str) -> Self {
        self.entry(
            Some(episode),
            seconds,
            json!({"kind": "opted_out", "reason": reason}),
        )
    }

    pub(crate) fn closed(self, episode: &str, seconds: i64) -> Self {
        self.entry(
            Some(episode),
            seconds,
            json!({"kind": "closed", "missed_calls": 1}),
        )
    }

    pub(crate) fn report(&self) -> Report {
        Report::of(&self.0, &settings())
    }

    /// The only row.
    pub(crate) fn row(&self) -> Row {
        let mut rows = self.report().rows;
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0)
    }
}

fn call_record(call: &str, seconds: i64) -> Value {
    json!({
        "message": call, "contact": "rosan", "caller": NUMBER, "called": BUSINESS, "ended_at": at(seconds),
        "reason": "no_answer",
        "evidence": {"delivery": format!("webhook:{call}"), "body_sha256": "00ff", "received_at": at(seconds)},
    })
}

pub(crate) fn effect(episode: &str, step: &str) -> Value {
    json!({"episode": episode, "step": step, "ordinal": 0})
}

pub(crate) fn text(body: &str) -> Value {
    json!({"text": {"body": body, "from": BUSINESS, "to": null}})
}

pub(crate) fn tag() -> Value {
    json!({"tag": {"name": "missed-call"}})
}

pub(crate) fn settings() -> Settings {
    Settings::new(TimeZone::UTC)
}
