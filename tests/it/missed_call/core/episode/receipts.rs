//! What became of a text: the first word counts, steps follow a text that did not arrive, and the episode waits for that.

use gohighlevel::recipes::missed_call::episode::{EffectEnd, Episode, Input, Output, Receipt};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use serde_json::json;

use crate::missed_call::harness::builders::{
    at, call, effect, message, recipe, recipe_of, step, step_of,
};

const RECIPE: &str = r#"
    name = "receipts"
    version = 1
    [call]
    max_age = "PT10M"
    cooldown = "PT10M"
    [steps.text]
    do = "text"
    body = "Hi, sorry we missed you."
    [steps.call]
    do = "task"
    on = "not_delivered"
    of = "text"
    title = "Call"
"#;

fn delivered() -> Receipt {
    serde_json::from_value(json!("delivered")).unwrap()
}

fn failed() -> Receipt {
    serde_json::from_value(json!({"not_delivered": {"status": "failed"}})).unwrap()
}

fn sent(episode: &mut Episode, seconds: i64) {
    let done = Input::EffectEnded {
        effect: effect(episode.state().id(), step("text")),
        end: EffectEnd::Done {
            reference: Some("m1".to_owned()),
            at: at(seconds),
            found: false,
        },
    };
    episode.handle(&done, at(seconds));
}

fn hears(episode: &mut Episode, text: &str, receipt: Receipt, seconds: i64) -> Vec<String> {
    let input = Input::Receipt {
        message: message(text),
        receipt,
    };
    let outputs = episode.handle(&input, at(seconds)).into_iter();
    let told = outputs.map(|output| match output {
        Output::Record(EntryKind::Delivered { step, .. }) => format!("delivered {step}"),
        Output::Record(EntryKind::NotDelivered { step, .. }) => format!("not_delivered {step}"),
        Output::Perform { effect, .. } => format!("perform {}", effect.step),
        other => panic!("{other:?}"),
    });
    told.collect()
}

#[test]
fn steps_follow_a_text_that_does_not_arrive_and_the_first_word_counts() {
    let mut episode = Episode::open(recipe_of(RECIPE), &call("call-1"), at(1)).0;
    sent(&mut episode, 5);
    assert!(hears(&mut episode, "another", failed(), 60).is_empty());
    let told = hears(&mut episode, "m1", failed(), 60);
    assert_eq!(told, ["not_delivered text", "perform call"]);
    for receipt in [failed(), delivered()] {
        assert!(hears(&mut episode, "m1", receipt, 70).is_empty());
    }

    let mut episode = Episode::open(recipe_of(RECIPE), &call("call-1"), at(1)).0;
    sent(&mut episode, 5);
    assert_eq!(
        hears(&mut episode, "m1", delivered(), 60),
        ["delivered text"]
    );
    assert!(hears(&mut episode, "m1", failed(), 61).is_empty());
    assert!(step_of(&episode, step("call")).is_null());
}

/// The cooldown and `max_age` are over after 20 minutes.
#[test]
fn an_episode_stays_open_for_the_steps_that_may_follow() {
    let mut episode = Episode::open(recipe_of(RECIPE), &call("call-1"), at(1)).0;
    sent(&mut episode, 5);
    assert_eq!(episode.next_wakeup(), Some(at(5 + 70 * 60)));
    let again = Episode::resume(
        serde_json::from_value(serde_json::to_value(episode.state()).unwrap()).unwrap(),
        recipe_of(RECIPE),
    );
    assert_eq!(again.next_wakeup(), episode.next_wakeup());
    hears(&mut episode, "m1", delivered(), 60);
    assert_eq!(episode.next_wakeup(), Some(at(20 * 60)));

    // Without such a step it does not.
    let (mut plain, _) = Episode::open(recipe(), &call("call-1"), at(1));
    sent(&mut plain, 5);
    for name in ["tag", "task"] {
        let done = Input::EffectEnded {
            effect: effect(plain.state().id(), step(name)),
            end: EffectEnd::Done {
                reference: None,
                at: at(6),
                found: false,
            },
        };
        plain.handle(&done, at(6));
    }
    assert_eq!(plain.next_wakeup(), Some(at(3_600 + 600)));
}

#[test]
fn a_closed_episode_records_it_and_does_nothing_more() {
    let mut episode = Episode::open(recipe_of(RECIPE), &call("call-1"), at(1)).0;
    sent(&mut episode, 5);
    episode.close(at(10));
    assert_eq!(
        hears(&mut episode, "m1", failed(), 60),
        ["not_delivered text"]
    );
}
