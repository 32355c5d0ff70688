//! What follows from every commit: a line in the log for each end, a word to those who watch, and what observers see.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tokio::sync::{oneshot, watch};

use super::news::News;
use super::observer::{EngineObserver, ObservedEntry, StoreAnswer, WorkCount};
use crate::recipes::missed_call::core::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::core::model::EpisodeId;

/// How many events may wait for the observers.
const MOST_WAITING: usize = 65_536;

/// Tells of commits.
pub(super) struct Feed {
    /// Changes with every commit.
    written: watch::Sender<()>,
    /// `None` if nobody observes.
    observers: Option<Queue>,
}

struct Queue {
    events: SyncSender<Event>,
    is_full: AtomicBool,
}

enum Event {
    Recorded(Box<ObservedEntry>),
    Erased(EpisodeId),
    StoreAnswered(StoreAnswer),
    WorkCounted(WorkCount),
    /// All that came before it was seen.
    Seen(oneshot::Sender<()>),
}

impl Feed {
    pub(super) fn new(observers: Vec<Arc<dyn EngineObserver>>) -> Self {
        Self {
            written: watch::Sender::new(()),
            observers: if observers.is_empty() {
                None
            } else {
                start(observers)
            },
        }
    }

    /// Changes when this engine has committed.
    pub(super) fn written(&self) -> watch::Receiver<()> {
        self.written.subscribe()
    }

    pub(super) fn is_observed(&self) -> bool {
        self.observers.is_some()
    }

    /// This was committed.
    pub(super) fn tell(&self, news: News) {
        self.written.send_replace(());
        for seen in news.entries {
            log(&seen.entry);
            self.show(|| Event::Recorded(Box::new(seen)));
        }
        for episode in news.erased {
            self.show(|| Event::Erased(episode));
        }
    }

    pub(super) fn store_answered(&self, answer: StoreAnswer) {
        self.show(|| Event::StoreAnswered(answer));
    }

    pub(super) fn work_counted(&self, work: WorkCount) {
        self.show(|| Event::WorkCounted(work));
    }

    /// Returns when the observers have seen what came before.
    pub(super) async fn is_seen(&self) {
        let (sender, seen) = oneshot::channel();
        self.show(|| Event::Seen(sender));
        // An error says that it was dropped: nobody observes, or too much waits.
        let _ = seen.await;
    }

    fn show(&self, event: impl FnOnce() -> Event) {
        let Some(queue) = &self.observers else {
            return;
        };
        let is_full = queue.events.try_send(event()).is_err();
        if is_full && !queue.is_full.swap(true, Ordering::Relaxed) {
            tracing::error!(
                "an engine observer is too slow: {MOST_WAITING} events wait for it, and further ones are dropped"
            );
        }
        if !is_full {
            queue.is_full.store(false, Ordering::Relaxed);
        }
    }
}

/// Starts the thread of the observers. It ends when the engine is dropped and everything is seen.
fn start(observers: Vec<Arc<dyn EngineObserver>>) -> Option<Queue> {
    let (events, waiting) = sync_channel(MOST_WAITING);
    let thread = std::thread::Builder::new().name("gohighlevel-observers".into());
    match thread.spawn(move || call(&observers, &waiting)) {
        Ok(_) => Some(Queue {
            events,
            is_full: AtomicBool::new(false),
        }),
        Err(error) => {
            tracing::error!(%error, "the thread of the engine observers cannot be started; they see nothing");
            None
        }
    }
}

fn call(observers: &[Arc<dyn EngineObserver>], waiting: &Receiver<Event>) {
    for event in waiting {
        if let Event::Seen(sender) = event {
            // The caller may have gone.
            let _ = sender.send(());
            continue;
        }
        for observer in observers {
            let shown = catch_unwind(AssertUnwindSafe(|| match &event {
                Event::Recorded(entry) => observer.recorded(entry),
                Event::Erased(episode) => observer.erased(episode),
                Event::StoreAnswered(answer) => observer.store_answered(answer),
                Event::WorkCounted(work) => observer.work_counted(work),
                Event::Seen(_) => {}
            }));
            if shown.is_err() {
                // What a panic says may be the caller's words.
                tracing::error!("an engine observer panicked; it sees the next event again");
            }
        }
    }
}

/// One line for each end, without anything of the person.
fn log(entry: &Entry) {
    let location = &entry.location;
    let Some(episode) = &entry.episode else {
        return;
    };
    match &entry.kind {
        EntryKind::Done {
            step,
            seconds_after_call,
            found,
            ..
        } => {
            tracing::info!(%location, %episode, %step, seconds_after_call, found, "the step is done");
        }
        EntryKind::Would { effect, .. } => {
            tracing::info!(%location, %episode, step = %effect.step, "dry run: the step would be done");
        }
        EntryKind::NotDone { step, reason } => {
            tracing::info!(%location, %episode, %step, reason = reason.code(), "the step is not done");
        }
        EntryKind::Ended { reason } => {
            tracing::info!(%location, %episode, reason = reason.code(), "the episode has ended early");
        }
        EntryKind::Closed { missed_calls } => {
            tracing::info!(%location, %episode, missed_calls, "the episode is closed");
        }
        _ => {}
    }
}
