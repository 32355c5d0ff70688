//! Bugs to order: what a broken engine would do, done by what stands around the sound one.

use jiff::SignedDuration;

use crate::recipes::missed_call::store::{Commit, EffectChange, Progress};

/// A bug that is planted into a simulated world, to prove that it is found. The engine is the shipped one: its store,
/// its way to HighLevel or its clock plays it false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Planted {
    /// A text whose answer is lost is sent once more.
    SendsTwice,
    /// What is under way is not written down, so that a crash forgets it.
    ForgetsAttempts,
    /// The list of those who must not be texted is empty whenever it is read.
    IgnoresStop,
    /// One call in eight is acknowledged and not kept.
    LosesCalls,
    /// What a call sets off is not kept, only the call.
    DropsSteps,
    /// No record of HighLevel's reaches a sweep.
    FindsNothing,
    /// Nobody remembers that the location is paused.
    ForgetsPauses,
    /// The engine's clock is twenty minutes slow.
    SendsLate,
    /// The engine's clock is an hour fast.
    SendsEarly,
}

impl Planted {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::SendsTwice,
        Self::ForgetsAttempts,
        Self::IgnoresStop,
        Self::LosesCalls,
        Self::DropsSteps,
        Self::FindsNothing,
        Self::ForgetsPauses,
        Self::SendsLate,
        Self::SendsEarly,
    ];

    /// How wrong the engine's clock is.
    pub(super) fn clock_error(self) -> SignedDuration {
        match self {
            Self::SendsLate => SignedDuration::from_mins(-20),
            Self::SendsEarly => SignedDuration::from_hours(1),
            _ => SignedDuration::ZERO,
        }
    }

    /// What the store keeps of a commit; `None` if it only says that it has kept it.
    pub(super) fn spoil(self, mut commit: Commit) -> Option<Commit> {
        match self {
            Self::LosesCalls if commit.recipe.is_some() && fastrand::u8(..8) == 0 => return None,
            Self::DropsSteps => commit
                .effects
                .retain(|change| !matches!(change, EffectChange::Plan { .. })),
            Self::ForgetsPauses => commit.halts.clear(),
            Self::ForgetsAttempts => {
                for change in &mut commit.effects {
                    if let EffectChange::Keep { progress, .. } = change {
                        *progress = Progress::NEW;
                    }
                }
            }
            _ => {}
        }
        Some(commit)
    }
}
