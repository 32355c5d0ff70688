//! What is under way in one lane, and for which location: however much is due in one, there is room for the others.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::{Id, JoinError, JoinSet};

use crate::client::Lane;
use crate::ids::LocationId;

/// How many effects of one lane are under way at once, and how many replies are being read.
pub(super) const AT_ONCE: usize = 32;
/// How many of them one location may have before it has to wait for one of its own to end.
const OF_ONE_LOCATION: usize = 16;
/// How many are claimed at a time, so that nobody has many more than that.
const AT_A_TIME: usize = 8;

/// How soon after a look that found nothing more it is looked again, where what is due in some locations is passed over:
/// that is much to pass over, and somebody's commit waits for it.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(200);

pub(super) struct Places {
    lane: Lane,
    /// When a look last found nothing more.
    looked_at: Option<Timestamp>,
    tasks: JoinSet<()>,
    locations: HashMap<Id, LocationId>,
}

impl Places {
    pub(super) fn of(lane: Lane) -> Self {
        Self {
            lane,
            looked_at: None,
            tasks: JoinSet::new(),
            locations: HashMap::new(),
        }
    }

    pub(super) fn lane(&self) -> Lane {
        self.lane
    }

    pub(super) fn under_way(&self) -> usize {
        self.tasks.len()
    }

    /// How many effects to claim next.
    pub(super) fn to_claim(&self) -> usize {
        AT_ONCE.saturating_sub(self.tasks.len()).min(AT_A_TIME)
    }

    pub(super) fn found_nothing_more(&mut self, now: Timestamp) {
        self.looked_at = Some(now);
    }

    /// Whether a look found nothing more a moment ago.
    pub(super) fn has_just_looked(&self, now: Timestamp) -> bool {
        let looked_at = self.looked_at.filter(|at| *at <= now);
        looked_at.is_some_and(|at| now.duration_since(at).unsigned_abs() < LOOK_AGAIN)
    }

    /// The locations that have to wait.
    pub(super) fn waiting(&self) -> Vec<LocationId> {
        let mut taken: HashMap<&LocationId, usize> = HashMap::new();
        for location in self.locations.values() {
            *taken.entry(location).or_default() += 1;
        }
        taken.retain(|_, count| *count >= OF_ONE_LOCATION);
        taken.into_keys().cloned().collect()
    }

    /// Whether nothing is under way.
    pub(super) fn are_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Whether something that is due may have to wait here.
    pub(super) fn are_scarce(&self) -> bool {
        self.to_claim() == 0 || !self.waiting().is_empty()
    }

    pub(super) fn start(
        &mut self,
        location: Option<LocationId>,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let task = self.tasks.spawn(work).id();
        if let Some(location) = location {
            self.locations.insert(task, location);
        }
    }

    /// The next that comes to its end; `None` if none is under way.
    pub(super) async fn next_end(&mut self) -> Option<Result<(), JoinError>> {
        let ended = self.tasks.join_next_with_id().await?;
        let task = match &ended {
            Ok((task, ())) => *task,
            Err(error) => error.id(),
        };
        self.locations.remove(&task);
        Some(ended.map(drop))
    }
}
