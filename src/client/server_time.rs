//! Estimates HighLevel's time from its answers: each carries the second in which it was made (`Date`, RFC 9110
//! section 6.6.1). Kept on the scale of the monotonic clock, which nobody sets: a machine whose time of day is set, to
//! right or wrong, knows HighLevel's time all the same.
//!
//! | an answer says | what follows |
//! |---|---|
//! | what is known already, within 2 s and its own travel | what is known gets sharper |
//! | what this machine's clock says, within 5 s and its own travel | it counts at once |
//! | something else | it counts once three answers in a row agree on it: one odd answer changes nothing |
//! | nothing: no `Date`, one before 2025, or a copy out of a cache (`Age`) | nothing |
//!
//! An answer that was read long after its request was sent leaves open how long ago it was made: HighLevel was slow, or
//! this process hung before it read the answer. This machine's clock counts as right within what the answers leave open,
//! and HighLevel is asked again for an answer that leaves less open.
//!
//! Only answers of the configured host are read, over TLS or on this machine.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::{AGE, DATE, HeaderMap};
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// A clock that is at most this far off counts as right: `Date` has whole seconds, and answers travel.
pub(crate) const TOLERATED: SignedDuration = SignedDuration::from_secs(5);
/// How far apart two answers of HighLevel may be beyond what each of them leaves open: it has many servers.
const AGREE_WITHIN: SignedDuration = SignedDuration::from_secs(2);
/// How many answers in a row have to agree before they count against what is known.
const AGREEING: u32 = 3;
/// Answers that leave more open than this are not enough to go by.
#[cfg(feature = "missed-call")]
const SHARP: SignedDuration = SignedDuration::from_secs(15);
/// What `Date` leaves open.
const WHOLE_SECOND: SignedDuration = SignedDuration::from_secs(1);
/// Older than this crate: no server's clock is that wrong and still worth listening to.
const EARLIEST: Timestamp = Timestamp::constant(1_735_689_600, 0);
/// How often a wrong clock is logged.
const LOG_EVERY: Duration = Duration::from_secs(3600);

/// HighLevel's time for one client.
pub(crate) struct ServerTime {
    clock: Arc<dyn Clock>,
    knowledge: Mutex<Knowledge>,
}

impl ServerTime {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let own = LocalTime::read(&*clock);
        Self {
            clock,
            knowledge: Mutex::new(Knowledge::new(own)),
        }
    }

    fn knowledge(&self) -> MutexGuard<'_, Knowledge> {
        self.knowledge
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer has come to a request that was `sent` then, on the monotonic clock. Returns how far this machine's clock
    /// is ahead, if that is known.
    pub(crate) fn learn(&self, headers: &HeaderMap, sent: Duration) -> Option<SignedDuration> {
        let own = LocalTime::read(&*self.clock);
        let mut knowledge = self.knowledge();
        knowledge.learn(date(headers), sent, own);
        let offset = knowledge.offset(own)?;
        knowledge.log(offset, own.elapsed);
        Some(offset)
    }

    /// How far this machine's clock is ahead of HighLevel's; zero as far as answers can tell no difference.
    pub(crate) fn offset(&self) -> Option<SignedDuration> {
        self.knowledge().offset(LocalTime::read(&*self.clock))
    }

    /// HighLevel's time of day: this machine's clock, unless answers say that it is wrong.
    #[cfg(feature = "missed-call")]
    pub(crate) fn now(&self) -> Option<Timestamp> {
        let own = LocalTime::read(&*self.clock);
        let offset = self.knowledge().offset(own)?;
        if offset.abs() <= TOLERATED {
            return Some(own.now);
        }
        own.now.checked_sub(offset).ok()
    }

    /// The earliest that HighLevel's time can be now.
    #[cfg(feature = "missed-call")]
    pub(crate) fn earliest(&self) -> Option<Timestamp> {
        let elapsed = signed(self.clock.elapsed());
        let known = self.knowledge().known?;
        Timestamp::from_duration(known.from + elapsed).ok()
    }

    /// Whether asking now would teach nothing more. It would before an answer had a time, while answers contradict this
    /// machine's clock and each other, while they leave much open, and after that clock and the monotonic one have come
    /// apart: the one was set, or the machine was suspended and the other stood still.
    #[cfg(feature = "missed-call")]
    pub(crate) fn is_settled(&self) -> bool {
        self.knowledge().is_settled(LocalTime::read(&*self.clock))
    }

    /// Asking more does not help: what is known, or this machine's clock, has to do.
    #[cfg(feature = "missed-call")]
    pub(crate) fn settle(&self) {
        self.knowledge().settle();
    }
}

impl fmt::Debug for ServerTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTime")
            .field("offset", &self.offset())
            .finish_non_exhaustive()
    }
}

/// What an answer says of the time; `None` if it says nothing to go by.
fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let age = headers.get(AGE).map(|age| age.as_bytes().trim_ascii());
    if age.is_some_and(|age| age != b"0") {
        return None;
    }
    let date = headers.get(DATE)?.to_str().ok()?;
    let date = DateTimeParser::new().parse_timestamp(date.trim()).ok()?;
    (date >= EARLIEST).then_some(date)
}

/// This machine's two clocks at one moment.
#[derive(Clone, Copy)]
struct LocalTime {
    now: Timestamp,
    elapsed: Duration,
}

impl LocalTime {
    fn read(clock: &dyn Clock) -> Self {
        Self {
            now: clock.now(),
            elapsed: clock.elapsed(),
        }
    }

    /// The time of day when the monotonic clock stood at zero.
    fn at_zero(self) -> SignedDuration {
        self.now.as_duration() - signed(self.elapsed)
    }
}

/// Between which times of day it was at HighLevel when the monotonic clock here stood at zero, since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    from: SignedDuration,
    to: SignedDuration,
}

impl Span {
    #[cfg(feature = "missed-call")]
    fn is_sharp(self) -> bool {
        self.to - self.from <= SHARP
    }

    fn middle(self) -> SignedDuration {
        self.from + (self.to - self.from) / 2
    }

    /// How far a time lies ahead of it; negative if it lies behind, and zero inside.
    fn ahead(self, time: SignedDuration) -> SignedDuration {
        (time - self.to).max(SignedDuration::ZERO) + (time - self.from).min(SignedDuration::ZERO)
    }

    /// Both together, if they agree: what they have in common, or the later one of two that drift apart.
    fn and(self, later: Self) -> Option<Self> {
        let both = Self {
            from: self.from.max(later.from),
            to: self.to.min(later.to),
        };
        if both.from <= both.to {
            return Some(both);
        }
        (both.from - both.to <= AGREE_WITHIN).then_some(later)
    }
}

/// What is known of the time, and what answers say instead. Pure.
#[derive(Debug)]
struct Knowledge {
    known: Option<Span>,
    /// What the last answers say instead, and how many in a row.
    rival: Option<(Span, u32)>,
    /// Whether an answer had a time, or it is known that none has.
    heard: bool,
    /// Whether this machine's two clocks have come apart since the last answer.
    doubted: bool,
    /// Whether HighLevel was asked often enough for an answer that leaves little open.
    #[cfg(feature = "missed-call")]
    asked_enough: bool,
    /// The time of day here when the monotonic clock stood at zero, as it was when last looked at.
    at_zero: SignedDuration,
    /// When a wrong clock was logged last; `None` while it is right.
    logged: Option<Duration>,
}

impl Knowledge {
    fn new(own: LocalTime) -> Self {
        Self {
            known: None,
            rival: None,
            heard: false,
            doubted: false,
            #[cfg(feature = "missed-call")]
            asked_enough: false,
            at_zero: own.at_zero(),
            logged: None,
        }
    }

    fn learn(&mut self, date: Option<Timestamp>, sent: Duration, own: LocalTime) {
        let Some(date) = date.map(Timestamp::as_duration) else {
            return;
        };
        self.heard = true;
        self.doubted = false;
        self.at_zero = own.at_zero();
        let reported = Span {
            from: date - signed(own.elapsed),
            to: date + WHOLE_SECOND - signed(sent),
        };
        if let Some(agreed) = self.known.and_then(|known| known.and(reported)) {
            self.known = Some(agreed);
            self.rival = None;
        } else if reported.ahead(own.at_zero()).abs() <= TOLERATED {
            self.known = Some(reported);
            self.rival = None;
        } else {
            let agreed = self.rival.and_then(|(rival, times)| {
                let agreed = rival.and(reported)?;
                Some((agreed, times + 1))
            });
            let (rival, times) = agreed.unwrap_or((reported, 1));
            if times >= AGREEING {
                self.known = Some(rival);
                self.rival = None;
            } else {
                self.rival = Some((rival, times));
            }
        }
    }

    fn offset(&self, own: LocalTime) -> Option<SignedDuration> {
        let known = self.known?;
        if known.ahead(own.at_zero()).is_zero() {
            return Some(SignedDuration::ZERO);
        }
        Some(own.at_zero() - known.middle())
    }

    #[cfg(feature = "missed-call")]
    fn is_settled(&mut self, own: LocalTime) -> bool {
        if (own.at_zero() - self.at_zero).abs() > TOLERATED {
            self.at_zero = own.at_zero();
            (self.doubted, self.asked_enough) = (true, false);
        }
        let is_sharp = self.asked_enough || self.known.is_none_or(Span::is_sharp);
        self.heard && !self.doubted && is_sharp && (self.known.is_some() || self.rival.is_none())
    }

    #[cfg(feature = "missed-call")]
    fn settle(&mut self) {
        self.heard = true;
        self.doubted = false;
        self.asked_enough = true;
        self.rival = None;
    }

    fn log(&mut self, offset: SignedDuration, elapsed: Duration) {
        let is_wrong = offset.abs() > TOLERATED;
        let is_old = |logged: Duration| elapsed.saturating_sub(logged) >= LOG_EVERY;
        match self.logged {
            None if is_wrong => {}
            Some(logged) if is_wrong && is_old(logged) => {}
            Some(_) if !is_wrong => {
                self.logged = None;
                tracing::info!("this machine's clock agrees with HighLevel's again");
                return;
            }
            _ => return,
        }
        self.logged = Some(elapsed);
        let seconds_ahead = offset.as_secs();
        tracing::warn!(
            seconds_ahead,
            "this machine's clock is wrong by HighLevel's; set it, best by NTP"
        );
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
#[cfg(feature = "missed-call")]
mod tests {
    use super::*;

    const RIGHT: Timestamp = Timestamp::constant(1_793_232_000, 0);

    /// This machine's clocks so many seconds after the start, with a time of day that is so many seconds ahead.
    fn own(second: u64, ahead: i64) -> LocalTime {
        LocalTime {
            now: RIGHT + SignedDuration::from_secs(second as i64 + ahead),
            elapsed: Duration::from_secs(second),
        }
    }

    /// HighLevel says what time it is so many seconds after the start, if its clock is so many seconds ahead.
    fn date_of(second: u64, ahead: i64) -> Option<Timestamp> {
        Some(own(second, ahead).now)
    }

    struct Machine {
        knowledge: Knowledge,
        second: u64,
        ahead: i64,
    }

    impl Machine {
        fn ahead(seconds: i64) -> Self {
            Self {
                knowledge: Knowledge::new(own(0, seconds)),
                second: 0,
                ahead: seconds,
            }
        }

        /// A second later comes an answer of a server whose clock is so many seconds ahead.
        fn hears(&mut self, server: i64) -> Option<i64> {
            self.second += 1;
            let own = own(self.second, self.ahead);
            self.knowledge
                .learn(date_of(self.second, server), own.elapsed, own);
            self.offset()
        }

        fn offset(&self) -> Option<i64> {
            let offset = self.knowledge.offset(own(self.second, self.ahead));
            offset.map(|offset| offset.as_secs())
        }

        fn is_settled(&mut self) -> bool {
            self.knowledge.is_settled(own(self.second, self.ahead))
        }
    }

    #[test]
    fn a_clock_that_is_right_is_known_to_be_after_one_answer() {
        let mut machine = Machine::ahead(0);
        assert!(!machine.is_settled());
        assert_eq!(machine.hears(0), Some(0));
        assert!(machine.is_settled());
    }

    #[test]
    fn a_wrong_clock_is_known_after_three_answers() {
        for ahead in [180, 7_200, -180, -7_200, 1_000_000_000, -1_000_000_000] {
            let mut machine = Machine::ahead(ahead);
            assert_eq!(machine.hears(0), None);
            assert!(!machine.is_settled());
            assert_eq!(machine.hears(0), None);
            let offset = machine.hears(0).unwrap();
            assert!((offset - ahead).abs() <= 1, "{ahead}: {offset}");
            assert!(machine.is_settled());
        }
    }

    #[test]
    fn odd_answers_change_nothing_unless_three_in_a_row_agree() {
        let mut machine = Machine::ahead(0);
        machine.hears(0);
        for odd in [7_200, 7_200, 0, -500, 7_200, 7_200, 0, 100, 200, 300, 400] {
            assert_eq!(machine.hears(odd), Some(0));
        }
        for _ in 0..2 {
            assert_eq!(machine.hears(-7_200), Some(0));
        }
        assert_eq!(machine.hears(-7_200), Some(7_199));
        // The first one that agrees with this machine brings it back.
        assert_eq!(machine.hears(0), Some(0));
    }

    #[test]
    fn what_is_known_outlives_a_clock_that_is_set() {
        let mut machine = Machine::ahead(0);
        machine.hears(0);
        assert!(machine.is_settled());
        machine.ahead = 7_200;
        assert_eq!(machine.offset(), Some(7_199));
        // It is asked once more all the same: the machine may have been suspended.
        assert!(!machine.is_settled());
        machine.hears(0);
        assert!(machine.is_settled());
        assert_eq!(machine.offset(), Some(7_199));
    }

    #[test]
    fn after_a_suspension_one_answer_tells() {
        let mut machine = Machine::ahead(0);
        machine.hears(0);
        // Eight hours have passed, and the monotonic clock has stood still.
        machine.ahead = 8 * 3_600;
        assert!(!machine.is_settled());
        assert_eq!(machine.hears(8 * 3_600), Some(0));
        assert!(machine.is_settled());
    }

    #[test]
    fn many_answers_sharpen_it_and_slow_ones_do_not_blur_it() {
        let mut knowledge = Knowledge::new(own(0, 0));
        for (second, sent) in [(40, 10), (50, 49), (100, 60)] {
            let own = own(second, 0);
            knowledge.learn(date_of(second, 0), Duration::from_secs(sent), own);
        }
        let known = knowledge.known.unwrap();
        assert!(known.to - known.from <= SignedDuration::from_secs(2));
        assert_eq!(known.ahead(RIGHT.as_duration()), SignedDuration::ZERO);
    }

    #[test]
    fn an_answer_that_was_read_late_leaves_it_to_this_machine_and_to_the_next_answer() {
        // The process hung for five minutes before it read the first answer.
        let mut machine = Machine::ahead(0);
        let late = own(300, 0);
        machine.second = 300;
        machine.knowledge.learn(date_of(1, 0), Duration::ZERO, late);
        assert_eq!(machine.offset(), Some(0));
        assert!(!machine.is_settled());
        assert_eq!(machine.hears(0), Some(0));
        assert!(machine.is_settled());

        // HighLevel answers nothing sooner: what it says has to do.
        machine.knowledge = Knowledge::new(own(300, 0));
        machine
            .knowledge
            .learn(date_of(250, 0), Duration::from_secs(200), late);
        assert!(!machine.is_settled());
        machine.knowledge.settle();
        assert!(machine.is_settled());

        // A clock that is wrong by more than the answer leaves open is found by three of them.
        let mut machine = Machine::ahead(-7_200);
        for _ in 0..3 {
            machine.second += 100;
            let own = own(machine.second, -7_200);
            let sent = Duration::from_secs(machine.second - 60);
            machine
                .knowledge
                .learn(date_of(machine.second, 0), sent, own);
        }
        let offset = machine.offset().unwrap();
        assert!((offset + 7_200).abs() <= 60, "{offset}");
    }

    #[test]
    fn a_server_that_tells_no_time_leaves_it_to_this_machine() {
        let mut knowledge = Knowledge::new(own(0, 0));
        knowledge.learn(None, Duration::ZERO, own(1, 0));
        assert!(!knowledge.is_settled(own(1, 0)));
        knowledge.settle();
        assert!(knowledge.is_settled(own(1, 0)));
        assert_eq!(knowledge.offset(own(1, 0)), None);
        knowledge.learn(date_of(2, 60), Duration::ZERO, own(2, 0));
        assert!(!knowledge.is_settled(own(2, 0)));
        knowledge.settle();
        assert!(knowledge.is_settled(own(2, 0)));
    }

    #[test]
    fn what_is_read_of_headers() {
        let read = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            date(&headers).map(Timestamp::as_second)
        };
        let date = "Thu, 29 Oct 2026 00:00:00 GMT";
        assert_eq!(read(&[("date", date)]), Some(1_793_232_000));
        assert_eq!(read(&[("date", date), ("age", "0")]), Some(1_793_232_000));
        for pairs in [
            &[][..],
            &[("date", date), ("age", "300")],
            &[("date", date), ("age", "?")],
            &[("date", "yesterday")],
            &[("date", "Thu, 01 Jan 1970 00:00:00 GMT")],
            &[("date", "1793232000")],
        ] {
            assert_eq!(read(pairs), None, "{pairs:?}");
        }
    }
}
