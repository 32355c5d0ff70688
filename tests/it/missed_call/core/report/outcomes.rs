//! Every outcome, the entries that lead to it, and which outcome outranks which.

use std::collections::BTreeSet;

use gohighlevel::recipes::missed_call::Reply;
use gohighlevel::recipes::missed_call::episode::Reason;
use gohighlevel::recipes::missed_call::report::{Outcome, Report, Settings, StepEnd};
use jiff::Timestamp;
use serde_json::json;

use crate::missed_call::harness::builders::at;
use crate::missed_call::harness::ledger_builder::{LedgerBuilder, effect, settings, tag};

#[test]
fn every_outcome_is_reached() {
    let texted = || LedgerBuilder::call().texted("call-1", 4);
    let not = |reason| LedgerBuilder::call().not_done("call-1", 2, "text", reason);
    let cases: Vec<(LedgerBuilder, &str, bool)> = vec![
        (LedgerBuilder::call(), "open", true),
        (
            LedgerBuilder::call().texting("call-1", 2, "text"),
            "open",
            true,
        ),
        (
            LedgerBuilder::call()
                .texting("call-1", 2, "text")
                .closed("call-1", 9),
            "open",
            true,
        ),
        (texted(), "texted", true),
        (texted().closed("call-1", 9), "texted", true),
        (texted().replied("call-1", 9, "automatic"), "texted", true),
        (texted().replied("call-1", 9, "thanks"), "replied", true),
        (texted().replied("call-1", 9, "help"), "replied", true),
        (
            texted().happened("call-1", 9, "replied", "chat-1"),
            "replied",
            true,
        ),
        (
            texted().opted_out("call-1", 9, "opted_out"),
            "opted_out",
            false,
        ),
        (
            texted().opted_out("call-1", 9, "do_not_disturb"),
            "opted_out",
            true,
        ),
        (
            texted().happened("call-1", 9, "returned", "call-9"),
            "connected",
            false,
        ),
        (
            texted().happened("call-1", 9, "answered", "call-9"),
            "connected",
            false,
        ),
        (
            texted().happened("call-1", 9, "booked", "booking-1"),
            "booked",
            false,
        ),
        (
            texted().happened("call-1", 9, "task_done", "task-1"),
            "texted",
            false,
        ),
        (
            texted().happened("call-1", 9, "clicked", "link-1"),
            "texted",
            true,
        ),
        (not(json!("stale")), "stale", true),
        (
            not(json!("do_not_disturb")),
            "suppressed:do_not_disturb",
            true,
        ),
        (not(json!("suppressed")), "suppressed:suppressed", true),
        (not(json!("quiet_hours")), "suppressed:quiet_hours", true),
        (
            not(json!("unreadable_number")),
            "suppressed:unreadable_number",
            true,
        ),
        (not(json!("withheld")), "suppressed:withheld", false),
        (not(json!("short_code")), "suppressed:short_code", false),
        (
            not(json!({"not_textable": "toll_free"})),
            "suppressed:not_textable:toll_free",
            true,
        ),
        (
            not(json!({"not_textable": "staff"})),
            "suppressed:not_textable:staff",
            false,
        ),
        (
            not(json!({"failed": "http_403"})),
            "failed:failed:http_403",
            true,
        ),
        (
            not(json!({"copy": "custom_value_missing"})),
            "failed:copy:custom_value_missing",
            true,
        ),
        (not(json!("contact_gone")), "failed:contact_gone", true),
        (
            not(json!({"overtaken": "task_done"})),
            "not_needed:overtaken:task_done",
            true,
        ),
        (not(json!("superseded")), "not_needed:superseded", true),
        (
            LedgerBuilder::call()
                .attempted("call-1", 2, "tag", tag())
                .done("call-1", 3, "tag")
                .closed("call-1", 9),
            "no_text",
            true,
        ),
    ];
    let mut codes = BTreeSet::new();
    for (told, expected, needs_somebody) in cases {
        let row = told.row();
        assert_eq!(row.outcome.to_string(), expected);
        assert_eq!(row.needs_somebody, needs_somebody, "{expected}: {row:?}");
        codes.insert(row.outcome.code());
    }
    let all = [
        "booked",
        "connected",
        "failed",
        "no_text",
        "not_needed",
        "open",
        "opted_out",
        "replied",
        "stale",
        "suppressed",
        "texted",
    ];
    assert_eq!(codes, BTreeSet::from(all));
}

#[test]
fn what_was_won_outranks_what_was_said_and_that_what_was_sent() {
    let mut told = LedgerBuilder::call().not_done("call-1", 1, "text", json!("stale"));
    let mut outcomes = vec![told.row().outcome.code()];
    for step in [
        |told: LedgerBuilder| told.texting("call-1", 2, "second"),
        |told: LedgerBuilder| told.done("call-1", 3, "second"),
        |told: LedgerBuilder| told.replied("call-1", 4, "other"),
        |told: LedgerBuilder| told.opted_out("call-1", 5, "opted_out"),
        |told: LedgerBuilder| told.happened("call-1", 6, "answered", "call-9"),
        |told: LedgerBuilder| told.happened("call-1", 7, "booked", "booking-1"),
        |told: LedgerBuilder| told.happened("call-1", 8, "booking_cancelled", "booking-1"),
    ] {
        told = step(told);
        outcomes.push(told.row().outcome.code());
    }
    let expected = [
        "stale",
        "open",
        "texted",
        "replied",
        "opted_out",
        "connected",
        "booked",
        "connected",
    ];
    assert_eq!(outcomes, expected);
    let row = told.row();
    assert_eq!(row.not_texted, Some(Reason::Stale));
    assert_eq!(row.outcome.reason(), None);
}

#[test]
fn a_row_holds_the_facts() {
    let row = LedgerBuilder::call()
        .texted("call-1", 4)
        .joined("call-1", 60, 2)
        .joined("call-1", 70, 3)
        .not_done("call-1", 80, "task", json!({"failed": "http_422"}))
        .entry(
            Some("call-1"),
            85,
            json!({"kind": "postponed", "effect": effect("call-1", "tag"), "code": "http_503"}),
        )
        .replied("call-1", 90, "automatic")
        .replied("call-1", 100, "other")
        .replied("call-1", 110, "help")
        .replied("call-1", 120, "booking")
        .happened("call-1", 130, "clicked", "link-1")
        .happened("call-1", 140, "clicked", "link-1")
        .happened("call-1", 150, "returned", "call-9")
        .row();
    assert_eq!(row.call.ended_at, at(0));
    assert_eq!(row.missed_calls, 3);
    let text = row.first_text().unwrap();
    assert_eq!((text.accepted_at, text.seconds_after_call), (at(4), 4));
    assert_eq!(text.message.as_deref(), Some("call-1-text"));
    let reply = row.reply.as_ref().unwrap();
    assert_eq!((reply.at, reply.kind), (at(100), Reply::Other));
    assert_eq!(row.reply_to_text, row.reply);
    assert_eq!(row.asked_for_person_at, Some(at(110)));
    assert_eq!(row.clicked_at, Some(at(130)));
    assert_eq!(row.reached_at, Some(at(150)));
    assert_eq!(row.reached_after_asking_at, Some(at(150)));
    let steps = row.steps.iter();
    let steps: Vec<_> = steps
        .map(|row| (row.step.as_str(), row.end.clone()))
        .collect();
    let failed = Reason::Failed("http_422".into());
    assert_eq!(
        steps,
        [
            ("text", StepEnd::Done(at(4))),
            ("task", StepEnd::NotDone(failed)),
            ("tag", StepEnd::Open),
        ]
    );
}

#[test]
fn a_stop_counts_as_one_whichever_webhook_tells_of_it_first() {
    for order in [
        ["do_not_disturb", "opted_out"],
        ["opted_out", "do_not_disturb"],
    ] {
        let mut told = LedgerBuilder::call().texted("call-1", 4);
        for (reason, seconds) in order.into_iter().zip(10..) {
            told = told.opted_out("call-1", seconds, reason);
        }
        let row = told.row();
        assert!(!row.needs_somebody);
        let opt_out = row.opted_out.unwrap();
        assert_eq!((opt_out.at, opt_out.reason), (at(10), Reason::OptedOut));
    }
}

#[test]
fn a_caller_who_asks_for_a_person_after_being_spoken_with_waits_again() {
    let told = LedgerBuilder::call()
        .texted("call-1", 4)
        .happened("call-1", 10, "returned", "call-9");
    assert!(!told.row().needs_somebody);
    let told = told.replied("call-1", 20, "other");
    assert!(!told.row().needs_somebody);
    let told = told.replied("call-1", 30, "help");
    assert!(told.row().needs_somebody);
    let told = told.happened("call-1", 30, "task_done", "task-1");
    assert!(!told.row().needs_somebody);
}

#[test]
fn a_step_is_known_by_what_was_attempted_in_any_episode_of_the_recipe() {
    // The tag of the second call was never attempted; the first call's shows that it is none of the texts.
    let told = LedgerBuilder::call()
        .attempted("call-1", 2, "tag", tag())
        .done("call-1", 3, "tag")
        .missed("call-2", 100, json!({}))
        .not_done("call-2", 102, "tag", json!("contact_gone"));
    let outcomes: Vec<_> = told
        .report()
        .rows
        .into_iter()
        .map(|row| row.outcome)
        .collect();
    assert_eq!(outcomes, [Outcome::Open, Outcome::Open]);
    // In another recipe the name may stand for a text.
    let told = told
        .missed("call-3", 200, json!({"recipe_fingerprint": "other"}))
        .not_done("call-3", 202, "tag", json!("contact_gone"));
    let last = told.report().rows.pop().unwrap();
    assert_eq!(last.outcome, Outcome::Failed(Reason::ContactGone));
}

#[test]
fn a_recipe_at_hand_says_which_steps_are_texts() {
    let recipe = crate::missed_call::harness::builders::recipe();
    let change = json!({"recipe_fingerprint": recipe.fingerprint()});
    let told = LedgerBuilder::default()
        .missed("call-1", 0, change)
        .not_done("call-1", 2, "task", json!("contact_gone"))
        .not_done("call-1", 3, "text", json!("stale"));
    let mut settings = settings();
    let outcome = |settings: &Settings| Report::of(&told.0, settings).rows.remove(0).outcome;
    assert_eq!(outcome(&settings), Outcome::Failed(Reason::ContactGone));
    settings.recipes.push(recipe);
    assert_eq!(outcome(&settings), Outcome::Stale);
}

#[test]
fn what_keeps_an_e_mail_back_says_nothing_of_the_text() {
    for reason in ["no_address", "no_emails", "needless"] {
        let told = LedgerBuilder::call().not_done("call-1", 2, "email", json!(reason));
        assert_eq!(told.row().outcome, Outcome::Open, "{reason}");
    }
}

#[test]
fn calls_that_cannot_be_judged_stand_apart_and_strangers_have_no_row() {
    let told = LedgerBuilder::default()
        .replied("before-the-first-entry", 1, "other")
        .entry(None, 2, json!({"kind": "opted_out", "reason": "opted_out"}))
        .entry(
            None,
            3,
            json!({"kind": "call_unclear", "message": "call-7", "status": "parked"}),
        );
    let report = told.report();
    assert!(report.rows.is_empty());
    let unclear = &report.unclear_calls;
    assert_eq!(unclear.len(), 1);
    assert_eq!(unclear[0].status, "parked");
}

#[test]
fn rows_are_chosen_by_the_time_of_the_call() {
    let told = LedgerBuilder::call().missed("call-2", 60, json!({}));
    let report = Report::of(&told.0, &settings());
    let between = |since: Timestamp, until| report.rows_between(since, until).count();
    assert_eq!(between(at(0), at(60)), 1);
    assert_eq!(between(at(0), at(61)), 2);
    assert_eq!(between(at(1), at(60)), 0);
}
