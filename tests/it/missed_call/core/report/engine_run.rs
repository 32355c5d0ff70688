//! The reports of one morning whose ledger an engine wrote.

use std::collections::BTreeSet;

use gohighlevel::clock::Clock;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::Acceptance;
use gohighlevel::recipes::missed_call::episode::Trigger;
use gohighlevel::recipes::missed_call::report::{
    BusinessLine, Digest, Metrics, Report, Revenue, Settings, evidence, weekly_review_csv,
};
use gohighlevel::recipes::missed_call::store::PersonKey;
use gohighlevel::testing::{Call, CallStatus};
use jiff::{SignedDuration, tz::TimeZone};

use crate::missed_call::harness::world::{LINK, LOCATION, World, business};

fn caller(last: u8) -> PhoneNumber {
    format!("+131255501{last:02}").parse().unwrap()
}

fn settings() -> Settings {
    let mut settings = Settings::new(TimeZone::get("America/Chicago").unwrap());
    settings
        .lines
        .insert(business(), BusinessLine::new("Soleil"));
    settings.revenue = Some(Revenue::between(16_500, 29_500));
    settings
}

/// Six callers: one books, one asks for a person, one says STOP, one is called back before the text, one is told of too
/// late, and one is answered.
async fn a_morning() -> World {
    let world = World::new().await;
    let missed = |last| Call::missed(LOCATION, caller(last), business());
    let tell = async |contact: &str, what, reference: &str| {
        let person = PersonKey {
            location: LocationId::new(LOCATION).unwrap(),
            contact: ContactId::new(contact).unwrap(),
            number: None,
        };
        let told = world.engine.record(&person, what, reference).await;
        assert_eq!(told.unwrap(), Acceptance::Accepted);
    };
    let books = world.call(&missed(41)).await;
    world.minutes(1).await;
    tell(&books.contact_id, Trigger::Clicked, "link-1").await;
    tell(&books.contact_id, Trigger::Booked, "booking-1").await;
    tell(&books.contact_id, Trigger::Booked, "booking-2").await;
    tell(&books.contact_id, Trigger::BookingCancelled, "booking-1").await;

    world.call(&missed(42)).await;
    world.minutes(1).await;
    world.call(&missed(42)).await;
    world.writes(caller(42), "Can somebody call me?").await;

    world.call(&missed(43)).await;
    world.minutes(1).await;
    world.writes(caller(43), "STOP").await;

    let called_back = world.call(&missed(44)).await;
    tell(&called_back.contact_id, Trigger::Returned, "call-9").await;
    world.minutes(1).await;

    // The engine sleeps, and its text comes too late.
    world.call(&missed(45)).await;
    world.clock.advance(std::time::Duration::from_secs(11 * 60));
    world.minutes(1).await;

    world
        .call(&missed(46).with_status(CallStatus::Completed, 60))
        .await;
    world.minutes(1).await;
    world
}

#[tokio::test]
async fn the_weekly_review_of_a_morning() {
    let world = a_morning().await;
    let settings = settings();
    let report = Report::of(&world.ledger().await, &settings);
    let expected = "\
\u{feff}Studio,Caller number,Call time,Answered or missed,Text sent,Booking link clicked,Reply received,Manual handoff needed,Recovered appointment,Estimated recovered revenue (low),Estimated recovered revenue (high)\r
Soleil,(312) 555-0141,2026-11-20 10:00:00,missed,yes,yes,no,no,yes,165.00,295.00\r
Soleil,(312) 555-0142,2026-11-20 10:01:00,missed,yes,,yes,yes,no,,\r
Soleil,(312) 555-0143,2026-11-20 10:02:00,missed,yes,,opt-out,no,no,,\r
Soleil,(312) 555-0144,2026-11-20 10:03:00,missed,\"no: someone has spoken with the caller, or the caller has booked\",,no,no,no,,\r
Soleil,(312) 555-0145,2026-11-20 10:04:00,missed,no: the call was reported too late,,no,no,no,,\r
Total,,,5,3,1,1,1,1,165.00,295.00\r
";
    assert_eq!(
        weekly_review_csv(&report.rows, &settings).as_str(),
        expected
    );
    let outcomes = report.rows.iter().map(|row| row.outcome.to_string());
    let outcomes: Vec<_> = outcomes.collect();
    assert_eq!(
        outcomes,
        ["booked", "replied", "opted_out", "connected", "stale"]
    );
}

#[tokio::test]
async fn the_digest_and_the_measures_of_a_morning() {
    let world = a_morning().await;
    let settings = settings();
    let report = Report::of(&world.ledger().await, &settings);
    let today = world.clock.now().to_zoned(settings.zone.clone()).date();
    let digest = Digest::of(&report, today, &settings);
    let expected = "\
Missed calls on Friday, 20 November 2026

Callers: 5 (6 missed calls)
Texted: 3
Not texted: 2
  1: someone has spoken with the caller, or the caller has booked
  1: the call was reported too late
Replied: 1
Asked for a person: 1
Opted out: 1
Reached: 1
Booked: 1

2 callers still need attention, the most urgent first:
1. 10:01 +13125550142 called Soleil 2 times: asks for a person; texted
2. 10:04 +13125550145 called Soleil: no text: the call was reported too late
";
    assert_eq!(digest.text(), expected);
    let metrics = Metrics::of(&report.rows, &settings);
    let coverage = metrics.coverage.unwrap();
    assert_eq!((coverage.part(), coverage.whole()), (5, 5));
    assert!(metrics.time_to_text_p95.unwrap() < SignedDuration::from_secs(60));
    assert_eq!(metrics.bookings, 1);
}

#[tokio::test]
async fn the_evidence_of_a_morning_says_what_each_caller_read() {
    let world = a_morning().await;
    let ledger = world.ledger().await;
    let lines = evidence::lines(&ledger).map(|line| {
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["recipe"], "soleil 1");
        assert_eq!(line["basis"]["call"], line["call"]["message"]);
        line
    });
    let lines: Vec<_> = lines.collect();
    assert_eq!(lines.len(), 3);
    for line in &lines {
        assert!(line["body"].as_str().unwrap().contains(LINK));
        let contact = line["contact"].as_str().unwrap();
        let sent = world.texts(contact).await;
        let sent: Vec<_> = sent
            .iter()
            .map(|text| (text.id.as_str(), text.body.as_ref().unwrap().as_str()))
            .collect();
        let message = line["end"]["accepted"]["message"].as_str().unwrap();
        assert_eq!(sent, [(message, line["body"].as_str().unwrap())]);
    }
    // STOP is told beside the text that it followed, and so is the setting that HighLevel turned on with it, in whatever
    // order the two arrived.
    let refusals = lines[2]["refusals"].as_array().unwrap();
    let reasons = refusals.iter().map(|refusal| refusal["reason"].as_str());
    let reasons: BTreeSet<_> = reasons.map(Option::unwrap).collect();
    assert_eq!(reasons, BTreeSet::from(["do_not_disturb", "opted_out"]));
}
