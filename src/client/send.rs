//! The one loop every request goes through. It waits and repeats as the pacer and the retry table say, and decides
//! nothing itself.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::uri::InvalidUri;

use super::credentials::Credentials;
use super::judge::{Aftermath, ResponseView, is_page, judge};
use super::observe::{Attempt, AttemptOutcome, Observer};
use super::pacer::{MOST_WAITING, Pacer, Refusal, ReservedSlots};
use super::request::{ApiVersion, Bearer, Request};
use super::response::RateHeaders;
use super::retry::{RetryBudget, RetryPolicy, Verdict};
use super::sender::{Room, SendOptions};
use super::server_time::ServerTime;
use super::shared_limit::{self, SharedRateLimit};
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
    /// The rate limit as other clients keep it too.
    pub(super) shared_limit: Option<Arc<dyn SharedRateLimit>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base)
            .field("credentials", &self.credentials)
            .finish()
    }
}

/// What a success holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// The JSON of the API. A web page is not.
    Json,
    /// A file of whatever kind.
    File,
}

/// An answer with a 2xx status.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Bytes,
    pub(super) attempts: u32,
}

impl Shared {
    /// Waits for room for one request of the location, and reserves it.
    pub(super) async fn reserve(&self, location: &LocationId, lane: Lane) -> Result<ReservedSlots> {
        let deadline = self.clock.elapsed() + self.deadline;
        let reserved = async {
            let slots = self.pacer.reserve(location, lane, deadline).await?;
            self.share(location, lane, Some(deadline)).await?;
            Ok(slots)
        };
        let reserved = reserved.await;
        reserved.map_err(|refusal| refused("location.reserve".into(), refusal))
    }

    /// Makes one of the slots that are reserved here one that other clients of the location count too, at once or not at
    /// all.
    pub(super) async fn share_now(&self, location: &LocationId, lane: Lane) -> Result<()> {
        let shared = self.share(location, lane, None).await;
        shared.map_err(|refusal| refused("location.reserve".into(), refusal))
    }

    /// Reserves room for this many requests of the location now, or fails like a request that cannot be sent.
    pub(super) fn reserve_now(
        &self,
        location: &LocationId,
        lane: Lane,
        requests: usize,
    ) -> Result<ReservedSlots> {
        let reserved = self.pacer.reserve_now(location, lane, requests);
        reserved.map_err(|refusal| refused("location.reserve".into(), refusal))
    }

    /// Takes a slot of the rate limit for an attempt.
    async fn admit(
        &self,
        location: Option<&LocationId>,
        lane: Lane,
        room: &Room,
        attempt: u32,
        deadline: Duration,
    ) -> std::result::Result<(), Refusal> {
        let (slots, location) = match (room, location) {
            (_, None) => return self.pacer.admit(location, lane, deadline).await,
            (Room::Queue, Some(location)) => {
                self.pacer.admit(Some(location), lane, deadline).await?;
                return self.share(location, lane, Some(deadline)).await;
            }
            (Room::Burst(slots) | Room::One(slots), Some(location)) => (slots, location),
        };
        let is_reserved = slots.use_one(self.clock.elapsed());
        match room {
            // It was shared when it was reserved.
            Room::One(_) if is_reserved => return Ok(()),
            // A request that is sent again with a newer token is the same request.
            Room::One(_) if attempt == 1 => return Err(Refusal::ReservationUsed),
            _ if is_reserved => {}
            _ => {
                let more = self.pacer.reserve_now(location, lane, 1)?;
                more.use_one(self.clock.elapsed());
            }
        }
        self.share(location, lane, None).await
    }

    /// Takes a slot of the limit that is shared with other clients, if there is one. Without a deadline it does not wait.
    async fn share(
        &self,
        location: &LocationId,
        lane: Lane,
        deadline: Option<Duration>,
    ) -> std::result::Result<(), Refusal> {
        let Some(limit) = &self.shared_limit else {
            return Ok(());
        };
        let ask = self.pacer.slot_request(location, lane);
        let shared = shared_limit::slot(&**limit, &*self.clock, location, ask, deadline);
        shared.await.map_err(|wait| {
            // So that `burst_wait` knows of the requests of the others too.
            self.pacer.hold(location, wait);
            match deadline {
                Some(_) => Refusal::TooLate,
                None => Refusal::NoRoom,
            }
        })
    }

    /// Sends a request, as often as it takes and may be, until there is an answer or an error for the caller.
    pub(super) async fn exchange(
        &self,
        request: &Request,
        location: Option<&LocationId>,
        options: &SendOptions,
        content: Content,
    ) -> Result<Answer> {
        let url = request.url(&self.base)?;
        let lane = request.lane.unwrap_or(options.lane);
        let retry = if options.retries {
            self.retry
        } else {
            RetryPolicy::NEVER
        };
        let deadline = self.clock.elapsed() + self.deadline;
        let (mut token, mut renewed) = match &request.bearer {
            Bearer::Credentials => (Some(self.credentials.token(location).await?), false),
            // It cannot be renewed.
            Bearer::Fixed(token) => (token.clone(), true),
        };
        let mut attempt = 1;
        self.budget.deposit();
        loop {
            let queued = self.clock.elapsed();
            let admitted = self.admit(location, lane, &options.room, attempt, deadline);
            if let Err(refusal) = admitted.await {
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
                Ok(response) => match unless_success(request, content, response) {
                    Some(view) => {
                        let judgement = judge(&view);
                        let aftermath = judgement.aftermath();
                        (Some(judgement), aftermath)
                    }
                    None => (None, Aftermath::Settled),
                },
                Err(error) => (None, Aftermath::from_failure(error.kind())),
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
                // A 429 is not a failure of HighLevel's, and costs the budget nothing.
                Verdict::AgainWithinLimit => {
                    let waits = matches!(options.room, Room::Queue);
                    waits && rate.daily_remaining != Some(0) && now + wait <= deadline
                }
                Verdict::Return => false,
            };
            let took = now.saturating_sub(sent);
            let waited = sent.saturating_sub(queued);
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
            let error = settled(request, aftermath, error.with_attempts(attempt));
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
                refused("the token holds characters that are not allowed in a token; copy it again")
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
            refused("the request is not a valid HTTP request").with_source(error)
        })?;
        *prepared.headers_mut() = headers;
        Ok(prepared)
    }
}

/// The error for the caller where the pacer refuses a request: nothing was sent.
fn refused(operation: Cow<'static, str>, refusal: Refusal) -> Error {
    let (kind, message) = match refusal {
        Refusal::DailyLimit => (
            ErrorKind::DailyLimit,
            "the daily quota of this location is used up, or too little is left of it for background requests"
                .to_owned(),
        ),
        Refusal::QueueFull => (
            ErrorKind::RateLimited,
            format!(
                "{MOST_WAITING} requests of this location are queued already; send fewer at once"
            ),
        ),
        Refusal::TooLate => (
            ErrorKind::RateLimited,
            "the rate limit would delay it past its deadline".to_owned(),
        ),
        Refusal::NoRoom => (
            ErrorKind::RateLimited,
            "the location's rate limit has no room for it at this moment".to_owned(),
        ),
        Refusal::ReservationUsed => (
            ErrorKind::Config,
            "a reservation is for one request, which was sent; call `reserve` again".to_owned(),
        ),
    };
    Error::new(kind, operation).with_message(Some(message))
}

pub(super) fn sent_by(request: &Request) -> Sent {
    let query = request.query.iter();
    let query = query.map(|(name, value)| (&**name, value.as_str()));
    Sent::new(query, request.body.as_deref())
}

/// The answer for the judge, unless it is what was asked for.
fn unless_success<'a>(
    request: &Request,
    content: Content,
    response: &'a http::Response<Bytes>,
) -> Option<ResponseView<'a>> {
    let (status, body) = (response.status(), response.body());
    if status.is_success() && !(content == Content::Json && is_page(body)) {
        return None;
    }
    let content_type = response.headers().get(CONTENT_TYPE);
    Some(ResponseView {
        status: status.as_u16(),
        content_type: content_type.and_then(|value| value.to_str().ok()),
        body,
        asked: request.asked(),
    })
}

/// The error for the caller where the answer did not arrive, or not whole.
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

/// The error for the caller of a request that ended with `error`: the one place where it becomes an
/// [`UnknownOutcome`](ErrorKind::UnknownOutcome).
pub(super) fn settled(request: &Request, aftermath: Aftermath, error: Error) -> Error {
    if aftermath.leaves_unknown(request.replay) {
        Error::unknown_outcome(error)
    } else {
        error
    }
}
