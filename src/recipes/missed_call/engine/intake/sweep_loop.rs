//! Sweeps of all locations, again and again: each at its own times, so that one which takes long keeps no other waiting.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinSet};

use super::Intake;
use crate::ids::LocationId;

/// How many sweeps are under way at once that have not taken long yet.
const AT_ONCE: usize = 8;
/// How many are under way beside them.
const OUTSIDE: usize = 128;
/// After this time a sweep leaves its place to others.
const LINGERS: Duration = Duration::from_secs(2);
/// How long to wait where no sweep is due.
const IDLE: Duration = Duration::from_secs(3600);

/// When each location is swept next, and which are being swept. Times are on the clock that never goes back.
struct Rounds {
    next: HashMap<LocationId, Duration>,
    under_way: HashMap<Id, (LocationId, Duration)>,
}

impl Rounds {
    fn new(locations: impl IntoIterator<Item = LocationId>, now: Duration) -> Self {
        let mut rounds = Self {
            next: HashMap::new(),
            under_way: HashMap::new(),
        };
        rounds.follow(locations, now);
        rounds
    }

    /// New locations are swept now, and others no more. A sweep that is under way comes to its end.
    fn follow(&mut self, locations: impl IntoIterator<Item = LocationId>, now: Duration) {
        let mut new: HashSet<LocationId> = locations.into_iter().collect();
        self.next.retain(|location, _| new.remove(location));
        for (location, _) in self.under_way.values() {
            new.remove(location);
        }
        self.next
            .extend(new.into_iter().map(|location| (location, now)));
    }

    /// Whether there is room for one more. Those that have taken long do not count, as long as there is room outside.
    fn have_room(&self, now: Duration) -> bool {
        let began = self.under_way.values().map(|(_, began)| *began);
        let lingering = began.filter(|began| *began + LINGERS <= now).count();
        self.under_way.len() < AT_ONCE + lingering.min(OUTSIDE)
    }

    /// The location that is to be swept now: the one that has waited longest.
    fn due(&mut self, now: Duration) -> Option<LocationId> {
        let due = self.next.iter().filter(|(_, at)| **at <= now);
        let (location, _) = due.min_by_key(|(location, at)| (**at, *location))?;
        let location = location.clone();
        self.next.remove(&location);
        Some(location)
    }

    /// How long until something can be begun, if nothing ends before.
    fn wait(&self, now: Duration) -> Duration {
        let due = self.next.values().min();
        let due = due.map_or(IDLE, |due| due.saturating_sub(now));
        if self.have_room(now) {
            return due;
        }
        let began = self.under_way.values().map(|(_, began)| *began + LINGERS);
        let leaves = began.filter(|leaves| *leaves > now).min();
        leaves.map_or(IDLE, |leaves| (leaves - now).max(due))
    }
}

impl Intake {
    /// Sweeps every location again and again, with this pause in between, until `shutdown` completes.
    pub(in super::super) async fn run_sweeps(
        self: &Arc<Self>,
        pause: Duration,
        shutdown: impl Future<Output = ()> + Send,
    ) {
        let mut shutdown = std::pin::pin!(shutdown);
        let clock = &self.base.clock;
        let locations = &self.base.locations;
        let mut changes = locations.changes();
        let mut rounds = Rounds::new(locations.ids(), clock.elapsed());
        // They end with this future.
        let mut sweeps = JoinSet::new();
        loop {
            let now = clock.elapsed();
            if changes.has_changed().unwrap_or(false) {
                changes.mark_unchanged();
                rounds.follow(locations.ids(), now);
            }
            while rounds.have_room(now)
                && let Some(location) = rounds.due(now)
            {
                let (intake, swept) = (Arc::clone(self), location.clone());
                let task = sweeps.spawn(async move { intake.sweep_and_log(&swept).await });
                rounds.under_way.insert(task.id(), (location, now));
            }
            let ended = tokio::select! {
                biased;
                () = &mut shutdown => return,
                Some(ended) = sweeps.join_next_with_id() => ended,
                Ok(()) = changes.changed() => {
                    rounds.follow(locations.ids(), clock.elapsed());
                    continue;
                }
                () = clock.sleep(rounds.wait(now)) => continue,
            };
            let task = match &ended {
                Ok((task, ())) => *task,
                Err(error) => error.id(),
            };
            if let Err(error) = ended {
                tracing::error!(%error, "a sweep's task failed; the location is swept again");
            }
            if let Some((location, _)) = rounds.under_way.remove(&task)
                && locations.known(&location).is_some()
            {
                rounds.next.insert(location, clock.elapsed() + pause);
            }
        }
    }

    async fn sweep_and_log(&self, location: &LocationId) {
        if let Err(error) = self.sweep(location).await {
            tracing::warn!(%location, error = &error as &dyn std::error::Error, "a sweep failed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn begin(rounds: &mut Rounds, tasks: &mut JoinSet<()>, now: Duration) -> usize {
        let mut begun = 0;
        while rounds.have_room(now)
            && let Some(location) = rounds.due(now)
        {
            let task = tasks.spawn(std::future::pending()).id();
            rounds.under_way.insert(task, (location, now));
            begun += 1;
        }
        begun
    }

    #[tokio::test]
    async fn sweeps_that_hang_leave_their_places_to_others() {
        let locations = (0..200).map(|number| LocationId::new(format!("l{number}")).unwrap());
        let mut rounds = Rounds::new(locations, at(0));
        let mut tasks = JoinSet::new();
        assert_eq!(begin(&mut rounds, &mut tasks, at(0)), AT_ONCE);
        assert_eq!(rounds.wait(at(0)), LINGERS);
        assert_eq!(begin(&mut rounds, &mut tasks, at(1)), 0);
        assert_eq!(begin(&mut rounds, &mut tasks, at(2)), AT_ONCE);
        let mut all = 2 * AT_ONCE;
        for round in 2..100 {
            all += begin(&mut rounds, &mut tasks, at(2 * round));
        }
        assert_eq!(all, AT_ONCE + OUTSIDE, "bounded");
        assert_eq!(rounds.wait(at(1_000)), IDLE, "until one ends");
    }

    #[tokio::test]
    async fn sweeps_follow_the_locations() {
        let [a, b, c] = ["a", "b", "c"].map(|id| LocationId::new(id).unwrap());
        let mut rounds = Rounds::new([a.clone(), b.clone()], at(0));
        let mut tasks = JoinSet::new();
        assert_eq!(begin(&mut rounds, &mut tasks, at(0)), 2);
        rounds.next.insert(a.clone(), at(120));
        rounds.follow([a.clone(), b, c.clone()], at(5));
        let next = |at_a, at_c| HashMap::from([(a.clone(), at_a), (c.clone(), at_c)]);
        assert_eq!(rounds.next, next(at(120), at(5)), "b is being swept");
        rounds.follow([c.clone()], at(6));
        assert_eq!(rounds.next, HashMap::from([(c.clone(), at(5))]));
    }
}
