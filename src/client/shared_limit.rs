//! One rate limit for all processes that send requests to a location: what they agree on, and where it is kept.
//!
//! Each client also keeps the limit by itself. Alone, that is enough. Three processes that each send a full window at once
//! send three windows, and HighLevel answers two of them with 429.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use crate::clock::Clock;
use crate::ids::LocationId;
use crate::lane::Lane;

/// Requests reach HighLevel with varying delay, from several machines; a window is kept this much longer than theirs.
pub(super) const MARGIN: Duration = Duration::from_millis(250);

/// Keeps the rate limit of locations for several clients: in several processes, or with several tokens in one.
///
/// A client that is given one ([`ClientBuilder::shared_rate_limit`](super::ClientBuilder::shared_rate_limit)) asks it before
/// each request of a location, after its own queue. So it should answer within a few milliseconds. While it fails, the
/// client goes by its own count alone and logs it: a store that is down delays no text.
///
/// An implementation keeps a [`SharedWindow`] for each location, in a place where one `take` at a time changes it, and uses
/// one clock for all, such as the database's.
#[async_trait]
pub trait SharedRateLimit: fmt::Debug + Send + Sync + 'static {
    /// Takes a slot of the location's window, or says how long to wait before asking again.
    ///
    /// # Errors
    ///
    /// Where the limit is kept cannot be reached. The request is then sent without it.
    async fn take(
        &self,
        location: &LocationId,
        ask: SlotRequest,
    ) -> Result<SharedSlot, Box<dyn Error + Send + Sync>>;
}

/// What a client asks a [`SharedRateLimit`] for: one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlotRequest {
    /// The lane of the request. Background work leaves a tenth of the window free.
    pub lane: Lane,
    /// How many requests HighLevel takes in one window, as its last answer said.
    pub limit: u32,
    /// The length of the window.
    pub interval: Duration,
}

impl SlotRequest {
    /// A slot for a request of this lane, where HighLevel takes `limit` requests within each `interval`.
    pub fn new(lane: Lane, limit: u32, interval: Duration) -> Self {
        Self {
            lane,
            limit,
            interval,
        }
    }
}

/// The answer of a [`SharedRateLimit`].
// Exhaustive on purpose: a request has a slot or waits for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedSlot {
    /// The slot is taken; send the request now.
    Granted,
    /// There is none before this much time has passed.
    Wait(Duration),
}

/// The requests of one location within the last window. Pure: times are milliseconds of one clock, and come as arguments.
///
/// ```
/// use std::time::Duration;
/// use gohighlevel::client::{Lane, SharedSlot, SharedWindow, SlotRequest};
///
/// let two_in_ten_seconds = SlotRequest::new(Lane::Interactive, 2, Duration::from_secs(10));
/// let mut window = SharedWindow::default();
/// assert_eq!(window.take(two_in_ten_seconds, 0), SharedSlot::Granted);
/// assert_eq!(window.take(two_in_ten_seconds, 4_000), SharedSlot::Granted);
/// let wait = Duration::from_millis(5_250); // until the first one has left, and a margin
/// assert_eq!(window.take(two_in_ten_seconds, 5_000), SharedSlot::Wait(wait));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedWindow {
    /// When each was sent, oldest first.
    sent: Vec<u64>,
}

impl SharedWindow {
    /// A window with requests that were sent at these times, as [`times`](Self::times) gave them, in any order.
    pub fn from_times(mut times: Vec<u64>) -> Self {
        times.sort_unstable();
        Self { sent: times }
    }

    /// When the requests were sent, oldest first, to be stored.
    pub fn times(&self) -> &[u64] {
        &self.sent
    }

    /// Takes a slot at `now`, or says how long until there is one.
    ///
    /// Times that lie further ahead than a window are of a clock that was wrong, and are dropped.
    pub fn take(&mut self, ask: SlotRequest, now: u64) -> SharedSlot {
        let keep = u64::try_from((ask.interval + MARGIN).as_millis()).unwrap_or(u64::MAX);
        self.sent
            .retain(|sent| sent.saturating_add(keep) > now && *sent <= now.saturating_add(keep));
        let room = ask.lane.room(ask.limit.max(1) as usize);
        // The one that has to leave so that there is room for this one.
        match self.sent.len().checked_sub(room) {
            None => {
                let place = self.sent.partition_point(|sent| *sent <= now);
                self.sent.insert(place, now);
                SharedSlot::Granted
            }
            Some(leaving) => {
                let leaves = self.sent.get(leaving).map_or(now, |sent| sent + keep);
                SharedSlot::Wait(Duration::from_millis(leaves.saturating_sub(now)))
            }
        }
    }
}

/// A [`SharedRateLimit`] in memory, for several clients of one process. Cheap to clone: clones share it.
#[derive(Debug, Clone)]
pub struct MemoryRateLimit {
    clock: Arc<dyn Clock>,
    windows: Arc<Mutex<HashMap<LocationId, SharedWindow>>>,
}

impl MemoryRateLimit {
    /// An empty one that goes by this clock, which should be the clients' own.
    pub fn new(clock: impl Clock) -> Self {
        Self {
            clock: Arc::new(clock),
            windows: Arc::default(),
        }
    }
}

#[async_trait]
impl SharedRateLimit for MemoryRateLimit {
    async fn take(
        &self,
        location: &LocationId,
        ask: SlotRequest,
    ) -> Result<SharedSlot, Box<dyn Error + Send + Sync>> {
        let now = u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(windows.entry(location.clone()).or_default().take(ask, now))
    }
}

/// Takes a slot, waiting for one where `deadline` (on the clock's elapsed time) lets it. Otherwise fails with how long it
/// would have to wait.
pub(super) async fn slot(
    limit: &dyn SharedRateLimit,
    clock: &dyn Clock,
    location: &LocationId,
    ask: SlotRequest,
    deadline: Option<Duration>,
) -> Result<(), Duration> {
    loop {
        let wait = match limit.take(location, ask).await {
            Ok(SharedSlot::Granted) => return Ok(()),
            Ok(SharedSlot::Wait(wait)) => wait,
            Err(error) => {
                tracing::warn!(
                    %location,
                    error = &*error as &dyn Error,
                    "the shared rate limit failed; the request goes by this process's own count"
                );
                return Ok(());
            }
        };
        if deadline.is_none_or(|deadline| clock.elapsed() + wait > deadline) {
            return Err(wait);
        }
        clock.sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INTERVAL: Duration = Duration::from_secs(10);

    fn ask(lane: Lane, limit: u32) -> SlotRequest {
        SlotRequest::new(lane, limit, INTERVAL)
    }

    #[test]
    fn background_requests_leave_a_tenth() {
        let mut window = SharedWindow::default();
        for _ in 0..90 {
            assert_eq!(
                window.take(ask(Lane::Background, 100), 0),
                SharedSlot::Granted
            );
        }
        let wait = SharedSlot::Wait(INTERVAL + MARGIN);
        assert_eq!(window.take(ask(Lane::Background, 100), 0), wait);
        for _ in 0..10 {
            assert_eq!(
                window.take(ask(Lane::Interactive, 100), 0),
                SharedSlot::Granted
            );
        }
        assert_eq!(window.take(ask(Lane::Interactive, 100), 0), wait);
    }

    #[test]
    fn a_limit_that_shrank_waits_for_enough_to_leave() {
        let mut window = SharedWindow::from_times(vec![3_000, 1_000, 2_000]);
        let wait = Duration::from_millis(2_000 + 10_250 - 4_000);
        assert_eq!(
            window.take(ask(Lane::Interactive, 2), 4_000),
            SharedSlot::Wait(wait)
        );
        assert_eq!(window.times(), [1_000, 2_000, 3_000]);
    }

    #[test]
    fn times_of_a_wrong_clock_hold_nothing_up() {
        let an_hour_ahead = 3_600_000;
        let mut window = SharedWindow::from_times(vec![an_hour_ahead; 100]);
        assert_eq!(
            window.take(ask(Lane::Interactive, 100), 0),
            SharedSlot::Granted
        );
        assert_eq!(window.times(), [0]);
    }

    proptest! {
        #[test]
        fn no_interval_has_more_than_the_limit(
            limit in 1_u32..8,
            steps in proptest::collection::vec((0_u64..4_000, any::<bool>()), 1..120),
        ) {
            let mut window = SharedWindow::default();
            let (mut now, mut granted) = (0, Vec::new());
            for (step, waits) in steps {
                now += step;
                match window.take(ask(Lane::Interactive, limit), now) {
                    SharedSlot::Granted => granted.push(now),
                    SharedSlot::Wait(wait) if waits => {
                        now += u64::try_from(wait.as_millis()).unwrap();
                        let then = window.take(ask(Lane::Interactive, limit), now);
                        prop_assert_eq!(then, SharedSlot::Granted);
                        granted.push(now);
                    }
                    SharedSlot::Wait(_) => {}
                }
            }
            for (first, last) in granted.iter().zip(granted.iter().skip(limit as usize)) {
                prop_assert!(last - first >= 10_250, "{:?}", granted);
            }
        }
    }
}
