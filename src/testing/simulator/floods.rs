//! Whether machines call: so many people of whom nothing is known, within a minute. Judged by the calls as they really were,
//! and without the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::invariant::Invariant;
use super::plan::Caller;
use super::scene::KNOWN_FROM_THE_START;
use super::watch::{Call, ON_THE_WAY, Watch};

/// So many new callers within a minute are machines, as the simulated recipe has it.
const NEW_CALLERS: usize = 3;
const MINUTE: Duration = Duration::from_secs(60);

impl Watch {
    /// Somebody calls, is called or writes. The first time makes their contact.
    pub(super) fn in_touch(&mut self, caller: Caller, now: Timestamp) {
        self.in_touch_since.entry(caller).or_insert(now);
    }

    /// Whether this call may have come in a flood, as far as clocks can tell and whatever was known of those who called.
    pub(super) fn may_be_of_a_flood(&self, call: Call) -> bool {
        let missed = || self.calls.values().filter(|call| call.missed);
        missed().any(|first| {
            let together = |other: &Call| {
                let apart = span(first.ended_at, other.ended_from);
                other.ended_at >= first.ended_from && apart < MINUTE + self.tolerance
            };
            let callers: BTreeSet<_> = missed()
                .filter(|other| together(other))
                .map(|other| other.caller)
                .collect();
            together(&call) && callers.len() >= NEW_CALLERS
        })
    }

    /// The text that answers this call left the engine at this time; a flood that it surely came in must not have been known
    /// by then.
    pub(super) fn answers_no_machine(&mut self, message: &str, call: Call, left: Timestamp) {
        let made_by_the_call = self.in_touch_since.get(&call.caller) == Some(&call.ended_at);
        if call.caller == KNOWN_FROM_THE_START || !made_by_the_call {
            return;
        }
        let mut missed: BTreeMap<Caller, Vec<(&String, &Call)>> = BTreeMap::new();
        for (other, call) in self.calls.iter().filter(|(_, call)| call.missed) {
            missed.entry(call.caller).or_default().push((other, call));
        }
        let was_known = |other: &String| {
            let since = self.acknowledged.get(other);
            other == message || since.is_some_and(|since| *since + ON_THE_WAY < left)
        };
        // Any two of them lie within a minute.
        let is_close = |other: &Call| {
            let apart = span(
                other.ended_from.min(call.ended_from),
                other.ended_at.max(call.ended_at),
            );
            apart + self.tolerance < MINUTE / 2
        };
        // Who calls twice is new only the first time, and which that is the order of the webhooks may decide.
        let counts = |calls: &&Vec<(&String, &Call)>| match calls[..] {
            [(other, call)] => is_close(call) && was_known(other),
            _ => false,
        };
        if missed.values().filter(counts).count() >= NEW_CALLERS {
            let how = format!("{} is answered in a flood that was known", call.caller);
            self.breaks(Invariant::NeverToMachines, how);
        }
    }
}

/// How long it is from one to the other; nothing if the other was before.
fn span(from: Timestamp, to: Timestamp) -> Duration {
    to.duration_since(from).try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::constant(1_793_232_000, 0);

    fn call(caller: usize, after: u64) -> Call {
        let ended = START + Duration::from_secs(after);
        Call {
            caller: Caller(caller),
            ended_from: ended,
            ended_at: ended,
            missed: true,
        }
    }

    /// Calls of these people so many seconds after the start, each known a second later.
    fn watch(calls: &[(usize, u64)]) -> Watch {
        let mut watch = Watch::new(Duration::from_secs(5));
        for (caller, after) in calls {
            let (name, call) = (format!("{caller} {after}"), call(*caller, *after));
            watch.in_touch(call.caller, call.ended_at);
            watch.call_acknowledged(&name, call.ended_at + Duration::from_secs(1));
            watch.calls.insert(name, call);
        }
        watch
    }

    #[test]
    fn three_people_within_a_minute_may_be_machines() {
        for (calls, expected) in [
            (&[(1, 0), (2, 30), (3, 59)][..], true),
            (&[(1, 0), (2, 30), (3, 64)], true), // their clocks may be wrong
            (&[(1, 0), (2, 30), (3, 66)], false),
            (&[(1, 0), (2, 30), (2, 40)], false),
        ] {
            let (caller, after) = calls[1];
            let found = watch(calls).may_be_of_a_flood(call(caller, after));
            assert_eq!(found, expected, "{calls:?}");
        }
        assert!(!watch(&[(1, 0), (2, 30), (3, 59)]).may_be_of_a_flood(call(0, 120)));
    }

    #[test]
    fn a_machine_that_is_answered_is_seen() {
        for (calls, left, breaks) in [
            (&[(1, 0), (2, 10), (3, 20)][..], 30, true),
            (&[(1, 0), (2, 10), (3, 20)], 22, false), // the third was hardly known
            (&[(1, 0), (2, 10), (3, 40)], 60, false), // surely is another word
            (&[(1, 0), (2, 10)], 30, false),
            (&[(1, 0), (2, 10), (2, 20)], 30, false),
            (&[(0, 0), (2, 10), (3, 20)], 30, false), // whose contact was there before
        ] {
            let mut watch = watch(calls);
            let (caller, after) = calls[0];
            let left = START + Duration::from_secs(left);
            watch.answers_no_machine(&format!("{caller} {after}"), call(caller, after), left);
            assert_eq!(watch.broken().is_some(), breaks, "{calls:?} {left}");
        }
    }
}
