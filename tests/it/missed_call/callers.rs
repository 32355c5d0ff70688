//! Who called decides whether there is a text, and whether anything follows at all.

use gohighlevel::recipes::missed_call::Caller;
use gohighlevel::recipes::missed_call::episode::{Action, Episode, MissedCall};
use gohighlevel::recipes::missed_call::ledger::EntryKind;

use super::given::{at, call, recipe_of};

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
            Action::Perform { effect, .. } => planned.push(effect.step.to_string()),
            Action::Record(EntryKind::NotDone { step, reason }) => {
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
    for number in ["+13125550142", "+447911123456"] {
        let (planned, dropped) = outcome(&from(number));
        assert_eq!(planned, ["tag", "task", "text"], "{number}");
        assert!(dropped.is_empty(), "{number}");
    }
}

#[test]
fn who_cannot_be_texted_is_called_by_the_team() {
    for (number, code) in [
        ("+18005550142", "toll_free"),
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
