//! The one loop every request goes through. It waits and repeats as the pacer and the retry table say, and decides
//! nothing itself.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::uri::InvalidUri;
use serde::de::DeserializeOwned;

use super::answer::{RateHeaders, denial};
use super::call::Response;
use super::credentials::Credentials;
use super::decode::{Reading, decode};
use super::judge::{Aftermath, Heard, is_page, judge};
use super::observe::{Attempt, AttemptOutcome, Observer};
#[cfg(feature = "missed-call")]
use super::pacer::Grant;
use super::pacer::{MOST_WAITING, Pacer, Refusal};
use super::request::{ApiVersion, Bearer, ReplaySafety, Request};
use super::retry::{RetryBudget, RetryPolicy, Verdict};
use super::server_time::ServerTime;
use super::transport::{Transport, TransportError};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result, Sent, TransportErrorKind};
use crate::ids::LocationId;
use crate::lane::Lane;
use crate::secret::Secret;

const VERSION: HeaderName = HeaderName::from_static("version");

/// What all requests of a client share.
pub(super) struct Shared {
    pub(super) base: String,
    pub(super) credentials: Arc<dyn Credentials>,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) pacer: Pacer,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) server_time: Arc<ServerTime>,
    pub(super) retry: RetryPolicy,
    /// Sent in the place of each module's own version.
    pub(super) version: Option<ApiVersion>,
    /// How long a request may take with all of its waits and attempts.
    pub(super) deadline: Duration,
    pub(super) budget: RetryBudget,
    pub(super) observer: Option<Arc<dyn Observer>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base)
            .field("credentials", &self.credentials)
            .finish()
    }
}

/// How a handle sends its requests.
#[derive(Debug, Clone)]
pub(super) struct Manner {
    pub(super) lane: Lane,
    pub(super) retries: bool,
    /// Places in the pacer that are taken already. Whoever has some does not wait for more, nor after a refusal: it fails.
    #[cfg(feature = "missed-call")]
    pub(super) granted: Option<Arc<Grant>>,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            lane: Lane::Interactive,
            retries: true,
            #[cfg(feature = "missed-call")]
            granted: None,
        }
    }
}

impl Manner {
    #[cfg(feature = "missed-call")]
    fn waits(&self) -> bool {
        self.granted.is_none()
    }

    #[cfg(not(feature = "missed-call"))]
    fn waits(&self) -> bool {
        true
    }
}

/// What a success holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// The JSON of the API. A web page is none.
    Json,
    /// A file of whatever kind.
    File,
}

/// An answer with a 2xx status.
struct Answer {
    status: u16,
    body: Bytes,
    attempts: u32,
}

impl Shared {
    #[expect(
        clippy::manual_async_fn,
        reason = "an `async fn` holds its request twice, and this future is allocated for each call"
    )]
    pub(super) fn send<'a, T: DeserializeOwned + Send + 'a>(
        &'a self,
        request: Request,
        location: Option<&'a LocationId>,
        manner: Manner,
    ) -> impl Future<Output = Result<Response<T>>> + Send + 'a {
        async move {
            let answer = self
                .exchange(&request, location, manner, Content::Json)
                .await?;
            let reading = Reading {
                operation: &request.operation,
                under: request.under,
                writes: request.replay != ReplaySafety::Safe,
            };
            let decoded = decode(reading, &answer.body);
            // HighLevel says yes without saying to what (an empty 201 is known to mean that nothing was done).
            let value = decoded.map_err(|error| {
                let error = error
                    .without(&sent_by(&request))
                    .with_status(Some(answer.status))
                    .with_attempts(answer.attempts);
                unless_known(&request, Aftermath::InDoubt { passes: false }, error)
            })?;
            Ok(Response {
                value,
                status: answer.status,
                raw: answer.body,
            })
        }
    }

    pub(super) async fn send_unread(
        &self,
        request: Request,
        location: Option<&LocationId>,
        manner: Manner,
    ) -> Result<()> {
        let answer = self
            .exchange(&request, location, manner, Content::Json)
            .await?;
        let heard = Heard {
            status: answer.status,
            content_type: None,
            body: &answer.body,
            asked: request.asked(),
        };
        match denial(&request.operation, &heard) {
            None => Ok(()),
            Some((error, aftermath)) => {
                let error = error
                    .without(&sent_by(&request))
                    .with_attempts(answer.attempts);
                Err(unless_known(&request, aftermath, error))
            }
        }
    }

    pub(super) async fn send_bytes(
        &self,
        request: Request,
        location: Option<&LocationId>,
        manner: Manner,
    ) -> Result<Bytes> {
        let answer = self
            .exchange(&request, location, manner, Content::File)
            .await?;
        Ok(answer.body)
    }

    /// Takes so many places of the location at once, or fails like a request that cannot be sent.
    #[cfg(feature = "missed-call")]
    pub(super) fn grant(&self, location: &LocationId, lane: Lane, places: usize) -> Result<Grant> {
        let granted = self.pacer.grant(location, lane, places);
        granted.map_err(|refusal| refused("location.grant".into(), refusal))
    }

    async fn admit(
        &self,
        location: Option<&LocationId>,
        lane: Lane,
        manner: &Manner,
        deadline: Duration,
    ) -> std::result::Result<(), Refusal> {
        #[cfg(feature = "missed-call")]
        if let (Some(granted), Some(location)) = (&manner.granted, location) {
            let now = self.clock.elapsed();
            if granted.use_one(now) {
                return Ok(());
            }
            let more = self.pacer.grant(location, lane, 1)?;
            more.use_one(now);
            return Ok(());
        }
        #[cfg(not(feature = "missed-call"))]
        let _ = manner;
        self.pacer.admit(location, lane, deadline).await
    }

    async fn exchange(
        &self,
        request: &Request,
        location: Option<&LocationId>,
        manner: Manner,
        content: Content,
    ) -> Result<Answer> {
        let url = request.url(&self.base)?;
        let lane = request.lane.unwrap_or(manner.lane);
        let retry = if manner.retries {
            self.retry
        } else {
            RetryPolicy::NEVER
        };
        let deadline = self.clock.elapsed() + self.deadline;
        let (mut token, mut renewed) = match &request.bearer {
            Bearer::Credentials => (Some(self.credentials.token(location).await?), false),
            // There is nobody to renew it.
            Bearer::Fixed(token) => (token.clone(), true),
        };
        let mut attempt = 1;
        self.budget.deposit();
        loop {
            let in_line = self.clock.elapsed();
            if let Err(refusal) = self.admit(location, lane, &manner, deadline).await {
                let operation = request.operation.clone();
                return Err(refused(operation, refusal).with_attempts(attempt - 1));
            }
            let sent = self.clock.elapsed();
            let result = self
                .transport
                .call(self.prepare(request, &url, token.as_ref())?)
                .await;
            if let Ok(response) = &result
                && let Some(offset) = self.server_time.learn(response.headers(), sent)
                && let Some(observer) = &self.observer
            {
                observer.clock_compared(offset);
            }
            let now = self.clock.elapsed();
            let (outcome, rate) = match &result {
                Ok(response) => (
                    AttemptOutcome::Answered(response.status().as_u16()),
                    RateHeaders::read(response.headers(), || self.clock.now()),
                ),
                Err(error) => (AttemptOutcome::Failed(error.kind()), RateHeaders::default()),
            };
            let (judgement, aftermath) = match &result {
                Ok(response) => match heard(request, content, response) {
                    Some(heard) => {
                        let judgement = judge(&heard);
                        let aftermath = judgement.aftermath();
                        (Some(judgement), aftermath)
                    }
                    None => (None, Aftermath::Settled),
                },
                Err(error) => (None, Aftermath::of_failure(error.kind())),
            };
            let over = outcome == AttemptOutcome::Answered(429);
            self.pacer.learn(location, &rate, over, now);
            let verdict = retry.verdict(request.replay, aftermath, attempt);
            let wait = match verdict {
                Verdict::Again => retry.wait(attempt, rate.retry_after, fastrand::f64()),
                Verdict::AgainWithinLimit => retry.wait(1, None, fastrand::f64()),
                Verdict::Return => Duration::ZERO,
            };
            let repeats = match verdict {
                Verdict::Again => now + wait <= deadline && self.budget.withdraw(),
                // Being told to slow down is no failure, and costs the budget nothing.
                Verdict::AgainWithinLimit => {
                    manner.waits() && rate.daily_remaining != Some(0) && now + wait <= deadline
                }
                Verdict::Return => false,
            };
            let took = now.saturating_sub(sent);
            let waited = sent.saturating_sub(in_line);
            tracing::debug!(
                operation = &*request.operation,
                location = location.map(LocationId::as_str),
                attempt,
                ?outcome,
                repeats,
                ?waited,
                ?took,
                "request"
            );
            if let Some(observer) = &self.observer {
                observer.attempted(&Attempt {
                    operation: &request.operation,
                    location,
                    lane,
                    number: attempt,
                    outcome,
                    waited,
                    took,
                    repeats,
                });
            }
            if repeats {
                self.clock.sleep(wait).await;
                attempt += 1;
                continue;
            }
            let error = match (result, judgement) {
                (Ok(response), None) => {
                    return Ok(Answer {
                        status: response.status().as_u16(),
                        body: response.into_body(),
                        attempts: attempt,
                    });
                }
                (Ok(response), Some(judgement)) => {
                    let status = response.status().as_u16();
                    judgement
                        .error(request.operation.clone(), status, response.body(), &rate)
                        .without(&sent_by(request))
                }
                (Err(error), _) => broken(request, error),
            };
            let error = unless_known(request, aftermath, error.with_attempts(attempt));
            let refused = match &token {
                Some(refused) if error.kind().may_mean_the_token() && !renewed => refused,
                _ => return Err(error),
            };
            match self.credentials.renew(location, refused).await? {
                Some(newer) => token = Some(newer),
                None => return Err(error),
            }
            renewed = true;
            attempt += 1;
        }
    }

    fn prepare(
        &self,
        request: &Request,
        url: &str,
        token: Option<&Secret>,
    ) -> Result<http::Request<Bytes>> {
        let refused = |message: &str| Error::config(request.operation.clone(), message);
        let version = self.version.unwrap_or(request.version).as_str();
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(VERSION, HeaderValue::from_static(version));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            let bearer = format!("Bearer {}", token.expose());
            let mut bearer = HeaderValue::try_from(bearer).map_err(|_| {
                refused("the token holds characters that no token has; copy it again")
            })?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        if request.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(request.content_type));
        }
        let mut prepared = http::Request::new(request.body.clone().unwrap_or_default());
        *prepared.method_mut() = request.method.clone();
        *prepared.uri_mut() = url.parse().map_err(|error: InvalidUri| {
            refused("the request is no valid HTTP request").with_source(error)
        })?;
        *prepared.headers_mut() = headers;
        Ok(prepared)
    }
}

/// The error that a refusal of the pacer means to the caller: nothing was sent.
fn refused(operation: Cow<'static, str>, refusal: Refusal) -> Error {
    let (kind, message) = match refusal {
        Refusal::DailyLimit => (
            ErrorKind::DailyLimit,
            "HighLevel said before that too little is left of the day's allowance".to_owned(),
        ),
        Refusal::LineFull => (
            ErrorKind::RateLimited,
            format!(
                "{MOST_WAITING} requests of this location stand in line already; send fewer at once"
            ),
        ),
        Refusal::TooLate => (
            ErrorKind::RateLimited,
            "its turn would come after its deadline".to_owned(),
        ),
        #[cfg(feature = "missed-call")]
        Refusal::NotNow => (
            ErrorKind::RateLimited,
            "the location has no place left in its rate limit at this moment".to_owned(),
        ),
    };
    Error::new(kind, operation).with_message(Some(message))
}

fn sent_by(request: &Request) -> Sent {
    let query = request.query.iter();
    let query = query.map(|(name, value)| (&**name, value.as_str()));
    Sent::of(query, request.body.as_deref())
}

/// The answer for the judge, unless it is what was asked for.
fn heard<'a>(
    request: &Request,
    content: Content,
    response: &'a http::Response<Bytes>,
) -> Option<Heard<'a>> {
    let (status, body) = (response.status(), response.body());
    if status.is_success() && !(content == Content::Json && is_page(body)) {
        return None;
    }
    let content_type = response.headers().get(CONTENT_TYPE);
    Some(Heard {
        status: status.as_u16(),
        content_type: content_type.and_then(|value| value.to_str().ok()),
        body,
        asked: request.asked(),
    })
}

/// The error that an answer which did not arrive, or not whole, means to the caller.
fn broken(request: &Request, error: TransportError) -> Error {
    let (kind, status) = (error.kind(), error.status());
    let kind = match (kind, status) {
        // The status arrived and its body did not: the status tells more than the broken body.
        (TransportErrorKind::Interrupted | TransportErrorKind::Timeout, Some(500..)) => {
            ErrorKind::Unavailable
        }
        _ => ErrorKind::Transport(kind),
    };
    Error::new(kind, request.operation.clone())
        .with_status(status)
        .with_source(error)
}

/// The error as it is, unless it leaves open whether the request was carried out and doing it twice would harm.
fn unless_known(request: &Request, aftermath: Aftermath, error: Error) -> Error {
    match (request.replay, aftermath) {
        (ReplaySafety::Once, Aftermath::InDoubt { .. }) => Error::unknown_outcome(error),
        _ => error,
    }
}
