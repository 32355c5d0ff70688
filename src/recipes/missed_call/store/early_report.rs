//! What was reported of a person before their call, as a store keeps it.

use jiff::{SignedDuration, Timestamp};

use crate::ids::LocationId;
use crate::recipes::missed_call::core::model::Subject;
use crate::secret::Private;

/// A report of a person that can be the answer to a missed call which is reported later, such as another call of theirs that
/// somebody answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlyReport {
    /// Where.
    pub location: LocationId,
    /// The contact it is about.
    pub subject: Subject,
    /// Its name, which is the same for all repeats.
    pub name: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// What was reported, in the engine's own JSON. It holds no words of a message, but may hold a number.
    pub report: Private<String>,
}

impl EarlyReport {
    /// How long a store keeps one at least: much longer than HighLevel waits before it delivers the call's webhook again, so
    /// that a clock which is set forward loses none.
    pub const KEPT: SignedDuration = SignedDuration::from_hours(2);

    /// How many reports of one person are read at most: the newest.
    pub const MOST_OF_ONE: usize = 8;
}
