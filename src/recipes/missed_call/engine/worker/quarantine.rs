//! Locations whose effects would have to wait for the rate limit: until their turn comes nothing of theirs is claimed, so
//! that nothing is claimed again and again in vain. It is kept in memory alone: what was put off says itself until when,
//! and what was not is asked about again after a restart.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::client::Lane;
use crate::ids::LocationId;

/// How often what is too old is looked for among what is passed over.
const LOOK_THROUGH: Duration = Duration::from_secs(10);

/// Until when, on the clock that never goes back.
type Until = HashMap<(Lane, LocationId), Duration>;

#[derive(Debug, Default)]
pub(crate) struct Quarantine {
    until: Mutex<Until>,
    /// When what is passed over is looked through next.
    probe_at: Mutex<Duration>,
}

impl Quarantine {
    fn all(&self) -> MutexGuard<'_, Until> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing of this location and lane is claimed until then, or until later if that was said before.
    pub(crate) fn add(&self, location: &LocationId, lane: Lane, until: Duration) {
        let mut all = self.all();
        let known = all.entry((lane, location.clone())).or_default();
        *known = until.max(*known);
    }

    /// The locations of which nothing is to be claimed in this lane.
    pub(crate) fn of(&self, lane: Lane, now: Duration) -> Vec<LocationId> {
        let mut all = self.all();
        all.retain(|_, until| *until > now);
        let of_lane = all.keys().filter(|(of, _)| *of == lane);
        of_lane.map(|(_, location)| location.clone()).collect()
    }

    /// The locations whose texts are to be looked through for those that are too old; none, most times.
    pub(crate) fn to_look_through(&self, now: Duration) -> Vec<LocationId> {
        let mut next = self.probe_at.lock().unwrap_or_else(PoisonError::into_inner);
        if now < *next {
            return Vec::new();
        }
        *next = now + LOOK_THROUGH;
        self.of(Lane::Interactive, now)
    }

    /// How long until one of them is passed over no more.
    pub(crate) fn wait(&self, now: Duration) -> Option<Duration> {
        let all = self.all();
        let waits = all.values().map(|until| until.saturating_sub(now));
        waits.min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_end_counts() {
        let quarantine = Quarantine::default();
        let second = Duration::from_secs;
        let [here, there] = ["here", "there"].map(|id| LocationId::new(id).unwrap());
        quarantine.add(&here, Lane::Interactive, second(5));
        quarantine.add(&here, Lane::Interactive, second(3));
        quarantine.add(&there, Lane::Background, second(4));
        let of = |lane, now| quarantine.of(lane, second(now));
        assert_eq!(of(Lane::Interactive, 3), std::slice::from_ref(&here));
        assert_eq!(of(Lane::Background, 3), [there]);
        assert_eq!(quarantine.wait(second(3)), Some(second(1)));
        assert_eq!(of(Lane::Interactive, 4), std::slice::from_ref(&here));
        assert_eq!(of(Lane::Interactive, 5), []);
        assert_eq!(quarantine.wait(second(5)), None);
        quarantine.add(&here, Lane::Interactive, second(60));
        assert_eq!(quarantine.to_look_through(second(6)).len(), 1);
        assert_eq!(quarantine.to_look_through(second(15)).len(), 0);
        assert_eq!(quarantine.to_look_through(second(16)).len(), 1);
    }
}
