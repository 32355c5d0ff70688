//! What time it is for the engine: HighLevel's, as its answers tell it, and this machine's own where they tell nothing.
//! Everything that the engine decides and stores goes by it, so that a machine whose clock is wrong does nothing early,
//! late or twice.
//!
//! Nothing is claimed or woken before HighLevel has answered once: without an answer nothing could be done anyway.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::Engine;
use crate::client::{Client, TOLERATED};
use crate::clock::Clock;
use crate::recipes::missed_call::store::StoreError;

/// How often HighLevel is asked until its answers agree with each other or with this machine.
const MOST_QUESTIONS: u32 = 5;
/// What is told within this is told as usual.
const SOON: SignedDuration = SignedDuration::from_mins(1);
/// How far the time may jump ahead while effects are under way: their claims, which hold for 15 minutes from at most 7
/// minutes before an attempt begins, still hold then.
const SAFE_JUMP: SignedDuration = SignedDuration::from_mins(3);
/// The longest pause before HighLevel is asked again after it did not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Engine {
    /// The clock that the engine goes by: HighLevel's time, as its answers tell it, or this machine's where they have told
    /// nothing yet or differ from it by no more than five seconds. Give it to the webhook receiver too: with the machine's
    /// own, a clock that is five minutes slow makes it refuse webhooks as from the future.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.shared.clock)
    }

    /// How far this machine's clock is ahead of HighLevel's; negative if it is behind. `None` before HighLevel's first
    /// answers. See [`Client::clock_offset`].
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        let clients = &self.shared.time.clients;
        clients.iter().find_map(Client::clock_offset)
    }

    /// The time at which something is taken that HighLevel dates so. Where that date makes this machine's clock doubtful
    /// and nobody has said yet what time it is, HighLevel is asked; without an answer the date is the best there is, as if
    /// it were told at once.
    pub(super) async fn now_at(&self, told: Option<Timestamp>) -> Timestamp {
        let time = &self.shared.time;
        if self.doubts(told).is_some() && time.until_asked() == Some(Duration::ZERO) {
            time.ask().await;
        }
        self.doubts(told).unwrap_or_else(|| self.shared.clock.now())
    }

    /// A date of HighLevel's that makes doubtful what time it is here.
    pub(super) fn doubts(&self, told: Option<Timestamp>) -> Option<Timestamp> {
        let time = &self.shared.time;
        let now = self.shared.clock.now();
        let is_odd = |told: &Timestamp| {
            let late = now.duration_since(*told);
            late < -TOLERATED || (late > SOON && time.earliest().is_none())
        };
        told.filter(|told| is_odd(told) && !time.is_sure())
    }

    /// The time by which effects are claimed and episodes woken; `None` if that has to wait: until it is sure what time it
    /// is, and after the time has jumped until nothing is under way, whose claims would look as if they had ended.
    pub(super) async fn time_to_work(&self, idle: bool) -> Result<Option<Timestamp>, StoreError> {
        let time = &self.shared.time;
        if !time.is_sure() {
            return Ok(None);
        }
        let now = self.shared.clock.now();
        let jump = time.jump(now);
        if jump.is_some_and(|jump| jump > SAFE_JUMP) && !idle {
            return Ok(None);
        }
        if jump.is_none_or(|jump| jump.abs() > TOLERATED) {
            self.recall(now).await?;
        }
        time.works(now);
        Ok(Some(now))
    }
}

/// HighLevel's time, out of what all clients of an engine have heard.
#[derive(Debug)]
pub(super) struct HighLevelTime {
    own: Arc<dyn Clock>,
    clients: Vec<Client>,
    course: Mutex<Course>,
}

#[derive(Debug, Default)]
struct Course {
    /// The time by which work was begun last, and what the monotonic clock showed then.
    worked: Option<(Timestamp, Duration)>,
    /// How often in a row nobody answered what time it is.
    unanswered: u32,
    /// HighLevel is not asked again before the monotonic clock shows this.
    not_before: Duration,
}

impl HighLevelTime {
    /// Locations mostly share a client; each is asked once.
    pub(super) fn new<'a>(
        own: Arc<dyn Clock>,
        of_locations: impl Iterator<Item = &'a Client>,
    ) -> Self {
        let mut clients: Vec<Client> = Vec::new();
        for client in of_locations {
            let is_same = |other: &Client| Arc::ptr_eq(other.server_time(), client.server_time());
            if !clients.iter().any(is_same) {
                clients.push(client.clone());
            }
        }
        Self {
            own,
            clients,
            course: Mutex::default(),
        }
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether what is known of the time will not change by asking.
    pub(super) fn is_sure(&self) -> bool {
        self.clients.is_empty()
            || self
                .clients
                .iter()
                .any(|client| client.server_time().is_settled())
    }

    /// The earliest that HighLevel's time can be now, if its answers tell.
    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.clients
            .iter()
            .find_map(|client| client.server_time().earliest())
    }

    /// How much further the time has gone than the monotonic clock since work was begun last; `None` if it never was.
    fn jump(&self, now: Timestamp) -> Option<SignedDuration> {
        let (then, elapsed) = self.course().worked?;
        let passed = self.own.elapsed().saturating_sub(elapsed);
        let expected = then.saturating_add(passed).unwrap_or(Timestamp::MAX);
        Some(now.duration_since(expected))
    }

    fn works(&self, now: Timestamp) {
        self.course().worked = Some((now, self.own.elapsed()));
    }

    /// How long to wait before HighLevel is asked what time it is; `None` if there is nothing to ask.
    pub(super) fn until_asked(&self) -> Option<Duration> {
        let wait = self.course().not_before.saturating_sub(self.own.elapsed());
        (!self.is_sure()).then_some(wait)
    }

    /// Asks HighLevel what time it is. Without an answer it is asked again after a pause.
    pub(super) async fn ask(&self) {
        let unanswered = self.course().unanswered;
        let turn = usize::try_from(unanswered).unwrap_or_default();
        let Some(client) = self.clients.get(turn % self.clients.len().max(1)) else {
            return;
        };
        let mut answered = false;
        for _ in 0..MOST_QUESTIONS {
            answered = client.ask_the_time().await;
            if !answered || client.server_time().is_settled() {
                break;
            }
        }
        let mut course = self.course();
        if answered {
            client.server_time().settle();
            (course.unanswered, course.not_before) = (0, Duration::ZERO);
        } else {
            let pause = Duration::from_secs(1 << unanswered.min(5)).min(LONGEST_PAUSE);
            course.unanswered = unanswered.saturating_add(1);
            course.not_before = self.own.elapsed() + pause;
        }
    }
}

#[async_trait]
impl Clock for HighLevelTime {
    fn now(&self) -> Timestamp {
        let own = self.own.now();
        let told = self
            .clients
            .iter()
            .find_map(|client| client.server_time().now());
        told.filter(|told| own.duration_since(*told).abs() > TOLERATED)
            .unwrap_or(own)
    }

    fn elapsed(&self) -> Duration {
        self.own.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        self.own.sleep(duration).await;
    }
}
