//! The endpoint behind a route of axum.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest as _};
use axum::routing::{MethodRouter, post};
use http::{Request, StatusCode};

use super::endpoint::{Endpoint, MAX_BODY_BYTES, answer, too_large};
use super::handler::Handler;
use super::verify::Verifier;
use crate::clock::Clock;

/// The webhook endpoint, for a route of your own axum router. [`Endpoint`] documents its answers; make one yourself, and
/// [`route`](Endpoint::route) it, to drain it on shutdown or to change keys while it runs.
///
/// ```
/// use std::sync::Arc;
///
/// use gohighlevel::clock::SystemClock;
/// use gohighlevel::webhooks::{Handler, Verifier, receiver};
///
/// fn app(handler: Arc<dyn Handler>) -> axum::Router {
///     let webhooks = receiver(Verifier::highlevel(), handler, Arc::new(SystemClock));
///     axum::Router::new().route("/webhooks/ghl", webhooks)
/// }
/// ```
pub fn receiver<S>(
    verifier: Verifier,
    handler: Arc<dyn Handler>,
    clock: Arc<dyn Clock>,
) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    Endpoint::new(verifier, handler, clock).route()
}

impl Endpoint {
    /// The endpoint behind a route of axum. A request without a signature is answered before its body is read, and a body
    /// that is too large, or does not arrive whole, before it is read to its end.
    pub fn route<S>(&self) -> MethodRouter<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let endpoint = self.clone();
        let take = move |request: Request<Body>| {
            let endpoint = endpoint.clone();
            async move {
                if let Some(refused) = endpoint.refuse_unread(request.headers()) {
                    return refused.map(Body::from);
                }
                let headers = request.headers().clone();
                let answer = match Bytes::from_request(request, &()).await {
                    Ok(body) => endpoint.take(&headers, body).await,
                    Err(rejection) => refuse_body(&rejection),
                };
                answer.map(Body::from)
            }
        };
        let endpoint = self.clone();
        let other_method = move |request: Request<Body>| {
            let endpoint = endpoint.clone();
            async move {
                endpoint
                    .answer(request.map(|_| Bytes::new()))
                    .await
                    .map(Body::from)
            }
        };
        post(take)
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .fallback(other_method)
    }
}

fn refuse_body(rejection: &BytesRejection) -> http::Response<&'static str> {
    let status = rejection.status();
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    tracing::warn!(outcome = "refused", %status, "webhook body not read");
    answer(
        StatusCode::BAD_REQUEST,
        "The body did not arrive in one piece.",
    )
}
