//! Subscriptions in a PostgreSQL database, which any number of processes share.

use async_trait::async_trait;
use tokio_postgres::Row;

use super::store::{SubscriptionStore, SubscriptionStoreError};
use super::subscription::{Subscription, SubscriptionKey};
use crate::ids::LocationId;
use crate::postgres::{Database, Statement};

/// Keeps subscriptions in a table `trigger_subscription` of a PostgreSQL database.
#[derive(Debug, Clone)]
pub struct PostgresSubscriptions(Database);

impl PostgresSubscriptions {
    /// The subscriptions in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    async fn rows(
        &self,
        doing: &'static str,
        statement: Statement,
    ) -> Result<Vec<Row>, SubscriptionStoreError> {
        let rows = self.0.query(&statement).await;
        rows.map_err(|error| SubscriptionStoreError::new(doing, error))
    }
}

/// A statement that begins with the key.
fn of(key: &SubscriptionKey, sql: &str) -> Statement {
    let SubscriptionKey {
        location,
        workflow,
        trigger,
    } = key;
    Statement::new(sql)
        .with(location.to_string())
        .with(workflow.to_string())
        .with(trigger.to_string())
}

#[async_trait]
impl SubscriptionStore for PostgresSubscriptions {
    async fn put(&self, subscription: &Subscription) -> Result<(), SubscriptionStoreError> {
        let doing = "write a subscription";
        let json = serde_json::to_string(subscription)
            .map_err(|error| SubscriptionStoreError::new(doing, error))?;
        let statement = of(
            &subscription.key,
            "INSERT INTO @.trigger_subscription
               (location, workflow, trigger_id, trigger_key, target, subscription_json)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (location, workflow, trigger_id) DO UPDATE
               SET trigger_key = $4, target = $5, subscription_json = $6",
        )
        .text(&subscription.trigger_key)
        .text(subscription.target.expose())
        .with(json);
        self.rows(doing, statement).await.map(drop)
    }

    async fn remove(&self, key: &SubscriptionKey) -> Result<(), SubscriptionStoreError> {
        let statement = of(
            key,
            "DELETE FROM @.trigger_subscription
             WHERE location = $1 AND workflow = $2 AND trigger_id = $3",
        );
        self.rows("remove a subscription", statement)
            .await
            .map(drop)
    }

    async fn retire(&self, subscription: &Subscription) -> Result<bool, SubscriptionStoreError> {
        let statement = of(
            &subscription.key,
            "DELETE FROM @.trigger_subscription
             WHERE location = $1 AND workflow = $2 AND trigger_id = $3 AND target = $4 RETURNING 1",
        )
        .text(subscription.target.expose());
        let removed = self.rows("retire a subscription", statement).await?;
        Ok(!removed.is_empty())
    }

    async fn of_location(
        &self,
        location: &LocationId,
        trigger_key: &str,
    ) -> Result<Vec<Subscription>, SubscriptionStoreError> {
        let doing = "list subscriptions";
        let statement = Statement::new(
            "SELECT subscription_json FROM @.trigger_subscription
             WHERE location = $1 AND trigger_key = $2",
        )
        .text(location.as_str())
        .text(trigger_key);
        let rows = self.rows(doing, statement).await?;
        let read = |row: &Row| -> Result<Subscription, Box<dyn std::error::Error + Send + Sync>> {
            Ok(serde_json::from_str(row.try_get(0)?)?)
        };
        let all: Result<Vec<Subscription>, _> = rows.iter().map(read).collect();
        let mut all = all.map_err(|error| SubscriptionStoreError::new(doing, error))?;
        // Not by the rules of the database's language.
        all.sort_by(|one, next| one.key.cmp(&next.key));
        Ok(all)
    }

    async fn forget_location(&self, location: &LocationId) -> Result<(), SubscriptionStoreError> {
        let statement = Statement::new("DELETE FROM @.trigger_subscription WHERE location = $1")
            .text(location.as_str());
        self.rows("forget a location", statement).await.map(drop)
    }
}
