//! What a run says while it goes on.

use super::plan::Change;
use crate::ids::LocationId;

/// Follows a run: a bar, a log. Every method does nothing unless it is written. They are called from several tasks at once
/// and must not block.
pub trait Progress: Send + Sync {
    /// A run begins, over this many locations.
    fn begins(&self, locations: usize) {
        let _ = locations;
    }

    /// A location was read or applied, whether it went well or not.
    fn ends(&self, location: &LocationId, failed: bool) {
        let _ = (location, failed);
    }

    /// A change was made.
    fn changed(&self, location: &LocationId, change: &Change) {
        let _ = (location, change);
    }
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Silent;

impl Progress for Silent {}
