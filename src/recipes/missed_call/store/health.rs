//! What a store says of its own work.

use jiff::{SignedDuration, Timestamp};

/// From how long after its time on an effect that is not done is late.
pub(crate) const LATE: SignedDuration = SignedDuration::from_mins(1);

/// What a store that takes writes says of its work, see [`Store::check`](super::Store::check).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreHealth {
    /// How many effects have been due for longer than a minute and are not done: 3,000 of them at most are counted, and by
    /// a store that cannot count them, one.
    pub late_effects: u64,
    /// When the oldest of them was due.
    pub late_since: Option<Timestamp>,
    /// How many times since the start a stored row could not be understood, an episode or an effect most likely. The log
    /// names them.
    pub unreadable: u64,
}
