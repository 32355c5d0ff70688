//! What an endpoint has under way: how much at most, and an end to wait for on shutdown.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts what is under way, until it is drained. Clones are one count.
#[derive(Clone)]
pub(crate) struct UnderWay(Arc<State>);

struct State {
    count: watch::Sender<usize>,
    draining: watch::Sender<bool>,
}

/// One of those that are under way, until it is dropped.
pub(crate) struct Place(Arc<State>);

impl UnderWay {
    pub(crate) fn new() -> Self {
        Self(Arc::new(State {
            count: watch::Sender::new(0),
            draining: watch::Sender::new(false),
        }))
    }

    /// How many are under way.
    pub(crate) fn count(&self) -> usize {
        *self.0.count.borrow()
    }

    /// A place among at most so many, if there is one.
    pub(crate) fn enter(&self, most: usize) -> Option<Place> {
        let entered = self.0.count.send_if_modified(|count| {
            // Asked in here, so that nothing slips in while somebody begins to wait for the last one.
            let free = *count < most && !*self.0.draining.borrow();
            *count += usize::from(free);
            free
        });
        entered.then(|| Place(Arc::clone(&self.0)))
    }

    /// Lets nobody in any more, and returns when nothing is under way.
    pub(crate) async fn drain(&self) {
        self.0.draining.send_replace(true);
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.count.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Returns once nobody is let in any more.
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

impl Drop for Place {
    fn drop(&mut self) {
        self.0.count.send_modify(|count| *count -= 1);
    }
}
