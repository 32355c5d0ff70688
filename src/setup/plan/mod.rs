//! Plans: what would be done, location by location. A plan is shown in several ways, saved, and read back.

mod change;
mod diff;
#[cfg(test)]
mod diff_laws;
mod readiness;
mod rendering;
mod require;

pub use change::{Action, Change};
pub(super) use diff::diff;
pub use rendering::{Span, Style};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::desired::{Desired, DesiredLocation};
use super::live::Live;
use super::thing::Kind;
use crate::ids::LocationId;

/// The version of saved plans that this release writes and reads.
const VERSION: u32 = 1;

/// So many changes of what is there are never too many for a location, however few things it has.
const ALWAYS_ALLOWED: usize = 3;

/// What would be done in every location. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgencyPlan {
    version: u32,
    file: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recipe: Option<String>,
    made_at: Timestamp,
    at_most_changed: f64,
    at_most_failed: usize,
    #[serde(default)]
    by_hand: Vec<String>,
    #[serde(default)]
    warnings: Vec<String>,
    locations: Vec<LocationPlan>,
}

/// What would be done in one location.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LocationPlan {
    /// The location's id.
    pub location: LocationId,
    /// The name that the spreadsheet gives it, else its id.
    pub name: String,
    /// How many things of the kinds that the file names it has.
    pub things: usize,
    /// Everything that the file names, in the order of writing.
    pub changes: Vec<Change>,
    /// Why it could not be read; it is not applied then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// How many changes there are of each kind of action.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Totals {
    /// To create.
    pub create: usize,
    /// To change.
    pub change: usize,
    /// To delete.
    pub delete: usize,
    /// As they should be.
    pub keep: usize,
    /// For a person to decide.
    pub conflict: usize,
    /// For a person to do.
    pub by_hand: usize,
    /// Locations that could not be read.
    pub failed: usize,
}

/// A text that is no saved plan of this release.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPlan {
    /// It is no plan, or was cut short.
    #[error("this is not a saved plan: {0}; save it again with `plan`")]
    Unreadable(#[from] serde_json::Error),
    /// Another release wrote it.
    #[error("the plan has version {found}, and this release reads version {VERSION}; plan again")]
    Version {
        /// The version that it has.
        found: u32,
    },
}

impl LocationPlan {
    /// What is to be done in a location that was read.
    pub(super) fn of(desired: &Desired, wanted: &DesiredLocation, live: &Live) -> Self {
        let mut changes = diff(wanted.wishes(), live);
        if let Some(recipe) = desired.recipe() {
            changes.extend(readiness::changes(recipe, live, &changes));
        }
        Self {
            location: wanted.id().clone(),
            name: wanted.name().to_owned(),
            things: live.count(),
            changes,
            failure: None,
        }
    }

    /// A location that could not be read.
    pub(super) fn failed(wanted: &DesiredLocation, why: String) -> Self {
        Self {
            location: wanted.id().clone(),
            name: wanted.name().to_owned(),
            things: 0,
            changes: Vec::new(),
            failure: Some(why),
        }
    }

    /// The changes that write.
    pub fn writes(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.action.writes())
    }

    /// Whether the location has, or will have, what the recipe needs; `None` without a recipe.
    pub fn ready(&self) -> Option<bool> {
        let mut verdicts = self
            .changes
            .iter()
            .filter(|change| change.kind == Kind::Recipe);
        let first = verdicts.next()?;
        Some(first.action == Action::Keep && verdicts.next().is_none())
    }

    fn count(&self, action: Action) -> usize {
        self.changes
            .iter()
            .filter(|change| change.action == action)
            .count()
    }
}

impl AgencyPlan {
    pub(super) fn new(desired: &Desired, made_at: Timestamp, locations: Vec<LocationPlan>) -> Self {
        let mut by_hand = desired.by_hand().to_vec();
        let reminder = "Turn off HighLevel's own missed-call text back";
        let reminds = |line: &String| line.to_lowercase().contains("text back");
        if desired.recipe().is_some() && !by_hand.iter().any(reminds) {
            by_hand.push(format!(
                "{reminder}, or callers get two texts (Settings > Phone Numbers)"
            ));
        }
        Self {
            version: VERSION,
            file: desired.file().to_owned(),
            company: desired.company().map(str::to_owned),
            recipe: desired.recipe().map(|recipe| recipe.name().to_owned()),
            made_at,
            at_most_changed: desired.at_most_changed(),
            at_most_failed: desired.at_most_failed(),
            by_hand,
            warnings: desired.warnings().iter().map(ToString::to_string).collect(),
            locations,
        }
    }

    /// The locations, in the order of their rows.
    pub fn locations(&self) -> &[LocationPlan] {
        &self.locations
    }

    /// The name of the settings file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// When it was made.
    pub fn made_at(&self) -> Timestamp {
        self.made_at
    }

    /// What a person has to do in every location.
    pub fn by_hand(&self) -> &[String] {
        &self.by_hand
    }

    pub(super) fn at_most_failed(&self) -> usize {
        self.at_most_failed
    }

    /// Whether it changes more of what a location has than the file allows, so that applying it takes force. Three changes
    /// are never too many.
    pub fn changes_too_much(&self, location: &LocationPlan) -> bool {
        let changed = location.count(Action::Change) + location.count(Action::Delete);
        changed > ALWAYS_ALLOWED && changed as f64 > self.at_most_changed * location.things as f64
    }

    /// The counts over all locations.
    pub fn totals(&self) -> Totals {
        let count = |action| self.locations.iter().map(|it| it.count(action)).sum();
        Totals {
            create: count(Action::Create),
            change: count(Action::Change),
            delete: count(Action::Delete),
            keep: count(Action::Keep),
            conflict: count(Action::Conflict),
            by_hand: count(Action::ByHand),
            failed: self
                .locations
                .iter()
                .filter(|it| it.failure.is_some())
                .count(),
        }
    }

    /// The plan as JSON, to be applied later: [`from_json`](Self::from_json) reads it back.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self)
            .unwrap_or_else(|error| unreachable!("a plan is plain data: {error}"))
    }

    /// Reads a saved plan.
    pub fn from_json(text: &str) -> Result<Self, InvalidPlan> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let Version { version } = serde_json::from_str(text)?;
        if version != VERSION {
            return Err(InvalidPlan::Version { found: version });
        }
        Ok(serde_json::from_str(text)?)
    }
}
