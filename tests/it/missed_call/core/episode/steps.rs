//! Steps of a recipe: what triggers them, when they are due, and what makes them unnecessary.

use gohighlevel::client::Lane;
use gohighlevel::recipes::missed_call::episode::{
    Decision, EffectEnd, Episode, Facts, Input, Output, Reason, Trigger,
};

use crate::missed_call::harness::builders::{
    at, call, call_ended, dropped, effect, good_facts, opted_out, recipe_of, step, step_of,
    the_text,
};

const RECIPE: &str = r#"
    name = "steps"
    version = 1
    [call]
    max_age = "PT10M"
    cooldown = "PT4H"

    [steps.text]
    do = "text"
    after = "PT2M"
    body = "Hi {{ contact.first_name }}, sorry we missed you."

    [steps.last_text]
    do = "text"
    after = "PT24H"
    stops_on = ["replied", "answered", "returned", "booked"]
    body = "Still looking for a time?"

    [steps.tag]
    do = "tag"

    [steps.callback]
    do = "task"
    after = "PT15M"
    stops_on = ["answered", "returned"]
    title = "Call back now"

    [steps.manager]
    do = "task"
    on = "missed_again"
    count = 3
    after = "PT1M"
    title = "Call in person"
    due_after = "PT30M"

    [steps.after_booking]
    do = "text"
    on = "booked"
    body = "See you soon."

    [compliance]
    later_texts = "always"
"#;

fn open() -> (Episode, Vec<Output>) {
    Episode::open(recipe_of(RECIPE), &call("call-1"), at(1))
}

fn planned(actions: &[Output]) -> Vec<(String, i64, Lane)> {
    let plan = |action: &Output| match action {
        Output::Perform { effect, due, lane } => {
            Some((effect.step.to_string(), (*due - at(0)).get_seconds(), *lane))
        }
        _ => None,
    };
    let mut planned: Vec<_> = actions.iter().filter_map(plan).collect();
    planned.sort_by_key(|(name, due, _)| (*due, name.clone()));
    planned
}

fn happened(episode: &mut Episode, what: Trigger, now: i64) -> Vec<Output> {
    let reference = "r1".to_owned();
    episode.handle(&Input::Happened { what, reference }, at(now))
}

#[test]
fn the_first_call_sets_off_what_follows_it_and_nothing_else() {
    let (_, actions) = open();
    let background = |name: &str, due| (name.to_owned(), due, Lane::Background);
    let text = |name: &str, due| (name.to_owned(), due, Lane::Interactive);
    assert_eq!(
        planned(&actions),
        [
            background("tag", 1),
            text("text", 120),
            background("callback", 900),
            text("last_text", 86_400),
        ]
    );
}

#[test]
fn a_call_that_is_returned_makes_texts_and_the_callback_needless() {
    let (mut episode, _) = open();
    let actions = happened(&mut episode, Trigger::Returned, 60);
    let returned = |name: &str| (name.to_owned(), "overtaken:returned".to_owned());
    assert_eq!(
        dropped(&actions),
        [
            returned("callback"),
            returned("last_text"),
            returned("text")
        ]
    );
    assert_eq!(step_of(&episode, step("tag")), "planned");
    // LedgerBuilder again, it changes nothing more.
    let again = happened(&mut episode, Trigger::Returned, 61);
    assert!(dropped(&again).is_empty());
}

#[test]
fn what_a_step_does_not_stop_on_leaves_it() {
    let (mut episode, _) = open();
    let actions = happened(&mut episode, Trigger::Clicked, 200);
    // By default a text stops on all that shows that the caller has found their way.
    assert_eq!(
        dropped(&actions),
        [("text".to_owned(), "overtaken:clicked".to_owned())]
    );
    assert_eq!(step_of(&episode, step("last_text")), "planned");
}

#[test]
fn a_step_follows_its_trigger_once() {
    let (mut episode, _) = open();
    let mut missed = |name: &str, now: i64| {
        let call = call_ended(name, now);
        planned(&episode.handle(&Input::CallMissed(call), at(now)))
    };
    assert!(missed("call-2", 30).is_empty());
    assert_eq!(
        missed("call-3", 40),
        [("manager".to_owned(), 100, Lane::Background)]
    );
    assert!(missed("call-4", 50).is_empty());
    // Its task is due as long after the third call as the recipe says.
    let manager = step("manager");
    let facts = good_facts(&step("task"));
    let Decision::Proceed(intent) = episode.decide(&manager, &facts, at(101)) else {
        panic!("the task may be made");
    };
    let intent = serde_json::to_value(intent).unwrap();
    assert_eq!(intent["task"]["due"], at(40 + 1_800).to_string());
}

#[test]
fn a_later_text_is_late_by_its_own_time() {
    let (episode, _) = open();
    let last = step("last_text");
    let Facts::Text(mut facts) = good_facts(&the_text()) else {
        panic!("facts for a text");
    };
    // Eleven in the morning there.
    facts.place.location_zone = Some("Europe/London".into());
    let facts = Facts::Text(facts);
    let permit = |now| episode.decide(&last, &facts, at(now));
    assert!(matches!(permit(86_400), Decision::Proceed(_)));
    // It may have waited a day for its hour, and a little more.
    let latest = 2 * 86_400 + 600;
    assert!(matches!(permit(latest), Decision::Proceed(_)));
    assert_eq!(permit(latest + 1), Decision::Skip(Reason::Stale));
    // One that answers the call counts from the call.
    let text = episode.decide(&the_text(), &facts, at(601));
    assert_eq!(text, Decision::Skip(Reason::Stale));
}

#[test]
fn a_stale_call_still_gets_the_later_steps() {
    let (episode, actions) = Episode::open(recipe_of(RECIPE), &call("call-1"), at(7_200));
    assert_eq!(dropped(&actions), [("text".to_owned(), "stale".to_owned())]);
    assert_eq!(step_of(&episode, step("last_text")), "planned");
}

#[test]
fn no_text_follows_anything_after_no() {
    let (mut episode, _) = open();
    let actions = episode.handle(&opted_out(Reason::OptedOut), at(5));
    let texts: Vec<_> = dropped(&actions)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(texts, ["last_text", "text"]);
    let actions = happened(&mut episode, Trigger::Booked, 10);
    assert!(planned(&actions).is_empty());
    assert_eq!(
        dropped(&actions),
        [("after_booking".to_owned(), "opted_out".to_owned())]
    );
}

#[test]
fn a_step_under_way_that_is_overtaken_is_not_tried_again() {
    let (mut episode, _) = open();
    let facts = good_facts(&the_text());
    let Decision::Proceed(intent) = episode.decide(&the_text(), &facts, at(120)) else {
        panic!("the text may be sent");
    };
    let text = effect(episode.state().id(), the_text());
    episode.begin(&text, &intent, 1);
    happened(&mut episode, Trigger::Answered, 121);
    episode.undo_begin(&text);
    let overtaken = Reason::StoppedBy(Trigger::Answered);
    let permit = episode.decide(&the_text(), &facts, at(122));
    assert_eq!(permit, Decision::Skip(overtaken.clone()));
    let end = EffectEnd::NotDone(overtaken);
    let actions = episode.handle(&Input::EffectEnded { effect: text, end }, at(122));
    assert_eq!(dropped(&actions).len(), 1);
}

#[test]
fn the_end_of_all_drops_what_is_planned() {
    let (mut episode, _) = open();
    let actions = episode.handle(&Input::Ended(Reason::ContactGone), at(5));
    assert_eq!(dropped(&actions).len(), 4);
    // It is closed too: nothing follows any more, and there is nothing to wake for.
    assert_eq!(episode.next_wakeup(), None);
    assert!(!episode.state().is_open());
    let again = episode.handle(&Input::Ended(Reason::Uninstalled), at(6));
    assert!(again.is_empty());
    let actions = happened(&mut episode, Trigger::Booked, 10);
    assert!(planned(&actions).is_empty());
}
