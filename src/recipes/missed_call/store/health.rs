//! The health of a store, as it reports it.

use jiff::{SignedDuration, Timestamp};

/// An effect that is due for this long and not done is late.
pub(crate) const LATE: SignedDuration = SignedDuration::from_mins(1);

/// The health of a store that accepts writes, see [`Store::check`](super::Store::check).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreHealth {
    /// How many effects have been due for longer than a minute and are not done. A store counts at most 3,000; one that
    /// cannot count reports 1.
    pub late_effects: u64,
    /// When the oldest of them was due.
    pub late_since: Option<Timestamp>,
    /// How many times since the start a stored row could not be read, usually an episode or an effect. The log names them.
    pub unreadable: u64,
}
