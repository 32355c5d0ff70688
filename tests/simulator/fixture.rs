//! The fixture of every world: one business, its recipe and its callers.

use std::sync::LazyLock;

use gohighlevel::ids::LocationId;
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::Recipe;
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

static FIXTURE: LazyLock<Fixture> = LazyLock::new(Fixture::new);

impl Fixture {
    pub(super) fn get() -> &'static Self {
        &FIXTURE
    }

    fn new() -> Self {
        let number = |text: &str| PhoneNumber::parse(text).unwrap();
        Self {
            recipe: Recipe::from_toml("recipe.toml", include_str!("recipe.toml")).unwrap(),
            seed: Seed::from_json(include_str!("seed.json")).unwrap(),
            location: LocationId::new(LOCATION).unwrap(),
            business: number("+13125550100"),
            callers: CALLERS.iter().map(|(text, _)| number(text)).collect(),
        }
    }

    pub(super) fn number(&self, caller: Caller) -> PhoneNumber {
        self.callers[caller.0 % PEOPLE].clone()
    }

    pub(super) fn zone(caller: Caller) -> &'static str {
        CALLERS[caller.0 % PEOPLE].1
    }
}
