//! What callers do after their episode has closed, from the webhook or the host to the row of the report.

use std::time::Duration;

use gohighlevel::clock::Clock;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::recipes::missed_call::Acceptance;
use gohighlevel::recipes::missed_call::episode::Trigger;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::report::{Metrics, Outcome, Report, Row, Settings};
use gohighlevel::recipes::missed_call::store::{PersonKey, Subject};
use gohighlevel::testing::{Call, CallStatus};
use jiff::tz::TimeZone;

use crate::missed_call::harness::world::{LOCATION, World, business, caller};

const DAY: u64 = 24 * 60;

/// A world in which one caller has been texted, and their episode is closed since.
struct After {
    world: World,
    person: PersonKey,
}

impl After {
    async fn minutes(minutes: u64) -> Self {
        let world = World::new().await;
        let call = world.missed_call().await;
        world.minutes(minutes).await;
        let person = PersonKey {
            location: LocationId::new(LOCATION).unwrap(),
            contact: ContactId::new(call.contact_id).unwrap(),
            number: None,
        };
        let live = world.store.open_episode(&person).await.unwrap();
        assert!(live.is_none(), "it is closed");
        Self { world, person }
    }

    async fn row(&self) -> Row {
        let ledger = self.world.ledger().await;
        let settings = Settings::new(TimeZone::UTC);
        let mut rows = Report::of(&ledger, &settings).rows;
        assert_eq!(rows.len(), 1);
        rows.remove(0)
    }

    /// The caller gets nothing more than they had, and nobody of the team does.
    async fn assert_nothing_follows(&self) {
        self.world.minutes(2 * DAY).await;
        let contact = self.person.contact.as_str();
        assert_eq!(self.world.texts(contact).await.len(), 1);
        assert_eq!(self.world.tasks(contact).await.len(), 1);
    }
}

#[tokio::test]
async fn what_comes_after_two_days_is_in_the_row() {
    let after = After::minutes(2 * DAY).await;
    let (world, person) = (&after.world, &after.person);
    world.writes(caller(), "Can you fit me in on Friday?").await;
    let told = world.engine.record_click(person, "click-1").await;
    assert_eq!(told.unwrap(), Acceptance::Accepted);
    let told = world.engine.record_booking(person, "booking-1").await;
    assert_eq!(told.unwrap(), Acceptance::Accepted);
    // LedgerBuilder again, each is the same.
    let told = world.engine.record_booking(person, "booking-1").await;
    assert_eq!(told.unwrap(), Acceptance::Duplicate);

    let now = world.clock.now();
    let row = after.row().await;
    assert!(row.closed_at.unwrap() < now);
    assert_eq!(row.reply_to_text.as_ref().unwrap().at, now);
    assert_eq!(row.clicked_at, Some(now));
    assert_eq!(row.booked_at, Some(now));
    assert_eq!(row.recovered.len(), 1);
    assert!(!row.recovered[0].assisted);
    assert_eq!(row.outcome, Outcome::Booked);
    after.assert_nothing_follows().await;

    let cancelled = Trigger::BookingCancelled;
    let told = world.engine.record(person, cancelled, "booking-1").await;
    assert_eq!(told.unwrap(), Acceptance::Accepted);
    let row = after.row().await;
    assert_eq!((row.booked_at, row.recovered.len()), (None, 0));
    assert_eq!(row.outcome, Outcome::Replied);
}

#[tokio::test]
async fn the_windows_of_the_reports_still_end() {
    let after = After::minutes(8 * DAY).await;
    after.world.writes(caller(), "Still open?").await;
    let told = after.world.engine.record_booking(&after.person, "late");
    assert_eq!(told.await.unwrap(), Acceptance::Accepted);
    let row = after.row().await;
    assert!(row.reply.is_some() && row.reply_to_text.is_none());
    assert!(row.booked_at.is_some() && row.recovered.is_empty());
    let metrics = Metrics::of([&row], &Settings::new(TimeZone::UTC));
    assert_eq!(metrics.bookings, 0);
    assert_eq!(metrics.replied.unwrap().part(), 0);
}

#[tokio::test]
async fn a_call_that_gets_through_later_connects_the_caller() {
    let after = After::minutes(DAY).await;
    let answered =
        Call::missed(LOCATION, caller(), business()).with_status(CallStatus::Completed, 60);
    after.world.call(&answered).await;
    let row = after.row().await;
    assert_eq!(row.outcome, Outcome::Connected);
    assert!(row.reached_at.is_some());
    after.assert_nothing_follows().await;
}

#[tokio::test]
async fn a_stop_after_days_is_the_episodes_and_covers_the_number_that_called() {
    let after = After::minutes(3 * DAY).await;
    after.world.writes(caller(), "STOP").await;
    let row = after.row().await;
    assert_eq!(row.outcome, Outcome::OptedOut);
    let alone =
        after.world.ledger().await.into_iter().any(|entry| {
            matches!(entry.kind, EntryKind::OptedOut { .. }) && entry.episode.is_none()
        });
    assert!(!alone, "every opt-out belongs to the episode");
    let store = &after.world.store;
    for subject in [
        Subject::contact(&after.person.contact),
        Subject::number(&caller()),
    ] {
        let kept = store.suppressions(&after.person.location, &[subject]).await;
        assert!(!kept.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_stop_after_a_start_is_written_down_again() {
    let after = After::minutes(DAY).await;
    for word in ["please stop texting me", "START", "please stop texting me"] {
        after.world.minutes(1).await;
        after.world.writes(caller(), word).await;
    }
    let history = after.world.history().await;
    let told: Vec<_> = history
        .iter()
        .filter(|told| told.starts_with("opted_"))
        .collect();
    assert_eq!(
        told,
        [
            "opted_out opted_out",
            "opted_in opted_out",
            "opted_out opted_out"
        ]
    );
}

#[tokio::test]
async fn after_thirty_days_it_is_nobodys() {
    for (minutes, taken) in [(29 * DAY, true), (30 * DAY + 1, false)] {
        let after = After::minutes(minutes).await;
        let before = after.world.ledger().await.len();
        after.world.clock.advance(Duration::from_secs(1));
        let told = after.world.engine.record_click(&after.person, "click-1");
        let expected = if taken {
            Acceptance::Accepted
        } else {
            Acceptance::Ignored
        };
        assert_eq!(told.await.unwrap(), expected);
        after.world.writes(caller(), "hello?").await;
        let written = after.world.ledger().await.len() - before;
        assert_eq!(written, if taken { 2 } else { 0 });
    }
}

#[tokio::test]
async fn a_later_call_is_an_episode_of_its_own_and_hears_what_follows() {
    let after = After::minutes(DAY).await;
    after.world.missed_call().await;
    after.world.minutes(1).await;
    after
        .world
        .writes(caller(), "I'd like an appointment")
        .await;
    let ledger = after.world.ledger().await;
    let rows = Report::of(&ledger, &Settings::new(TimeZone::UTC)).rows;
    let replied: Vec<_> = rows.iter().map(|row| row.reply.is_some()).collect();
    assert_eq!(replied, [false, true]);
}
