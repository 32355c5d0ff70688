//! The experiment of a recipe: who gets which arm, when, what is held back, and who is released.

use std::sync::Arc;

use gohighlevel::recipes::missed_call::episode::{
    Decision, EffectEnd, EffectId, Episode, Facts, Input, MissedCall, Output, Reason, TextFacts,
    Trigger,
};
use gohighlevel::recipes::missed_call::ledger::{EntryKind, ExperimentArm};
use gohighlevel::recipes::missed_call::reply::Reply;
use gohighlevel::recipes::missed_call::{Caller, MissedReason, Recipe};
use serde_json::json;

use crate::missed_call::harness::builders::{
    at, call, call_ended, dropped, effect_of, good_facts, number, recipe_of, replied, step,
    step_of, the_tag, the_task, the_text,
};

const RECIPE: &str = r#"
    name = "test"
    version = 1
    [numbers."+13125550100"]
    [numbers."+13125550101"]
    priority = true
    [steps.text]
    do = "text"
    body = "Hi {{ contact.first_name }}, sorry we missed you."
    stops_on = ["replied", "booked"]
    [steps.tag]
    do = "tag"
    [steps.task]
    do = "task"
    title = "Call back"
    [experiment]
    name = "spring"
    hold_out = 0.5
    planned = 400
    calls = 400
    until = 2026-07-01
    never = ["+13125550177"]
    never_tags = ["VIP"]
"#;

fn recipe() -> Arc<Recipe> {
    recipe_of(RECIPE)
}

/// A caller of this arm.
fn caller_of(arm: ExperimentArm) -> String {
    let recipe = recipe();
    let rules = recipe.experiment().unwrap();
    let numbers = (110..200).map(|last| format!("+13125550{last}"));
    let mut of_arm = numbers.filter(|caller| rules.assign(caller).arm == arm);
    of_arm.next().unwrap()
}

fn call_of(name: &str, caller: &str, seconds: i64) -> MissedCall {
    let mut call = call_ended(name, seconds);
    call.caller = Some(Caller::Number(number(caller)));
    call.called = Some(number("+13125550100"));
    call
}

fn open(call: &MissedCall) -> Episode {
    Episode::open(recipe(), call, call.evidence.received_at).0
}

fn facts(change: impl FnOnce(&mut TextFacts)) -> Facts {
    let Facts::Text(mut facts) = good_facts(&the_text()) else {
        panic!("facts of a text");
    };
    change(&mut facts);
    Facts::Text(facts)
}

fn decide(episode: &Episode, seconds: i64) -> Decision {
    episode.decide(&the_text(), &facts(|_| {}), at(seconds))
}

fn text_of(episode: &Episode) -> EffectId {
    effect_of(episode.state(), the_text())
}

fn kinds(outputs: &[Output]) -> Vec<&'static str> {
    let kind = |output: &Output| match output {
        Output::Record(kind) => kind.name(),
        _ => "perform",
    };
    outputs.iter().map(kind).collect()
}

/// Assigns the caller as a runtime does.
fn assign(episode: &mut Episode, seconds: i64) -> ExperimentArm {
    let Decision::Assign(assignment) = decide(episode, seconds) else {
        panic!("the caller takes part");
    };
    let effect = text_of(episode);
    let outputs = episode.assign(&effect, &assignment);
    assert_eq!(kinds(&outputs), ["assigned"]);
    assert_eq!(episode.assign(&effect, &assignment), []);
    assignment.arm
}

fn skips_held_out(episode: &mut Episode, seconds: i64) -> Vec<Output> {
    assert_eq!(decide(episode, seconds), Decision::Skip(Reason::HeldOut));
    let end = Input::EffectEnded {
        effect: text_of(episode),
        end: EffectEnd::NotDone(Reason::HeldOut),
    };
    episode.handle(&end, at(seconds))
}

fn held_out() -> Episode {
    let mut episode = open(&call_of("call-1", &caller_of(ExperimentArm::HeldOut), 0));
    assert_eq!(assign(&mut episode, 2), ExperimentArm::HeldOut);
    let outputs = skips_held_out(&mut episode, 2);
    assert_eq!(dropped(&outputs), [("text".into(), "held_out".into())]);
    episode
}

#[test]
fn both_arms_are_assigned_alike_and_only_the_text_is_held_back() {
    let mut texted = open(&call_of("call-1", &caller_of(ExperimentArm::Texted), 0));
    assert_eq!(assign(&mut texted, 2), ExperimentArm::Texted);
    assert!(matches!(decide(&texted, 2), Decision::Proceed(_)));

    let held_out = held_out();
    for step in [the_tag(), the_task()] {
        let decision = held_out.decide(&step, &good_facts(&step), at(3));
        assert!(matches!(decision, Decision::Proceed(_)), "{decision:?}");
    }
    // A caller keeps the arm at the next call, also in another process.
    let mut next = open(&call_of(
        "call-9",
        &caller_of(ExperimentArm::HeldOut),
        90_000,
    ));
    assert_eq!(assign(&mut next, 90_002), ExperimentArm::HeldOut);
}

#[test]
fn whoever_gets_no_text_anyway_is_not_assigned() {
    let call = call_of("call-1", &caller_of(ExperimentArm::HeldOut), 0);
    let episode = open(&call);
    let decided = |facts: Facts, seconds| episode.decide(&the_text(), &facts, at(seconds));
    for (facts, seconds, reason) in [
        (
            facts(|facts| facts.suppressed = true),
            2,
            Reason::Suppressed,
        ),
        (
            facts(|facts| facts.do_not_disturb = true),
            2,
            Reason::DoNotDisturb,
        ),
        (facts(|_| {}), 601, Reason::Stale),
    ] {
        assert_eq!(decided(facts, seconds), Decision::Skip(reason));
    }
}

#[test]
fn callers_who_must_not_be_left_alone_take_no_part() {
    let caller = caller_of(ExperimentArm::HeldOut);
    let gets_the_text = |call: MissedCall, facts: &Facts, seconds| {
        let decision = open(&call).decide(&the_text(), facts, at(seconds));
        assert!(matches!(decision, Decision::Proceed(_)), "{decision:?}");
    };
    let good = facts(|_| {});
    let call = |change: fn(&mut MissedCall)| {
        let mut call = call_of("call-1", &caller, 0);
        change(&mut call);
        call
    };
    let listed = facts(|facts| facts.phone = Some(number("+13125550177")));
    gets_the_text(call_of("call-1", "+13125550177", 0), &listed, 2);
    gets_the_text(
        call(|_| {}),
        &facts(|facts| facts.tags.push("vip".into())),
        2,
    );
    gets_the_text(
        call(|call| call.called = Some(number("+13125550101"))),
        &good,
        2,
    );
    gets_the_text(call(|call| call.reason = MissedReason::Voicemail), &good, 2);
    // The experiment has its callers.
    gets_the_text(call(|_| {}), &facts(|facts| facts.assigned = 400), 2);
    // It is July.
    let july = 30 * 24 * 3600;
    gets_the_text(call_of("call-1", &caller, july), &good, july + 2);
    let mut episode = open(&call_of("call-1", &caller, 0));
    episode.handle(&Input::CallMissed(call_of("call-2", &caller, 60)), at(61));
    assert!(matches!(decide(&episode, 62), Decision::Proceed(_)));
}

#[test]
fn a_second_call_releases_the_caller() {
    let mut episode = held_out();
    let caller = caller_of(ExperimentArm::HeldOut);
    // Long after the first call: the text answers the second one.
    let again = Input::CallMissed(call_of("call-2", &caller, 3_000));
    let outputs = episode.handle(&again, at(3_001));
    assert_eq!(kinds(&outputs), ["call_joined", "released", "perform"]);
    let Some(Output::Perform { effect, due, .. }) = outputs.last() else {
        panic!("the text is planned");
    };
    assert_eq!((effect.ordinal, *due), (1, at(3_001)));
    assert!(matches!(decide(&episode, 3_002), Decision::Proceed(_)));
    assert_eq!(decide(&episode, 3_601), Decision::Skip(Reason::Stale));
    // A late word about the first effect changes nothing.
    let late = Input::EffectEnded {
        effect: text_of(&episode),
        end: EffectEnd::NotDone(Reason::HeldOut),
    };
    assert_eq!(episode.handle(&late, at(3_002)), []);
    let done = Input::EffectEnded {
        effect: effect.clone(),
        end: EffectEnd::Done {
            reference: Some("message-1".into()),
            at: at(3_004),
            found: false,
        },
    };
    let outputs = episode.handle(&done, at(3_004));
    let Some(Output::Record(EntryKind::Done {
        seconds_after_call, ..
    })) = outputs.first()
    else {
        panic!("{outputs:?}");
    };
    assert_eq!(*seconds_after_call, 4);
    let third = Input::CallMissed(call_of("call-3", &caller, 3_100));
    assert_eq!(kinds(&episode.handle(&third, at(3_101))), ["call_joined"]);
}

#[test]
fn a_release_between_the_decision_and_its_end_is_not_lost() {
    let caller = caller_of(ExperimentArm::HeldOut);
    let mut episode = open(&call_of("call-1", &caller, 0));
    assign(&mut episode, 2);
    let again = Input::CallMissed(call_of("call-2", &caller, 3));
    assert_eq!(
        kinds(&episode.handle(&again, at(4))),
        ["call_joined", "released"]
    );
    // Either the decision is made again, or its end comes in from before.
    assert!(matches!(decide(&episode, 5), Decision::Proceed(_)));
    let end = Input::EffectEnded {
        effect: text_of(&episode),
        end: EffectEnd::NotDone(Reason::HeldOut),
    };
    assert_eq!(kinds(&episode.handle(&end, at(5))), ["not_done", "perform"]);
    assert_eq!(step_of(&episode, the_text()), json!("planned"));
}

#[test]
fn a_caller_who_wrote_or_booked_meanwhile_gets_no_late_text() {
    for input in [
        replied(Reply::Other, 60),
        Input::Happened {
            what: Trigger::Booked,
            reference: "appointment-1".into(),
        },
    ] {
        let mut episode = held_out();
        episode.handle(&input, at(60));
        let again = call_of("call-2", &caller_of(ExperimentArm::HeldOut), 300);
        let outputs = episode.handle(&Input::CallMissed(again), at(301));
        assert_eq!(kinds(&outputs), ["call_joined", "released"]);
    }
}

#[test]
fn what_a_caller_sets_off_is_answered_as_ever() {
    let toml = RECIPE.replace(
        "[steps.tag]",
        "[steps.thanks]\ndo = \"text\"\non = \"replied\"\nbody = \"Soleil: thank you.\"\n\
         [steps.later]\ndo = \"text\"\nafter = \"PT6H\"\nstops_on = []\nbody = \"Soleil: still looking?\"\n[steps.tag]",
    );
    let caller = caller_of(ExperimentArm::HeldOut);
    let mut episode = Episode::open(recipe_of(&toml), &call_of("call-1", &caller, 0), at(1)).0;
    assign(&mut episode, 2);
    skips_held_out(&mut episode, 2);
    // At eleven in Chicago.
    const LATER: i64 = 6 * 3_600;
    episode.handle(&replied(Reply::Other, LATER), at(LATER));
    let facts = facts(|_| {});
    let thanks = episode.decide(&step("thanks"), &facts, at(LATER + 1));
    assert!(matches!(thanks, Decision::Proceed(_)), "{thanks:?}");
    assert_eq!(
        episode.decide(&step("later"), &facts, at(LATER + 1)),
        Decision::Skip(Reason::HeldOut)
    );
}

#[test]
fn an_episode_of_an_older_release_has_no_arm() {
    let state = open(&call("call-1")).state().clone();
    let stored = serde_json::to_value(&state).unwrap();
    for field in ["arm", "released_at", "planned_again"] {
        assert!(stored.get(field).is_none(), "{field}");
    }
    let arm = serde_json::to_value(held_out().state()).unwrap();
    assert_eq!(arm["arm"], json!("held_out"));
}

/// Of 20,000 numbers, within three standard deviations of the share; and another salt is another draw.
#[test]
fn the_arms_are_balanced_and_independent() {
    for share in ["0.5", "0.2", "0.1"] {
        let of = |salt: &str| {
            let toml = RECIPE
                .replace("hold_out = 0.5", &format!("hold_out = {share}"))
                .replace(
                    "planned = 400",
                    &format!("planned = 4000\nsalt = \"{salt}\""),
                );
            recipe_of(&toml)
        };
        let (one, other) = (of("one"), of("other"));
        let callers = || (0..20_000).map(|last| format!("+1312{:07}", 2_000_000 + last * 37));
        let is_held_out = |recipe: &Recipe, caller: &str| {
            recipe.experiment().unwrap().assign(caller).arm == ExperimentArm::HeldOut
        };
        let expected: f64 = share.parse().unwrap();
        let near = |count: usize, expected: f64| {
            let count = f64::from(u32::try_from(count).unwrap());
            let deviation = (20_000.0 * expected * (1.0 - expected)).sqrt();
            let off = (count - 20_000.0 * expected).abs();
            assert!(off < 3.0 * deviation, "{share}: {count}");
        };
        near(
            callers().filter(|caller| is_held_out(&one, caller)).count(),
            expected,
        );
        let both = |caller: &String| is_held_out(&one, caller) && is_held_out(&other, caller);
        near(callers().filter(both).count(), expected * expected);
    }
}
