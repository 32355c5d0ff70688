//! What no webhook told of is found in HighLevel's records: once, late, and under the same rules of age.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use gohighlevel::clock::Clock;
use gohighlevel::ids::LocationId;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::report::{Report, Settings};
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{Recipe, SweepError, Swept};
use gohighlevel::testing::{Call, CallStatus, Fault};
use http::Method;
use jiff::tz::TimeZone;

use super::support::{LOCATION, World, business, caller, soleil};

fn location() -> LocationId {
    LocationId::new(LOCATION).unwrap()
}

async fn sweep(world: &World) -> (u64, u64) {
    let Swept { seen, found, .. } = world.engine.sweep(&location()).await.unwrap();
    (seen, found)
}

async fn lost_call(world: &World) -> String {
    world.ghl.hold_webhooks(true);
    let call = world.missed_call().await;
    world.ghl.hold_webhooks(false);
    call.contact_id
}

#[tokio::test]
async fn a_lost_call_is_answered_if_it_is_found_in_time_and_once() {
    let world = World::new().await;
    let ended_at = world.clock.now();
    let contact = lost_call(&world).await;
    // Webhooks still have a minute to come.
    assert_eq!(sweep(&world).await, (0, 0));
    world.minutes(2).await;
    assert_eq!(sweep(&world).await, (1, 1));
    world.minutes(2).await;
    assert_eq!(sweep(&world).await, (0, 0));
    world.minutes(10).await;
    assert_eq!(world.texts(&contact).await.len(), 1);
    assert_eq!(world.tags(&contact).await, ["missed-call"]);
    let ledger = world.ledger().await;
    let found: Vec<_> = ledger
        .iter()
        .filter(|entry| entry.kind.name() == "found")
        .collect();
    assert_eq!(found.len(), 1);
    assert!(found[0].episode.is_some());
    assert!(ledger.iter().any(|entry| matches!(
        entry.kind,
        EntryKind::Swept { from, to, seen: 1, found: 1 } if from < ended_at && to >= ended_at
    )));
}

#[tokio::test]
async fn a_call_that_is_found_too_late_gets_the_task_alone() {
    let world = World::new().await;
    let contact = lost_call(&world).await;
    world.minutes(11).await;
    assert_eq!(sweep(&world).await, (1, 1));
    world.minutes(10).await;
    world.assert_not_texted(&contact, "stale").await;
    assert_eq!(world.tasks(&contact).await.len(), 1);
}

#[tokio::test]
async fn what_a_webhook_told_of_is_not_news_and_a_webhook_that_comes_after_all_is_none() {
    let world = World::new().await;
    let told = world.missed_call().await;
    world.minutes(2).await;
    assert_eq!(sweep(&world).await, (1, 0));
    world.ghl.hold_webhooks(true);
    let number: PhoneNumber = "+16185550149".parse().unwrap();
    let lost = Call::missed(LOCATION, number, business());
    let lost = world.call(&lost).await;
    let reply = world.writes(caller(), "are you open on Sunday?").await;
    world.ghl.hold_webhooks(false);
    world.minutes(2).await;
    assert_eq!(sweep(&world).await, (2, 2));
    let before = world.history().await;
    for late in [&lost, &reply, &told] {
        world.ghl.resend(&late.webhook_id).unwrap();
    }
    world.ghl.deliveries_settled().await;
    world.minutes(5).await;
    let after = world.history().await;
    let count =
        |history: &[String], what: &str| history.iter().filter(|told| *told == what).count();
    for what in ["call_missed", "call_joined", "replied", "done text"] {
        assert!(count(&after, what) <= 2, "{after:?}");
    }
    assert_eq!(count(&after, "replied"), count(&before, "replied"));
    assert_eq!(world.texts(&lost.contact_id).await.len(), 1);
    assert_eq!(world.texts(&told.contact_id).await.len(), 1);
}

#[tokio::test]
async fn an_opt_out_that_is_found_late_does_not_undo_what_was_said_after_it() {
    let world = World::new().await;
    world.ghl.hold_webhooks(true);
    let stop = world.writes(caller(), "stop texting me").await;
    world.ghl.hold_webhooks(false);
    world.minutes(2).await;
    assert_eq!(sweep(&world).await, (1, 1));
    world.missed_call().await;
    world.minutes(5).await;
    world
        .assert_not_texted(&stop.contact_id, "suppressed")
        .await;
    world.writes(caller(), "START").await;
    world.minutes(2).await;
    // The first message is looked at again, and is no news.
    assert_eq!(sweep(&world).await.1, 0);
    world.minutes(5 * 60).await;
    world.missed_call().await;
    world.minutes(5).await;
    assert_eq!(world.texts(&stop.contact_id).await.len(), 1);
}

#[tokio::test]
async fn a_sweep_that_fails_is_done_again() {
    let world = World::new().await;
    let contact = lost_call(&world).await;
    world.minutes(2).await;
    world
        .ghl
        .fault(
            Method::GET,
            "/conversations/messages/export",
            Fault::Status(http::StatusCode::SERVICE_UNAVAILABLE),
            10,
        )
        .unwrap();
    let failed = world.engine.sweep(&location()).await;
    assert!(matches!(failed, Err(SweepError::NotRead(_))), "{failed:?}");
    world.ghl.clear_faults();
    assert_eq!(sweep(&world).await, (1, 1));
    world.minutes(5).await;
    assert_eq!(world.texts(&contact).await.len(), 1);
    let elsewhere = LocationId::new("nobodyKnowsIt0000001").unwrap();
    let unknown = world.engine.sweep(&elsewhere).await;
    assert!(matches!(unknown, Err(SweepError::UnknownLocation(_))));
}

/// Something that happens on a day, and whether its webhook is lost.
struct Event {
    minute: u64,
    from: PhoneNumber,
    what: What,
    lost: bool,
}

#[derive(Clone, Copy)]
enum What {
    Calls,
    IsAnswered,
    Writes(&'static str),
}

/// Forty callers over nine hours. One webhook in five is lost.
fn day() -> Vec<Event> {
    let mut random = Rng::with_seed(7);
    let mut events = Vec::new();
    for caller in 0..40_u64 {
        let from: PhoneNumber = format!("+1312555{:04}", 1000 + caller * 37)
            .parse()
            .unwrap();
        let mut minute = random.u64(0..540);
        let further = [
            What::Calls,
            What::IsAnswered,
            What::Writes("do you have time tomorrow?"),
            What::Writes("please stop texting me"),
            What::Writes("can somebody call me"),
        ];
        let mut happens = vec![What::Calls];
        happens.extend((0..random.usize(0..3)).map(|_| further[random.usize(0..further.len())]));
        for what in happens {
            let lost = random.u8(0..5) == 0;
            let from = from.clone();
            events.push(Event {
                minute,
                from,
                what,
                lost,
            });
            minute += random.u64(5..60);
        }
    }
    events.sort_by_key(|event| event.minute);
    events
}

/// The outcome of each caller's episodes, and how often a sweep found something.
async fn play(loses: bool) -> (BTreeMap<String, Vec<String>>, usize) {
    let recipe = soleil()
        .source()
        .replace("hipaa = true", "floods = \"ignored\"\nhipaa = true");
    let recipe = Recipe::from_toml("day.toml", &recipe).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let mut events = day().into_iter().peekable();
    let mut callers = BTreeMap::new();
    for minute in 0..=660 {
        while let Some(event) = events.next_if(|event| event.minute <= minute) {
            world.ghl.hold_webhooks(loses && event.lost);
            let number = event.from.clone();
            let call = Call::missed(LOCATION, number.clone(), business());
            let happening = match event.what {
                What::Calls => world.call(&call).await,
                What::IsAnswered => {
                    world
                        .call(&call.with_status(CallStatus::Completed, 240))
                        .await
                }
                What::Writes(words) => world.writes(number, words).await,
            };
            callers.insert(happening.contact_id, event.from.e164().to_owned());
        }
        if loses && minute % 2 == 0 {
            world.engine.sweep(&location()).await.unwrap();
        }
        world.pass(Duration::from_secs(60)).await;
    }
    let ledger = world.ledger().await;
    let report = Report::of(&ledger, &Settings::new(TimeZone::UTC));
    let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in &report.rows {
        let caller = callers[row.call.contact.as_str()].clone();
        outcomes
            .entry(caller)
            .or_default()
            .push(row.outcome.to_string());
    }
    let found = ledger.iter().filter(|entry| entry.kind.name() == "found");
    (outcomes, found.count())
}

#[tokio::test]
async fn a_day_that_lost_a_fifth_of_its_webhooks_ends_as_the_full_day_does() {
    let (full, found) = play(false).await;
    assert_eq!(found, 0);
    assert!(full.len() == 40, "{full:?}");
    let kinds: std::collections::BTreeSet<_> = full.values().flatten().collect();
    assert!(kinds.len() >= 4, "the day has too little in it: {kinds:?}");
    let (swept, found) = play(true).await;
    assert_eq!(swept, full);
    let lost = day().iter().filter(|event| event.lost).count();
    assert!(lost >= 10);
    // What means nothing to anybody's episode is not taken.
    assert!(found > lost / 2 && found <= lost, "{found} of {lost}");
}
