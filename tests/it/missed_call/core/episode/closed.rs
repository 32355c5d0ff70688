//! A closed episode still accepts late inputs, records them, and plans nothing.

use std::sync::Arc;

use gohighlevel::recipes::missed_call::episode::{
    EffectEnd, Episode, Input, Output, Reason, StepName, Trigger,
};
use gohighlevel::recipes::missed_call::{Recipe, Reply};

use crate::missed_call::harness::builders::{
    at, call, dropped, effect, episode, message, opted_out, recipe_of, replied, step, the_text,
};

/// Ends a step as done, and says what is planned upon it.
fn done(episode: &mut Episode, step: StepName) -> Vec<String> {
    let end = EffectEnd::Done {
        reference: None,
        at: at(3),
        found: false,
    };
    let effect = effect(episode.state().id(), step);
    planned(&episode.handle(&Input::EffectEnded { effect, end }, at(3)))
}

fn planned(actions: &[Output]) -> Vec<String> {
    let plan = |action: &Output| match action {
        Output::Perform { effect, .. } => Some(effect.step.to_string()),
        _ => None,
    };
    actions.iter().filter_map(plan).collect()
}

/// The names of the entries.
fn recorded(actions: &[Output]) -> Vec<&'static str> {
    let name = |action: &Output| match action {
        Output::Record(kind) => Some(kind.name()),
        _ => None,
    };
    actions.iter().filter_map(name).collect()
}

/// A recipe with a step after everything that can happen, and one that stops on it.
fn that_answers_everything() -> Arc<Recipe> {
    let mut toml = r#"
        name = "everything"
        version = 1
        [steps.text]
        do = "text"
        body = "Sorry we missed you"
    "#
    .to_owned();
    for what in Trigger::ALL {
        if what == Trigger::MissedAgain {
            toml += "[steps.again]\ndo = \"tag\"\non = \"missed_again\"\ncount = 2\n";
            continue;
        }
        toml += &format!(
            "[steps.{what}]\ndo = \"tag\"\non = \"{what}\"\n",
            what = what.as_str()
        );
    }
    recipe_of(&toml)
}

/// Everything that can come from outside, with the entries that it leaves.
fn everything_from_outside() -> Vec<(Input, Vec<&'static str>)> {
    let wrote = |reply| Input::Replied {
        message: Some(message("text-1")),
        reply,
        at: at(99_999),
    };
    let mut inputs: Vec<_> = Reply::ALL
        .map(|reply| (wrote(reply), vec!["replied"]))
        .into();
    inputs.extend(Trigger::ALL.map(|what| {
        let reference = "reference".to_owned();
        (Input::Happened { what, reference }, vec!["happened"])
    }));
    inputs.extend([
        (
            Input::ReplyPending {
                message: message("text-2"),
                rules: Reply::Help,
                at: at(99_999),
                until: at(200_000),
            },
            vec!["replied"],
        ),
        (
            Input::ReplyClassified {
                message: message("text-2"),
                reply: Reply::Help,
            },
            vec![],
        ),
        (Input::CallMissed(call("call-2")), vec!["call_joined"]),
        (opted_out(Reason::OptedOut), vec!["opted_out"]),
        (opted_out(Reason::DoNotDisturb), vec!["opted_out"]),
        (opted_out(Reason::Suppressed), vec![]),
        (Input::Ended(Reason::Superseded), vec![]),
        (Input::Wake, vec![]),
    ]);
    inputs
}

#[test]
fn a_closed_episode_writes_everything_down_and_plans_nothing() {
    for (input, entries) in everything_from_outside() {
        let (mut episode, _) = Episode::open(that_answers_everything(), &call("call-1"), at(1));
        done(&mut episode, the_text());
        let mut live = episode.clone();
        episode.close(at(2));
        let steps = serde_json::to_value(episode.state()).unwrap()["steps"].clone();
        let actions = episode.handle(&input, at(100_000));
        assert_eq!(recorded(&actions), entries, "{input:?}");
        assert_eq!(planned(&actions), [""; 0], "{input:?}");
        let after = serde_json::to_value(episode.state()).unwrap();
        assert_eq!(after["steps"], steps, "{input:?}");
        assert!(!episode.state().is_open(), "{input:?}");
        assert_eq!(episode.next_wakeup(), None, "{input:?}");
        // While it is live, the recipe has an answer to it.
        let answered = !matches!(
            input,
            Input::Ended(_)
                | Input::Wake
                | Input::ReplyClassified { .. }
                | Input::OptedOut {
                    reason: Reason::Suppressed,
                    ..
                }
                // It is calls that are counted, not words about them.
                | Input::Happened {
                    what: Trigger::MissedAgain,
                    ..
                }
                | Input::Replied {
                    reply: Reply::Automatic,
                    ..
                }
        );
        let planned = planned(&live.handle(&input, at(100)));
        assert_eq!(!planned.is_empty(), answered, "{input:?}");
    }
}

#[test]
fn a_closed_episode_stops_what_is_still_open() {
    let toml = r#"
        name = "patient"
        version = 1
        [steps.text]
        do = "text"
        after = "PT2H"
        stops_on = []
        body = "Sorry we missed you"
    "#;
    let (mut episode, _) = Episode::open(recipe_of(toml), &call("call-1"), at(1));
    episode.close(at(2));
    let actions = episode.handle(&opted_out(Reason::OptedOut), at(2));
    assert_eq!(recorded(&actions), ["opted_out", "not_done"]);
    let expected = ("text".to_owned(), "opted_out".to_owned());
    assert_eq!(dropped(&actions), [expected]);
}

#[test]
fn a_hand_off_that_had_begun_brings_what_follows_it() {
    let toml = r#"
        name = "handing over"
        version = 1
        [steps.person]
        do = "hand_off"
        on = "help"
        title = "Wants a person"
        [steps.tag]
        do = "tag"
        on = "handed_off"
    "#;
    let (mut episode, _) = Episode::open(recipe_of(toml), &call("call-1"), at(1));
    let help = replied(Reply::Help, 2);
    assert_eq!(planned(&episode.handle(&help, at(2))), ["person"]);
    episode.close(at(2));
    assert_eq!(done(&mut episode, step("person")), ["tag"]);
}

#[test]
fn a_closed_episode_accepts_late_input_for_thirty_days_after_the_call() {
    const MONTH: i64 = 30 * 24 * 60 * 60;
    let mut episode = episode();
    assert!(
        episode.state().accepts_late_input(at(MONTH + 1)),
        "it is live"
    );
    episode.close(at(2));
    for (now, hears) in [(-5, true), (0, true), (MONTH, true), (MONTH + 1, false)] {
        assert_eq!(episode.state().accepts_late_input(at(now)), hears, "{now}");
    }
}
