//! Checks for robocall floods: several first-time callers within a minute. It knows the true calls and does not ask the
//! engine.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::fixture::KNOWN_FROM_THE_START;
use super::invariant::Invariant;
use super::oracle::{Call, IN_TRANSIT, Oracle};
use super::plan::Caller;

/// The number of first-time callers within a minute that the simulated recipe treats as a flood.
const NEW_CALLERS: usize = 3;
const MINUTE: Duration = Duration::from_secs(60);

impl Oracle {
    /// A caller calls, is called or writes. The first time creates their contact.
    pub(super) fn in_touch(&mut self, caller: Caller, now: Timestamp) {
        self.in_touch_since.entry(caller).or_insert(now);
    }

    /// Whether this call may be part of a flood, if clocks differ and whatever an engine knew.
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

    /// The text that answers this call left the engine at `left`. If the call is certainly part of a flood, that flood must
    /// not have been known by then.
    pub(super) fn answers_no_flood(&mut self, message: &str, call: Call, left: Timestamp) {
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
            other == message || since.is_some_and(|since| *since + IN_TRANSIT < left)
        };
        // Any two such calls lie within a minute.
        let is_close = |other: &Call| {
            let apart = span(
                other.ended_from.min(call.ended_from),
                other.ended_at.max(call.ended_at),
            );
            apart + self.tolerance < MINUTE / 2
        };
        // A caller is new only once, and the order of the webhooks may decide at which call.
        let counts = |calls: &&Vec<(&String, &Call)>| match calls[..] {
            [(other, call)] => is_close(call) && was_known(other),
            _ => false,
        };
        if missed.values().filter(counts).count() >= NEW_CALLERS {
            let how = format!(
                "{} gets a first text although the flood was known",
                call.caller
            );
            self.report(Invariant::NeverToFloods, how);
        }
    }
}

/// The time between the two; zero if `to` is before `from`.
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

    /// Calls of these callers at these seconds after the start, each known a second later.
    fn oracle(calls: &[(usize, u64)]) -> Oracle {
        let mut oracle = Oracle::new(Duration::from_secs(5));
        for (caller, after) in calls {
            let (name, call) = (format!("{caller} {after}"), call(*caller, *after));
            oracle.in_touch(call.caller, call.ended_at);
            oracle.call_acknowledged(&name, call.ended_at + Duration::from_secs(1));
            oracle.calls.insert(name, call);
        }
        oracle
    }

    #[test]
    fn three_callers_within_a_minute_may_be_a_flood() {
        for (calls, expected) in [
            (&[(1, 0), (2, 30), (3, 59)][..], true),
            (&[(1, 0), (2, 30), (3, 64)], true), // the clocks may be wrong
            (&[(1, 0), (2, 30), (3, 66)], false),
            (&[(1, 0), (2, 30), (2, 40)], false),
        ] {
            let (caller, after) = calls[1];
            let found = oracle(calls).may_be_of_a_flood(call(caller, after));
            assert_eq!(found, expected, "{calls:?}");
        }
        assert!(!oracle(&[(1, 0), (2, 30), (3, 59)]).may_be_of_a_flood(call(0, 120)));
    }

    #[test]
    fn a_text_into_a_known_flood_is_reported() {
        for (calls, left, breaks) in [
            (&[(1, 0), (2, 10), (3, 20)][..], 30, true),
            (&[(1, 0), (2, 10), (3, 20)], 22, false), // the third was known too late
            (&[(1, 0), (2, 10), (3, 40)], 60, false), // it may not be a flood
            (&[(1, 0), (2, 10)], 30, false),
            (&[(1, 0), (2, 10), (2, 20)], 30, false),
            (&[(0, 0), (2, 10), (3, 20)], 30, false), // a known contact
        ] {
            let mut oracle = oracle(calls);
            let (caller, after) = calls[0];
            let left = START + Duration::from_secs(left);
            oracle.answers_no_flood(&format!("{caller} {after}"), call(caller, after), left);
            assert_eq!(oracle.violation().is_some(), breaks, "{calls:?} {left}");
        }
    }
}
