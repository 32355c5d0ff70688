//! Callers that were never heard of before, of the last minutes: many at once, or numbers in a row, are machines.
//!
//! They are kept in memory: a restart forgets them, and the next callers tell whether the flood goes on.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::ids::LocationId;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::compliance::{Flood, FloodLimits, NewCaller, flood};

/// How long they are remembered: as long as numbers in a row are looked for.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(10);
/// How many of one location are remembered at most: more than any limit asks for.
const MOST: usize = 1000;

#[derive(Default)]
pub(super) struct Newcomers {
    recent: Mutex<HashMap<LocationId, VecDeque<NewCaller>>>,
}

impl Newcomers {
    /// Somebody new called.
    pub(super) fn note(
        &self,
        location: &LocationId,
        number: &PhoneNumber,
        called_at: Timestamp,
        now: Timestamp,
    ) {
        let mut recent = self.recent();
        let callers = recent.entry(location.clone()).or_default();
        callers.retain(|caller| {
            now.duration_since(caller.called_at) < REMEMBERED && caller.number != *number
        });
        if callers.len() == MOST {
            callers.pop_front();
        }
        callers.push_back(NewCaller {
            number: number.clone(),
            called_at,
        });
    }

    /// Whether this caller is one of a flood.
    pub(super) fn flood(
        &self,
        location: &LocationId,
        number: &PhoneNumber,
        limits: &FloodLimits,
        now: Timestamp,
    ) -> Option<Flood> {
        let mut recent = self.recent();
        let callers = recent.get_mut(location)?.make_contiguous();
        if !callers.iter().any(|caller| caller.number == *number) {
            return None;
        }
        flood(callers, limits, now)
    }

    fn recent(&self) -> MutexGuard<'_, HashMap<LocationId, VecDeque<NewCaller>>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
