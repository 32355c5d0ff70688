//! Bugs to order: what a broken engine would do, done by what stands around the sound one.

use jiff::{SignedDuration, Timestamp};

use crate::message::MessageType;
use crate::recipes::missed_call::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::store::{Before, Commit, EffectChange, Progress};
use crate::webhooks::{Delivery, Event};

/// A bug that is planted into a simulated world, to prove that it is found. The engine is the shipped one: its store,
/// its way to HighLevel, its post or its clock plays it false.
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
    /// The engine's clock is five minutes fast.
    SendsEarly,
    /// What a caller writes is dated when it is told, so that what was written before a call seems to answer it.
    ForgetsWhen,
    /// What answers a call is acknowledged and not kept.
    LosesAnswers,
    /// Nobody remembers who has called for the first time.
    ForgetsNewCallers,
    /// What a lost answer has left behind is looked for by this machine's clock. Seen where clocks are wrong.
    TrustsItsClock,
}

impl Planted {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::SendsTwice,
        Self::ForgetsAttempts,
        Self::IgnoresStop,
        Self::LosesCalls,
        Self::DropsSteps,
        Self::FindsNothing,
        Self::ForgetsPauses,
        Self::SendsLate,
        Self::SendsEarly,
        Self::ForgetsWhen,
        Self::LosesAnswers,
        Self::ForgetsNewCallers,
        Self::TrustsItsClock,
    ];

    /// How wrong the engine's clock is.
    pub(super) fn clock_error(self) -> SignedDuration {
        match self {
            Self::SendsLate => SignedDuration::from_mins(-20),
            Self::SendsEarly => SignedDuration::from_mins(5),
            _ => SignedDuration::ZERO,
        }
    }

    /// Whether HighLevel's answers tell what time it is, so that an engine knows how wrong its clock is.
    pub(super) fn tells_time(self) -> bool {
        self.clock_error().is_zero()
    }

    /// What a webhook tells when it is handed over.
    pub(super) fn retell(self, delivery: &mut Delivery) {
        let told = delivery.received_at;
        if let (Self::ForgetsWhen, Event::InboundMessage(message)) = (self, &mut delivery.event)
            && message.message_type == Some(MessageType::Sms)
        {
            message.date_added = Some(told);
            delivery.timestamp = Some(told);
        }
    }

    /// What the store keeps of a commit at this time, if the machine's clock shows `clock`; `None` if it only says that it
    /// has kept it.
    pub(super) fn spoil(
        self,
        mut commit: Commit,
        now: Timestamp,
        clock: Timestamp,
    ) -> Option<Commit> {
        match self {
            Self::LosesCalls if commit.recipe.is_some() && fastrand::u8(..8) == 0 => return None,
            Self::LosesAnswers if commit.entries.iter().any(is_answer) => return None,
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
            Self::TrustsItsClock => {
                for change in &mut commit.effects {
                    if let Some((began_at, before)) = looked_for(change) {
                        // Two minutes for clocks that differ, as one might think.
                        let ahead = clock.duration_since(now);
                        let began_at = began_at.saturating_add(ahead).unwrap_or(clock);
                        *before = Before::Since(began_at - SignedDuration::from_mins(2));
                    }
                }
            }
            _ => {}
        }
        Some(commit)
    }
}

/// When an attempt began, and by what its trace is told.
fn looked_for(change: &mut EffectChange) -> Option<(Timestamp, &mut Before)> {
    match change {
        EffectChange::Keep { progress, .. } | EffectChange::Release { progress, .. } => {
            match progress {
                Progress::Attempting {
                    began_at, before, ..
                }
                | Progress::Unsettled {
                    began_at, before, ..
                } => Some((*began_at, before)),
                Progress::Waiting { .. } => None,
            }
        }
        _ => None,
    }
}

fn is_answer(entry: &Entry) -> bool {
    matches!(
        entry.kind,
        EntryKind::Replied { .. } | EntryKind::Happened { .. }
    )
}
