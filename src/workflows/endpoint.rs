//! Answers requests of workflows: checks secret, size and room, then has the request served.
//!
//! No web framework here: a request with its whole body goes in, an answer comes out. The feature `axum` puts it behind
//! a route.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use serde::Serialize;
use serde_json::json;

use super::coerce::InvalidField;
use super::shared_secret::SharedSecret;
use super::triggers::{InvalidEvent, SubscriptionEvent, Triggers};
use crate::clock::{Clock, SystemClock};
use crate::in_flight::InFlight;
use crate::refusals::Refusals;

/// The largest body that is taken: one mebibyte.
pub(super) const MAX_BODY_BYTES: usize = 1_048_576;

/// How many requests are in flight at once unless [`WorkflowEndpointBuilder::max_in_flight`] says otherwise.
const MAX_IN_FLIGHT: usize = 256;

/// An endpoint for requests that workflows make. Its [builder](Self::builder) takes the shared secret, then what it serves.
/// Cheap to clone; all clones are one endpoint.
///
/// | answer | when |
/// |---|---|
/// | 200 | it is done; the body is what HighLevel asked for |
/// | 400 | the body is not what this endpoint is for, a field is not what the service's type asks for, or the service [refuses](StepError::Refused) the step |
/// | 401 | the header with the secret is missing or wrong, whatever the method |
/// | 405 | another method |
/// | 413 | the body is larger than one mebibyte |
/// | 429 | too many requests are in flight, or the service shuts down |
/// | 503 | it could not be served now |
///
/// HighLevel documents neither how long it waits for an answer nor whether it asks again after one of these; a request
/// of a *Webhook* step is known to come once only. So answer quickly, expect repeats, and do not count on them.
///
/// What serves a request runs to its end even if HighLevel hangs up meanwhile, so [`drain`](Self::drain) the endpoint on
/// shutdown. Refusals and failures are logged through `tracing`; those that strangers can cause, of each kind at most
/// once a second and with their number since the line before (`count`). Bodies, secrets and phone numbers are not logged.
/// For the bounds that a server of your own needs, see
/// [`webhooks::Endpoint`](crate::webhooks::Endpoint#a-server-of-your-own).
///
/// # Who can use the secret
///
/// Anyone with the secret can send any request, and the request itself names the location. The header of a marketplace
/// action is set up in the app, where only its developers see it. The header of a *Webhook* step can be read by everybody
/// who edits workflows of that location: if several locations share a secret, each can speak for the others. So give each
/// location that has such a step an address and a secret of its own, with a handler that accepts no other location.
#[derive(Clone)]
pub struct WorkflowEndpoint {
    shared: Arc<Shared>,
}

struct Shared {
    secret: SharedSecret,
    service: Box<dyn Service>,
    in_flight: InFlight,
    refusals: Refusals,
    clock: Arc<dyn Clock>,
}

/// Settings of a [`WorkflowEndpoint`]; what it serves comes last:
///
/// | method | requests |
/// |---|---|
/// | [`action`](Self::action) | of a marketplace action |
/// | [`options`](Self::options), [`dynamic_inputs`](Self::dynamic_inputs), [`dynamic_filters`](Self::dynamic_filters) | of HighLevel's builder, while a user sets up an action or a trigger |
/// | [`subscriptions`](Self::subscriptions) | that subscribe workflows to a trigger |
/// | [`webhook`](Self::webhook) | of the steps *Webhook* and *Custom Webhook* |
///
/// What serves them may be given by value, or as an `Arc` that is shared.
#[derive(Debug)]
#[must_use]
pub struct WorkflowEndpointBuilder {
    secret: SharedSecret,
    clock: Arc<dyn Clock>,
    max_in_flight: usize,
}

/// A request could not be served now; the answer is a 503.
///
/// The reason is logged: it must hold nothing personal.
#[derive(Debug, thiserror::Error)]
#[error("the workflow's request could not be served: {0}")]
pub struct Unavailable(#[source] Box<dyn Error + Send + Sync>);

impl Unavailable {
    /// Takes an error, or a text, as the reason.
    pub fn new(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }
}

/// Why a step was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// A field is missing, or holds something else; the answer is a 400, and the step must be set up otherwise.
    #[error(transparent)]
    Field(#[from] InvalidField),
    /// The step asks for something that this service does not do for it; the answer is a 400 with this sentence. It is
    /// logged too: it must hold nothing personal.
    #[error("{0}")]
    Refused(String),
    /// It could not be done now; the answer is a 503.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A request whose sender knows the secret.
pub(super) struct ProvenRequest {
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Bytes,
}

/// Why a request is not served.
pub(super) enum Refusal {
    /// It is not what it should be; in words without anything personal.
    Invalid(String),
    /// It could not be done.
    Failed(Unavailable),
}

impl From<Unavailable> for Refusal {
    fn from(failed: Unavailable) -> Self {
        Self::Failed(failed)
    }
}

impl From<StepError> for Refusal {
    fn from(failure: StepError) -> Self {
        match failure {
            StepError::Field(error) => Self::Invalid(error.to_string()),
            StepError::Refused(sentence) => Self::Invalid(sentence),
            StepError::Unavailable(failed) => Self::Failed(failed),
        }
    }
}

/// What serves the requests of one endpoint.
#[async_trait]
pub(super) trait Service: Send + Sync + 'static {
    fn methods(&self) -> &'static [Method];

    /// Answers with JSON.
    async fn serve(&self, request: ProvenRequest) -> Result<Bytes, Refusal>;
}

/// What a service answers, as JSON.
pub(super) fn to_json(answer: &impl Serialize) -> Result<Bytes, Refusal> {
    let bytes = serde_json::to_vec(answer).map_err(Unavailable::new)?;
    Ok(Bytes::from(bytes))
}

impl WorkflowEndpointBuilder {
    /// With at most this many requests in flight, 256 otherwise. Those beyond are answered 429.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.max_in_flight = requests;
        self
    }

    /// Another source of time than the machine's, for the pauses between lines of the log.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The subscription URL of a trigger: the subscriptions that HighLevel reports are kept.
    pub fn subscriptions(self, triggers: Triggers) -> WorkflowEndpoint {
        self.serving(Subscriptions(triggers))
    }

    pub(super) fn serving(self, service: impl Service) -> WorkflowEndpoint {
        WorkflowEndpoint {
            shared: Arc::new(Shared {
                secret: self.secret,
                service: Box::new(service),
                in_flight: InFlight::new(self.max_in_flight),
                refusals: Refusals::default(),
                clock: self.clock,
            }),
        }
    }
}

impl WorkflowEndpoint {
    /// Returns a builder for an endpoint that only takes requests with this secret.
    pub fn builder(secret: SharedSecret) -> WorkflowEndpointBuilder {
        WorkflowEndpointBuilder {
            secret,
            clock: Arc::new(SystemClock),
            max_in_flight: MAX_IN_FLIGHT,
        }
    }

    /// Answers a request with its whole body.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        if let Some(refused) = self.refuse(&parts.method, &parts.headers) {
            return refused;
        }
        if body.len() > MAX_BODY_BYTES {
            return self.too_large();
        }
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let query = query.into_owned().collect();
        self.serve(ProvenRequest { query, body }).await
    }

    /// Accepts nothing more (the answer is 429), and returns when nothing is in flight. Call it on shutdown, before you
    /// close what serves the requests. It is not enough that the server has stopped: a request can be served although its
    /// connection is gone.
    pub async fn drain(&self) {
        self.shared.in_flight.drain().await;
        for (kind, count) in self.shared.refusals.take_rest() {
            tracing::warn!(
                outcome = "refused",
                count,
                kind,
                "requests of workflows refused"
            );
        }
    }

    /// How many requests are in flight.
    #[cfg(feature = "axum")]
    pub(crate) fn in_flight(&self) -> usize {
        self.shared.in_flight.count()
    }

    /// The answer while the endpoint is drained; completes when that begins.
    #[cfg(feature = "axum")]
    pub(super) async fn refuse_when_draining(&self) -> Response<Bytes> {
        self.shared.in_flight.draining().await;
        self.busy()
    }

    /// The answer to a request whose body need not be read. Without the secret it says nothing more, not even which method
    /// is right.
    pub(super) fn refuse(&self, method: &Method, headers: &HeaderMap) -> Option<Response<Bytes>> {
        if !self.shared.secret.proves(headers) {
            if let Some(count) = self.refused("no_secret") {
                tracing::warn!(
                    outcome = "refused",
                    count,
                    "a workflow's request without the secret"
                );
            }
            let sentence = "the header with the secret is missing or wrong";
            return Some(problem(StatusCode::UNAUTHORIZED, sentence));
        }
        let methods = self.shared.service.methods();
        if methods.contains(method) {
            return None;
        }
        let sentence = "another method is asked for";
        let mut response = problem(StatusCode::METHOD_NOT_ALLOWED, sentence);
        let names: Vec<&str> = methods.iter().map(Method::as_str).collect();
        if let Ok(allowed) = HeaderValue::try_from(names.join(", ")) {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        Some(response)
    }

    fn busy(&self) -> Response<Bytes> {
        if let Some(count) = self.refused("busy") {
            tracing::warn!(
                outcome = "refused",
                count,
                "too many workflow requests are in flight, or the service shuts down"
            );
        }
        problem(StatusCode::TOO_MANY_REQUESTS, "busy; please ask again")
    }

    pub(super) fn too_large(&self) -> Response<Bytes> {
        if let Some(count) = self.refused("too_large") {
            tracing::warn!(
                outcome = "refused",
                count,
                "the body of a workflow's request is too large"
            );
        }
        problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is larger than one mebibyte",
        )
    }

    /// How many refusals of this kind the log line that is due now stands for.
    fn refused(&self, kind: &'static str) -> Option<u64> {
        let now = self.shared.clock.elapsed();
        self.shared.refusals.count(kind, now)
    }

    async fn serve(&self, request: ProvenRequest) -> Response<Bytes> {
        let Some(permit) = self.shared.in_flight.enter() else {
            return self.busy();
        };
        let shared = Arc::clone(&self.shared);
        // A task of its own outlives the connection, and a panic in it still gets an answer.
        let served = tokio::spawn(async move {
            // Until it is done, even if the sender has hung up.
            let _permit = permit;
            shared.service.serve(request).await
        });
        match served.await {
            Ok(Ok(body)) => json_response(StatusCode::OK, body),
            Ok(Err(Refusal::Invalid(sentence))) => {
                tracing::warn!(outcome = "refused", problem = %sentence, "a workflow's request was refused");
                problem(StatusCode::BAD_REQUEST, &sentence)
            }
            Ok(Err(Refusal::Failed(error))) => {
                tracing::error!(outcome = "failed", %error, "a workflow's request was not served");
                problem(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "not done; please ask again",
                )
            }
            // The text of a panic may quote what it was working on, so it is not repeated.
            Err(_) => {
                tracing::error!(
                    outcome = "failed",
                    "what serves a workflow's request panicked"
                );
                problem(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "not done; please ask again",
                )
            }
        }
    }
}

impl fmt::Debug for WorkflowEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkflowEndpoint")
            .field("secret", &self.shared.secret)
            .finish_non_exhaustive()
    }
}

struct Subscriptions(Triggers);

#[async_trait]
impl Service for Subscriptions {
    fn methods(&self) -> &'static [Method] {
        &[Method::POST]
    }

    async fn serve(&self, request: ProvenRequest) -> Result<Bytes, Refusal> {
        let event = SubscriptionEvent::read(&request.body)
            .map_err(|error: InvalidEvent| Refusal::Invalid(error.to_string()))?;
        self.0.record(&event).await.map_err(Unavailable::new)?;
        to_json(&json!({ "success": true }))
    }
}

pub(super) fn problem(status: StatusCode, sentence: &str) -> Response<Bytes> {
    json_response(status, json!({ "error": sentence }).to_string().into())
}

fn json_response(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
