//! The loop that keeps an engine going, and the single pass of it for tests and for hosts with a loop of their own.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::lane_slots::LaneSlots;
use super::stop::{Begun, GRACE, Stopped, Stopping};
use crate::client::Lane;
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::engine::{Engine, Loaded, add_to};
use crate::recipes::missed_call::store::{Claim, Commit, Shares, StoreError};

/// How many episodes are woken before looking for effects again: texts wait for that.
const WAKE_AT_ONCE: usize = 64;
/// How long a claim holds. Longer than any attempt can take, or two workers would hold one effect.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_mins(15);
/// How long after the claim an attempt may begin, so that it ends before the claim does.
pub(crate) const BEGIN_WITHIN: SignedDuration = SignedDuration::from_mins(7);
/// How long to wait when nothing is due, and after the store has failed.
const IDLE: Duration = Duration::from_secs(60);
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How long an episode that cannot be woken is put off.
const NOT_WOKEN: SignedDuration = SignedDuration::from_mins(10);
/// How often to look while HighLevel is asked what time it is.
const WHILE_ASKING: Duration = Duration::from_secs(1);
/// How many texts that are too old are ended at once in a location that is passed over.
const LATE_AT_ONCE: usize = 16;
/// How soon to look again where something is due that was not claimed: somebody else's claim has ended just now, say.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// How many replies are being read at once, and how many effects of a lane a step performs.
const AT_ONCE: usize = 32;
/// How many of these a step claims at a time.
const IN_A_STEP: usize = 4;

impl Engine {
    /// Performs effects, has replies read and wakes episodes until `shutdown` completes, then ends within 10 seconds, as
    /// [`run_until`](Self::run_until) does.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
        self.run_until(shutdown, GRACE).await;
    }

    /// Performs effects, has replies read and wakes episodes until `shutdown` completes. From then on nothing is begun:
    /// effects that wait for the rate limit, or for what is read before an attempt, are given back to the store. Those that
    /// are under way with HighLevel have `grace` to come to their end, and are dropped then.
    ///
    /// Dropping the future is as safe as a crash: what was under way is settled on the next start.
    ///
    /// A host with a server of its own asks for the end in this order: no new connections,
    /// [`Endpoint::drain`](crate::webhooks::Endpoint::drain), `shutdown`; each under a time limit, because strangers decide
    /// how long a request takes. `gohighlevel::serve` (feature `axum`) does that.
    pub async fn run_until(
        &self,
        shutdown: impl Future<Output = ()> + Send,
        grace: Duration,
    ) -> Stopped {
        let mut shutdown = std::pin::pin!(shutdown);
        let stopping = Stopping::new();
        let mut lanes = [Lane::Interactive, Lane::Background]
            .map(|lane| LaneSlots::of(lane, &self.shared.clock));
        let mut asked = JoinSet::new();
        let (pulse, clock) = (&self.shared.pulse, &self.shared.clock);
        pulse.beat(clock.elapsed());
        let mut asked_the_time = JoinSet::new();
        loop {
            self.start_asking(&mut asked);
            self.start_asking_the_time(&mut asked_the_time);
            let wait = match self.start_what_is_due(&mut lanes, &stopping).await {
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
                () = self.shared.planned.notified() => {}
                () = self.shared.clock.sleep(wait) => {}
            }
        }
        pulse.end();
        stopping.stop(lanes, asked, grace).await
    }

    /// Asks about replies that wait to be read.
    fn start_asking(&self, asked: &mut JoinSet<()>) {
        for question in self.questions(AT_ONCE.saturating_sub(asked.len())) {
            let engine = self.clone();
            asked.spawn(async move { engine.ask(question).await });
        }
    }

    /// Asks HighLevel what time it is, if that is not sure.
    fn start_asking_the_time(&self, asked: &mut JoinSet<()>) {
        if asked.is_empty() && self.shared.time.until_asked() == Some(Duration::ZERO) {
            let engine = self.clone();
            asked.spawn(async move { engine.shared.time.ask().await });
        }
    }

    /// Starts what is due and says how long to wait before the next look.
    async fn start_what_is_due(
        &self,
        lanes: &mut [LaneSlots; 2],
        stopping: &Stopping,
    ) -> Result<Duration, StoreError> {
        let idle = lanes.iter().all(LaneSlots::are_empty);
        let Some(now) = self.time_to_work(idle).await? else {
            let wait = self.shared.time.until_asked().unwrap_or_default();
            return Ok(wait.max(WHILE_ASKING));
        };
        let quarantine = &self.shared.quarantine;
        let mut room = Vec::new();
        for lane in lanes.iter_mut() {
            room.extend(lane.make_room());
            loop {
                let limit = lane.to_claim();
                if limit == 0 {
                    break;
                }
                let shares = lane.shares(quarantine);
                let claims = self.claim(now, lane.lane(), limit, &shares).await?;
                let are_all = claims.len() < limit;
                for claim in claims {
                    let location = claim.fence.effect.episode.location();
                    let performing = self.clone().perform_or_return(claim, now, stopping.clone());
                    lane.start(location, performing);
                }
                if are_all {
                    break;
                }
            }
            room.extend(lane.make_room());
        }
        self.end_what_is_too_late(now, &mut lanes[0], stopping)
            .await?;
        self.wake(now).await?;
        // What is due in a full lane, or in a location that has its share, waits until something ends there. The others must
        // not wait for that: a text that becomes due is not behind tags that hang, nor behind another location's.
        let open: Vec<(Lane, Shares)> = lanes
            .iter()
            .filter(|lane| lane.to_claim() > 0)
            .map(|lane| (lane.lane(), lane.shares(quarantine)))
            .collect();
        let next = self.shared.store.next_due_in(&open).await?;
        let wait = match next {
            Some(next) => Duration::try_from(next.duration_since(now)).unwrap_or_default(),
            None => IDLE,
        };
        let is_idle = lanes.iter().all(LaneSlots::are_empty);
        let quarantine = quarantine.wait(self.shared.clock.elapsed());
        let wait = match wait {
            Duration::ZERO if !is_idle || quarantine.is_some() => LOOK_AGAIN,
            wait => wait.min(IDLE),
        };
        let sooner = room.into_iter().chain(quarantine);
        Ok(sooner.fold(wait, Duration::min))
    }

    /// Texts of locations that are passed over come to their end when they are too old to be sent, though nothing else is
    /// claimed there.
    async fn end_what_is_too_late(
        &self,
        now: Timestamp,
        texts: &mut LaneSlots,
        stopping: &Stopping,
    ) -> Result<(), StoreError> {
        let shared = &self.shared;
        for location in shared.quarantine.to_look_through(shared.clock.elapsed()) {
            let Some(site) = shared.sites.get(&location) else {
                continue;
            };
            let max_age = site.recipe.call.max_age;
            let then = now.saturating_sub(max_age).unwrap_or(Timestamp::MIN);
            let lease = LEASE.saturating_add(max_age);
            let shares = Shares::only(location, LATE_AT_ONCE);
            let store = &shared.store;
            let claims = store.claim(then, Lane::Interactive, LATE_AT_ONCE, lease, &shares);
            for claim in claims.await? {
                let location = claim.fence.effect.episode.location();
                let performing = self.clone().perform_or_return(claim, now, stopping.clone());
                texts.start(location, performing);
            }
        }
        Ok(())
    }

    /// Has replies read, performs what is due now, one after the other, and wakes the episodes whose time has come.
    /// Returns how many replies, effects and episodes that were.
    ///
    /// For tests on a clock set by hand, and for hosts that have a loop of their own.
    pub async fn step(&self) -> Result<usize, StoreError> {
        let mut done = 0;
        for question in self.questions(AT_ONCE) {
            self.ask(question).await;
            done += 1;
        }
        if self.shared.time.until_asked() == Some(Duration::ZERO)
            && self.shared.store.next_due().await?.is_some()
        {
            self.shared.time.ask().await;
        }
        let Some(now) = self.time_to_work(true).await? else {
            return Ok(done);
        };
        // What fails there keeps no effect from being performed.
        let woken = self.wake(now).await;
        for lane in [Lane::Interactive, Lane::Background] {
            for _ in 0..AT_ONCE / IN_A_STEP {
                // What is passed over may have become more.
                let shares = self.all_but_passed_over(lane);
                let claims = self.claim(now, lane, IN_A_STEP, &shares).await?;
                if claims.is_empty() {
                    break;
                }
                for claim in claims {
                    self.perform(claim, now, &Begun::default()).await;
                    done += 1;
                }
            }
        }
        Ok(done + woken?)
    }

    /// When [`step`](Self::step) has something to do next.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let now = self.shared.clock.now();
        if self.has_questions() {
            return Ok(Some(now));
        }
        let lanes = [Lane::Interactive, Lane::Background];
        let lanes = lanes.map(|lane| (lane, self.all_but_passed_over(lane)));
        let due = self.shared.store.next_due_in(&lanes).await?;
        let quarantine = self.shared.quarantine.wait(self.shared.clock.elapsed());
        let quarantine = quarantine.and_then(|wait| now.checked_add(wait).ok());
        let due = due.into_iter().chain(quarantine).min();
        // Before HighLevel has told what time it is, nothing is done.
        let asked = self.shared.time.until_asked();
        let asked = asked.and_then(|wait| now.checked_add(wait).ok());
        Ok(due.map(|due| asked.map_or(due, |asked| asked.min(due.max(asked)))))
    }

    async fn claim(
        &self,
        now: Timestamp,
        lane: Lane,
        limit: usize,
        shares: &Shares,
    ) -> Result<Vec<Claim>, StoreError> {
        let store = &self.shared.store;
        store.claim(now, lane, limit, LEASE, shares).await
    }

    fn all_but_passed_over(&self, lane: Lane) -> Shares {
        let mut shares = Shares::UNLIMITED;
        let now = self.shared.clock.elapsed();
        for location in self.shared.quarantine.of(lane, now) {
            shares.leave_out(location);
        }
        shares
    }

    /// Returns how many were woken. One that cannot be read is put off, so that it stands in nobody's way.
    async fn wake(&self, now: Timestamp) -> Result<usize, StoreError> {
        let store = &self.shared.store;
        let due = store.episodes_to_wake(now, WAKE_AT_ONCE).await?;
        let woken = due.len();
        for id in due {
            if let Err(error) = self.wake_one(&id, now).await {
                tracing::error!(episode = %id, error = &error as &dyn std::error::Error, "an episode cannot be woken; it is tried again in ten minutes");
                let later = now.saturating_add(NOT_WOKEN).unwrap_or(Timestamp::MAX);
                store.reschedule_wakeup(&id, later).await?;
            }
        }
        Ok(woken)
    }

    async fn wake_one(&self, id: &EpisodeId, now: Timestamp) -> Result<(), StoreError> {
        let Some(Loaded {
            mut episode,
            revision,
        }) = self.episode(id).await?
        else {
            return Ok(());
        };
        let outputs = episode.handle(&Input::Wake, now);
        let mut commit = Commit::default();
        add_to(&mut commit, &episode, Some(revision), outputs, now);
        // On a conflict somebody has told the episode something; it is woken again if it still asks for it.
        self.shared.store.commit(commit).await.map(drop)
    }
}

pub(crate) fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "an effect's task failed; it is settled when its claim ends");
    }
}

pub(crate) fn report_asked(ended: Result<(), tokio::task::JoinError>) {
    if ended.is_err() {
        // What a panic says may be the caller's words.
        tracing::error!("the agent that reads replies panicked; a reply is what the rules say");
    }
}
