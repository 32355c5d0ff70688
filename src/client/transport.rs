//! Sends one HTTP request and reads its answer: a trait, and its implementation on reqwest.
//!
//! A transport knows nothing of HighLevel. It does not repeat, does not follow redirects, and classifies a failure once,
//! here, where the HTTP library is known.

use std::error::Error as StdError;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::TransportErrorKind;

/// Sends one request and returns one answer.
///
/// Implement it to use another HTTP library, a proxy, or scripted answers in a test. An implementation must not repeat
/// a request and must not follow redirects: the token would go to a foreign host.
///
/// ```
/// use async_trait::async_trait;
/// use bytes::Bytes;
/// use gohighlevel::client::{Transport, TransportError};
/// use gohighlevel::error::TransportErrorKind;
///
/// /// Answers everything with an empty object, and knows one host alone.
/// #[derive(Debug)]
/// struct Empty;
///
/// #[async_trait]
/// impl Transport for Empty {
///     async fn call(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
///         match request.uri().host() {
///             Some("services.leadconnectorhq.com") => Ok(http::Response::new("{}".into())),
///             _ => Err(TransportError::new(TransportErrorKind::Connect, "no such host")),
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> gohighlevel::Result<()> {
/// let client = gohighlevel::Client::builder().token("pit-…").transport(Empty).build()?;
/// let nothing: serde_json::Value = client.get("/x").await?;
/// assert_eq!(nothing, serde_json::json!({}));
/// # Ok(()) }
/// ```
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Performs `request` and reads the whole answer. Of an answer other than 2xx a part of the body is enough: what
    /// broke off after the status is not a failure then.
    async fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError>;
}

/// Why there is no whole answer.
#[derive(Debug, thiserror::Error)]
#[error("transport failed ({kind:?})")]
pub struct TransportError {
    kind: TransportErrorKind,
    status: Option<u16>,
    #[source]
    source: Box<dyn StdError + Send + Sync>,
}

impl TransportError {
    /// A failure of this kind. [`TransportErrorKind::Connect`] promises that nothing was sent.
    pub fn new(
        kind: TransportErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            status: None,
            source: source.into(),
        }
    }

    /// Keeps the status of an answer whose body did not arrive.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// How it failed.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// The status, where only the body was lost.
    pub fn status(&self) -> Option<u16> {
        self.status
    }
}

#[cfg(feature = "reqwest")]
pub(crate) use over_reqwest::ReqwestTransport;

#[cfg(feature = "reqwest")]
mod over_reqwest {
    use std::time::Duration;

    use bytes::BytesMut;
    use url::Url;

    use super::*;
    use crate::error::{Error, Result as CrateResult};

    /// The most that is read of one answer.
    const LARGEST_BODY: usize = 10 * 1024 * 1024;

    #[derive(Debug)]
    pub(crate) struct ReqwestTransport {
        client: reqwest::Client,
        base: Url,
    }

    impl ReqwestTransport {
        /// `base` is the checked base URL that all requests begin with.
        pub(crate) fn new(
            base: &str,
            connect_timeout: Duration,
            request_timeout: Duration,
        ) -> CrateResult<Self> {
            let mut builder = reqwest::Client::builder();
            // Plain http stays on this machine. A proxy would read the token, and could not reach the server.
            if base.starts_with("http:") {
                builder = builder.no_proxy();
            }
            // Where others of the build have enabled both, the choice must not depend on them.
            #[cfg(feature = "rustls")]
            {
                builder = builder.tls_backend_rustls();
            }
            let client = builder
                // By HTTP/2 all requests of all locations would share one connection and the number of requests that the
                // server lets it have open: those of one location that are not answered would keep the others from it.
                .http1_only()
                .connect_timeout(connect_timeout)
                .timeout(request_timeout)
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .user_agent(concat!("gohighlevel-rust/", env!("CARGO_PKG_VERSION")))
                .build()
                .map_err(|error| {
                    Error::config("client", "the HTTP client cannot be set up on this machine")
                        .with_source(error)
                })?;
            let base = Url::parse(base).map_err(|error| {
                Error::config("client", "the base URL is not a valid URL").with_source(error)
            })?;
            Ok(Self { client, base })
        }
    }

    impl ReqwestTransport {
        /// The request for reqwest. Its host is always that of the base URL, which is parsed once.
        fn convert(&self, request: http::Request<Bytes>) -> reqwest::Request {
            let (parts, body) = request.into_parts();
            let mut url = self.base.clone();
            url.set_path(parts.uri.path());
            url.set_query(parts.uri.query());
            let mut request = reqwest::Request::new(parts.method, url);
            *request.headers_mut() = parts.headers;
            if !body.is_empty() {
                *request.body_mut() = Some(body.into());
            }
            request
        }
    }

    /// A body as it arrives. Most are one chunk, which is handed on as it came.
    #[derive(Default)]
    struct Body {
        first: Bytes,
        all: BytesMut,
    }

    impl Body {
        fn len(&self) -> usize {
            self.first.len() + self.all.len()
        }

        fn push(&mut self, chunk: Bytes) {
            if self.len() == 0 {
                self.first = chunk;
            } else {
                self.all.extend_from_slice(&std::mem::take(&mut self.first));
                self.all.extend_from_slice(&chunk);
            }
        }

        fn whole(self) -> Bytes {
            if self.all.is_empty() {
                self.first
            } else {
                self.all.freeze()
            }
        }
    }

    fn classify(error: reqwest::Error) -> TransportError {
        // The URL may hold a phone number in its query.
        let error = error.without_url();
        let kind = if error.is_connect() {
            TransportErrorKind::Connect
        } else if error.is_timeout() {
            TransportErrorKind::Timeout
        } else if error.is_request() || error.is_body() || error.is_decode() {
            TransportErrorKind::Interrupted
        } else {
            TransportErrorKind::Other
        };
        TransportError::new(kind, error)
    }

    #[async_trait]
    impl Transport for ReqwestTransport {
        async fn call(
            &self,
            request: http::Request<Bytes>,
        ) -> Result<http::Response<Bytes>, TransportError> {
            let request = self.convert(request);
            let mut answer = self.client.execute(request).await.map_err(classify)?;
            let status = answer.status();
            let mut response = http::Response::new(Bytes::new());
            *response.status_mut() = status;
            *response.headers_mut() = std::mem::take(answer.headers_mut());
            let mut body = Body::default();
            let failed = loop {
                match answer.chunk().await {
                    Ok(Some(chunk)) if body.len() + chunk.len() <= LARGEST_BODY => {
                        body.push(chunk);
                    }
                    Ok(None) => break None,
                    Ok(Some(_)) => {
                        let what = format!("the answer is larger than {LARGEST_BODY} bytes");
                        break Some(TransportError::new(TransportErrorKind::TooLarge, what));
                    }
                    Err(error) => break Some(classify(error)),
                }
            };
            // A refusal stands even if its body, which only explains it, broke off.
            if let Some(error) = failed.filter(|_| status.is_success()) {
                return Err(error.with_status(status.as_u16()));
            }
            *response.body_mut() = body.whole();
            Ok(response)
        }
    }
}
