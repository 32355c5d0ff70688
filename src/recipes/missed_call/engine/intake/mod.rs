//! What comes in: webhooks, workflow calls, sweeps and reports of the host. Each becomes an
//! [`Occurrence`](crate::recipes::missed_call::core::signal::Occurrence), and durable in one transaction before it is
//! acknowledged.
//!
//! | file | question it answers |
//! |---|---|
//! | `accept` | is it committed, or was it before? The only place here that commits an occurrence. |
//! | `interpret` | what does a signal change, by its kind? |
//! | `new_call` | does a missed call join an episode or open one? |
//! | `permission` | may the person be texted from now on? |
//! | `doubt` | what if a reply only may be an opt-out, and who decides? |
//! | `contact_lookup`, `episode_of` | whose is it? |
//! | `replay` | what arrived before its call? |
//! | `host_events`, `workflow_calls`, `sweep` | who reports it? |

mod accept;
mod contact_lookup;
mod doubt;
mod episode_of;
mod host_events;
mod interpret;
mod new_call;
mod permission;
mod replay;
pub(super) mod sweep;
mod sweep_loop;
mod sweep_records;
mod workflow_calls;

use std::sync::Arc;

use super::base::Base;
use super::early_reports::EarlyReports;
use super::reply_queue::ReplyQueue;
use super::swept_until::SweptUntil;

/// Takes in what is reported. It knows nothing of the worker: what is to be done is in the store, and what is to be
/// classified in the reply queue.
pub(super) struct Intake {
    pub(super) base: Arc<Base>,
    pub(super) early: EarlyReports,
    pub(super) replies: Arc<ReplyQueue>,
    pub(super) swept: Arc<SweptUntil>,
}
