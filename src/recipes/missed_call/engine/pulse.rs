//! When the worker last looked for due effects.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a running engine may go without having looked for what is due: twice as long as it rests when there is
/// nothing to do.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// When [`Engine::run`](super::Engine::run) last looked for what is due.
#[derive(Default)]
pub(super) struct Pulse(Mutex<Option<Duration>>);

impl Pulse {
    fn last(&self) -> MutexGuard<'_, Option<Duration>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It has looked, or begins to. `now` is the time on the clock that never goes back.
    pub(super) fn beat(&self, now: Duration) {
        *self.last() = Some(now);
    }

    /// It ends in good order.
    pub(super) fn end(&self) {
        *self.last() = None;
    }

    pub(super) fn has_stopped(&self, now: Duration) -> bool {
        self.last()
            .is_some_and(|last| now.saturating_sub(last) > LONGEST_PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_has_stopped_looking_is_noticed() {
        let pulse = Pulse::default();
        let second = Duration::from_secs;
        assert!(!pulse.has_stopped(second(1_000)), "it was never begun");
        pulse.beat(second(1_000));
        assert!(!pulse.has_stopped(second(1_120)));
        assert!(pulse.has_stopped(second(1_121)));
        pulse.end();
        assert!(!pulse.has_stopped(second(1_121)));
    }
}
