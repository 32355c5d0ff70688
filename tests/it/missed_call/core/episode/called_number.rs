//! The number that was called decides which link the caller gets and which steps apply.

use std::collections::BTreeMap;
use std::sync::Arc;

use gohighlevel::recipes::missed_call::episode::{
    Decision, EmailFacts, Episode, Facts, Input, Intent, Output, Reason, StepName, TextFacts,
    Trigger,
};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::{LocationFacts, Recipe};

use crate::missed_call::harness::builders::{at, call, number, recipe_of, the_text};

const GOLD_COAST: &str = "+13125550100";
const LOOP: &str = "+13125550101";
const FACEBOOK: &str = "+13125550102";
const NOT_YET: &str = "+13125550103";
const UNKNOWN: &str = "+13125550199";

const RECIPE: &str = r#"
    name = "studios"
    version = 1

    [numbers."+13125550100"]
    name = "Gold Coast"
    link = "https://book.example/gold-coast"

    [numbers."+13125550101"]
    name = "Loop"
    link_value = "loop_link"

    [numbers."+13125550102"]
    source = "Facebook Ad Caller"
    priority = true

    [numbers."+13125550103"]
    name = "River North"
    link = "https://book.example/river-north"
    active = false

    [steps.text]
    do = "text"
    body = "Sorry we missed you at {{ number.name }}. Book: {{ number.link }}"

    [steps.facebook]
    do = "tag"
    tag = "facebook ad caller"
    sources = ["Facebook Ad Caller"]

    [steps.studio]
    do = "tag"
    tag = "studio caller"
    numbers = ["+13125550100", "+13125550101"]

    [steps.task]
    do = "task"
    title = "Call back"
    priority = false

    [steps.urgent]
    do = "task"
    title = "Call back first"
    due_after = "PT15M"
    priority = true

    [steps.again]
    do = "task"
    on = "replied"
    title = "They wrote"
    numbers = ["+13125550100"]
"#;

fn with(unlisted: &str) -> Arc<Recipe> {
    recipe_of(&format!(
        "{RECIPE}\n[call]\nunlisted_numbers = \"{unlisted}\""
    ))
}

fn open(recipe: Arc<Recipe>, called: Option<&str>) -> (Episode, Vec<Output>) {
    let mut call = call("call-1");
    call.called = called.map(number);
    Episode::open(recipe, &call, at(1))
}

fn planned(actions: &[Output]) -> Vec<&str> {
    let mut planned: Vec<_> = actions
        .iter()
        .filter_map(|action| match action {
            Output::Perform { effect, .. } => Some(effect.step.as_str()),
            _ => None,
        })
        .collect();
    planned.sort_unstable();
    planned
}

fn dropped(actions: &[Output]) -> Vec<(&str, String)> {
    let mut dropped: Vec<_> = actions
        .iter()
        .filter_map(|action| match action {
            Output::Record(EntryKind::NotDone { step, reason }) => {
                Some((step.as_str(), reason.code()))
            }
            _ => None,
        })
        .collect();
    dropped.sort();
    dropped
}

fn text(called: Option<&str>, custom_values: &[(&str, &str)]) -> Result<String, Reason> {
    let (episode, _) = open(recipe_of(RECIPE), called);
    let facts = Facts::Text(TextFacts {
        custom_values: values(custom_values),
        ..TextFacts::default()
    });
    match episode.decide(&the_text(), &facts, at(2)) {
        Decision::Proceed(Intent::Text { body, .. }) => Ok(body.into_inner()),
        Decision::Skip(reason) => Err(reason),
        other => panic!("{other:?}"),
    }
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[test]
fn each_number_has_its_one_link() {
    let loop_link = [("loop_link", "https://book.example/loop")];
    assert_eq!(
        text(Some(GOLD_COAST), &loop_link).unwrap(),
        "Sorry we missed you at Gold Coast. Book: https://book.example/gold-coast Reply STOP to opt out."
    );
    assert_eq!(
        text(Some(LOOP), &loop_link).unwrap(),
        "Sorry we missed you at Loop. Book: https://book.example/loop Reply STOP to opt out."
    );
}

#[test]
fn a_number_that_leads_nowhere_gets_no_link_of_another() {
    // Listed without a link, not listed, not known at all.
    for called in [Some(FACEBOOK), Some(UNKNOWN), None] {
        assert_eq!(text(called, &[]), Err(Reason::Unmapped), "{called:?}");
    }
    // Mapped, and the location lacks what it is mapped on.
    let missing = Err(Reason::Copy("field_missing".into()));
    assert_eq!(text(Some(LOOP), &[]), missing);
    let http = [("loop_link", "http://book.example/loop")];
    let refused = Err(Reason::Copy("link_not_https".into()));
    assert_eq!(text(Some(LOOP), &http), refused);
}

#[test]
fn the_template_s_default_is_the_link_of_all_other_numbers() {
    let toml = RECIPE.replace(
        "{{ number.name }}. Book: {{ number.link }}",
        "{{ number.name | default('Hi Skin') }}. Book: {{ number.link | default('https://book.example/all') }}",
    );
    let (episode, _) = open(recipe_of(&toml), Some(UNKNOWN));
    let facts = Facts::Text(TextFacts::default());
    let Decision::Proceed(Intent::Text { body, .. }) = episode.decide(&the_text(), &facts, at(2))
    else {
        panic!("the default stands in");
    };
    assert_eq!(
        *body,
        "Sorry we missed you at Hi Skin. Book: https://book.example/all Reply STOP to opt out."
    );
}

#[test]
fn steps_are_for_calls_to_their_numbers_only() {
    for (called, expected) in [
        (Some(GOLD_COAST), vec!["studio", "task", "text"]),
        (Some(LOOP), vec!["studio", "task", "text"]),
        (Some(FACEBOOK), vec!["facebook", "text", "urgent"]),
        (Some(UNKNOWN), vec!["task", "text"]),
        (None, vec!["task", "text"]),
    ] {
        let (_, actions) = open(recipe_of(RECIPE), called);
        assert_eq!(planned(&actions), expected, "{called:?}");
        // What is not meant for the call leaves no entry either.
        assert_eq!(dropped(&actions), [], "{called:?}");
    }
}

#[test]
fn steps_that_follow_something_else_are_for_their_numbers_too() {
    let replied = Input::Happened {
        what: Trigger::Replied,
        reference: "message-1".into(),
    };
    for (called, expected) in [(GOLD_COAST, vec!["again"]), (LOOP, vec![])] {
        let (mut episode, _) = open(recipe_of(RECIPE), Some(called));
        let actions = episode.handle(&replied, at(60));
        assert_eq!(planned(&actions), expected, "{called}");
    }
}

#[test]
fn a_number_that_is_switched_off_leads_to_entries_only() {
    let (mut episode, actions) = open(recipe_of(RECIPE), Some(NOT_YET));
    assert_eq!(planned(&actions), [] as [&str; 0]);
    let inactive = || "inactive_number".to_owned();
    assert_eq!(
        dropped(&actions),
        [("task", inactive()), ("text", inactive())]
    );
    let replied = Input::Happened {
        what: Trigger::Replied,
        reference: "message-1".into(),
    };
    let actions = episode.handle(&replied, at(60));
    assert_eq!(planned(&actions), [] as [&str; 0]);
}

#[test]
fn the_recipe_says_what_calls_to_other_numbers_lead_to() {
    for called in [Some(UNKNOWN), None] {
        let (_, actions) = open(with("not_texted"), called);
        assert_eq!(planned(&actions), ["task"]);
        assert_eq!(dropped(&actions), [("text", "unmapped".to_owned())]);

        let (_, actions) = open(with("ignored"), called);
        assert_eq!(planned(&actions), [] as [&str; 0]);
        let codes = dropped(&actions);
        assert!(codes.iter().all(|(_, code)| code == "inactive_number") && codes.len() == 2);
    }
    // A listed one is none of them.
    let (_, actions) = open(with("ignored"), Some(GOLD_COAST));
    assert_eq!(planned(&actions), ["studio", "task", "text"]);
}

#[test]
fn an_e_mail_has_the_number_s_link_too() {
    let toml = format!(
        "{RECIPE}\n[steps.email]\ndo = \"email\"\nsubject = \"{{{{ number.name }}}}\"\nbody = \"{{{{ number.link }}}}\""
    );
    let decide = |called| {
        let (episode, _) = open(recipe_of(&toml), Some(called));
        let facts = EmailFacts {
            has_address: true,
            ..EmailFacts::default()
        };
        let step = StepName::new("email").unwrap();
        episode.decide(&step, &Facts::Email(facts), at(2))
    };
    let Decision::Proceed(Intent::Email { subject, text, .. }) = decide(GOLD_COAST) else {
        panic!("the number has all that it needs");
    };
    assert_eq!(
        (subject.as_str(), text.as_str()),
        ("Gold Coast", "https://book.example/gold-coast")
    );
    assert_eq!(decide(UNKNOWN), Decision::Skip(Reason::Unmapped));
}

#[test]
fn preflight_looks_at_every_active_number() {
    let facts = LocationFacts {
        custom_values: values(&[("loop_link", "http://book.example/loop")]),
        ..LocationFacts::default()
    };
    let error = recipe_of(RECIPE).check(&facts).unwrap_err().to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(
        lines,
        [
            "test.toml:9: numbers.+13125550101: `number.link` holds a link that is not https with a host; put the \
             whole https link into the custom value `loop_link`, in HighLevel under Settings > Custom Values",
            "test.toml:13: numbers.+13125550102: `number.name` has no value; write it under the number in the \
             recipe's [numbers]",
            "test.toml:13: numbers.+13125550102: `number.link` has no value; write it under the number in the \
             recipe's [numbers]",
        ]
    );
}
