//! What is done: effects are claimed, decided, written down, attempted and settled, and the loop that keeps this going.
//!
//! | file | question it answers |
//! |---|---|
//! | `run`, `lane_slots`, `quarantine` | which effects are begun now, and how many per location? |
//! | `wake`, `clock_recovery` | whose time has come? |
//! | `unserved` | how do removed locations, and those that nobody serves, come to their end? |
//! | `attempt`, `begin` | does the effect still hold, and is its intent written before HighLevel is asked? |
//! | `facts` | what does the decision depend on? |
//! | `experiment`, `experiment_counts` | has an experiment begun, and how many callers are assigned? |
//! | `host_consent` | does the host know of a consent? |
//! | `highlevel` | which request is it, and what did an earlier attempt leave behind? |
//! | `failure`, `reconcile`, `contact_gone`, `defer`, `settle` | how does it go on after the attempt, or without one? |
//! | `classify_reply` | what does a reply ask for, by the host's classifier? |
//! | `receipts`, `receipt_readers` | what became of texts that HighLevel has accepted? |
//! | `stop` | how does a run end? |
//! | `settled` | is there nothing to do? |
//! | `work_count` | what is under way and late, for observers? |

pub(super) mod app_links;
mod attempt;
pub(super) mod backoff;
mod begin;
mod classify_reply;
mod clock_recovery;
mod contact_gone;
mod defer;
mod experiment;
pub(super) mod experiment_counts;
pub(super) mod facts;
mod failure;
mod highlevel;
mod host_consent;
mod lane_slots;
pub(super) mod notifier;
pub(super) mod quarantine;
mod rate_limit;
mod receipt_readers;
mod receipts;
mod reconcile;
mod run;
mod settle;
mod settled;
mod step;
pub(super) mod stop;
pub(super) mod unserved;
mod wake;
mod work_count;

use std::sync::Arc;

use self::app_links::App;
use self::experiment_counts::Experiments;
use self::notifier::TeamNotifier;
use self::quarantine::Quarantine;
use self::unserved::Unserved;
use super::base::Base;
use super::consent_source::ConsentSource;
use super::pulse::Pulse;
use super::reply_queue::ReplyQueue;
use crate::recipes::missed_call::core::compliance::QuietHours;

/// Performs effects, wakes episodes and has replies classified. It knows nothing of the intake: its work is in the store
/// and in the reply queue.
pub(super) struct Worker {
    pub(super) base: Arc<Base>,
    pub(super) replies: Arc<ReplyQueue>,
    pub(super) pulse: Arc<Pulse>,
    pub(super) notifier: Option<Arc<dyn TeamNotifier>>,
    pub(super) consents: Option<Arc<dyn ConsentSource>>,
    pub(super) quiet_hours: Option<Arc<QuietHours>>,
    pub(super) app: App,
    pub(super) quarantine: Quarantine,
    pub(super) unserved: Unserved,
    pub(super) experiments: Experiments,
}
