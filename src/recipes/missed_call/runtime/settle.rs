//! When to try again and when to look again. Pure: numbers and times in, times out.

use jiff::{SignedDuration, Timestamp};

/// How long after an answer was lost the effect is looked for, each time. HighLevel shows a message a moment after it
/// took it; only when the last look finds nothing is the attempt taken for one without effect.
const LOOKS: [SignedDuration; 3] = [
    SignedDuration::from_secs(2),
    SignedDuration::from_secs(5),
    SignedDuration::from_secs(10),
];

/// The time of the look after `looks` looks; `None` when there were enough.
pub(super) fn next_look(lost_at: Timestamp, looks: u32) -> Option<Timestamp> {
    let after = LOOKS.get(usize::try_from(looks).ok()?)?;
    Some(lost_at.saturating_add(*after).unwrap_or(Timestamp::MAX))
}

/// When to try again after `failures` failures: 1, 2, 4 … 60 seconds, and with that much `jitter` (0 to 1) more of half
/// of it.
pub(super) fn next_try(now: Timestamp, failures: u32, jitter: f64) -> Timestamp {
    // Sixty is passed after six doublings.
    let seconds = (1_i64 << failures.saturating_sub(1).min(6)).min(60);
    let wait = SignedDuration::from_secs(seconds);
    now.saturating_add(wait + wait.mul_f64(jitter.clamp(0.0, 1.0) / 2.0))
        .unwrap_or(Timestamp::MAX)
}

/// How long after the call a tag or task is still tried for.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_end() {
        let lost_at = Timestamp::UNIX_EPOCH;
        let seconds: Vec<_> = (0..4)
            .map(|looks| next_look(lost_at, looks).map(Timestamp::as_second))
            .collect();
        assert_eq!(seconds, [Some(2), Some(5), Some(10), None]);
        assert_eq!(next_look(lost_at, u32::MAX), None);
    }

    #[test]
    fn tries_slow_down_to_one_a_minute() {
        let now = Timestamp::UNIX_EPOCH;
        for (failures, seconds) in [
            (0, 1),
            (1, 1),
            (2, 2),
            (3, 4),
            (6, 32),
            (7, 60),
            (63, 60),
            (64, 60),
            (u32::MAX, 60),
        ] {
            assert_eq!(
                next_try(now, failures, 0.0).as_second(),
                seconds,
                "{failures}"
            );
            assert_eq!(
                next_try(now, failures, 1.0).as_millisecond(),
                seconds * 1500,
                "{failures}"
            );
        }
    }
}
