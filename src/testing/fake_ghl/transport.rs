//! The transport to a FakeGhl without a socket.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt as _;

use super::request::ApiRequest;
use super::server;
use super::shared::Shared;
use crate::client::{Transport, TransportError};
use crate::error::TransportErrorKind;

/// A [`Transport`] whose other end is a [`FakeGhl`](super::FakeGhl) in the same process. Made by
/// [`FakeGhl::transport`](super::FakeGhl::transport).
#[derive(Clone)]
pub struct FakeTransport {
    shared: Arc<Shared>,
}

impl FakeTransport {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

/// Shows nothing, because the state holds tokens and personal data.
impl fmt::Debug for FakeTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeTransport").finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for FakeTransport {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let (parts, body) = request.into_parts();
        let request = ApiRequest::new(parts, body);
        let dropped = |error| TransportError::new(TransportErrorKind::Interrupted, error);
        let answer = server::handle_api(&self.shared, &request).await;
        let (parts, body) = answer.map_err(dropped)?.into_parts();
        // A body in memory is whole.
        let body = body
            .collect()
            .await
            .map_or_else(|never| match never {}, |body| body.to_bytes());
        Ok(http::Response::from_parts(parts, body))
    }
}
