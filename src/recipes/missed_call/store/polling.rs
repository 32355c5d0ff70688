//! How often to look for what other processes have added.

use std::time::Duration;

/// What is due and cannot be had is in the hands of another process for some milliseconds.
const LEAST: Duration = Duration::from_millis(20);

/// So often a look is for everything, also for what nobody has added.
const THOROUGH: Duration = Duration::from_secs(300);

/// How often a worker looks into a store that other processes write to, while it knows of nothing that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Polling {
    /// After it had something to do.
    pub busy: Duration,
    /// After it had nothing to do for a while. The pauses between looks double until they are as long.
    pub idle: Duration,
}

/// The pauses of one worker.
#[derive(Debug)]
pub(crate) struct Pauses {
    polling: Option<Polling>,
    next: Duration,
    /// Since the last look for everything.
    passed: Duration,
}

impl Pauses {
    pub(crate) fn of(polling: Option<Polling>) -> Self {
        Self {
            polling,
            next: polling.map_or(Duration::ZERO, |polling| polling.busy),
            passed: Duration::ZERO,
        }
    }

    /// How long to wait before the next look, if nothing that is known is due before `wait` has passed; and whether that look
    /// is for what others have added alone.
    pub(crate) fn wait(&mut self, wait: Duration, was_busy: bool) -> (Duration, bool) {
        let Some(polling) = self.polling else {
            return (wait, false);
        };
        if was_busy {
            self.next = polling.busy;
        }
        if wait <= self.next {
            self.passed = Duration::ZERO;
            return (wait.max(LEAST), false);
        }
        let pause = self.next;
        self.next = (pause * 2).min(polling.idle).max(polling.busy);
        self.passed += pause;
        let is_for_others = self.passed < THOROUGH;
        if !is_for_others {
            self.passed = Duration::ZERO;
        }
        (pause, is_for_others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn pauses_grow_while_there_is_nothing_to_do() {
        let polling = Polling {
            busy: seconds(1),
            idle: seconds(6),
        };
        let mut pauses = Pauses::of(Some(polling));
        let mut wait = |due, busy| pauses.wait(seconds(due), busy);
        for expected in [1, 2, 4, 6, 6] {
            assert_eq!(wait(60, false), (seconds(expected), true));
        }
        assert_eq!(wait(3, false), (seconds(3), false));
        // One look in five minutes is for everything.
        for number in 1..=101 {
            let expected = (seconds(6), number % 50 != 0);
            assert_eq!(wait(60, false), expected, "{number}");
        }
        assert_eq!(wait(60, true), (seconds(1), true));
        assert_eq!(wait(0, false), (LEAST, false));
    }

    #[test]
    fn a_store_of_one_process_is_not_polled() {
        let mut pauses = Pauses::of(None);
        assert_eq!(pauses.wait(seconds(60), false), (seconds(60), false));
    }
}
