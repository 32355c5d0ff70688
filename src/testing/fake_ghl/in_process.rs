//! FakeGhl without a socket: requests are answered in process, and webhooks wait until they are fetched.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;

use super::control;
use super::error::FakeGhlError;
use super::request::ApiRequest;
use super::rules::Limiter;
use super::seed::Seed;
use super::server::{self, Shared};
use super::signing::SigningKey;
use super::simulated_events::{Call, SimulatedEvent, TextMessage};
use super::webhooks::{Redelivery, Webhooks};
use crate::clock::Clock;

/// The platform's state machine alone, for whoever carries requests and webhooks by other means than HTTP.
pub(in crate::testing) struct InProcess {
    shared: Shared,
}

impl InProcess {
    /// A platform that begins with `seed`, and reads the time from `clock` alone.
    pub(in crate::testing) fn new(
        seed: &Seed,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, FakeGhlError> {
        let world = seed.world(clock.now())?;
        // Nobody works the queue off: webhooks are fetched.
        let (webhooks, _) = Webhooks::new(
            SigningKey::generate()?,
            Arc::clone(&clock),
            None,
            Redelivery::default().pauses(Duration::ZERO),
        );
        let limiter = Limiter::new(100, Duration::from_secs(10));
        Ok(Self {
            shared: Shared::new(clock, Arc::new(webhooks), world, limiter),
        })
    }

    /// Carries a request out. `None` if the connection was dropped on order.
    pub(in crate::testing) async fn answer(
        &self,
        request: http::Request<Bytes>,
    ) -> Option<http::Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let request = ApiRequest::new(parts, body);
        let answer = server::handle_api(&self.shared, &request).await.ok()?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        Some(http::Response::from_parts(parts, body))
    }

    pub(in crate::testing) fn call(&self, call: &Call) -> Result<SimulatedEvent, FakeGhlError> {
        control::call(&self.shared, call)
    }

    pub(in crate::testing) fn message(
        &self,
        text: &TextMessage,
    ) -> Result<SimulatedEvent, FakeGhlError> {
        control::message(&self.shared, text)
    }

    /// Id and body of every webhook from this position on, in the order they were made.
    pub(in crate::testing) fn webhooks_from(&self, position: usize) -> Vec<(String, String)> {
        self.shared.webhooks.from(position)
    }
}
