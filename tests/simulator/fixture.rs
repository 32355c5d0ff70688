//! The fixture of every world: one business, its recipe and its callers.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use gohighlevel::ids::LocationId;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::ledger::ExperimentArm;
use gohighlevel::testing::Seed;

use super::plan::Caller;

pub(super) const LOCATION: &str = "simulatedLocation001";
pub(super) const TOKEN: &str = "pit-simulated";

/// The callers' numbers, each with the time zone of its area code.
const CALLERS: [(&str, &str); 4] = [
    ("+13125550111", "America/Chicago"),
    ("+12125550122", "America/New_York"),
    ("+14155550133", "America/Los_Angeles"),
    ("+13055550144", "America/New_York"),
];

/// The caller whose contact exists from the start.
pub(super) const KNOWN_FROM_THE_START: Caller = Caller(0);

/// The caller to whom no text arrives, which no webhook tells of.
pub(super) const UNREACHABLE: Caller = Caller(3);

/// When a text has arrived or not, in seconds.
pub(super) const TRAVELS: u32 = 45;

/// The number of callers.
pub(super) const PEOPLE: usize = CALLERS.len();

/// The recipe, the seed and the numbers of every world.
#[derive(Debug, Clone)]
pub(super) struct Fixture {
    pub(super) recipe: Recipe,
    pub(super) seed: Seed,
    pub(super) location: LocationId,
    pub(super) business: PhoneNumber,
    callers: Vec<PhoneNumber>,
}

/// What is special about a world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Setting {
    #[default]
    Plain,
    /// The recipe has an experiment, which holds two of the callers out.
    Experiment,
    /// The recipe is in a dry run.
    DryRun,
}

/// Added to the recipe for worlds with an experiment.
const EXPERIMENT: &str = r#"
[experiment]
name = "simulated"
hold_out = 0.5
planned = 400
until = 2030-01-01
salt = "a"
"#;

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| Fixture::new("", ""));
static EXPERIMENT_FIXTURE: LazyLock<Fixture> = LazyLock::new(|| Fixture::new("", EXPERIMENT));
static DRY_FIXTURE: LazyLock<Fixture> = LazyLock::new(|| Fixture::new("dry_run = true\n", ""));

impl Fixture {
    pub(super) fn get(setting: Setting) -> &'static Self {
        match setting {
            Setting::Plain => &FIXTURE,
            Setting::Experiment => &EXPERIMENT_FIXTURE,
            Setting::DryRun => &DRY_FIXTURE,
        }
    }

    fn new(before: &str, after: &str) -> Self {
        let number = |text: &str| PhoneNumber::parse(text).unwrap();
        Self {
            recipe: Recipe::from_toml(
                "recipe.toml",
                &[before, include_str!("recipe.toml"), after].concat(),
            )
            .unwrap(),
            seed: Seed::from_json(include_str!("seed.json")).unwrap(),
            location: LocationId::new(LOCATION).unwrap(),
            business: number("+13125550100"),
            callers: CALLERS.iter().map(|(text, _)| number(text)).collect(),
        }
    }

    /// The callers from whom the recipe's experiment holds texts back.
    pub(super) fn held_out(&self) -> BTreeSet<Caller> {
        let Some(rules) = self.recipe.experiment() else {
            return BTreeSet::new();
        };
        let is_held_out = |caller: &Caller| {
            let number = self.number(*caller);
            rules.assign(number.e164()).arm == ExperimentArm::HeldOut
        };
        (0..PEOPLE).map(Caller).filter(is_held_out).collect()
    }

    pub(super) fn number(&self, caller: Caller) -> PhoneNumber {
        self.callers[caller.0 % PEOPLE].clone()
    }

    pub(super) fn zone(caller: Caller) -> &'static str {
        CALLERS[caller.0 % PEOPLE].1
    }
}
