//! The evidence: one line per text, with what allowed it, what was sent, and what came of it.

use std::io;

use gohighlevel::recipes::missed_call::report::evidence;
use serde_json::{Value, json};

use crate::missed_call::harness::builders::{BUSINESS, LOCATION, NUMBER, at};
use crate::missed_call::harness::ledger_builder::{LedgerBuilder, effect, tag, text};

fn lines(told: &LedgerBuilder) -> Vec<Value> {
    let lines = evidence::lines(&told.0);
    lines
        .map(|line| serde_json::from_str(&line).unwrap())
        .collect()
}

#[test]
fn a_line_in_full() {
    let told = LedgerBuilder::call()
        .replied("call-1", 2, "help")
        .entry(
            Some("call-1"),
            3,
            json!({"kind": "waits", "effect": effect("call-1", "text"), "until": at(60), "why": "not before 08:00"}),
        )
        .attempted("call-1", 60, "text", text("Sorry, \"we\" missed you.\n"))
        .entry(
            Some("call-1"),
            61,
            json!({"kind": "outcome_unknown", "effect": effect("call-1", "text"), "code": "timeout"}),
        )
        .entry(
            Some("call-1"),
            70,
            json!({"kind": "attempted", "effect": effect("call-1", "text"), "attempt": 2, "contact": "rosan",
                   "basis": "call-1",
                   "intent": {"text": {"body": "Sorry again.", "from": BUSINESS, "to": NUMBER, "hours": "8:00-20:00"}}}),
        )
        .done("call-1", 71, "text")
        .replied("call-1", 75, "thanks")
        .opted_out("call-1", 80, "opted_out");
    let expected = json!({
        "version": 1,
        "location": LOCATION,
        "episode": "call-1",
        "effect": "call-1/text/0",
        "contact": "rosan",
        "call": {
            "message": "call-1", "contact": "rosan", "caller": NUMBER, "called": BUSINESS, "ended_at": at(0),
            "reason": "no_answer",
            "evidence": {"delivery": "webhook:call-1", "body_sha256": "00ff", "received_at": at(0)},
        },
        "basis": {"call": "call-1", "replies": [{"at": at(2), "message": "reply-2", "reply": "help"}]},
        "recipe": "test 1",
        "recipe_fingerprint": "0123456789abcdef",
        "body": "Sorry again.",
        "from": BUSINESS,
        "to": NUMBER,
        "hours": "8:00-20:00",
        "waited": [{"at": at(3), "until": at(60), "why": "not before 08:00"}],
        "attempts": [at(60), at(70)],
        "end": {"accepted": {"at": at(71), "seconds_after_call": 71, "message": "call-1-text", "found": false}},
        "refusals": [{"at": at(80), "reason": "opted_out"}],
    });
    assert_eq!(lines(&told), [expected]);
}

#[test]
fn every_text_has_a_line_and_nothing_else_has() {
    let told = LedgerBuilder::call()
        .texted("call-1", 4)
        .attempted("call-1", 5, "tag", tag())
        .done("call-1", 5, "tag")
        .missed("call-2", 10, json!({}))
        .texting("call-2", 12, "text")
        .texting("call-1", 20, "second")
        .not_done("call-1", 21, "second", json!({"failed": "http_422"}))
        .missed("call-3", 30, json!({}))
        .not_done("call-3", 31, "text", json!("stale"));
    let lines = lines(&told);
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line["effect"].as_str().unwrap(), line["end"].clone()))
        .collect();
    let accepted = json!({"accepted": {"at": at(4), "seconds_after_call": 4, "message": "call-1-text", "found": false}});
    let failed = json!({"not_done": {"at": at(21), "reason": "failed:http_422"}});
    assert_eq!(
        told,
        [
            ("call-1/text/0", accepted),
            ("call-2/text/0", Value::Null),
            ("call-1/second/0", failed),
        ]
    );
}

#[test]
fn a_text_whose_call_is_not_among_the_entries_is_not_left_out() {
    let told = LedgerBuilder::default().texted("call-1", 4);
    let lines = lines(&told);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["call"], Value::Null);
    assert_eq!(lines[0]["basis"]["call"], "call-1");
}

#[test]
fn written_it_is_the_same_lines() {
    let told = LedgerBuilder::call()
        .texted("call-1", 4)
        .texting("call-1", 20, "second");
    let mut written = Vec::new();
    assert_eq!(evidence::write(&told.0, &mut written).unwrap(), 2);
    let lines = evidence::lines(&told.0).map(|line| format!("{}\n", line.as_str()));
    assert_eq!(
        String::from_utf8(written).unwrap(),
        lines.collect::<String>()
    );
    let printed = evidence::lines(&told.0).map(|line| format!("{line:?}"));
    assert!(printed.collect::<String>().chars().all(|c| !c.is_numeric()));
}

#[test]
fn a_full_disk_is_an_error() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let told = LedgerBuilder::call().texted("call-1", 4);
    let error = evidence::write(&told.0, &mut Full).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}
