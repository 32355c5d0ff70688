//! Facts that an engine must know: it knows one when it acknowledges the fact's webhook, or when a sweep has read it.

use std::time::Duration;

use gohighlevel::clock::Clock as _;
use jiff::Timestamp;

use super::absences::AbsenceNumber;
use super::plan::Caller;
use super::worker::lock;
use super::world::World;

/// A sweep skips younger records, because their webhooks may still arrive.
const MIN_SWEEP_AGE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub(super) struct AwaitedAck {
    at: Timestamp,
    fact: Fact,
}

#[derive(Debug, Clone)]
pub(super) enum Fact {
    MissedCall { message: String },
    OptOut { caller: Caller },
    Answer { caller: Caller },
    Uninstalled { absence: AbsenceNumber },
    Installed { absence: AbsenceNumber },
}

impl Fact {
    /// Whether HighLevel's records show it.
    fn is_recorded(&self) -> bool {
        !matches!(self, Self::Uninstalled { .. } | Self::Installed { .. })
    }
}

impl World {
    pub(super) fn expect_ack(&self, webhook: String, fact: Fact) {
        let at = self.time.now();
        lock(&self.awaited_acks).insert(webhook, AwaitedAck { at, fact });
    }

    /// An engine acknowledged a webhook.
    pub(super) fn acknowledged(&self, webhook: &str) {
        let awaited_acks = lock(&self.awaited_acks).get(webhook).cloned();
        self.are_known(awaited_acks.as_slice());
    }

    /// A sweep that began at `began` has finished: every fact that was old enough is known.
    pub(super) fn swept(&self, began: Timestamp) {
        let tolerance = self.oracle(|oracle, _| oracle.tolerance);
        let is_due = |awaited_acks: &&AwaitedAck| {
            let age = began.duration_since(awaited_acks.at);
            awaited_acks.fact.is_recorded()
                && age > (MIN_SWEEP_AGE + tolerance).try_into().unwrap_or_default()
        };
        let found: Vec<AwaitedAck> = lock(&self.awaited_acks)
            .values()
            .filter(is_due)
            .cloned()
            .collect();
        self.are_known(&found);
    }

    fn are_known(&self, awaited_acks: &[AwaitedAck]) {
        self.oracle(|oracle, now| {
            for AwaitedAck { at, fact } in awaited_acks {
                match fact {
                    Fact::MissedCall { message } => oracle.call_acknowledged(message, now.time),
                    Fact::OptOut { caller } => {
                        oracle.opt_out_acknowledged(*caller, *at, now.elapsed)
                    }
                    Fact::Answer { caller } => {
                        oracle.answers.acknowledged(*caller, *at, now.elapsed);
                    }
                    Fact::Uninstalled { absence } => oracle.absences.acknowledged(*absence, now),
                    Fact::Installed { absence } => oracle.absences.returned(*absence, now),
                }
            }
        });
    }
}
