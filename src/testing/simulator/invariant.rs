//! What must hold in every simulated world.

use std::fmt;

/// A promise of the recipe, or of the simulation itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Invariant {
    /// A step's text or task reaches the platform at most once for an episode, and one first text a caller within the
    /// cooldown.
    NeverTwice,
    /// No text is sent once the caller's wish to get none has been acknowledged, but for the one that confirms it.
    NeverAfterNo,
    /// Every call whose webhook was acknowledged is in the ledger, with an outcome of every step that follows it.
    NeverLost,
    /// Nothing is done before its time or without what it follows, and no later text in quiet hours.
    NeverEarly,
    /// No text goes out when it is too late for it.
    NeverLate,
    /// A first text that is not sent is left out for a reason that is true: what it tells of has happened, and not before
    /// the call.
    NeverWithoutReason,
    /// No first text is sent once it has been acknowledged that its caller wrote, was spoken with or booked meanwhile.
    NeverAfterAnswer,
    /// No first text answers a call that came with so many others of unknown callers that machines must have called, once
    /// those are known.
    NeverToMachines,
    /// Nothing is done in a paused location.
    NeverWhilePaused,
    /// Every step has one outcome in the ledger, and what it says was done is what reached the platform.
    TrueLedger,
    /// The world itself was set up, and went on to its end.
    Plays,
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeverTwice => "never twice",
            Self::NeverAfterNo => "never after no",
            Self::NeverLost => "never lost",
            Self::NeverEarly => "never early",
            Self::NeverLate => "never late",
            Self::NeverWithoutReason => "never without a reason",
            Self::NeverAfterAnswer => "never after an answer",
            Self::NeverToMachines => "never to machines",
            Self::NeverWhilePaused => "never while paused",
            Self::TrueLedger => "a true ledger",
            Self::Plays => "the simulation plays",
        })
    }
}
