//! Bookings and changes of the clock between one step and the next.

use std::sync::Arc;

use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::episode::{
    Decision, EffectEnd, Episode, Facts, Input, Output, TextFacts, Trigger,
};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::{MemoryStore, PersonKey};
use gohighlevel::recipes::missed_call::{Acceptance, Caller};
use jiff::Timestamp;

use crate::missed_call::harness::builders::{at, call, effect, episode, recipe_of, step, the_text};
use crate::missed_call::harness::world::{LOCATION, World};

const BOOKINGS: &str = r#"
    name = "bookings"
    version = 1
    [steps.text]
    do = "text"
    body = "Sorry we missed you."
    [steps.email]
    do = "email"
    after = "PT2H"
    subject = "We missed you"
    body = "Write to us."
    [steps.task]
    do = "task"
    title = "Call back"
    [steps.close]
    do = "complete_task"
    on = "booked"
    task = "task"
"#;

/// A call that was texted, and its contact.
async fn texted() -> (World, String) {
    let recipe = Recipe::from_toml("bookings.toml", BOOKINGS).unwrap();
    let world = World::with(recipe, Arc::new(MemoryStore::new())).await;
    let call = world.missed_call().await;
    world.minutes(10).await;
    assert_eq!(world.texts(&call.contact_id).await.len(), 1);
    (world, call.contact_id)
}

async fn tell(world: &World, contact: &str, what: Trigger) {
    let person = PersonKey {
        location: LocationId::new(LOCATION).unwrap(),
        contact: ContactId::new(contact).unwrap(),
        number: None,
    };
    let told = world.engine.record(&person, what, "booking-1").await;
    assert_eq!(told.unwrap(), Acceptance::Accepted);
}

#[tokio::test]
async fn a_booking_before_the_e_mail_ends_what_is_left_and_completes_the_task() {
    let (world, contact) = texted().await;
    tell(&world, &contact, Trigger::Booked).await;
    world.minutes(4 * 60).await;
    let history = world.history().await;
    let told = "not_done email overtaken:booked".to_owned();
    assert!(history.contains(&told), "{history:?}");
    let tasks = world.tasks(&contact).await;
    assert_eq!((tasks.len(), tasks[0].completed), (1, Some(true)));
}

#[tokio::test]
async fn a_booking_that_is_cancelled_starts_nothing_again() {
    let (world, contact) = texted().await;
    tell(&world, &contact, Trigger::Booked).await;
    world.minutes(1).await;
    let done = |history: Vec<String>| history.iter().filter(|told| told.contains("done")).count();
    let before = done(world.history().await);
    tell(&world, &contact, Trigger::BookingCancelled).await;
    world.minutes(4 * 60).await;
    assert_eq!(done(world.history().await), before);
    assert_eq!(world.texts(&contact).await.len(), 1);
}

/// When the text of the day after a call is due, and until when it has to wait then.
fn the_day_after(ended_at: &str) -> (String, Option<String>) {
    const RECIPE: &str = r#"
        name = "clock"
        version = 1
        [steps.text]
        do = "text"
        after = "PT24H"
        body = "Still here for you."
        [compliance]
        later_texts = "always"
    "#;
    let ended_at: Timestamp = ended_at.parse().unwrap();
    let mut call = call("call-1");
    call.caller = Some(Caller::Number("+13125550142".parse().unwrap()));
    call.ended_at = ended_at;
    let (episode, actions) = Episode::open(recipe_of(RECIPE), &call, ended_at);
    let due = actions.iter().find_map(|action| match action {
        Output::Perform { due, .. } => Some(*due),
        _ => None,
    });
    let due = due.unwrap();
    let facts = Facts::Text(TextFacts::default());
    let waits = match episode.decide(&step("text"), &facts, due) {
        Decision::Defer { until, .. } => Some(until.to_string()),
        Decision::Proceed(_) => None,
        other => panic!("{other:?}"),
    };
    (due.to_string(), waits)
}

#[test]
fn delays_are_absolute_and_windows_are_local_when_the_clock_changes() {
    // Chicago, where clocks go forward in the night to 8 March 2026 and back in that to 1 November.
    let spring = the_day_after("2026-03-07T13:30:00Z");
    assert_eq!(spring, ("2026-03-08T13:30:00Z".to_owned(), None), "08:30");
    let autumn = the_day_after("2026-10-31T13:30:00Z");
    let opening = Some("2026-11-01T14:00:00Z".to_owned());
    assert_eq!(
        autumn,
        ("2026-11-01T13:30:00Z".to_owned(), opening),
        "07:30"
    );
}

#[test]
fn a_text_accepted_before_the_end_of_the_call_counts_as_at_once() {
    let mut episode = episode();
    let effect = effect(episode.state().id(), the_text());
    let end = EffectEnd::Done {
        reference: None,
        at: at(-30),
        found: false,
    };
    let actions = episode.handle(&Input::EffectEnded { effect, end }, at(2));
    let seconds = actions.iter().find_map(|action| match action {
        Output::Record(EntryKind::Done {
            seconds_after_call, ..
        }) => Some(*seconds_after_call),
        _ => None,
    });
    assert_eq!(seconds, Some(0));
}
