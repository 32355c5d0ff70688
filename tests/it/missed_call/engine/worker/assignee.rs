//! The assignee of a task: a task whose assignee cannot be found is made without one.

use std::sync::Arc;

use gohighlevel::Client;
use gohighlevel::clock::{Clock, SystemClock};
use gohighlevel::recipes::missed_call::store::{LedgerQuery, MemoryStore};
use gohighlevel::recipes::missed_call::{Engine, Recipe};
use gohighlevel::testing::ManualClock;
use gohighlevel::webhooks::Delivery;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::missed_call::harness::builders::{LOCATION, location};

const RECIPE: &str = r#"
    name = "test"
    version = 1
    [steps.task]
    do = "task"
    title = "Call back"
    assign_to = { user_email = "ana@example.com" }
"#;

/// What becomes of a missed call when the list of users is answered so: the ledger's last entry, and the tasks created.
async fn task_when_users_answer(status: u16, body: Value) -> (String, Vec<Value>) {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/users/"))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .mount(&server)
        .await;
    let created = json!({"task": {"id": "task-1"}});
    Mock::given(method("POST"))
        .and(path("/contacts/rosan/tasks"))
        .respond_with(ResponseTemplate::new(201).set_body_json(created))
        .mount(&server)
        .await;
    // That server dates its answers by the machine's clock.
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let client = Client::builder()
        .base_url(server.uri())
        .token("pit-test")
        .clock(clock.clone())
        .build()
        .unwrap();
    let engine = Engine::builder(Arc::new(MemoryStore::new()))
        .clock(clock.clone())
        .location(
            client.location(location()),
            Recipe::from_toml("test.toml", RECIPE).unwrap(),
        )
        .build();
    let call = json!({
        "type": "InboundMessage", "locationId": LOCATION, "contactId": "rosan", "messageId": "call-1",
        "direction": "inbound", "messageType": "CALL", "status": "no-answer", "dateAdded": clock.now(),
    });
    let delivery = Delivery::read(call.to_string(), clock.now()).unwrap();
    engine.accept(&delivery).await.unwrap();
    engine.step().await.unwrap();
    let ledger = engine.store().ledger(&LedgerQuery::default()).await;
    let last = ledger.unwrap().pop().unwrap().kind.name().to_owned();
    let requests = server.received_requests().await.unwrap();
    let tasks = requests
        .iter()
        .filter(|request| request.method == "POST")
        .map(|request| request.body_json().unwrap());
    (last, tasks.collect())
}

#[tokio::test]
async fn it_is_the_user_with_the_address() {
    let users = json!({"users": [{"id": "user-1", "email": "Ana@Example.com"}]});
    let (last, tasks) = task_when_users_answer(200, users).await;
    assert_eq!((last.as_str(), tasks.len()), ("done", 1));
    assert_eq!(tasks[0]["assignedTo"], "user-1");
}

#[tokio::test]
async fn it_is_nobody_s_when_the_users_cannot_be_read() {
    for (status, message) in [
        (401, "The token is not authorized for this scope."),
        (403, "The token does not have access to this location."),
        (422, "locationId is wrong"),
        (404, "not found"),
    ] {
        let body = json!({"statusCode": status, "message": message});
        let (last, tasks) = task_when_users_answer(status, body).await;
        assert_eq!((last.as_str(), tasks.len()), ("done", 1), "{status}");
        assert_eq!(tasks[0].get("assignedTo"), None, "{status}");
    }
    let (last, tasks) = task_when_users_answer(200, json!({"users": []})).await;
    assert_eq!(
        (last.as_str(), tasks.len()),
        ("done", 1),
        "nobody has the address"
    );
}

#[tokio::test]
async fn it_waits_for_the_users_while_highlevel_is_down() {
    let (last, tasks) = task_when_users_answer(503, json!({})).await;
    assert_eq!((last.as_str(), tasks.len()), ("postponed", 0));
}
