//! Sends requests for a handle: the one implementation behind [`Client`](super::Client) and [`Location`](super::Location).

use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::call::{Call, Response};
use super::decode::{Reading, decode};
use super::judge::{Aftermath, ResponseView};
use super::pacer::ReservedSlots;
use super::request::{ReplaySafety, Request};
use super::response::denial;
use super::send::{Content, Shared, sent_by, settled};
use crate::error::Result;
use crate::ids::LocationId;
use crate::lane::Lane;

/// How a handle sends its requests.
#[derive(Debug, Clone)]
pub(super) struct SendOptions {
    pub(super) lane: Lane,
    pub(super) retries: bool,
    pub(super) room: Room,
}

/// Where a handle's requests get room in the rate limit from.
#[derive(Debug, Clone)]
pub(super) enum Room {
    /// They are queued until there is some.
    Queue,
    /// From slots that are reserved, and beyond these at once or not at all.
    Burst(Arc<ReservedSlots>),
    /// From the slot that is reserved for one request.
    One(Arc<ReservedSlots>),
}

impl SendOptions {
    pub(super) const DEFAULT: Self = Self {
        lane: Lane::Interactive,
        retries: true,
        room: Room::Queue,
    };
}

/// The options of a client's own requests.
static DEFAULT: SendOptions = SendOptions::DEFAULT;
/// The same without retries.
static ONE_ATTEMPT: SendOptions = SendOptions {
    retries: false,
    ..SendOptions::DEFAULT
};

/// Sends requests of one location, or of none, as its handle is set up to.
#[derive(Clone, Copy)]
pub(super) struct Sender<'a> {
    shared: &'a Shared,
    location: Option<&'a LocationId>,
    options: &'a SendOptions,
}

impl<'a> Sender<'a> {
    /// For requests that belong to no location.
    pub(super) fn without_location(shared: &'a Shared) -> Self {
        Self {
            shared,
            location: None,
            options: &DEFAULT,
        }
    }

    /// For requests of one location.
    pub(super) fn of_location(
        shared: &'a Shared,
        location: &'a LocationId,
        options: &'a SendOptions,
    ) -> Self {
        Self {
            shared,
            location: Some(location),
            options,
        }
    }

    /// The same in one attempt each, whatever comes of it.
    pub(super) fn in_one_attempt(self) -> Self {
        Self {
            options: &ONE_ATTEMPT,
            ..self
        }
    }

    /// Sends a request and reads its answer.
    pub(super) fn send<T: DeserializeOwned + Send + 'a>(self, request: Request) -> Call<'a, T> {
        Call::new(self.read(request))
    }

    #[expect(
        clippy::manual_async_fn,
        reason = "an `async fn` holds its request twice, and this future is allocated for each call"
    )]
    fn read<T: DeserializeOwned + Send + 'a>(
        self,
        request: Request,
    ) -> impl Future<Output = Result<Response<T>>> + Send + 'a {
        async move {
            let answer = self
                .shared
                .exchange(&request, self.location, self.options, Content::Json)
                .await?;
            let reading = Reading {
                operation: &request.operation,
                data_key: request.data_key,
                writes: request.replay != ReplaySafety::Safe,
            };
            let decoded = decode(reading, &answer.body);
            // HighLevel says yes without saying to what (an empty 201 is known to mean that nothing was done).
            let value = decoded.map_err(|error| {
                let error = error
                    .without(&sent_by(&request))
                    .with_status(Some(answer.status))
                    .with_attempts(answer.attempts);
                settled(&request, Aftermath::InDoubt { passes: false }, error)
            })?;
            Ok(Response {
                value,
                status: answer.status,
                raw: answer.body,
            })
        }
    }

    /// Sends a request and reads of its answer only whether it says no.
    pub(super) async fn send_discarding(self, request: Request) -> Result<()> {
        let answer = self
            .shared
            .exchange(&request, self.location, self.options, Content::Json)
            .await?;
        let view = ResponseView {
            status: answer.status,
            content_type: None,
            body: &answer.body,
            asked: request.asked(),
        };
        match denial(&request.operation, &view) {
            None => Ok(()),
            Some((error, aftermath)) => {
                let error = error
                    .without(&sent_by(&request))
                    .with_attempts(answer.attempts);
                Err(settled(&request, aftermath, error))
            }
        }
    }

    /// Sends a request and gives its answer as it is.
    pub(super) async fn send_bytes(self, request: Request) -> Result<Bytes> {
        let answer = self
            .shared
            .exchange(&request, self.location, self.options, Content::File)
            .await?;
        Ok(answer.body)
    }
}
