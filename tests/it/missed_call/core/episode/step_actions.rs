//! Each kind of step: the intent that the facts lead to, and the triggers that it sets off.

use gohighlevel::ids::{OpportunityId, PipelineId, PipelineStageId, UserId};
use gohighlevel::recipes::missed_call::MergeValues;
use gohighlevel::recipes::missed_call::episode::{
    CallerFacts, Decision, EffectEnd, EmailFacts, Episode, Facts, Input, Intent, NoticeTo,
    OpportunityFacts, Output, PipelineFacts, Reason, StageFacts, TaskFacts, TeamFacts, Trigger,
};
use gohighlevel::recipes::missed_call::reply::Reply;

use crate::missed_call::harness::builders::{
    NUMBER, at, call, dropped, effect, opted_out, recipe_of, replied, step, step_of,
};

const RECIPE: &str = r#"
    name = "actions"
    version = 1
    [business]
    display_name = "Soleil"

    [steps.text]
    do = "text"
    after = "PT1H"
    body = "Hi {{ contact.first_name }}."

    [steps.email]
    do = "email"
    after = "PT2H"
    subject = "{{ location.name }} missed you"
    body = "Hi {{ contact.first_name }}"

    [steps.untag]
    do = "untag"
    on = "booked"
    tag = "Missed-Call"

    [steps.task]
    do = "task"
    title = "Call back"

    [steps.close]
    do = "complete_task"
    on = "returned"
    task = "task"

    [steps.note]
    do = "note"
    body = "For the record."

    [steps.fields]
    do = "fields"
    source = "Missed call"
    values = { "contact.last_call" = "call.ended_at", from = "call.caller", calls = "call.missed_calls", kind = "Phone" }

    [steps.stage]
    do = "stage"
    pipeline = "Missed calls"
    stage = "contacted"

    [steps.callback]
    do = "workflow"
    workflow = "w1"

    [steps.owner]
    do = "assign"
    assign_to = { user_id = "u1" }

    [steps.tell]
    do = "notify"
    title = "Missed call"
    to = { text_contact = "boss" }

    [steps.person]
    do = "hand_off"
    on = "help"
    title = "Wants a person"

    [steps.manager]
    do = "escalate"
    on = "missed_again"
    count = 3
    title = "Three calls"

    [steps.after_hand_off]
    do = "record"
    on = "handed_off"
    what = "handed over"

    [steps.after_escalation]
    do = "record"
    on = "escalated"
    what = "escalated"
"#;

fn episode() -> Episode {
    Episode::open(recipe_of(RECIPE), &call("call-1"), at(1)).0
}

fn go(decision: Decision) -> Intent {
    match decision {
        Decision::Proceed(intent) => intent,
        other => panic!("{other:?}"),
    }
}

fn done(episode: &mut Episode, name: &str, reference: Option<&str>, seconds: i64) -> Vec<Output> {
    let end = EffectEnd::Done {
        reference: reference.map(str::to_owned),
        at: at(seconds),
        found: false,
    };
    let effect = effect(episode.state().id(), step(name));
    episode.handle(&Input::EffectEnded { effect, end }, at(seconds))
}

fn planned(actions: &[Output]) -> Vec<&str> {
    actions
        .iter()
        .filter_map(|action| match action {
            Output::Perform { effect, .. } => Some(effect.step.as_str()),
            _ => None,
        })
        .collect()
}

fn help() -> Input {
    replied(Reply::Help, 60)
}

#[test]
fn each_step_comes_to_what_the_recipe_says() {
    let episode = episode();
    let decide = |name: &str, facts: &Facts| episode.decide(&step(name), facts, at(2));
    let team = Facts::Team(TeamFacts {
        contact_name: Some("Rosan Vega".into()),
        zone: Some("America/Chicago".into()),
        sent_text: Some("Hi Rosan.".into()),
        caller: CallerFacts {
            last_words: Some(" Is it\n safe?\u{7} ".into()),
            page: Some("https://app.example/c1".into()),
        },
    });
    let Intent::Note { body } = go(decide("note", &team)) else {
        panic!("no note");
    };
    assert_eq!(
        body.as_str(),
        "For the record.\nMissed call from +15550001111. They called +15550002222.\n\
         Time: 2026-06-01 05:00 CDT\nName: Rosan Vega\nText sent: Hi Rosan.\n\
         They wrote: “Is it safe?”\nAnswer in HighLevel: https://app.example/c1"
    );
    let Intent::Notify { to, title, body } = go(decide("tell", &team)) else {
        panic!("no notice");
    };
    let boss = gohighlevel::ids::ContactId::new("boss").unwrap();
    assert_eq!((to, title.as_str()), (NoticeTo::Text(boss), "Missed call"));
    assert!(body.contains(NUMBER) && body.contains("Text sent: Hi Rosan."));

    let Intent::Fields { values, source } = go(decide("fields", &Facts::NotNeeded)) else {
        panic!("no fields");
    };
    let values: Vec<_> = values
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        values,
        [
            ("calls", "1"),
            ("from", NUMBER),
            ("kind", "Phone"),
            ("last_call", "2026-06-01T10:00:00Z"),
        ]
    );
    assert_eq!(source.as_deref(), Some("Missed call"));

    let Intent::Workflow { workflow } = go(decide("callback", &Facts::NotNeeded)) else {
        panic!("no workflow");
    };
    assert_eq!(workflow.as_str(), "w1");

    let owner = |assignee| {
        Facts::Task(TaskFacts {
            assignee,
            ..TaskFacts::default()
        })
    };
    let user = UserId::new("u1").unwrap();
    assert_eq!(
        go(decide("owner", &owner(Some(user.clone())))),
        Intent::Assign { user }
    );
    assert_eq!(
        decide("owner", &owner(None)),
        Decision::Skip(Reason::Needless)
    );
}

#[test]
fn a_step_that_follows_something_is_what_the_recipe_says_too() {
    let mut episode = episode();
    let booked = Input::Happened {
        what: Trigger::Booked,
        reference: "a1".into(),
    };
    assert_eq!(planned(&episode.handle(&booked, at(5))), ["untag"]);
    let intent = go(episode.decide(&step("untag"), &Facts::NotNeeded, at(6)));
    let name = "missed-call".to_owned();
    assert_eq!(intent, Intent::Untag { name });
}

#[test]
fn a_task_is_completed_by_the_id_it_got_and_never_without() {
    let returned = Input::Happened {
        what: Trigger::Returned,
        reference: "call-9".into(),
    };
    let close = step("close");

    let mut made = episode();
    done(&mut made, "task", Some("task-7"), 3);
    made.handle(&returned, at(60));
    let Intent::CompleteTask { task } = go(made.decide(&close, &Facts::NotNeeded, at(61))) else {
        panic!("nothing is completed");
    };
    assert_eq!(task.as_str(), "task-7");

    let mut not_made = episode();
    not_made.handle(&returned, at(60));
    let decision = not_made.decide(&close, &Facts::NotNeeded, at(61));
    assert_eq!(decision, Decision::Skip(Reason::Needless));
}

#[test]
fn an_opportunity_moves_on_and_never_back() {
    let pipeline = |name: &str| PipelineId::new(name).unwrap();
    let stage = |name: &str| PipelineStageId::new(name).unwrap();
    let stages = ["new", "contacted", "booked"]
        .map(|name| (stage(&format!("s-{name}")), Some(name.to_owned())));
    let missed_calls = PipelineFacts {
        id: pipeline("p1"),
        name: Some("missed Calls".into()),
        stages: stages.into(),
    };
    let at_stage = |id: &str, of: &str, at: Option<&str>, open: bool| OpportunityFacts {
        id: OpportunityId::new(id).unwrap(),
        pipeline: Some(pipeline(of)),
        stage: at.map(stage),
        open,
    };
    let episode = episode();
    let ask = |opportunities: Vec<OpportunityFacts>| {
        let facts = Facts::Stage(StageFacts {
            pipelines: vec![missed_calls.clone()],
            opportunities,
            contact_name: None,
        });
        episode.decide(&step("stage"), &facts, at(2))
    };
    let moved = |decision: Decision| match go(decision) {
        Intent::Stage {
            opportunity,
            stage,
            name,
            ..
        } => {
            assert_eq!(stage.as_str(), "s-contacted");
            assert_eq!(name.as_str(), NUMBER);
            opportunity.map(|id| id.to_string())
        }
        other => panic!("{other:?}"),
    };
    let needless = Decision::Skip(Reason::Needless);
    // Nothing there, and something elsewhere: a new one.
    assert_eq!(moved(ask(vec![])), None);
    assert_eq!(
        moved(ask(vec![at_stage("o1", "p2", Some("x"), true)])),
        None
    );
    // Before it, or at a stage that is gone: on.
    for before in [Some("s-new"), Some("s-gone"), None] {
        let current = at_stage("o1", "p1", before, true);
        assert_eq!(moved(ask(vec![current])), Some("o1".into()));
    }
    // There, further on, or over: nothing.
    for reached in ["s-contacted", "s-booked"] {
        let current = at_stage("o1", "p1", Some(reached), true);
        assert_eq!(ask(vec![current]), needless, "{reached}");
    }
    let over = || at_stage("o1", "p1", Some("s-new"), false);
    assert_eq!(ask(vec![over()]), needless);
    // An open one counts before one that is over.
    let open = at_stage("o2", "p1", Some("s-new"), true);
    assert_eq!(moved(ask(vec![over(), open])), Some("o2".into()));

    let nowhere = Facts::Stage(StageFacts::default());
    let decision = episode.decide(&step("stage"), &nowhere, at(2));
    let reason = Reason::Failed("no_such_stage".into());
    assert_eq!(decision, Decision::Skip(reason));
}

fn email_facts() -> EmailFacts {
    EmailFacts {
        values: MergeValues {
            first_name: Some("Rosan".into()),
            ..MergeValues::default()
        },
        has_address: true,
        ..EmailFacts::default()
    }
}

#[test]
fn an_e_mail_goes_to_an_address_that_wants_it() {
    let episode = episode();
    let ask = |facts: EmailFacts| {
        let facts = Facts::Email(facts);
        episode.decide(&step("email"), &facts, at(7200))
    };
    let Intent::Email {
        subject,
        text,
        html,
    } = go(ask(email_facts()))
    else {
        panic!("no e-mail");
    };
    assert_eq!(subject.as_str(), "Soleil missed you");
    assert_eq!(
        (text.as_str(), html.as_str()),
        ("Hi Rosan", "<p>Hi Rosan</p>")
    );
    let without = |change: fn(&mut EmailFacts)| {
        let mut facts = email_facts();
        change(&mut facts);
        ask(facts)
    };
    let refused = [
        (
            without(|facts| facts.has_address = false),
            Reason::NoAddress,
        ),
        (
            without(|facts| facts.do_not_disturb = true),
            Reason::NoEmails,
        ),
        (without(|facts| facts.suppressed = true), Reason::Suppressed),
    ];
    for (decision, reason) in refused {
        assert_eq!(decision, Decision::Skip(reason));
    }
}

#[test]
fn a_person_who_wants_no_texts_gets_no_e_mail_either() {
    let mut episode = episode();
    let actions = episode.handle(&opted_out(Reason::OptedOut), at(60));
    let opted_out = |name: &str| (name.to_owned(), "opted_out".to_owned());
    assert_eq!(dropped(&actions), [opted_out("email"), opted_out("text")]);
}

#[test]
fn a_hand_off_happens_once_and_ends_messages() {
    let mut episode = episode();
    let actions = episode.handle(&help(), at(60));
    // A reply ends them already.
    assert_eq!(planned(&actions), ["person"]);
    assert_eq!(dropped(&actions).len(), 2);
    let actions = done(&mut episode, "person", None, 61);
    assert_eq!(planned(&actions), ["after_hand_off"]);
    assert_eq!(planned(&episode.handle(&help(), at(120))), [""; 0]);
    assert_eq!(step_of(&episode, step("person")), "done");
}

#[test]
fn a_hand_off_alone_ends_messages() {
    let recipe = r#"
        name = "x"
        version = 1
        [steps.text]
        do = "text"
        after = "PT1H"
        body = "Hi."
        [steps.later]
        do = "text"
        after = "PT2H"
        stops_on = []
        body = "Hi again."
        [steps.person]
        do = "hand_off"
        title = "A new caller"
    "#;
    let mut episode = Episode::open(recipe_of(recipe), &call("call-1"), at(1)).0;
    let actions = done(&mut episode, "person", None, 5);
    let dropped = dropped(&actions);
    assert_eq!(
        dropped,
        [("text".to_owned(), "overtaken:handed_off".to_owned())]
    );
}

#[test]
fn the_third_missed_call_escalates_once_and_messages_go_on() {
    let mut episode = episode();
    let mut missed = |name: &str, seconds: i64| {
        let actions = episode.handle(&Input::CallMissed(call(name)), at(seconds));
        let planned: Vec<String> = planned(&actions).into_iter().map(Into::into).collect();
        planned
    };
    assert_eq!(missed("call-2", 60), [""; 0]);
    assert_eq!(missed("call-3", 120), ["manager"]);
    assert_eq!(missed("call-4", 180), [""; 0]);
    let actions = done(&mut episode, "manager", None, 181);
    assert_eq!(planned(&actions), ["after_escalation"]);
    assert_eq!(dropped(&actions), []);
    assert_eq!(step_of(&episode, step("text")), "planned");
}
