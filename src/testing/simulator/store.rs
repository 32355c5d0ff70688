//! The store as one worker sees it: slow at times, failing when ordered, and the place where a worker dies before or
//! after a write. What is written is there for the next life.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::plan::CrashPoint;
use super::planted::Planted;
use super::worker::{Life, lock};
use super::world::World;
use crate::client::Lane;
use crate::clock::Clock;
use crate::ids::{CompanyId, LocationId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::compliance::{CallersAround, NewCaller, SendCounts};
use crate::recipes::missed_call::episode::EpisodeId;
use crate::recipes::missed_call::ledger::Entry;
use crate::recipes::missed_call::store::{
    Claim, Commit, Committed, CompanyApp, Halted, LedgerQuery, PersonKey, PutOff, Reference,
    Shares, Store, StoreError, Stored, Subject, Suppression, TextingRecord,
};

pub(super) struct Disk {
    world: Arc<World>,
    life: Arc<Life>,
}

impl Disk {
    pub(super) fn new(world: &Arc<World>, life: &Arc<Life>) -> Self {
        Self {
            world: Arc::clone(world),
            life: Arc::clone(life),
        }
    }

    /// Every access begins here. Somebody else may come in between.
    async fn enter(&self) -> Result<(), StoreError> {
        match fastrand::u8(..16) {
            0 => {
                let moment = Duration::from_millis(fastrand::u64(1..20));
                self.world.time.sleep(moment).await;
            }
            1..=4 => tokio::task::yield_now().await,
            _ => {}
        }
        self.life.goes_on().await;
        if lock(&self.world.troubles).store_fails(self.world.time.elapsed()) {
            return Err(StoreError::new("be there", "it fails on order"));
        }
        Ok(())
    }

    async fn reach(&self, point: CrashPoint) {
        if self.world.workers[self.life.worker].reaches(point) {
            self.life.die().await
        }
    }

    /// What is really written.
    async fn write(&self, commit: Commit) -> Result<Committed, StoreError> {
        let told = commit.clone();
        let kept = match self.world.planted {
            Some(planted) => {
                let worker = &self.world.workers[self.life.worker];
                let time = &self.world.time;
                planted.spoil(commit, time.now(), worker.now(time))
            }
            None => Some(commit),
        };
        let Some(kept) = kept else {
            return Ok(Committed::Done);
        };
        let committed = self.world.tables.commit(kept).await?;
        if committed == Committed::Done {
            self.world
                .watch(|watch, now| watch.committed(&told, now.time));
        }
        Ok(committed)
    }
}

#[async_trait]
impl Store for Disk {
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.enter().await?;
        self.reach(CrashPoint::BeforeWrite).await;
        let committed = self.write(commit).await;
        self.reach(CrashPoint::AfterWrite).await;
        committed
    }

    async fn claim(
        &self,
        now: Timestamp,
        lane: Lane,
        limit: usize,
        lease: SignedDuration,
        shares: &Shares,
    ) -> Result<Vec<Claim>, StoreError> {
        self.enter().await?;
        let claims = self
            .world
            .tables
            .claim(now, lane, limit, lease, shares)
            .await?;
        if !claims.is_empty() {
            self.reach(CrashPoint::AfterWrite).await;
        }
        Ok(claims)
    }

    async fn live_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        self.enter().await?;
        self.world.tables.live_episode(person).await
    }

    async fn latest_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        self.enter().await?;
        self.world.tables.latest_episode(person).await
    }

    async fn episode(&self, id: &EpisodeId) -> Result<Option<Stored>, StoreError> {
        self.enter().await?;
        self.world.tables.episode(id).await
    }

    async fn recipe_source(&self, fingerprint: &str) -> Result<Option<String>, StoreError> {
        self.enter().await?;
        self.world.tables.recipe_source(fingerprint).await
    }

    async fn recipe_sources(&self) -> Result<Vec<String>, StoreError> {
        self.enter().await?;
        self.world.tables.recipe_sources().await
    }

    async fn is_processed(&self, name: &str) -> Result<bool, StoreError> {
        self.enter().await?;
        self.world.tables.is_processed(name).await
    }

    async fn halts(&self, location: &LocationId) -> Result<Vec<Halted>, StoreError> {
        self.enter().await?;
        self.world.tables.halts(location).await
    }

    async fn locations_of(&self, company: &CompanyId) -> Result<Vec<LocationId>, StoreError> {
        self.enter().await?;
        self.world.tables.locations_of(company).await
    }

    async fn live_episodes(&self, location: &LocationId) -> Result<Vec<EpisodeId>, StoreError> {
        self.enter().await?;
        self.world.tables.live_episodes(location).await
    }

    async fn suppressions(
        &self,
        location: &LocationId,
        subjects: &[Subject],
    ) -> Result<Vec<Suppression>, StoreError> {
        self.enter().await?;
        if self.world.planted == Some(Planted::IgnoresStop) {
            return Ok(Vec::new());
        }
        self.world.tables.suppressions(location, subjects).await
    }

    async fn texting_record(
        &self,
        location: &LocationId,
        subjects: &[Subject],
        since: Timestamp,
    ) -> Result<TextingRecord, StoreError> {
        self.enter().await?;
        self.world
            .tables
            .texting_record(location, subjects, since)
            .await
    }

    async fn send_counts(
        &self,
        location: &LocationId,
        since: jiff::civil::Date,
    ) -> Result<BTreeMap<jiff::civil::Date, SendCounts>, StoreError> {
        self.enter().await?;
        self.world.tables.send_counts(location, since).await
    }

    async fn new_callers(
        &self,
        location: &LocationId,
        around: &CallersAround,
    ) -> Result<Vec<NewCaller>, StoreError> {
        self.enter().await?;
        if self.world.planted == Some(Planted::ForgetsNewCallers) {
            return Ok(Vec::new());
        }
        self.world.tables.new_callers(location, around).await
    }

    async fn episode_by_number(
        &self,
        location: &LocationId,
        number: &PhoneNumber,
    ) -> Result<Option<Stored>, StoreError> {
        self.enter().await?;
        self.world.tables.episode_by_number(location, number).await
    }

    async fn episode_by_reference(
        &self,
        location: &LocationId,
        reference: &Reference,
    ) -> Result<Option<Stored>, StoreError> {
        self.enter().await?;
        self.world
            .tables
            .episode_by_reference(location, reference)
            .await
    }

    async fn app_of(&self, company: &CompanyId) -> Result<Option<CompanyApp>, StoreError> {
        self.enter().await?;
        self.world.tables.app_of(company).await
    }

    async fn put_off(&self, time: Timestamp) -> Result<Vec<PutOff>, StoreError> {
        self.enter().await?;
        self.world.tables.put_off(time).await
    }

    async fn episodes_to_wake(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<EpisodeId>, StoreError> {
        self.enter().await?;
        self.world.tables.episodes_to_wake(now, limit).await
    }

    async fn wake_later(&self, id: &EpisodeId, at: Timestamp) -> Result<(), StoreError> {
        self.enter().await?;
        self.world.tables.wake_later(id, at).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.enter().await?;
        self.world.tables.next_due().await
    }

    async fn next_due_in(&self, lanes: &[(Lane, Shares)]) -> Result<Option<Timestamp>, StoreError> {
        self.enter().await?;
        self.world.tables.next_due_in(lanes).await
    }

    async fn ledger(&self, query: &LedgerQuery) -> Result<Vec<Entry>, StoreError> {
        self.enter().await?;
        self.world.tables.ledger(query).await
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk")
            .field("life", &self.life)
            .finish_non_exhaustive()
    }
}
