//! The part that decides. It is pure: no async, no clock, no randomness, no I/O, so every module can be read and tested
//! with plain values.
//!
//! `model` holds the types that all modules share. `compliance`, `reply` and `copy` build on it. `recipe` is the checked
//! configuration, `episode` the state machine of one caller, `ledger` the history, `report` what is computed from it.
//! `signal` turns an event from outside into an episode's input. The store keeps the decisions and the engine carries
//! them out; nothing here knows of either.

pub mod call;
mod caller;
pub mod compliance;
pub mod copy;
mod diagnostic;
mod entry_tag;
pub mod episode;
pub mod ledger;
pub(crate) mod model;
pub mod presets;
pub mod recipe;
pub(crate) mod redact;
pub mod reply;
pub mod report;
pub(crate) mod signal;
pub(crate) mod spelling;
pub(crate) mod workflow_call;

pub use caller::Caller;
