//! Marketplace triggers: workflows of any location begin with something that happened in this service.
//!
//! HighLevel posts to the app's subscription URL whenever a user puts the trigger into a workflow, changes it or takes
//! it out. [`Triggers`] keeps the subscriptions in a [`SubscriptionStore`], and [`fires`](Triggers::fire) them:
//!
//! ```no_run
//! # async fn example(location: gohighlevel::client::Location, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! use gohighlevel::workflows::triggers::{FireOutcome, MemorySubscriptions, SubscriptionEvent, Triggers};
//!
//! // In production a `SqliteSubscriptions` (feature `sqlite`), behind a `WorkflowEndpoint`.
//! let triggers = Triggers::new(MemorySubscriptions::new());
//! triggers.record(&SubscriptionEvent::read(body)?).await?;
//!
//! let data = serde_json::json!({"contact_id": "ocQHyuzHvysMo5N5VsXc", "country": "USA"});
//! for fired in triggers.fire(&location, "order_paid", &data).await? {
//!     if let FireOutcome::Failed(error) = fired.outcome {
//!         println!("workflow {}: {error}", fired.subscription.workflow);
//!     }
//! }
//! # Ok(()) }
//! ```
//!
//! Subscription events bear no time and no signature, and may come twice: recording one again changes nothing. One that
//! comes late can bring back a subscription that is gone; then firing it finds that out, and retires it.
//!
//! The app needs the scope `workflows.readonly`. HighLevel bills each execution.

mod filter;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod subscription;

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use serde_json::Value;

pub use filter::TriggerFilter;
#[cfg(feature = "postgres")]
pub use postgres::PostgresSubscriptions;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteSubscriptions;
pub use store::{MemorySubscriptions, SubscriptionStore, SubscriptionStoreError};
pub use subscription::{InvalidEvent, Subscription, SubscriptionEvent, SubscriptionKey, TargetUrl};

use super::inbound::{InboundPayload, InvalidPayload};
use crate::client::{Location, ReplaySafety};
use crate::error::Error;
use crate::ids::LocationId;

/// How many targets are fired at once unless [`Triggers::max_in_flight`] says otherwise.
const MAX_IN_FLIGHT: usize = 8;

/// The triggers of an app: who subscribed, and firing them. Cheap to clone; clones share the store.
#[derive(Debug, Clone)]
pub struct Triggers {
    store: Arc<dyn SubscriptionStore>,
    max_in_flight: usize,
}

/// The outcome of one subscription when its trigger was fired.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fired {
    /// Which one.
    pub subscription: SubscriptionKey,
    /// The outcome.
    pub outcome: FireOutcome,
}

/// The outcome of firing one subscription.
#[derive(Debug)]
#[non_exhaustive]
pub enum FireOutcome {
    /// HighLevel said yes. It does not say whether the workflow ran: it looks at the filters itself, and an unpublished
    /// workflow does not run.
    Accepted,
    /// Its filters do not want this data; nothing was sent.
    NotWanted,
    /// HighLevel does not know the target any more (404 or 410, in JSON as the API answers): the trigger was taken out,
    /// or the workflow deleted. The same status with a page or with nothing, as a gateway in trouble answers, is
    /// [`Failed`](Self::Failed): HighLevel would not report the subscription again.
    Stale {
        /// Whether the subscription was removed. If not, HighLevel has reported a new target meanwhile, or the store
        /// failed, which is logged; then the next firing finds it again.
        retired: bool,
    },
    /// It was not done, or it is not known whether it was
    /// ([`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome)). It is not repeated.
    Failed(Error),
}

/// Why nothing was fired.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FireError {
    /// HighLevel cannot take the data.
    #[error(transparent)]
    Data(#[from] InvalidPayload),
    /// The subscriptions could not be read.
    #[error(transparent)]
    Store(#[from] SubscriptionStoreError),
}

impl Triggers {
    /// Triggers whose subscriptions are kept in this store.
    pub fn new(store: impl SubscriptionStore) -> Self {
        Self {
            store: Arc::new(store),
            max_in_flight: MAX_IN_FLIGHT,
        }
    }

    /// With at most this many targets fired at once, 8 otherwise. The location's rate limit holds besides.
    #[must_use]
    pub fn max_in_flight(self, targets: usize) -> Self {
        Self {
            max_in_flight: targets.max(1),
            ..self
        }
    }

    /// Records a subscription event. It is durable when this returns `Ok`.
    pub async fn record(&self, event: &SubscriptionEvent) -> Result<(), SubscriptionStoreError> {
        match event {
            SubscriptionEvent::Created(subscription) | SubscriptionEvent::Updated(subscription) => {
                self.store.put(subscription).await
            }
            SubscriptionEvent::Deleted(key) => self.store.remove(key).await,
            SubscriptionEvent::Other { .. } => Ok(()),
        }
    }

    /// Forgets the subscriptions of a location that has removed the app.
    pub async fn forget_location(
        &self,
        location: &LocationId,
    ) -> Result<(), SubscriptionStoreError> {
        self.store.forget_location(location).await
    }

    /// The subscriptions of a location to the app's trigger with this key.
    pub async fn subscriptions(
        &self,
        location: &LocationId,
        trigger_key: &str,
    ) -> Result<Vec<Subscription>, SubscriptionStoreError> {
        self.store.of_location(location, trigger_key).await
    }

    /// Fires the location's subscriptions to a trigger whose filters want this data: an object in the shape that was
    /// registered as the trigger's sample. With one outcome for each subscription, in the order of their keys.
    ///
    /// Each is sent once. A future that is dropped leaves open which were.
    pub async fn fire(
        &self,
        location: &Location,
        trigger_key: &str,
        data: &(impl Serialize + Sync),
    ) -> Result<Vec<Fired>, FireError> {
        self.fire_where(location, trigger_key, data, Subscription::wants)
            .await
    }

    /// As [`fire`](Self::fire), whatever the filters are: HighLevel looks at them itself.
    pub async fn fire_all(
        &self,
        location: &Location,
        trigger_key: &str,
        data: &(impl Serialize + Sync),
    ) -> Result<Vec<Fired>, FireError> {
        self.fire_where(location, trigger_key, data, |_, _| true)
            .await
    }

    async fn fire_where(
        &self,
        location: &Location,
        trigger_key: &str,
        data: &(impl Serialize + Sync),
        wanted: fn(&Subscription, &Value) -> bool,
    ) -> Result<Vec<Fired>, FireError> {
        let payload = InboundPayload::new(data)?;
        let data = payload.as_value();
        let subscriptions = self.store.of_location(location.id(), trigger_key).await?;
        let firing = subscriptions.into_iter().map(|subscription| {
            let (payload, data) = (&payload, &data);
            async move {
                let outcome = if wanted(&subscription, data) {
                    self.fire_one(location, &subscription, payload).await
                } else {
                    FireOutcome::NotWanted
                };
                Fired {
                    subscription: subscription.key,
                    outcome,
                }
            }
        });
        Ok(stream::iter(firing)
            .buffered(self.max_in_flight)
            .collect()
            .await)
    }

    async fn fire_one(
        &self,
        location: &Location,
        subscription: &Subscription,
        payload: &InboundPayload,
    ) -> FireOutcome {
        let request = subscription
            .target
            .post()
            .operation("workflows.fire_trigger")
            .replay(ReplaySafety::Once)
            .json(payload);
        match location.send_discarding(request).await {
            Ok(()) => FireOutcome::Accepted,
            Err(error) if says_stale(&error) => FireOutcome::Stale {
                retired: self.retire(subscription).await,
            },
            Err(error) => FireOutcome::Failed(error),
        }
    }

    async fn retire(&self, subscription: &Subscription) -> bool {
        let retired = self.store.retire(subscription).await;
        retired.unwrap_or_else(|error| {
            let key = &subscription.key;
            tracing::warn!(
                location = %key.location,
                workflow = %key.workflow,
                error = &error as &dyn std::error::Error,
                "a stale trigger subscription was not removed"
            );
            false
        })
    }
}

fn says_stale(error: &Error) -> bool {
    matches!(error.status(), Some(404 | 410)) && error.body().trim_start().starts_with('{')
}
