//! The endpoint behind a route of axum.

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest as _};
use axum::routing::{MethodRouter, post};
use futures_util::future::{Either, select};
use http::{Request, StatusCode};

use super::endpoint::{Endpoint, MAX_BODY_BYTES};

impl Endpoint {
    /// The endpoint behind a route of axum. A request without a signature is answered before its body is read, and a body
    /// that is too large, or does not arrive whole, before it is read to its end. While the endpoint is
    /// [drained](Self::drain), a body that is still on its way is answered 429 at once.
    ///
    /// ```
    /// use gohighlevel::webhooks::{Endpoint, Handler, Verifier};
    ///
    /// fn app(handler: impl Handler) -> axum::Router {
    ///     let webhooks = Endpoint::new(Verifier::highlevel(), handler);
    ///     axum::Router::new().route("/webhooks/ghl", webhooks.route())
    /// }
    /// ```
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
                let read = std::pin::pin!(Bytes::from_request(request, &()));
                let draining = std::pin::pin!(endpoint.refuse_when_draining());
                let answer = match select(read, draining).await {
                    Either::Left((Ok(body), _)) => endpoint.take(&headers, body).await,
                    Either::Left((Err(rejection), _)) => refuse_body(&endpoint, &rejection),
                    Either::Right((refused, _)) => refused,
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

fn refuse_body(endpoint: &Endpoint, rejection: &BytesRejection) -> http::Response<&'static str> {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return endpoint.too_large();
    }
    endpoint.unread(
        StatusCode::BAD_REQUEST,
        "broken_off",
        "The body did not arrive in one piece.",
    )
}
