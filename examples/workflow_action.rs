//! "Missed-call text back" as a step of an agency's own workflow, which begins with the trigger *Call Status*. Offline,
//! on FakeGhl's sample.
//!
//! ```text
//! cargo run --example workflow_action --features missed-call,axum,testing
//! ```
//!
//! In the marketplace app, make a custom action with this address, the secret as a header, and form fields `phone` and
//! `message_id`; `WorkflowCall` lists all fields. Serve it with `gohighlevel::serve`, whose limits `axum::serve` does not have.
//!
//! In a service the engine works on a `SqliteStore`, and `engine.run(..)` keeps going; the secret comes from the
//! environment.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use gohighlevel::Client;
use gohighlevel::recipes::missed_call::store::MemoryStore;
use gohighlevel::recipes::missed_call::{Engine, Recipe};
use gohighlevel::testing::{AppUrl, Call, FakeGhl, ManualClock, WorkflowStep};
use gohighlevel::workflows::{SharedSecret, WorkflowEndpoint};
use serde_json::json;

const LOCATION: &str = "soleilLocation000001";
const SECRET: &str = "a-long-random-value-for-this-example";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // A HighLevel on loopback, at an hour when texts may go out.
    let clock = Arc::new(ManualClock::new("2026-05-08T16:00:00Z".parse()?));
    let fake = FakeGhl::builder().clock(clock.clone()).start().await?;

    // The service: an engine, and the engine as a step.
    let client = Client::builder()
        .token("pit-sample-soleil")
        .base_url(fake.url()) // HighLevel itself, without these two lines
        .clock(clock.clone())
        .build()?;
    let engine = Engine::builder(Arc::new(MemoryStore::new()))
        .clock(clock)
        .location(
            client.location(LOCATION.parse()?),
            Recipe::preset("soleil")?,
        )
        .build();
    let secret = SharedSecret::new("x-workflow-secret", SECRET)?;
    let endpoint = WorkflowEndpoint::builder(secret).action(Arc::new(engine.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/missed-call", listener.local_addr()?);
    let app = Router::new().route("/missed-call", endpoint.route());
    tokio::spawn(async move { axum::serve(listener, app).await });

    // Somebody calls and is not answered. The workflow begins, and comes to the step.
    let missed = Call::missed(LOCATION, "+13125550142".parse()?, "+13125550100".parse()?);
    let call = fake.call(&missed)?;
    let step = WorkflowStep {
        location_id: LOCATION.into(),
        workflow_id: "call-status-workflow".into(),
        contact_id: call.contact_id,
        key: "missed_call_text_back".into(),
        data: json!({"phone": "+13125550142", "message_id": call.message_id}),
        pauses: false,
    };
    let step_url = AppUrl::new(&url)?.header("x-workflow-secret", SECRET);
    for _ in 0..2 {
        let answer = fake.run_step(&step_url, &step).await?;
        println!("the step answers {} {}", answer.status, answer.body);
    }
    let stranger = fake.run_step(&AppUrl::new(&url)?, &step).await?;
    println!("without the secret {}", stranger.status);

    // On shutdown: what is under way may still plan something, so the engine ends after it.
    endpoint.drain().await;
    while engine.step().await? > 0 {}
    let sent = fake.requests();
    let texts = sent
        .iter()
        .filter(|it| it.path == "/conversations/messages");
    println!("texts sent {}", texts.count());
    Ok(())
}
