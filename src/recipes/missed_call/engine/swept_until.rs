//! Until when this process has swept each location.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::ids::LocationId;

/// The end of the last sweep of each location.
#[derive(Default)]
pub(super) struct SweptUntil {
    until: Mutex<HashMap<LocationId, Timestamp>>,
}

impl SweptUntil {
    pub(super) fn of(&self, location: &LocationId) -> Option<Timestamp> {
        self.until().get(location).copied()
    }

    pub(super) fn set(&self, location: LocationId, until: Timestamp) {
        self.until().insert(location, until);
    }

    /// Until when all locations are swept that are served.
    pub(super) fn all(&self, is_served: impl Fn(&LocationId) -> bool) -> Option<Timestamp> {
        let mut until = self.until();
        until.retain(|location, _| is_served(location));
        until.values().min().copied()
    }

    fn until(&self) -> MutexGuard<'_, HashMap<LocationId, Timestamp>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
