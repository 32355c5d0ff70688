//! Limits how often an endpoint logs refusals: strangers decide how often it refuses, and must not fill the disk.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long after a line the next one of its kind may follow.
const BETWEEN_LINES: Duration = Duration::from_secs(1);

/// Counts refusals by kind. The first is logged at once; of those within a second after a line only the number is kept, for
/// the next line.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<BTreeMap<&'static str, Kind>>);

#[derive(Debug)]
struct Kind {
    logged_at: Duration,
    /// How many there were since the last line.
    not_logged: u64,
}

impl Refusals {
    /// Counts one refusal. Returns how many the line that is due now stands for, this one included; `None` if no line is due.
    pub(crate) fn count(&self, kind: &'static str, now: Duration) -> Option<u64> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = kinds.get_mut(kind) else {
            let first = Kind {
                logged_at: now,
                not_logged: 0,
            };
            kinds.insert(kind, first);
            return Some(1);
        };
        known.not_logged += 1;
        if now.saturating_sub(known.logged_at) < BETWEEN_LINES {
            return None;
        }
        known.logged_at = now;
        Some(std::mem::take(&mut known.not_logged))
    }

    /// How many of each kind stand in no line yet. They count as logged from now on.
    pub(crate) fn take_rest(&self) -> Vec<(&'static str, u64)> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = kinds
            .iter_mut()
            .map(|(name, kind)| (*name, std::mem::take(&mut kind.not_logged)));
        rest.filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_one_line_a_second_and_no_refusal_is_left_out() {
        let refusals = Refusals::default();
        let (mut lines, mut counted) = (0, 0);
        for number in 0..600_000_u64 {
            let now = Duration::from_micros(number * 100);
            if let Some(count) = refusals.count("unsigned", now) {
                lines += 1;
                counted += count;
            }
        }
        assert_eq!(lines, 60);
        let rest = refusals.take_rest();
        assert_eq!(rest, [("unsigned", 600_000 - counted)]);
        assert!(refusals.take_rest().is_empty());
    }

    #[test]
    fn each_kind_is_logged_for_itself_and_at_once_after_a_pause() {
        let refusals = Refusals::default();
        let at = Duration::from_millis;
        assert_eq!(refusals.count("unsigned", at(0)), Some(1));
        assert_eq!(refusals.count("too large", at(1)), Some(1));
        assert_eq!(refusals.count("unsigned", at(2)), None);
        assert_eq!(refusals.count("unsigned", at(999)), None);
        assert_eq!(refusals.count("unsigned", at(1000)), Some(3));
        assert_eq!(refusals.count("unsigned", at(5000)), Some(1));
        assert_eq!(refusals.take_rest(), []);
    }
}
