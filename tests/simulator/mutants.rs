//! Injected bugs (mutants), to prove that the oracle detects them.

use gohighlevel::message::MessageType;
use gohighlevel::recipes::missed_call::Halt;
use gohighlevel::recipes::missed_call::episode::{EpisodeState, Reason};
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::{Before, Commit, EffectChange, Progress};
use gohighlevel::webhooks::{Delivery, Event};
use jiff::{SignedDuration, Timestamp};

use super::fixture::{Fixture, Setting};
use super::rules::FIRST_TEXT;

/// A bug in a simulated world. The engine itself is unchanged: its store, its network, its webhooks or its clock imitate
/// what a broken engine would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mutant {
    /// A text whose answer is lost is sent twice.
    SendsTwice,
    /// Attempts are not stored, so that a crash forgets them.
    ForgetsAttempts,
    /// The suppression list is always empty.
    IgnoresStop,
    /// Doubts are not on the suppression list.
    ForgetsDoubts,
    /// One call in eight is acknowledged but not stored.
    LosesCalls,
    /// A call is stored without its planned effects.
    DropsSteps,
    /// Sweeps find no records.
    FindsNothing,
    /// Pauses are not stored.
    ForgetsPauses,
    /// That a location was removed, or has no app, is not stored.
    ForgetsRemovals,
    /// The engine's clock is twenty minutes slow.
    SendsLate,
    /// The engine's clock is five minutes fast.
    SendsEarly,
    /// A reply gets the time of its webhook, so that a text from before a call seems to answer it.
    ForgetsWhen,
    /// Answers are acknowledged but not stored.
    LosesAnswers,
    /// First-time callers are not remembered.
    ForgetsNewCallers,
    /// Who is held out is stored as an ordinary caller. Only worlds with an experiment detect it.
    HoldsNobodyOut,
    /// For callers who are held out, tags and tasks are not planned either. Only worlds with an experiment detect it.
    LeavesThemAlone,
    /// The recipe is put without its dry run. Only worlds in a dry run detect it.
    ForgetsDryRun,
    /// Attempts are searched for by this machine's clock. Only worlds with wrong clocks detect it.
    TrustsItsClock,
}

impl Mutant {
    /// All mutants.
    pub(super) const ALL: [Self; 18] = [
        Self::SendsTwice,
        Self::ForgetsAttempts,
        Self::IgnoresStop,
        Self::ForgetsDoubts,
        Self::LosesCalls,
        Self::DropsSteps,
        Self::FindsNothing,
        Self::ForgetsPauses,
        Self::ForgetsRemovals,
        Self::SendsLate,
        Self::SendsEarly,
        Self::ForgetsWhen,
        Self::LosesAnswers,
        Self::ForgetsNewCallers,
        Self::HoldsNobodyOut,
        Self::LeavesThemAlone,
        Self::ForgetsDryRun,
        Self::TrustsItsClock,
    ];

    /// The error of the engine's clock.
    pub(super) fn clock_error(self) -> SignedDuration {
        match self {
            Self::SendsLate => SignedDuration::from_mins(-20),
            Self::SendsEarly => SignedDuration::from_mins(5),
            _ => SignedDuration::ZERO,
        }
    }

    /// Whether HighLevel's answers have a date, so that an engine can correct its clock.
    pub(super) fn dates_answers(self) -> bool {
        self.clock_error().is_zero()
    }

    /// Changes a webhook on its delivery.
    pub(super) fn change_delivery(self, delivery: &mut Delivery) {
        let received_at = delivery.received_at;
        if let (Self::ForgetsWhen, Event::InboundMessage(message)) = (self, &mut delivery.event)
            && message.message_type == Some(MessageType::Sms)
        {
            message.date_added = Some(received_at);
            delivery.timestamp = Some(received_at);
        }
    }

    /// Changes a commit before it is stored; `None` if it is not stored at all. `clock` is the time that the machine's clock
    /// shows.
    pub(super) fn change_commit(
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
            Self::ForgetsDoubts => commit
                .suppressions
                .retain(|change| change.reason != Reason::Doubtful),
            Self::ForgetsPauses => commit.halts.retain(|change| change.halt != Halt::Paused),
            Self::ForgetsRemovals => commit.halts.retain(|change| change.halt == Halt::Paused),
            Self::ForgetsAttempts => {
                for change in &mut commit.effects {
                    if let EffectChange::Keep { progress, .. } = change {
                        *progress = Progress::NEW;
                    }
                }
            }
            Self::HoldsNobodyOut => {
                for change in &mut commit.episodes {
                    hold_nobody_out(&mut change.state);
                }
            }
            Self::LeavesThemAlone => {
                let fixture = Fixture::get(Setting::Experiment);
                let held_out = fixture.held_out();
                let is_held_out = commit.episodes.iter().any(|change| {
                    let number = change.state.caller();
                    let mut callers = held_out.iter().map(|caller| fixture.number(*caller));
                    callers.any(|caller| Some(&caller) == number)
                });
                commit.effects.retain(|change| {
                    !is_held_out
                        || !matches!(change, EffectChange::Plan { effect, .. } if effect.step.as_str() != FIRST_TEXT)
                });
            }
            Self::TrustsItsClock => {
                for change in &mut commit.effects {
                    if let Some((began_at, before)) = looked_for(change) {
                        // A naive allowance of two minutes for clock differences.
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

fn hold_nobody_out(state: &mut EpisodeState) {
    let Ok(mut stored) = serde_json::to_value(&*state) else {
        return;
    };
    if stored["arm"] == "held_out" {
        stored["arm"] = "texted".into();
        if let Ok(changed) = serde_json::from_value(stored) {
            *state = changed;
        }
    }
}

/// When an attempt began, and how its trace is recognized.
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
