//! Reports as JSON, for a host's own dashboard.

use gohighlevel::recipes::missed_call::report::{Digest, Metrics};
use serde_json::{Value, json};

use crate::missed_call::harness::ledger_builder::{LedgerBuilder, settings};

fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

#[test]
fn a_report_its_metrics_and_the_digest_can_be_serialised() {
    let ledger = LedgerBuilder::call().texted("call-1", 7);
    let report = ledger.report();
    let row = &json(&report)["rows"][0];
    assert_eq!(row["outcome"], "texted");
    assert_eq!(row["missed_calls"], 1);
    assert!(row["call"]["caller"].is_string());
    assert!(row["texts"][0]["accepted_at"].is_string());
    let metrics = json(&Metrics::of(&report.rows, &settings()));
    assert_eq!(metrics["coverage"], json!({"part": 1, "whole": 1}));
    assert!(
        metrics["time_to_text_p50"]
            .as_str()
            .unwrap()
            .starts_with("PT")
    );
    let day = report.rows[0]
        .call
        .ended_at
        .to_zoned(settings().zone)
        .date();
    let digest = json(&Digest::of(&report, day, &settings()));
    assert_eq!(digest["callers"], 1);
    assert!(
        digest["text"]
            .as_str()
            .unwrap()
            .starts_with("Missed calls on")
    );
}
