//! How far an effect has come, as it is stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::recipes::missed_call::core::model::Intent;

/// How far an effect has come. Stored as JSON; rows of old releases must load for ever.
// Exhaustive on purpose: the engine has to go on from each state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Progress {
    /// No attempt is under way.
    Waiting {
        /// How many attempts could not begin or certainly had no effect.
        failures: u32,
        /// The code of the last failure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_failure: Option<String>,
    },
    /// An attempt has begun, and its end is not known.
    Attempting {
        /// The intent of the attempt.
        intent: Intent,
        /// Since when.
        began_at: Timestamp,
        /// How its trace is distinguished from older records.
        #[serde(default, skip_serializing_if = "Before::is_not_known")]
        before: Before,
        /// Failures before this attempt.
        failures: u32,
    },
    /// The answer to an attempt was lost. HighLevel's records will show its outcome.
    Unsettled {
        /// The intent of the attempt.
        intent: Intent,
        /// When the attempt began.
        began_at: Timestamp,
        /// How its trace is distinguished from older records.
        #[serde(default, skip_serializing_if = "Before::is_not_known")]
        before: Before,
        /// When its answer was found to be lost.
        lost_at: Timestamp,
        /// How often its trace was searched.
        looks: u32,
        /// Failures before this attempt.
        failures: u32,
    },
}

/// How the trace of an attempt whose answer is lost is distinguished from an older record that looks the same: the same
/// text to the same person in another episode, or by a team member. It does not use this machine's clock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Before {
    /// Unknown: the row is from a release that used only this machine's clock. A record that looks the same and is not older
    /// than the call counts as the trace.
    #[default]
    NotKnown,
    /// HighLevel's answers show that it was this time at the earliest right before the attempt.
    Since(Timestamp),
    /// HighLevel's answers have no date, so its records were read: the ids of all that looked the same.
    Without(Vec<String>),
}

impl Before {
    fn is_not_known(&self) -> bool {
        *self == Self::NotKnown
    }
}

impl Progress {
    /// The progress of a new effect.
    pub const NEW: Self = Self::Waiting {
        failures: 0,
        last_failure: None,
    };

    /// When it may have reached HighLevel. Until its outcome is known it must not be started again.
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
