//! A transport that keeps the last answer as it came: status, headers, body. The client shows less of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use gohighlevel::client::{Transport, TransportError};
use gohighlevel::error::TransportErrorKind;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends with reqwest, and keeps the last answer.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    client: reqwest::Client,
    last: Arc<Mutex<Option<http::Response<Bytes>>>>,
}

impl Recorder {
    /// For the server at this address.
    pub(super) fn new(base_url: &str) -> Result<Self, reqwest::Error> {
        let mut builder = reqwest::Client::builder();
        // Plain http stays on this machine. A proxy would read the token.
        if base_url.starts_with("http:") {
            builder = builder.no_proxy();
        }
        let client = builder
            // The token must not go to another host.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .tls_backend_rustls()
            .build()?;
        Ok(Self {
            client,
            last: Arc::default(),
        })
    }

    /// The last answer, once.
    pub(super) fn take(&self) -> Option<http::Response<Bytes>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.take()
    }
}

#[async_trait]
impl Transport for Recorder {
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let failed = |error: reqwest::Error| {
            let kind = if error.is_connect() {
                TransportErrorKind::Connect
            } else if error.is_timeout() {
                TransportErrorKind::Timeout
            } else {
                TransportErrorKind::Interrupted
            };
            TransportError::new(kind, error.without_url())
        };
        let request = reqwest::Request::try_from(request)
            .map_err(|error| TransportError::new(TransportErrorKind::Other, error.without_url()))?;
        let answer = self.client.execute(request).await.map_err(failed)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(failed)?;
        let mut response = http::Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(response.clone());
        Ok(response)
    }
}
