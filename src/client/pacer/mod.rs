//! Keeps each location within HighLevel's rate limit: 100 requests in 10 seconds and 200,000 a day, unless the headers
//! say otherwise.
//!
//! [`window`] decides and is pure. Here requests are queued: one queue per lane and location, first come first
//! served, the interactive queue before the background one. Only the request that is next waits on the clock; the
//! others sleep until it is their turn, so that thousands in a queue cost no wake-ups.

mod reserved;
mod window;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::select;
use tokio::sync::Notify;

pub(crate) use self::reserved::ReservedSlots;
use self::window::{Admission, Window};
use super::response::RateHeaders;
use super::shared_limit::SlotRequest;
use crate::clock::Clock;
use crate::ids::LocationId;
use crate::lane::Lane;

/// The most requests of one location that may be queued.
pub(crate) const MOST_WAITING: usize = 10_000;

/// Why a request may not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The day's allowance is used up for its lane.
    DailyLimit,
    /// Too many are queued already.
    QueueFull,
    /// Its deadline passed, or would pass before its turn.
    TooLate,
    /// There is no room at this moment, and it does not wait for any.
    NoRoom,
    /// It came with a reservation that another request has used.
    ReservationUsed,
}

/// What a location has left, as far as HighLevel's answers have reported it. See [`Client::usage`](crate::Client::usage).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Requests that HighLevel takes in one window.
    pub burst_limit: u32,
    /// Of these, how many are used.
    pub burst_used: u32,
    /// The length of a window.
    pub interval: Duration,
    /// Requests that HighLevel takes in a day, once an answer has reported it.
    pub daily_limit: Option<u64>,
    /// Of these, how many are left.
    pub daily_remaining: Option<u64>,
    /// Requests that are queued.
    pub waiting: usize,
}

/// The queues and the window of one location.
#[derive(Debug, Default)]
struct LocationQueue {
    window: Window,
    interactive: VecDeque<Arc<Notify>>,
    background: VecDeque<Arc<Notify>>,
    /// Until when background work that does not wait is refused, because an interactive request was.
    kept_free_until: Duration,
}

impl LocationQueue {
    fn of_lane(&mut self, lane: Lane) -> &mut VecDeque<Arc<Notify>> {
        match lane {
            Lane::Interactive => &mut self.interactive,
            Lane::Background => &mut self.background,
        }
    }

    fn waiting(&self) -> usize {
        self.interactive.len() + self.background.len()
    }

    /// Whose turn it is.
    fn next(&self) -> Option<&Arc<Notify>> {
        self.interactive.front().or_else(|| self.background.front())
    }

    /// Whether a new request of this lane would be the first in the queue.
    fn is_free_for(&self, lane: Lane) -> bool {
        self.interactive.is_empty() && (lane == Lane::Interactive || self.background.is_empty())
    }
}

/// A queue per location, and one for calls without a location.
#[derive(Debug)]
pub(crate) struct Pacer {
    clock: Arc<dyn Clock>,
    queues: Mutex<HashMap<LocationId, Arc<Mutex<LocationQueue>>>>,
    without_location: Arc<Mutex<LocationQueue>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves the counts as they were; they are still worth keeping.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pacer {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            queues: Mutex::default(),
            without_location: Arc::default(),
        }
    }

    fn queue(&self, location: Option<&LocationId>) -> Arc<Mutex<LocationQueue>> {
        let Some(location) = location else {
            return Arc::clone(&self.without_location);
        };
        let mut queues = lock(&self.queues);
        if let Some(queue) = queues.get(location) {
            return Arc::clone(queue);
        }
        let queue = Arc::default();
        queues.insert(location.clone(), Arc::clone(&queue));
        queue
    }

    /// Returns when a request of this location may be sent; `deadline` is on the clock's elapsed time. Dropping the
    /// future gives up its position in the queue.
    ///
    /// A deadline that passes in the queue is noticed when the turn comes, or when it cannot be met any more.
    pub(crate) async fn admit(
        &self,
        location: Option<&LocationId>,
        lane: Lane,
        deadline: Duration,
    ) -> Result<(), Refusal> {
        let queue = self.queue(location);
        self.in_turn(&queue, lane, deadline, Window::take).await
    }

    /// Takes a slot by `take` when it is the turn of a request that is queued now.
    async fn in_turn<T>(
        &self,
        queue: &Arc<Mutex<LocationQueue>>,
        lane: Lane,
        deadline: Duration,
        take: fn(&mut Window, Duration) -> T,
    ) -> Result<T, Refusal> {
        let mut ticket: Option<Ticket> = None;
        loop {
            let now = self.clock.elapsed();
            let wait = {
                let mut queued = lock(queue);
                let is_next = match &ticket {
                    Some(ticket) => queued
                        .next()
                        .is_some_and(|next| Arc::ptr_eq(next, &ticket.turn)),
                    None => queued.is_free_for(lane),
                };
                let wait = if is_next {
                    match queued.window.admit(lane, now) {
                        Admission::Go => return Ok(take(&mut queued.window, now)),
                        Admission::DailyLimit => return Err(Refusal::DailyLimit),
                        Admission::Wait(wait) if now + wait > deadline => {
                            return Err(Refusal::TooLate);
                        }
                        Admission::Wait(wait) => Some(wait),
                    }
                } else {
                    None
                };
                if ticket.is_none() {
                    if queued.waiting() >= MOST_WAITING {
                        return Err(Refusal::QueueFull);
                    }
                    let turn = Arc::new(Notify::new());
                    queued.of_lane(lane).push_back(Arc::clone(&turn));
                    ticket = Some(Ticket {
                        queue: Arc::clone(queue),
                        lane,
                        turn,
                    });
                }
                wait
            };
            // The ticket was drawn above.
            let Some(Ticket { turn, .. }) = &ticket else {
                continue;
            };
            match wait {
                Some(wait) => {
                    let turn = std::pin::pin!(turn.notified());
                    drop(select(self.clock.sleep(wait), turn).await);
                }
                None => turn.notified().await,
            }
        }
    }

    /// Takes over what an answer reported about the limit; `over` marks a refusal for exceeding it.
    pub(crate) fn learn(
        &self,
        location: Option<&LocationId>,
        rate: &RateHeaders,
        over: bool,
        now: Duration,
    ) {
        let queue = self.queue(location);
        let window = &mut lock(&queue).window;
        window.learn(rate, now);
        if over {
            window.refused(rate, now);
        }
    }

    /// What to ask a limit for that is shared with other clients.
    pub(crate) fn slot_request(&self, location: &LocationId, lane: Lane) -> SlotRequest {
        let queue = self.queue(Some(location));
        let window = &lock(&queue).window;
        SlotRequest::new(lane, window.limit, window.interval)
    }

    /// Sends nothing of the location for this long: others have used its window.
    pub(crate) fn hold(&self, location: &LocationId, wait: Duration) {
        let queue = self.queue(Some(location));
        lock(&queue).window.block(self.clock.elapsed() + wait);
    }

    pub(crate) fn usage(&self, location: Option<&LocationId>) -> Usage {
        let queue = self.queue(location);
        let mut queue = lock(&queue);
        let burst_used = queue.window.used(self.clock.elapsed());
        Usage {
            burst_limit: queue.window.limit,
            burst_used,
            interval: queue.window.interval,
            daily_limit: queue.window.daily.and_then(|daily| daily.limit),
            daily_remaining: queue.window.daily.map(|daily| daily.remaining),
            waiting: queue.waiting(),
        }
    }
}

/// A position in a queue; given up when dropped, and then it is the next one's turn.
struct Ticket {
    queue: Arc<Mutex<LocationQueue>>,
    lane: Lane,
    turn: Arc<Notify>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut queue = lock(&self.queue);
        let of_lane = queue.of_lane(self.lane);
        let mut turns = of_lane.iter();
        if let Some(position) = turns.position(|turn| Arc::ptr_eq(turn, &self.turn)) {
            of_lane.remove(position);
        }
        if let Some(next) = queue.next() {
            next.notify_one();
        }
    }
}
