//! A deterministic simulator of missed-call text back: people, webhooks, faults, crashes and clocks out of one seed.
//!
//! The engine, the client and the platform's state machine are the real ones; time, the line between them, the store's
//! moods and the post are simulated. One file per concern: `plan` is all that happens from outside, decided up front by
//! `chance`; `world` lets it happen; `worker` runs engines that die and start again on one store; `store`, `line` and
//! `post` carry things and lose them, and `news` is what they tell; `watch`, `wishes`, `rules`, `omitted` and `answered` know
//! what must hold; `shrink` makes a failure small; `planted` are bugs to order.

mod answered;
mod chance;
mod floods;
mod invariant;
mod line;
mod news;
mod omitted;
mod plan;
mod planted;
mod post;
mod rules;
mod scene;
mod shrink;
mod store;
mod time;
mod timeline;
mod trouble;
mod watch;
mod wishes;
mod worker;
mod world;

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use self::plan::{Event, Plan};
use self::scene::Scene;
use self::timeline::Timeline;
use self::world::World;
use crate::clock::Clock;

pub use invariant::Invariant;
pub use planted::Planted;

/// How often it is looked whether the world has come to rest, and for how long at most.
const LOOK: Duration = Duration::from_secs(600);
const LONGEST: Duration = Duration::from_secs(5 * 24 * 3600);
/// A run that leaps more often than this goes round in circles.
const MOST_LEAPS: u64 = 1_000_000;

/// One simulated world, made from a seed: a few callers over some hours, with everything that can go wrong. The same
/// seed is the same world on every machine.
///
/// ```
/// use gohighlevel::testing::{Planted, Simulation};
///
/// let summary = Simulation::of_seed(7).run().unwrap();
/// assert_eq!(summary, Simulation::of_seed(7).run().unwrap());
///
/// let broken = (0..).find_map(|seed| Simulation::of_seed(seed).with(Planted::LosesCalls).run().err());
/// println!("{}", broken.unwrap());
/// ```
#[derive(Debug)]
#[must_use]
pub struct Simulation {
    seed: u64,
    planted: Option<Planted>,
    wrong_clocks: bool,
}

/// What came of a world in which every promise held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// What the plan let happen: people's doings and faults.
    pub events: usize,
    /// Texts that the platform took.
    pub texts: usize,
    /// Tasks that the platform took.
    pub tasks: usize,
    /// Calls and texts that no webhook told of and a sweep found.
    pub found: usize,
    /// How long it took on the virtual clock.
    pub took: Duration,
    /// A hash of the whole timeline: two runs with the same one went the same way.
    pub fingerprint: u64,
}

/// A broken promise, with the smallest story found that breaks it. `Display` tells it line by line.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Broken {
    /// The seed of the world.
    pub seed: u64,
    /// What did not hold.
    pub invariant: Invariant,
    /// How it was broken.
    pub how: String,
    /// What happened, such as `+00:00:12 caller 2 calls, nobody answers`.
    pub timeline: Vec<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {} breaks `{}`: {}",
            self.seed, self.invariant, self.how
        )?;
        self.timeline
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl std::error::Error for Broken {}

impl Simulation {
    /// The world that this seed makes.
    pub fn of_seed(seed: u64) -> Self {
        Self {
            seed,
            planted: None,
            wrong_clocks: false,
        }
    }

    /// The same world with a bug in it.
    pub fn with(self, planted: Planted) -> Self {
        Self {
            planted: Some(planted),
            ..self
        }
    }

    /// The same world on machines whose clocks are wrong: minutes to a year ahead or behind, from the start or suddenly,
    /// running fast or slow; and with more lost answers. All promises hold by the true time.
    pub fn with_wrong_clocks(self) -> Self {
        Self {
            wrong_clocks: true,
            ..self
        }
    }

    /// Plays the world to its end, and after a failure smaller and smaller parts of it. No socket is opened and no real
    /// time passes. It runs on this thread, whose random numbers (`fastrand`) follow from the seed afterwards; call it
    /// outside of async code.
    pub fn run(&self) -> Result<Summary, Broken> {
        let scene = Scene::get();
        let plan = if self.wrong_clocks {
            Plan::with_wrong_clocks(self.seed)
        } else {
            Plan::of_seed(self.seed)
        };
        let first = self.play(scene, &plan);
        let Some((invariant, _)) = first.broken else {
            return Ok(first.summary);
        };
        let breaks = |plan: &Plan| {
            let broken = self.play(scene, plan).broken;
            broken.is_some_and(|(other, _)| other == invariant)
        };
        let smallest = self.play(scene, &shrink::shrink(plan, breaks));
        let (invariant, how) = smallest.broken.unwrap_or((invariant, String::new()));
        Err(Broken {
            seed: self.seed,
            invariant,
            how,
            timeline: smallest.timeline.lines().to_vec(),
        })
    }

    fn play(&self, scene: &Scene, plan: &Plan) -> Played {
        fastrand::seed(self.seed);
        let world = match World::new(scene, plan, self.planted) {
            Ok(world) => Arc::new(world),
            Err(error) => return Played::not_at_all(error.to_string()),
        };
        let time = world.time.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .on_thread_park(move || time.leap())
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => return Played::not_at_all(error.to_string()),
        };
        let played = runtime.block_on(async {
            tokio::select! {
                biased;
                () = world.over.notified() => {}
                problem = play(&world, plan) => {
                    if let Err(problem) = problem {
                        world.watch(|watch, _| watch.breaks(Invariant::Plays, problem));
                    }
                }
            }
            Played::of(&world, plan)
        });
        drop(runtime);
        world.end();
        played
    }
}

/// The whole story, and the calm after it.
async fn play(world: &Arc<World>, plan: &Plan) -> Result<(), String> {
    // Before the first engine starts.
    let (first, others): (Vec<&Event>, Vec<&Event>) =
        plan.events.iter().partition(|event| event.at.is_zero());
    for event in first {
        let performed = world.perform(event.what).await;
        performed.map_err(|error| error.to_string())?;
    }
    for index in 0..world.workers.len() {
        let world = Arc::clone(world);
        tokio::spawn(async move {
            if let Err(error) = worker::keep_running(Arc::clone(&world), index).await {
                world.watch(|watch, _| watch.breaks(Invariant::Plays, error.to_string()));
            }
        });
    }
    for event in others {
        world.time.until(event.at).await;
        let performed = world.perform(event.what).await;
        performed.map_err(|error| error.to_string())?;
    }
    // The last webhooks may be late, and a spell of faults long.
    world.time.sleep(LOOK * 6).await;
    world.calm();
    while plan.loses() && !post::sweep(world, 0).await {
        world.time.sleep(LOOK).await;
    }
    while world.time.elapsed() < LONGEST {
        world.time.sleep(LOOK).await;
        let at_rest = world.watch(|watch, _| watch.is_at_rest());
        if at_rest && world.under_way.load(Ordering::Relaxed) == 0 {
            break;
        }
        if world.time.leaps() > MOST_LEAPS {
            return Err("it goes round in circles".to_owned());
        }
    }
    world.watch(|watch, _| watch.finish());
    Ok(())
}

/// One play of a plan.
struct Played {
    broken: Option<(Invariant, String)>,
    summary: Summary,
    timeline: Timeline,
}

impl Played {
    fn of(world: &World, plan: &Plan) -> Self {
        let timeline = world.timeline();
        let broken = world.watch(|watch, _| watch.broken().cloned());
        let (texts, tasks) = world.watch(|watch, _| watch.taken());
        let found = world.watch(|watch, _| watch.found());
        let mut hasher = DefaultHasher::new();
        timeline.lines().hash(&mut hasher);
        Self {
            broken,
            summary: Summary {
                events: plan.events.len(),
                texts,
                tasks,
                found,
                took: world.time.elapsed(),
                fingerprint: hasher.finish(),
            },
            timeline,
        }
    }

    fn not_at_all(problem: String) -> Self {
        Self {
            broken: Some((Invariant::Plays, problem)),
            summary: Summary::default(),
            timeline: Timeline::default(),
        }
    }
}
