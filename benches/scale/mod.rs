//! Shared by the benches of the missed-call text back: figures with limits, and callers.

pub(crate) mod callers;

use std::process::ExitCode;
use std::time::Duration;

/// Prints figures with their limits, and records whether a limit was missed.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    missed: bool,
}

impl Figures {
    /// A figure that must be below its limit.
    pub(crate) fn below(&mut self, what: &str, figure: f64, limit: f64, unit: &str) {
        let held = figure < limit;
        self.missed |= !held;
        let verdict = if held { "held" } else { "MISSED" };
        println!("{what}: {figure:.2} {unit} (must be under {limit} {unit}: {verdict})");
    }

    /// The exit code of a bench.
    pub(crate) fn outcome(&self) -> ExitCode {
        if self.missed {
            println!("a limit was missed");
            return ExitCode::FAILURE;
        }
        ExitCode::SUCCESS
    }
}

/// The given percentile of the samples.
pub(crate) fn percentile(samples: &mut [Duration], hundredths: usize) -> Duration {
    samples.sort_unstable();
    let last = samples.len().saturating_sub(1);
    samples[(last * hundredths).div_ceil(100)]
}
