//! What an endpoint answers to a workflow's request: secret, size, room, and then whoever serves it.
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

use super::shared_secret::SharedSecret;
use super::triggers::{SubscriptionEvent, Triggers, UnreadableEvent};
use super::typed::UnreadableField;
use crate::clock::{Clock, SystemClock};
use crate::refusals::Refusals;
use crate::under_way::UnderWay;

/// The largest body that is taken: one mebibyte.
pub(super) const MAX_BODY_BYTES: usize = 1_048_576;

/// How many requests are under way at once unless [`WorkflowEndpoint::at_most`] says otherwise.
const MOST_UNDER_WAY: usize = 256;

/// An endpoint for requests that workflows make: a marketplace action ([`action`](Self::action)), what the builder asks
/// to set one up ([`options`](Self::options), [`dynamic_inputs`](Self::dynamic_inputs),
/// [`dynamic_filters`](Self::dynamic_filters)), subscriptions to a trigger ([`subscriptions`](Self::subscriptions)), and
/// the steps *Webhook* and *Custom Webhook* ([`webhook`](Self::webhook)). Cheap to clone; all clones are one endpoint.
///
/// | answer | when |
/// |---|---|
/// | 200 | it is done; the body is what HighLevel asked for |
/// | 400 | the body is not what this endpoint is for, a field is not what the service's type asks for, or the service [refuses](StepFailure::Refused) the step |
/// | 401 | the header with the secret is missing or wrong, whatever the method |
/// | 405 | another method |
/// | 413 | the body is larger than one mebibyte |
/// | 429 | too many requests are under way, or the service shuts down |
/// | 503 | whoever serves it could not |
///
/// HighLevel documents neither how long it waits for an answer nor whether it asks again after one of these; a request
/// of a *Webhook* step is known to come once only. So answer quickly, expect repeats, and do not count on them.
///
/// What serves a request runs to its end even if HighLevel hangs up meanwhile, so [`drain`](Self::drain) the endpoint on
/// shutdown. What was refused or failed is logged through `tracing`: what strangers can bring about, of each kind at most
/// once a second and with how many there were (`count`) since the line before. Bodies, secrets and phone numbers are not
/// logged. What a server of your own has to bound stands at
/// [`webhooks::Endpoint`](crate::webhooks::Endpoint#a-server-of-your-own).
///
/// # Whom the secret lets in
///
/// Whoever knows the secret may say anything, and the location stands in what they say. The header of a marketplace action
/// is set up in the app, where its developers alone see it. That of a *Webhook* step can be read by everybody who edits
/// workflows of that location: if several locations share a secret, each can speak for the others. So give each location
/// that has such a step an address and a secret of its own, with a handler that takes nothing for another location.
#[derive(Clone)]
pub struct WorkflowEndpoint {
    secret: Arc<SharedSecret>,
    service: Arc<dyn Service>,
    under_way: UnderWay,
    most_under_way: usize,
    refusals: Arc<Refusals>,
    clock: Arc<dyn Clock>,
}

/// Whoever serves a request could not; HighLevel is told 503.
///
/// The reason is logged: it must hold nothing personal.
#[derive(Debug, thiserror::Error)]
#[error("the workflow's request could not be served: {0}")]
pub struct NotTaken(#[source] Box<dyn Error + Send + Sync>);

impl NotTaken {
    /// Takes an error, or a text, as the reason.
    pub fn new(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(reason.into())
    }
}

/// Why a step was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepFailure {
    /// A field is missing, or holds something else; HighLevel is told 400, and the step must be set up otherwise.
    #[error(transparent)]
    Unreadable(#[from] UnreadableField),
    /// The step asks for what this service does not do for it; HighLevel is told 400 with this sentence. It is logged too:
    /// it must hold nothing personal.
    #[error("{0}")]
    Refused(String),
    /// It could not be done now; HighLevel is told 503.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
}

/// A request whose sender knows the secret.
pub(super) struct Asked {
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Bytes,
}

/// How a request is not served.
pub(super) enum Refusal {
    /// It is not what it should be; in words without anything personal.
    Unreadable(String),
    /// It could not be done.
    Failed(NotTaken),
}

impl From<NotTaken> for Refusal {
    fn from(failed: NotTaken) -> Self {
        Self::Failed(failed)
    }
}

impl From<StepFailure> for Refusal {
    fn from(failure: StepFailure) -> Self {
        match failure {
            StepFailure::Unreadable(error) => Self::Unreadable(error.to_string()),
            StepFailure::Refused(sentence) => Self::Unreadable(sentence),
            StepFailure::NotTaken(failed) => Self::Failed(failed),
        }
    }
}

/// What serves the requests of one endpoint.
#[async_trait]
pub(super) trait Service: Send + Sync + 'static {
    fn methods(&self) -> &'static [Method];

    /// Answers with JSON.
    async fn serve(&self, asked: Asked) -> Result<Bytes, Refusal>;
}

/// What a service answers, as JSON.
pub(super) fn written(answer: &impl Serialize) -> Result<Bytes, Refusal> {
    let bytes = serde_json::to_vec(answer).map_err(NotTaken::new)?;
    Ok(Bytes::from(bytes))
}

impl WorkflowEndpoint {
    pub(super) fn new(secret: SharedSecret, service: impl Service) -> Self {
        Self {
            secret: Arc::new(secret),
            service: Arc::new(service),
            under_way: UnderWay::new(),
            most_under_way: MOST_UNDER_WAY,
            refusals: Arc::default(),
            clock: Arc::new(SystemClock),
        }
    }

    /// The subscription URL of a trigger: what HighLevel tells of subscriptions is kept.
    pub fn subscriptions(secret: SharedSecret, triggers: Triggers) -> Self {
        Self::new(secret, Subscriptions(triggers))
    }

    /// With at most so many requests under way at once, 256 otherwise.
    #[must_use]
    pub fn at_most(self, requests: usize) -> Self {
        Self {
            most_under_way: requests,
            ..self
        }
    }

    /// Another source of time than the machine's, for the pauses between lines of the log.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
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
        self.serve(Asked { query, body }).await
    }

    /// Takes nothing more (HighLevel is told 429), and returns when nothing is under way any more. Call it on shutdown,
    /// before what serves the requests is taken away. A request can be served though its connection is gone, so that
    /// the server has stopped is not enough.
    pub async fn drain(&self) {
        self.under_way.drain().await;
        for (kind, count) in self.refusals.take_rest() {
            tracing::warn!(
                outcome = "refused",
                count,
                kind,
                "requests of workflows refused"
            );
        }
    }

    /// How many requests are under way.
    #[cfg(feature = "axum")]
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.count()
    }

    /// The answer while the endpoint is drained; completes when that begins.
    #[cfg(feature = "axum")]
    pub(super) async fn refuse_when_draining(&self) -> Response<Bytes> {
        self.under_way.draining().await;
        self.busy()
    }

    /// The answer to whose body need not be read. Without the secret nothing is told, not even which method is right.
    pub(super) fn refuse(&self, method: &Method, headers: &HeaderMap) -> Option<Response<Bytes>> {
        if !self.secret.proves(headers) {
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
        let methods = self.service.methods();
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
                outcome = "not taken",
                count,
                "too many workflow requests are under way, or the service shuts down"
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
        self.refusals.count(kind, self.clock.elapsed())
    }

    async fn serve(&self, asked: Asked) -> Response<Bytes> {
        let Some(place) = self.under_way.enter(self.most_under_way) else {
            return self.busy();
        };
        let service = Arc::clone(&self.service);
        // A task of its own outlives the connection, and a panic in it still gets an answer.
        let served = tokio::spawn(async move {
            // Until it is done, whoever is still there for the answer.
            let _place = place;
            service.serve(asked).await
        });
        match served.await {
            Ok(Ok(body)) => json_response(StatusCode::OK, body),
            Ok(Err(Refusal::Unreadable(sentence))) => {
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
            .field("secret", &self.secret)
            .finish_non_exhaustive()
    }
}

struct Subscriptions(Triggers);

#[async_trait]
impl Service for Subscriptions {
    fn methods(&self) -> &'static [Method] {
        &[Method::POST]
    }

    async fn serve(&self, asked: Asked) -> Result<Bytes, Refusal> {
        let event = SubscriptionEvent::read(&asked.body)
            .map_err(|error: UnreadableEvent| Refusal::Unreadable(error.to_string()))?;
        self.0.take(&event).await.map_err(NotTaken::new)?;
        written(&json!({ "success": true }))
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
