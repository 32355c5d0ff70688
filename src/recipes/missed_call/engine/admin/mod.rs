//! What the operator asks for: locations that come and go, pausing, installations, erasure, deletion of what is over, health and
//! preflight checks.

pub(super) mod app_installs;
pub(super) mod erase;
pub(super) mod health_check;
pub(super) mod location_set;
pub(super) mod number_facts;
mod pause;
pub(super) mod preflight;
pub(super) mod preflight_group;
mod prune;

use std::sync::Arc;

use super::base::Base;
use super::pulse::Pulse;
use super::swept_until::SweptUntil;

/// Administers locations and persons. It sees the parts that the intake and the worker share with it, and neither of the two.
pub(super) struct Admin {
    pub(super) base: Arc<Base>,
    pub(super) swept: Arc<SweptUntil>,
    pub(super) pulse: Arc<Pulse>,
    pub(super) has_notifier: bool,
}
