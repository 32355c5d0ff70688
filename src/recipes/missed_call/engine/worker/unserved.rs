//! What this process must not leave lying: locations that were removed and have finished, and what is due in locations
//! that no process serves.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Worker;
use super::run::LEASE;
use crate::client::Lane;
use crate::recipes::missed_call::store::{Claim, Scope, Shares, StoreError};

/// How often it is looked whether a location has finished.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// A process that serves a location has claimed an effect long before it has been due for this time.
const NOBODYS_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// How often such effects are looked for …
const SEARCH_EVERY: Duration = Duration::from_secs(600);
/// … and how many are taken at once in each lane, and of one location.
const AT_ONCE: usize = 16;
const OF_ONE_LOCATION: usize = 4;

/// When it is looked next, on the clock that never goes back.
#[derive(Debug, Default)]
pub(crate) struct Unserved {
    next: Mutex<(Duration, Duration)>,
}

impl Unserved {
    /// Whether it is time to look at locations that finish, and for what is nobody's.
    fn is_time(&self, now: Duration) -> (bool, bool) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = (next.0 <= now, next.1 <= now);
        if is_time.0 {
            next.0 = now + LOOK_EVERY;
        }
        if is_time.1 {
            next.1 = now + SEARCH_EVERY;
        }
        is_time
    }

    /// There is more than was taken.
    fn search_again(&self, now: Duration) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.1 = now + LOOK_EVERY;
    }
}

impl Worker {
    /// Takes out the locations that have finished, wakes episodes of locations that nobody serves, and claims effects of
    /// such locations, so that they come to an end.
    pub(super) async fn look_after_unserved(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(Lane, Claim)>, StoreError> {
        let elapsed = self.base.clock.elapsed();
        let (finishing, nobodys) = self.unserved.is_time(elapsed);
        if finishing {
            for location in self.base.locations.finishing() {
                self.base.take_out_if_finished(&location).await?;
            }
        }
        let Scope::Only(served) = self.base.locations.scope() else {
            return Ok(Vec::new());
        };
        if !nobodys {
            return Ok(Vec::new());
        }
        let then = now.saturating_sub(NOBODYS_AFTER).unwrap_or(Timestamp::MIN);
        let lease = LEASE.saturating_add(NOBODYS_AFTER);
        let mut shares = Shares::of(OF_ONE_LOCATION);
        for location in served.iter() {
            shares.leave_out(location.clone());
        }
        let mut found = Vec::new();
        for lane in [Lane::Interactive, Lane::Background] {
            let claims = self.base.store.claim(then, lane, AT_ONCE, lease, &shares);
            let claims = claims.await?;
            if claims.len() == AT_ONCE {
                self.unserved.search_again(elapsed);
            }
            found.extend(claims.into_iter().map(|claim| (lane, claim)));
        }
        self.wake(then, &Scope::All).await?;
        Ok(found)
    }
}
