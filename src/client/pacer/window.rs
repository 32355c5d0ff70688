//! The requests that one location may still send: the burst window and the day's allowance. Pure; times come as arguments.

use std::collections::VecDeque;
use std::time::Duration;

use crate::client::response::RateHeaders;
use crate::lane::Lane;

/// Requests reach HighLevel with varying delay; a window is kept this much longer than theirs.
const MARGIN: Duration = Duration::from_millis(100);
/// The largest limit that is believed: every slot that is taken costs memory.
const LARGEST_LIMIT: u32 = 10_000;
/// The longest wait that a `Retry-After` can ask for.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Where no header says when HighLevel's day begins, one request is let through to find out after this long with
/// nothing left.
const DAILY_PROBE: Duration = Duration::from_secs(15 * 60);
/// How soon to ask again for a slot that a reservation has held for longer than a window.
const LATE_RESERVATION: Duration = Duration::from_millis(250);

/// Whether a request may go now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// There is a slot for it.
    Go,
    /// There is no slot before this much time has passed.
    Wait(Duration),
    /// The day's allowance is used up, for this lane.
    DailyLimit,
}

/// The requests of one location within the last window: each takes a slot. Times are the clock's elapsed time.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) limit: u32,
    pub(super) interval: Duration,
    /// In milliseconds, to keep thousands of locations small.
    sent: VecDeque<u64>,
    /// When each slot was reserved that is not used yet. HighLevel does not count these.
    reserved: Vec<u64>,
    blocked_until: Duration,
    pub(super) daily: Option<Daily>,
}

/// The day's allowance as HighLevel last reported it, less what was sent since.
#[derive(Debug, Clone, Copy)]
pub(super) struct Daily {
    pub(super) limit: Option<u64>,
    pub(super) remaining: u64,
    /// When one request may find out whether the next day has begun.
    probe_at: Duration,
}

impl Daily {
    fn is_over(&self, lane: Lane) -> bool {
        let reserve = match lane {
            Lane::Interactive => 0,
            Lane::Background => self.limit.unwrap_or(0) / 100,
        };
        self.remaining <= reserve
    }
}

impl Default for Window {
    fn default() -> Self {
        Self {
            limit: 100,
            interval: Duration::from_secs(10),
            sent: VecDeque::new(),
            reserved: Vec::new(),
            blocked_until: Duration::ZERO,
            daily: None,
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Rounded up: a slot is never held for too short a time.
fn stamp(now: Duration) -> u64 {
    milliseconds(now).saturating_add(1)
}

impl Window {
    /// Whether a request of this lane may go now. If so, [`take`](Self::take) a slot for it.
    ///
    /// Background work leaves a tenth of the window and a hundredth of the day free for interactive requests.
    pub(super) fn admit(&mut self, lane: Lane, now: Duration) -> Admission {
        if now >= self.blocked_until && self.day_is_over(lane, now) {
            return Admission::DailyLimit;
        }
        match self.wait(lane, 1, now) {
            Duration::ZERO => Admission::Go,
            wait => Admission::Wait(wait),
        }
    }

    /// How long until the window has this many free slots for this lane. More than there can ever be count as all of them.
    pub(super) fn wait(&mut self, lane: Lane, slots: usize, now: Duration) -> Duration {
        self.forget(now);
        if now < self.blocked_until {
            return self.blocked_until - now;
        }
        let limit = self.limit.max(1) as usize;
        let free = lane.room(limit);
        // Those that have to leave so that no more than `free` are taken with the new ones.
        let taken = self.sent.len() + self.reserved.len();
        let too_many = (taken + slots.min(free)).saturating_sub(free);
        let Some(last) = too_many.checked_sub(1) else {
            return Duration::ZERO;
        };
        match (self.taken_at(last) + self.interval + MARGIN).saturating_sub(now) {
            Duration::ZERO => LATE_RESERVATION,
            wait => wait,
        }
    }

    /// When a slot was taken, counted from the oldest.
    fn taken_at(&self, index: usize) -> Duration {
        let milliseconds = if self.reserved.is_empty() {
            self.sent[index]
        } else {
            let mut all: Vec<u64> = self.sent.iter().chain(&self.reserved).copied().collect();
            *all.select_nth_unstable(index).1
        };
        Duration::from_millis(milliseconds)
    }

    /// How long until one request may find out whether the next day has begun; nothing if enough is left of this one.
    pub(super) fn wait_for_day(&self, lane: Lane, now: Duration) -> Duration {
        let over = self.daily.filter(|daily| daily.is_over(lane));
        over.map_or(Duration::ZERO, |daily| daily.probe_at.saturating_sub(now))
    }

    /// Takes a slot for a request that is sent now.
    pub(super) fn take(&mut self, now: Duration) {
        self.sent.push_back(stamp(now));
        if let Some(daily) = &mut self.daily {
            daily.remaining = daily.remaining.saturating_sub(1);
        }
    }

    /// Takes a slot for a request that is sent later. It is known by the time it was reserved at.
    pub(super) fn reserve(&mut self, now: Duration) -> u64 {
        let reserved = stamp(now);
        self.reserved.push(reserved);
        if let Some(daily) = &mut self.daily {
            daily.remaining = daily.remaining.saturating_sub(1);
        }
        reserved
    }

    /// Frees a reserved slot.
    pub(super) fn give_back(&mut self, reserved: u64) {
        if self.end_reservation(reserved)
            && let Some(daily) = &mut self.daily
        {
            daily.remaining = daily.remaining.saturating_add(1);
        }
    }

    /// Uses a reserved slot: it counts from now on.
    pub(super) fn use_reserved(&mut self, reserved: u64, now: Duration) {
        self.end_reservation(reserved);
        self.sent.push_back(stamp(now));
    }

    fn end_reservation(&mut self, reserved: u64) -> bool {
        let position = self.reserved.iter().rposition(|at| *at == reserved);
        position
            .map(|position| self.reserved.remove(position))
            .is_some()
    }

    pub(super) fn day_is_over(&mut self, lane: Lane, now: Duration) -> bool {
        let Some(daily) = self.daily.as_mut().filter(|daily| daily.is_over(lane)) else {
            return false;
        };
        if now < daily.probe_at {
            return true;
        }
        daily.probe_at = now + DAILY_PROBE;
        false
    }

    /// Gives no slot before this time.
    pub(super) fn block(&mut self, until: Duration) {
        self.blocked_until = self.blocked_until.max(until);
    }

    fn forget(&mut self, now: Duration) {
        let keep = milliseconds(self.interval + MARGIN);
        while self
            .sent
            .front()
            .is_some_and(|sent| sent + keep <= milliseconds(now))
        {
            self.sent.pop_front();
        }
    }

    /// How many slots are taken.
    pub(super) fn used(&mut self, now: Duration) -> u32 {
        self.forget(now);
        u32::try_from(self.sent.len() + self.reserved.len()).unwrap_or(u32::MAX)
    }

    /// Others may share the allowance: when HighLevel counts more requests than we sent, theirs count as sent too.
    pub(super) fn learn(&mut self, rate: &RateHeaders, now: Duration) {
        if let Some(max) = rate.max.filter(|max| *max > 0) {
            self.limit = max.min(LARGEST_LIMIT);
        }
        if let Some(interval) = rate.interval.filter(|interval| !interval.is_zero()) {
            self.interval = interval.min(LONGEST_WAIT);
        }
        if let Some(remaining) = rate.remaining {
            let counted = self.limit.saturating_sub(remaining) as usize;
            while self.sent.len() < counted {
                self.sent.push_back(milliseconds(now));
            }
        }
        if let Some(remaining) = rate.daily_remaining {
            let limit = rate
                .daily_limit
                .or(self.daily.and_then(|daily| daily.limit));
            self.daily = Some(Daily {
                limit,
                remaining,
                probe_at: now + rate.daily_reset.unwrap_or(DAILY_PROBE),
            });
        }
    }

    /// After a 429 no request of this location is sent for a while.
    pub(super) fn refused(&mut self, rate: &RateHeaders, now: Duration) {
        let wait = rate.retry_after.unwrap_or(self.interval).min(LONGEST_WAIT);
        self.blocked_until = self.blocked_until.max(now + wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Admission::{DailyLimit, Go, Wait};

    fn go(window: &mut Window, lane: Lane, now: Duration) -> Admission {
        let admission = window.admit(lane, now);
        if admission == Go {
            window.take(now);
        }
        admission
    }

    const fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_window_lets_its_limit_through_and_then_waits() {
        let mut window = Window::default();
        for _ in 0..100 {
            assert_eq!(go(&mut window, Lane::Interactive, at(0)), Go);
        }
        assert_eq!(go(&mut window, Lane::Interactive, at(4000)), Wait(at(6101)));
        assert_eq!(go(&mut window, Lane::Interactive, at(10_101)), Go);
    }

    #[test]
    fn never_more_than_the_limit_in_any_window() {
        let mut window = Window::default();
        let (mut now, mut sent) = (Duration::ZERO, Vec::new());
        while sent.len() < 350 {
            match go(&mut window, Lane::Interactive, now) {
                Go => sent.push(now),
                Wait(wait) => now += wait,
                DailyLimit => unreachable!("no headers were seen"),
            }
            now += Duration::from_micros(7_300 * (sent.len() as u64 % 3));
        }
        for (index, end) in sent.iter().enumerate().skip(100) {
            assert!(*end - sent[index - 100] > Duration::from_secs(10));
        }
    }

    #[test]
    fn background_leaves_a_tenth_of_the_window() {
        let mut window = Window::default();
        for _ in 0..90 {
            assert_eq!(go(&mut window, Lane::Background, at(0)), Go);
        }
        assert!(matches!(go(&mut window, Lane::Background, at(0)), Wait(_)));
        for _ in 0..10 {
            assert_eq!(go(&mut window, Lane::Interactive, at(0)), Go);
        }
        assert!(matches!(go(&mut window, Lane::Interactive, at(0)), Wait(_)));
    }

    #[test]
    fn background_leaves_a_hundredth_of_the_day() {
        let mut window = Window::default();
        let day = |remaining| RateHeaders {
            daily_limit: Some(200_000),
            daily_remaining: Some(remaining),
            ..RateHeaders::default()
        };
        window.learn(&day(2_001), at(0));
        assert_eq!(go(&mut window, Lane::Background, at(0)), Go);
        assert_eq!(go(&mut window, Lane::Background, at(0)), DailyLimit);
        assert_eq!(go(&mut window, Lane::Interactive, at(0)), Go);
        window.learn(&day(0), at(0));
        assert_eq!(go(&mut window, Lane::Interactive, at(0)), DailyLimit);
        // The next day may have begun: one request finds out, the others go on waiting.
        let later = DAILY_PROBE;
        assert_eq!(go(&mut window, Lane::Interactive, later), Go);
        assert_eq!(go(&mut window, Lane::Interactive, later), DailyLimit);
        window.learn(&day(199_999), later);
        assert_eq!(go(&mut window, Lane::Background, later), Go);
    }

    #[test]
    fn a_used_up_day_is_waited_out_until_its_end_where_the_headers_say_when() {
        let mut window = Window::default();
        let rate = RateHeaders {
            daily_remaining: Some(0),
            daily_reset: Some(Duration::from_secs(7200)),
            ..RateHeaders::default()
        };
        window.learn(&rate, at(0));
        assert_eq!(go(&mut window, Lane::Interactive, DAILY_PROBE), DailyLimit);
        assert_eq!(
            go(&mut window, Lane::Interactive, at(7_199_999)),
            DailyLimit
        );
        assert_eq!(go(&mut window, Lane::Interactive, at(7_200_000)), Go);
        assert_eq!(
            go(&mut window, Lane::Interactive, at(7_200_000)),
            DailyLimit
        );
    }

    #[test]
    fn headers_teach_the_limit_and_what_others_have_used() {
        let mut window = Window::default();
        let rate = RateHeaders {
            max: Some(25),
            remaining: Some(1),
            interval: Some(at(5000)),
            ..RateHeaders::default()
        };
        window.learn(&rate, at(0));
        assert_eq!(go(&mut window, Lane::Interactive, at(10)), Go);
        assert_eq!(go(&mut window, Lane::Interactive, at(10)), Wait(at(5090)));
        assert_eq!(window.used(at(10)), 25);
    }

    #[test]
    fn highlevel_does_not_count_what_is_reserved_and_not_used() {
        let mut window = Window::default();
        let reserved = [window.reserve(at(0)), window.reserve(at(0))];
        window.use_reserved(reserved[0], at(10));
        let rate = RateHeaders {
            remaining: Some(40),
            ..RateHeaders::default()
        };
        window.learn(&rate, at(20));
        assert_eq!(window.used(at(20)), 61);
    }

    #[test]
    fn an_absurd_limit_does_not_fill_the_memory() {
        let mut window = Window::default();
        let rate = RateHeaders {
            max: Some(u32::MAX),
            remaining: Some(0),
            ..RateHeaders::default()
        };
        window.learn(&rate, at(0));
        assert!(window.sent.len() <= 10_000);
    }

    #[test]
    fn room_for_several_comes_when_as_many_have_left() {
        let mut window = Window::default();
        for second in 0..4 {
            for _ in 0..25 {
                assert_eq!(go(&mut window, Lane::Interactive, at(second * 1000)), Go);
            }
        }
        let mut wait = |lane, slots| window.wait(lane, slots, at(5000));
        assert_eq!(wait(Lane::Interactive, 25), at(5101));
        assert_eq!(wait(Lane::Interactive, 26), at(6101));
        assert_eq!(wait(Lane::Interactive, 1000), at(8101), "all there are");
        assert_eq!(wait(Lane::Background, 15), at(5101));
        assert_eq!(wait(Lane::Background, 16), at(6101));
    }

    #[test]
    fn a_reserved_slot_counts_from_its_use() {
        let mut window = Window::default();
        let reserved = [window.reserve(at(0)), window.reserve(at(0))];
        window.use_reserved(reserved[0], at(3000));
        window.give_back(reserved[1]);
        assert_eq!(window.used(at(13_000)), 1);
        assert_eq!(window.used(at(13_101)), 0);
    }

    #[test]
    fn a_reserved_slot_is_kept_for_longer_than_a_window() {
        let mut window = Window::default();
        let reserved: Vec<u64> = (0..100).map(|_| window.reserve(at(0))).collect();
        let late = at(3_600_000);
        assert_eq!(go(&mut window, Lane::Interactive, at(5000)), Wait(at(5101)));
        assert_eq!(
            go(&mut window, Lane::Interactive, late),
            Wait(LATE_RESERVATION)
        );
        for reserved in reserved {
            window.use_reserved(reserved, late);
        }
        assert_eq!(go(&mut window, Lane::Interactive, late), Wait(at(10_101)));
    }

    #[test]
    fn a_refusal_stops_everybody_for_the_time_asked() {
        let mut window = Window::default();
        let after = |wait| RateHeaders {
            retry_after: Some(wait),
            ..RateHeaders::default()
        };
        window.refused(&after(at(3000)), at(0));
        assert_eq!(go(&mut window, Lane::Interactive, at(1000)), Wait(at(2000)));
        window.refused(&after(Duration::from_secs(9999)), at(0));
        assert_eq!(
            go(&mut window, Lane::Interactive, at(0)),
            Wait(LONGEST_WAIT)
        );
        assert_eq!(go(&mut window, Lane::Interactive, at(60_000)), Go);
    }
}
