//! What is reported from outside, and what it means to the recipe. Pure: the meaning is decided here, once.
//!
//! An [`EventReport`] is an event of HighLevel that a webhook reported or a sweep found. [`EventReport::read`] makes a
//! [`Signal`] of it. A signal with its name, its time and its [`Origin`] is an [`Occurrence`]: what the intake commits.
//! Workflow calls and the host's own reports become occurrences without an event.
//!
//! # How to add an event
//!
//! 1. `Relevant` in `event.rs`: add a variant and its arm in `Relevant::of`. The compiler then names `Relevant::contact`,
//!    `EventReport::clues` and `EventReport::read`.
//! 2. If no [`Signal`] says what the event means, add a variant in `kinds.rs`. The compiler then names what every signal
//!    must answer: `dedupe_kind`, `to_input`, `contact`, `at`, and in the engine `Intake::decide`, `is_missed` and
//!    the number that a sweep looks up.
//! 3. If steps can follow the signal or stop on it, add a [`Trigger`](super::model::Trigger): its word is the recipe's `on`
//!    and `stops_on`, and the compiler names the tables of words.

mod call_events;
mod event;
mod kinds;
mod message_events;
mod occurrence;

pub(crate) use event::{Clue, EventReport, RecordDirection, concerns, reported_at};
pub(crate) use kinds::{Person, Signal};
pub(crate) use occurrence::{FoundMessage, Occurrence, Origin, message_name};
