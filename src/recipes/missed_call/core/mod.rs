//! What decides: pure, without async, clock, chance or I/O. Everything here can be read and tested with values alone.
//!
//! `model` holds the words that all parts share; `compliance`, `reply` and `copy` stand on it; `recipe` is what the operator
//! asked for, `episode` what follows from it for one caller, `ledger` what is remembered, `report` what is read out of that.
//! `signal` turns what is reported from outside into an episode's input. The store keeps what is decided, and the engine
//! does it; nothing here knows of either.

pub mod call;
mod caller;
pub mod compliance;
pub mod copy;
mod diagnostic;
pub mod episode;
pub mod ledger;
pub(crate) mod model;
pub mod presets;
pub mod recipe;
pub(crate) mod redact;
pub mod reply;
pub mod report;
pub(crate) mod signal;
mod spelling;
pub(crate) mod workflow_call;

pub use caller::Caller;
