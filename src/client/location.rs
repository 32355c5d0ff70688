//! The handle for everything that belongs to one location.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Client;
use super::call::Call;
use super::pacer::ReservedSlots;
use super::request::Request;
use super::reservation::Reservation;
use super::sender::{Room, SendOptions, Sender};
use crate::error::Result;
use crate::ids::LocationId;
use crate::lane::Lane;

/// One location (sub-account): its id, its token, its pace. Made by [`Client::location`]; cheap to clone.
#[derive(Clone, Debug)]
pub struct Location {
    client: Client,
    id: LocationId,
    options: SendOptions,
}

impl Location {
    pub(super) fn new(client: Client, id: LocationId) -> Self {
        Self {
            client,
            id,
            options: SendOptions::DEFAULT,
        }
    }

    /// The client it was made by.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The location's id.
    pub fn id(&self) -> &LocationId {
        &self.id
    }

    /// Whether requests are to be written in the form of API version 3.
    pub(crate) fn speaks_v3(&self) -> bool {
        self.client.speaks_v3()
    }

    /// The same location, with requests of the background lane: interactive requests go first.
    #[must_use]
    pub fn in_background(&self) -> Self {
        self.in_lane(Lane::Background)
    }

    /// The same location, with requests of this priority.
    #[must_use]
    pub fn in_lane(&self, lane: Lane) -> Self {
        let mut other = self.clone();
        other.options.lane = lane;
        other
    }

    /// Waits until there is room in the rate limit for one request of this location, and reserves it. What is decided
    /// between this and [`Reservation::send`] is not old when the request goes.
    ///
    /// It waits like a request: in its lane, and no longer than the client's
    /// [`deadline`](super::ClientBuilder::deadline). On a location with a [`burst`](Self::burst) it does not wait. Fails
    /// with [`RateLimited`](crate::error::ErrorKind::RateLimited) or
    /// [`DailyLimit`](crate::error::ErrorKind::DailyLimit) like a request that cannot be sent.
    pub async fn reserve(&self) -> Result<Reservation> {
        let shared = &self.client.shared;
        let lane = self.options.lane;
        let slot = match &self.options.room {
            Room::Queue => shared.reserve(&self.id, lane).await?,
            Room::Burst(slots) | Room::One(slots) => {
                let slot = match slots.split_one() {
                    Some(slot) => slot,
                    None => shared.reserve_now(&self.id, lane, 1)?,
                };
                shared.share_now(&self.id, lane).await?;
                slot
            }
        };
        let options = SendOptions {
            lane,
            retries: false,
            room: Room::One(Arc::new(slot)),
        };
        Ok(Reservation::new(Self {
            options,
            ..self.clone()
        }))
    }

    /// The same location, whose requests are not repeated when they fail.
    #[cfg(feature = "missed-call")]
    pub(crate) fn without_retries(&self) -> Self {
        let mut other = self.clone();
        other.options.retries = false;
        other
    }

    /// Reserves room in the rate limit for this many requests, all at once, and returns the same location with it: its
    /// requests go at once. Those beyond the reserved ones go at once or fail; none waits for the rate limit, nor after a
    /// 429. It is for work that holds up other work while it waits. What is not used is given back when it is dropped.
    ///
    /// Fails like a request that cannot be sent if there is no room for all of them at this moment;
    /// [`burst_wait`](Self::burst_wait) says when there may be.
    pub fn burst(&self, requests: usize) -> Result<Self> {
        let lane = self.options.lane;
        let slots: ReservedSlots = self.client.shared.reserve_now(&self.id, lane, requests)?;
        let mut other = self.clone();
        other.options.room = Room::Burst(Arc::new(slots));
        Ok(other)
    }

    /// How long until there may be room for a [`burst`](Self::burst) of this many requests; a minute at most.
    pub fn burst_wait(&self, requests: usize) -> Duration {
        let pacer = &self.client.shared.pacer;
        pacer.time_until_room(&self.id, self.options.lane, requests)
    }

    fn sender(&self) -> Sender<'_> {
        Sender::of_location(&self.client.shared, &self.id, &self.options)
    }

    /// Sends a request with this location's token and within its pace.
    pub fn send<'a, T: DeserializeOwned + Send + 'a>(&'a self, request: Request) -> Call<'a, T> {
        self.sender().send(request)
    }

    /// Sends a request whose answer holds nothing of interest, or may be empty.
    pub async fn send_discarding(&self, request: Request) -> Result<()> {
        self.sender().send_discarding(request).await
    }

    /// Sends a request whose answer is not JSON, such as a recording.
    pub async fn send_bytes(&self, request: Request) -> Result<Bytes> {
        self.sender().send_bytes(request).await
    }

    /// Reads a path of an operation that is not typed yet. [`send`](Self::send) takes parameters and a version too.
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
