//! Which variant of the copy an episode chooses, and that the evidence records it.

use std::collections::BTreeMap;

use gohighlevel::recipes::missed_call::episode::{Decision, Episode, Input, Intent, MissedCall};
use gohighlevel::recipes::missed_call::{Caller, MissedReason};

use crate::missed_call::harness::builders::{
    at, call, call_ended, good_facts, number, recipe_of, the_text,
};

const RECIPE: &str = r#"
    name = "variants"
    version = 1
    [hours]
    zone = "UTC"
    monday = "09:00-18:00"

    [steps.text]
    do = "text"
    after = "PT1M"
    body = "Sorry we missed you."

    [[steps.text.variants]]
    name = "closed"
    body = "We are closed just now."
    when = { in_hours = false }

    [[steps.text.variants]]
    name = "voicemail"
    body = "We got your message."
    when = { voicemail = true }

    [[steps.text.variants]]
    name = "again"
    body = "Sorry we missed you twice."
    when = { repeat_caller = true }
"#;

const HOUR: i64 = 3600;

fn open(toml: &str, call: &MissedCall) -> Episode {
    let now = call.evidence.received_at;
    Episode::open(recipe_of(toml), call, now).0
}

/// The name of the copy that the text is made from, and its words.
fn words(episode: &Episode, seconds: i64) -> (String, String) {
    let text = the_text();
    match episode.decide(&text, &good_facts(&text), at(seconds)) {
        Decision::Proceed(Intent::Text {
            body,
            variant: Some(variant),
            copy_fingerprint: Some(fingerprint),
            ..
        }) => {
            assert_eq!(fingerprint.len(), 16);
            (variant, body.as_str().to_owned())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_hour_of_the_call_the_voicemail_and_the_second_call_choose_the_words() {
    let begins = |episode: &Episode, seconds, name: &str, words_begin: &str| {
        let (variant, body) = words(episode, seconds);
        assert_eq!(variant, name);
        assert!(body.starts_with(words_begin), "{body}");
    };
    // A Monday at ten.
    let mut in_hours = open(RECIPE, &call("call-1"));
    begins(&in_hours, 60, "text", "Sorry we missed you.");

    let evening = call_ended("call-1", 9 * HOUR);
    let closed = open(RECIPE, &evening);
    begins(&closed, 9 * HOUR + 60, "closed", "We are closed just now.");

    let mut left_word = call("call-1");
    left_word.reason = MissedReason::Voicemail;
    let voicemail = open(RECIPE, &left_word);
    begins(&voicemail, 60, "voicemail", "We got your message.");

    in_hours.handle(&Input::CallMissed(call_ended("call-2", 30)), at(31));
    begins(&in_hours, 60, "again", "Sorry we missed you twice.");
}

#[test]
fn what_chose_the_words_outlasts_a_restart() {
    let mut left_word = call("call-1");
    left_word.reason = MissedReason::Voicemail;
    let episode = open(RECIPE, &left_word);
    let stored = serde_json::to_string(episode.state()).unwrap();
    let state = serde_json::from_str(&stored).unwrap();
    let resumed = Episode::resume(state, recipe_of(RECIPE));
    assert_eq!(words(&resumed, 60).0, "voicemail");
}

#[test]
fn callers_of_an_experiment_keep_their_words() {
    let recipe = r#"
        name = "experiment"
        version = 1
        [steps.text]
        do = "text"
        body = "Sorry we missed you."
        experiment = "greeting"
        [[steps.text.variants]]
        name = "warm"
        body = "So sorry we missed you!"
        experiment = "greeting"
    "#;
    let mut callers: BTreeMap<String, u32> = BTreeMap::new();
    for last in 0..100 {
        let of_caller = |name: &str| {
            let mut call = call(name);
            let from = number(&format!("+131255501{last:02}"));
            call.caller = Some(Caller::Number(from));
            words(&open(recipe, &call), 2).0
        };
        let first = of_caller("call-1");
        assert_eq!(of_caller("call-2"), first, "caller {last}");
        *callers.entry(first).or_default() += 1;
    }
    assert_eq!(callers.len(), 2);
    assert!(callers.values().all(|share| *share >= 30), "{callers:?}");
}
