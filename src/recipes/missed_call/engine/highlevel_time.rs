//! The engine's time: HighLevel's, as its answers give it, and this machine's own where they give none. Everything that the
//! engine decides and stores goes by it, so that a machine whose clock is wrong does nothing early, late or twice.
//!
//! Nothing is claimed or woken before HighLevel has answered once: without an answer nothing could be done anyway.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::client::{Client, TOLERATED};
use crate::clock::Clock;

/// How often HighLevel is asked until its answers agree with each other or with this machine.
const MOST_QUESTIONS: u32 = 5;
/// A report within this time is as usual.
const SOON: SignedDuration = SignedDuration::from_mins(1);
/// The longest pause before HighLevel is asked again after it did not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The answers to so many clients are gone by. Where each location has a client of its own, those of a few are enough.
const MOST_CLIENTS: usize = 16;

/// HighLevel's time, out of the answers to clients of an engine.
#[derive(Debug)]
pub(super) struct HighLevelTime {
    own: Arc<dyn Clock>,
    clients: RwLock<Vec<Client>>,
    course: Mutex<Course>,
}

#[derive(Debug, Default)]
struct Course {
    /// The time by which work was begun last, and what the monotonic clock showed then.
    worked: Option<(Timestamp, Duration)>,
    /// How often in a row HighLevel did not answer what time it is.
    unanswered: u32,
    /// HighLevel is not asked again before the monotonic clock shows this.
    not_before: Duration,
    /// The earliest that the time can be by the dates of verified reports, and what the monotonic clock showed then.
    reported: Option<(Timestamp, Duration)>,
}

impl Course {
    /// The earliest that the time can be by the dates of verified reports.
    fn by_reports(&self, elapsed: Duration) -> Option<Timestamp> {
        self.reported.map(|(time, then)| {
            let passed = elapsed.saturating_sub(then);
            time.saturating_add(passed).unwrap_or(Timestamp::MAX)
        })
    }

    /// The time by HighLevel's answers, and not before a date that it has reported, as far as a clock that runs slow between
    /// answers explains the difference.
    fn not_before_reports(&self, now: Timestamp) -> Timestamp {
        let newest = self.reported.map(|(time, _)| time);
        let is_ahead = |time: &Timestamp| *time > now && time.duration_since(now) <= SOON;
        newest.filter(is_ahead).unwrap_or(now)
    }
}

impl HighLevelTime {
    pub(super) fn new(own: Arc<dyn Clock>) -> Self {
        Self {
            own,
            clients: RwLock::default(),
            course: Mutex::default(),
        }
    }

    fn clients(&self) -> RwLockReadGuard<'_, Vec<Client>> {
        self.clients.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes by this client's answers too. Locations mostly share a client; each is asked once.
    pub(super) fn add(&self, client: &Client) {
        if self.clients().iter().any(|other| is_same(other, client)) {
            return;
        }
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        if clients.iter().any(|other| is_same(other, client)) {
            return;
        }
        if clients.len() >= MOST_CLIENTS {
            // The first one's time is mostly settled, so that nothing has to be asked for a new one.
            clients.remove(1);
        }
        clients.push(client.clone());
    }

    /// Goes by this client's answers no more: no location has it. What the last one knows still counts.
    pub(super) fn remove(&self, client: &Client) {
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        if clients.len() > 1 {
            clients.retain(|other| !is_same(other, client));
        }
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far this machine's clock is ahead of HighLevel's; `None` before HighLevel's first answers.
    pub(super) fn offset(&self) -> Option<SignedDuration> {
        self.clients().iter().find_map(Client::clock_offset)
    }

    /// The time at which something arrives that HighLevel dates so. Where that date makes this machine's clock doubtful and
    /// HighLevel's time is not known yet, HighLevel is asked; without an answer the date is the best there is, as if the
    /// report came at once.
    pub(super) async fn now_at(&self, dated: Option<Timestamp>) -> Timestamp {
        if self.doubts(dated).is_some() && self.until_asked() == Some(Duration::ZERO) {
            self.ask().await;
        }
        self.doubts(dated).unwrap_or_else(|| self.now())
    }

    /// The same for a report that HighLevel surely sent. While its time is not known, it is not before any date that it has
    /// reported: of two reports, the one with the older date does not come first because it is delivered last.
    pub(super) async fn now_of_report(&self, dated: Option<Timestamp>) -> Timestamp {
        let now = self.now_at(dated).await;
        let elapsed = self.own.elapsed();
        if self.is_sure() {
            let mut course = self.course();
            let newest = course.reported.map(|(time, _)| time);
            if dated > newest {
                course.reported = dated.map(|time| (time, elapsed));
            }
            return course.not_before_reports(now);
        }
        let mut course = self.course();
        let earliest = course.by_reports(elapsed).max(dated);
        course.reported = earliest.map(|time| (time, elapsed));
        earliest.map_or(now, |earliest| now.max(earliest))
    }

    /// A date of HighLevel's that makes this machine's time doubtful.
    pub(super) fn doubts(&self, dated: Option<Timestamp>) -> Option<Timestamp> {
        let now = self.now();
        let is_odd = |dated: &Timestamp| {
            let late = now.duration_since(*dated);
            late < -TOLERATED || (late > SOON && self.earliest().is_none())
        };
        dated.filter(|dated| is_odd(dated) && !self.is_sure())
    }

    /// Whether what is known of the time will not change by asking.
    pub(super) fn is_sure(&self) -> bool {
        let clients = self.clients();
        clients.is_empty()
            || clients
                .iter()
                .any(|client| client.server_time().is_settled())
    }

    /// The earliest that HighLevel's time can be now, if its answers give it.
    pub(super) fn earliest(&self) -> Option<Timestamp> {
        let clients = self.clients();
        let mut servers = clients.iter().map(Client::server_time);
        servers.find_map(|time| time.earliest())
    }

    /// How much further the time has gone than the monotonic clock since work was begun last; `None` if it never was.
    pub(super) fn jump(&self, now: Timestamp) -> Option<SignedDuration> {
        let (then, elapsed) = self.course().worked?;
        let passed = self.own.elapsed().saturating_sub(elapsed);
        let expected = then.saturating_add(passed).unwrap_or(Timestamp::MAX);
        Some(now.duration_since(expected))
    }

    /// Work is begun at this time.
    pub(super) fn works(&self, now: Timestamp) {
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
        let client = {
            let clients = self.clients();
            clients.get(turn % clients.len().max(1)).cloned()
        };
        let Some(client) = client else {
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

fn is_same(one: &Client, other: &Client) -> bool {
    Arc::ptr_eq(one.server_time(), other.server_time())
}

#[async_trait]
impl Clock for HighLevelTime {
    fn now(&self) -> Timestamp {
        let own = self.own.now();
        let server = {
            let clients = self.clients();
            let mut servers = clients.iter().map(Client::server_time);
            servers.find_map(|time| time.now())
        };
        match server {
            Some(server) => self.course().not_before_reports(server),
            // Without answers, the dates of reports show that a clock is slow.
            None => own.max(self.course().by_reports(self.own.elapsed()).unwrap_or(own)),
        }
    }

    fn elapsed(&self) -> Duration {
        self.own.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        self.own.sleep(duration).await;
    }
}
