//! The endpoint for axum: takes HighLevel's POST, verifies it, hands it on, and answers.
//!
//! Nothing is decided here but the answer; [`receiver`] documents all of them.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, post};
use http::{HeaderMap, StatusCode, header};
use tracing::Instrument as _;

use super::delivery::Delivery;
use super::handler::Handler;
use super::verify::{Verifier, VerifyError};
use crate::clock::Clock;

/// The largest body that [`receiver`] reads: one mebibyte. HighLevel's events are far smaller.
pub const MAX_BODY_BYTES: usize = 1_048_576;

/// The webhook endpoint, for a route of your own axum router.
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
///
/// | answer | when |
/// |---|---|
/// | 200 | the handler has the delivery, durably |
/// | 400 | the signature is right but the body is not a JSON object, or the body did not arrive whole |
/// | 401 | no signature, a wrong one, or a body too old or from the future ([`VerifyError`]) |
/// | 405 | any method but POST |
/// | 413 | the body is larger than [`MAX_BODY_BYTES`] |
/// | 429 | the handler returned [`NotDurable`](super::NotDurable) or panicked |
///
/// 429 is the one answer after which both of HighLevel's guides promise that it sends again, so it stands for every
/// failure on this side. Of the others it may lose the event, which is right for what HighLevel did not send.
///
/// The handler runs to its end even if HighLevel hangs up meanwhile. Every outcome is logged through `tracing` with
/// the event's name, location and webhook id: what was taken at `info`, what was refused at `warn`, what was not
/// durable at `error`. Bodies and phone numbers are not logged.
pub fn receiver<S>(
    verifier: Verifier,
    handler: Arc<dyn Handler>,
    clock: Arc<dyn Clock>,
) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    let take = move |headers: HeaderMap, body: Result<Bytes, BytesRejection>| {
        let (verifier, handler, clock) = (verifier.clone(), handler.clone(), clock.clone());
        async move {
            let body = match body {
                Ok(body) => body,
                Err(rejection) => return refuse_body(&rejection),
            };
            match verifier.verify(&headers, body, clock.now()) {
                Ok(delivery) => hand_on(handler, delivery).await,
                Err(error) => refuse(&error),
            }
        }
    };
    post(take)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .fallback(method_not_allowed)
}

async fn hand_on(handler: Arc<dyn Handler>, delivery: Delivery) -> Response {
    let span = tracing::info_span!(
        "webhook",
        event = delivery.event.name(),
        location_id = delivery.location_id.as_ref().map(tracing::field::display),
        webhook_id = delivery.webhook_id.as_ref().map(tracing::field::display),
    );
    // A task of its own outlives the connection, and a panic in it still gets the answer that brings the event back.
    let task = tokio::spawn(async move { handler.handle(delivery).await }.instrument(span.clone()));
    let result = task.await;
    span.in_scope(|| match result {
        Ok(Ok(())) => {
            tracing::info!(outcome = "taken", "webhook taken");
            answer(StatusCode::OK, "Taken.")
        }
        Ok(Err(error)) => {
            tracing::error!(outcome = "not durable", %error, "webhook not taken");
            answer(
                StatusCode::TOO_MANY_REQUESTS,
                "Not stored; please send it again.",
            )
        }
        // The text of a panic may quote what it was working on, so it is not repeated.
        Err(_) => {
            tracing::error!(
                outcome = "not durable",
                "webhook not taken: its handler panicked"
            );
            answer(
                StatusCode::TOO_MANY_REQUESTS,
                "Not stored; please send it again.",
            )
        }
    })
}

fn refuse(error: &VerifyError) -> Response {
    tracing::warn!(outcome = "refused", %error, "webhook refused");
    match error {
        VerifyError::NotJson(_) => answer(StatusCode::BAD_REQUEST, "The body is no JSON object."),
        _ => answer(
            StatusCode::UNAUTHORIZED,
            "The signature is missing, wrong or too old.",
        ),
    }
}

fn refuse_body(rejection: &BytesRejection) -> Response {
    let status = rejection.status();
    tracing::warn!(outcome = "refused", %status, "webhook body not read");
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        answer(status, "The body is larger than one mebibyte.")
    } else {
        answer(
            StatusCode::BAD_REQUEST,
            "The body did not arrive in one piece.",
        )
    }
}

async fn method_not_allowed() -> Response {
    let mut response = answer(StatusCode::METHOD_NOT_ALLOWED, "Webhooks come by POST.");
    let allowed = http::HeaderValue::from_static("POST");
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}

fn answer(status: StatusCode, sentence: &'static str) -> Response {
    (status, sentence).into_response()
}
