//! Bodies on their way: that of a request has a time limit and, if it is large, waits for room; that of an answer reports
//! its end.

use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::IntoResponse as _;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::sync::OwnedSemaphorePermit;

use super::connection::Door;
use super::door::Phase;
use crate::clock::{Clock as _, SystemClock};

/// How much of each body is read without asking for room. HighLevel's events are a few kilobytes long, so they never wait
/// behind large bodies.
const SMALL: usize = 32 * 1024;
/// For how much a larger body counts at most: what web frameworks collect into memory by default.
const LARGEST: u64 = 2 * 1024 * 1024;
/// The unit in which room is counted.
const UNIT: u64 = 1024;
/// How much there is for the larger bodies of all connections together, in these units.
pub(super) const ROOM: usize = 32 * 1024;

type Waiting<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// One request and its answer, for the parts of the server that have to do with them.
pub(super) struct Exchange {
    pub(super) door: Arc<Door>,
    pub(super) number: u64,
    /// Held until the answer is there: so long the body may be in memory.
    room: Mutex<Option<OwnedSemaphorePermit>>,
    refused: OnceLock<Refused>,
}

impl Exchange {
    pub(super) fn new(door: Arc<Door>, number: u64) -> Arc<Self> {
        Arc::new(Self {
            door,
            number,
            room: Mutex::default(),
            refused: OnceLock::new(),
        })
    }

    /// Why the server itself refuses the request, whatever its route has answered.
    pub(super) fn refused(&self) -> Option<Refused> {
        self.refused.get().copied()
    }

    fn refuse(&self, why: Refused) -> Refused {
        *self.refused.get_or_init(|| why)
    }

    fn hold(&self, room: Option<OwnedSemaphorePermit>) {
        *self.room.lock().unwrap_or_else(PoisonError::into_inner) = room;
    }

    /// Gives back the room that the body took.
    pub(super) fn free_room(&self) {
        self.hold(None);
    }
}

/// Why a request is refused before its route has the whole of it.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub(super) enum Refused {
    #[error("the body did not arrive in time")]
    TooSlow,
    #[error("too many large bodies are on their way")]
    NoRoom,
    #[error("the connection was given up for others")]
    GivenUp,
}

impl Refused {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::TooSlow => "slow_body",
            Self::NoRoom => "no_room",
            Self::GivenUp => "given_up",
        }
    }

    /// HighLevel surely sends again after this one status only, and the sender may be honest and the network bad.
    pub(super) fn answer(self) -> Response<Body> {
        let sentence = match self {
            Self::TooSlow => "Too slow; please send it again.",
            Self::NoRoom | Self::GivenUp => "Busy; please send it again.",
        };
        let mut response = (StatusCode::TOO_MANY_REQUESTS, sentence).into_response();
        close_after(&mut response);
        response
    }
}

/// The connection ends with this answer.
pub(super) fn close_after<B>(response: &mut Response<B>) {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
}

#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("the body broke off: {0}")]
    BrokenOff(#[from] hyper::Error),
}

/// The body of a request.
pub(super) struct RequestBody {
    inner: Incoming,
    exchange: Arc<Exchange>,
    time_limit: Duration,
    /// Runs from the first time that the body is waited for.
    time_is_up: Option<Waiting<()>>,
    read: usize,
    has_room: bool,
    room: Option<Waiting<Option<OwnedSemaphorePermit>>>,
    /// What has arrived and waits for room.
    held_back: Option<Frame<Bytes>>,
}

impl RequestBody {
    pub(super) fn new(inner: Incoming, exchange: Arc<Exchange>, time_limit: Duration) -> Self {
        Self {
            inner,
            exchange,
            time_limit,
            time_is_up: None,
            read: 0,
            has_room: false,
            room: None,
            held_back: None,
        }
    }

    /// Asks for room for the whole rest at once: bodies that each had a part of it would wait for one another.
    fn ask_for_room(&mut self) {
        let left = self.inner.size_hint().upper();
        let read = u64::try_from(self.read).unwrap_or(LARGEST);
        let whole = left.map_or(LARGEST, |left| left.saturating_add(read).min(LARGEST));
        let units = u32::try_from(whole.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let room = Arc::clone(self.exchange.door.room());
        self.room = Some(Box::pin(async move {
            room.acquire_many_owned(units).await.ok()
        }));
    }

    fn poll_time(&mut self, cx: &mut Context<'_>) -> Poll<Refused> {
        let limit = self.time_limit;
        let time_is_up = self
            .time_is_up
            .get_or_insert_with(|| Box::pin(async move { SystemClock.sleep(limit).await }));
        let waits_for_room = self.room.is_some();
        time_is_up.as_mut().poll(cx).map(|()| {
            self.exchange.refuse(if waits_for_room {
                Refused::NoRoom
            } else {
                Refused::TooSlow
            })
        })
    }

    /// Hands a part on, and notes if it is the last.
    fn hand_on(&self, frame: Frame<Bytes>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.inner.is_end_stream() {
            self.is_complete();
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_complete(&self) {
        let Exchange { door, number, .. } = &*self.exchange;
        door.is_now(*number, Phase::Handling);
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        if let Some(refused) = this.exchange.refused() {
            return Poll::Ready(Some(Err(refused.into())));
        }
        loop {
            if let Some(room) = &mut this.room {
                let Poll::Ready(room) = room.as_mut().poll(cx) else {
                    break;
                };
                this.room = None;
                this.has_room = true;
                this.exchange.hold(room);
                if let Some(frame) = this.held_back.take() {
                    return this.hand_on(frame);
                }
            }
            let Poll::Ready(part) = Pin::new(&mut this.inner).poll_frame(cx) else {
                break;
            };
            match part {
                Some(Ok(frame)) => {
                    this.read += frame.data_ref().map_or(0, Bytes::len);
                    if this.has_room || this.read <= SMALL {
                        return this.hand_on(frame);
                    }
                    this.held_back = Some(frame);
                    this.ask_for_room();
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None => {
                    this.is_complete();
                    return Poll::Ready(None);
                }
            }
        }
        this.poll_time(cx).map(|refused| Some(Err(refused.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.held_back.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.held_back.is_some() {
            return SizeHint::default();
        }
        self.inner.size_hint()
    }
}

/// The body of an answer. When it is dropped, the answer is out.
pub(super) struct AnswerBody {
    inner: Body,
    door: Arc<Door>,
    number: u64,
}

impl AnswerBody {
    pub(super) fn new(inner: Body, exchange: &Exchange) -> Self {
        Self {
            inner,
            door: Arc::clone(&exchange.door),
            number: exchange.number,
        }
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        self.door.is_now(self.number, Phase::AwaitingHead);
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
