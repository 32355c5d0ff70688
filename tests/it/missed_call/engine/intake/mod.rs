//! Intake: what the engine makes of events, calls of workflows and records of HighLevel.

mod by_number;
mod call_spellings;
mod calls;
mod doubts;
mod event_order;
pub(crate) mod events;
mod hostile_input;
mod replies;
mod stopped_by;
mod sweep;
mod workflow_calls;
