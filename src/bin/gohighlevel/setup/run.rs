//! One run: the client, a bar on a terminal, and an end by Ctrl-C that leaves nothing half done.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gohighlevel::ids::LocationId;
use gohighlevel::setup::{Change, Progress, Setup};
use indicatif::ProgressBar;

use crate::credentials;
use crate::exit::Exit;
use crate::terminal;

pub(super) struct Run {
    pub(super) setup: Setup,
    bar: ProgressBar,
    stopped: Arc<AtomicBool>,
}

impl Run {
    /// Fails with what is wrong with the credentials.
    pub(super) fn new(credentials: &credentials::Options) -> Result<Self, String> {
        let bar = terminal::bar(0);
        let setup = Setup::new(credentials.client()?).progress(Bar(bar.clone()));
        Ok(Self {
            setup,
            bar,
            stopped: Arc::default(),
        })
    }

    /// Does some of the set-up's work, and shows how far it is. Ctrl-C ends it after the writes under way, and a second one at
    /// once: what the journal knows is looked for by the next run.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let (setup, stopped) = (self.setup.clone(), Arc::clone(&self.stopped));
        let bar = self.bar.clone();
        let stops = tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_err() {
                return;
            }
            stopped.store(true, Ordering::Relaxed);
            setup.stop();
            bar.suspend(|| {
                terminal::note("Ending after what is under way; Ctrl-C ends it at once.")
            });
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(Exit::Partly.code().into());
            }
        });
        let result = work.await;
        stops.abort();
        self.bar.finish_and_clear();
        result
    }

    /// Whether Ctrl-C has ended it.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// Counts the locations that are done.
struct Bar(ProgressBar);

impl Progress for Bar {
    fn begins(&self, locations: usize) {
        // The length first: a bar of nothing is full.
        self.0.set_length(locations as u64);
        self.0.reset();
    }

    fn ends(&self, _: &LocationId, _: bool) {
        self.0.inc(1);
    }

    fn changed(&self, _: &LocationId, _: &Change) {
        self.0.tick();
    }
}
