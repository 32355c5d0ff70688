//! What an endpoint answers to HighLevel's POST: verify, hand on, and say yes only when nothing can be lost any more.
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
use crate::clock::Clock;
use crate::refusals::Refusals;
use crate::under_way::{Place, UnderWay};

/// The largest body that is taken: one mebibyte. HighLevel's events are far smaller.
pub const MAX_BODY_BYTES: usize = 1_048_576;

/// How many deliveries are under way at once unless [`Endpoint::at_most`] says otherwise.
const MOST_UNDER_WAY: usize = 1024;

/// The webhook endpoint of a service, for any web framework. Cheap to clone; all clones are one endpoint.
///
/// ```
/// use std::sync::Arc;
///
/// use bytes::Bytes;
/// use gohighlevel::clock::SystemClock;
/// use gohighlevel::webhooks::{Endpoint, Handler, Verifier};
/// use http::{Request, StatusCode};
///
/// async fn example(handler: Arc<dyn Handler>) {
///     let endpoint = Endpoint::new(Verifier::highlevel(), handler, Arc::new(SystemClock));
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
/// | 429 | the handler returned [`NotDurable`](super::NotDurable) or panicked; this machine's clock is slow, so that the body is from the future; too many deliveries are under way; the service shuts down |
///
/// 429 is the one answer after which both of HighLevel's guides promise that it sends again, so it stands for every
/// failure on this side. Of the others it may lose the event, which is right for what is not meant for this service.
///
/// The handler runs to its end even if HighLevel hangs up meanwhile. The outcome of every proven delivery is logged through
/// `tracing` with the event's name, location and webhook id: what was taken at `info`, what was not wanted at `debug`, what
/// was not durable at `error`. What was refused is logged at `warn`, of each kind at most once a second and with how many
/// there were (`count`) since the line before, because strangers decide how often that happens. Bodies and phone numbers
/// are not logged.
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
    most_under_way: usize,
}

struct Shared {
    verifier: RwLock<Arc<Verifier>>,
    handler: Arc<dyn Handler>,
    clock: Arc<dyn Clock>,
    under_way: UnderWay,
    refusals: Refusals,
}

impl Endpoint {
    /// An endpoint that hands proven deliveries to `handler`. It runs on tokio.
    pub fn new(verifier: Verifier, handler: Arc<dyn Handler>, clock: Arc<dyn Clock>) -> Self {
        Self {
            shared: Arc::new(Shared {
                verifier: RwLock::new(Arc::new(verifier)),
                handler,
                clock,
                under_way: UnderWay::new(),
                refusals: Refusals::default(),
            }),
            most_under_way: MOST_UNDER_WAY,
        }
    }

    /// With at most so many deliveries under way at once, 1,024 otherwise. Those beyond are answered 429 at once and
    /// come again: a store that has become slow must not fill the memory. Whoever cannot sign holds no place for longer
    /// than the check takes, because bodies are read before.
    #[must_use]
    pub fn at_most(self, deliveries: usize) -> Self {
        Self {
            most_under_way: deliveries,
            ..self
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

    /// The answer to a request that its headers alone condemn.
    #[cfg(feature = "axum")]
    pub(super) fn refuse_unread(&self, headers: &HeaderMap) -> Option<Response<&'static str>> {
        let error = self.verifier().signature_in(headers).err()?;
        Some(self.refuse(&error))
    }

    /// The answer while the endpoint is drained; completes when that begins.
    #[cfg(feature = "axum")]
    pub(super) async fn refuse_when_draining(&self) -> Response<&'static str> {
        self.shared.under_way.draining().await;
        self.busy()
    }

    pub(super) async fn take(&self, headers: &HeaderMap, body: Bytes) -> Response<&'static str> {
        let Some(place) = self.shared.under_way.enter(self.most_under_way) else {
            return self.busy();
        };
        match self
            .verifier()
            .verify(headers, body, self.shared.clock.now())
        {
            Ok(delivery) => match self.is_wanted(&delivery) {
                Some(true) => self.hand_on(delivery, place).await,
                Some(false) => span_of(&delivery).in_scope(|| {
                    tracing::debug!(outcome = "not wanted", "webhook not wanted");
                    answer(StatusCode::OK, "Not wanted.")
                }),
                None => span_of(&delivery).in_scope(panicked),
            },
            Err(error) => self.refuse(&error),
        }
    }

    /// From here on this verifier counts. To change a key, first use a verifier with the old and the new one, and one
    /// with the new alone when HighLevel signs with nothing else.
    pub fn set_verifier(&self, verifier: Verifier) {
        *self
            .shared
            .verifier
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(verifier);
    }

    /// Takes nothing more (HighLevel is told 429 and sends again), and returns when nothing is under way any more. Call it
    /// on shutdown, before what the handlers need is taken away. A handler can be at work though its connection is
    /// gone, so that the server has stopped is not enough.
    pub async fn drain(&self) {
        self.shared.under_way.drain().await;
        for (kind, count) in self.shared.refusals.take_rest() {
            tracing::warn!(outcome = "refused", count, kind, "webhooks refused");
        }
    }

    /// How many deliveries are under way.
    #[cfg(feature = "axum")]
    pub(crate) fn under_way(&self) -> usize {
        self.shared.under_way.count()
    }

    fn refuse(&self, error: &VerifyError) -> Response<&'static str> {
        if let Some(count) = self.refused(error.code()) {
            tracing::warn!(outcome = "refused", count, %error, "webhook refused");
        }
        match error {
            VerifyError::NotJson(_) => {
                answer(StatusCode::BAD_REQUEST, "The body is no JSON object.")
            }
            VerifyError::FromTheFuture { .. } => answer(
                StatusCode::TOO_MANY_REQUESTS,
                "The clock here is wrong; please send it again.",
            ),
            VerifyError::OtherApp { .. } => {
                answer(StatusCode::UNAUTHORIZED, "It is of another app.")
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
                outcome = "not taken",
                count,
                "too many webhooks are under way, or the service shuts down"
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

    async fn hand_on(&self, delivery: Delivery, place: Place) -> Response<&'static str> {
        let handler = Arc::clone(&self.shared.handler);
        let span = span_of(&delivery);
        let handled = async move {
            // Until the handler is done, whoever is still there for the answer.
            let _place = place;
            handler.handle(delivery).await
        };
        // A task of its own outlives the connection, and a panic in it still gets the answer that brings the event back.
        let result = tokio::spawn(handled.instrument(span.clone())).await;
        span.in_scope(|| match result {
            Ok(Ok(())) => {
                tracing::info!(outcome = "taken", "webhook taken");
                answer(StatusCode::OK, "Taken.")
            }
            Ok(Err(error)) => {
                tracing::error!(outcome = "not durable", %error, "webhook not taken");
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
            .field("under_way", &self.shared.under_way.count())
            .field("most_under_way", &self.most_under_way)
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
        "webhook not taken: its handler panicked"
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
