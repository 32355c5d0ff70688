//! How many requests an endpoint works on at once: a bound, and an end to wait for on shutdown.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts the requests in flight, up to a bound, until it is drained. Clones are one count.
#[derive(Clone)]
pub(crate) struct InFlight(Arc<State>);

struct State {
    max: usize,
    count: watch::Sender<usize>,
    draining: watch::Sender<bool>,
}

/// One request in flight, until it is dropped.
pub(crate) struct Permit(Arc<State>);

impl InFlight {
    /// With at most `max` at once.
    pub(crate) fn new(max: usize) -> Self {
        Self(Arc::new(State {
            max,
            count: watch::Sender::new(0),
            draining: watch::Sender::new(false),
        }))
    }

    /// How many are in flight.
    pub(crate) fn count(&self) -> usize {
        *self.0.count.borrow()
    }

    /// How many may be.
    pub(crate) fn max(&self) -> usize {
        self.0.max
    }

    /// Counts one more, if there is room.
    pub(crate) fn enter(&self) -> Option<Permit> {
        let entered = self.0.count.send_if_modified(|count| {
            // Asked in here, so that nothing enters between the start of a drain and its look at the count.
            let free = *count < self.0.max && !*self.0.draining.borrow();
            *count += usize::from(free);
            free
        });
        entered.then(|| Permit(Arc::clone(&self.0)))
    }

    /// Lets nothing in any more, and returns when nothing is in flight.
    pub(crate) async fn drain(&self) {
        self.0.draining.send_replace(true);
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.count.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Returns once nothing is let in any more.
    #[cfg(feature = "axum")]
    pub(crate) async fn draining(&self) {
        let _ = self
            .0
            .draining
            .subscribe()
            .wait_for(|draining| *draining)
            .await;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.count.send_modify(|count| *count -= 1);
    }
}
