//! A server that strangers cannot hold up, with engines beside it, and an end within a time limit.
//!
//! [`serve`] takes what `axum::serve` takes, and adds what a service on the open net needs:
//!
//! | what | bound |
//! |---|---|
//! | connections | half of the files that the process may have open, 1,024 at most ([`max_connections`](Serve::max_connections)); when all are taken, a new one takes the place of the one that has gone longest without a whole request or with an unread answer |
//! | the head of a new connection's first request | 10 seconds, 16 KiB |
//! | the time between two requests, the head of the second included | 75 seconds |
//! | a whole body | 10 seconds ([`body_timeout`](Serve::body_timeout)), then 429 |
//! | the bytes of bodies that are being read | 32 KiB for each connection; larger bodies share 32 MiB, and wait for their share within the time above, then 429 |
//! | the protocol | HTTP/1.1 and 1.0, whatever else is built in |
//! | the end, once it is [asked for](Shutdown) | 10 seconds ([`Shutdown::within`]) |
//!
//! All of it holds for every route of the router. What is refused is logged at `warn`, of each kind at most once a second
//! and with how many there were. An [`Endpoint`] behind a server of your own needs
//! [the same bounds](crate::webhooks::Endpoint#a-server-of-your-own).
//!
//! # The end
//!
//! When the [`Shutdown`] completes, all at once:
//!
//! * No connection is accepted any more. Those that are there are answered, with 429 by the endpoints that were
//!   [given](Serve::endpoint): HighLevel sends again. A webhook that was answered 200 before is durable.
//! * Deliveries that are under way are stored and answered.
//! * [Engines](Serve::engine) begin nothing any more. Effects that have not been begun are given back to the store at once;
//!   those that are under way with HighLevel have until shortly before the time limit.
//! * Sweeps are broken off; the next start goes on.
//!
//! Whatever is left when the time is over is dropped, which is as safe as a crash: the next start settles it.
//!
//! ```no_run
//! # #[cfg(not(feature = "missed-call"))] fn main() {}
//! # #[cfg(feature = "missed-call")]
//! # async fn example(engine: gohighlevel::recipes::missed_call::Engine) -> std::io::Result<()> {
//! use std::time::Duration;
//! use gohighlevel::serve::{Shutdown, serve};
//! use gohighlevel::webhooks::{Endpoint, Verifier};
//!
//! let endpoint = Endpoint::builder(Verifier::highlevel(), engine.clone()).clock(engine.clock()).build();
//! let app = axum::Router::new().route("/webhooks/ghl", endpoint.route());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! let report = serve(listener, app)
//!     .endpoint(&endpoint)
//!     .engine(&engine)
//!     .sweeps(&engine, Duration::from_secs(120))
//!     .until(Shutdown::on_signal()?)
//!     .await;
//! if !report.is_complete() {
//!     println!("the next start settles what was dropped: {report:?}");
//! }
//! # Ok(()) }
//! # #[cfg(feature = "missed-call")] fn main() {}
//! ```

mod body;
mod connection;
mod door;
mod shutdown;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::join_all;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

pub use shutdown::Shutdown;

#[cfg(feature = "missed-call")]
use self::connection::begins;
use self::connection::{Door, Reception};
use crate::clock::{Clock as _, SystemClock};
#[cfg(feature = "live-board")]
use crate::recipes::missed_call::board::Board;
#[cfg(feature = "missed-call")]
use crate::recipes::missed_call::{Engine, Stopped};
use crate::webhooks::Endpoint;
use crate::workflows::WorkflowEndpoint;

/// How long a body may take unless [`Serve::body_timeout`] says otherwise.
const BODY_TIME: Duration = Duration::from_secs(10);
/// The most connections unless [`Serve::max_connections`] says otherwise.
const MOST_CONNECTIONS: usize = 1024;
/// The same where the limit of open files is not known.
const FEWER_CONNECTIONS: usize = 512;
/// What of the bound is left for what comes after: an engine's end comes this long before that of the server, and this
/// long before that of the process.
const LONGEST_MARGIN: Duration = Duration::from_millis(1500);

/// Serves a router on a listener, until [`until`](Serve::until). The [module](self) says under which bounds.
pub fn serve(listener: TcpListener, app: Router) -> Serve {
    Serve {
        listener,
        app,
        endpoints: Vec::new(),
        #[cfg(feature = "missed-call")]
        engines: Vec::new(),
        #[cfg(feature = "missed-call")]
        sweeps: Vec::new(),
        #[cfg(feature = "live-board")]
        boards: Vec::new(),
        most_connections: most_connections(),
        body_time: BODY_TIME,
    }
}

/// A server that is being set up by [`serve`].
#[must_use = "nothing is served before `until` is awaited"]
#[derive(Debug)]
pub struct Serve {
    listener: TcpListener,
    app: Router,
    endpoints: Vec<Drained>,
    #[cfg(feature = "missed-call")]
    engines: Vec<Engine>,
    #[cfg(feature = "missed-call")]
    sweeps: Vec<(Engine, Duration)>,
    #[cfg(feature = "live-board")]
    boards: Vec<Board>,
    most_connections: usize,
    body_time: Duration,
}

/// An endpoint that is drained at the end.
#[derive(Debug)]
enum Drained {
    Webhooks(Endpoint),
    Workflows(WorkflowEndpoint),
}

impl Drained {
    async fn drain(&self) {
        match self {
            Self::Webhooks(endpoint) => endpoint.drain().await,
            Self::Workflows(endpoint) => endpoint.drain().await,
        }
    }

    fn in_flight(&self) -> usize {
        match self {
            Self::Webhooks(endpoint) => endpoint.in_flight(),
            Self::Workflows(endpoint) => endpoint.in_flight(),
        }
    }
}

/// How a service ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShutdownReport {
    /// Requests that were cut off: half sent, not answered, or the answer not read.
    pub requests_cut_off: usize,
    /// Deliveries and workflow requests that were still worked on. None of them was answered 200.
    pub deliveries_unfinished: usize,
    /// Effects that had not been begun and were given back to the store; the next process that opens the store continues them at once.
    pub effects_returned: usize,
    /// Effects that were under way with HighLevel. Whether they were done is found out at the next start.
    pub effects_abandoned: usize,
    /// Engines that did not end in time; what they had under way is not among the other numbers.
    pub engines_unfinished: usize,
}

impl ShutdownReport {
    /// Whether everything that was under way came to its end.
    pub fn is_complete(&self) -> bool {
        let Self {
            requests_cut_off,
            deliveries_unfinished,
            effects_returned: _,
            effects_abandoned,
            engines_unfinished,
        } = self;
        [
            requests_cut_off,
            deliveries_unfinished,
            effects_abandoned,
            engines_unfinished,
        ]
        .iter()
        .all(|count| **count == 0)
    }
}

/// A part of a service that has ended.
enum Part {
    Reception,
    #[cfg(feature = "missed-call")]
    Engine(Stopped),
    #[cfg(feature = "missed-call")]
    Sweeps,
}

impl Serve {
    /// At the end, the endpoint takes nothing more, and what it has under way is waited for. It has to be named here beside
    /// its route: a router does not say what is in it.
    pub fn endpoint(mut self, endpoint: &Endpoint) -> Self {
        self.endpoints.push(Drained::Webhooks(endpoint.clone()));
        self
    }

    /// The same for an endpoint that workflows speak to.
    pub fn workflow_endpoint(mut self, endpoint: &WorkflowEndpoint) -> Self {
        self.endpoints.push(Drained::Workflows(endpoint.clone()));
        self
    }

    /// Runs an engine beside the server, as [`Engine::run`] does.
    #[cfg(feature = "missed-call")]
    pub fn engine(mut self, engine: &Engine) -> Self {
        self.engines.push(engine.clone());
        self
    }

    /// Looks for calls whose webhook was lost, with this pause in between, as [`Engine::run_sweeps`] does.
    #[cfg(feature = "missed-call")]
    pub fn sweeps(mut self, engine: &Engine, pause: Duration) -> Self {
        self.sweeps.push((engine.clone(), pause));
        self
    }

    /// At the end, the pages of the board that listen are let go, which otherwise would keep their connections.
    #[cfg(feature = "live-board")]
    pub fn board(mut self, board: &Board) -> Self {
        self.boards.push(board.clone());
        self
    }

    /// At most this many connections at once, one at least. Unless it is set, half as many as the process may have files open
    /// (`RLIMIT_NOFILE`, which is 1,024 on most machines), and 1,024 at most; 512 where that limit is not known. The other
    /// half is for the store and for connections to HighLevel.
    pub fn max_connections(self, connections: usize) -> Self {
        Self {
            most_connections: connections,
            ..self
        }
    }

    /// How long a whole body may take, 10 seconds otherwise. Set it higher if routes of your own take uploads.
    pub fn body_timeout(self, time: Duration) -> Self {
        Self {
            body_time: time,
            ..self
        }
    }

    /// Serves until the shutdown is requested, then ends within its time limit, in the order that the [module](self) gives.
    /// Server, engines and sweeps each run in a task of their own: one that is blocked blocks no other.
    ///
    /// Dropping the future ends all of it at once, which is as safe as a crash.
    ///
    /// Should an engine panic, the service ends as if that had been requested, and the panic goes on here.
    pub async fn until(self, shutdown: Shutdown) -> ShutdownReport {
        let bound = shutdown.bound();
        let margin = (bound * 3 / 20).min(LONGEST_MARGIN);
        let door = Arc::new(Door::new(self.most_connections, self.body_time));
        let (stop, stopping) = watch::channel(false);
        let mut parts = JoinSet::new();
        let reception = Reception {
            door: Arc::clone(&door),
            app: self.app,
            stopping: stopping.clone(),
        };
        let listener = self.listener;
        parts.spawn(async move {
            reception.run(listener).await;
            Part::Reception
        });
        #[cfg(feature = "missed-call")]
        let mut engines = self.engines.len();
        #[cfg(not(feature = "missed-call"))]
        let engines = 0;
        #[cfg(feature = "missed-call")]
        {
            let grace = bound.saturating_sub(margin * 2);
            for engine in self.engines {
                let stopping = begins(stopping.clone());
                parts.spawn(async move { Part::Engine(engine.run_until(stopping, grace).await) });
            }
            for (engine, pause) in self.sweeps {
                let stopping = begins(stopping.clone());
                parts.spawn(async move {
                    engine.run_sweeps(pause, stopping).await;
                    Part::Sweeps
                });
            }
        }

        let mut report = ShutdownReport::default();
        let mut failed = None;
        let mut take = |ended: Result<Part, JoinError>| match ended {
            #[cfg(feature = "missed-call")]
            Ok(Part::Engine(stopped)) => {
                engines -= 1;
                report.effects_returned += stopped.returned;
                report.effects_abandoned += stopped.abandoned;
            }
            Ok(_) => {}
            Err(error) => failed = Some(error),
        };
        tokio::select! {
            biased;
            () = shutdown.requested => {}
            // None of them ends by itself before, but for a panic.
            Some(ended) = parts.join_next() => take(ended),
        }
        stop.send_replace(true);
        #[cfg(feature = "live-board")]
        self.boards.iter().for_each(Board::close);
        let drained = join_all(self.endpoints.iter().map(Drained::drain));
        let ended = async {
            while let Some(ended) = parts.join_next().await {
                take(ended);
            }
        };
        tokio::select! {
            biased;
            _ = async { tokio::join!(drained, ended) } => {}
            () = SystemClock.sleep(bound.saturating_sub(margin)) => {}
        }
        if let Some(panic) = failed.and_then(|error| error.try_into_panic().ok()) {
            std::panic::resume_unwind(panic);
        }
        report.engines_unfinished = engines;
        report.requests_cut_off = door.with_request();
        report.deliveries_unfinished = self.endpoints.iter().map(Drained::in_flight).sum();
        if report.is_complete() {
            tracing::info!(returned = report.effects_returned, "the service has ended");
        } else {
            tracing::warn!(
                ?report,
                "the service has ended before all that was under way; the next start settles it"
            );
        }
        report
    }
}

fn most_connections() -> usize {
    let Some(files) = most_open_files() else {
        return FEWER_CONNECTIONS;
    };
    usize::try_from(files / 2).map_or(MOST_CONNECTIONS, |half| half.clamp(1, MOST_CONNECTIONS))
}

#[cfg(unix)]
fn most_open_files() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    // No limit is a very high one.
    Some(getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX))
}

#[cfg(not(unix))]
fn most_open_files() -> Option<u64> {
    None
}
