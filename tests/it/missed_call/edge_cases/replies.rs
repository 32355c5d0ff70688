//! Replies: calls for help at odd hours, thanks, and an opt-out that outlives its contact.

use std::sync::Arc;

use gohighlevel::ids::ContactId;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::compliance::Basis;
use gohighlevel::recipes::missed_call::episode::{
    Decision, EffectEnd, Episode, Facts, Input, Intent, Output, TeamFacts, TextFacts,
};
use gohighlevel::recipes::missed_call::reply::{Reply, classify};
use gohighlevel::recipes::missed_call::store::MemoryStore;

use crate::missed_call::harness::builders::{
    at, call_ended, effect, good_facts, recipe_of, replied, step, the_text,
};
use crate::missed_call::harness::world::{World, caller};

const RECIPE: &str = r#"
    name = "replies"
    version = 1
    [steps.text]
    do = "text"
    body = "Sorry we missed you."
    [steps.later]
    do = "text"
    after = "PT2H"
    body = "Still here for you."
    [steps.answer]
    do = "text"
    on = "help"
    body = "Call us at 312 555 0100, or write what you need."
    [steps.person]
    do = "hand_off"
    on = "help"
    title = "A caller asks for a person"
    [compliance]
    later_texts = "always"
"#;

/// The names of the steps that are asked for.
fn planned(actions: &[Output]) -> Vec<&str> {
    actions
        .iter()
        .filter_map(|action| match action {
            Output::Perform { effect, .. } => Some(effect.step.as_str()),
            _ => None,
        })
        .collect()
}

fn asks(episode: &mut Episode, words: &str, seconds: i64) -> Vec<Output> {
    episode.handle(&replied(classify(words), seconds), at(seconds))
}

#[test]
fn help_is_answered_once() {
    let mut episode = Episode::open(recipe_of(RECIPE), &call_ended("call-1", 0), at(1)).0;
    let actions = asks(&mut episode, "HELP", 60);
    assert_eq!(planned(&actions), ["answer", "person"]);
    let mut facts = TextFacts::default();
    facts.place.location_zone = Some("Etc/UTC".into());
    let permit = episode.decide(&step("answer"), &Facts::Text(facts), at(61));
    let Decision::Proceed(Intent::Text { basis, .. }) = permit else {
        panic!("{permit:?}");
    };
    assert_eq!(basis, Some(Basis::Replied));
    let effect = effect(episode.state().id(), step("answer"));
    let end = EffectEnd::Done {
        reference: None,
        at: at(62),
        found: false,
    };
    episode.handle(&Input::EffectEnded { effect, end }, at(62));
    let again = asks(&mut episode, "Info", 3_600);
    assert_eq!(planned(&again), [] as [&str; 0]);
}

#[test]
fn thanks_and_reactions_end_the_texts_and_ask_for_nobody() {
    for words in ["Thanks!", "👍", "Liked “Sorry we missed you.”"] {
        let mut episode = Episode::open(recipe_of(RECIPE), &call_ended("call-1", 0), at(1)).0;
        assert_eq!(classify(words), Reply::Thanks, "{words}");
        let actions = asks(&mut episode, words, 60);
        assert_eq!(planned(&actions), [] as [&str; 0], "{words}");
        let later = episode.decide(&step("later"), &good_facts(&the_text()), at(7_200));
        assert_eq!(later, Decision::Obsolete, "{words}");
    }
}

#[test]
fn a_call_for_help_at_night_is_handed_over_at_once() {
    // 02:00 in Chicago.
    let night = 21 * 3_600;
    let mut episode = Episode::open(recipe_of(RECIPE), &call_ended("call-1", night), at(night)).0;
    let actions = asks(&mut episode, "can somebody call me", night + 60);
    assert!(planned(&actions).contains(&"person"));
    let team = Facts::Team(TeamFacts::default());
    let permit = episode.decide(&step("person"), &team, at(night + 60));
    assert!(matches!(permit, Decision::Proceed(_)), "{permit:?}");
}

#[tokio::test]
async fn a_no_outlives_the_contact() {
    let toml = r#"
        name = "no"
        version = 1
        [steps.text]
        do = "text"
        body = "Sorry we missed you."
        [steps.task]
        do = "task"
        title = "Call back"
    "#;
    let recipe = Recipe::from_toml("no.toml", toml).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let first = world.writes(caller(), "take me off your list").await;
    let contact = ContactId::new(first.contact_id.as_str()).unwrap();
    world.location().contacts().delete(&contact).await.unwrap();
    world.ghl.deliveries_settled().await;
    // The same number, and to HighLevel somebody new.
    let call = world.missed_call().await;
    assert_ne!(call.contact_id, first.contact_id);
    world.minutes(30).await;
    world
        .assert_not_texted(&call.contact_id, "suppressed")
        .await;
    assert_eq!(world.tasks(&call.contact_id).await.len(), 1);
}

#[tokio::test]
async fn a_reply_that_is_reported_before_its_call_stops_the_text() {
    let world = World::new().await;
    world.ghl.hold_webhooks(true);
    let call = world.missed_call().await;
    world.ghl.hold_webhooks(false);
    world.minutes(1).await;
    world
        .writes(caller(), "I have a question about the price")
        .await;
    world.ghl.resend(&call.webhook_id).unwrap();
    world.ghl.deliveries_settled().await;
    world.minutes(5).await;
    world.assert_not_texted(&call.contact_id, "replied").await;

    // One that another process has taken, which is gone, stops it as well.
    let mut world = World::new().await;
    world.ghl.hold_webhooks(true);
    let call = world.missed_call().await;
    world.ghl.hold_webhooks(false);
    world.minutes(1).await;
    world
        .writes(caller(), "I have a question about the price")
        .await;
    world.restart(Arc::clone(&world.store)).await;
    world.ghl.resend(&call.webhook_id).unwrap();
    world.ghl.deliveries_settled().await;
    world.minutes(5).await;
    world.assert_not_texted(&call.contact_id, "replied").await;

    // One from before the call alone stops nothing.
    let world = World::new().await;
    world.writes(caller(), "do you open on Sunday?").await;
    world.minutes(1).await;
    let call = world.missed_call().await;
    world.minutes(5).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
}
