//! A deterministic simulator of missed-call text back: callers, webhooks, faults, crashes and clocks, all from one seed.
//!
//! The engine, the client and FakeGhl's state machine are the real ones. Time, the network, the failures of the store and
//! the delivery of webhooks are simulated. Each file has one concern: `generator` makes a `plan` of all events from a seed;
//! `world` performs them; `worker` runs engines that crash and start again on one store; `store`, `network` and
//! `webhook_delivery` inject `faults`; `host` pauses, removes and puts the location; `acks` records what the engines must know. The `oracle` checks every `invariant`
//! with `rules`, `opt_outs`, `answers`, `floods`, `absences`, `hold_outs` and `skip_reasons`; `shrink` makes a failing plan small, and `mutants` are
//! injected bugs that the oracle must detect.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod absences;
mod acks;
mod answers;
mod faults;
mod fixture;
mod floods;
mod generator;
mod hold_outs;
mod host;
mod invariant;
mod mutants;
mod network;
mod opt_outs;
mod oracle;
mod plan;
mod rules;
mod shrink;
mod simulation;
mod skip_reasons;
mod store;
mod time;
mod timeline;
mod webhook_delivery;
mod worker;
mod world;

use std::thread;

use self::fixture::Setting;
use self::invariant::Invariant;
use self::mutants::Mutant;
use self::simulation::{Simulation, Summary, Violation};

/// The number of worlds to run, and the most worlds to try for a mutant.
const RUNS: u64 = 2_000;

/// The number of worlds: `GHL_SIMULATOR_RUNS`, or [`RUNS`].
fn runs() -> u64 {
    match std::env::var("GHL_SIMULATOR_RUNS") {
        Ok(runs) => runs.parse().expect("GHL_SIMULATOR_RUNS is a whole number"),
        Err(_) => RUNS,
    }
}

/// Runs the worlds of all seeds below `runs`, on all cores, and panics with what they violate.
fn run_all(runs: u64, of_seed: fn(u64) -> Simulation) -> Vec<Summary> {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let part = |core: u64| (core..runs).step_by(cores as usize);
    thread::scope(|scope| {
        let parts: Vec<_> = (0..cores)
            .map(|core| {
                let seeds = part(core);
                scope.spawn(move || seeds.map(|seed| of_seed(seed).run()).collect::<Vec<_>>())
            })
            .collect();
        let outcomes = parts.into_iter().flat_map(|part| part.join().unwrap());
        let (held, violated): (Vec<_>, Vec<_>) = outcomes.partition(Result::is_ok);
        let violated: Vec<String> = violated
            .into_iter()
            .filter_map(|violation| Some(violation.err()?.to_string()))
            .collect();
        assert!(violated.is_empty(), "{}", violated.join("\n"));
        held.into_iter().filter_map(Result::ok).collect()
    })
}

fn with_wrong_clocks(seed: u64) -> Simulation {
    Simulation::of_seed(seed).with_wrong_clocks()
}

#[test]
fn every_invariant_holds_in_every_world() {
    assert_enough_activity(&run_all(runs(), Simulation::of_seed));
}

#[test]
fn every_invariant_holds_in_every_world_with_wrong_clocks() {
    assert_enough_activity(&run_all(runs() / 5, with_wrong_clocks));
}

fn with_experiment(seed: u64) -> Simulation {
    Simulation::of_seed(seed).in_setting(Setting::Experiment)
}

#[test]
fn every_invariant_holds_in_every_world_with_an_experiment() {
    assert_enough_activity(&run_all(runs() / 5, with_experiment));
}

fn in_dry_run(seed: u64) -> Simulation {
    Simulation::of_seed(seed).in_setting(Setting::DryRun)
}

#[test]
fn nothing_is_written_in_any_world_in_a_dry_run() {
    let summaries = run_all(runs() / 5, in_dry_run);
    let sum = |count: fn(&Summary) -> usize| summaries.iter().map(count).sum::<usize>();
    assert_eq!(
        (sum(|summary| summary.texts), sum(|summary| summary.tasks)),
        (0, 0)
    );
    let would = sum(|summary| summary.would);
    assert!(would > 3 * summaries.len(), "{would} steps would be done");
}

/// Worlds in which an engine has once broken a promise: it swept by a wrong clock, sent a text after it had hung, took what
/// came before a call for its answer, took the date of an answer that it read late for the time, dated a removal by a slow
/// clock, took the text of a later episode for that of an earlier one.
#[test]
fn worlds_that_once_failed_hold() {
    for seed in [430, 9_381, 13_788, 18_320, 19_951] {
        let held = with_wrong_clocks(seed).run();
        assert!(held.is_ok(), "{}", held.unwrap_err());
    }
    for seed in [720, 27_610, 50_844, 60_906, 87_186, 96_819] {
        let held = Simulation::of_seed(seed).run();
        assert!(held.is_ok(), "{}", held.unwrap_err());
    }
}

/// Worlds without texts and tasks prove nothing.
fn assert_enough_activity(summaries: &[Summary]) {
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
fn the_same_seed_makes_the_same_world() {
    for seed in 0..10 {
        let run = || Simulation::of_seed(seed).run().unwrap();
        assert_eq!(run(), run());
    }
    let fingerprint = |seed| Simulation::of_seed(seed).run().unwrap().fingerprint;
    assert_ne!(fingerprint(1), fingerprint(2));
}

/// The violations of this invariant in the worlds with this mutant.
fn violations(mutant: Mutant, invariant: Invariant) -> impl Iterator<Item = Violation> {
    (0..RUNS)
        .filter_map(move |seed| {
            let world = match mutant {
                Mutant::TrustsItsClock => with_wrong_clocks(seed),
                Mutant::ForgetsDryRun => in_dry_run(seed),
                Mutant::HoldsNobodyOut | Mutant::LeavesThemAlone => with_experiment(seed),
                _ => Simulation::of_seed(seed),
            };
            world.with(mutant).run().err()
        })
        .filter(move |violation| violation.invariant == invariant)
}

#[test]
fn every_mutant_is_detected() {
    let violated_by = |mutant| match mutant {
        Mutant::SendsTwice | Mutant::ForgetsAttempts => Invariant::NeverTwice,
        Mutant::TrustsItsClock => Invariant::NeverTwice,
        Mutant::IgnoresStop => Invariant::NeverAfterOptOut,
        Mutant::ForgetsDoubts => Invariant::NeverAfterDoubt,
        Mutant::LosesCalls | Mutant::DropsSteps => Invariant::NeverLost,
        Mutant::ForgetsDryRun => Invariant::NeverInDryRun,
        Mutant::HoldsNobodyOut => Invariant::NeverToHeldOut,
        Mutant::LeavesThemAlone => Invariant::NeverLost,
        Mutant::FindsNothing => Invariant::NeverLost,
        Mutant::ForgetsPauses => Invariant::NeverWhilePaused,
        Mutant::ForgetsRemovals => Invariant::NeverWhileRemoved,
        Mutant::SendsEarly => Invariant::NeverEarly,
        Mutant::SendsLate => Invariant::NeverLate,
        Mutant::ForgetsWhen => Invariant::NeverWithoutReason,
        Mutant::ForgetsNewCallers => Invariant::NeverToFloods,
        Mutant::LosesAnswers => Invariant::NeverAfterAnswer,
    };
    for mutant in Mutant::ALL {
        let first = violations(mutant, violated_by(mutant)).next();
        assert!(first.is_some(), "{mutant:?} is not detected");
    }
}

#[test]
fn a_violation_is_shrunk_to_a_short_timeline() {
    // Some calls are lost only after others. The shortest timeline of a few worlds has one call.
    let found = violations(Mutant::LosesCalls, Invariant::NeverLost).take(5);
    let printed = found.map(|violation| violation.to_string());
    let shortest = printed.min_by_key(|text| text.lines().count()).unwrap();
    // It has the lost call, and no event that is unrelated to it.
    assert_eq!(shortest.lines().count(), 2, "{shortest}");
    assert!(shortest.contains("violates `never lost`"), "{shortest}");
    assert!(shortest.contains(" calls"), "{shortest}");
}
