//! Intervals for shares and for the difference of two shares, and the number of callers that an experiment needs.
//!
//! A share of few callers says little: 2 of 4 is 50 %, and the truth may be 15 % or 85 %. Every share of a report can be shown
//! with its [`Interval`].
//!
//! Sources: Wilson (1927) for one share; Newcombe (1998), method 10, for a difference; Mantel and Haenszel with the variance of
//! Sato (1989) for a difference over several locations; Fleiss, Levin and Paik, *Statistical Methods for Rates and
//! Proportions*, 4.2, for the size of an experiment (without their correction for continuity).

use serde::Serialize;

use super::metrics::Share;

/// The 97.5th percentile of the normal distribution: 95 % lie between it and its negative.
const Z_95: f64 = 1.959_963_984_540_054;

/// The 80th percentile: with it, an experiment of the planned size finds the planned lift in four of five cases.
const Z_POWER_80: f64 = 0.841_621_233_572_914;

/// A range that covers the truth in 95 of 100 cases. Shares are numbers from 0 to 1, differences from -1 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Share {
    /// The Wilson interval of the share.
    pub fn interval(self) -> Interval {
        let (share, whole) = (self.value(), count(self.whole()));
        let squared = Z_95 * Z_95;
        let middle = (share + squared / (2.0 * whole)) / (1.0 + squared / whole);
        let spread = (share * (1.0 - share) / whole + squared / (4.0 * whole * whole)).sqrt();
        let reach = Z_95 * spread / (1.0 + squared / whole);
        Interval {
            low: (middle - reach).max(0.0),
            high: (middle + reach).min(1.0),
        }
    }
}

/// The difference of two shares with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The first share minus the second.
    pub value: f64,
    /// Its interval.
    pub interval: Interval,
}

impl Difference {
    /// `first` minus `second`, with Newcombe's interval.
    pub fn of(first: Share, second: Share) -> Self {
        let value = first.value() - second.value();
        let (one, other) = (first.interval(), second.interval());
        let reach = |one: f64, other: f64| one.hypot(other);
        let below = reach(first.value() - one.low, other.high - second.value());
        let above = reach(one.high - first.value(), second.value() - other.low);
        Self {
            value,
            interval: Interval {
                low: (value - below).max(-1.0),
                high: (value + above).min(1.0),
            },
        }
    }

    /// Whether the whole interval lies above 0 or below 0, so that chance does not explain the difference.
    pub fn is_proven(&self) -> bool {
        self.interval.low > 0.0 || self.interval.high < 0.0
    }
}

/// The callers of one arm of an experiment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Arm {
    /// How many callers were assigned to it.
    pub callers: u64,
    /// How many of them booked within the window, with or without a text.
    pub booked: u64,
}

impl Arm {
    /// The share that booked.
    pub fn share(self) -> Option<Share> {
        Share::of(self.booked.min(self.callers), self.callers)
    }

    fn plus(self, other: Self) -> Self {
        Self {
            callers: self.callers.saturating_add(other.callers),
            booked: self.booked.saturating_add(other.booked),
        }
    }
}

/// The two arms of an experiment in one location.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Arms {
    /// Callers who got the text, or were to get it.
    pub texted: Arm,
    /// Callers from whom it was held back.
    pub held_out: Arm,
}

/// An experiment that holds the text back from some callers, to see what the text brings. Callers count in the arm that they
/// were assigned to, whatever happened after that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Trial {
    /// How many callers are to be assigned in all before the result counts.
    pub planned: u64,
    /// The arms of each location.
    pub locations: Vec<Arms>,
}

/// What an experiment shows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Fewer callers than planned are assigned. A look at the difference now would find chance too often.
    TooEarly {
        /// How many are assigned.
        callers: u64,
        /// How many are planned.
        planned: u64,
    },
    /// No location has callers in both arms, so there is nothing to compare.
    OneSided,
    /// The planned number is reached: the share of the texted that booked, minus that of the others.
    Lift(Difference),
}

impl Trial {
    /// An experiment of this size with these arms, one pair for each location.
    pub fn new(planned: u64, locations: impl IntoIterator<Item = Arms>) -> Self {
        Self {
            planned,
            locations: locations.into_iter().collect(),
        }
    }

    /// The arms of all locations together.
    pub fn total(&self) -> Arms {
        let add = |sum: Arms, arms: &Arms| Arms {
            texted: sum.texted.plus(arms.texted),
            held_out: sum.held_out.plus(arms.held_out),
        };
        self.locations.iter().fold(Arms::default(), add)
    }

    /// How many callers are assigned.
    pub fn callers(&self) -> u64 {
        let total = self.total();
        total.texted.callers.saturating_add(total.held_out.callers)
    }

    /// What it shows: nothing before the planned number of callers is reached. With one location the interval is
    /// Newcombe's, with several the arms are compared within each location (Mantel and Haenszel).
    pub fn verdict(&self) -> Verdict {
        let callers = self.callers();
        if callers < self.planned {
            return Verdict::TooEarly {
                callers,
                planned: self.planned,
            };
        }
        let comparable = |arms: &&Arms| arms.texted.callers > 0 && arms.held_out.callers > 0;
        let strata: Vec<&Arms> = self.locations.iter().filter(comparable).collect();
        match strata[..] {
            [] => Verdict::OneSided,
            [only] => match (only.texted.share(), only.held_out.share()) {
                (Some(texted), Some(held_out)) => Verdict::Lift(Difference::of(texted, held_out)),
                _ => Verdict::OneSided,
            },
            _ => Verdict::Lift(stratified(&strata)),
        }
    }
}

/// The risk difference of Mantel and Haenszel with Sato's variance, which holds for many small locations as well as for few
/// large ones.
fn stratified(strata: &[&Arms]) -> Difference {
    let (mut weights, mut differences) = (0.0, 0.0);
    let (mut slope, mut rest) = (0.0, 0.0);
    for arms in strata {
        let (texted, held_out) = (count(arms.texted.callers), count(arms.held_out.callers));
        let (booked, alone) = (count(arms.texted.booked), count(arms.held_out.booked));
        let all = texted + held_out;
        weights += texted * held_out / all;
        differences += (booked * held_out - alone * texted) / all;
        slope += (texted * texted * alone - held_out * held_out * booked
            + texted * held_out * (held_out - texted) / 2.0)
            / (all * all);
        rest += (booked * (held_out - alone) + alone * (texted - booked)) / (2.0 * all);
    }
    let value = differences / weights;
    let variance = (value * slope + rest) / (weights * weights);
    let reach = Z_95 * variance.max(0.0).sqrt();
    Difference {
        value,
        interval: Interval {
            low: (value - reach).max(-1.0),
            high: (value + reach).min(1.0),
        },
    }
}

/// How many callers an experiment needs to show that the text raises the share of bookings from `without` to `with`: in four
/// of five experiments of this size the 95 % interval then lies above 0. `held_out` is the share of callers who get no text.
///
/// `None` unless `without` < `with`, and all three are between 0 and 1.
///
/// ```
/// use gohighlevel::recipes::missed_call::report::callers_needed;
///
/// assert_eq!(callers_needed(0.10, 0.20, 0.5), Some(398));
/// assert_eq!(callers_needed(0.10, 0.20, 0.2), Some(657));
/// assert_eq!(callers_needed(0.20, 0.20, 0.2), None);
/// ```
pub fn callers_needed(without: f64, with: f64, held_out: f64) -> Option<u64> {
    let is_share = |share: f64| share > 0.0 && share < 1.0;
    if !(is_share(without) && is_share(with) && is_share(held_out) && without < with) {
        return None;
    }
    // How many are texted for each one that is not.
    let ratio = (1.0 - held_out) / held_out;
    let spread = |share: f64| share * (1.0 - share);
    let pooled = (without + ratio * with) / (1.0 + ratio);
    let by_chance = Z_95 * ((1.0 + 1.0 / ratio) * spread(pooled)).sqrt();
    let by_power = Z_POWER_80 * (spread(without) + spread(with) / ratio).sqrt();
    let in_hold_out = ((by_chance + by_power) / (with - without)).powi(2);
    Some(whole(in_hold_out).saturating_add(whole(in_hold_out * ratio)))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of callers are far below the limit of exact floats"
)]
fn count(callers: u64) -> f64 {
    callers as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float that is too large becomes the largest number, and none is negative here"
)]
fn whole(callers: f64) -> u64 {
    callers.ceil() as u64
}
