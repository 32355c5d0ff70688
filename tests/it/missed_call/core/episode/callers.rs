//! The kind of caller decides whether there is a text, and whether any step follows.

use gohighlevel::recipes::missed_call::Caller;
use gohighlevel::recipes::missed_call::episode::{
    Decision, Episode, Facts, MissedCall, Output, TextFacts,
};
use gohighlevel::recipes::missed_call::ledger::EntryKind;

use crate::missed_call::harness::builders::{at, call, recipe_of, the_text};

const RECIPE: &str = r#"
    name = "callers"
    version = 1
    [callers]
    own = ["+13125550100"]
    staff = ["+13125550101"]
    blocked = ["+13125550102"]
    landlines = ["+13125550103"]
    countries = ["US", "GB"]
    [steps.text]
    do = "text"
    body = "Sorry we missed you."
    [steps.tag]
    do = "tag"
    [steps.task]
    do = "task"
    title = "Call back"
"#;

/// The steps that are planned, and why the others are not done.
fn outcome(call: &MissedCall) -> (Vec<String>, Vec<String>) {
    let (_, actions) = Episode::open(recipe_of(RECIPE), call, at(1));
    let (mut planned, mut dropped) = (Vec::new(), Vec::new());
    for action in actions {
        match action {
            Output::Perform { effect, .. } => planned.push(effect.step.to_string()),
            Output::Record(EntryKind::NotDone { step, reason }) => {
                dropped.push(format!("{step} {}", reason.code()));
            }
            _ => {}
        }
    }
    planned.sort();
    dropped.sort();
    (planned, dropped)
}

fn from(number: &str) -> MissedCall {
    let mut call = call("call-1");
    call.caller = Some(Caller::from_wire(Some(number)));
    call
}

#[test]
fn a_customer_gets_all_steps() {
    for number in [
        "+13125550142",
        "+447911123456",
        "+44 (0)7911 123456",
        "sip:+13125550142@sip.example.com",
    ] {
        let (planned, dropped) = outcome(&from(number));
        assert_eq!(planned, ["tag", "task", "text"], "{number}");
        assert!(dropped.is_empty(), "{number}");
    }
}

#[test]
fn who_cannot_be_texted_is_called_by_the_team() {
    for (number, code) in [
        ("+18005550142", "toll_free"),
        ("+448001234567", "toll_free"),
        ("+449012345678", "premium"),
        ("+443001234567", "non_geographic"),
        ("+1312555014", "impossible"),
        ("+131255501423125", "impossible"),
        ("+10365550142", "impossible"),
        ("+19005550142", "premium"),
        ("+13125550103", "landline"),
        ("+4930123456", "country"),
    ] {
        let (planned, dropped) = outcome(&from(number));
        assert_eq!(planned, ["tag", "task"], "{number}");
        assert_eq!(dropped, [format!("text not_textable:{code}")], "{number}");
    }
}

#[test]
fn nothing_follows_from_calls_of_the_business_itself_or_of_the_blocked() {
    let mut to_itself = from("+13125550199");
    to_itself.called = Some("+13125550199".parse().unwrap());
    for (call, code) in [
        (from("+13125550100"), "own_number"),
        (to_itself, "own_number"),
        (from("+13125550101"), "staff"),
        (from("+13125550102"), "blocked"),
    ] {
        let (planned, dropped) = outcome(&call);
        assert!(planned.is_empty(), "{code}");
        let all = ["tag", "task", "text"].map(|step| format!("{step} not_textable:{code}"));
        assert_eq!(dropped, all);
    }
}

#[test]
fn without_a_number_that_can_be_read_there_is_no_text() {
    let mut unread = call("call-1");
    unread.caller = None;
    let (episode, _) = Episode::open(recipe_of(RECIPE), &unread, at(1));
    for (phone, code) in [
        (None, Some("unreadable_number")),
        (Some("+1312555014"), Some("not_textable:impossible")),
        (Some("+13125550101"), Some("not_textable:staff")),
        (Some("+448001234567"), Some("not_textable:toll_free")),
        (Some("+13125550142"), None),
    ] {
        let phone = phone.map(|phone| serde_json::from_value(phone.into()).unwrap());
        let facts = Facts::Text(TextFacts {
            phone,
            ..TextFacts::default()
        });
        let dropped = match episode.decide(&the_text(), &facts, at(2)) {
            Decision::Skip(reason) => Some(reason.code()),
            _ => None,
        };
        assert_eq!(dropped.as_deref(), code);
    }
}
