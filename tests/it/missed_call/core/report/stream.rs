//! The rows of a ledger that is read bit by bit are those of a report on all of it.

use gohighlevel::recipes::missed_call::report::{Report, ReportStream, Row};
use serde_json::json;

use crate::missed_call::harness::ledger_builder::{LedgerBuilder, settings};

const DAY: i64 = 24 * 60 * 60;

/// Adds the entries that were planned for one time.
type Add = Box<dyn Fn(LedgerBuilder) -> LedgerBuilder>;

/// The same for a call of this name at this time.
type AddToCall = Box<dyn Fn(LedgerBuilder, &str, i64) -> LedgerBuilder>;

/// A year in which 30 people call again and again, book, cancel, and book once more.
fn a_year(seed: u64) -> LedgerBuilder {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut planned: Vec<(i64, Add)> = Vec::new();
    for call in 0..300_i64 {
        let start = random.i64(0..365) * DAY + random.i64(0..DAY);
        let name = format!("call-{call}");
        let person = format!("+1555000{:04}", random.u32(0..30));
        let mut plan = |seconds: i64, entry: AddToCall| {
            let (name, at) = (name.clone(), start + seconds);
            planned.push((at, Box::new(move |ledger| entry(ledger, &name, at))));
        };
        let change = json!({"contact": person, "caller": person});
        plan(
            0,
            Box::new(move |ledger, name, at| ledger.missed(name, at, change.clone())),
        );
        if random.u32(0..10) < 8 {
            plan(5, Box::new(|ledger, name, at| ledger.texted(name, at)));
        } else {
            plan(
                5,
                Box::new(|ledger, name, at| ledger.not_done(name, at, "text", json!("stale"))),
            );
        }
        if random.u32(0..3) == 0 {
            plan(
                random.i64(60..9 * DAY),
                Box::new(|ledger, name, at| ledger.replied(name, at, "other")),
            );
        }
        // A reference may come again with another call of somebody: the booking then moves.
        let booking = format!("booking-{}", random.u32(0..60));
        if random.u32(0..4) == 0 {
            let reference = booking.clone();
            plan(
                random.i64(60..20 * DAY),
                Box::new(move |ledger, name, at| ledger.happened(name, at, "booked", &reference)),
            );
        }
        if random.u32(0..6) == 0 {
            plan(
                random.i64(60..29 * DAY),
                Box::new(move |ledger, name, at| {
                    ledger.happened(name, at, "booking_cancelled", &booking)
                }),
            );
        }
        if random.u32(0..50) > 0 {
            plan(
                random.i64(3_600..2 * DAY),
                Box::new(|ledger, name, at| ledger.closed(name, at)),
            );
        }
    }
    planned.sort_by_key(|(at, _)| *at);
    planned
        .into_iter()
        .fold(LedgerBuilder::default(), |ledger, (_, add)| add(ledger))
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|one, other| one.episode.cmp(&other.episode));
    rows
}

#[test]
fn rows_of_a_stream_are_those_of_the_report() {
    for seed in 0..12 {
        let ledger = a_year(seed);
        let whole = Report::of(&ledger.0, &settings());
        let mut stream = ReportStream::new(&settings());
        let mut rows = Vec::new();
        let mut most_held = 0;
        for (read, entry) in ledger.0.iter().enumerate() {
            stream.take(entry);
            if read % 50 == 49 {
                rows.extend(stream.ready());
                let opened = ledger
                    .0
                    .iter()
                    .take(read + 1)
                    .filter(|entry| entry.kind.name() == "call_missed");
                most_held = most_held.max(opened.count() - rows.len());
            }
        }
        let ready = rows.len();
        let rest = stream.finish();
        assert_eq!(rest.unclear_calls, whole.unclear_calls);
        rows.extend(rest.rows);
        assert_eq!(sorted(rows), sorted(whole.rows), "seed {seed}");
        // Not all is held until the end.
        assert!(ready > 20, "seed {seed}: {ready} ready, {most_held} held");
    }
}

#[test]
fn a_row_is_ready_a_month_after_its_case_is_closed() {
    let mut stream = ReportStream::new(&settings());
    let ledger = LedgerBuilder::call()
        .texted("call-1", 5)
        .closed("call-1", 60)
        .missed(
            "call-2",
            30 * DAY,
            json!({"contact": "another", "caller": "+15550009999"}),
        )
        .missed(
            "call-3",
            32 * DAY,
            json!({"contact": "a third", "caller": "+15550009998"}),
        );
    let mut ready = Vec::new();
    for entry in &ledger.0 {
        stream.take(entry);
        ready.push(stream.ready().len());
    }
    assert_eq!(ready, [0, 0, 0, 0, 0, 1]);
    assert_eq!(stream.finish().rows.len(), 2);
}
