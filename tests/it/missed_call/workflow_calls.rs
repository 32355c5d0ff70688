//! A workflow tells of the missed call: by a *Webhook* step, and as the recipe in the form of a step.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::recipes::missed_call::{Acceptance, WorkflowCall};
use gohighlevel::testing::{AppAnswer, AppUrl, Call, CallStatus, WorkflowStep};
use gohighlevel::workflows::{SharedSecret, WorkflowEndpoint};
use serde_json::{Value, json};

use super::support::{LOCATION, World, business, caller};

const HEADER: &str = "x-workflow-secret";
const SECRET: &str = "Jq8mV2tR5xZ7cB1nK4";

async fn serve(endpoint: &WorkflowEndpoint) -> AppUrl {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = axum::Router::new().route("/", endpoint.route());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let url = AppUrl::new(&format!("http://{address}/")).unwrap();
    url.header(HEADER, SECRET)
}

fn secret() -> SharedSecret {
    SharedSecret::new(HEADER, SECRET).unwrap()
}

/// A location without a marketplace app: HighLevel keeps calls, and no webhook comes.
async fn world_without_webhooks() -> World {
    let world = World::new().await;
    world.ghl.hold_webhooks(true);
    world
}

/// Contact and id of a call that nobody answered.
async fn missed(world: &World) -> (String, String) {
    let call = world
        .call(&Call::missed(LOCATION, caller(), business()))
        .await;
    (call.contact_id, call.message_id)
}

async fn tells(world: &World, body: Value) -> AppAnswer {
    let endpoint = WorkflowEndpoint::webhook(secret(), Arc::new(world.engine.clone()));
    let app = serve(&endpoint).await;
    world.ghl.send_step_webhook(&app, &body).await.unwrap()
}

fn texts(world: &World) -> usize {
    let requests = world.ghl.requests();
    let sent = requests
        .iter()
        .filter(|request| request.path == "/conversations/messages");
    sent.filter(|request| request.status == Some(201)).count()
}

#[tokio::test]
async fn a_webhook_step_brings_the_text() {
    let world = world_without_webhooks().await;
    let (contact, _) = missed(&world).await;
    // As the plain step sends it: the contact at the top, what its author added inside.
    let body = json!({
        "contact_id": contact, "phone": "+13125550142", "location": {"id": LOCATION, "name": "Soleil"},
        "customData": {"call_status": "No Answer", "called_number": "+13125550100"},
    });
    assert_eq!(tells(&world, body.clone()).await.status, 200);
    // HighLevel, or somebody in between, sends it again.
    assert_eq!(tells(&world, body.clone()).await.status, 200);
    world.pass(Duration::from_secs(120)).await;
    assert_eq!(texts(&world), 1);
    // The next minute it would be another call, which joins the episode.
    assert_eq!(tells(&world, body).await.status, 200);
    world.pass(Duration::from_secs(120)).await;
    assert_eq!(texts(&world), 1);
}

#[tokio::test]
async fn a_call_with_its_id_is_the_one_that_webhooks_tell_of() {
    let world = World::new().await;
    let happening = world.missed_call().await;
    let mut call = WorkflowCall::new(
        LOCATION.parse().unwrap(),
        happening.contact_id.parse().unwrap(),
    );
    call.message = Some(happening.message_id.parse().unwrap());
    let taken = world.engine.accept_workflow_call(&call).await.unwrap();
    assert_eq!(taken, Acceptance::Duplicate);
}

#[tokio::test]
async fn a_sweep_finds_the_same_call_again() {
    let world = world_without_webhooks().await;
    let (contact, message) = missed(&world).await;
    let body = json!({"location_id": LOCATION, "contact_id": contact, "message_id": message});
    assert_eq!(tells(&world, body).await.status, 200);
    world.pass(Duration::from_secs(300)).await;
    let swept = world
        .engine
        .sweep(&LOCATION.parse().unwrap())
        .await
        .unwrap();
    // The call is known; what the sweep sees beside it are texts of its own making.
    assert_eq!(swept.found, 0, "{swept:?}");
    assert_eq!(texts(&world), 1);
}

#[tokio::test]
async fn the_recipe_is_a_step_of_a_workflow() {
    let world = world_without_webhooks().await;
    let (contact_id, _) = missed(&world).await;
    let endpoint = WorkflowEndpoint::action(secret(), Arc::new(world.engine.clone()));
    let app = serve(&endpoint).await;
    let mut step = WorkflowStep {
        location_id: LOCATION.into(),
        workflow_id: "w-1".into(),
        contact_id,
        key: "missed_call_text_back".into(),
        data: json!({"phone": "+13125550142", "call_status": ""}),
        pauses: false,
    };
    for expected in ["taken", "repeated"] {
        let answer = world.ghl.run_step(&app, &step).await.unwrap();
        assert_eq!(answer.body, json!({"missed_call": expected}));
    }
    world.pass(Duration::from_secs(120)).await;
    assert_eq!(texts(&world), 1);
    step.location_id = "harborLocation000002".into();
    let answer = world.ghl.run_step(&app, &step).await.unwrap();
    assert_eq!(answer.body, json!({"missed_call": "ignored"}));
}

#[tokio::test]
async fn what_is_no_missed_call_brings_nothing() {
    let world = world_without_webhooks().await;
    let call = Call {
        status: CallStatus::Completed,
        ..Call::missed(LOCATION, caller(), business())
    };
    let contact = world.call(&call).await.contact_id;
    for (body, expected) in [
        (
            json!({"location_id": LOCATION, "contact_id": contact, "call_direction": "Outbound"}),
            200,
        ),
        (
            json!({"location_id": LOCATION, "contact_id": contact, "call_status": "completed"}),
            200,
        ),
        (
            json!({"location_id": LOCATION, "contact_id": contact, "call_status": "parked"}),
            200,
        ),
        (
            json!({"location_id": "another", "contact_id": contact}),
            200,
        ),
        (
            json!({"location_id": LOCATION, "contact_id": "{{contact.id}}"}),
            400,
        ),
        (json!({"contact_id": contact}), 400),
    ] {
        let answer = tells(&world, body.clone()).await;
        assert_eq!(answer.status, expected, "{body}");
    }
    world.pass(Duration::from_secs(600)).await;
    assert_eq!(texts(&world), 0);
}
