//! Accepting connections and speaking HTTP/1 on them.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use futures_util::FutureExt as _;
use http::{Request, Response};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::{AbortHandle, JoinSet};

use super::body::{AnswerBody, Exchange, ROOM, Refused, RequestBody, close_after};
use super::door::{Connections, Phase};
use crate::clock::{Clock as _, SystemClock};
use crate::refusals::Refusals;

/// How much is buffered of what a connection sends: the most that a head may be long.
const BUFFER: usize = 16 * 1024;
/// How often to look for connections that have taken too long.
const LOOK: Duration = Duration::from_secs(1);
/// How long to wait after the system refuses to open another connection.
const NO_MORE_FILES: Duration = Duration::from_millis(20);
/// How long after the end has begun a connection without a request is kept: one may be on its way and is answered.
const LINGER: Duration = Duration::from_millis(500);
/// How often to look for such connections then.
const LOOK_AT_THE_END: Duration = Duration::from_millis(50);

/// What all connections of a server share.
pub(super) struct Door {
    connections: Mutex<Connections<AbortHandle>>,
    /// Notified when a connection has left, or can be given up again.
    changed: Notify,
    room: Arc<Semaphore>,
    refusals: Refusals,
    body_time: Duration,
}

impl Door {
    pub(super) fn new(most: usize, body_time: Duration) -> Self {
        Self {
            connections: Mutex::new(Connections::at_most(most)),
            changed: Notify::new(),
            room: Arc::new(Semaphore::new(ROOM)),
            refusals: Refusals::default(),
            body_time,
        }
    }

    fn connections(&self) -> MutexGuard<'_, Connections<AbortHandle>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The room for large bodies.
    pub(super) fn room(&self) -> &Arc<Semaphore> {
        &self.room
    }

    /// Notes what a connection is doing. `false` if it was given up.
    pub(super) fn is_now(&self, number: u64, phase: Phase) -> bool {
        let was_there = self
            .connections()
            .is_now(number, phase, SystemClock.elapsed());
        if phase != Phase::Handling {
            self.changed.notify_one();
        }
        was_there
    }

    /// How many connections are in the middle of a request.
    pub(super) fn with_request(&self) -> usize {
        self.connections().with_request()
    }

    fn refuse(&self, why: Refused) -> Response<axum::body::Body> {
        let now = SystemClock.elapsed();
        if let Some(count) = self.refusals.count(why.code(), now) {
            tracing::warn!(outcome = "refused", count, %why, "request refused");
        }
        why.answer()
    }

    /// Closes a connection to make room for another one.
    fn close_for_another(&self, given_up: &AbortHandle) {
        given_up.abort();
        let now = SystemClock.elapsed();
        if let Some(count) = self.refusals.count("closed_for_another", now) {
            tracing::warn!(
                count,
                "connections without a whole request were closed to let others in"
            );
        }
    }
}

/// Completes when the end begins.
pub(super) async fn begins(mut stopping: watch::Receiver<bool>) {
    // Where nobody can ask for it any more it has begun.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// Who takes connections, and what is behind.
#[derive(Clone)]
pub(super) struct Reception {
    pub(super) door: Arc<Door>,
    pub(super) app: Router,
    /// Whether the end has begun.
    pub(super) stopping: watch::Receiver<bool>,
}

impl Reception {
    /// Takes connections until the end begins; returns when none is left.
    pub(super) async fn run(self, listener: TcpListener) {
        let clock = SystemClock;
        let mut ending = std::pin::pin!(begins(self.stopping.clone()));
        let mut connections = JoinSet::new();
        // One that has come and finds no room. What comes after it waits with the system.
        let mut next = None;
        let mut look = clock.sleep(LOOK);
        loop {
            tokio::select! {
                biased;
                () = &mut ending => break,
                Some(_) = connections.join_next() => {}
                () = &mut look => {
                    let overdue = self.door.connections().overdue(clock.elapsed());
                    overdue.iter().for_each(AbortHandle::abort);
                    look = clock.sleep(LOOK);
                }
                () = self.door.changed.notified(), if next.is_some() => {}
                accepted = listener.accept(), if next.is_none() => match accepted {
                    Ok(connection) => next = Some(connection),
                    Err(error) => self.not_accepted(&error).await,
                },
            }
            if let Some(connection) = next.take() {
                next = self.let_in(connection, &mut connections);
            }
        }
        // Those who came before the end are answered.
        let mut last = next;
        for _ in 0..BACKLOG {
            if let Some(connection) = last.take() {
                self.start(connection, &mut connections);
            }
            last = listener.accept().now_or_never().and_then(io::Result::ok);
            if last.is_none() {
                break;
            }
        }
        drop(listener);
        self.close(connections).await;
    }

    /// Lets a connection in, or gives it back if there is no room.
    fn let_in(
        &self,
        connection: (TcpStream, SocketAddr),
        connections: &mut JoinSet<()>,
    ) -> Option<(TcpStream, SocketAddr)> {
        let room = self.door.connections().make_room();
        match room {
            Ok(given_up) => {
                if let Some(given_up) = given_up {
                    self.door.close_for_another(&given_up);
                }
                self.start(connection, connections);
                None
            }
            Err(_) => Some(connection),
        }
    }

    fn start(&self, (stream, peer): (TcpStream, SocketAddr), connections: &mut JoinSet<()>) {
        // It is counted before anything is notified of it.
        self.door
            .connections()
            .enter(SystemClock.elapsed(), |number| {
                let leaving = Leaving {
                    door: Arc::clone(&self.door),
                    number,
                };
                connections.spawn(self.clone().converse(stream, peer, leaving))
            });
    }

    /// The system opens no more connections: mostly because of the limit of open files.
    async fn not_accepted(&self, error: &io::Error) {
        let given_up = self.door.connections().give_up_one();
        if let Some(given_up) = given_up {
            self.door.close_for_another(&given_up);
        }
        let now = SystemClock.elapsed();
        if let Some(count) = self.door.refusals.count("not_accepted", now) {
            tracing::error!(
                count,
                %error,
                "connections cannot be accepted; raise the limit of open files or lower max_connections"
            );
        }
        SystemClock.sleep(NO_MORE_FILES).await;
    }

    /// Returns when every connection is closed. Those in the middle of a request come to their end.
    async fn close(&self, mut connections: JoinSet<()>) {
        let clock = SystemClock;
        let began = clock.elapsed();
        loop {
            tokio::select! {
                biased;
                left = connections.join_next() => if left.is_none() {
                    return;
                },
                () = clock.sleep(LOOK_AT_THE_END) => {
                    if clock.elapsed().saturating_sub(began) >= LINGER {
                        let idle = self.door.connections().without_request();
                        idle.iter().for_each(AbortHandle::abort);
                    }
                }
            }
        }
    }

    async fn converse(self, stream: TcpStream, peer: SocketAddr, leaving: Leaving) {
        // Answers are short, and nothing follows them.
        let _ = stream.set_nodelay(true);
        let app = TowerToHyperService::new(self.app.clone());
        let number = leaving.number;
        let answering = service_fn(|request| self.answer(request, &app, peer, number));
        // HTTP/1 by name: whether HTTP/2 is built in is decided by other crates.
        let connection = http1::Builder::new()
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(stream), answering)
            .with_upgrades();
        if let Err(error) = connection.await {
            tracing::trace!(%error, "a connection broke off");
        }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        app: &TowerToHyperService<Router>,
        peer: SocketAddr,
        number: u64,
    ) -> Result<Response<AnswerBody>, Infallible> {
        let exchange = Exchange::new(Arc::clone(&self.door), number);
        let phase = match request.body().is_end_stream() {
            true => Phase::Handling,
            false => Phase::ReadingBody,
        };
        if !self.door.is_now(number, phase) {
            let refused = self.door.refuse(Refused::GivenUp);
            return Ok(refused.map(|body| AnswerBody::new(body, &exchange)));
        }
        let time = self.door.body_time;
        let mut request = request.map(|body| RequestBody::new(body, Arc::clone(&exchange), time));
        request.extensions_mut().insert(ConnectInfo(peer));
        let Ok(mut response) = app.call(request).await;
        if let Some(refused) = exchange.refused() {
            response = self.door.refuse(refused);
        }
        if *self.stopping.borrow() {
            close_after(&mut response);
        }
        exchange.free_room();
        self.door.is_now(number, Phase::Answering);
        Ok(response.map(|body| AnswerBody::new(body, &exchange)))
    }
}

/// How many connections that have come before the end are let in beyond the bound.
const BACKLOG: usize = 1024;

/// A connection that is counted, until it is dropped.
struct Leaving {
    door: Arc<Door>,
    number: u64,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.door.connections().leave(self.number);
        self.door.changed.notify_one();
    }
}
