//! A shutdown waits for what workflows asked, and how much may be under way.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::poll_immediate;
use gohighlevel::workflows::actions::ActionAnswer;
use gohighlevel::workflows::{StepError, WebhookAction, WebhookCall, WorkflowEndpoint};
use http::Request;
use tokio::sync::Semaphore;

use super::support::{HEADER, SECRET, secret};

/// Takes a step for each permit, and counts those that were begun.
struct Desk {
    permits: Semaphore,
    begun: Semaphore,
    taken: Semaphore,
}

impl Desk {
    fn closed() -> Arc<Self> {
        Arc::new(Self {
            permits: Semaphore::new(0),
            begun: Semaphore::new(0),
            taken: Semaphore::new(0),
        })
    }

    /// Waits until so many more were begun.
    async fn has_begun(&self, steps: u32) {
        self.begun.acquire_many(steps).await.unwrap().forget();
    }
}

#[async_trait]
impl WebhookAction for Desk {
    async fn handle(&self, _: WebhookCall) -> Result<ActionAnswer, StepError> {
        self.begun.add_permits(1);
        self.permits.acquire().await.unwrap().forget();
        self.taken.add_permits(1);
        Ok(ActionAnswer::empty())
    }
}

async fn ask(endpoint: &WorkflowEndpoint) -> u16 {
    let request = Request::post("/workflows")
        .header(HEADER, SECRET)
        .body(Bytes::from("{}"));
    endpoint.answer(request.unwrap()).await.status().as_u16()
}

#[tokio::test]
async fn a_shutdown_waits_for_what_is_under_way_and_takes_nothing_more() {
    let desk = Desk::closed();
    let endpoint = WorkflowEndpoint::builder(secret()).webhook(desk.clone());
    let mut first = Box::pin(ask(&endpoint));
    assert!(poll_immediate(&mut first).await.is_none());
    // HighLevel does not wait for the answer of the second.
    let mut second = Box::pin(ask(&endpoint));
    assert!(poll_immediate(&mut second).await.is_none());
    desk.has_begun(2).await;
    drop(second);

    // A clone is behind the route; the code that shuts down has another.
    let other = endpoint.clone();
    let mut drained = Box::pin(async move { other.drain().await });
    assert!(poll_immediate(&mut drained).await.is_none());
    assert_eq!(ask(&endpoint).await, 429);
    desk.permits.add_permits(1);
    assert_eq!(first.await, 200);
    assert!(poll_immediate(&mut drained).await.is_none());
    desk.permits.add_permits(1);
    drained.await;
    assert_eq!(desk.taken.available_permits(), 2);
    // It stays so, and may be asked for again.
    endpoint.drain().await;
    assert_eq!(ask(&endpoint).await, 429);
}

#[tokio::test]
async fn beyond_the_bound_the_answer_is_429() {
    let desk = Desk::closed();
    let endpoint = WorkflowEndpoint::builder(secret())
        .max_in_flight(1)
        .webhook(desk.clone());
    let mut first = Box::pin(ask(&endpoint));
    assert!(poll_immediate(&mut first).await.is_none());
    desk.has_begun(1).await;
    assert_eq!(ask(&endpoint).await, 429);
    desk.permits.add_permits(2);
    assert_eq!(first.await, 200);
    assert_eq!(ask(&endpoint).await, 200);
}
