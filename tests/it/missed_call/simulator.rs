//! Thousands of simulated worlds, and the proof that a broken promise would be seen in them.

use std::thread;

use gohighlevel::testing::{Broken, Invariant, Planted, Simulation, Summary};

/// How many worlds are played, and so many at most to find a planted bug.
const RUNS: u64 = 2_000;

/// The number of worlds: `GHL_SIMULATOR_RUNS`, or [`RUNS`].
fn runs() -> u64 {
    match std::env::var("GHL_SIMULATOR_RUNS") {
        Ok(runs) => runs.parse().expect("GHL_SIMULATOR_RUNS is a whole number"),
        Err(_) => RUNS,
    }
}

/// Plays these worlds of all seeds below `runs`, on all cores.
fn play(runs: u64, of_seed: fn(u64) -> Simulation) -> Result<Vec<Summary>, Broken> {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let part = |core: u64| (core..runs).step_by(cores as usize);
    thread::scope(|scope| {
        let parts: Vec<_> = (0..cores)
            .map(|core| {
                let seeds = part(core);
                scope.spawn(move || -> Result<Vec<_>, _> {
                    seeds.map(|seed| of_seed(seed).run()).collect()
                })
            })
            .collect();
        let mut summaries = Vec::new();
        for part in parts {
            summaries.extend(part.join().unwrap()?);
        }
        Ok(summaries)
    })
}

#[test]
fn every_promise_holds_in_every_world() {
    something_happens(
        &play(runs(), Simulation::of_seed).unwrap_or_else(|broken| panic!("{broken}")),
    );
}

#[test]
fn every_promise_holds_in_every_world_whose_clocks_are_wrong() {
    let played = play(runs() / 5, with_wrong_clocks);
    something_happens(&played.unwrap_or_else(|broken| panic!("{broken}")));
}

fn with_wrong_clocks(seed: u64) -> Simulation {
    Simulation::of_seed(seed).with_wrong_clocks()
}

/// Worlds in which nothing happens prove nothing.
fn something_happens(summaries: &[Summary]) {
    let texts: usize = summaries.iter().map(|summary| summary.texts).sum();
    let tasks: usize = summaries.iter().map(|summary| summary.tasks).sum();
    let found: usize = summaries.iter().map(|summary| summary.found).sum();
    assert!(found > summaries.len() / 10, "{found} found by sweeps");
    assert!(
        texts > summaries.len() && tasks > summaries.len(),
        "{texts} texts, {tasks} tasks"
    );
}

#[test]
fn the_same_seed_is_the_same_world() {
    for seed in 0..10 {
        let play = || Simulation::of_seed(seed).run().unwrap();
        assert_eq!(play(), play());
    }
    let of_seed = |seed| Simulation::of_seed(seed).run().unwrap().fingerprint;
    assert_ne!(of_seed(1), of_seed(2));
}

/// The worlds in which this bug breaks this promise.
fn found(planted: Planted, invariant: Invariant) -> impl Iterator<Item = Broken> {
    (0..RUNS)
        .filter_map(move |seed| {
            let world = match planted {
                Planted::TrustsItsClock => with_wrong_clocks(seed),
                _ => Simulation::of_seed(seed),
            };
            world.with(planted).run().err()
        })
        .filter(move |broken| broken.invariant == invariant)
}

#[test]
fn every_planted_bug_is_found() {
    let promise = |planted| match planted {
        Planted::SendsTwice | Planted::ForgetsAttempts => Invariant::NeverTwice,
        Planted::TrustsItsClock => Invariant::NeverTwice,
        Planted::IgnoresStop => Invariant::NeverAfterNo,
        Planted::LosesCalls | Planted::DropsSteps => Invariant::NeverLost,
        Planted::FindsNothing => Invariant::NeverLost,
        Planted::ForgetsPauses => Invariant::NeverWhilePaused,
        Planted::SendsEarly => Invariant::NeverEarly,
        Planted::SendsLate => Invariant::NeverLate,
        Planted::ForgetsWhen => Invariant::NeverWithoutReason,
        Planted::ForgetsNewCallers => Invariant::NeverToMachines,
        Planted::LosesAnswers => Invariant::NeverAfterAnswer,
        other => panic!("nobody knows what {other:?} breaks"),
    };
    for planted in Planted::ALL {
        let first = found(planted, promise(planted)).next();
        assert!(first.is_some(), "{planted:?} is not found");
    }
}

#[test]
fn a_failure_is_told_as_a_short_story() {
    // Some calls are lost only after others; the shortest story of a few worlds is that of one call.
    let stories = found(Planted::LosesCalls, Invariant::NeverLost).take(5);
    let stories = stories.map(|broken| broken.to_string());
    let told = stories.min_by_key(|told| told.lines().count()).unwrap();
    // The one call that is lost, and nothing that has to do with it.
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.contains("breaks `never lost`"), "{told}");
    assert!(told.contains(" calls"), "{told}");
}
