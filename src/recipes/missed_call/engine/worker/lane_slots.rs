//! The effects under way in one lane, by location. However much is due in some locations, and however long it takes, there is
//! room for the others.
//!
//! A location has a small share of the places. An effect that takes long leaves its place to others and goes on outside,
//! where there is room for a bounded number. Locations that are known to take long begin no more than fits outside.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};

use super::quarantine::Quarantine;
use crate::client::Lane;
use crate::clock::Clock;
use crate::ids::LocationId;
use crate::recipes::missed_call::store::Shares;

/// How many effects of one lane are under way at once that have not taken long yet.
const PLACES: usize = 96;
/// How many are under way beside them.
const OUTSIDE: usize = 128;
/// How many effects one location may have under way.
const SHARE: usize = 4;
/// The same of a location that takes long.
const SHARE_OF_SLOW: usize = 2;
/// How many are claimed at a time, so that no location has many more than that.
const AT_A_TIME: usize = 8;

/// After this time an effect leaves its place to others.
const LINGERS: Duration = Duration::from_millis(500);
/// A location whose effects take so long is slow.
const SLOW: Duration = Duration::from_secs(3);

/// The places of a lane.
pub(super) struct LaneSlots {
    lane: Lane,
    clock: Arc<dyn Clock>,
    tasks: JoinSet<()>,
    under_way: HashMap<Id, Work>,
    /// Locations whose last effect took long.
    slow: HashSet<LocationId>,
}

struct Work {
    location: Option<LocationId>,
    /// On the clock that never goes back.
    began: Duration,
    is_outside: bool,
}

impl LaneSlots {
    pub(super) fn of(lane: Lane, clock: &Arc<dyn Clock>) -> Self {
        Self {
            lane,
            clock: Arc::clone(clock),
            tasks: JoinSet::new(),
            under_way: HashMap::new(),
            slow: HashSet::new(),
        }
    }

    pub(super) fn lane(&self) -> Lane {
        self.lane
    }

    pub(super) fn under_way(&self) -> usize {
        self.tasks.len()
    }

    /// Whether nothing is under way.
    pub(super) fn are_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// How many effects to claim next.
    pub(super) fn to_claim(&self) -> usize {
        PLACES.saturating_sub(self.inside().count()).min(AT_A_TIME)
    }

    /// What each location may have of these, apart from those that are passed over.
    pub(super) fn shares(&self, quarantine: &Quarantine) -> Shares {
        let now = self.clock.elapsed();
        let slow: HashSet<&LocationId> = self.slow.iter().chain(self.taking_long(now)).collect();
        let of_slow = |work: &&Work| work.location.as_ref().is_some_and(|it| slow.contains(it));
        let is_full = self.under_way.values().filter(of_slow).count() >= OUTSIDE;
        let mut shares = Shares::of(SHARE);
        for location in self
            .under_way
            .values()
            .filter_map(|work| work.location.as_ref())
        {
            shares.take(location.clone(), 1);
        }
        for location in slow {
            let less = if is_full {
                SHARE
            } else {
                SHARE - SHARE_OF_SLOW
            };
            shares.take(location.clone(), less);
        }
        for location in quarantine.of(self.lane, now) {
            shares.leave_out(location);
        }
        shares
    }

    /// Lets effects that have taken long go on outside, as far as there is room. Returns how long until the next one does,
    /// if there is no place before that.
    pub(super) fn make_room(&mut self) -> Option<Duration> {
        let now = self.clock.elapsed();
        let outside = self
            .under_way
            .values()
            .filter(|work| work.is_outside)
            .count();
        let mut inside: Vec<&mut Work> = self
            .under_way
            .values_mut()
            .filter(|work| !work.is_outside)
            .collect();
        inside.sort_by_key(|work| work.began);
        let mut inside = inside.into_iter().take(OUTSIDE.saturating_sub(outside));
        let next = inside.find_map(|work| {
            let stays = (work.began + LINGERS).saturating_sub(now);
            work.is_outside = stays.is_zero();
            (!work.is_outside).then_some(stays)
        });
        next.filter(|_| self.to_claim() == 0)
    }

    fn inside(&self) -> impl Iterator<Item = &Work> {
        self.under_way.values().filter(|work| !work.is_outside)
    }

    fn taking_long(&self, now: Duration) -> impl Iterator<Item = &LocationId> {
        let long = self
            .under_way
            .values()
            .filter(move |work| now.saturating_sub(work.began) >= SLOW);
        long.filter_map(|work| work.location.as_ref())
    }

    pub(super) fn start(
        &mut self,
        location: Option<LocationId>,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let task = self.tasks.spawn(work).id();
        let work = Work {
            location,
            began: self.clock.elapsed(),
            is_outside: false,
        };
        self.under_way.insert(task, work);
    }

    /// The next that comes to its end; `None` if none is under way.
    pub(super) async fn next_end(&mut self) -> Option<Result<(), JoinError>> {
        let ended = self.tasks.join_next_with_id().await?;
        let task = match &ended {
            Ok((task, ())) => *task,
            Err(error) => error.id(),
        };
        if let Some(work) = self.under_way.remove(&task)
            && let Some(location) = work.location
        {
            if self.clock.elapsed().saturating_sub(work.began) >= SLOW {
                self.slow.insert(location);
            } else {
                self.slow.remove(&location);
            }
        }
        Some(ended.map(drop))
    }
}
