//! What is done: effects are claimed, decided, written down, attempted and settled, and the loop that keeps this going.

mod attempt;
pub(super) mod backoff;
mod clock_recovery;
mod defer;
pub(super) mod facts;
mod highlevel;
mod lane_slots;
mod merged_contact;
pub(super) mod notifier;
pub(super) mod quarantine;
mod rate_limit;
mod reconcile;
mod run;
pub(super) mod stop;
