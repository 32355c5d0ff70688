//! Where it all happens: one business, its recipe and the people who call it.

use std::sync::LazyLock;

use super::plan::Caller;
use crate::ids::LocationId;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::Recipe;
use crate::testing::Seed;

pub(super) const LOCATION: &str = "simulatedLocation001";
pub(super) const TOKEN: &str = "pit-simulated";

/// The callers' numbers, each with the zone of its area code.
const CALLERS: [(&str, &str); 4] = [
    ("+13125550111", "America/Chicago"),
    ("+12125550122", "America/New_York"),
    ("+14155550133", "America/Los_Angeles"),
    ("+13055550144", "America/New_York"),
];

/// Whose contact is there when the world begins.
pub(super) const KNOWN_FROM_THE_START: Caller = Caller(0);

/// How many different people there are.
pub(super) const PEOPLE: usize = CALLERS.len();

/// What the simulation needs that is written down beside it. All of it is part of the crate, and a test runs it.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) recipe: Recipe,
    pub(super) seed: Seed,
    pub(super) location: LocationId,
    pub(super) business: PhoneNumber,
    callers: Vec<PhoneNumber>,
}

static SCENE: LazyLock<Scene> = LazyLock::new(Scene::new);

impl Scene {
    pub(super) fn get() -> &'static Self {
        &SCENE
    }

    #[expect(
        clippy::unwrap_used,
        reason = "the texts are part of the crate and a test reads them"
    )]
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
