//! One simulated world: its run, its summary and its violation.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use gohighlevel::clock::Clock as _;

use super::fixture::{Fixture, Setting};
use super::invariant::Invariant;
use super::mutants::Mutant;
use super::plan::{Event, Plan};
use super::timeline::Timeline;
use super::world::World;
use super::{shrink, webhook_delivery, worker};

/// How often to check whether the world is at rest.
const CHECK_EVERY: Duration = Duration::from_secs(600);
/// The longest virtual time of a world.
const MAX_TIME: Duration = Duration::from_secs(5 * 24 * 3600);
/// A run that advances more often than this will not end.
const MAX_ADVANCES: u64 = 1_000_000;

/// One simulated world, made from a seed: a few callers over some hours, with every kind of fault. The same seed makes the
/// same world on every machine.
#[derive(Debug)]
#[must_use]
pub(super) struct Simulation {
    seed: u64,
    mutant: Option<Mutant>,
    wrong_clocks: bool,
    setting: Setting,
}

/// The counts of a world without a violation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// The events of the plan.
    pub(super) events: usize,
    /// Texts that the platform accepted.
    pub(super) texts: usize,
    /// Tasks that the platform accepted.
    pub(super) tasks: usize,
    /// Steps that would have been done in a dry run.
    pub(super) would: usize,
    /// Calls and texts that only a sweep found.
    pub(super) found: usize,
    /// The virtual time that it took.
    pub(super) took: Duration,
    /// A hash of the timeline, which is the same for equal runs.
    pub(super) fingerprint: u64,
}

/// A violated invariant, with the smallest timeline found. `Display` prints it line by line.
#[derive(Debug, Clone)]
pub(super) struct Violation {
    /// The seed of the world.
    pub(super) seed: u64,
    /// The violated invariant.
    pub(super) invariant: Invariant,
    /// How it was violated.
    pub(super) how: String,
    /// What happened, such as `+00:00:12 caller 2 calls, nobody answers`.
    pub(super) timeline: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {} violates `{}`: {}",
            self.seed, self.invariant, self.how
        )?;
        self.timeline
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl std::error::Error for Violation {}

impl Simulation {
    /// The world of this seed.
    pub(super) fn of_seed(seed: u64) -> Self {
        Self {
            seed,
            mutant: None,
            wrong_clocks: false,
            setting: Setting::default(),
        }
    }

    /// The same world with an injected bug.
    pub(super) fn with(self, mutant: Mutant) -> Self {
        Self {
            mutant: Some(mutant),
            ..self
        }
    }

    /// The same world on machines whose clocks are wrong: by minutes to a year, from the start or suddenly, fast or slow. More
    /// answers are lost. All invariants hold by the true time.
    pub(super) fn with_wrong_clocks(self) -> Self {
        Self {
            wrong_clocks: true,
            ..self
        }
    }

    /// The same world with another recipe.
    pub(super) fn in_setting(self, setting: Setting) -> Self {
        Self { setting, ..self }
    }

    /// Runs the world to its end. After a violation it runs smaller and smaller parts of it. It opens no socket, and no real
    /// time passes. It seeds this thread's random numbers (`fastrand`). Call it outside of async code.
    pub(super) fn run(&self) -> Result<Summary, Violation> {
        let fixture = Fixture::get(self.setting);
        let plan = if self.wrong_clocks {
            Plan::with_wrong_clocks(self.seed)
        } else {
            Plan::of_seed(self.seed)
        };
        let first = self.run_plan(fixture, &plan);
        let Some((invariant, _)) = first.violation else {
            return Ok(first.summary);
        };
        let fails = |plan: &Plan| {
            let violation = self.run_plan(fixture, plan).violation;
            violation.is_some_and(|(other, _)| other == invariant)
        };
        let smallest = self.run_plan(fixture, &shrink::shrink(plan, fails));
        let (invariant, how) = smallest.violation.unwrap_or((invariant, String::new()));
        Err(Violation {
            seed: self.seed,
            invariant,
            how,
            timeline: smallest.timeline.lines().to_vec(),
        })
    }

    fn run_plan(&self, fixture: &Fixture, plan: &Plan) -> Outcome {
        fastrand::seed(self.seed);
        let world = match World::new(fixture, plan, self.mutant) {
            Ok(world) => Arc::new(world),
            Err(error) => return Outcome::not_run(error.to_string()),
        };
        let time = world.time.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .on_thread_park(move || time.advance())
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => return Outcome::not_run(error.to_string()),
        };
        let outcome = runtime.block_on(async {
            tokio::select! {
                biased;
                () = world.failed.notified() => {}
                problem = perform_all(&world, plan) => {
                    if let Err(problem) = problem {
                        world.oracle(|oracle, _| oracle.report(Invariant::Completes, problem));
                    }
                }
            }
            Outcome::of(&world, plan)
        });
        drop(runtime);
        world.end();
        outcome
    }
}

/// Performs all events, and waits until the work is done.
async fn perform_all(world: &Arc<World>, plan: &Plan) -> Result<(), String> {
    // These come before the first engine starts.
    let (first, others): (Vec<&Event>, Vec<&Event>) =
        plan.events.iter().partition(|event| event.at.is_zero());
    for event in first {
        let performed = world.perform(event.kind).await;
        performed.map_err(|error| error.to_string())?;
    }
    for index in 0..world.workers.len() {
        let world = Arc::clone(world);
        tokio::spawn(async move {
            if let Err(error) = worker::keep_running(Arc::clone(&world), index).await {
                world.oracle(|oracle, _| oracle.report(Invariant::Completes, error.to_string()));
            }
        });
    }
    for event in others {
        world.time.until(event.at).await;
        let performed = world.perform(event.kind).await;
        performed.map_err(|error| error.to_string())?;
    }
    // The last webhooks may be late, and an outage long.
    world.time.sleep(CHECK_EVERY * 6).await;
    world.end_faults();
    while plan.loses() && !webhook_delivery::sweep(world, 0).await {
        world.time.sleep(CHECK_EVERY).await;
    }
    while world.time.elapsed() < MAX_TIME {
        world.time.sleep(CHECK_EVERY).await;
        let at_rest = world.oracle(|oracle, _| oracle.is_at_rest());
        if at_rest && world.under_way.load(Ordering::Relaxed) == 0 {
            break;
        }
        if world.time.advances() > MAX_ADVANCES {
            return Err("the simulation does not end".to_owned());
        }
    }
    world.oracle(|oracle, _| oracle.finish());
    Ok(())
}

/// The result of one run of a plan.
struct Outcome {
    violation: Option<(Invariant, String)>,
    summary: Summary,
    timeline: Timeline,
}

impl Outcome {
    fn of(world: &World, plan: &Plan) -> Self {
        let timeline = world.timeline();
        let violation = world.oracle(|oracle, _| oracle.violation().cloned());
        let (texts, tasks) = world.oracle(|oracle, _| oracle.accepted_counts());
        let found = world.oracle(|oracle, _| oracle.found());
        let would = world.oracle(|oracle, _| oracle.would);
        let mut hasher = DefaultHasher::new();
        timeline.lines().hash(&mut hasher);
        Self {
            violation,
            summary: Summary {
                events: plan.events.len(),
                texts,
                tasks,
                would,
                found,
                took: world.time.elapsed(),
                fingerprint: hasher.finish(),
            },
            timeline,
        }
    }

    fn not_run(problem: String) -> Self {
        Self {
            violation: Some((Invariant::Completes, problem)),
            summary: Summary::default(),
            timeline: Timeline::default(),
        }
    }
}
