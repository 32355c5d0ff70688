//! Gates: a test sees that a request has arrived, and holds it. They work only inside one process.

use std::fmt;

use http::Method;
use tokio::sync::{mpsc, oneshot};

use super::faults::Pattern;

/// Where a gate holds a request.
// Exhaustive on purpose: a request is held before its effect or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatePoint {
    /// Before the request has any effect.
    BeforeEffect,
    /// When everything is done and recorded, before the answer goes out.
    BeforeAnswer,
}

/// Holds every request of one kind while it exists. Dropping it releases all requests.
#[derive(Debug)]
pub struct Gate {
    arrivals: mpsc::UnboundedReceiver<HeldRequest>,
}

impl Gate {
    /// Waits for the next request at the gate. `None` when FakeGhl is gone.
    pub async fn arrived(&mut self) -> Option<HeldRequest> {
        self.arrivals.recv().await
    }
}

/// A request that waits at a gate. Dropping it lets the request go on, as [`release`](Self::release) does. A request
/// whose client goes away while it is held does not go on.
pub struct HeldRequest {
    method: Method,
    target: String,
    /// Dropping this end wakes the request; the other end is dropped with the request.
    go: oneshot::Sender<()>,
}

impl HeldRequest {
    /// The request's method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The request's path and query.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Waits until the request is gone because its client has disconnected.
    pub async fn abandoned(mut self) {
        self.go.closed().await;
    }

    /// Lets the request go on.
    pub fn release(self) {}
}

/// Shows the method alone: a query may hold a phone number.
impl fmt::Debug for HeldRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldRequest")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// The server's side of all gates.
#[derive(Default)]
pub(super) struct Gates(Vec<Post>);

struct Post {
    pattern: Pattern,
    point: GatePoint,
    tell: mpsc::UnboundedSender<HeldRequest>,
}

impl Gates {
    pub(super) fn open(&mut self, pattern: Pattern, point: GatePoint) -> Gate {
        let (tell, arrivals) = mpsc::unbounded_channel();
        self.0.retain(|post| !post.tell.is_closed());
        self.0.push(Post {
            pattern,
            point,
            tell,
        });
        Gate { arrivals }
    }

    /// Tells every gate at this point that the request is there. The request goes on when all of these have ended.
    pub(super) fn arrive(
        &self,
        point: GatePoint,
        method: &Method,
        path: &str,
        target: &str,
    ) -> Vec<oneshot::Receiver<()>> {
        self.0
            .iter()
            .filter(|post| post.point == point && post.pattern.matches(method, path))
            .filter_map(|post| {
                let (go, wait) = oneshot::channel();
                let held = HeldRequest {
                    method: method.clone(),
                    target: target.to_owned(),
                    go,
                };
                post.tell.send(held).ok().map(|()| wait)
            })
            .collect()
    }
}
