//! Rows of each earlier release. They stay here for ever: a release that cannot read one, or reads it as something else,
//! strands open episodes. Never edit a file; add one for a release that writes new forms.

use std::collections::BTreeSet;
use std::path::Path;

use gohighlevel::recipes::missed_call::episode::EpisodeState;
use gohighlevel::recipes::missed_call::ledger::Entry;
use gohighlevel::recipes::missed_call::store::Progress;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn rows(column: &str) -> Vec<Value> {
    rows_of("rows_v1.json", column)
}

fn rows_of(file: &str, column: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/missed_call");
    let path = folder.join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    file[column].as_array().unwrap().clone()
}

/// Reads a row from text, as a store does, and expects it to be written as it was.
fn read<T: DeserializeOwned + Serialize>(row: &Value) -> T {
    let read: T =
        serde_json::from_str(&row.to_string()).unwrap_or_else(|error| panic!("{error}: {row}"));
    assert_eq!(serde_json::to_value(&read).unwrap(), *row);
    read
}

fn words(of: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    of.into_iter().collect()
}

#[test]
fn episodes() {
    let rows = rows("state_json");
    let mut steps = BTreeSet::new();
    let mut reasons = BTreeSet::new();
    for row in &rows {
        let state: EpisodeState = read(row);
        assert_eq!(row["live"], state.is_open());
        for step in row["steps"].as_object().unwrap().values() {
            steps.extend(name(step));
            reasons.extend(name(&step["not_done"]));
        }
    }
    assert_eq!(
        steps,
        words(["attempting", "done", "not_done", "planned", "stopping"].map(String::from))
    );
    let all = [
        "contact_gone",
        "copy",
        "do_not_disturb",
        "failed",
        "not_textable",
        "opted_out",
        "overtaken",
        "quiet_hours",
        "replied",
        "short_code",
        "stale",
        "superseded",
        "suppressed",
        "unreadable_number",
        "withheld",
    ];
    assert_eq!(reasons, words(all.map(String::from)));
}

#[test]
fn episodes_with_replies_that_are_not_read() {
    for row in rows_of("rows_unread.json", "state_json") {
        let state: EpisodeState = read(&row);
        assert_eq!(row["live"], state.is_open());
    }
}

/// The name of an enum's variant as serde writes it.
fn name(variant: &Value) -> Option<String> {
    match variant {
        Value::String(name) => Some(name.clone()),
        Value::Object(content) => content.keys().next().cloned(),
        _ => None,
    }
}

#[test]
fn effects() {
    let rows = rows("progress_json");
    let mut states = BTreeSet::new();
    let mut intents = BTreeSet::new();
    for row in &rows {
        let progress: Progress = read(row);
        assert_eq!(row["failures"], progress.failures());
        states.extend(name(&row["state"]));
        intents.extend(name(&row["intent"]));
    }
    let all = ["attempting", "unsettled", "waiting"].map(String::from);
    assert_eq!(states, words(all));
    assert_eq!(intents, words(["tag", "task", "text"].map(String::from)));
    assert_eq!(read::<Progress>(&rows[0]), Progress::NEW);
}

#[test]
fn the_ledger() {
    let rows = rows("entry_json");
    let mut kinds = BTreeSet::new();
    let mut missed = BTreeSet::new();
    for row in &rows {
        let entry: Entry = read(row);
        assert_eq!(row["kind"], entry.kind.name());
        kinds.insert(entry.kind.name().to_owned());
        if entry.kind.name() == "call_missed" {
            missed.extend(name(&row["reason"]));
        }
    }
    let all = [
        "attempted",
        "call_joined",
        "call_missed",
        "call_unclear",
        "closed",
        "done",
        "happened",
        "not_done",
        "not_found",
        "opted_in",
        "opted_out",
        "outcome_unknown",
        "postponed",
        "replied",
        "waits",
    ];
    assert_eq!(kinds, words(all.map(String::from)));
    let all = ["busy", "canceled", "failed", "no_answer", "voicemail"];
    assert_eq!(missed, words(all.map(String::from)));
}
