//! How far an effect has come, as it is stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::recipes::missed_call::core::model::Intent;

/// How far an effect has come. Stored as JSON; rows of old releases must load for ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Progress {
    /// Nothing is under way.
    Waiting {
        /// How often it could not be begun or surely had no effect.
        failures: u32,
        /// The code of the last failure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_failure: Option<String>,
    },
    /// An attempt has begun, and its end is not known.
    Attempting {
        /// What is done.
        intent: Intent,
        /// Since when.
        began_at: Timestamp,
        /// By what its trace is told from what was there before.
        #[serde(default, skip_serializing_if = "Before::is_not_known")]
        before: Before,
        /// Failures before this attempt.
        failures: u32,
    },
    /// The answer to an attempt was lost; reading back will tell.
    Unsettled {
        /// What was to be done.
        intent: Intent,
        /// When the attempt began.
        began_at: Timestamp,
        /// By what its trace is told from what was there before.
        #[serde(default, skip_serializing_if = "Before::is_not_known")]
        before: Before,
        /// When its answer was found to be lost.
        lost_at: Timestamp,
        /// How often it was looked for.
        looks: u32,
        /// Failures before this attempt.
        failures: u32,
    },
}

/// By what the trace of an attempt whose answer is lost is told from an older one that looks the same: the same words to
/// the same person in another episode, or by somebody of the team. No clock of this machine is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Before {
    /// By nothing: rows of releases that knew this machine's clock alone. What looks the same and is not older than the
    /// call counts as the trace.
    #[default]
    NotKnown,
    /// It was this time at HighLevel at the earliest, by its own answers, right before the attempt.
    Since(Timestamp),
    /// HighLevel tells no time in its answers, so its records were read: the ids of all that looked the same.
    Without(Vec<String>),
}

impl Before {
    fn is_not_known(&self) -> bool {
        *self == Self::NotKnown
    }
}

impl Progress {
    /// That of a new effect.
    pub const NEW: Self = Self::Waiting {
        failures: 0,
        last_failure: None,
    };

    /// Since when it may be with HighLevel and must not be begun anew before that is known.
    pub(crate) fn under_way_since(&self) -> Option<Timestamp> {
        match self {
            Self::Waiting { .. } => None,
            Self::Attempting {
                intent, began_at, ..
            } => (!intent.is_repeatable()).then_some(*began_at),
            Self::Unsettled { began_at, .. } => Some(*began_at),
        }
    }

    /// Failures so far.
    pub fn failures(&self) -> u32 {
        match self {
            Self::Waiting { failures, .. }
            | Self::Attempting { failures, .. }
            | Self::Unsettled { failures, .. } => *failures,
        }
    }
}
