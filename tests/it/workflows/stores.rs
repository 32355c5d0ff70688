//! What every store of subscriptions keeps to.

use std::sync::Arc;

use gohighlevel::workflows::triggers::{
    MemorySubscriptions, SqliteSubscriptions, Subscription, SubscriptionEvent, SubscriptionStore,
};
use serde_json::json;

fn subscription(location: &str, trigger: &str, target: &str) -> Subscription {
    let event = json!({
        "triggerData": {
            "id": trigger, "key": "order_paid", "filters": [], "eventType": "CREATED",
            "targetUrl": format!(
                "https://services.leadconnectorhq.com/workflows-marketplace/triggers/execute/app/{target}"
            ),
        },
        "meta": {"version": "1.0"},
        "extras": {"locationId": location, "workflowId": "w"},
    });
    match SubscriptionEvent::read(event.to_string().as_bytes()) {
        Ok(SubscriptionEvent::Created(subscription)) => subscription,
        other => panic!("a subscription, not {other:?}"),
    }
}

async fn keeps_the_contract(store: Arc<dyn SubscriptionStore>) {
    let (first, second) = (subscription("l", "a", "1"), subscription("l", "b", "1"));
    let elsewhere = subscription("m", "a", "1");
    for it in [&second, &first, &elsewhere] {
        store.put(it).await.unwrap();
    }
    let here = "l".parse().unwrap();
    let all = || store.of_location(&here, "order_paid");
    assert_eq!(all().await.unwrap(), [first.clone(), second.clone()]);
    assert!(store.of_location(&here, "other").await.unwrap().is_empty());

    // The last report counts, and an older target is not retired in its place.
    let moved = subscription("l", "a", "2");
    store.put(&moved).await.unwrap();
    assert!(!store.retire(&first).await.unwrap());
    assert_eq!(all().await.unwrap(), [moved.clone(), second.clone()]);
    assert!(store.retire(&moved).await.unwrap());
    assert!(!store.retire(&moved).await.unwrap());
    assert_eq!(all().await.unwrap(), std::slice::from_ref(&second));

    store.remove(&second.key).await.unwrap();
    store.remove(&second.key).await.unwrap();
    assert!(all().await.unwrap().is_empty());

    store.put(&first).await.unwrap();
    store.forget_location(&here).await.unwrap();
    assert!(all().await.unwrap().is_empty());
    let there = "m".parse().unwrap();
    let left = store.of_location(&there, "order_paid").await.unwrap();
    assert_eq!(left, [elsewhere]);
}

#[tokio::test]
async fn memory_keeps_the_contract() {
    keeps_the_contract(Arc::new(MemorySubscriptions::new())).await;
}

#[tokio::test]
async fn sqlite_keeps_the_contract_and_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.sqlite");
    keeps_the_contract(Arc::new(SqliteSubscriptions::open(&path).unwrap())).await;
    let reopened = SqliteSubscriptions::open(&path).unwrap();
    let there = "m".parse().unwrap();
    let left = reopened.of_location(&there, "order_paid").await.unwrap();
    assert_eq!(left, [subscription("m", "a", "1")]);
}

#[cfg(all(unix, feature = "postgres"))]
#[tokio::test]
async fn postgres_keeps_the_contract() {
    use gohighlevel::workflows::triggers::PostgresSubscriptions;

    if let Some(database) = crate::postgres::database("subscriptions").await {
        keeps_the_contract(Arc::new(PostgresSubscriptions::new(database))).await;
    }
}
