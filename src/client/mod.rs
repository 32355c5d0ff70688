//! The one door out: request value → pace → token → transport → verdict → decode.
//!
//! [`Client`] is cheap to clone and holds what all calls share. [`Location`] is the handle for everything that belongs
//! to a location; the typed resources of [`crate::api`] hang on it. Nothing here knows a particular resource.
//!
//! | to | go to |
//! |---|---|
//! | set a client up: token, server, timeouts, API version | [`ClientBuilder`] |
//! | call what has a method | [`Location`], and from it the resources of [`crate::api`] |
//! | call what has none | [`Location::get`] and its like, or [`Location::send`] with a [`Request`] |
//! | know how much of the rate limit is left | [`Client::usage`] |
//! | let work wait behind interactive requests | [`Location::in_background`] |
//! | wait for the rate limit before a decision, not after it | [`Location::reserve`] |
//! | count and time requests | [`Observer`] |
//! | check this machine's clock | [`Client::clock_offset`] |
//! | send by another HTTP library, or play answers in a test | [`Transport`] |
//! | know what is sent again by itself | the [front page](crate#pace-and-repeats), [`ReplaySafety`] |
//!
//! ```
//! # #[cfg(not(all(feature = "rustls", feature = "testing")))] fn main() {}
//! # #[cfg(all(feature = "rustls", feature = "testing"))]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use gohighlevel::client::Request;
//! use serde_json::Value;
//!
//! # let fake = gohighlevel::testing::FakeGhl::builder().start().await?;
//! # let client = gohighlevel::Client::builder().token("pit-sample-soleil").base_url(fake.url()).build()?;
//! let location = client.location("soleilLocation000001".parse()?);
//! let link = location.custom_values().find("calendly_link").await?;
//! assert!(link.is_some());
//!
//! // The same without the method, as JSON.
//! let path = format!("/locations/{}/customValues", location.id());
//! let raw: Value = location.send(Request::get(path).operation("custom_values.list")).await?;
//! assert!(raw["customValues"].is_array());
//! # Ok(()) }
//! ```

mod builder;
mod call;
mod credentials;
mod decode;
mod judge;
mod location;
mod observe;
mod pacer;
mod pages;
#[cfg(feature = "postgres")]
mod postgres_limit;
mod request;
mod reservation;
mod response;
mod retry;
mod send;
mod sender;
mod server_time;
mod shared_limit;
mod static_tokens;
mod transport;
mod wrapped;

use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use builder::ClientBuilder;
pub use call::{Call, Response};
pub use credentials::Credentials;
pub use location::Location;
#[cfg(feature = "metrics")]
pub use observe::MetricsObserver;
pub use observe::{Attempt, AttemptOutcome, Observer};
pub use pacer::Usage;
pub(crate) use pages::{Ask, Outlook, Page, Way, items};
#[cfg(feature = "postgres")]
pub use postgres_limit::PostgresRateLimit;
pub(crate) use request::path;
pub use request::{ApiVersion, ReplaySafety, Request};
pub use reservation::Reservation;
pub use shared_limit::{MemoryRateLimit, SharedRateLimit, SharedSlot, SharedWindow, SlotRequest};
pub use static_tokens::StaticTokens;
pub use transport::{Transport, TransportError};

use self::sender::Sender;
#[cfg(feature = "missed-call")]
use self::server_time::ServerTime;
use crate::clock::Clock;
use crate::error::Result;
use crate::ids::LocationId;
pub use crate::lane::Lane;
#[cfg(feature = "missed-call")]
pub(crate) use server_time::TOLERATED;

/// A client for HighLevel's API.
///
/// ```no_run
/// # async fn example() -> gohighlevel::Result<()> {
/// use gohighlevel::{Client, ids::LocationId};
///
/// let client = Client::builder().token("pit-…").build()?;
/// let location = client.location(LocationId::new("ve9EPM428h8vShlRW1KT").expect("an id"));
/// let link = location.custom_values().find("calendly_link").await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    shared: Arc<send::Shared>,
}

impl Client {
    /// Returns a builder for a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from the environment: tokens as [`StaticTokens::from_env`] reads
    /// them (`GHL_TOKEN`, `GHL_TOKEN_<LOCATION_ID>`), and the base URL from `GHL_BASE_URL` where that is set.
    #[cfg(feature = "reqwest")]
    pub fn from_env() -> Result<Self> {
        let mut builder = Self::builder().credentials(StaticTokens::from_env()?);
        if let Ok(url) = std::env::var("GHL_BASE_URL") {
            builder = builder.base_url(url);
        }
        builder.build()
    }

    /// The handle for everything that belongs to one location.
    pub fn location(&self, id: LocationId) -> Location {
        Location::new(self.clone(), id)
    }

    /// What a location has left of its rate limit, as far as HighLevel's answers have reported it.
    pub fn usage(&self, location: &LocationId) -> Usage {
        self.shared.pacer.usage(Some(location))
    }

    /// How far this machine's clock is ahead of HighLevel's, by the `Date` of its answers; negative if it is behind, and
    /// zero where the answers, which give whole seconds, leave no difference. `None` before the first answers: one, or
    /// three that agree if the clock is wrong by more than five seconds.
    ///
    /// A clock that is wrong is logged too, and reported to the [`Observer`].
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        self.shared.server_time.offset()
    }

    /// The time by HighLevel's answers.
    #[cfg(feature = "missed-call")]
    pub(crate) fn server_time(&self) -> &Arc<ServerTime> {
        &self.shared.server_time
    }

    /// Asks HighLevel what time it is: any answer has a `Date`. The request names no location, so it takes nothing from the
    /// limit of one. Returns whether there was an answer.
    #[cfg(feature = "missed-call")]
    pub(crate) async fn ask_the_time(&self) -> bool {
        let request = Request::get("/").operation("time.ask").bearer(None);
        let answered: Result<serde_json::Value> = self.send_once(request).await;
        answered.map_or_else(|error| error.status().is_some(), |_| true)
    }

    fn sender(&self) -> Sender<'_> {
        Sender::without_location(&self.shared)
    }

    /// Sends a request that belongs to no location, with the default token.
    pub fn send<'a, T: DeserializeOwned + Send + 'a>(&'a self, request: Request) -> Call<'a, T> {
        self.sender().send(request)
    }

    /// Sends a request that belongs to no location once; the caller decides whether to repeat it.
    pub(crate) fn send_once<'a, T: DeserializeOwned + Send + 'a>(
        &'a self,
        request: Request,
    ) -> Call<'a, T> {
        self.sender().in_one_attempt().send(request)
    }

    /// Sends a request that belongs to no location and whose answer holds nothing of interest, or may be empty.
    pub async fn send_discarding(&self, request: Request) -> Result<()> {
        self.sender().send_discarding(request).await
    }

    /// Whether requests are to be written in the form of API version 3.
    pub(crate) fn speaks_v3(&self) -> bool {
        self.shared.version == Some(ApiVersion::V3)
    }

    /// Whether a request can be sent in the form of API version 3: the client does so, or leaves it to each request.
    pub(crate) fn can_speak_v3(&self) -> bool {
        self.shared
            .version
            .is_none_or(|version| version == ApiVersion::V3)
    }

    /// The clock that the client waits on.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }

    /// Reads a path of an operation that is not typed yet.
    pub fn get<'a, T: DeserializeOwned + Send + 'a>(&'a self, path: &str) -> Call<'a, T> {
        self.send(Request::get(path))
    }

    /// Posts JSON for an operation that is not typed yet. It is not repeated when the outcome is unknown.
    pub fn post<'a, T: DeserializeOwned + Send + 'a>(
        &'a self,
        path: &str,
        body: &impl Serialize,
    ) -> Call<'a, T> {
        self.send(Request::post(path).json(body))
    }

    /// Puts JSON for an operation that is not typed yet.
    pub fn put<'a, T: DeserializeOwned + Send + 'a>(
        &'a self,
        path: &str,
        body: &impl Serialize,
    ) -> Call<'a, T> {
        self.send(Request::put(path).json(body))
    }

    /// Deletes for an operation that is not typed yet; the answer's body is not read.
    pub async fn delete(&self, path: &str) -> Result<()> {
        self.send_discarding(Request::delete(path)).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.fmt(f)
    }
}
