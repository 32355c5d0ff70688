//! Keeps each location within HighLevel's rate limit: 100 requests in 10 seconds and 200,000 a day, unless the headers
//! say otherwise.
//!
//! [`window`] decides and is pure. Here requests stand in line: one line per lane and location, first come first
//! served, the interactive line before the background one. Only the request that is next waits on the clock; the
//! others sleep until it is their turn, so that thousands in line cost no wake-ups.

#[cfg(feature = "missed-call")]
mod grant;
mod window;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::select;
use tokio::sync::Notify;

#[cfg(feature = "missed-call")]
pub(crate) use self::grant::Grant;
use self::window::{Admission, Window};
use super::answer::RateHeaders;
use crate::clock::Clock;
use crate::ids::LocationId;
use crate::lane::Lane;

/// The most requests of one location that may stand in line.
pub(crate) const MOST_WAITING: usize = 10_000;

/// Why a request may not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The day's allowance is used up for its lane.
    DailyLimit,
    /// Too many stand in line already.
    LineFull,
    /// Its deadline passed, or would pass before its turn.
    TooLate,
    /// There is no place at this moment, and it does not wait for one.
    #[cfg(feature = "missed-call")]
    NotNow,
}

/// What a location has left, as far as its answers have told. See [`Client::usage`](crate::Client::usage).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Requests that HighLevel takes in one window.
    pub burst_limit: u32,
    /// Of these, how many are used.
    pub burst_used: u32,
    /// The length of a window.
    pub interval: Duration,
    /// Requests that HighLevel takes in a day, once an answer has told.
    pub daily_limit: Option<u64>,
    /// Of these, how many are left.
    pub daily_remaining: Option<u64>,
    /// Requests that stand in line.
    pub waiting: usize,
}

/// The lines and the window of one location.
#[derive(Debug, Default)]
struct Place {
    window: Window,
    interactive: VecDeque<Arc<Notify>>,
    background: VecDeque<Arc<Notify>>,
    /// Until when background work that does not wait is refused, because what somebody waits for was.
    #[cfg(feature = "missed-call")]
    kept_free_until: Duration,
}

impl Place {
    fn line(&mut self, lane: Lane) -> &mut VecDeque<Arc<Notify>> {
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

    /// Whether a newcomer of this lane would find nobody before it.
    fn is_free_for(&self, lane: Lane) -> bool {
        self.interactive.is_empty() && (lane == Lane::Interactive || self.background.is_empty())
    }
}

/// A place per location, and one for calls without a location.
#[derive(Debug)]
pub(crate) struct Pacer {
    clock: Arc<dyn Clock>,
    places: Mutex<HashMap<LocationId, Arc<Mutex<Place>>>>,
    elsewhere: Arc<Mutex<Place>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves the counts as they were; they are still worth keeping.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pacer {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            places: Mutex::default(),
            elsewhere: Arc::default(),
        }
    }

    fn place(&self, location: Option<&LocationId>) -> Arc<Mutex<Place>> {
        let Some(location) = location else {
            return Arc::clone(&self.elsewhere);
        };
        let mut places = lock(&self.places);
        if let Some(place) = places.get(location) {
            return Arc::clone(place);
        }
        let place = Arc::default();
        places.insert(location.clone(), Arc::clone(&place));
        place
    }

    /// Returns when a request of this location may be sent; `deadline` is on the clock's elapsed time. Dropping the
    /// future gives the place in the line up.
    ///
    /// A deadline that passes in the line is noticed when the turn comes, or when it cannot be met any more.
    pub(crate) async fn admit(
        &self,
        location: Option<&LocationId>,
        lane: Lane,
        deadline: Duration,
    ) -> Result<(), Refusal> {
        let place = self.place(location);
        let mut ticket: Option<Ticket> = None;
        loop {
            let now = self.clock.elapsed();
            let wait = {
                let mut place_now = lock(&place);
                let is_next = match &ticket {
                    Some(ticket) => place_now
                        .next()
                        .is_some_and(|next| Arc::ptr_eq(next, &ticket.turn)),
                    None => place_now.is_free_for(lane),
                };
                let wait = if is_next {
                    match place_now.window.admit(lane, now) {
                        Admission::Go => return Ok(()),
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
                    if place_now.waiting() >= MOST_WAITING {
                        return Err(Refusal::LineFull);
                    }
                    let turn = Arc::new(Notify::new());
                    place_now.line(lane).push_back(Arc::clone(&turn));
                    ticket = Some(Ticket {
                        place: Arc::clone(&place),
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

    /// Takes over what an answer told of the limit; `over` says that it was a refusal for being over it.
    pub(crate) fn learn(
        &self,
        location: Option<&LocationId>,
        rate: &RateHeaders,
        over: bool,
        now: Duration,
    ) {
        let place = self.place(location);
        let window = &mut lock(&place).window;
        window.learn(rate, now);
        if over {
            window.refused(rate, now);
        }
    }

    pub(crate) fn usage(&self, location: Option<&LocationId>) -> Usage {
        let place = self.place(location);
        let mut place = lock(&place);
        let burst_used = place.window.used(self.clock.elapsed());
        Usage {
            burst_limit: place.window.limit,
            burst_used,
            interval: place.window.interval,
            daily_limit: place.window.daily.and_then(|daily| daily.limit),
            daily_remaining: place.window.daily.map(|daily| daily.remaining),
            waiting: place.waiting(),
        }
    }
}

/// A place in a line; given up when dropped, and then it is the next one's turn.
struct Ticket {
    place: Arc<Mutex<Place>>,
    lane: Lane,
    turn: Arc<Notify>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut place = lock(&self.place);
        let line = place.line(self.lane);
        if let Some(position) = line.iter().position(|turn| Arc::ptr_eq(turn, &self.turn)) {
            line.remove(position);
        }
        if let Some(next) = place.next() {
            next.notify_one();
        }
    }
}
