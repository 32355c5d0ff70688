//! Decides what follows an attempt. Pure: a table over replay safety × aftermath of the attempt × number of the attempt.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::judge::Aftermath;
use super::request::ReplaySafety;
use crate::error::TransportErrorKind;

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Hand the answer or the failure to the caller as what it is.
    Return,
    /// Send it again after a wait that grows with the attempts.
    Again,
    /// Send it again when the rate limit allows.
    AgainWithinLimit,
}

/// How often and how patiently a request is repeated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryPolicy {
    pub(crate) max_attempts: u32,
    pub(crate) base: Duration,
    pub(crate) cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 5,
            base: Duration::from_millis(250),
            cap: Duration::from_secs(8),
        }
    }
}

impl Aftermath {
    /// Whether the request may have been carried out and must not be sent again: the caller has to find out.
    pub(crate) fn leaves_unknown(self, replay: ReplaySafety) -> bool {
        replay == ReplaySafety::Once && matches!(self, Self::InDoubt { .. })
    }

    /// The aftermath of an attempt without a whole answer.
    pub(crate) fn from_failure(kind: TransportErrorKind) -> Self {
        use TransportErrorKind as T;
        match kind {
            T::Connect => Self::NotSent,
            T::Timeout | T::Interrupted | T::Other => Self::InDoubt { passes: true },
            // It is as large the next time.
            T::TooLarge => Self::InDoubt { passes: false },
        }
    }
}

impl RetryPolicy {
    /// One attempt.
    pub(crate) const NEVER: Self = Self {
        max_attempts: 1,
        base: Duration::ZERO,
        cap: Duration::ZERO,
    };

    pub(crate) fn verdict(
        &self,
        replay: ReplaySafety,
        aftermath: Aftermath,
        attempt: u32,
    ) -> Verdict {
        let may_repeat = attempt < self.max_attempts;
        match aftermath {
            Aftermath::NotSent if may_repeat => Verdict::Again,
            Aftermath::InDoubt { passes: true } if may_repeat && replay != ReplaySafety::Once => {
                Verdict::Again
            }
            Aftermath::OverLimit if may_repeat => Verdict::AgainWithinLimit,
            _ => Verdict::Return,
        }
    }

    /// The wait before the attempt after `attempt`: full jitter over a doubling span, and no shorter than HighLevel
    /// asked for within reason. `jitter` is in `0.0..1.0`.
    pub(crate) fn wait(&self, attempt: u32, asked: Option<Duration>, jitter: f64) -> Duration {
        let span = self
            .base
            .saturating_mul(1 << attempt.saturating_sub(1).min(16))
            .min(self.cap);
        let asked = asked.unwrap_or(Duration::ZERO).min(self.cap);
        span.mul_f64(jitter.clamp(0.0, 1.0)).max(asked)
    }
}

/// Keeps repeats from making an outage worse: a hundred at first, and then one for every five requests. Without it
/// every request of a busy service would be sent five times while HighLevel is down.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    /// In fifths of a repeat.
    fifths: AtomicU32,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self {
            fifths: AtomicU32::new(Self::MOST),
        }
    }
}

impl RetryBudget {
    const MOST: u32 = 500;
    const REPEAT: u32 = 5;

    /// A request begins.
    pub(crate) fn deposit(&self) {
        let add = |fifths: u32| (fifths < Self::MOST).then_some(fifths + 1);
        // It is full otherwise.
        let _ = self
            .fifths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Pays for a repeat, if there is enough for it.
    pub(crate) fn withdraw(&self) -> bool {
        let pay = |fifths: u32| fifths.checked_sub(Self::REPEAT);
        self.fifths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_over_all_cases() {
        use Aftermath::{InDoubt, NotSent, OverLimit, Settled};
        use ReplaySafety::{Once, Repeatable, Safe};
        use TransportErrorKind as T;
        use Verdict::{Again, AgainWithinLimit, Return};
        let policy = RetryPolicy::default();
        let last = policy.max_attempts;
        let failed = Aftermath::from_failure;
        // aftermath; harmless request with attempts left, and none; Once with attempts left, and none
        for (aftermath, expected) in [
            (Settled, [Return, Return, Return, Return]),
            (
                OverLimit,
                [AgainWithinLimit, Return, AgainWithinLimit, Return],
            ),
            (NotSent, [Again, Return, Again, Return]),
            (InDoubt { passes: true }, [Again, Return, Return, Return]),
            (InDoubt { passes: false }, [Return, Return, Return, Return]),
            (failed(T::Connect), [Again, Return, Again, Return]),
            (failed(T::Timeout), [Again, Return, Return, Return]),
            (failed(T::Interrupted), [Again, Return, Return, Return]),
            (failed(T::Other), [Again, Return, Return, Return]),
            (failed(T::TooLarge), [Return, Return, Return, Return]),
        ] {
            let in_doubt = matches!(aftermath, InDoubt { .. });
            assert_eq!(aftermath.leaves_unknown(Once), in_doubt);
            assert!(!aftermath.leaves_unknown(Repeatable) && !aftermath.leaves_unknown(Safe));
            let verdict = |replay, attempt| policy.verdict(replay, aftermath, attempt);
            for harmless in [Safe, Repeatable] {
                let found = [
                    verdict(harmless, 1),
                    verdict(harmless, last),
                    verdict(Once, 1),
                    verdict(Once, last),
                ];
                assert_eq!(found, expected, "{harmless:?} {aftermath:?}");
            }
        }
    }

    #[test]
    fn waits_grow_and_are_capped() {
        let policy = RetryPolicy::default();
        let longest: Vec<_> = (1..8)
            .map(|attempt| policy.wait(attempt, None, 1.0).as_millis())
            .collect();
        assert_eq!(longest, [250, 500, 1000, 2000, 4000, 8000, 8000]);
        assert_eq!(policy.wait(3, None, 0.0), Duration::ZERO);
        assert_eq!(policy.wait(u32::MAX, None, 1.0), policy.cap);
        let asked = Some(Duration::from_secs(3));
        assert_eq!(policy.wait(1, asked, 0.5), Duration::from_secs(3));
        assert_eq!(
            policy.wait(1, Some(Duration::from_secs(9999)), 0.5),
            policy.cap
        );
    }

    #[test]
    fn repeats_are_a_fifth_of_the_requests_in_the_long_run() {
        let budget = RetryBudget::default();
        let first = (0..1000).filter(|_| budget.withdraw()).count();
        assert_eq!(first, 100);
        let later = (0..1000)
            .filter(|_| {
                budget.deposit();
                budget.withdraw()
            })
            .count();
        assert_eq!(later, 200);
    }
}
