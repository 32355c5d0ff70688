//! When to stop texting altogether: a flood of calls by machines, or rates that come near HighLevel's suspension.

use std::collections::BTreeSet;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::phone::PhoneNumber;

/// What counts as a flood. The defaults are a guess at what a busy business does not reach; no source sets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloodLimits {
    /// So many callers that were never seen before, within a minute.
    pub new_callers_per_minute: usize,
    /// So many numbers in a row, each one above the one before.
    pub sequential_numbers: usize,
    /// How far back numbers in a row are looked for.
    pub sequential_within: SignedDuration,
}

impl Default for FloodLimits {
    /// Ten new callers in a minute, or five numbers in a row within ten minutes.
    fn default() -> Self {
        Self {
            new_callers_per_minute: 10,
            sequential_numbers: 5,
            sequential_within: SignedDuration::from_mins(10),
        }
    }
}

/// A caller that was never seen before, and when the call came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCaller {
    /// The number.
    pub number: PhoneNumber,
    /// When.
    pub called_at: Timestamp,
}

/// Why texts pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Flood {
    /// Too many new callers at once.
    #[error("too many new callers within a minute")]
    TooManyNewCallers,
    /// Numbers in a row, as machines show them.
    #[error("callers with numbers in a row")]
    SequentialNumbers,
}

/// Whether new callers come in a flood just now; texts to new callers pause while they do, and tasks are best batched.
///
/// `recent` are the new callers of at least the last minute and of [`FloodLimits::sequential_within`], in any order.
/// Older ones do not count, nor does a number twice. A limit of zero is always reached.
pub fn flood(recent: &[NewCaller], limits: &FloodLimits, now: Timestamp) -> Option<Flood> {
    let numbers = |within: SignedDuration| -> BTreeSet<&PhoneNumber> {
        recent
            .iter()
            .filter(|caller| now.duration_since(caller.called_at) < within)
            .map(|caller| &caller.number)
            .collect()
    };
    if numbers(SignedDuration::from_mins(1)).len() >= limits.new_callers_per_minute {
        return Some(Flood::TooManyNewCallers);
    }
    let in_row = longest_row(numbers(limits.sequential_within).into_iter());
    (in_row >= limits.sequential_numbers).then_some(Flood::SequentialNumbers)
}

/// How many of the numbers, at most, follow one another.
fn longest_row<'n>(numbers: impl Iterator<Item = &'n PhoneNumber>) -> usize {
    let value = |number: &PhoneNumber| number.e164().get(1..)?.parse::<u64>().ok();
    let values: BTreeSet<u64> = numbers.filter_map(value).collect();
    let (mut longest, mut row, mut before) = (0, 0, None);
    for value in values {
        let follows = before.is_some_and(|before| before + 1 == value);
        row = if follows { row + 1 } else { 1 };
        longest = longest.max(row);
        before = Some(value);
    }
    longest
}

/// What became of a location's texts so far, over the time that HighLevel judges: the day in UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendCounts {
    /// How many were sent.
    pub sent: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How many people opted out.
    pub opted_out: u64,
}

impl SendCounts {
    /// These and others together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            sent: self.sent.saturating_add(other.sent),
            failed: self.failed.saturating_add(other.failed),
            opted_out: self.opted_out.saturating_add(other.opted_out),
        }
    }
}

/// A share of the texts sent, in hundredths of a percent: 150 is 1.5 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BasisPoints(pub u32);

impl BasisPoints {
    fn reached(self, part: u64, whole: u64) -> bool {
        u128::from(part) * 10_000 >= u128::from(whole) * u128::from(self.0)
    }
}

/// The rates at which texting stops.
///
/// HighLevel warns at 6 % errors or 2 % opt-outs, and from 10 % or 3 % on blocks all texts of the location until 00:00
/// UTC (help article 155000000079).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionLimits {
    /// Fewer texts than this say nothing.
    pub least_sent: u64,
    /// Follow-ups pause at this rate of errors.
    pub pause_at_failed: BasisPoints,
    /// Follow-ups pause at this rate of opt-outs.
    pub pause_at_opted_out: BasisPoints,
    /// Everything stops before this rate of errors is reached.
    pub stop_at_failed: BasisPoints,
    /// Everything stops before this rate of opt-outs is reached.
    pub stop_at_opted_out: BasisPoints,
}

impl Default for SuspensionLimits {
    /// Follow-ups pause at 5 % errors or 1.5 % opt-outs; everything stops short of HighLevel's 10 % or 3 %; from 50
    /// texts on.
    fn default() -> Self {
        Self {
            least_sent: 50,
            pause_at_failed: BasisPoints(500),
            pause_at_opted_out: BasisPoints(150),
            stop_at_failed: BasisPoints(1000),
            stop_at_opted_out: BasisPoints(300),
        }
    }
}

/// Which texts may still be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sending {
    /// All.
    Open,
    /// First replies only.
    FollowUpsPaused(Rate),
    /// None: one more bad text, and HighLevel might block the location.
    Stopped(Rate),
}

/// Which rate is too high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// Texts that failed.
    Failed,
    /// People who opted out.
    OptedOut,
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed => "failed",
            Self::OptedOut => "were answered with an opt-out",
        })
    }
}

/// Which texts may still be sent after what became of those so far. Errors are told before opt-outs.
pub fn sending(counts: &SendCounts, limits: &SuspensionLimits) -> Sending {
    if counts.sent < limits.least_sent {
        return Sending::Open;
    }
    // What the rates would be if the next text went wrong.
    let next = counts.sent.saturating_add(1);
    let with_one_more = |part: u64| part.saturating_add(1);
    if limits
        .stop_at_failed
        .reached(with_one_more(counts.failed), next)
    {
        Sending::Stopped(Rate::Failed)
    } else if limits
        .stop_at_opted_out
        .reached(with_one_more(counts.opted_out), next)
    {
        Sending::Stopped(Rate::OptedOut)
    } else if limits.pause_at_failed.reached(counts.failed, counts.sent) {
        Sending::FollowUpsPaused(Rate::Failed)
    } else if limits
        .pause_at_opted_out
        .reached(counts.opted_out, counts.sent)
    {
        Sending::FollowUpsPaused(Rate::OptedOut)
    } else {
        Sending::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    /// Callers with these last digits, one each second.
    fn callers(last: impl IntoIterator<Item = u64>) -> Vec<NewCaller> {
        let caller = |(at, last): (i64, u64)| NewCaller {
            number: format!("+1305555{last:04}").parse().unwrap(),
            called_at: second(at),
        };
        (0..).zip(last).map(caller).collect()
    }

    #[test]
    fn many_new_callers_are_a_flood_for_a_minute() {
        let limits = FloodLimits::default();
        let apart = |count: u64| callers((0..count).map(|number| number * 7));
        assert_eq!(flood(&[], &limits, second(0)), None);
        assert_eq!(flood(&apart(9), &limits, second(10)), None);
        let many = Some(Flood::TooManyNewCallers);
        assert_eq!(flood(&apart(10), &limits, second(10)), many);
        assert_eq!(flood(&apart(10), &limits, second(59)), many);
        assert_eq!(flood(&apart(10), &limits, second(60)), None);
        let one_of_them = callers(std::iter::repeat_n(5, 20));
        assert_eq!(flood(&one_of_them, &limits, second(20)), None);
    }

    #[test]
    fn numbers_in_a_row_are_a_flood_for_longer() {
        let limits = FloodLimits::default();
        let in_row = Some(Flood::SequentialNumbers);
        let row = callers([103, 500, 101, 100, 102, 104]);
        assert_eq!(flood(&row, &limits, second(300)), in_row);
        // The first of them, 103, is forgotten then.
        assert_eq!(flood(&row, &limits, second(600)), None);
        let gap = callers([100, 101, 102, 103, 105]);
        assert_eq!(flood(&gap, &limits, second(5)), None);
    }

    #[test]
    fn rates_pause_and_stop() {
        use Rate::{Failed, OptedOut};
        use Sending::{FollowUpsPaused, Open, Stopped};
        for (sent, failed, opted_out, expected) in [
            (0, 0, 0, Open),
            (49, 49, 49, Open),
            (50, 2, 0, Open),
            (50, 3, 0, FollowUpsPaused(Failed)),
            (100, 5, 0, FollowUpsPaused(Failed)),
            (100, 4, 0, Open),
            (100, 8, 0, FollowUpsPaused(Failed)),
            (100, 9, 0, FollowUpsPaused(Failed)),
            (100, 10, 0, Stopped(Failed)),
            (99, 9, 0, Stopped(Failed)), // the hundredth would be the tenth
            (200, 0, 2, Open),
            (200, 0, 3, FollowUpsPaused(OptedOut)),
            (200, 0, 5, FollowUpsPaused(OptedOut)),
            (200, 0, 6, Stopped(OptedOut)),
            (199, 0, 5, Stopped(OptedOut)),
            (200, 30, 30, Stopped(Failed)),
        ] {
            let counts = SendCounts {
                sent,
                failed,
                opted_out,
            };
            assert_eq!(
                sending(&counts, &SuspensionLimits::default()),
                expected,
                "{counts:?}"
            );
        }
    }
}
