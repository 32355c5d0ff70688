//! Stores for subscriptions: the contract, and a store in memory.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::subscription::{Subscription, SubscriptionKey};
use crate::ids::LocationId;

/// Keeps subscriptions. An `Arc` of a store is a store too. What a method wrote survives a crash once it has returned, as
/// far as the store promises durability at all: HighLevel reports a subscription once.
#[async_trait]
pub trait SubscriptionStore: fmt::Debug + Send + Sync + 'static {
    /// Writes a subscription, over the one of the same key if there is one.
    async fn put(&self, subscription: &Subscription) -> Result<(), SubscriptionStoreError>;

    /// Removes the subscription of this key. It is not an error if there is none.
    async fn remove(&self, key: &SubscriptionKey) -> Result<(), SubscriptionStoreError>;

    /// Removes this subscription if it still has this target, and says whether it had: HighLevel may have reported a
    /// new one while the old one was tried.
    async fn retire(&self, subscription: &Subscription) -> Result<bool, SubscriptionStoreError>;

    /// The subscriptions of a location to the trigger with this key of the app's, in the order of their keys.
    async fn of_location(
        &self,
        location: &LocationId,
        trigger_key: &str,
    ) -> Result<Vec<Subscription>, SubscriptionStoreError>;

    /// Removes all subscriptions of a location.
    async fn forget_location(&self, location: &LocationId) -> Result<(), SubscriptionStoreError>;
}

#[async_trait]
impl<S: SubscriptionStore + ?Sized> SubscriptionStore for Arc<S> {
    async fn put(&self, subscription: &Subscription) -> Result<(), SubscriptionStoreError> {
        (**self).put(subscription).await
    }

    async fn remove(&self, key: &SubscriptionKey) -> Result<(), SubscriptionStoreError> {
        (**self).remove(key).await
    }

    async fn retire(&self, subscription: &Subscription) -> Result<bool, SubscriptionStoreError> {
        (**self).retire(subscription).await
    }

    async fn of_location(
        &self,
        location: &LocationId,
        trigger_key: &str,
    ) -> Result<Vec<Subscription>, SubscriptionStoreError> {
        (**self).of_location(location, trigger_key).await
    }

    async fn forget_location(&self, location: &LocationId) -> Result<(), SubscriptionStoreError> {
        (**self).forget_location(location).await
    }
}

/// The store failed.
///
/// The reason is logged: it must hold no address of a target.
#[derive(Debug, thiserror::Error)]
#[error("the store of trigger subscriptions failed to {doing}")]
pub struct SubscriptionStoreError {
    doing: &'static str,
    #[source]
    source: Box<dyn StdError + Send + Sync>,
}

impl SubscriptionStoreError {
    /// A failure while `doing` something (`"write a subscription"`).
    pub fn new(doing: &'static str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            doing,
            source: source.into(),
        }
    }
}

/// Keeps subscriptions in memory, for tests: HighLevel does not report them again after a restart. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemorySubscriptions(Arc<Mutex<BTreeMap<SubscriptionKey, Subscription>>>);

impl MemorySubscriptions {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<SubscriptionKey, Subscription>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SubscriptionStore for MemorySubscriptions {
    async fn put(&self, subscription: &Subscription) -> Result<(), SubscriptionStoreError> {
        self.all()
            .insert(subscription.key.clone(), subscription.clone());
        Ok(())
    }

    async fn remove(&self, key: &SubscriptionKey) -> Result<(), SubscriptionStoreError> {
        self.all().remove(key);
        Ok(())
    }

    async fn retire(&self, subscription: &Subscription) -> Result<bool, SubscriptionStoreError> {
        let mut all = self.all();
        let is_same = all
            .get(&subscription.key)
            .is_some_and(|stored| stored.target == subscription.target);
        if is_same {
            all.remove(&subscription.key);
        }
        Ok(is_same)
    }

    async fn of_location(
        &self,
        location: &LocationId,
        trigger_key: &str,
    ) -> Result<Vec<Subscription>, SubscriptionStoreError> {
        let all = self.all();
        let wanted = all
            .values()
            .filter(|it| it.key.location == *location && it.trigger_key == trigger_key);
        Ok(wanted.cloned().collect())
    }

    async fn forget_location(&self, location: &LocationId) -> Result<(), SubscriptionStoreError> {
        self.all().retain(|key, _| key.location != *location);
        Ok(())
    }
}
