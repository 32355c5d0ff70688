//! Places that are taken together and before they are used, for whoever must not wait for them one by one: work that
//! would hold up others while it waits begins when there is room for all of its requests, or not at all.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::window::LONGEST_WAIT;
use super::{Pacer, Place, Refusal, lock};
use crate::ids::LocationId;
use crate::lane::Lane;

/// For how long after a refused request of the interactive lane finds room the background lane is refused: what is left of
/// the window is for the others that wait as it did.
const KEPT_FREE: Duration = Duration::from_secs(3);
/// How soon to ask again where somebody stands in line, who decides when there is room.
const BEHIND_A_LINE: Duration = Duration::from_millis(250);

/// Places of one location. Those that are not used are given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Grant {
    place: Arc<Mutex<Place>>,
    /// When each was taken.
    taken: Mutex<Vec<u64>>,
}

impl Grant {
    /// Uses one of the places, if there is one left.
    pub(crate) fn use_one(&self, now: Duration) -> bool {
        let taken = lock(&self.taken).pop();
        if let Some(taken) = taken {
            lock(&self.place).window.use_granted(taken, now);
        }
        taken.is_some()
    }

    /// One of the places as a grant of its own, if there is one left.
    pub(crate) fn part(&self) -> Option<Self> {
        let taken = lock(&self.taken).pop()?;
        Some(Self {
            place: Arc::clone(&self.place),
            taken: Mutex::new(vec![taken]),
        })
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        let mut place = lock(&self.place);
        for taken in lock(&self.taken).drain(..) {
            place.window.give_back(taken);
        }
        if let Some(next) = place.next() {
            next.notify_one();
        }
    }
}

impl Pacer {
    /// Takes so many places at once, or none; of more than a window has, as many as it has. Whoever stands in line goes
    /// first.
    pub(crate) fn grant(
        &self,
        location: &LocationId,
        lane: Lane,
        places: usize,
    ) -> Result<Grant, Refusal> {
        let now = self.clock.elapsed();
        let of_location = self.place(Some(location));
        let mut place = lock(&of_location);
        let wait = place.wait_at_once(lane, places, now);
        if !wait.is_zero() {
            if lane == Lane::Interactive {
                place.kept_free_until = now + wait + KEPT_FREE;
            }
            return Err(Refusal::NotNow);
        }
        if place.window.day_is_over(lane, now) {
            return Err(Refusal::DailyLimit);
        }
        let places = places.min(place.window.limit.max(1) as usize);
        let taken = (0..places).map(|_| place.window.grant(now)).collect();
        drop(place);
        Ok(Grant {
            place: of_location,
            taken: Mutex::new(taken),
        })
    }

    /// How long until [`grant`](Self::grant) may have so many places; a minute at most.
    pub(crate) fn until_granted(
        &self,
        location: &LocationId,
        lane: Lane,
        places: usize,
    ) -> Duration {
        let now = self.clock.elapsed();
        let place = self.place(Some(location));
        let mut place = lock(&place);
        let wait = place.wait_at_once(lane, places, now);
        let day = place.window.wait_for_day(lane, now);
        wait.max(day).min(LONGEST_WAIT)
    }
}

impl Place {
    fn wait_at_once(&mut self, lane: Lane, places: usize, now: Duration) -> Duration {
        let mut wait = self.window.wait(lane, places, now);
        if !self.is_free_for(lane) {
            wait = wait.max(BEHIND_A_LINE);
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
    use crate::client::answer::RateHeaders;
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
    fn places_are_taken_together_or_not_at_all() {
        let (clock, pacer, here) = pacer();
        let grants: Vec<Grant> = (0..24)
            .map(|_| pacer.grant(&here, Lane::Interactive, 4).unwrap())
            .collect();
        let refused = pacer.grant(&here, Lane::Interactive, 5);
        assert_eq!(refused.unwrap_err(), Refusal::NotNow);
        assert_eq!(pacer.usage(Some(&here)).burst_used, 96);
        // Those that were not used are free again.
        clock.put(2_000);
        assert!(grants[0].use_one(clock.elapsed()));
        drop(grants);
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
        let grant = pacer.grant(&here, Lane::Interactive, 4).unwrap();
        let used = (0..4).filter(|_| grant.use_one(Duration::ZERO)).count();
        assert_eq!(used, 2);
    }

    #[test]
    fn what_somebody_waits_for_goes_first() {
        let (clock, pacer, here) = pacer();
        let all = pacer.grant(&here, Lane::Interactive, 100).unwrap();
        while all.use_one(Duration::ZERO) {}
        let until = |lane| pacer.until_granted(&here, lane, 4);
        assert!(pacer.grant(&here, Lane::Background, 4).is_err());
        assert_eq!(until(Lane::Background), Duration::from_millis(10_101));
        assert!(pacer.grant(&here, Lane::Interactive, 4).is_err());
        assert_eq!(until(Lane::Interactive), Duration::from_millis(10_101));
        assert_eq!(until(Lane::Background), Duration::from_millis(13_101));
        clock.put(10_101);
        assert!(pacer.grant(&here, Lane::Background, 4).is_err());
        assert!(pacer.grant(&here, Lane::Interactive, 4).is_ok());
        clock.put(13_101);
        assert!(pacer.grant(&here, Lane::Background, 4).is_ok());
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
        let refused = pacer.grant(&here, Lane::Interactive, 4);
        assert_eq!(refused.unwrap_err(), Refusal::DailyLimit);
        assert_eq!(
            pacer.until_granted(&here, Lane::Interactive, 4),
            LONGEST_WAIT
        );
    }
}
