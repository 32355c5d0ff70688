//! Answers HighLevel's webhooks: verifies them, passes them to the handler, and acknowledges only what is durable.
//!
//! No web framework here: a request with its whole body goes in, an answer comes out. The feature `axum` puts it behind a
//! route.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use tracing::Instrument as _;

use super::delivery::Delivery;
use super::handler::Handler;
use super::verify::{Verifier, VerifyError};
use crate::clock::{Clock, SystemClock};
use crate::in_flight::{InFlight, Permit};
use crate::refusals::Refusals;

/// The largest body that is taken: one mebibyte. HighLevel's events are far smaller.
pub const MAX_BODY_BYTES: usize = 1_048_576;

/// How many deliveries are in flight at once unless [`EndpointBuilder::max_in_flight`] says otherwise.
const MAX_IN_FLIGHT: usize = 1024;

/// The webhook endpoint of a service, for any web framework. Cheap to clone; all clones are one endpoint.
///
/// ```
/// use bytes::Bytes;
/// use gohighlevel::webhooks::{Endpoint, Handler, Verifier};
/// use http::{Request, StatusCode};
///
/// async fn example(handler: impl Handler) {
///     let endpoint = Endpoint::new(Verifier::highlevel(), handler);
///     let unsigned = Request::post("/webhooks/ghl").body(Bytes::from("{}")).expect("a request");
///     assert_eq!(endpoint.answer(unsigned).await.status(), StatusCode::UNAUTHORIZED);
/// }
/// ```
///
/// | answer | when |
/// |---|---|
/// | 200 | the handler has the delivery, durably, or does not [want](Handler::wants) it |
/// | 400 | the signature is right but the body is not a JSON object |
/// | 401 | no signature, a wrong one, a body that is too old, or of another app ([`VerifyError`]) |
/// | 405 | any method but POST |
/// | 413 | the body is larger than [`MAX_BODY_BYTES`] |
/// | 429 | the handler returned [`NotDurable`](super::NotDurable) or panicked; this machine's clock is slow, so that the body is from the future; too many deliveries are in flight; the service shuts down |
///
/// 429 is the one answer after which both of HighLevel's guides promise that it sends again, so it stands for every
/// failure on this side. Of the others it may lose the event, which is right for what is not meant for this service.
///
/// The handler runs to its end even if HighLevel hangs up meanwhile. The outcome of every proven delivery is logged through
/// `tracing` with the event's name, location and webhook id: accepted ones at `info`, ignored ones at `debug`, those that
/// were not durable at `error`. Refusals are logged at `warn`, of each kind at most once a second and with their number
/// since the line before (`count`), because strangers decide how often they happen. Bodies and phone numbers are not
/// logged.
///
/// # A server of your own
///
/// The endpoint sees a request when its head is there, and behind axum reads the body itself. What comes before is the
/// server's to bound: [`serve`](crate::serve) (feature `axum`) does all of it. A server of your own needs
///
/// * a time-out for heads and for whole bodies, of some 10 seconds: without, one half-sent request is held for ever;
/// * a bound on connections, well below the limit of open files, that closes idle ones to let new ones in;
/// * a bound on the bytes of bodies that are read at the same time: a forged signature of the right length costs nothing
///   and has up to [`MAX_BODY_BYTES`] read before it is found out;
/// * on shutdown: no new connections, [`drain`](Self::drain), and an end after a time limit even if requests are
///   still half sent.
#[derive(Clone)]
pub struct Endpoint {
    shared: Arc<Shared>,
}

struct Shared {
    verifier: RwLock<Arc<Verifier>>,
    handler: Arc<dyn Handler>,
    clock: Arc<dyn Clock>,
    in_flight: InFlight,
    refusals: Refusals,
}

/// Settings of an [`Endpoint`].
#[must_use]
pub struct EndpointBuilder {
    verifier: Verifier,
    handler: Arc<dyn Handler>,
    clock: Arc<dyn Clock>,
    max_in_flight: usize,
}

impl EndpointBuilder {
    /// Another source of time than the machine's. Give it an engine's clock where there is an engine: it knows what time it
    /// is at HighLevel.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// With at most this many deliveries in flight, 1,024 otherwise. Those beyond are answered 429 at once and come again: a
    /// store that has become slow must not fill the memory. Unsigned requests never count for longer than the check of
    /// the signature takes, because their bodies are read before.
    pub fn max_in_flight(mut self, deliveries: usize) -> Self {
        self.max_in_flight = deliveries;
        self
    }

    /// The endpoint. It runs on tokio.
    #[must_use]
    pub fn build(self) -> Endpoint {
        Endpoint {
            shared: Arc::new(Shared {
                verifier: RwLock::new(Arc::new(self.verifier)),
                handler: self.handler,
                clock: self.clock,
                in_flight: InFlight::new(self.max_in_flight),
                refusals: Refusals::default(),
            }),
        }
    }
}

impl fmt::Debug for EndpointBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointBuilder")
            .field("verifier", &self.verifier)
            .field("max_in_flight", &self.max_in_flight)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// An endpoint that hands proven deliveries to `handler`; share an `Arc` of a handler to keep it. It runs on tokio.
    pub fn new(verifier: Verifier, handler: impl Handler) -> Self {
        Self::builder(verifier, handler).build()
    }

    /// Returns a builder for an endpoint that hands proven deliveries to `handler`.
    pub fn builder(verifier: Verifier, handler: impl Handler) -> EndpointBuilder {
        EndpointBuilder {
            verifier,
            handler: Arc::new(handler),
            clock: Arc::new(SystemClock),
            max_in_flight: MAX_IN_FLIGHT,
        }
    }

    /// Answers a request with its whole body, byte for byte as it came: no framework may have parsed or changed it.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<&'static str> {
        if request.method() != Method::POST {
            let mut response = answer(StatusCode::METHOD_NOT_ALLOWED, "Webhooks come by POST.");
            let allowed = HeaderValue::from_static("POST");
            response.headers_mut().insert(header::ALLOW, allowed);
            return response;
        }
        let (parts, body) = request.into_parts();
        if body.len() > MAX_BODY_BYTES {
            return self.too_large();
        }
        self.take(&parts.headers, body).await
    }

    /// The answer to a request that is refused by its headers alone.
    #[cfg(feature = "axum")]
    pub(super) fn refuse_unread(&self, headers: &HeaderMap) -> Option<Response<&'static str>> {
        let error = self.verifier().signature_in(headers).err()?;
        Some(self.refuse(&error))
    }

    /// The answer while the endpoint is drained; completes when that begins.
    #[cfg(feature = "axum")]
    pub(super) async fn refuse_when_draining(&self) -> Response<&'static str> {
        self.shared.in_flight.draining().await;
        self.busy()
    }

    pub(super) async fn take(&self, headers: &HeaderMap, body: Bytes) -> Response<&'static str> {
        let Some(permit) = self.shared.in_flight.enter() else {
            return self.busy();
        };
        match self
            .verifier()
            .verify(headers, body, self.shared.clock.now())
        {
            Ok(delivery) => match self.is_wanted(&delivery) {
                Some(true) => self.hand_on(delivery, permit).await,
                Some(false) => span_of(&delivery).in_scope(|| {
                    tracing::debug!(outcome = "ignored", "webhook ignored");
                    answer(StatusCode::OK, "Ignored.")
                }),
                None => span_of(&delivery).in_scope(panicked),
            },
            Err(error) => self.refuse(&error),
        }
    }

    /// Replaces the verifier. To change a key, first use a verifier with the old and the new one, and one with the new
    /// alone when HighLevel signs with nothing else.
    pub fn set_verifier(&self, verifier: Verifier) {
        *self
            .shared
            .verifier
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(verifier);
    }

    /// Accepts nothing more (the answer is 429, and HighLevel sends again), and returns when nothing is in flight. Call it
    /// on shutdown, before you close what the handlers need. It is not enough that the server has stopped: a handler can
    /// be at work although its connection is gone.
    pub async fn drain(&self) {
        self.shared.in_flight.drain().await;
        for (kind, count) in self.shared.refusals.take_rest() {
            tracing::warn!(outcome = "refused", count, kind, "webhooks refused");
        }
    }

    /// How many deliveries are in flight.
    #[cfg(feature = "axum")]
    pub(crate) fn in_flight(&self) -> usize {
        self.shared.in_flight.count()
    }

    fn refuse(&self, error: &VerifyError) -> Response<&'static str> {
        if let Some(count) = self.refused(error.code()) {
            tracing::warn!(outcome = "refused", count, %error, "webhook refused");
        }
        match error {
            VerifyError::InvalidDelivery(_) => {
                answer(StatusCode::BAD_REQUEST, "The body is not a JSON object.")
            }
            VerifyError::FromTheFuture { .. } => answer(
                StatusCode::TOO_MANY_REQUESTS,
                "The clock here is wrong; please send it again.",
            ),
            VerifyError::OtherApp { .. } => {
                answer(StatusCode::UNAUTHORIZED, "The event is for another app.")
            }
            _ => answer(
                StatusCode::UNAUTHORIZED,
                "The signature is missing, wrong or too old.",
            ),
        }
    }

    fn busy(&self) -> Response<&'static str> {
        if let Some(count) = self.refused("busy") {
            tracing::warn!(
                outcome = "refused",
                count,
                "too many webhooks are in flight, or the service shuts down"
            );
        }
        answer(StatusCode::TOO_MANY_REQUESTS, "Busy; please send it again.")
    }

    pub(super) fn too_large(&self) -> Response<&'static str> {
        self.unread(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "The body is larger than one mebibyte.",
        )
    }

    /// The answer to a body that was not read.
    pub(super) fn unread(
        &self,
        status: StatusCode,
        kind: &'static str,
        sentence: &'static str,
    ) -> Response<&'static str> {
        if let Some(count) = self.refused(kind) {
            tracing::warn!(outcome = "refused", count, %status, "webhook body not read");
        }
        answer(status, sentence)
    }

    /// How many refusals of this kind the log line that is due now stands for.
    fn refused(&self, kind: &'static str) -> Option<u64> {
        self.shared
            .refusals
            .count(kind, self.shared.clock.elapsed())
    }

    fn verifier(&self) -> Arc<Verifier> {
        self.shared
            .verifier
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What the handler says; `None` if it panics.
    fn is_wanted(&self, delivery: &Delivery) -> Option<bool> {
        // A handler that is broken by a panic says so itself the next time.
        catch_unwind(AssertUnwindSafe(|| self.shared.handler.wants(delivery))).ok()
    }

    async fn hand_on(&self, delivery: Delivery, permit: Permit) -> Response<&'static str> {
        let handler = Arc::clone(&self.shared.handler);
        let span = span_of(&delivery);
        let handled = async move {
            // Until the handler is done, even if the sender has hung up.
            let _permit = permit;
            handler.handle(delivery).await
        };
        // A task of its own outlives the connection, and a panic in it still gets the answer that brings the event back.
        let result = tokio::spawn(handled.instrument(span.clone())).await;
        span.in_scope(|| match result {
            Ok(Ok(())) => {
                tracing::info!(outcome = "accepted", "webhook accepted");
                answer(StatusCode::OK, "Accepted.")
            }
            Ok(Err(error)) => {
                tracing::error!(outcome = "not durable", %error, "webhook not accepted");
                not_stored()
            }
            Err(_) => panicked(),
        })
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("verifier", &self.verifier())
            .field("in_flight", &self.shared.in_flight.count())
            .field("max_in_flight", &self.shared.in_flight.max())
            .finish_non_exhaustive()
    }
}

fn span_of(delivery: &Delivery) -> tracing::Span {
    tracing::info_span!(
        "webhook",
        event = delivery.event.name(),
        location_id = delivery.location_id.as_ref().map(tracing::field::display),
        webhook_id = delivery.webhook_id.as_ref().map(tracing::field::display),
    )
}

/// The text of a panic may quote what it was working on, so it is not repeated.
fn panicked() -> Response<&'static str> {
    tracing::error!(
        outcome = "not durable",
        "webhook not accepted: its handler panicked"
    );
    not_stored()
}

fn not_stored() -> Response<&'static str> {
    answer(
        StatusCode::TOO_MANY_REQUESTS,
        "Not stored; please send it again.",
    )
}

fn answer(status: StatusCode, sentence: &'static str) -> Response<&'static str> {
    let mut response = Response::new(sentence);
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}
