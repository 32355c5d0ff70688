//! The cost of one episode without a store: opening, each kind of input, the decision before an effect, and serialising the
//! state. Fails if `handle` takes five microseconds or more, or the decision sixty.
#![allow(clippy::disallowed_methods, reason = "a bench reads the time")]
#![allow(clippy::print_stdout, reason = "it prints its results")]

#[path = "scale/calls.rs"]
mod calls;
mod scale;

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gohighlevel::recipes::missed_call::Reply;
use gohighlevel::recipes::missed_call::episode::{
    Decision, EffectEnd, EffectId, Episode, EpisodeState, Facts, Input, Reason, StepName, Trigger,
};
use jiff::SignedDuration;
use scale::{Figures, callers, percentile};

/// Each figure is the median of this many rounds.
const ROUNDS: usize = 51;
/// Episodes in each round.
const EPISODES: u64 = 200;
/// The limit for `handle`, in microseconds.
const LIMIT: f64 = 5.0;
/// The same for a decision.
const DECISION_LIMIT: f64 = 60.0;

/// How long `what` takes for one of `given`, in microseconds, without creating and dropping them.
fn measure<T: Clone, U>(given: &[T], what: impl Fn(&mut T) -> U) -> f64 {
    let mut rounds: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let mut given = given.to_vec();
            let mut made = Vec::with_capacity(given.len());
            let begun = Instant::now();
            for one in &mut given {
                made.push(what(black_box(one)));
            }
            let took = begun.elapsed();
            black_box(made);
            took
        })
        .collect();
    percentile(&mut rounds, 50).as_secs_f64() * 1e6 / given.len() as f64
}

fn effect(episode: &Episode, step: &str) -> EffectId {
    EffectId {
        episode: episode.state().id().clone(),
        step: StepName::new(step).expect("a name"),
        ordinal: 0,
    }
}

fn main() -> ExitCode {
    let recipe = Arc::new(calls::recipe());
    let none = SignedDuration::ZERO;
    let now = calls::start() + SignedDuration::from_secs(1);
    let calls: Vec<_> = (0..EPISODES)
        .map(|number| calls::call(number, none))
        .collect();
    let open = |call: &_| Episode::open(Arc::clone(&recipe), call, now);
    let episodes: Vec<Episode> = calls.iter().map(|call| open(call).0).collect();

    let again = calls::call(EPISODES, none);
    let inputs = [
        ("a further call", Input::CallMissed(again)),
        (
            "a reply",
            Input::Replied {
                message: None,
                reply: Reply::Other,
                at: now,
            },
        ),
        (
            "an opt-out",
            Input::OptedOut {
                reason: Reason::OptedOut,
                unconfirmed_since: None,
            },
        ),
        (
            "a booking",
            Input::Happened {
                what: Trigger::Booked,
                reference: callers::name(6, 0),
            },
        ),
        ("a wake-up", Input::Wake),
    ];
    let mut figures = Figures::default();
    for (what, input) in inputs {
        let took = measure(&episodes, |episode| episode.handle(&input, now));
        figures.below(&format!("handle, {what}"), took, LIMIT, "µs");
    }
    let end = EffectEnd::Done {
        reference: Some(callers::name(7, 0)),
        at: now,
        found: false,
    };
    let ends: Vec<_> = episodes
        .iter()
        .map(|episode| {
            let (effect, end) = (effect(episode, "text"), end.clone());
            (episode.clone(), Input::EffectEnded { effect, end })
        })
        .collect();
    let took = measure(&ends, |(episode, end)| episode.handle(end, now));
    figures.below("handle, a text that was sent", took, LIMIT, "µs");

    let print = |what: &str, took: f64| println!("{what}: {took:.2} µs");
    print("opening", measure(&calls, |call| open(call)));
    let facts = Facts::Text(calls::facts(0));
    let text = StepName::new("text").expect("a name");
    let decision = measure(&episodes, |episode| {
        let decision = episode.decide(&text, &facts, now);
        assert!(matches!(decision, Decision::Proceed(_)));
        decision
    });
    let what = "decision on a text, rendered and counted";
    figures.below(what, decision, DECISION_LIMIT, "µs");
    let write = |episode: &Episode| serde_json::to_string(episode.state()).expect("JSON");
    print(
        "state to JSON",
        measure(&episodes, |episode| write(episode)),
    );
    let stored: Vec<String> = episodes.iter().map(write).collect();
    print(
        "state from JSON",
        measure(&stored, |json| {
            serde_json::from_str::<EpisodeState>(json).expect("a state")
        }),
    );
    let bytes = stored.iter().map(String::len).sum::<usize>() / stored.len();
    println!("state as JSON: {bytes} bytes");
    figures.outcome()
}
