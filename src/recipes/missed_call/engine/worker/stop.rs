//! The end of a run: what has not been begun is given back, and what is under way with HighLevel gets a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Worker;
use super::lane_slots::LaneSlots;
use crate::clock::{Clock as _, SystemClock};
use crate::recipes::missed_call::engine::update::StoreFailures;
use crate::recipes::missed_call::store::{Claim, Commit, CommitOutcome, EffectChange};

/// How long [`Engine::run`](crate::recipes::missed_call::Engine::run) lets what is under way come to its end.
pub(in super::super) const GRACE: Duration = Duration::from_secs(10);

/// What happened to the effects that [`Engine::run_until`](crate::recipes::missed_call::Engine::run_until) had claimed when it was asked to end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stopped {
    /// How many were under way with HighLevel and came to their end, or to that of their attempt.
    pub finished: usize,
    /// How many had not been begun. They are free again: the next engine on the store claims them at once.
    pub returned: usize,
    /// How many were under way when the time was over, or could not be given back because the store failed. Their claims
    /// hold until the store is opened again, 15 minutes at most; whether they were done is found out then.
    pub abandoned: usize,
}

/// Whether the work of one run is asked to stop. Clones are one.
#[derive(Clone)]
pub(super) struct Stopping(Arc<State>);

struct State {
    asked: watch::Sender<bool>,
    returned: AtomicUsize,
}

/// How far one performance of an effect has come.
#[derive(Default)]
pub(super) struct Begun {
    is_begun: AtomicBool,
    is_attempted: AtomicBool,
}

impl Begun {
    /// From here on it is carried through when the run is to stop: it is asked of HighLevel, or its end is written.
    pub(super) fn set(&self) {
        self.is_begun.store(true, Ordering::Relaxed);
    }

    /// HighLevel is asked to do it.
    pub(super) fn set_attempted(&self) {
        self.is_attempted.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_attempted(&self) -> bool {
        self.is_attempted.load(Ordering::Relaxed)
    }
}

impl Stopping {
    pub(super) fn new() -> Self {
        Self(Arc::new(State {
            asked: watch::Sender::new(false),
            returned: AtomicUsize::new(0),
        }))
    }

    /// Completes if the effect is to be dropped; never if it is begun by then.
    async fn drops(&self, begun: &Begun) {
        let _ = self.0.asked.subscribe().wait_for(|asked| *asked).await;
        if begun.is_begun.load(Ordering::Relaxed) {
            std::future::pending().await
        }
    }

    /// Lets what is under way come to its end within `grace`, and drops the rest.
    pub(super) async fn stop(
        self,
        mut lanes: [LaneSlots; 2],
        mut asked: JoinSet<()>,
        grace: Duration,
    ) -> Stopped {
        let claimed: usize = lanes.iter().map(LaneSlots::under_way).sum();
        self.0.asked.send_replace(true);
        let ending = async {
            for lane in &mut lanes {
                while let Some(ended) = lane.next_end().await {
                    report(ended);
                }
            }
            while let Some(ended) = asked.join_next().await {
                report_asked(ended);
            }
        };
        // A process ends by the machine's clock, whatever the engine's says.
        tokio::select! {
            biased;
            () = ending => {}
            () = SystemClock.sleep(grace) => {}
        }
        let abandoned = lanes.iter().map(LaneSlots::under_way).sum();
        let returned = self.0.returned.load(Ordering::Relaxed);
        let stopped = Stopped {
            finished: claimed.saturating_sub(abandoned + returned),
            returned,
            abandoned,
        };
        if abandoned > 0 {
            tracing::warn!(
                abandoned,
                "effects were under way when the engine had to end; they are settled at the next start"
            );
        }
        stopped
    }
}

impl Worker {
    /// Performs a claimed effect, or gives it back if the run is asked to stop before it is begun.
    pub(super) async fn perform_or_return(
        self: Arc<Self>,
        claim: Claim,
        claimed_at: Timestamp,
        stopping: Stopping,
    ) {
        let begun = Begun::default();
        tokio::select! {
            biased;
            () = self.perform(claim.clone(), claimed_at, &begun) => {}
            () = stopping.drops(&begun) => if self.give_back_now(claim).await {
                stopping.0.returned.fetch_add(1, Ordering::Relaxed);
            },
        }
    }

    /// The next engine on the store need not wait for the end of the claim.
    async fn give_back_now(&self, claim: Claim) -> bool {
        let Claim { fence, progress } = claim;
        let effect = fence.effect.clone();
        let commit = Commit {
            effects: vec![EffectChange::Release {
                fence,
                progress,
                due: self.base.now(),
            }],
            ..Commit::default()
        };
        match self.base.commit(StoreFailures::Return, commit).await {
            Ok(CommitOutcome::Done) => true,
            // It has ended in this very moment, or another worker has it.
            Ok(_) => false,
            Err(error) => {
                tracing::warn!(%effect, error = &error as &dyn std::error::Error, "the effect could not be given back; it is free when the store is opened again");
                false
            }
        }
    }
}

pub(super) fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "an effect's task failed; it is settled when its claim ends");
    }
}

pub(super) fn report_asked(ended: Result<(), tokio::task::JoinError>) {
    if ended.is_err() {
        // What a panic says may be the caller's words.
        tracing::error!("the agent that reads replies panicked; a reply is what the rules say");
    }
}
