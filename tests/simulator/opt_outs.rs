//! What the oracle knows of a caller's opt-outs, doubts and opt-ins, to check that no text follows an opt-out or a doubt.

use std::time::Duration;

use jiff::Timestamp;

#[derive(Debug, Default)]
pub(super) struct OptOuts {
    /// For each reply that may be an opt-out: the same.
    pub(super) doubts: Vec<(Timestamp, Duration)>,
    /// Until when doubts are decided.
    pub(super) decided_at: Option<Timestamp>,
    /// For each opt-out: when the caller sent it, and the elapsed time at which an engine acknowledged it.
    pub(super) opt_outs: Vec<(Timestamp, Duration)>,
    /// When the caller last opted in.
    pub(super) opted_in_at: Option<Timestamp>,
}

impl OptOuts {
    /// When the first doubt that nobody has decided was acknowledged.
    pub(super) fn doubtful_since(&self) -> Option<Duration> {
        let lifted_at = self.decided_at.max(self.opted_in_at);
        let in_force =
            |(said_at, _): &&(Timestamp, Duration)| lifted_at.is_none_or(|at| *said_at > at);
        let in_force = self.doubts.iter().filter(in_force);
        in_force.map(|(_, acknowledged)| *acknowledged).min()
    }

    /// When the first opt-out that is still in force was acknowledged.
    pub(super) fn since(&self) -> Option<Duration> {
        let in_force = |(said_at, _): &&(Timestamp, Duration)| {
            self.opted_in_at.is_none_or(|opted_in| *said_at > opted_in)
        };
        let in_force = self.opt_outs.iter().filter(in_force);
        in_force.map(|(_, acknowledged)| *acknowledged).min()
    }
}
