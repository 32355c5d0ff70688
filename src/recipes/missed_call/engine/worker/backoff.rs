//! When to try again and when to look again. Pure: numbers and times in, times out.

use jiff::{SignedDuration, Timestamp};

/// How long to wait before each look for an effect whose answer was lost: 2, 5 and 10 seconds after that. HighLevel shows
/// a message a moment after it took it; only when the last look finds nothing is the attempt judged to have had no
/// effect.
const PAUSES: [SignedDuration; 3] = [
    SignedDuration::from_secs(2),
    SignedDuration::from_secs(3),
    SignedDuration::from_secs(5),
];

/// The time of the look after `looks` looks, of which the last was taken `now`; `None` when there were enough. It is counted
/// from now and not from the loss: after a clock was set ahead, all looks would be due at once.
pub(super) fn probe_at(now: Timestamp, looks: u32) -> Option<Timestamp> {
    let pause = PAUSES.get(usize::try_from(looks).ok()?)?;
    Some(now.saturating_add(*pause).unwrap_or(Timestamp::MAX))
}

/// The longest that an effect waits because HighLevel failed or its answer was lost: what [`retry_at`] says, at most.
pub(super) const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(90);

/// When to try again after `failures` failures: 1, 2, 4 … 60 seconds, and with that much `jitter` (0 to 1) more of half
/// of it.
pub(super) fn retry_at(now: Timestamp, failures: u32, jitter: f64) -> Timestamp {
    // Sixty is passed after six doublings.
    let seconds = (1_i64 << failures.saturating_sub(1).min(6)).min(60);
    let wait = SignedDuration::from_secs(seconds);
    now.saturating_add(wait + wait.mul_f64(jitter.clamp(0.0, 1.0) / 2.0))
        .unwrap_or(Timestamp::MAX)
}

/// How long after the call a tag or task is still tried for.
pub(super) const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(24);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_end() {
        let lost_at = Timestamp::UNIX_EPOCH;
        let mut now = Some(lost_at);
        let seconds: Vec<_> = (0..4)
            .map(|looks| {
                now = probe_at(now?, looks);
                now.map(Timestamp::as_second)
            })
            .collect();
        assert_eq!(seconds, [Some(2), Some(5), Some(10), None]);
        assert_eq!(probe_at(lost_at, u32::MAX), None);
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
                retry_at(now, failures, 0.0).as_second(),
                seconds,
                "{failures}"
            );
            let latest = retry_at(now, failures, 1.0);
            assert_eq!(latest.as_millisecond(), seconds * 1500, "{failures}");
            assert!(latest.duration_since(now) <= LONGEST_PAUSE);
        }
    }
}
