//! The sweep finds in HighLevel's records what no webhook reported: once, late, and under the same rules of age.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fastrand::Rng;
use gohighlevel::clock::Clock;
use gohighlevel::ids::{ContactId, LocationId, MessageId};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::episode::EpisodeId;
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::report::{Report, Settings};
use gohighlevel::recipes::missed_call::store::{Commit, MemoryStore, Store, Subject};
use gohighlevel::recipes::missed_call::{Recipe, SweepError, SweepReport};
use gohighlevel::testing::{Call, CallStatus, Fault};
use http::Method;
use jiff::tz::TimeZone;

use crate::missed_call::harness::faulty_store::Flaky;
use crate::missed_call::harness::world::{LOCATION, World, business, caller, soleil};

fn location() -> LocationId {
    LocationId::new(LOCATION).unwrap()
}

async fn sweep(world: &World) -> (u64, u64) {
    let SweepReport { seen, found, .. } = world.engine.sweep(&location()).await.unwrap();
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
async fn what_a_webhook_reported_is_not_new_to_a_sweep_nor_the_other_way_round() {
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

#[tokio::test]
async fn a_sweep_waits_until_highlevel_says_what_time_it_is() {
    let world = World::new().await;
    let contact = lost_call(&world).await;
    world.clock.advance(Duration::from_secs(120));
    let silent = world.ghl.fault(Method::GET, "/", Fault::DropBefore, 1);
    silent.unwrap();
    let failed = world.engine.sweep(&location()).await;
    assert!(
        matches!(failed, Err(SweepError::TimeNotKnown)),
        "{failed:?}"
    );
    assert_eq!(world.ledger().await, []);
    assert_eq!(sweep(&world).await, (1, 1));
    world.minutes(5).await;
    assert_eq!(world.texts(&contact).await.len(), 1);
}

/// The caller's number is on one of the recipe's lists.
fn listing(list: &str) -> Recipe {
    let list = format!("[callers]\n{list} = [\"{}\"]\n\n[call]", caller().e164());
    let source = soleil().source().replacen("[call]", &list, 1);
    Recipe::from_toml("listing.toml", &source).unwrap()
}

#[tokio::test]
async fn a_suppressed_person_is_not_texted_if_a_sweep_finds_the_call() {
    for (list, reason) in [
        ("staff", "not_textable:staff"),
        ("blocked", "not_textable:blocked"),
        ("landlines", "not_textable:landline"),
    ] {
        let world = World::with(listing(list), Arc::new(MemoryStore::new())).await;
        let contact = lost_call(&world).await;
        world.minutes(2).await;
        assert_eq!(sweep(&world).await, (1, 1));
        world.minutes(10).await;
        world.assert_not_texted(&contact, reason).await;
        assert_eq!(world.tasks(&contact).await.is_empty(), list != "landlines");
    }
}

#[tokio::test]
async fn a_no_that_is_found_holds_for_the_number_whatever_contact_has_it() {
    let world = World::new().await;
    world.ghl.hold_webhooks(true);
    let stop = world.writes(caller(), "please stop texting me").await;
    world.ghl.hold_webhooks(false);
    world.minutes(2).await;
    assert_eq!(sweep(&world).await, (1, 1));
    let location = LocationId::new(LOCATION).unwrap();
    let subject = Subject::number(&caller());
    let kept = world.store.suppressions(&location, &[subject]).await;
    assert_eq!(kept.unwrap().len(), 1);
    // Somebody deletes the contact; the next call makes another one.
    let contact = ContactId::new(stop.contact_id.as_str()).unwrap();
    world.location().contacts().delete(&contact).await.unwrap();
    world.ghl.deliveries_settled().await;
    let call = world.missed_call().await;
    assert_ne!(call.contact_id, stop.contact_id);
    world.minutes(10).await;
    world
        .assert_not_texted(&call.contact_id, "suppressed")
        .await;
}

#[tokio::test]
async fn a_call_is_not_answered_before_the_no_that_is_found_with_it() {
    let world = World::new().await;
    let contact = lost_call(&world).await;
    world.clock.advance(Duration::from_secs(20));
    world.ghl.hold_webhooks(true);
    world.writes(caller(), "please stop texting me").await;
    world.ghl.hold_webhooks(false);
    world.clock.advance(Duration::from_secs(120));
    assert_eq!(sweep(&world).await, (2, 2));
    // Had the call been taken first, its text could have left before the no was known: `opted_out`.
    world.minutes(10).await;
    world.assert_not_texted(&contact, "suppressed").await;
}

#[tokio::test]
async fn a_contact_that_cannot_be_read_waits_for_the_next_sweep() {
    let world = World::new().await;
    let contact = lost_call(&world).await;
    world.minutes(2).await;
    let path = format!("/contacts/{contact}");
    let status = Fault::Status(http::StatusCode::SERVICE_UNAVAILABLE);
    world.ghl.fault(Method::GET, &path, status, 10).unwrap();
    let failed = world.engine.sweep(&location()).await;
    assert!(
        matches!(failed, Err(SweepError::ContactNotRead(_))),
        "{failed:?}"
    );
    world.ghl.clear_faults();
    assert_eq!(sweep(&world).await, (1, 1));
    world.minutes(5).await;
    assert_eq!(world.texts(&contact).await.len(), 1);
}

#[tokio::test]
async fn a_no_holds_at_once_though_its_contact_cannot_be_read() {
    let source = soleil()
        .source()
        .replace("after = \"PT0S\"", "after = \"PT5M\"");
    let recipe = Recipe::from_toml("later.toml", &source).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let contact = world.missed_call().await.contact_id;
    world.ghl.hold_webhooks(true);
    world.writes(caller(), "please stop texting me").await;
    world.ghl.hold_webhooks(false);
    world.clock.advance(Duration::from_secs(90));
    let path = format!("/contacts/{contact}");
    let status = Fault::Status(http::StatusCode::SERVICE_UNAVAILABLE);
    world.ghl.fault(Method::GET, &path, status, 10).unwrap();
    let failed = world.engine.sweep(&location()).await;
    assert!(matches!(failed, Err(SweepError::ContactNotRead(_))));
    world.ghl.clear_faults();
    world.minutes(10).await;
    let history = world.history().await;
    assert!(
        history.contains(&"not_done text opted_out".to_owned()),
        "{history:?}"
    );
    // Only that they get no more.
    assert_eq!(world.texts(&contact).await.len(), 1, "{history:?}");
    // It is taken whole by the next sweep.
    assert_eq!(sweep(&world).await.1, 1);
}

#[tokio::test]
async fn a_call_waits_with_the_no_that_could_not_be_taken() {
    let store = Arc::new(Flaky::default());
    let world = World::with(soleil(), store.clone()).await;
    let contact = lost_call(&world).await;
    world.clock.advance(Duration::from_secs(20));
    world.ghl.hold_webhooks(true);
    world.writes(caller(), "please stop texting me").await;
    world.ghl.hold_webhooks(false);
    world.clock.advance(Duration::from_secs(90));
    // The no fails to be written, and the store works again at once.
    store.commits_to_fail.store(1, Ordering::SeqCst);
    let failed = world.engine.sweep(&location()).await;
    assert!(matches!(failed, Err(SweepError::Store(_))), "{failed:?}");
    world.minutes(1).await;
    assert_eq!(sweep(&world).await.1, 2);
    world.minutes(10).await;
    world.assert_not_texted(&contact, "suppressed").await;
}

#[tokio::test]
async fn a_sweep_by_a_clock_that_was_fast_hides_nothing() {
    let store = Arc::new(MemoryStore::new());
    let mut world = World::with(soleil(), store.clone()).await;
    let now = world.clock.now();
    let swept = serde_json::json!({
        "at": now, "location": LOCATION, "kind": "swept", "seen": 1, "found": 0,
        "from": now, "to": now + Duration::from_secs(24 * 3600),
    });
    let swept: Entry = serde_json::from_value(swept).unwrap();
    let commit = Commit {
        entries: vec![swept],
        ..Commit::default()
    };
    store.commit(commit).await.unwrap();
    world.restart(store).await;
    let contact = lost_call(&world).await;
    world.minutes(2).await;
    assert_eq!(sweep(&world).await, (1, 1));
    world.minutes(5).await;
    assert_eq!(world.texts(&contact).await.len(), 1);
}

#[tokio::test]
async fn an_episode_that_cannot_be_read_keeps_no_other_from_being_found() {
    let store = Arc::new(Flaky::default());
    let world = World::with(soleil(), store.clone()).await;
    let broken = world.missed_call().await;
    world.minutes(1).await;
    world.ghl.hold_webhooks(true);
    world.writes(caller(), "are you open on Sunday?").await;
    let number: PhoneNumber = "+16185550149".parse().unwrap();
    let call = Call::missed(LOCATION, number, business());
    let lost = world.call(&call).await.contact_id;
    world.ghl.hold_webhooks(false);
    world.clock.advance(Duration::from_secs(120));
    let episode = EpisodeId::of_call(
        &location(),
        &broken.message_id.parse::<MessageId>().unwrap(),
    );
    store.unreadable.lock().unwrap().insert(episode);
    let failed = world.engine.sweep(&location()).await;
    assert!(matches!(failed, Err(SweepError::Store(_))), "{failed:?}");
    let ledger = world.ledger().await;
    let found = ledger.iter().any(|entry| match &entry.kind {
        EntryKind::CallMissed { call, .. } => call.contact.as_str() == lost,
        _ => false,
    });
    assert!(found);
    // Nothing says that it was swept, and what could not be taken is read again.
    assert!(!ledger.iter().any(|entry| entry.kind.name() == "swept"));
}

#[tokio::test]
async fn a_sweep_goes_on_where_the_last_one_of_any_process_ended() {
    let store = Arc::new(MemoryStore::new());
    let mut world = World::with(soleil(), store.clone()).await;
    world.missed_call().await;
    world.minutes(2).await;
    assert_eq!(sweep(&world).await, (1, 0));
    world.restart(store).await;
    world.minutes(2).await;
    assert_eq!(sweep(&world).await, (0, 0));
    world.writes(caller(), "are you open on Sunday?").await;
    world.minutes(2).await;
    assert_eq!(sweep(&world).await, (1, 0));
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
        // What was before the call has nothing to do with it.
        let mut happens: Vec<_> = (0..random.usize(0..2))
            .map(|_| further[random.usize(1..3)])
            .collect();
        happens.push(What::Calls);
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
            let trigger = match event.what {
                What::Calls => world.call(&call).await,
                What::IsAnswered => {
                    world
                        .call(&call.with_status(CallStatus::Completed, 240))
                        .await
                }
                What::Writes(words) => world.writes(number, words).await,
            };
            callers.insert(trigger.contact_id, event.from.e164().to_owned());
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
