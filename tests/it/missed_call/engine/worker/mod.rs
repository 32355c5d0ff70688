//! The worker: each step is performed once, whatever fails.

mod assignee;
mod concurrent_faults;
pub(crate) mod crash;
mod dry_run;
mod experiment;
mod faults;
mod host_consent;
mod isolation;
mod lost_messages;
mod receipts;
mod step_actions;
mod stop;
mod unconfigured_location;
