//! A marketplace trigger: workflows of a location begin with something that happened in this service. Offline, on
//! FakeGhl's sample.
//!
//! ```text
//! cargo run --example fire_trigger --features axum,testing
//! ```
//!
//! In a service the subscriptions go to a `SqliteSubscriptions` (feature `sqlite`), and the secret to the environment.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use gohighlevel::Client;
use gohighlevel::testing::{AppUrl, FakeGhl, WorkflowTrigger};
use gohighlevel::workflows::triggers::{FireOutcome, Fired, MemorySubscriptions, Triggers};
use gohighlevel::workflows::{SharedSecret, WorkflowEndpoint};
use serde_json::json;

const LOCATION: &str = "soleilLocation000001";
const SECRET: &str = "a-long-random-value-for-this-example";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The service: an address for subscriptions, with a secret in a header that the app's settings repeat.
    let triggers = Triggers::new(Arc::new(MemorySubscriptions::new()));
    let secret = SharedSecret::new("x-workflow-secret", SECRET)?;
    let endpoint = WorkflowEndpoint::builder(secret).subscriptions(triggers.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/triggers", listener.local_addr()?);
    let app = Router::new().route("/triggers", endpoint.route());
    tokio::spawn(async move { axum::serve(listener, app).await });

    // A HighLevel on loopback, where people put the trigger into three workflows.
    let fake = FakeGhl::builder().start().await?;
    let subscribe = AppUrl::new(&url)?.header("x-workflow-secret", SECRET);
    let put_into = |workflow: &str, filters| WorkflowTrigger {
        location_id: LOCATION.into(),
        workflow_id: workflow.into(),
        key: "order_paid".into(),
        filters,
    };
    let usa = json!([{"field": "country", "operator": "==", "type": "select", "value": "USA"}]);
    fake.add_trigger(&subscribe, &put_into("thank-everybody", json!([])))
        .await?;
    fake.add_trigger(&subscribe, &put_into("thank-the-usa", usa))
        .await?;
    let (lost, _) = fake
        .add_trigger(&subscribe, &put_into("was-deleted", json!([])))
        .await?;
    // One of them is deleted, and the event that tells of it is lost.
    fake.lose_trigger(&lost);

    let client = Client::builder()
        .token("pit-sample-soleil")
        .base_url(fake.url()) // HighLevel itself, without this line
        .build()?;
    let location = client.location(LOCATION.parse()?);
    let order = json!({"country": "CAN", "total": 120, "email": "rosan@example.com"});
    for round in ["an order", "the next"] {
        println!("{round}:");
        for fired in triggers.fire(&location, "order_paid", &order).await? {
            println!(
                "  {:<16} {}",
                fired.subscription.workflow.as_str(),
                describe(&fired)
            );
        }
    }
    Ok(())
}

fn describe(fired: &Fired) -> String {
    match &fired.outcome {
        FireOutcome::Accepted => "HighLevel took it".into(),
        FireOutcome::NotWanted => "its filters do not want it".into(),
        FireOutcome::Stale { retired } => format!("no longer exists, removed: {retired}"),
        FireOutcome::Failed(error) => error.to_string(),
        other => format!("{other:?}"),
    }
}
