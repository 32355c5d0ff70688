//! What to do after an attempt. Pure: a table over replay safety × outcome × attempt.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::observe::AttemptOutcome;
use super::request::ReplaySafety;
use crate::error::TransportErrorKind;

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Hand the answer or the failure to the caller as what it is.
    Return,
    /// It is not known whether the request was carried out.
    Unknown,
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
        outcome: AttemptOutcome,
        attempt: u32,
    ) -> Verdict {
        use TransportErrorKind as T;
        let may_repeat = attempt < self.max_attempts;
        let harmless = replay != ReplaySafety::Once;
        match outcome {
            AttemptOutcome::Answered(429) if may_repeat => Verdict::AgainWithinLimit,
            // A request timeout of the server: it says that it gave up on the request before it was whole.
            AttemptOutcome::Answered(408 | 500..)
            | AttemptOutcome::Failed(T::Timeout | T::Interrupted | T::Other) => {
                match (harmless, may_repeat) {
                    (false, _) => Verdict::Unknown,
                    (true, true) => Verdict::Again,
                    (true, false) => Verdict::Return,
                }
            }
            AttemptOutcome::Failed(T::Connect) if may_repeat => Verdict::Again,
            AttemptOutcome::Failed(T::TooLarge) if !harmless => Verdict::Unknown,
            AttemptOutcome::Answered(_) | AttemptOutcome::Failed(T::Connect | T::TooLarge) => {
                Verdict::Return
            }
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
        use ReplaySafety::{Once, Repeatable, Safe};
        use TransportErrorKind as T;
        use Verdict::{Again, AgainWithinLimit, Return, Unknown};
        let policy = RetryPolicy::default();
        let last = policy.max_attempts;
        // outcome; harmless request with attempts left, and none; Once with attempts left, and none
        let table = [
            (
                AttemptOutcome::Answered(200),
                Return,
                Return,
                Return,
                Return,
            ),
            (
                AttemptOutcome::Answered(204),
                Return,
                Return,
                Return,
                Return,
            ),
            (
                AttemptOutcome::Answered(302),
                Return,
                Return,
                Return,
                Return,
            ),
            (
                AttemptOutcome::Answered(400),
                Return,
                Return,
                Return,
                Return,
            ),
            (
                AttemptOutcome::Answered(401),
                Return,
                Return,
                Return,
                Return,
            ),
            (
                AttemptOutcome::Answered(404),
                Return,
                Return,
                Return,
                Return,
            ),
            (
                AttemptOutcome::Answered(422),
                Return,
                Return,
                Return,
                Return,
            ),
            (
                AttemptOutcome::Answered(429),
                AgainWithinLimit,
                Return,
                AgainWithinLimit,
                Return,
            ),
            (
                AttemptOutcome::Answered(408),
                Again,
                Return,
                Unknown,
                Unknown,
            ),
            (
                AttemptOutcome::Answered(500),
                Again,
                Return,
                Unknown,
                Unknown,
            ),
            (
                AttemptOutcome::Answered(502),
                Again,
                Return,
                Unknown,
                Unknown,
            ),
            (
                AttemptOutcome::Answered(503),
                Again,
                Return,
                Unknown,
                Unknown,
            ),
            (
                AttemptOutcome::Answered(504),
                Again,
                Return,
                Unknown,
                Unknown,
            ),
            (
                AttemptOutcome::Failed(T::Connect),
                Again,
                Return,
                Again,
                Return,
            ),
            (
                AttemptOutcome::Failed(T::Timeout),
                Again,
                Return,
                Unknown,
                Unknown,
            ),
            (
                AttemptOutcome::Failed(T::Interrupted),
                Again,
                Return,
                Unknown,
                Unknown,
            ),
            (
                AttemptOutcome::Failed(T::Other),
                Again,
                Return,
                Unknown,
                Unknown,
            ),
            (
                AttemptOutcome::Failed(T::TooLarge),
                Return,
                Return,
                Unknown,
                Unknown,
            ),
        ];
        for (outcome, harmless, harmless_last, once, once_last) in table {
            for replay in [Safe, Repeatable] {
                assert_eq!(
                    policy.verdict(replay, outcome, 1),
                    harmless,
                    "{replay:?} {outcome:?}"
                );
                assert_eq!(
                    policy.verdict(replay, outcome, last),
                    harmless_last,
                    "{replay:?} {outcome:?} last"
                );
            }
            assert_eq!(policy.verdict(Once, outcome, 1), once, "Once {outcome:?}");
            assert_eq!(
                policy.verdict(Once, outcome, last),
                once_last,
                "Once {outcome:?} last"
            );
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
