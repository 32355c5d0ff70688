//! The episode: every input in every state of the text, and the exact limits in time.

use gohighlevel::recipes::missed_call::Caller;
use gohighlevel::recipes::missed_call::Reply;
use gohighlevel::recipes::missed_call::episode::{
    Decision, EffectEnd, Episode, Facts, Input, Intent, MissedCall, Output, Reason, StepName,
    TaskFacts, TextFacts,
};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use serde_json::{Value, json};

use crate::missed_call::harness::builders::{
    NUMBER, at, call, call_ended, effect, episode, good_facts, number, opted_out, recipe,
    recipe_of, replied, step_of, the_tag, the_task, the_text,
};

const STATES: [&str; 5] = ["absent", "planned", "attempting", "done", "not_done"];
const INPUTS: [&str; 11] = [
    "same call",
    "further call",
    "replied",
    "STOP",
    "DND",
    "text done",
    "text not done",
    "text refused by DND",
    "tag done",
    "wake early",
    "wake",
];

/// An episode whose text has come this far. Everything else is done.
fn in_state(state: &str) -> Episode {
    let mut episode = match state {
        "absent" => {
            let recipe = recipe_of(
                "name = \"t\"\nversion = 1\n[call]\ncooldown = \"PT1H\"\n[steps.tag]\ndo = \"tag\"\n[steps.task]\ndo = \"task\"\ntitle = \"t\"",
            );
            Episode::open(recipe, &call("call-1"), at(1)).0
        }
        _ => episode(),
    };
    match state {
        "attempting" => begin(&mut episode, the_text()),
        "done" => drop(end(&mut episode, the_text(), done())),
        "not_done" => drop(end(&mut episode, the_text(), not_done(Reason::Stale))),
        _ => {}
    }
    end(&mut episode, the_tag(), done());
    end(&mut episode, the_task(), done());
    let found = step_of(&episode, the_text());
    let found = match &found {
        Value::Null => "absent",
        found => found.as_str().unwrap_or("not_done"),
    };
    assert_eq!(found, state);
    episode
}

fn begin(episode: &mut Episode, step: StepName) {
    let Decision::Proceed(intent) = episode.decide(&step, &good_facts(&step), at(2)) else {
        panic!("{step} may be done");
    };
    let effect = effect(episode.state().id(), step);
    episode.begin(&effect, &intent, 1);
}

fn done() -> EffectEnd {
    EffectEnd::Done {
        reference: Some("message-1".into()),
        at: at(3),
        found: false,
    }
}

fn not_done(reason: Reason) -> EffectEnd {
    EffectEnd::NotDone(reason)
}

fn end(episode: &mut Episode, step: StepName, end: EffectEnd) -> Vec<Output> {
    let effect = effect(episode.state().id(), step);
    episode.handle(&Input::EffectEnded { effect, end }, at(4))
}

fn tell(episode: &mut Episode, input: &str) -> Vec<Output> {
    match input {
        "same call" => episode.handle(&Input::CallMissed(call("call-1")), at(5)),
        "further call" => episode.handle(&Input::CallMissed(call("call-2")), at(5)),
        "replied" => episode.handle(&replied(Reply::Other, 5), at(5)),
        "STOP" => episode.handle(&opted_out(Reason::OptedOut), at(5)),
        "DND" => episode.handle(&opted_out(Reason::DoNotDisturb), at(5)),
        "text done" => end(episode, the_text(), done()),
        "text not done" => end(episode, the_text(), not_done(Reason::ContactGone)),
        "text refused by DND" => end(episode, the_text(), not_done(Reason::DoNotDisturb)),
        "tag done" => end(episode, the_tag(), done()),
        "wake early" => episode.handle(&Input::Wake, at(5)),
        "wake" => episode.handle(&Input::Wake, at(100_000)),
        other => panic!("{other}"),
    }
}

/// The ledger entries asked for, by name, with the code of a reason where there is one.
fn recorded(actions: &[Output]) -> Vec<String> {
    let name = |action: &Output| match action {
        Output::Record(EntryKind::NotDone { step, reason }) => format!("{step} not_done {reason}"),
        Output::Record(EntryKind::OptedOut { reason }) => format!("opted_out {reason}"),
        Output::Record(EntryKind::Done { step, .. }) => format!("{step} done"),
        Output::Record(kind) => kind.name().to_owned(),
        other => format!("{other:?}"),
    };
    actions.iter().map(name).collect()
}

#[test]
fn every_input_in_every_state_of_the_text() {
    // Where a line says nothing of a state, the text stays what it was and only `always` is recorded.
    let mut met = Vec::new();
    for state in STATES {
        for input in INPUTS {
            let mut episode = in_state(state);
            let before = step_of(&episode, the_text());
            let actions = recorded(&tell(&mut episode, input));
            let open = matches!(state, "planned" | "attempting");
            let (text, entries): (Value, Vec<&str>) = match (input, state) {
                ("same call" | "wake early" | "tag done", _) => (before, vec![]),
                ("further call", _) => (before, vec!["call_joined"]),
                ("replied", "planned") => (
                    json!({"not_done": "replied"}),
                    vec!["replied", "text not_done replied"],
                ),
                ("replied", "attempting") => (json!({"stopping": "replied"}), vec!["replied"]),
                ("replied", _) => (before, vec!["replied"]),
                ("STOP", "planned") => (
                    json!({"not_done": "opted_out"}),
                    vec!["opted_out opted_out", "text not_done opted_out"],
                ),
                ("STOP", "attempting") => (
                    json!({"stopping": "opted_out"}),
                    vec!["opted_out opted_out"],
                ),
                ("STOP", _) => (before, vec!["opted_out opted_out"]),
                ("DND", "planned") => (
                    json!({"not_done": "do_not_disturb"}),
                    vec!["opted_out do_not_disturb", "text not_done do_not_disturb"],
                ),
                ("DND", "attempting") => (
                    json!({"stopping": "do_not_disturb"}),
                    vec!["opted_out do_not_disturb"],
                ),
                ("DND", _) => (before, vec!["opted_out do_not_disturb"]),
                ("text done", _) if open => (json!("done"), vec!["text done"]),
                ("text not done", _) if open => (
                    json!({"not_done": "contact_gone"}),
                    vec!["text not_done contact_gone"],
                ),
                ("text refused by DND", _) if open => (
                    json!({"not_done": "do_not_disturb"}),
                    vec!["text not_done do_not_disturb"],
                ),
                ("text done" | "text not done" | "text refused by DND", _) => (before, vec![]),
                ("wake", _) if open => (before, vec![]),
                ("wake", _) => (before, vec!["closed"]),
                other => panic!("nobody has said what becomes of {other:?}"),
            };
            assert_eq!(step_of(&episode, the_text()), text, "{input} in {state}");
            assert_eq!(actions, entries, "{input} in {state}");
            let closed = entries == ["closed"];
            assert_eq!(episode.state().is_open(), !closed, "{input} in {state}");
            // LedgerBuilder again, an end, a call or a waking changes nothing more.
            if !matches!(input, "replied" | "STOP" | "DND") {
                let after = episode.state().clone();
                assert!(tell(&mut episode, input).is_empty(), "{input} in {state}");
                assert_eq!(*episode.state(), after, "{input} in {state}");
            }
            met.push((state, input));
        }
    }
    assert_eq!(met.len(), STATES.len() * INPUTS.len());
}

#[test]
fn opening_plans_each_step_of_the_recipe_once() {
    let (episode, actions) = Episode::open(recipe(), &call("call-1"), at(7));
    let plans: Vec<_> = actions
        .iter()
        .filter_map(|action| match action {
            Output::Perform { effect, due, .. } => Some((effect.to_string(), *due)),
            _ => None,
        })
        .collect();
    let name = |step: &str| (format!("soleilLocation000001:call-1/{step}/0"), at(7));
    assert_eq!(plans, [name("text"), name("tag"), name("task")]);
    assert_eq!(recorded(&actions[..1]), ["call_missed"]);
    assert_eq!(episode.next_wakeup(), None, "steps are open");
}

#[test]
fn the_text_waits_as_long_as_the_recipe_says() {
    let recipe = || {
        recipe_of(
            "name = \"t\"\nversion = 1\n[steps.text]\ndo = \"text\"\nafter = \"PT30S\"\nbody = \"Sorry we missed you.\"",
        )
    };
    for (reported, due) in [(1, 30), (29, 30), (30, 30), (45, 45)] {
        let (_, actions) = Episode::open(recipe(), &call("call-1"), at(reported));
        let due_at = actions.iter().find_map(|action| match action {
            Output::Perform { due, .. } => Some(*due),
            _ => None,
        });
        assert_eq!(due_at, Some(at(due)), "reported at {reported}");
    }
}

#[test]
fn each_caller_who_cannot_be_texted_has_a_reason() {
    for (caller, text, others) in [
        (None, json!("planned"), json!("planned")),
        (
            Some(Caller::Number(number(NUMBER))),
            json!("planned"),
            json!("planned"),
        ),
        (
            Some(Caller::Withheld),
            json!({"not_done": "withheld"}),
            json!({"not_done": "withheld"}),
        ),
        (
            Some(Caller::ShortCode),
            json!({"not_done": "short_code"}),
            json!("planned"),
        ),
        (
            Some(Caller::Unreadable),
            json!({"not_done": "unreadable_number"}),
            json!("planned"),
        ),
    ] {
        let call = MissedCall {
            caller: caller.clone(),
            ..call("call-1")
        };
        let (episode, _) = Episode::open(recipe(), &call, at(1));
        assert_eq!(step_of(&episode, the_text()), text, "{caller:?}");
        assert_eq!(step_of(&episode, the_tag()), others, "{caller:?}");
        assert_eq!(step_of(&episode, the_task()), others, "{caller:?}");
    }
}

#[test]
fn a_text_is_sent_at_its_greatest_age_and_not_later() {
    // 600 s are allowed, to the nanosecond; at opening and again right before sending.
    let border = at(600);
    let beyond = border + jiff::SignedDuration::from_nanos(1);
    let (just, _) = Episode::open(recipe(), &call("call-1"), border);
    assert_eq!(step_of(&just, the_text()), "planned");
    let (late, actions) = Episode::open(recipe(), &call("call-1"), beyond);
    assert_eq!(step_of(&late, the_text()), json!({"not_done": "stale"}));
    assert_eq!(recorded(&actions)[1], "text not_done stale");
    assert_eq!(step_of(&late, the_task()), "planned", "the task is made");

    let facts = good_facts(&the_text());
    assert!(matches!(
        just.decide(&the_text(), &facts, border),
        Decision::Proceed(_)
    ));
    assert_eq!(
        just.decide(&the_text(), &facts, beyond),
        Decision::Skip(Reason::Stale)
    );
    // The tag and the task have no age.
    for step in [the_tag(), the_task()] {
        let permit = just.decide(&step, &good_facts(&step), at(1_000_000));
        assert!(matches!(permit, Decision::Proceed(_)), "{step}");
    }
}

#[test]
fn calls_join_until_the_cooldown_ends() {
    let mut episode = episode();
    for (ended, joins) in [
        (-86_400, true),
        (0, true),
        (3_599, true),
        (3_600, false),
        (3_601, false),
    ] {
        assert_eq!(episode.joins(at(ended)), joins, "{ended}");
    }
    episode.close(at(2));
    assert!(
        !episode.joins(at(1)),
        "one that is over takes no more calls"
    );
}

#[test]
fn an_episode_is_woken_when_no_call_of_its_cooldown_can_be_texted_any_more() {
    let mut episode = in_state("done");
    assert_eq!(episode.next_wakeup(), Some(at(4_200)));
    for (now, entries) in [
        (3_600, &[][..]),
        (4_199, &[]),
        (4_200, &["closed"]),
        (4_201, &[]),
    ] {
        let actions = episode.handle(&Input::Wake, at(now));
        assert_eq!(recorded(&actions), entries, "{now}");
    }
}

#[test]
fn a_closed_episode_still_ends_its_steps() {
    let mut episode = episode();
    // The next call gets a text of its own.
    let entries = recorded(&episode.close(at(2)));
    assert_eq!(entries, ["text not_done superseded", "closed"]);
    assert!(episode.close(at(2)).is_empty());
    assert_eq!(episode.next_wakeup(), None);
    for step in [the_tag(), the_task()] {
        let permit = episode.decide(&step, &good_facts(&step), at(5));
        assert!(matches!(permit, Decision::Proceed(_)), "{step}");
        assert_eq!(end(&mut episode, step.clone(), done()).len(), 1, "{step}");
    }
}

#[test]
fn many_calls_are_counted_and_the_first_is_never_forgotten() {
    let mut episode = episode();
    for index in 2..=100 {
        let actions = episode.handle(
            &Input::CallMissed(call_ended(&format!("call-{index}"), index)),
            at(index),
        );
        assert_eq!(recorded(&actions), ["call_joined"]);
    }
    for known in ["call-1", "call-100", "call-90"] {
        let again = episode.handle(&Input::CallMissed(call(known)), at(101));
        assert!(again.is_empty(), "{known}");
    }
    let state = serde_json::to_value(episode.state()).unwrap();
    assert_eq!(state["missed_calls"], 100);
    assert_eq!(state["calls"][0], "call-1", "the basis of the text");
    assert!(state["calls"].as_array().unwrap().len() <= 32);
}

#[test]
fn an_opt_out_outranks_a_reply_and_is_never_taken_back() {
    let drop_reason = |episode: &Episode| {
        let Decision::Skip(reason) = episode.decide(&the_text(), &good_facts(&the_text()), at(9))
        else {
            panic!("nothing may be sent");
        };
        reason
    };
    for (inputs, expected) in [
        (&["replied"][..], Reason::Replied),
        (&["replied", "STOP"], Reason::OptedOut),
        (&["STOP", "replied"], Reason::OptedOut),
        (&["DND", "STOP"], Reason::DoNotDisturb),
        (&["STOP", "DND", "replied"], Reason::OptedOut),
    ] {
        // An attempt is under way; when it turns out to have failed, the text must not be sent any more.
        let mut episode = in_state("attempting");
        for input in inputs {
            tell(&mut episode, input);
        }
        let text = effect(episode.state().id(), the_text());
        episode.undo_begin(&text);
        assert!(step_of(&episode, the_text())["stopping"].is_string());
        assert_eq!(drop_reason(&episode), expected, "{inputs:?}");
        // The team's steps go on.
        let mut episode = crate::missed_call::harness::builders::episode();
        for input in inputs {
            tell(&mut episode, input);
        }
        for step in [the_tag(), the_task()] {
            let permit = episode.decide(&step, &good_facts(&step), at(9));
            assert!(
                matches!(permit, Decision::Proceed(_)),
                "{step} after {inputs:?}"
            );
        }
    }
}

#[test]
fn undoing_is_only_for_what_has_begun() {
    for (state, after) in [
        ("planned", json!("planned")),
        ("attempting", json!("planned")),
        ("done", json!("done")),
        ("not_done", json!({"not_done": "stale"})),
        ("absent", Value::Null),
    ] {
        let mut episode = in_state(state);
        let text = effect(episode.state().id(), the_text());
        episode.undo_begin(&text);
        assert_eq!(step_of(&episode, the_text()), after, "{state}");
    }
}

fn text_facts(change: impl FnOnce(&mut TextFacts)) -> Facts {
    let Facts::Text(mut facts) = good_facts(&the_text()) else {
        panic!("facts for the text");
    };
    change(&mut facts);
    Facts::Text(facts)
}

#[test]
fn a_permit_in_each_state() {
    for state in STATES {
        let episode = in_state(state);
        let permit = episode.decide(&the_text(), &good_facts(&the_text()), at(5));
        let open = matches!(state, "planned" | "attempting");
        assert_eq!(matches!(permit, Decision::Proceed(_)), open, "{state}");
        assert_eq!(permit == Decision::Obsolete, !open, "{state}");
        // Facts of another kind permit nothing, and are reported as what they are.
        for facts in [Facts::NotNeeded, Facts::Task(TaskFacts::default())] {
            let permit = episode.decide(&the_text(), &facts, at(5));
            assert_eq!(permit == Decision::WrongFacts, open, "{state}");
            assert_eq!(permit == Decision::Obsolete, !open, "{state}");
        }
    }
}

#[test]
fn refusals_of_a_text_by_rank() {
    let mut stopped = in_state("attempting");
    tell(&mut stopped, "replied");
    let fresh = in_state("planned");
    let all = text_facts(|facts| (facts.suppressed, facts.do_not_disturb) = (true, true));
    let dnd = text_facts(|facts| facts.do_not_disturb = true);
    let good = good_facts(&the_text());
    for (episode, facts, now, expected) in [
        (&stopped, &all, 700, Reason::Suppressed),
        (&stopped, &dnd, 700, Reason::DoNotDisturb),
        (&stopped, &good, 700, Reason::Replied),
        (&fresh, &good, 700, Reason::Stale),
        (&fresh, &all, 5, Reason::Suppressed),
        (&fresh, &dnd, 5, Reason::DoNotDisturb),
    ] {
        let permit = episode.decide(&the_text(), facts, at(now));
        assert_eq!(permit, Decision::Skip(expected));
    }
}

#[test]
fn a_text_that_cannot_be_made_says_what_was_missing() {
    let recipe = recipe_of(
        "name = \"t\"\nversion = 1\n[steps.text]\ndo = \"text\"\nbody = \"Book: {{ custom_values.calendly_link }}\"",
    );
    let (episode, _) = Episode::open(recipe, &call("call-1"), at(1));
    let Decision::Skip(Reason::Copy(code)) =
        episode.decide(&the_text(), &good_facts(&the_text()), at(5))
    else {
        panic!("there is no link");
    };
    assert_eq!(code, "custom_value_missing");
}

#[test]
fn the_text_goes_to_the_number_that_called() {
    let intent = |facts: &Facts| match episode().decide(&the_text(), facts, at(5)) {
        Decision::Proceed(Intent::Text { body, from, to, .. }) => (body, from, to),
        other => panic!("{other:?}"),
    };
    let (body, from, to) = intent(&good_facts(&the_text()));
    assert_eq!(
        body.as_str(),
        "Hi Rosan, sorry we missed you. Reply STOP to opt out."
    );
    assert_eq!(
        from,
        Some(number(crate::missed_call::harness::builders::BUSINESS))
    );
    assert_eq!(to, None, "HighLevel sends to the contact's own number");
    for phone in [None, Some(number("+15550009999"))] {
        let (_, _, to) = intent(&text_facts(|facts| facts.phone = phone));
        assert_eq!(to, Some(number(NUMBER)));
    }
}

#[test]
fn the_task_tells_the_team_what_happened() {
    let body =
        |episode: &Episode| match episode.decide(&the_task(), &good_facts(&the_task()), at(5)) {
            Decision::Proceed(Intent::Task { body, due, .. }) => {
                assert_eq!(due, at(3_600));
                body.into_inner()
            }
            other => panic!("{other:?}"),
        };
    const CALL: &str = "Missed call from +15550001111. They called +15550002222.";
    assert_eq!(body(&episode()), CALL);
    let mut sent = episode();
    end(&mut sent, the_text(), done());
    assert_eq!(body(&sent), format!("{CALL} The automatic text was sent."));

    for (reason, words) in [
        (Reason::Stale, "the call was reported too late"),
        (
            Reason::DoNotDisturb,
            "the contact has do-not-disturb on; do not text",
        ),
        (Reason::OptedOut, "the caller has opted out; do not text"),
        (
            Reason::Suppressed,
            "the number is on the do-not-text list; do not text",
        ),
        (
            Reason::Replied,
            "the caller wrote first; answer them in the conversation",
        ),
        (Reason::Withheld, "the number was withheld"),
        (Reason::ShortCode, "the caller is a short code"),
        (Reason::UnreadableNumber, "the number cannot be read"),
        (Reason::ContactGone, "the contact no longer exists"),
        (
            Reason::Copy("custom_value_missing".into()),
            "the text could not be rendered; check the recipe and its custom values",
        ),
        (
            Reason::Failed("refused_400".into()),
            "HighLevel did not accept it",
        ),
    ] {
        let mut episode = episode();
        end(&mut episode, the_text(), not_done(reason));
        assert_eq!(body(&episode), format!("{CALL} No text was sent: {words}."));
    }

    let silent = MissedCall {
        caller: None,
        called: None,
        ..call("call-1")
    };
    let (episode, _) = Episode::open(recipe(), &silent, at(1));
    assert_eq!(body(&episode), "Missed call.");
}
