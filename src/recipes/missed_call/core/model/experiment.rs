//! The rules of an experiment that holds the text back from some callers, and the arm of a caller.
//!
//! The arm depends only on salt, experiment and number, so every process comes to the same one, and a caller keeps it. The
//! rules are recorded when the experiment begins, so that a report goes by what was planned.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The version of the rule by which a caller gets an arm. A release that changes the rule raises it.
const RULE_VERSION: u32 = 1;

/// How many places there are. A place says too little of a caller to find the number by.
const PLACES: u32 = 1_000_000;

/// One side of an experiment.
// Exhaustive on purpose: an experiment compares two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExperimentArm {
    /// The caller gets the text.
    Texted,
    /// The text is held back.
    HeldOut,
}

/// The rules of an experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExperimentRules {
    /// Its name. Another name assigns all callers again.
    pub experiment: String,
    /// How many of a million callers get no text.
    pub held_out_per_million: u32,
    /// Changes who gets which arm.
    pub salt: String,
    /// The version of the rule that assigns callers.
    pub rule_version: u32,
    /// How many callers are to be assigned in all locations together before the result counts.
    pub planned: u64,
    /// From when on nobody is assigned any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// After how many callers of one location nobody is assigned there any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<u32>,
    /// How long after the assignment an outcome counts.
    pub window: SignedDuration,
}

/// The arm of a caller, with all that it follows from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The experiment.
    pub experiment: String,
    /// The arm.
    pub arm: ExperimentArm,
    /// How many of a million callers get no text.
    pub held_out_per_million: u32,
    /// The salt.
    pub salt: String,
    /// The version of the rule.
    pub rule_version: u32,
    /// The caller's place among a million. Below `held_out_per_million` the text is held back. All calls of one number have
    /// the same place, by which reports count a caller once.
    pub place: u32,
}

impl ExperimentRules {
    /// Rules of this release's version.
    pub(crate) fn new(experiment: String, held_out: f64, salt: String) -> Self {
        Self {
            experiment,
            held_out_per_million: per_million(held_out),
            salt,
            rule_version: RULE_VERSION,
            planned: 0,
            until: None,
            calls: None,
            window: SignedDuration::from_hours(7 * 24),
        }
    }

    /// The share of callers who get no text, from 0 to 1.
    pub fn share(&self) -> f64 {
        f64::from(self.held_out_per_million) / f64::from(PLACES)
    }

    /// The arm of the caller with this number in E.164, or with this contact id if the number is not known.
    ///
    /// ```
    /// # use gohighlevel::recipes::missed_call::Recipe;
    /// use gohighlevel::recipes::missed_call::ledger::ExperimentArm;
    /// # let recipe = Recipe::from_toml("r", "name = \"r\"\nversion = 1\n[steps.text]\ndo = \"text\"\nbody = \"Sorry.\"\n\
    /// # [steps.task]\ndo = \"task\"\ntitle = \"Call\"\n[experiment]\nname = \"spring\"\nhold_out = 0.5\nplanned = 398\ncalls = 398")?;
    /// # let rules = recipe.experiment().unwrap();
    /// let assigned = rules.assign("+13125550142");
    /// assert_eq!(assigned, rules.assign("+13125550142"));
    /// assert_eq!(assigned.arm == ExperimentArm::HeldOut, assigned.place < assigned.held_out_per_million);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn assign(&self, caller: &str) -> Assignment {
        let Self {
            experiment, salt, ..
        } = self;
        let name = format!("hold out {}:{salt}{experiment}", salt.len());
        let place = place_among(&name, caller, PLACES.into());
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        Assignment {
            experiment: experiment.clone(),
            arm: if place < self.held_out_per_million {
                ExperimentArm::HeldOut
            } else {
                ExperimentArm::Texted
            },
            held_out_per_million: self.held_out_per_million,
            salt: salt.clone(),
            rule_version: self.rule_version,
            place,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share from 0 to 1 becomes a number up to a million"
)]
fn per_million(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * f64::from(PLACES)).round() as u32
}

/// The place of the subject among `total` equal places. It depends only on the two names; different experiments place
/// the same subjects differently.
pub(crate) fn place_among(experiment: &str, subject: &str, total: u64) -> u64 {
    let name = format!("{}:{experiment}{subject}", experiment.len());
    let hash = crate::digest::sha256_hex(name.as_bytes())
        .chars()
        .take(16)
        .filter_map(|digit| digit.to_digit(16))
        .fold(0u64, |hash, digit| (hash << 4) | u64::from(digit));
    // The high half of the product: the hash as a fraction of one, times the total.
    ((u128::from(hash) * u128::from(total)) >> 64) as u64
}
