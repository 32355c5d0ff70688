//! What comes in: webhooks, workflow steps, sweeps and the host's own words. Each becomes durable in one transaction
//! before it is acknowledged.

pub(super) mod accept;
mod consent;
pub(super) mod floods;
mod host_events;
mod interpret;
mod missed_call;
pub(super) mod references;
pub(super) mod reorder_buffer;
pub(super) mod reply_queue;
pub(super) mod sweep;
mod sweep_loop;
pub(super) mod workflow_call;
