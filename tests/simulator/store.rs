//! The store of one worker: it is slow at times, it fails when a fault is active, and the worker may crash before or after
//! a write. Written rows are there for the worker's next life.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gohighlevel::client::Lane;
use gohighlevel::clock::Clock as _;
use gohighlevel::ids::{CompanyId, LocationId, MessageId};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::compliance::{CallersAround, NewCaller, SendCounts};
use gohighlevel::recipes::missed_call::episode::EpisodeId;
use gohighlevel::recipes::missed_call::store::{
    AwaitedReceipt, Claim, Commit, CommitOutcome, CompanyApp, ContactHistory, EarlyReport, Halted,
    LedgerQuery, LedgerRow, PersonKey, PruneBatch, Pruned, PutOff, Reference, Scope, Shares, Store,
    StoreError, Stored, Subject, Suppression,
};
use jiff::{SignedDuration, Timestamp};

use super::mutants::Mutant;
use super::plan::CrashPoint;
use super::worker::{Life, lock};
use super::world::World;

pub(super) struct WorkerStore {
    world: Arc<World>,
    life: Arc<Life>,
}

impl WorkerStore {
    pub(super) fn new(world: &Arc<World>, life: &Arc<Life>) -> Self {
        Self {
            world: Arc::clone(world),
            life: Arc::clone(life),
        }
    }

    /// Every access starts here. Other tasks may run in between.
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
        if lock(&self.world.faults).store_fails(self.world.time.elapsed()) {
            return Err(StoreError::new("answer", "injected fault"));
        }
        Ok(())
    }

    async fn reach(&self, point: CrashPoint) {
        let worker = &self.world.workers[self.life.worker];
        worker.pass(&self.life, point, &self.world.time).await;
    }

    /// Writes the commit, as the mutant leaves it.
    async fn write(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        let original = commit.clone();
        let kept = match self.world.mutant {
            Some(mutant) => {
                let worker = &self.world.workers[self.life.worker];
                let time = &self.world.time;
                mutant.change_commit(commit, time.now(), worker.now(time))
            }
            None => Some(commit),
        };
        let Some(kept) = kept else {
            return Ok(CommitOutcome::Done);
        };
        let committed = self.world.tables.commit(kept).await?;
        if committed == CommitOutcome::Done {
            self.world
                .oracle(|oracle, now| oracle.committed(&original, now.time));
        }
        Ok(committed)
    }
}

#[async_trait]
impl Store for WorkerStore {
    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
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

    async fn open_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        self.enter().await?;
        self.world.tables.open_episode(person).await
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

    async fn keep_early(&self, report: &EarlyReport) -> Result<(), StoreError> {
        self.enter().await?;
        self.world.tables.keep_early(report).await
    }

    async fn early_reports(
        &self,
        location: &LocationId,
        subject: &Subject,
    ) -> Result<Vec<EarlyReport>, StoreError> {
        self.enter().await?;
        self.world.tables.early_reports(location, subject).await
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

    async fn open_episodes(&self, location: &LocationId) -> Result<Vec<EpisodeId>, StoreError> {
        self.enter().await?;
        self.world.tables.open_episodes(location).await
    }

    async fn suppressions(
        &self,
        location: &LocationId,
        subjects: &[Subject],
    ) -> Result<Vec<Suppression>, StoreError> {
        self.enter().await?;
        if self.world.mutant == Some(Mutant::IgnoresStop) {
            return Ok(Vec::new());
        }
        self.world.tables.suppressions(location, subjects).await
    }

    async fn texting_record(
        &self,
        location: &LocationId,
        subjects: &[Subject],
        since: Timestamp,
    ) -> Result<ContactHistory, StoreError> {
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
        if self.world.mutant == Some(Mutant::ForgetsNewCallers) {
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
        scope: &Scope,
    ) -> Result<Vec<EpisodeId>, StoreError> {
        self.enter().await?;
        self.world.tables.episodes_to_wake(now, limit, scope).await
    }

    async fn reschedule_wakeup(&self, id: &EpisodeId, at: Timestamp) -> Result<(), StoreError> {
        self.enter().await?;
        self.world.tables.reschedule_wakeup(id, at).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.enter().await?;
        self.world.tables.next_due().await
    }

    async fn next_due_in(
        &self,
        lanes: &[(Lane, Shares)],
        scope: &Scope,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.enter().await?;
        self.world.tables.next_due_in(lanes, scope).await
    }

    async fn awaited_receipt(
        &self,
        location: &LocationId,
        message: &MessageId,
    ) -> Result<Option<AwaitedReceipt>, StoreError> {
        self.enter().await?;
        self.world.tables.awaited_receipt(location, message).await
    }

    async fn claim_receipts(
        &self,
        now: Timestamp,
        again: Timestamp,
        limit: usize,
        shares: &Shares,
    ) -> Result<Vec<AwaitedReceipt>, StoreError> {
        self.enter().await?;
        self.world
            .tables
            .claim_receipts(now, again, limit, shares)
            .await
    }

    async fn next_receipt(&self, shares: &Shares) -> Result<Option<Timestamp>, StoreError> {
        self.enter().await?;
        self.world.tables.next_receipt(shares).await
    }

    async fn ledger_rows(&self, query: &LedgerQuery) -> Result<Vec<LedgerRow>, StoreError> {
        self.enter().await?;
        self.world.tables.ledger_rows(query).await
    }

    async fn prune(&self, batch: &PruneBatch) -> Result<Pruned, StoreError> {
        self.enter().await?;
        self.world.tables.prune(batch).await
    }
}

impl fmt::Debug for WorkerStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerStore")
            .field("life", &self.life)
            .finish_non_exhaustive()
    }
}
