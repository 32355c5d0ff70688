//! Targets, compared with what was measured.
//!
//! A target is a goal or a sales promise. It is not a fact about a business until it is measured.

use std::fmt;

use jiff::SignedDuration;
use serde::Serialize;

use super::metrics::{Metrics, Share};

/// The targets. A metric without a target is not compared. Shares are numbers from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Targets {
    /// For [`Metrics::coverage`].
    pub coverage: Option<TargetRange>,
    /// For [`Metrics::time_to_text_p95`], at most.
    pub time_to_text: Option<SignedDuration>,
    /// For [`Metrics::replied`].
    pub replied: Option<TargetRange>,
    /// For [`Metrics::captured`].
    pub captured: Option<TargetRange>,
    /// For [`Metrics::booked`].
    pub booked: Option<TargetRange>,
    /// For [`Metrics::opted_out`], at most.
    pub opted_out: Option<f64>,
    /// For [`Metrics::failed`], at most.
    pub failed: Option<f64>,
}

/// The target range of a share: 40–60 % is met from 40 % on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TargetRange {
    /// The target is met from here on.
    pub from: f64,
    /// The upper end of the expected range.
    pub to: f64,
}

/// One metric with its target. `Display` writes it as one line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The metric, by the name of its field.
    pub measure: &'static str,
    /// What was measured; `None` if there was nothing to measure.
    pub actual: Option<Measured>,
    /// The target.
    pub target: Target,
    /// Whether the target is met; `None` if there was nothing to measure.
    pub met: Option<bool>,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Measured {
    /// A share.
    Share(Share),
    /// A time.
    Time(SignedDuration),
}

/// A target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Target {
    /// At least a share.
    AtLeast(TargetRange),
    /// At most a share.
    AtMost(f64),
    /// At most a time.
    Within(SignedDuration),
}

impl Targets {
    /// Compares each target with what was measured, in the order of the fields.
    pub fn compare(&self, metrics: &Metrics) -> Vec<Comparison> {
        let share = |measure, actual: Option<Share>, target: Option<Target>| {
            target.map(|target| Comparison::of(measure, actual.map(Measured::Share), target))
        };
        let at_least = |range: Option<TargetRange>| range.map(Target::AtLeast);
        let at_most = |most: Option<f64>| most.map(Target::AtMost);
        let time = self.time_to_text.map(|most| {
            let actual = metrics.time_to_text_p95.map(Measured::Time);
            Comparison::of("time_to_text_p95", actual, Target::Within(most))
        });
        [
            share("coverage", metrics.coverage, at_least(self.coverage)),
            time,
            share("replied", metrics.replied, at_least(self.replied)),
            share("captured", metrics.captured, at_least(self.captured)),
            share("booked", metrics.booked, at_least(self.booked)),
            share("opted_out", metrics.opted_out, at_most(self.opted_out)),
            share("failed", metrics.failed, at_most(self.failed)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Comparison {
    fn of(measure: &'static str, actual: Option<Measured>, target: Target) -> Self {
        let met = match (actual, target) {
            (Some(Measured::Share(share)), Target::AtLeast(range)) => {
                Some(share.value() >= range.from)
            }
            (Some(Measured::Share(share)), Target::AtMost(most)) => Some(share.value() <= most),
            (Some(Measured::Time(time)), Target::Within(most)) => Some(time <= most),
            _ => None,
        };
        Self {
            measure,
            actual,
            target,
            met,
        }
    }
}

impl fmt::Display for Comparison {
    /// Such as `captured: 45.0 % (9 of 20), target 40.0-60.0 %: met`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.measure)?;
        match self.actual {
            Some(Measured::Share(share)) => {
                let percent = share.value() * 100.0;
                write!(f, "{percent:.1} % ({} of {})", share.part(), share.whole())?;
            }
            Some(Measured::Time(time)) => write!(f, "{time:#}")?,
            None => f.write_str("nothing to measure")?,
        }
        match self.target {
            Target::AtLeast(TargetRange { from, to }) if from < to => {
                write!(f, ", target {:.1}-{:.1} %", from * 100.0, to * 100.0)?;
            }
            Target::AtLeast(TargetRange { from, .. }) => {
                write!(f, ", target {:.1} %", from * 100.0)?;
            }
            Target::AtMost(most) => write!(f, ", target at most {:.1} %", most * 100.0)?,
            Target::Within(most) => write!(f, ", target at most {most:#}")?,
        }
        match self.met {
            Some(true) => f.write_str(": met"),
            Some(false) => f.write_str(": not met"),
            None => Ok(()),
        }
    }
}
