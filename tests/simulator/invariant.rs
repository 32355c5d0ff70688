//! The invariants of every simulated world.

use std::fmt;

/// An invariant of the recipe, or of the simulation itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invariant {
    /// A step's text or task reaches the platform at most once per episode, and a caller gets at most one first text within
    /// the cooldown.
    NeverTwice,
    /// No text is sent after the caller's opt-out was acknowledged, except for its confirmation.
    NeverAfterOptOut,
    /// No text is sent after a reply that may be an opt-out was acknowledged, until a person decides.
    NeverAfterDoubt,
    /// Every call whose webhook was acknowledged is in the ledger, with an outcome of every step.
    NeverLost,
    /// No step is done before its time or without its trigger, and no later text is sent in quiet hours.
    NeverEarly,
    /// No text is sent after its deadline.
    NeverLate,
    /// The reason of a skipped first text is true, and its cause is not older than the call.
    NeverWithoutReason,
    /// No first text is sent after an answer to the call was acknowledged: a reply, an answered call or a booking.
    NeverAfterAnswer,
    /// No first text is sent for a call of a robocall flood that is known.
    NeverToFloods,
    /// No text that follows the call goes to a caller whom an experiment holds out, before they call again.
    NeverToHeldOut,
    /// In a dry run nothing is written to the platform.
    NeverInDryRun,
    /// Nothing is done in a paused location.
    NeverWhilePaused,
    /// Nothing is done in a location that was removed or has no app, and calls from meanwhile are not answered later.
    NeverWhileRemoved,
    /// Every step has one outcome in the ledger, and the ledger agrees with the platform about what was done.
    TrueLedger,
    /// The world was set up and ran to its end.
    Completes,
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeverTwice => "never twice",
            Self::NeverAfterOptOut => "never after an opt-out",
            Self::NeverAfterDoubt => "never after a doubt",
            Self::NeverLost => "never lost",
            Self::NeverEarly => "never early",
            Self::NeverLate => "never late",
            Self::NeverWithoutReason => "never without a reason",
            Self::NeverAfterAnswer => "never after an answer",
            Self::NeverToFloods => "never to a flood",
            Self::NeverToHeldOut => "never to the held out",
            Self::NeverInDryRun => "never in a dry run",
            Self::NeverWhilePaused => "never while paused",
            Self::NeverWhileRemoved => "never while removed",
            Self::TrueLedger => "a true ledger",
            Self::Completes => "the simulation completes",
        })
    }
}
