//! The loop that keeps an engine going.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::Worker;
use super::lane_slots::LaneSlots;
use super::quarantine::Quarantine;
use super::receipt_readers::ReceiptReaders;
use super::stop::{Stopped, Stopping, report, report_asked};
use super::work_count::WorkCounter;
use crate::client::Lane;
use crate::recipes::missed_call::engine::observer::StoreOperation;
use crate::recipes::missed_call::store::{Claim, Pauses, Scope, Shares, StoreError};

/// How long a claim holds. Longer than any attempt can take, or two workers would hold one effect.
pub(super) const LEASE: SignedDuration = SignedDuration::from_mins(15);
/// How long after the claim an attempt may begin, so that it ends before the claim does.
pub(super) const BEGIN_WITHIN: SignedDuration = SignedDuration::from_mins(7);
/// How long to wait when nothing is due, and after the store has failed.
const IDLE: Duration = Duration::from_secs(60);
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How often to look while HighLevel is asked what time it is.
const WHILE_ASKING: Duration = Duration::from_secs(1);
/// How many texts that are too old are ended at once in a location in quarantine.
const LATE_AT_ONCE: usize = 16;
/// How soon to look again where something is due that was not claimed: another worker's claim has ended just now, say.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// How many replies are being classified at once.
const AT_ONCE: usize = 32;

impl Worker {
    /// Works until `shutdown` completes, then lets what is under way end within `grace`.
    pub(in super::super) async fn run_until(
        self: &Arc<Self>,
        shutdown: impl Future<Output = ()> + Send,
        grace: Duration,
    ) -> Stopped {
        let mut shutdown = std::pin::pin!(shutdown);
        let stopping = Stopping::new();
        let mut lanes =
            [Lane::Interactive, Lane::Background].map(|lane| LaneSlots::of(lane, &self.base.clock));
        let mut asked = JoinSet::new();
        let (pulse, clock) = (&self.pulse, &self.base.clock);
        pulse.beat(clock.elapsed());
        let mut asked_the_time = JoinSet::new();
        let mut counter = WorkCounter::default();
        let mut readers = ReceiptReaders::default();
        let mut pauses = Pauses::of(self.base.store.polling());
        // Whether this look is for what other processes have added, and nothing is known to be due.
        let mut for_others = false;
        loop {
            self.start_asking(&mut asked);
            self.start_asking_the_time(&mut asked_the_time);
            let started = self.start_what_is_due(&mut lanes, &mut readers, &stopping, for_others);
            let wait = match started.await {
                Ok(wait) => {
                    pulse.beat(clock.elapsed());
                    wait
                }
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the store failed; the engine goes on in a second"
                    );
                    AFTER_FAILURE
                }
            };
            counter.count(&self.base, &lanes);
            let is_busy = lanes.iter().any(|lane| !lane.are_empty());
            let (wait, is_for_others) = pauses.wait(wait, is_busy);
            for_others = false;
            let [texts, others] = &mut lanes;
            // In this order and not by chance: what has ended gives its place free before new effects are looked for,
            // and a run on a virtual clock can be repeated.
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(ended) = texts.next_end() => report(ended),
                Some(ended) = others.next_end() => report(ended),
                Some(ended) = asked.join_next() => report_asked(ended),
                Some(_) = asked_the_time.join_next() => {}
                Some(()) = readers.next_end() => {}
                Some(_) = counter.counting.join_next() => {}
                () = self.base.wake_up.notified() => {}
                () = self.base.clock.sleep(wait) => for_others = is_for_others,
            }
        }
        pulse.end();
        stopping.stop(lanes, asked, grace).await
    }

    /// Asks about replies that wait to be classified.
    fn start_asking(self: &Arc<Self>, asked: &mut JoinSet<()>) {
        for question in self.replies.take(AT_ONCE.saturating_sub(asked.len())) {
            let worker = Arc::clone(self);
            asked.spawn(async move { worker.ask(question).await });
        }
    }

    /// Asks HighLevel what time it is, if that is not sure.
    fn start_asking_the_time(self: &Arc<Self>, asked: &mut JoinSet<()>) {
        if asked.is_empty() && self.base.time.until_asked() == Some(Duration::ZERO) {
            let worker = Arc::clone(self);
            asked.spawn(async move { worker.base.time.ask().await });
        }
    }

    /// Starts what is due and says how long to wait before the next look. A look `for_others` alone begins with the question
    /// whether there is anything.
    async fn start_what_is_due(
        self: &Arc<Self>,
        lanes: &mut [LaneSlots; 2],
        readers: &mut ReceiptReaders,
        stopping: &Stopping,
        for_others: bool,
    ) -> Result<Duration, StoreError> {
        let idle = lanes.iter().all(LaneSlots::are_empty);
        let Some(now) = self.time_to_work(idle).await? else {
            let wait = self.base.time.until_asked().unwrap_or_default();
            return Ok(wait.max(WHILE_ASKING));
        };
        let quarantine = &self.quarantine;
        let scope = self.base.locations.scope();
        if idle && for_others && quarantine.wait(self.base.clock.elapsed()).is_none() {
            let open = open_lanes(lanes, quarantine, &scope);
            let next = self.base.store.next_due_in(&open, &scope).await?;
            let receipt = self.start_reading_receipts(readers, now).await?;
            let wait = wait_for(next.into_iter().chain(receipt).min(), now);
            if wait > Duration::ZERO {
                return Ok(wait.min(IDLE));
            }
        }
        let mut room = Vec::new();
        for lane in lanes.iter_mut() {
            room.extend(lane.make_room());
            loop {
                let limit = lane.to_claim();
                if limit == 0 {
                    break;
                }
                let shares = lane.shares(quarantine).within(scope.clone());
                let claims = self.claim(now, lane.lane(), limit, &shares).await?;
                let are_all = claims.len() < limit;
                self.start_claims(claims, now, lane, stopping);
                if are_all {
                    break;
                }
            }
            room.extend(lane.make_room());
        }
        self.end_what_is_too_late(now, &mut lanes[0], stopping)
            .await?;
        self.wake(now, &scope).await?;
        for (lane, claim) in self.look_after_unserved(now).await? {
            if let Some(lane) = lanes.iter_mut().find(|slots| slots.lane() == lane) {
                self.start_claims(vec![claim], now, lane, stopping);
            }
        }
        // What is due in a full lane, or in a location that has its share, waits until something ends there. The others must
        // not wait for that: a text that becomes due is not behind tags that hang, nor behind another location's.
        let open = open_lanes(lanes, quarantine, &scope);
        let next = self.base.store.next_due_in(&open, &scope).await?;
        let receipt = self.start_reading_receipts(readers, now).await?;
        let wait = wait_for(next.into_iter().chain(receipt).min(), now);
        let is_idle = lanes.iter().all(LaneSlots::are_empty);
        let quarantine = quarantine.wait(self.base.clock.elapsed());
        let wait = match wait {
            Duration::ZERO if !is_idle || quarantine.is_some() => LOOK_AGAIN,
            wait => wait.min(IDLE),
        };
        let sooner = room.into_iter().chain(quarantine);
        Ok(sooner.fold(wait, Duration::min))
    }

    /// Texts of locations in quarantine come to their end when they are too old to be sent, though nothing else is
    /// claimed there.
    async fn end_what_is_too_late(
        self: &Arc<Self>,
        now: Timestamp,
        texts: &mut LaneSlots,
        stopping: &Stopping,
    ) -> Result<(), StoreError> {
        let base = &self.base;
        let elapsed = base.clock.elapsed();
        for location in self.quarantine.to_look_through(elapsed) {
            let Some(site) = base.locations.known(&location) else {
                continue;
            };
            let max_age = site.recipe.call.max_age;
            let then = now.saturating_sub(max_age).unwrap_or(Timestamp::MIN);
            let lease = LEASE.saturating_add(max_age);
            let shares = Shares::only(location, LATE_AT_ONCE);
            let store = &base.store;
            let claims = store.claim(then, Lane::Interactive, LATE_AT_ONCE, lease, &shares);
            self.start_claims(claims.await?, now, texts, stopping);
        }
        Ok(())
    }

    fn start_claims(
        self: &Arc<Self>,
        claims: Vec<Claim>,
        now: Timestamp,
        lane: &mut LaneSlots,
        stopping: &Stopping,
    ) {
        for claim in claims {
            let location = claim.fence.effect.episode.location();
            let performing = Arc::clone(self).perform_or_return(claim, now, stopping.clone());
            lane.start(location, performing);
        }
    }

    /// Claims due effects of a lane.
    pub(super) async fn claim(
        &self,
        now: Timestamp,
        lane: Lane,
        limit: usize,
        shares: &Shares,
    ) -> Result<Vec<Claim>, StoreError> {
        let claims = self.base.store.claim(now, lane, limit, LEASE, shares);
        self.base.timed(StoreOperation::Claim, claims).await
    }

    /// All locations that are served but those in quarantine.
    pub(super) fn all_but_quarantined(&self, lane: Lane) -> Shares {
        let mut shares = Shares::UNLIMITED.within(self.base.locations.scope());
        let now = self.base.clock.elapsed();
        for location in self.quarantine.of(lane, now) {
            shares.leave_out(location);
        }
        shares
    }
}

/// The lanes that have room, and what each location may give there.
fn open_lanes(
    lanes: &[LaneSlots; 2],
    quarantine: &Quarantine,
    scope: &Scope,
) -> Vec<(Lane, Shares)> {
    lanes
        .iter()
        .filter(|lane| lane.to_claim() > 0)
        .map(|lane| (lane.lane(), lane.shares(quarantine).within(scope.clone())))
        .collect()
}

/// How long until something is due.
fn wait_for(next: Option<Timestamp>, now: Timestamp) -> Duration {
    match next {
        Some(next) => Duration::try_from(next.duration_since(now)).unwrap_or_default(),
        None => IDLE,
    }
}
