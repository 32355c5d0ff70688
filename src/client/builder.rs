//! Setting up a client. A wrong set-up is an error here, before anything is sent.

use std::sync::Arc;
use std::time::Duration;

use url::{Host, Url};

use super::Client;
use super::credentials::Credentials;
use super::observe::Observer;
use super::pacer::Pacer;
use super::request::ApiVersion;
use super::retry::{RetryBudget, RetryPolicy};
use super::send::Shared;
use super::server_time::ServerTime;
use super::shared_limit::SharedRateLimit;
use super::static_tokens::StaticTokens;
use super::transport::Transport;
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};
use crate::secret::Secret;

/// HighLevel's API. Source: `servers` in each of its OpenAPI files.
const BASE_URL: &str = "https://services.leadconnectorhq.com";

/// Sets up a [`Client`]. Only a token (or [`credentials`](Self::credentials)) is needed.
///
/// ```
/// # #[cfg(feature = "rustls")]
/// # fn example() -> gohighlevel::Result<gohighlevel::Client> {
/// use std::time::Duration;
/// use gohighlevel::{Client, client::ApiVersion};
///
/// Client::builder()
///     .token("pit-…")
///     .api_version(ApiVersion::V3)
///     .request_timeout(Duration::from_secs(10)) // for one attempt
///     .deadline(Duration::from_secs(60)) // for all attempts and waits of a request
///     .build()
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ClientBuilder {
    credentials: Option<Arc<dyn Credentials>>,
    base_url: Option<String>,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    connect_timeout: Option<Duration>,
    request_timeout: Option<Duration>,
    version: Option<ApiVersion>,
    deadline: Option<Duration>,
    observer: Option<Arc<dyn Observer>>,
    shared_limit: Option<Arc<dyn SharedRateLimit>>,
}

impl ClientBuilder {
    /// One private integration token or access token for all calls.
    pub fn token(self, token: impl Into<Secret>) -> Self {
        self.credentials(StaticTokens::new(token))
    }

    /// Where tokens come from, such as [`StaticTokens`] with one token per location.
    pub fn credentials(mut self, credentials: impl Credentials) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// Another server than HighLevel's, such as a `FakeGhl`. The token is sent to this host alone. Plain `http` is
    /// accepted for this machine (loopback) only, and goes through no proxy; for https the built-in transport follows
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Another way to send requests than the built-in one; the two timeouts are then up to it.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Another source of time than the machine's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// How long to try to connect; 5 s unless set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How long one attempt may take from its start to the end of the answer; 30 s unless set.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = Some(timeout);
        self
    }

    /// How long a request may take with all of its attempts and waits, the place in the line for the rate limit
    /// included; 5 minutes unless set. A request that cannot be sent in time fails with
    /// [`RateLimited`](crate::error::ErrorKind::RateLimited).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sees every attempt at a request, to count and time them.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Keeps the rate limit of each location together with other clients: those of other processes, or with other tokens.
    /// Without it, several processes that send many requests of one location at once are answered 429 for some of them;
    /// they are repeated later, but take longer.
    pub fn shared_rate_limit(mut self, limit: impl SharedRateLimit) -> Self {
        self.shared_limit = Some(Arc::new(limit));
        self
    }

    /// Sets the time for one attempt unless it is set.
    pub(crate) fn default_request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout.get_or_insert(timeout);
        self
    }

    /// One version for all modules. Unless set, each module is asked in the version its documentation declares
    /// (`2021-07-28`, or `2021-04-15` for conversations and calendars). [`ApiVersion::V3`] switches paths, names and
    /// bodies too; answers are read in either form always.
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.version = Some(version);
        self
    }

    /// The client. Fails with [`Config`](crate::error::ErrorKind::Config) when there is no token, or the base URL is
    /// not valid.
    pub fn build(self) -> Result<Client> {
        let credentials = self.credentials.ok_or_else(|| {
            Error::config(
                "client",
                "there is no token; call `token` or `credentials` before `build`",
            )
        })?;
        let base = checked_base(self.base_url.as_deref().unwrap_or(BASE_URL))?;
        let connect_timeout = self.connect_timeout.unwrap_or(Duration::from_secs(5));
        let request_timeout = self.request_timeout.unwrap_or(Duration::from_secs(30));
        let transport = match self.transport {
            Some(transport) => transport,
            None => default_transport(&base, connect_timeout, request_timeout)?,
        };
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock));
        Ok(Client {
            shared: Arc::new(Shared {
                base,
                credentials,
                transport,
                pacer: Pacer::new(Arc::clone(&clock)),
                server_time: Arc::new(ServerTime::new(Arc::clone(&clock))),
                clock,
                retry: RetryPolicy::default(),
                version: self.version,
                deadline: self.deadline.unwrap_or(Duration::from_secs(300)),
                budget: RetryBudget::default(),
                observer: self.observer,
                shared_limit: self.shared_limit,
            }),
        })
    }
}

#[cfg(feature = "reqwest")]
fn default_transport(
    base: &str,
    connect_timeout: Duration,
    request_timeout: Duration,
) -> Result<Arc<dyn Transport>> {
    Ok(Arc::new(super::transport::ReqwestTransport::new(
        base,
        connect_timeout,
        request_timeout,
    )?))
}

#[cfg(not(feature = "reqwest"))]
fn default_transport(_: &str, _: Duration, _: Duration) -> Result<Arc<dyn Transport>> {
    Err(Error::config(
        "client",
        "there is no transport; enable the feature `rustls` or `native-tls`, or call `transport`",
    ))
}

/// The base URL without its trailing slash, so that a path can be put behind it.
fn checked_base(text: &str) -> Result<String> {
    let problem = |problem: &str| Error::config("client", format!("the base URL {problem}"));
    let url = Url::parse(text.trim())
        .map_err(|error| problem("is not a valid URL").with_source(error))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem("must hold no user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(problem("must end before any `?` or `#`"));
    }
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(problem("has no host")),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => {
            return Err(problem(
                "must start with https, or the token would be sent in the clear",
            ));
        }
        _ => return Err(problem("must start with https")),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_url_is_checked() {
        for (text, expected) in [
            (BASE_URL, BASE_URL),
            ("https://example.com/", "https://example.com"),
            (" http://127.0.0.1:8080/ ", "http://127.0.0.1:8080"),
            ("http://localhost:1", "http://localhost:1"),
            ("http://[::1]:1/", "http://[::1]:1"),
            ("https://example.com/ghl/", "https://example.com/ghl"),
        ] {
            assert_eq!(checked_base(text).unwrap(), expected);
        }
        for text in [
            "",
            "services.leadconnectorhq.com",
            "http://example.com",
            "ftp://example.com",
            "https://user:pw@example.com",
            "https://example.com/?a=b",
            "http://localhost.evil.example",
        ] {
            assert!(checked_base(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_client_without_a_token_is_refused() {
        let error = Client::builder().build().unwrap_err();
        assert!(error.to_string().contains("there is no token"), "{error}");
    }
}
