//! Whether texts were delivered, in metrics, rows, CSV and digest.

use gohighlevel::recipes::missed_call::report::{Digest, Metrics, Row, weekly_review_csv};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::missed_call::harness::ledger_builder::{LedgerBuilder, settings};

fn receipt(ledger: LedgerBuilder, episode: &str, seconds: i64, mut entry: Value) -> LedgerBuilder {
    entry["step"] = json!("text");
    entry["message"] = json!(format!("{episode}-text"));
    ledger.entry(Some(episode), seconds, entry)
}

/// Four callers with a text: one delivered, one of which nothing is said, two not delivered.
fn ledger() -> LedgerBuilder {
    let mut ledger = LedgerBuilder::default();
    for (call, seconds) in [
        ("call-1", 0),
        ("call-2", 10),
        ("call-3", 20),
        ("call-4", 30),
    ] {
        ledger = ledger
            .missed(call, seconds, json!({}))
            .texted(call, seconds + 5);
    }
    let delivered = json!({"kind": "delivered"});
    let failed = json!({"kind": "not_delivered", "status": "failed"});
    let landline = json!({
        "kind": "not_delivered", "status": "undelivered", "words": "30006: Landline", "landline": true,
    });
    let ledger = receipt(ledger, "call-1", 60, delivered.clone());
    let ledger = receipt(ledger, "call-3", 60, failed);
    let ledger = receipt(ledger, "call-4", 60, landline);
    // The first word counts.
    receipt(ledger, "call-4", 70, delivered)
}

#[test]
fn delivered_counts_texts_of_which_something_is_known() {
    let report = ledger().report();
    let metrics = Metrics::of(&report.rows, &settings());
    assert_eq!((metrics.texted, metrics.texts), (4, 4));
    let delivered = metrics.delivered.unwrap();
    assert_eq!((delivered.part(), delivered.whole()), (1, 3));
    let failed: Vec<bool> = report.rows.iter().map(Row::is_not_delivered).collect();
    assert_eq!(failed, [false, false, true, true]);
    let none = Metrics::of(
        &LedgerBuilder::call().texted("call-1", 5).report().rows,
        &settings(),
    );
    assert_eq!(none.delivered, None);
}

#[test]
fn the_weekly_review_and_the_digest_say_it() {
    let report = ledger().report();
    let csv = weekly_review_csv(&report.rows, &settings());
    for (line, words) in csv.lines().skip(1).zip([
        ",yes: delivered,",
        ",yes,",
        ",yes: not delivered,",
        ",yes: not delivered,",
    ]) {
        assert!(line.contains(words), "{line}");
    }
    let digest = Digest::of(&report, date(2026, 6, 1), &settings());
    let text = digest.text();
    assert!(
        text.contains("Texted: 4\n  Texts delivered: 1\n  Texts not delivered: 2\n"),
        "{text}"
    );
    assert_eq!(text.matches("the text did not arrive").count(), 2, "{text}");
}
