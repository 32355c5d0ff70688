//! Counts for observers what is under way and late.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::lane_slots::LaneSlots;
use crate::recipes::missed_call::engine::base::Base;
use crate::recipes::missed_call::engine::observer::WorkCount;

/// The shortest time between two counts: the store writes for each.
const PAUSE: Duration = Duration::from_secs(15);

/// When it was last counted, and the count that is under way: work does not wait for it.
#[derive(Default)]
pub(super) struct WorkCounter {
    begun: Option<Duration>,
    pub(super) counting: JoinSet<()>,
}

impl WorkCounter {
    /// Begins to count, if somebody observes and it is time.
    pub(super) fn count(&mut self, base: &Arc<Base>, lanes: &[LaneSlots; 2]) {
        let now = base.clock.elapsed();
        let is_early = self
            .begun
            .is_some_and(|begun| now.saturating_sub(begun) < PAUSE);
        if !base.feed.is_observed() || is_early || !self.counting.is_empty() {
            return;
        }
        self.begun = Some(now);
        let [one, other] = lanes;
        let under_way = [one, other].map(|lane| (lane.lane(), lane.under_way()));
        let base = Arc::clone(base);
        self.counting.spawn(async move {
            // A store that fails is reported by the loop.
            if let Ok(late) = base.store.check(base.now()).await {
                base.feed.work_counted(WorkCount::new(under_way, late));
            }
        });
    }
}
