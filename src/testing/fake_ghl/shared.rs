//! The state of a running FakeGhl, which its server, its control plane and its transport share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::faults::Faults;
use super::gate::{GatePoint, Gates};
use super::request::ApiRequest;
use super::rules::Limiter;
use super::shifted_clock::ShiftedClock;
use super::webhooks::Webhooks;
use super::world::World;
use crate::clock::Clock;

/// One request that FakeGhl has seen, in the order of arrival.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SeenRequest {
    /// When it arrived.
    pub time: Timestamp,
    /// Its method.
    pub method: String,
    /// Its path with the query.
    pub path: String,
    /// The location of its token, if the token is known.
    pub location: Option<String>,
    /// The status answered; none while it is under way, or if the answer was lost or never sent.
    pub status: Option<u16>,
    /// Its body: JSON, or text if it is none, or null.
    pub body: Value,
}

impl fmt::Debug for SeenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.split('?').next().unwrap_or_default();
        f.debug_struct("SeenRequest")
            .field("time", &self.time)
            .field("method", &self.method)
            .field("path", &path)
            .field("location", &self.location)
            .field("status", &self.status)
            .field("body", &"[private]")
            .finish()
    }
}

/// Everything a running FakeGhl consists of. No part of it has a `Debug` that could print tokens or people.
pub(super) struct Shared {
    pub(super) clock: Arc<ShiftedClock>,
    pub(super) webhooks: Arc<Webhooks>,
    world: Mutex<World>,
    limiter: Mutex<Limiter>,
    faults: Mutex<Faults>,
    gates: Mutex<Gates>,
    seen: Mutex<Vec<SeenRequest>>,
}

impl Shared {
    pub(super) fn new(
        clock: Arc<ShiftedClock>,
        webhooks: Arc<Webhooks>,
        world: World,
        limiter: Limiter,
    ) -> Self {
        Self {
            clock,
            webhooks,
            world: Mutex::new(world),
            limiter: Mutex::new(limiter),
            faults: Mutex::default(),
            gates: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    /// Makes a webhook of the app's and sends it off; answers its `webhookId`.
    pub(super) fn emit(&self, world: &World, payload: Value, now: Timestamp) -> String {
        self.webhooks
            .emit(payload, &world.app_id, &world.version_id, now)
    }

    pub(super) fn limiter(&self) -> MutexGuard<'_, Limiter> {
        lock(&self.limiter)
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(super) fn gates(&self) -> MutexGuard<'_, Gates> {
        lock(&self.gates)
    }

    pub(super) fn requests(&self) -> Vec<SeenRequest> {
        lock(&self.seen).clone()
    }

    pub(super) fn saw(&self, request: &ApiRequest, location: Option<String>) -> usize {
        let mut seen = lock(&self.seen);
        seen.push(SeenRequest {
            time: self.clock.now(),
            method: request.method.to_string(),
            path: request.target.clone(),
            location,
            status: None,
            body: request.logged_body(),
        });
        seen.len() - 1
    }

    pub(super) fn answered(&self, position: usize, status: StatusCode) {
        if let Some(seen) = lock(&self.seen).get_mut(position) {
            seen.status = Some(status.as_u16());
        }
    }

    pub(super) async fn pass_gate(&self, point: GatePoint, request: &ApiRequest) {
        let waits = self
            .gates()
            .arrive(point, &request.method, &request.path, &request.target);
        for wait in waits {
            // An error means that the other end was dropped, which is how a request is released.
            let _ = wait.await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
