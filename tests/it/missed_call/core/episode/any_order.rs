//! Properties of the episode that hold for every order of inputs.

use std::collections::BTreeSet;

use gohighlevel::recipes::missed_call::Reply;
use gohighlevel::recipes::missed_call::episode::{
    Decision, EffectEnd, EffectId, Episode, Facts, Input, Output, Reason, StepName, TextFacts,
};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use proptest::prelude::*;

use crate::missed_call::harness::builders::{
    all, at, call_ended, effect, good_facts, message, opted_out, recipe, replied, step_of, the_tag,
    the_task, the_text,
};

/// One thing that happens, at a time that may be out of order.
#[derive(Debug, Clone)]
enum Event {
    Call(u8, i64),
    Reply,
    Wrote(u8, i64),
    Read(u8),
    Stop,
    DoNotDisturb,
    /// A worker asks for leave; if it gets it, it begins.
    Try(StepName, Situation),
    /// The attempt turned out to have had no effect.
    Undo(StepName),
    Done(StepName),
    NotDone(StepName, Reason),
    Wake(i64),
    Close,
}

/// What the worker finds when it reads facts.
#[derive(Debug, Clone, Copy)]
enum Situation {
    Good,
    Suppressed,
    DoNotDisturb,
}

fn steps() -> impl Strategy<Value = StepName> {
    prop_oneof![Just(the_text()), Just(the_tag()), Just(the_task())]
}

fn events() -> impl Strategy<Value = Event> {
    let reasons = prop_oneof![
        Just(Reason::Stale),
        Just(Reason::DoNotDisturb),
        Just(Reason::Suppressed),
        Just(Reason::Failed("refused_400".into())),
    ];
    let situations = prop_oneof![
        6 => Just(Situation::Good),
        1 => Just(Situation::Suppressed),
        1 => Just(Situation::DoNotDisturb),
    ];
    prop_oneof![
        2 => (0..50_u8, -100..5_000_i64).prop_map(|(name, ended)| Event::Call(name, ended)),
        1 => Just(Event::Reply),
        1 => (0..4_u8, 0..200_i64).prop_map(|(name, waits)| Event::Wrote(name, waits)),
        1 => (0..4_u8).prop_map(Event::Read),
        1 => Just(Event::Stop),
        1 => Just(Event::DoNotDisturb),
        8 => (steps(), situations).prop_map(|(step, situation)| Event::Try(step, situation)),
        2 => steps().prop_map(Event::Undo),
        3 => steps().prop_map(Event::Done),
        2 => (steps(), reasons).prop_map(|(step, reason)| Event::NotDone(step, reason)),
        1 => (-100..10_000_i64).prop_map(Event::Wake),
        1 => Just(Event::Close),
    ]
}

/// An episode with what was promised about it so far.
struct Watched {
    episode: Episode,
    now: i64,
    opted_out: bool,
    planned: BTreeSet<EffectId>,
    ended: BTreeSet<StepName>,
    outcomes: Vec<StepName>,
}

impl Watched {
    fn open(reported: i64) -> Self {
        let (episode, actions) = Episode::open(recipe(), &call_ended("call-0", 0), at(reported));
        let mut watched = Self {
            episode,
            now: reported,
            opted_out: false,
            planned: BTreeSet::new(),
            ended: BTreeSet::new(),
            outcomes: Vec::new(),
        };
        watched.note(&actions);
        watched
    }

    fn note(&mut self, actions: &[Output]) {
        for action in actions {
            match action {
                Output::Perform { effect, .. } => {
                    assert!(
                        self.planned.insert(effect.clone()),
                        "{effect} planned twice"
                    );
                }
                Output::Record(EntryKind::Done { step, .. } | EntryKind::NotDone { step, .. }) => {
                    self.outcomes.push(step.clone());
                    self.ended.insert(step.clone());
                }
                _ => {}
            }
        }
    }

    fn tell(&mut self, input: &Input) {
        let actions = self.episode.handle(input, at(self.now));
        self.note(&actions);
    }

    fn end(&mut self, step: StepName, end: EffectEnd) {
        let effect = effect(self.episode.state().id(), step);
        self.tell(&Input::EffectEnded { effect, end });
    }

    fn try_step(&mut self, step: StepName, situation: Situation) {
        let facts = match (good_facts(&step), situation) {
            (Facts::Text(facts), Situation::Suppressed) => Facts::Text(TextFacts {
                suppressed: true,
                ..facts
            }),
            (Facts::Text(facts), Situation::DoNotDisturb) => Facts::Text(TextFacts {
                do_not_disturb: true,
                ..facts
            }),
            (facts, _) => facts,
        };
        let blocked =
            matches!(&facts, Facts::Text(facts) if facts.suppressed || facts.do_not_disturb);
        match self.episode.decide(&step, &facts, at(self.now)) {
            Decision::Proceed(intent) => {
                assert!(!self.ended.contains(&step), "{step} goes after its end");
                if step == the_text() {
                    assert!(!self.opted_out, "a text after no");
                    assert!(!blocked, "a text against the facts");
                    assert!(self.now <= 600, "a text too late");
                }
                let effect = effect(self.episode.state().id(), step);
                let actions = self.episode.begin(&effect, &intent, 1);
                assert_eq!(actions.len(), 1, "the intent is evidence");
            }
            Decision::Skip(reason) => {
                assert_eq!(step, the_text(), "only a text can be refused");
                self.end(step, EffectEnd::NotDone(reason));
            }
            Decision::Defer { .. } => panic!("the first text waits for no hour"),
            Decision::Assign(_) => panic!("the recipe has no experiment"),
            Decision::WrongFacts => panic!("the facts are the text's"),
            Decision::Obsolete => {
                assert!(
                    self.ended.contains(&step),
                    "{step} is forgotten but has no outcome"
                );
            }
        }
    }

    fn happens(&mut self, event: &Event) {
        match event {
            Event::Call(name, ended) => {
                self.tell(&Input::CallMissed(call_ended(
                    &format!("call-{name}"),
                    *ended,
                )));
            }
            Event::Reply => self.tell(&replied(Reply::Other, 0)),
            Event::Wrote(name, waits) => self.tell(&Input::ReplyPending {
                message: message(&format!("text-{name}")),
                rules: Reply::Other,
                at: at(0),
                until: at(self.now + waits),
            }),
            Event::Read(name) => self.tell(&Input::ReplyClassified {
                message: message(&format!("text-{name}")),
                reply: Reply::Help,
            }),
            Event::Stop => {
                self.opted_out = true;
                self.tell(&opted_out(Reason::OptedOut));
            }
            Event::DoNotDisturb => {
                self.opted_out = true;
                self.tell(&opted_out(Reason::DoNotDisturb));
            }
            Event::Try(step, situation) => self.try_step(step.clone(), *situation),
            Event::Undo(step) => {
                let effect = effect(self.episode.state().id(), step.clone());
                self.episode.undo_begin(&effect);
            }
            Event::Done(step) => self.end(
                step.clone(),
                EffectEnd::Done {
                    reference: None,
                    at: at(self.now),
                    found: false,
                },
            ),
            Event::NotDone(step, reason) => {
                self.end(step.clone(), EffectEnd::NotDone(reason.clone()))
            }
            Event::Wake(now) => {
                let due = self.episode.next_wakeup();
                let actions = self.episode.handle(&Input::Wake, at(*now));
                let closes = due.is_some_and(|due| at(*now) >= due);
                assert_eq!(!actions.is_empty(), closes, "wake at {now}, due {due:?}");
                self.note(&actions);
            }
            Event::Close => {
                let actions = self.episode.close(at(self.now));
                self.note(&actions);
            }
        }
    }

    /// What must hold whenever somebody looks.
    fn check(&self) {
        let state = self.episode.state();
        for step in all() {
            let stored = step_of(&self.episode, step.clone());
            let ended = stored == "done" || stored.get("not_done").is_some();
            assert_eq!(ended, self.ended.contains(&step), "{step}: {stored}");
        }
        let open = self.ended.len() < 3;
        let stored = serde_json::to_value(state).unwrap();
        let unread = stored.get("unread").is_some();
        let wakes = state.is_open() && (!open || unread);
        assert_eq!(self.episode.next_wakeup().is_some(), wakes);
        // The stored form says all there is.
        let text = serde_json::to_string(state).unwrap();
        let read = serde_json::from_str(&text).unwrap();
        assert_eq!(*state, read, "{text}");
    }
}

proptest! {
    #[test]
    fn promises_hold(
        reported in 0..700_i64,
        events in prop::collection::vec((events(), 0..120_i64), 0..40),
    ) {
        let mut watched = Watched::open(reported);
        watched.check();
        for (event, pause) in &events {
            watched.now += pause;
            watched.happens(event);
            watched.check();
        }
        // In the end every effect comes to its end, and with it every step that was planned, once.
        for effect in watched.planned.clone() {
            watched.end(effect.step, EffectEnd::NotDone(Reason::Failed("unavailable".into())));
        }
        watched.check();
        watched.outcomes.sort();
        prop_assert_eq!(&watched.outcomes, &[the_tag(), the_task(), the_text()]);
        watched.happens(&Event::Wake(1_000_000));
        prop_assert!(!watched.episode.state().is_open());
    }
}
