//! The endpoint behind a route of axum.

use axum::body::{Body, Bytes, to_bytes};
use axum::routing::{MethodRouter, any};
use http::{Request, StatusCode};

use super::endpoint::{MAX_BODY_BYTES, WorkflowEndpoint, problem, too_large};

impl WorkflowEndpoint {
    /// The endpoint behind a route of axum. Without the right secret and method the body is not read.
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
                let answer = match to_bytes(body, MAX_BODY_BYTES).await {
                    Ok(body) => endpoint.answer(Request::from_parts(parts, body)).await,
                    Err(error) => unread(&error),
                };
                answer.map(Body::from)
            }
        })
    }
}

fn unread(error: &axum::Error) -> http::Response<Bytes> {
    let cause = std::error::Error::source(error);
    if cause.is_some_and(|cause| cause.to_string().contains("length limit")) {
        return too_large();
    }
    problem(
        StatusCode::BAD_REQUEST,
        "the body did not arrive in one piece",
    )
}
