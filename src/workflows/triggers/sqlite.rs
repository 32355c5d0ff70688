//! Subscriptions in one SQLite file, which several processes may share.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::{Connection, params};

use super::store::{SubscriptionStore, SubscriptionStoreError};
use super::subscription::{Subscription, SubscriptionKey};
use crate::ids::LocationId;
use crate::sqlite::{Failure, SharedFile};

/// One table, so that subscriptions may lie in the database of something else.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS trigger_subscription (
    location TEXT NOT NULL,
    workflow TEXT NOT NULL,
    trigger_id TEXT NOT NULL,
    trigger_key TEXT NOT NULL,
    target TEXT NOT NULL,
    subscription_json TEXT NOT NULL,
    PRIMARY KEY (location, workflow, trigger_id)
) WITHOUT ROWID;
";

/// Keeps subscriptions in a table `trigger_subscription` of one SQLite file, which several processes of a machine may
/// share. On Unix a new file gets mode 0600.
#[derive(Debug, Clone)]
pub struct SqliteSubscriptions(SharedFile);

impl SqliteSubscriptions {
    /// Opens the database at `path`, and makes it if it is not there. Fails if it cannot be written, is not a database, or
    /// its subscriptions are damaged; the message names the file and says what to do. Reads and writes fail once the file
    /// was removed or replaced: what is written then is lost.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SubscriptionStoreError> {
        SharedFile::open(path.as_ref(), "trigger_subscription", SCHEMA)
            .map(Self)
            .map_err(|error| SubscriptionStoreError::new("open the database", error))
    }

    async fn run<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, SubscriptionStoreError> {
        let done = self.0.run(work).await;
        done.map_err(|error| SubscriptionStoreError::new(doing, error))
    }
}

fn texts(key: &SubscriptionKey) -> [String; 3] {
    let SubscriptionKey {
        location,
        workflow,
        trigger,
    } = key;
    [
        location.to_string(),
        workflow.to_string(),
        trigger.to_string(),
    ]
}

#[async_trait]
impl SubscriptionStore for SqliteSubscriptions {
    async fn put(&self, subscription: &Subscription) -> Result<(), SubscriptionStoreError> {
        let [location, workflow, trigger] = texts(&subscription.key);
        let trigger_key = subscription.trigger_key.clone();
        let target = subscription.target.expose().to_owned();
        let json = serde_json::to_string(subscription)
            .map_err(|error| SubscriptionStoreError::new("write a subscription", error))?;
        self.run("write a subscription", move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO trigger_subscription
                         (location, workflow, trigger_id, trigger_key, target, subscription_json)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT DO UPDATE SET trigger_key = ?4, target = ?5, subscription_json = ?6",
                )?
                .execute(params![location, workflow, trigger, trigger_key, target, json])?;
            Ok(())
        })
        .await
    }

    async fn remove(&self, key: &SubscriptionKey) -> Result<(), SubscriptionStoreError> {
        let key = texts(key);
        self.run("remove a subscription", move |connection| {
            connection
                .prepare_cached(
                    "DELETE FROM trigger_subscription
                     WHERE location = ?1 AND workflow = ?2 AND trigger_id = ?3",
                )?
                .execute(key)?;
            Ok(())
        })
        .await
    }

    async fn retire(&self, subscription: &Subscription) -> Result<bool, SubscriptionStoreError> {
        let [location, workflow, trigger] = texts(&subscription.key);
        let target = subscription.target.expose().to_owned();
        self.run("retire a subscription", move |connection| {
            let removed = connection
                .prepare_cached(
                    "DELETE FROM trigger_subscription
                     WHERE location = ?1 AND workflow = ?2 AND trigger_id = ?3 AND target = ?4",
                )?
                .execute(params![location, workflow, trigger, target])?;
            Ok(removed == 1)
        })
        .await
    }

    async fn of_location(
        &self,
        location: &LocationId,
        trigger_key: &str,
    ) -> Result<Vec<Subscription>, SubscriptionStoreError> {
        let (location, trigger_key) = (location.to_string(), trigger_key.to_owned());
        self.run("list subscriptions", move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT subscription_json FROM trigger_subscription
                 WHERE location = ?1 AND trigger_key = ?2 ORDER BY workflow, trigger_id",
            )?;
            let mut rows = statement.query(params![location, trigger_key])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let json: String = row.get(0)?;
                all.push(serde_json::from_str(&json)?);
            }
            Ok(all)
        })
        .await
    }

    async fn forget_location(&self, location: &LocationId) -> Result<(), SubscriptionStoreError> {
        let location = location.to_string();
        self.run("forget a location", move |connection| {
            connection
                .prepare_cached("DELETE FROM trigger_subscription WHERE location = ?1")?
                .execute([location])?;
            Ok(())
        })
        .await
    }
}
