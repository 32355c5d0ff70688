//! Which booking is credited to which call.

use gohighlevel::recipes::missed_call::report::Report;
use jiff::SignedDuration;
use serde_json::json;

use crate::missed_call::harness::builders::at;
use crate::missed_call::harness::ledger_builder::{LedgerBuilder, settings};

const DAY: i64 = 24 * 60 * 60;

/// The references credited to each row, and whether the row shows an appointment.
fn credited(told: &LedgerBuilder) -> Vec<(Vec<String>, bool)> {
    let rows = told.report().rows.into_iter();
    rows.map(|row| {
        let credited = row.recovered.into_iter().map(|booking| booking.reference);
        (credited.collect(), row.booked_at.is_some())
    })
    .collect()
}

fn one(told: &LedgerBuilder) -> (Vec<String>, bool) {
    let mut rows = credited(told);
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn booking_1() -> Vec<String> {
    vec!["booking-1".to_owned()]
}

#[test]
fn a_booking_counts_after_the_text_and_for_seven_days() {
    for (seconds, counts) in [
        (3, false),
        (4, true),
        (7 * DAY + 4, true),
        (7 * DAY + 5, false),
    ] {
        // The entry of a booking from before the text stands before it.
        let told = if seconds < 4 {
            LedgerBuilder::call()
                .happened("call-1", seconds, "booked", "booking-1")
                .texted("call-1", 4)
        } else {
            LedgerBuilder::call().texted("call-1", 4).happened(
                "call-1",
                seconds,
                "booked",
                "booking-1",
            )
        };
        let (recovered, appointment) = one(&told);
        assert_eq!(recovered.is_empty(), !counts, "{seconds}");
        assert!(appointment, "{seconds}");
    }
}

#[test]
fn the_window_is_the_hosts() {
    let told =
        LedgerBuilder::call()
            .texted("call-1", 4)
            .happened("call-1", 65, "booked", "booking-1");
    for (window, credited) in [(60, 0), (61, 1)] {
        let mut settings = settings();
        settings.booking_window = SignedDuration::from_secs(window);
        let row = Report::of(&told.0, &settings).rows.remove(0);
        assert_eq!(row.recovered.len(), credited);
    }
}

#[test]
fn without_a_text_nothing_is_recovered() {
    let told = LedgerBuilder::call()
        .not_done("call-1", 2, "text", json!("stale"))
        .happened("call-1", 60, "booked", "booking-1");
    assert_eq!(one(&told), (vec![], true));
}

#[test]
fn a_cancelled_booking_does_not_count_until_it_is_booked_again() {
    let texted = || LedgerBuilder::call().texted("call-1", 4);
    let tell =
        |told: LedgerBuilder, what, seconds| told.happened("call-1", seconds, what, "booking-1");
    let told = tell(texted(), "booked", 10);
    assert_eq!(one(&told), (booking_1(), true));
    let told = tell(told, "booking_cancelled", 20);
    assert_eq!(one(&told), (vec![], false));
    let told = tell(told, "booking_cancelled", 21);
    assert_eq!(one(&told), (vec![], false));
    let told = tell(told, "booked", 30);
    assert_eq!(one(&told), (booking_1(), true));
    // LedgerBuilder the wrong way round.
    let told = tell(tell(texted(), "booking_cancelled", 10), "booked", 11);
    assert_eq!(one(&told), (vec![], false));
    // Another's cancellation changes nothing.
    let told = tell(texted(), "booked", 10).happened("call-1", 20, "booking_cancelled", "other");
    assert_eq!(one(&told), (booking_1(), true));
}

#[test]
fn one_booking_credits_the_latest_call_that_was_texted_before_it() {
    let two = || {
        LedgerBuilder::call()
            .texted("call-1", 4)
            .missed("call-2", DAY, json!({}))
    };
    // The second call was texted too.
    let told = two()
        .texted("call-2", DAY + 4)
        .happened("call-2", DAY + 60, "booked", "booking-1");
    assert_eq!(credited(&told), [(vec![], false), (booking_1(), true)]);
    // It was not, so that the first one's text did it.
    let told = two()
        .not_done("call-2", DAY + 4, "text", json!("quiet_hours"))
        .happened("call-2", DAY + 60, "booked", "booking-1");
    assert_eq!(credited(&told), [(booking_1(), false), (vec![], true)]);
    // LedgerBuilder in both, it counts once.
    let told = two()
        .texted("call-2", DAY + 4)
        .happened("call-1", DAY + 50, "booked", "booking-1")
        .happened("call-2", DAY + 60, "booked", "booking-1");
    assert_eq!(credited(&told), [(vec![], true), (booking_1(), false)]);
}

#[test]
fn the_person_is_the_contact_or_the_number() {
    let booked = |change| {
        let told = LedgerBuilder::call()
            .texted("call-1", 4)
            .missed("call-2", DAY, change)
            .happened("call-2", DAY + 60, "booked", "booking-1");
        credited(&told).remove(0).0
    };
    assert_eq!(booked(json!({"contact": "twin"})), booking_1());
    assert_eq!(booked(json!({"caller": null})), booking_1());
    let stranger = json!({"contact": "maria", "caller": "+15550003333"});
    assert_eq!(booked(stranger), [""; 0]);
}

#[test]
fn somebody_who_was_spoken_with_did_not_serve_themselves() {
    for (spoken_at, assisted) in [(30, true), (90, false)] {
        let mut told = LedgerBuilder::call().texted("call-1", 4);
        for (seconds, what) in [(spoken_at, "returned"), (60, "booked")] {
            told = told.happened("call-1", seconds, what, what);
        }
        let row = told.row();
        assert_eq!(row.recovered[0].assisted, assisted);
        assert_eq!(row.recovered[0].at, at(60));
    }
}
