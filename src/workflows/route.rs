//! The endpoint behind a route of axum.

use axum::body::{Body, Bytes, to_bytes};
use axum::routing::{MethodRouter, any};
use futures_util::future::{Either, select};
use http::{Request, StatusCode};

use super::endpoint::{MAX_BODY_BYTES, WorkflowEndpoint, problem};

impl WorkflowEndpoint {
    /// The endpoint behind a route of axum. Without the right secret and method the body is not read. While the endpoint
    /// is [drained](Self::drain), a body that is still on its way is answered 429 at once.
    pub fn route<S>(&self) -> MethodRouter<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let endpoint = self.clone();
        any(move |request: Request<Body>| {
            let endpoint = endpoint.clone();
            async move {
                let (parts, body) = request.into_parts();
                if let Some(refused) = endpoint.refuse(&parts.method, &parts.headers) {
                    return refused.map(Body::from);
                }
                let read = std::pin::pin!(to_bytes(body, MAX_BODY_BYTES));
                let draining = std::pin::pin!(endpoint.refuse_when_draining());
                let answer = match select(read, draining).await {
                    Either::Left((Ok(body), _)) => {
                        endpoint.answer(Request::from_parts(parts, body)).await
                    }
                    Either::Left((Err(error), _)) => unread(&endpoint, &error),
                    Either::Right((refused, _)) => refused,
                };
                answer.map(Body::from)
            }
        })
    }
}

fn unread(endpoint: &WorkflowEndpoint, error: &axum::Error) -> http::Response<Bytes> {
    let cause = std::error::Error::source(error);
    if cause.is_some_and(|cause| cause.to_string().contains("length limit")) {
        return endpoint.too_large();
    }
    problem(
        StatusCode::BAD_REQUEST,
        "the body did not arrive in one piece",
    )
}
