//! How the service that embeds the engine notifies its team.

use std::error::Error as StdError;
use std::fmt;

use async_trait::async_trait;

use crate::ids::{ContactId, LocationId};
use crate::recipes::missed_call::core::model::EffectId;
use crate::secret::Private;

/// A notice to the team, from a step `notify`, `hand_off` or `escalate` with `to = "host"`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// The name of this notice for ever. After a crash the same notice can come a second time: pass it on once.
    pub effect: EffectId,
    /// Where the call was missed.
    pub location: LocationId,
    /// Who called.
    pub contact: ContactId,
    /// The headline, as the recipe has it.
    pub title: String,
    /// Who called, when, and what they were sent.
    pub body: Private<String>,
}

/// Notifies the team by the means of the service: a chat, a pager, a dashboard.
///
/// After an error it is asked again, later and later, for a day. The error's own words are not logged.
#[async_trait]
pub trait TeamNotifier: fmt::Debug + Send + Sync + 'static {
    /// Passes the notice on. Return when it cannot be lost any more.
    async fn notify(&self, notice: &Notice) -> Result<(), Box<dyn StdError + Send + Sync>>;
}
