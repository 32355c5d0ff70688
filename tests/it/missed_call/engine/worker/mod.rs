//! The worker: each step is performed once, whatever fails.

mod assignee;
mod concurrent_faults;
pub(crate) mod crash;
mod faults;
mod host_consent;
mod isolation;
mod lost_messages;
mod receipts;
mod step_actions;
mod stop;
mod unconfigured_location;
