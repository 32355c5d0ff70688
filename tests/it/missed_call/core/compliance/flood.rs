//! Floods of calls by machines: which calls get no text, at whatever time that is decided, and which get one.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::api::contacts::NewContact;
use gohighlevel::ids::LocationId;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::compliance::CallFlood;
use gohighlevel::recipes::missed_call::episode::{
    Decision, Episode, EpisodeState, Facts, Reason, TextFacts,
};
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::testing::{Call, CallStatus, SimulatedEvent};

use crate::logged::logged;
use crate::missed_call::engine::worker::crash::reopen;
use crate::missed_call::harness::builders::{self, at, step};
use crate::missed_call::harness::world::{LOCATION, World, business};

const RECIPE: &str = r#"
    name = "floods"
    version = 1
    [steps.text]
    do = "text"
    body = "Sorry we missed you."
    [steps.tag]
    do = "tag"
    [steps.task]
    do = "task"
    title = "Call back"
"#;

fn recipe(more: &str) -> Recipe {
    Recipe::from_toml("floods.toml", &format!("{RECIPE}{more}")).unwrap()
}

async fn world() -> World {
    World::with(recipe(""), Arc::new(MemoryStore::new())).await
}

/// Somebody who calls in these tests. Their numbers lie apart.
fn somebody(who: u32) -> PhoneNumber {
    format!("+1618555{:04}", who * 13).parse().unwrap()
}

fn from(number: PhoneNumber) -> Call {
    Call::missed(LOCATION, number, business())
}

impl World {
    async fn called_by(&self, who: u32) -> SimulatedEvent {
        self.call(&from(somebody(who))).await
    }

    async fn all_called(&self, who: std::ops::Range<u32>) -> Vec<SimulatedEvent> {
        let mut calls = Vec::new();
        for who in who {
            calls.push(self.called_by(who).await);
        }
        calls
    }

    /// How many texts each of them got.
    async fn texts_to(&self, calls: &[SimulatedEvent]) -> Vec<usize> {
        let mut texts = Vec::new();
        for call in calls {
            texts.push(self.texts(&call.contact_id).await.len());
        }
        texts
    }

    /// Callers of an hour go by, so that nobody's call is young and no limit of HighLevel's is used up.
    async fn an_hour(&self) {
        self.minutes(60).await;
    }
}

#[tokio::test]
async fn calls_of_a_flood_are_not_answered_by_text_when_it_is_over_either() {
    let world = world().await;
    let calls = world.all_called(0..20).await;
    world.an_hour().await;
    assert_eq!(world.texts_to(&calls).await, [0; 20]);
    for call in &calls {
        assert_eq!(world.tags(&call.contact_id).await, ["missed-call"]);
        assert_eq!(world.tasks(&call.contact_id).await.len(), 1);
    }
    let history = world.history().await;
    let dropped = history.iter().filter(|told| *told == "not_done text flood");
    assert_eq!(dropped.count(), 20, "{history:?}");
    // Somebody who calls afterwards is nobody's machine.
    let after = world.called_by(100).await;
    world.minutes(5).await;
    assert_eq!(world.texts_to(&[after]).await, [1]);
}

#[tokio::test]
async fn whose_text_is_out_before_the_tenth_calls_has_got_it() {
    let world = world().await;
    let mut calls = Vec::new();
    for who in 0..15 {
        calls.push(world.called_by(who).await);
        world.pass(Duration::from_secs(2)).await;
    }
    world.an_hour().await;
    let expected = [vec![1; 9], vec![0; 6]].concat();
    assert_eq!(world.texts_to(&calls).await, expected);
}

#[tokio::test]
async fn a_text_that_waits_is_judged_by_its_call_and_not_by_the_minute_it_goes_out_in() {
    let recipe = recipe("")
        .source()
        .replace("do = \"text\"", "do = \"text\"\nafter = \"PT3M\"");
    let recipe = Recipe::from_toml("waits.toml", &recipe).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let before = world.called_by(100).await;
    world.minutes(2).await;
    let calls = world.all_called(0..12).await;
    world.pass(Duration::from_secs(59)).await;
    let among = world.called_by(101).await;
    world.minutes(1).await;
    let after = world.called_by(102).await;
    world.an_hour().await;
    assert_eq!(world.texts_to(&calls).await, [0; 12]);
    assert_eq!(world.texts_to(&[before, among, after]).await, [1, 0, 1]);
}

#[tokio::test]
async fn a_caller_who_is_known_is_answered_in_the_middle_of_a_flood() {
    let world = world().await;
    // One has called before, and of the other there is a contact.
    let known = world.called_by(100).await;
    let number = somebody(101);
    let contact = NewContact {
        phone: Some(number.clone()),
        ..Default::default()
    };
    world.location().contacts().create(&contact).await.unwrap();
    world.minutes(6 * 60).await;
    let calls = world.all_called(0..12).await;
    let again = world.called_by(100).await;
    let of_contact = world.call(&from(number)).await;
    world.an_hour().await;
    assert_eq!(world.texts_to(&calls).await, [0; 12]);
    assert_eq!(known.contact_id, again.contact_id);
    assert_eq!(world.texts_to(&[known, of_contact]).await, [2, 1]);
}

#[tokio::test]
async fn who_was_on_the_line_before_the_flood_began_is_answered() {
    let world = world().await;
    world.minutes(1).await;
    // Ninety seconds for a voicemail: the call began before.
    let voicemail = from(somebody(100)).with_status(CallStatus::Voicemail, 90);
    let machine = |who| from(somebody(who)).with_status(CallStatus::Voicemail, 2);
    let mut calls = Vec::new();
    for who in 0..12 {
        calls.push(world.call(&machine(who)).await);
    }
    let caller = world.call(&voicemail).await;
    world.an_hour().await;
    assert_eq!(world.texts_to(&calls).await, [0; 12]);
    assert_eq!(world.texts_to(&[caller]).await, [1]);
}

#[tokio::test]
async fn machines_that_call_again_the_next_day_are_machines() {
    let world = world().await;
    let calls = world.all_called(0..12).await;
    world.minutes(24 * 60).await;
    world.all_called(0..12).await;
    world.an_hour().await;
    assert_eq!(world.texts_to(&calls).await, [0; 12]);
    // One that calls alone is somebody.
    world.minutes(24 * 60).await;
    let alone = world.called_by(3).await;
    world.an_hour().await;
    assert_eq!(world.texts_to(&[alone]).await, [1]);
}

#[tokio::test]
async fn numbers_in_a_row_get_no_text_and_others_between_them_do() {
    let world = world().await;
    let numbered = |last: u32| from(format!("+1618555{last:04}").parse().unwrap());
    let mut calls = Vec::new();
    for last in [100, 101, 102, 500, 103, 104] {
        calls.push(world.call(&numbered(last)).await);
    }
    world.minutes(8).await;
    calls.push(world.call(&numbered(105)).await);
    world.minutes(30).await;
    calls.push(world.call(&numbered(106)).await);
    world.an_hour().await;
    assert_eq!(world.texts_to(&calls).await, [0, 0, 0, 1, 0, 0, 0, 1]);
}

#[tokio::test]
async fn a_restart_in_the_middle_of_a_flood_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let mut world = World::with(recipe(""), reopen(&file).await).await;
    let mut calls = Vec::new();
    for who in 0..15 {
        calls.push(world.called_by(who).await);
        world.pass(Duration::from_secs(1)).await;
        world.restart(Arc::new(MemoryStore::new())).await;
        world.restart(reopen(&file).await).await;
    }
    world.an_hour().await;
    let expected = [vec![1; 9], vec![0; 6]].concat();
    assert_eq!(world.texts_to(&calls).await, expected);
}

#[tokio::test]
async fn calls_that_a_sweep_finds_are_judged_by_when_they_were_made() {
    let world = world().await;
    world.ghl.hold_webhooks(true);
    let calls = world.all_called(0..12).await;
    world.minutes(2).await;
    // Apart by a minute and more, but found at once.
    let mut others = Vec::new();
    for who in 100..104 {
        others.push(world.called_by(who).await);
        world.pass(Duration::from_secs(61)).await;
    }
    world.ghl.hold_webhooks(false);
    let location = LocationId::new(LOCATION).unwrap();
    world.engine.sweep(&location).await.unwrap();
    world.an_hour().await;
    assert_eq!(world.texts_to(&calls).await, [0; 12]);
    assert_eq!(world.texts_to(&others[..3]).await, [1; 3]);
}

#[tokio::test]
async fn floods_can_be_ignored_or_be_larger() {
    for (compliance, answered) in [
        ("floods = \"ignored\"", 1),
        ("new_callers_per_minute = 13", 1),
        ("new_callers_per_minute = 12", 0),
    ] {
        let recipe = recipe(&format!("[compliance]\n{compliance}"));
        let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
        let calls = world.all_called(0..12).await;
        world.an_hour().await;
        assert_eq!(world.texts_to(&calls).await, [answered; 12], "{compliance}");
    }
}

#[tokio::test]
async fn a_flood_is_warned_of_once_without_a_number() {
    let world = world().await;
    let flood = async || {
        world.all_called(0..12).await;
        world.minutes(2).await;
        world.all_called(12..24).await;
        world.minutes(2).await;
    };
    let ((), log) = logged(flood()).await;
    assert_eq!(log.matches("machines seem to call").count(), 1, "{log}");
    assert!(log.contains(LOCATION) && !log.contains("+1618555"), "{log}");
    world.an_hour().await;
    let another = async || {
        world.all_called(24..36).await;
        world.minutes(2).await;
    };
    let ((), log) = logged(another()).await;
    assert_eq!(log.matches("machines seem to call").count(), 1, "{log}");
}

/// The episode of a caller who was first heard of then, whose call ended at 0.
fn new_since(seconds: i64) -> Episode {
    let mut state = serde_json::to_value(builders::episode().state()).unwrap();
    state["new_since"] = at(seconds).to_string().into();
    let state: EpisodeState = serde_json::from_value(state).unwrap();
    Episode::resume(state, builders::recipe())
}

#[test]
fn a_contact_that_is_older_than_the_call_is_somebody_s() {
    for (since, made_at, is_machine) in [
        (Some(0), None, true),
        (Some(0), Some(0), true),
        (Some(0), Some(-299), true),
        (Some(0), Some(-300), false),
        (Some(-86_400), Some(-86_400), true),
        (Some(-86_400), Some(-90_000), false),
        (None, None, false),
    ] {
        let episode = since.map_or_else(builders::episode, new_since);
        let facts = TextFacts {
            flood: Some(CallFlood::TooManyNewCallers),
            contact_made_at: made_at.map(at),
            custom_values: [("calendly_link".into(), "https://calendly.com/s".into())].into(),
            ..TextFacts::default()
        };
        let told = episode.decide(&step("text"), &Facts::Text(facts), at(1));
        let is_refused = told == Decision::Skip(Reason::Flood);
        assert_eq!(is_refused, is_machine, "{since:?} {made_at:?}: {told:?}");
        assert!(
            is_machine || matches!(told, Decision::Proceed(_)),
            "{told:?}"
        );
    }
}
