//! What was read of the ledger about experiments, so that it is read once. Another process reads it again.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ids::LocationId;
use crate::recipes::missed_call::core::ledger::Assignment;

/// The most locations of which anything is kept.
const MOST: usize = 10_000;

/// The experiments of the locations.
#[derive(Default)]
pub(in super::super) struct Experiments {
    /// Those that are announced in a location, by the fingerprint of their recipe.
    announced: Mutex<HashSet<(LocationId, String)>>,
    assigned: Mutex<HashMap<LocationId, Assigned>>,
}

/// The callers of a location that are assigned.
#[derive(Clone, Default)]
pub(super) struct Assigned {
    /// The last entry that was read.
    pub(super) read: Option<u64>,
    /// The places of the callers, by experiment.
    places: HashMap<String, BTreeSet<u32>>,
}

impl Assigned {
    pub(super) fn add(&mut self, assignment: Assignment) {
        let places = self.places.entry(assignment.experiment).or_default();
        places.insert(assignment.place);
    }

    /// How many callers there are.
    pub(super) fn callers(&self, experiment: &str) -> u64 {
        let places = self.places.get(experiment);
        places.map_or(0, |places| places.len() as u64)
    }
}

impl Experiments {
    pub(super) fn is_announced(&self, key: &(LocationId, String)) -> bool {
        lock(&self.announced).contains(key)
    }

    pub(super) fn announced(&self, key: (LocationId, String)) {
        let mut announced = lock(&self.announced);
        if announced.len() >= MOST {
            announced.clear();
        }
        announced.insert(key);
    }

    pub(super) fn assigned(&self, location: &LocationId) -> Assigned {
        let assigned = lock(&self.assigned);
        assigned.get(location).cloned().unwrap_or_default()
    }

    pub(super) fn keep(&self, location: &LocationId, read: Assigned) {
        let mut assigned = lock(&self.assigned);
        if assigned.len() >= MOST {
            assigned.clear();
        }
        assigned.insert(location.clone(), read);
    }
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
