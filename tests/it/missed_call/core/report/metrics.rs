//! Each metric by its definition, and the targets beside them.

use gohighlevel::recipes::missed_call::report::{
    Metrics, Report, Revenue, Settings, Share, TargetRange, Targets,
};
use jiff::SignedDuration;
use serde_json::json;

use crate::missed_call::harness::builders::at;
use crate::missed_call::harness::ledger_builder::{LedgerBuilder, settings};

const HOUR: i64 = 60 * 60;

fn measured(told: &LedgerBuilder, settings: &Settings) -> Metrics {
    Metrics::of(&Report::of(&told.0, settings).rows, settings)
}

fn parts(share: Option<Share>) -> Option<(u64, u64)> {
    share.map(|share| (share.part(), share.whole()))
}

/// One after the other, an hour apart: episodes of different callers.
fn ten_callers() -> LedgerBuilder {
    let mut told = LedgerBuilder::default();
    for hour in 0..10 {
        let caller = format!("+1555000{hour:04}");
        let change = json!({"contact": caller, "caller": caller, "called": if hour < 4 { "+15550002222" } else { "+15550003333" }});
        told = told.missed(&format!("call-{hour}"), hour * HOUR, change);
    }
    let after = |hour: i64, seconds: i64| hour * HOUR + seconds;
    told.texted("call-0", after(0, 3))
        .texted("call-1", after(1, 5))
        .texted("call-2", after(2, 9))
        .texted("call-3", after(3, 60))
        // Not texted: rightly, in vain, and not yet.
        .not_done("call-4", after(4, 1), "text", json!("do_not_disturb"))
        .not_done("call-5", after(5, 1), "text", json!({"failed": "http_422"}))
        .not_done("call-6", after(6, 1), "text", json!("stale"))
        .attempted(
            "call-7",
            after(7, 1),
            "tag",
            crate::missed_call::harness::ledger_builder::tag(),
        )
        .closed("call-7", after(7, 2))
        // call-0 replies in time, books and is told of it by a click.
        .replied("call-0", after(0, 100), "booking")
        .happened("call-0", after(0, 110), "clicked", "link-1")
        .happened("call-0", after(0, 120), "booked", "booking-1")
        // call-1 asks for a person and is called back after ten minutes.
        .replied("call-1", after(1, 100), "help")
        .happened("call-1", after(1, 700), "returned", "call-90")
        .happened("call-1", after(1, 800), "booked", "booking-2")
        // call-2 replies four days later.
        .replied("call-2", after(98, 0), "other")
        .opted_out("call-3", after(3, 100), "opted_out")
        // call-4 has never been texted, and is spoken with.
        .happened("call-4", after(4, 100), "answered", "call-91")
        .joined("call-4", after(4, 200), 2)
}

#[test]
fn each_by_its_definition() {
    let told = ten_callers();
    let mut settings = settings();
    let metrics = measured(&told, &settings);
    assert_eq!(
        (metrics.episodes, metrics.missed_calls, metrics.texted),
        (10, 11, 4)
    );
    assert_eq!(parts(metrics.coverage), Some((7, 10)));
    assert_eq!(metrics.time_to_text_p50, Some(SignedDuration::from_secs(5)));
    assert_eq!(
        metrics.time_to_text_p95,
        Some(SignedDuration::from_secs(60))
    );
    assert_eq!(parts(metrics.replied), Some((2, 4)));
    assert_eq!(metrics.clicked, None);
    assert_eq!(parts(metrics.handed_off), Some((1, 4)));
    assert_eq!(
        metrics.time_to_hand_off_p50,
        Some(SignedDuration::from_secs(600))
    );
    assert_eq!(parts(metrics.opted_out), Some((1, 4)));
    assert_eq!(parts(metrics.failed), Some((1, 5)));
    // call-0, call-1, call-2 and call-4.
    assert_eq!(parts(metrics.captured), Some((4, 10)));
    assert_eq!(parts(metrics.booked), Some((2, 4)));
    assert_eq!((metrics.bookings, metrics.self_service_bookings), (2, 1));
    assert_eq!(metrics.recovered_revenue, None);

    settings.all_clicks_reported = true;
    settings.revenue = Some(Revenue::between(16_500, 29_500));
    let metrics = measured(&told, &settings);
    assert_eq!(parts(metrics.clicked), Some((1, 4)));
    let revenue = metrics.recovered_revenue.unwrap();
    assert_eq!((revenue.low(), revenue.high()), (33_000, 59_000));
    // Within a shorter window nobody replied.
    settings.reply_window = SignedDuration::from_secs(94);
    assert_eq!(parts(measured(&told, &settings).replied), Some((0, 4)));
}

#[test]
fn a_refusal_from_before_the_text_is_not_its_doing() {
    let told = LedgerBuilder::call()
        .opted_out("call-1", 2, "do_not_disturb")
        .texted("call-1", 4);
    assert_eq!(parts(measured(&told, &settings()).opted_out), Some((0, 1)));
}

#[test]
fn a_reply_counts_though_its_text_was_found_after_it() {
    let told = LedgerBuilder::call()
        .texting("call-1", 4, "text")
        .replied("call-1", 20, "other")
        .entry(
            Some("call-1"),
            30,
            json!({"kind": "done", "step": "text", "reference": "message-1", "accepted_at": at(5),
                   "seconds_after_call": 5, "found": true}),
        );
    assert_eq!(parts(measured(&told, &settings()).replied), Some((1, 1)));
}

#[test]
fn of_nothing_there_is_no_share() {
    let metrics = measured(&LedgerBuilder::default(), &settings());
    let shares = [
        metrics.coverage,
        metrics.replied,
        metrics.clicked,
        metrics.handed_off,
        metrics.opted_out,
        metrics.failed,
        metrics.captured,
        metrics.booked,
    ];
    assert_eq!(shares, [None; 8]);
    assert_eq!(metrics.time_to_text_p50, None);
    assert_eq!(metrics.time_to_hand_off_p50, None);
    // A call that nobody texted has a share of all, and none of the texted.
    let metrics = measured(&LedgerBuilder::call(), &settings());
    assert_eq!(parts(metrics.coverage), Some((0, 1)));
    assert_eq!(metrics.replied, None);
}

#[test]
fn cut_by_the_number_that_was_called() {
    let report = ten_callers().report();
    let cuts = Metrics::by(&report.rows, &settings(), |row| row.call.called.clone());
    let told: Vec<_> = cuts
        .values()
        .map(|metrics| (metrics.episodes, metrics.texted, metrics.bookings))
        .collect();
    assert_eq!(told, [(4, 4, 2), (6, 0, 0)]);
}

#[test]
fn targets_stand_beside_what_was_measured() {
    let mut targets = Targets::default();
    targets.coverage = Some(TargetRange { from: 1.0, to: 1.0 });
    targets.time_to_text = Some(SignedDuration::from_secs(60));
    targets.captured = Some(TargetRange { from: 0.4, to: 0.6 });
    targets.booked = Some(TargetRange {
        from: 0.15,
        to: 0.25,
    });
    targets.opted_out = Some(0.02);
    let lines = |told: &LedgerBuilder| -> Vec<String> {
        let compared = targets.compare(&measured(told, &settings()));
        compared.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        lines(&ten_callers()),
        [
            "coverage: 70.0 % (7 of 10), target 100.0 %: not met",
            "time_to_text_p95: 1m, target at most 1m: met",
            "captured: 40.0 % (4 of 10), target 40.0-60.0 %: met",
            "booked: 50.0 % (2 of 4), target 15.0-25.0 %: met",
            "opted_out: 25.0 % (1 of 4), target at most 2.0 %: not met",
        ]
    );
    assert_eq!(
        lines(&LedgerBuilder::default()),
        [
            "coverage: nothing to measure, target 100.0 %",
            "time_to_text_p95: nothing to measure, target at most 1m",
            "captured: nothing to measure, target 40.0-60.0 %",
            "booked: nothing to measure, target 15.0-25.0 %",
            "opted_out: nothing to measure, target at most 2.0 %",
        ]
    );
    assert!(
        Targets::default()
            .compare(&measured(&LedgerBuilder::call(), &settings()))
            .is_empty()
    );
}
