//! Health of the engine: store, worker loop, late effects, sweeps. Cheap enough for a check every second.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::Admin;
use crate::ids::LocationId;
use crate::recipes::missed_call::store::{StoreError, StoreFault, StoreHealth};

/// How long the store may take to answer. A store that waits for another program's lock takes longer.
const GIVE_UP_AFTER: Duration = Duration::from_secs(1);
/// What [`Engine::health`](crate::recipes::missed_call::Engine::health) found.
///
/// [`is_ok`](Self::is_ok) is for a load balancer: it says whether webhooks can be accepted and effects are looked for. Late
/// work does not count there, since requests that are sent elsewhere make nothing earlier; monitoring finds it in the
/// fields and in the displayed text. As text it is `ok`, or one line for each thing that is wrong or late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// What is wrong with the store; `None` if it takes writes and its files are in place.
    pub store: Option<StoreFault>,
    /// What is known of that, in words that name the file and say what to do.
    pub store_error: Option<String>,
    /// Whether [`Engine::run`](crate::recipes::missed_call::Engine::run) has started but
    /// has not looked for due effects for more than two minutes: it could not read the store, or it hangs.
    pub stalled: bool,
    /// How many effects have been due for longer than a minute and are not done, as far as the store counts.
    pub late_effects: u64,
    /// When the oldest of them was due.
    pub late_since: Option<Timestamp>,
    /// For how long it has been due, in seconds.
    pub late_seconds: u64,
    /// How many times since the start a stored row could not be understood.
    pub unreadable: u64,
    /// The earliest of the times until which this process has swept its locations; `None` before the first sweep.
    pub swept_until: Option<Timestamp>,
}

impl Health {
    /// Whether webhooks can be accepted and effects are looked for.
    pub fn is_ok(&self) -> bool {
        self.store.is_none() && !self.stalled
    }

    fn new(answer: Option<Result<StoreHealth, StoreError>>, now: Timestamp) -> Self {
        let (store, store_error, found) = match answer {
            Some(Ok(found)) => (None, None, found),
            Some(Err(error)) => (
                Some(error.fault()),
                Some(whole(&error)),
                StoreHealth::default(),
            ),
            None => {
                let silence = "the store does not answer: another program may hold the database, or the disk may hang";
                let silence = (Some(StoreFault::Silent), Some(silence.to_owned()));
                (silence.0, silence.1, StoreHealth::default())
            }
        };
        let late = found
            .late_since
            .map(|since| now.duration_since(since).as_secs());
        Self {
            store,
            store_error,
            stalled: false,
            late_effects: found.late_effects,
            late_since: found.late_since,
            late_seconds: late
                .and_then(|seconds| seconds.try_into().ok())
                .unwrap_or(0),
            unreadable: found.unreadable,
            swept_until: None,
        }
    }
}

/// The error with what caused it.
fn whole(error: &StoreError) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        lines.extend(self.store_error.clone());
        if self.stalled {
            lines.push("the engine has not looked for what is due for two minutes; see the log, and restart the service if it says nothing of the store".to_owned());
        }
        if self.is_ok() {
            lines.push("ok".to_owned());
        }
        if self.late_effects > 0 {
            lines.push(format!(
                "{} effects are due for longer than a minute, the oldest for {} s",
                self.late_effects, self.late_seconds
            ));
        }
        if self.unreadable > 0 {
            lines.push(format!(
                "stored rows could not be read {} times; the log names them",
                self.unreadable
            ));
        }
        f.write_str(&lines.join("\n"))
    }
}

impl Admin {
    /// Asks the store, the pulse and the sweeps.
    pub(in super::super) async fn health(&self) -> Health {
        let base = &self.base;
        let now = base.now();
        let answer = tokio::select! {
            biased;
            answer = base.store.check(now) => Some(answer),
            () = base.clock.sleep(GIVE_UP_AFTER) => None,
        };
        let is_served = |location: &LocationId| base.locations.known(location).is_some();
        Health {
            stalled: self.pulse.has_stopped(base.clock.elapsed()),
            swept_until: self.swept.all(is_served),
            ..Health::new(answer, now)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn late_work_is_shown_and_keeps_no_webhook_out() {
        let found = StoreHealth {
            late_effects: 3,
            late_since: Some(at(100)),
            unreadable: 2,
        };
        let health = Health::new(Some(Ok(found)), at(400));
        assert!(health.is_ok());
        let lines: Vec<_> = [
            "ok",
            "3 effects are due for longer than a minute, the oldest for 300 s",
            "stored rows could not be read 2 times; the log names them",
        ]
        .into();
        assert_eq!(health.to_string().lines().collect::<Vec<_>>(), lines);
    }

    #[test]
    fn a_store_that_fails_or_says_nothing_is_not_ok() {
        let error = StoreError::new("commit", "no room").with_fault(StoreFault::Damaged);
        let health = Health::new(Some(Err(error)), at(0));
        assert!(!health.is_ok());
        assert_eq!(health.store, Some(StoreFault::Damaged));
        assert!(health.to_string().ends_with("nothing was written: no room"));
        let health = Health::new(None, at(0));
        assert!(!health.is_ok());
        assert!(health.to_string().starts_with("the store does not answer"));
        let json = serde_json::to_value(&health).unwrap();
        assert_eq!(json["store"], "silent");
    }
}
