//! Slots that are taken before they are used. Work that would hold up others while it waits begins when there is room for
//! all of its requests, or not at all; and what is decided right before a request must not be old when the request goes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::window::LONGEST_WAIT;
use super::{LocationQueue, Pacer, Refusal, Window, lock};
use crate::ids::LocationId;
use crate::lane::Lane;

/// For how long after a refused request of the interactive lane finds room the background lane is refused: what is left of
/// the window is for the others that wait as it did.
const KEPT_FREE: Duration = Duration::from_secs(3);
/// How soon to ask again while requests are queued: they go first.
const BEHIND_A_QUEUE: Duration = Duration::from_millis(250);

/// Reserved slots of one location. Those that are not used are given back when it is dropped.
#[derive(Debug)]
pub(crate) struct ReservedSlots {
    queue: Arc<Mutex<LocationQueue>>,
    /// When each was reserved.
    slots: Mutex<Vec<u64>>,
}

impl ReservedSlots {
    /// Uses one of the slots, if there is one left.
    pub(crate) fn use_one(&self, now: Duration) -> bool {
        let slot = lock(&self.slots).pop();
        if let Some(slot) = slot {
            lock(&self.queue).window.use_reserved(slot, now);
        }
        slot.is_some()
    }

    /// One of the slots for itself, if there is one left.
    pub(crate) fn split_one(&self) -> Option<Self> {
        let slot = lock(&self.slots).pop()?;
        Some(Self {
            queue: Arc::clone(&self.queue),
            slots: Mutex::new(vec![slot]),
        })
    }
}

impl Drop for ReservedSlots {
    fn drop(&mut self) {
        let mut queue = lock(&self.queue);
        for slot in lock(&self.slots).drain(..) {
            queue.window.give_back(slot);
        }
        if let Some(next) = queue.next() {
            next.notify_one();
        }
    }
}

impl Pacer {
    /// Reserves a slot when it is this request's turn; `deadline` is on the clock's elapsed time.
    pub(crate) async fn reserve(
        &self,
        location: &LocationId,
        lane: Lane,
        deadline: Duration,
    ) -> Result<ReservedSlots, Refusal> {
        let queue = self.queue(Some(location));
        let slot = self
            .in_turn(&queue, lane, deadline, Window::reserve)
            .await?;
        Ok(ReservedSlots {
            queue,
            slots: Mutex::new(vec![slot]),
        })
    }

    /// Reserves this many slots now, or none; of more than a window has, as many as it has. Queued requests go first.
    pub(crate) fn reserve_now(
        &self,
        location: &LocationId,
        lane: Lane,
        slots: usize,
    ) -> Result<ReservedSlots, Refusal> {
        let now = self.clock.elapsed();
        let of_location = self.queue(Some(location));
        let mut queue = lock(&of_location);
        let wait = queue.time_until_room(lane, slots, now);
        if !wait.is_zero() {
            if lane == Lane::Interactive {
                queue.kept_free_until = now + wait + KEPT_FREE;
            }
            return Err(Refusal::NoRoom);
        }
        if queue.window.day_is_over(lane, now) {
            return Err(Refusal::DailyLimit);
        }
        let slots = slots.min(queue.window.limit.max(1) as usize);
        let slots = (0..slots).map(|_| queue.window.reserve(now)).collect();
        drop(queue);
        Ok(ReservedSlots {
            queue: of_location,
            slots: Mutex::new(slots),
        })
    }

    /// How long until [`reserve_now`](Self::reserve_now) may have this many slots; a minute at most.
    pub(crate) fn time_until_room(
        &self,
        location: &LocationId,
        lane: Lane,
        slots: usize,
    ) -> Duration {
        let now = self.clock.elapsed();
        let queue = self.queue(Some(location));
        let mut queue = lock(&queue);
        let wait = queue.time_until_room(lane, slots, now);
        let day = queue.window.wait_for_day(lane, now);
        wait.max(day).min(LONGEST_WAIT)
    }
}

impl LocationQueue {
    fn time_until_room(&mut self, lane: Lane, slots: usize, now: Duration) -> Duration {
        let mut wait = self.window.wait(lane, slots, now);
        if !self.is_free_for(lane) {
            wait = wait.max(BEHIND_A_QUEUE);
        }
        if lane == Lane::Background {
            wait = wait.max(self.kept_free_until.saturating_sub(now));
        }
        wait
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::client::response::RateHeaders;
    use crate::clock::Clock;

    /// A clock that stands where it is put.
    #[derive(Debug, Clone, Default)]
    struct At(Arc<Mutex<Duration>>);

    impl At {
        fn put(&self, milliseconds: u64) {
            *lock(&self.0) = Duration::from_millis(milliseconds);
        }
    }

    #[async_trait::async_trait]
    impl Clock for At {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn elapsed(&self) -> Duration {
            *lock(&self.0)
        }

        async fn sleep(&self, _: Duration) {
            std::future::pending().await
        }
    }

    fn pacer() -> (At, Pacer, LocationId) {
        let clock = At::default();
        let pacer = Pacer::new(Arc::new(clock.clone()));
        (clock, pacer, LocationId::new("here").unwrap())
    }

    #[test]
    fn slots_are_reserved_together_or_not_at_all() {
        let (clock, pacer, here) = pacer();
        let reserved: Vec<ReservedSlots> = (0..24)
            .map(|_| pacer.reserve_now(&here, Lane::Interactive, 4).unwrap())
            .collect();
        let refused = pacer.reserve_now(&here, Lane::Interactive, 5);
        assert_eq!(refused.unwrap_err(), Refusal::NoRoom);
        assert_eq!(pacer.usage(Some(&here)).burst_used, 96);
        // Those that were not used are free again.
        clock.put(2_000);
        assert!(reserved[0].use_one(clock.elapsed()));
        drop(reserved);
        assert_eq!(pacer.usage(Some(&here)).burst_used, 1);
        clock.put(11_000);
        assert_eq!(pacer.usage(Some(&here)).burst_used, 1, "it was used later");
    }

    #[test]
    fn more_than_a_window_has_is_as_many_as_it_has() {
        let (_, pacer, here) = pacer();
        let rate = RateHeaders {
            max: Some(2),
            ..RateHeaders::default()
        };
        pacer.learn(Some(&here), &rate, false, Duration::ZERO);
        let reserved = pacer.reserve_now(&here, Lane::Interactive, 4).unwrap();
        let used = (0..4).filter(|_| reserved.use_one(Duration::ZERO)).count();
        assert_eq!(used, 2);
    }

    #[test]
    fn what_somebody_waits_for_goes_first() {
        let (clock, pacer, here) = pacer();
        let all = pacer.reserve_now(&here, Lane::Interactive, 100).unwrap();
        while all.use_one(Duration::ZERO) {}
        let until = |lane| pacer.time_until_room(&here, lane, 4);
        assert!(pacer.reserve_now(&here, Lane::Background, 4).is_err());
        assert_eq!(until(Lane::Background), Duration::from_millis(10_101));
        assert!(pacer.reserve_now(&here, Lane::Interactive, 4).is_err());
        assert_eq!(until(Lane::Interactive), Duration::from_millis(10_101));
        assert_eq!(until(Lane::Background), Duration::from_millis(13_101));
        clock.put(10_101);
        assert!(pacer.reserve_now(&here, Lane::Background, 4).is_err());
        assert!(pacer.reserve_now(&here, Lane::Interactive, 4).is_ok());
        clock.put(13_101);
        assert!(pacer.reserve_now(&here, Lane::Background, 4).is_ok());
    }

    #[test]
    fn a_used_up_day_is_asked_about_once_a_minute() {
        let (_, pacer, here) = pacer();
        let rate = RateHeaders {
            daily_remaining: Some(0),
            daily_reset: Some(Duration::from_secs(7200)),
            ..RateHeaders::default()
        };
        pacer.learn(Some(&here), &rate, false, Duration::ZERO);
        let refused = pacer.reserve_now(&here, Lane::Interactive, 4);
        assert_eq!(refused.unwrap_err(), Refusal::DailyLimit);
        assert_eq!(
            pacer.time_until_room(&here, Lane::Interactive, 4),
            LONGEST_WAIT
        );
    }
}
