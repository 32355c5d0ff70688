//! Whether HighLevel is about to block the location: the outcomes of its texts, and the confidence that too many
//! failed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How many days count, including today.
const WINDOW: usize = 7;

/// How many days [`sending`] examines: those that count now, and those that counted when one of them began.
pub(crate) const DAYS: usize = 2 * WINDOW;

/// The outcomes of a location's texts on one day in UTC, as HighLevel counts.
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

    fn of(self, rate: Rate) -> u64 {
        match rate {
            Rate::Failed => self.failed,
            Rate::OptedOut => self.opted_out,
        }
    }
}

/// A share, in hundredths of a percent: 150 is 1.5 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BasisPoints(pub u32);

impl BasisPoints {
    fn share(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }
}

impl fmt::Display for BasisPoints {
    /// In percent, such as `1.5 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", f64::from(self.0) / 100.0)
    }
}

/// The rates at which texting stops, and the required confidence that they are exceeded.
///
/// HighLevel warns at 6 % errors or 2 % opt-outs, and from 10 % or 3 % on blocks all texts of the location until 00:00
/// UTC (help article 155000000079).
///
/// A share alone proves nothing: one STOP among sixty texts is 1.7 %, and occurs every second day if one text in a
/// hundred is answered with STOP. Texts pause when chance no longer explains the numbers: when, at HighLevel's own
/// rate, this many opt-outs (or failures) among this many texts would occur at most once in a thousand cases
/// (follow-ups) or in a hundred (everything). In other words, the lower bound of the rate is above HighLevel's, with
/// 99.9 % or 99 % confidence. The bound is that of Clopper and Pearson, which is exact; Wilson's is too high for one or
/// two events among few texts, and those must not pause anything.
///
/// The texts of seven days count, in UTC like HighLevel's: fifty texts a day prove nothing alone. A pause lasts until
/// midnight in UTC, like HighLevel's block, and the texts that led to it do not count again.
///
/// How often a location is paused by chance within 30 days, and after how many texts if 6 % are answered with an
/// opt-out, in half of the cases and in nine of ten:
///
/// | texts a day | follow-ups at 1 % | all at 1 % | follow-ups at 2 % | all at 2 % | follow-ups pause at 6 % | all pause at 6 % |
/// |---|---|---|---|---|---|---|
/// | 50 | 0.01 % | 0.01 % | 2.0 % | 0.5 % | 160, 370 | 180, 500 |
/// | 100 | 0.01 % | 0.01 % | 2.3 % | 0.4 % | 165, 375 | 185, 500 |
/// | 200 | 0.01 % | 0.01 % | 3.0 % | 0.25 % | 165, 375 | 185, 500 |
/// | 500 | 0.01 % | 0.01 % | 3.5 % | 0.25 % | 165, 375 | 185, 510 |
///
/// So even a location that is always at HighLevel's warning has its follow-ups paused by chance once in two years, and
/// its first replies once in fifteen. A test computes the table again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionLimits {
    /// Fewer texts than this prove nothing.
    pub least_sent: u64,
    /// When follow-ups pause.
    pub pause: RateLimits,
    /// When everything stops.
    pub stop: RateLimits,
}

/// Rates that are too high, and the required confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimits {
    /// Texts that failed.
    pub failed: BasisPoints,
    /// People who opted out.
    pub opted_out: BasisPoints,
    /// The greatest probability that chance alone explains the numbers.
    pub chance: BasisPoints,
}

impl RateLimits {
    fn of(&self, rate: Rate) -> BasisPoints {
        match rate {
            Rate::Failed => self.failed,
            Rate::OptedOut => self.opted_out,
        }
    }

    /// The rate that is surely above its limit. Failures are reported before opt-outs.
    fn exceeded(&self, counts: SendCounts) -> Option<Rate> {
        [Rate::Failed, Rate::OptedOut].into_iter().find(|rate| {
            let part = counts.of(*rate).min(counts.sent);
            is_above(part, counts.sent, self.of(*rate), self.chance)
        })
    }
}

impl Default for SuspensionLimits {
    /// Follow-ups pause if a rate is above the one at which HighLevel warns, with 99.9 % confidence; everything stops
    /// if it is above the one at which HighLevel blocks, with 99 % confidence; from 50 texts on.
    fn default() -> Self {
        Self {
            least_sent: 50,
            pause: RateLimits {
                failed: BasisPoints(600),
                opted_out: BasisPoints(200),
                chance: BasisPoints(10),
            },
            stop: RateLimits {
                failed: BasisPoints(1000),
                opted_out: BasisPoints(300),
                chance: BasisPoints(100),
            },
        }
    }
}

/// Which texts may still be sent.
// Exhaustive on purpose: who sends has to handle all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sending {
    /// All.
    Open,
    /// First replies only.
    FollowUpsPaused(Exceeded),
    /// None.
    Stopped(Exceeded),
}

/// Which rate is too high.
// Exhaustive on purpose: these are the two rates that HighLevel suspends for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// Texts that failed.
    Failed,
    /// People who opted out.
    OptedOut,
}

impl Rate {
    /// Its code, such as `opted_out`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::OptedOut => "opted_out",
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed => "failed",
            Self::OptedOut => "were answered with an opt-out",
        })
    }
}

/// A rate that is too high, with the numbers that prove it. Stored in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Exceeded {
    /// The rate.
    pub rate: Rate,
    /// How many texts were sent …
    pub sent: u64,
    /// … how many of them failed or were answered with an opt-out …
    pub part: u64,
    /// … and on how many days, including the last one.
    pub days: u32,
    /// The limit that the rate is surely above.
    pub limit: BasisPoints,
}

impl fmt::Display for Exceeded {
    /// In a sentence, such as `9 of 160 texts of 7 days were answered with an opt-out, surely more than 2 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rate,
            sent,
            part,
            days,
            limit,
        } = self;
        let s = if *days == 1 { "" } else { "s" };
        write!(
            f,
            "{part} of {sent} texts of {days} day{s} {rate}, surely more than {limit}"
        )
    }
}

/// Which texts may still be sent, given the outcomes of the last days: the oldest day first, today last, without gaps.
/// Days before the last fourteen are ignored.
pub fn sending(days: &[SendCounts], limits: &SuspensionLimits) -> Sending {
    let days = &days[days.len().saturating_sub(DAYS)..];
    let mut sending = Sending::Open;
    // The first day that counts.
    let mut first = 0;
    for today in 0..days.len() {
        first = first.max((today + 1).saturating_sub(WINDOW));
        sending = of_window(&days[first..=today], limits);
        if sending != Sending::Open {
            // The texts that led to a pause count until midnight.
            first = today + 1;
        }
    }
    sending
}

fn of_window(days: &[SendCounts], limits: &SuspensionLimits) -> Sending {
    let sum = |sum: SendCounts, day: &SendCounts| sum.plus(*day);
    let counts = days.iter().fold(SendCounts::default(), sum);
    if counts.sent < limits.least_sent {
        return Sending::Open;
    }
    let exceeded = |rates: &RateLimits| {
        let rate = rates.exceeded(counts)?;
        Some(Exceeded {
            rate,
            sent: counts.sent,
            part: counts.of(rate),
            days: u32::try_from(days.len()).unwrap_or(u32::MAX),
            limit: rates.of(rate),
        })
    };
    if let Some(exceeded) = exceeded(&limits.stop) {
        Sending::Stopped(exceeded)
    } else if let Some(exceeded) = exceeded(&limits.pause) {
        Sending::FollowUpsPaused(exceeded)
    } else {
        Sending::Open
    }
}

/// Whether the probability of `part` or more of `whole` is at most `chance` if the rate is at the limit: whether the
/// lower bound of Clopper and Pearson is above the limit.
fn is_above(part: u64, whole: u64, limit: BasisPoints, chance: BasisPoints) -> bool {
    let limit = limit.share();
    let expected = count(whole) * limit;
    // Most rates are far below it; above the mean, each term of the sum is smaller than the one before.
    count(part) > expected && chance_of(part, whole, limit) <= chance.share()
}

/// The probability of `part` or more of `whole`, if each counts with this probability; `part` is above the mean.
fn chance_of(part: u64, whole: u64, probability: f64) -> f64 {
    if probability <= 0.0 {
        return 0.0;
    }
    if probability >= 1.0 {
        return 1.0;
    }
    // In logarithms, because the number of combinations and the power overflow alone.
    let left_over = count(whole - part);
    let ways: f64 = (1..=part)
        .map(|chosen| ((left_over + count(chosen)) / count(chosen)).ln())
        .sum();
    let power = count(part) * probability.ln() + left_over * (-probability).ln_1p();
    let mut term = (ways + power).exp();
    let mut sum = 0.0;
    for part in part..=whole {
        sum += term;
        if term <= sum * f64::EPSILON {
            break;
        }
        term *= count(whole - part) / count(part + 1) * probability / (1.0 - probability);
    }
    sum
}

/// No location sends enough texts for the loss of precision to matter.
#[expect(
    clippy::cast_precision_loss,
    reason = "texts of two weeks are far fewer than 2^52"
)]
fn count(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(sent: u64, failed: u64, opted_out: u64) -> SendCounts {
        SendCounts {
            sent,
            failed,
            opted_out,
        }
    }

    fn status(days: &[SendCounts]) -> String {
        match sending(days, &SuspensionLimits::default()) {
            Sending::Open => "open".into(),
            Sending::FollowUpsPaused(exceeded) => format!("follow-ups: {exceeded}"),
            Sending::Stopped(exceeded) => format!("all: {exceeded}"),
        }
    }

    #[test]
    fn rates_pause_and_stop_on_evidence() {
        for (sent, failed, opted_out, expected) in [
            (0, 0, 0, "open"),
            (49, 49, 49, "open"),
            (50, 0, 1, "open"),
            (60, 0, 1, "open"),
            (50, 0, 5, "open"),
            (
                50,
                0,
                6,
                "all: 6 of 50 texts of 1 day were answered with an opt-out, surely more than 3 %",
            ),
            (100, 0, 7, "open"),
            (
                100,
                0,
                8,
                "follow-ups: 8 of 100 texts of 1 day were answered with an opt-out, surely more than 2 %",
            ),
            (
                100,
                0,
                9,
                "all: 9 of 100 texts of 1 day were answered with an opt-out, surely more than 3 %",
            ),
            (1000, 0, 35, "open"),
            (
                1000,
                0,
                36,
                "follow-ups: 36 of 1000 texts of 1 day were answered with an opt-out, surely more than 2 %",
            ),
            (
                1000,
                0,
                44,
                "all: 44 of 1000 texts of 1 day were answered with an opt-out, surely more than 3 %",
            ),
            (100, 14, 0, "open"),
            (
                100,
                15,
                0,
                "follow-ups: 15 of 100 texts of 1 day failed, surely more than 6 %",
            ),
            (
                100,
                19,
                0,
                "all: 19 of 100 texts of 1 day failed, surely more than 10 %",
            ),
            (
                100,
                100,
                100,
                "all: 100 of 100 texts of 1 day failed, surely more than 10 %",
            ),
            // More opt-outs than texts: of people who were texted before.
            (
                50,
                0,
                80,
                "all: 80 of 50 texts of 1 day were answered with an opt-out, surely more than 3 %",
            ),
        ] {
            let counts = day(sent, failed, opted_out);
            assert_eq!(status(&[counts]), expected, "{counts:?}");
        }
    }

    #[test]
    fn seven_days_count_and_what_has_led_to_a_pause_does_not_count_again() {
        let bad = day(30, 0, 3);
        let quiet_day = day(0, 0, 0);
        assert_eq!(status(&[bad]), "open");
        assert_eq!(
            status(&[bad, bad]),
            "all: 6 of 60 texts of 2 days were answered with an opt-out, surely more than 3 %"
        );
        // The day after it is a new beginning.
        assert_eq!(status(&[bad, bad, day(0, 0, 0)]), "open");
        assert_eq!(status(&[bad, bad, bad]), "open");
        assert_ne!(status(&[bad, bad, bad, bad]), "open");
        // Seven days later a bad one is forgotten.
        let between = |quiet: usize| [vec![bad], vec![quiet_day; quiet], vec![bad]].concat();
        assert_ne!(status(&between(5)), "open");
        assert_eq!(status(&between(6)), "open");
        // Two that have led to a pause are, although one of them lies before the seven days that count now.
        let paused = [vec![bad, bad], vec![quiet_day; 5], vec![bad]].concat();
        assert_eq!(status(&paused), "open");
        // What is older than fourteen days does not matter.
        let long = [vec![bad; 40], paused].concat();
        assert_eq!(status(&long), "open");
    }

    #[test]
    fn chances_are_those_of_the_binomial_distribution() {
        // Added up exactly, in whole numbers.
        for (part, whole, probability, expected) in [
            (1, 1, 0.03, 0.03),
            (2, 3, 0.03, 0.002_646),
            (6, 50, 0.03, 0.003_736_416_555_764_72),
            (10, 100, 0.03, 0.000_874_058_473_735_695_9),
            (100, 1000, 0.06, 6.210_566_797_770_264e-7),
        ] {
            let found = chance_of(part, whole, probability);
            let off = (found / expected - 1.0).abs();
            assert!(off < 1e-9, "{part} of {whole}: {found}");
        }
        assert!(chance_of(100_000, 1_000_000, 0.03) < 1e-300);
        assert_eq!(chance_of(1, 2, 0.0), 0.0);
        assert_eq!(chance_of(2, 2, 1.0), 1.0);
    }

    /// How many opt-outs among so many texts are too many.
    fn too_many(limits: &RateLimits, most: u64) -> Vec<u64> {
        let mut part = 1;
        (0..=most)
            .map(|sent| {
                while part <= sent && !is_above(part, sent, limits.opted_out, limits.chance) {
                    part += 1;
                }
                part
            })
            .collect()
    }

    /// The number of texts after which one of these locations was paused within so many days.
    fn texts_until_pause(
        random: &mut fastrand::Rng,
        (texts_a_day, rate): (usize, f64),
        days: usize,
        too_many: &[u64],
    ) -> Option<usize> {
        let mut before: Vec<u64> = Vec::new();
        for today in 0..days {
            let window = &before[today.saturating_sub(WINDOW - 1)..];
            let sent_before = window.len() * texts_a_day;
            let opted_out_before: u64 = window.iter().sum();
            let (mut sent, mut opted_out) = (0, 0);
            loop {
                // How many texts it is to the next opt-out.
                let gap = (1.0 - random.f64()).ln() / (-rate).ln_1p();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "it is a small positive number"
                )]
                let gap = gap as usize + 1;
                sent += gap;
                if sent > texts_a_day {
                    break;
                }
                opted_out += 1;
                let all = sent_before + sent;
                if all >= 50 && opted_out_before + opted_out >= too_many[all] {
                    return Some(today * texts_a_day + sent);
                }
            }
            before.push(opted_out);
        }
        None
    }

    /// The table of [`SuspensionLimits`]: texts a day; how many of 10,000 months are paused by chance (follow-ups and
    /// all at 1 %, follow-ups and all at 2 %); after how many texts follow-ups and all pause at 6 %, in half of the
    /// cases and in nine of ten.
    type Row = (u16, [u32; 4], [(usize, usize); 2]);
    const TABLE: [Row; 4] = [
        (50, [1, 0, 200, 50], [(160, 370), (180, 500)]),
        (100, [1, 0, 230, 40], [(165, 375), (185, 500)]),
        (200, [1, 1, 300, 25], [(165, 375), (185, 500)]),
        (500, [1, 1, 350, 25], [(165, 375), (185, 510)]),
    ];

    #[test]
    fn a_busy_location_is_hardly_ever_paused_by_chance() {
        const MONTHS: u32 = 4_000;
        let SuspensionLimits { pause, stop, .. } = SuspensionLimits::default();
        let mut random = fastrand::Rng::with_seed(7);
        for (texts_a_day, by_chance, at_6_percent) in TABLE {
            let limits = [pause, stop].map(|limits| too_many(&limits, 7 * u64::from(texts_a_day)));
            let texts_a_day = usize::from(texts_a_day);
            let cases = [
                (0.01, &limits[0]),
                (0.01, &limits[1]),
                (0.02, &limits[0]),
                (0.02, &limits[1]),
            ];
            for ((rate, too_many), expected) in cases.into_iter().zip(by_chance) {
                let paused = |_: &u32| {
                    texts_until_pause(&mut random, (texts_a_day, rate), 30, too_many).is_some()
                };
                let paused = u32::try_from((0..MONTHS).filter(paused).count()).unwrap();
                let expected = f64::from(expected * MONTHS) / 10_000.0;
                let off = (f64::from(paused) - expected).abs();
                assert!(
                    off <= 4.0 * expected.sqrt() + 1.0,
                    "{texts_a_day} {rate}: {paused}, not {expected}"
                );
            }
            for (too_many, (half, most)) in limits.iter().zip(at_6_percent) {
                let until = |_| texts_until_pause(&mut random, (texts_a_day, 0.06), 365, too_many);
                let mut until: Vec<usize> = (0..2_000).map(until).map(Option::unwrap).collect();
                until.sort_unstable();
                for (found, expected) in [(until[1_000], half), (until[1_800], most)] {
                    assert!(
                        found.abs_diff(expected) * 8 <= expected,
                        "{texts_a_day}: {found}, not {expected}"
                    );
                }
            }
        }
    }
}
