//! The process dies before and after every single write, and starts again: one text, one task, nothing lost.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use gohighlevel::client::Lane;
use gohighlevel::clock::Clock;
use gohighlevel::ids::{CompanyId, LocationId};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::compliance::{CallersAround, NewCaller, SendCounts};
use gohighlevel::recipes::missed_call::episode::EpisodeId;
use gohighlevel::recipes::missed_call::store::{
    Claim, Commit, CommitOutcome, CompanyApp, ContactHistory, EarlyReport, Halted, LedgerQuery,
    LedgerRow, PersonKey, PruneBatch, Pruned, Reference, Scope, Shares, SqliteStore, Store,
    StoreError, Stored, Subject, Suppression,
};
use gohighlevel::testing::{Call, Fault};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::missed_call::harness::world::{LOCATION, World, business, caller, soleil};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    BeforeTheWrite,
    AfterTheWrite,
}

/// A store under which the power fails at the write with the number `at`: nothing returns any more, and the file is
/// let go of.
#[derive(Debug)]
struct FailingPower {
    inner: Mutex<Option<Arc<SqliteStore>>>,
    at: u32,
    side: Side,
    writes: AtomicU32,
    failed: Notify,
}

impl FailingPower {
    async fn inner(&self) -> Arc<SqliteStore> {
        let inner = self.inner.lock().unwrap().clone();
        match inner {
            Some(inner) => inner,
            None => std::future::pending().await,
        }
    }

    /// The store for a write, and whether the power fails after it.
    async fn inner_for_write(&self) -> (Arc<SqliteStore>, bool) {
        let inner = self.inner().await;
        let number = self.writes.fetch_add(1, Ordering::SeqCst);
        if number == self.at && self.side == Side::BeforeTheWrite {
            drop(inner);
            self.fail().await;
        }
        (self.inner().await, number == self.at)
    }

    async fn fail(&self) {
        drop(self.inner.lock().unwrap().take());
        self.failed.notify_one();
        std::future::pending().await
    }
}

#[async_trait]
impl Store for FailingPower {
    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        let (inner, fails) = self.inner_for_write().await;
        let result = inner.commit(commit).await;
        drop(inner);
        if fails {
            self.fail().await;
        }
        result
    }

    async fn claim(
        &self,
        now: Timestamp,
        lane: Lane,
        limit: usize,
        lease: SignedDuration,
        shares: &Shares,
    ) -> Result<Vec<Claim>, StoreError> {
        let (inner, fails) = self.inner_for_write().await;
        let result = inner.claim(now, lane, limit, lease, shares).await;
        drop(inner);
        if fails {
            self.fail().await;
        }
        result
    }

    async fn open_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        self.inner().await.open_episode(person).await
    }

    async fn latest_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        self.inner().await.latest_episode(person).await
    }

    async fn episode(&self, id: &EpisodeId) -> Result<Option<Stored>, StoreError> {
        self.inner().await.episode(id).await
    }

    async fn recipe_source(&self, fingerprint: &str) -> Result<Option<String>, StoreError> {
        self.inner().await.recipe_source(fingerprint).await
    }

    async fn is_processed(&self, name: &str) -> Result<bool, StoreError> {
        self.inner().await.is_processed(name).await
    }

    async fn keep_early(&self, report: &EarlyReport) -> Result<(), StoreError> {
        let (inner, fails) = self.inner_for_write().await;
        let result = inner.keep_early(report).await;
        drop(inner);
        if fails {
            self.fail().await;
        }
        result
    }

    async fn early_reports(
        &self,
        location: &LocationId,
        subject: &Subject,
    ) -> Result<Vec<EarlyReport>, StoreError> {
        self.inner().await.early_reports(location, subject).await
    }

    async fn halts(&self, location: &LocationId) -> Result<Vec<Halted>, StoreError> {
        self.inner().await.halts(location).await
    }

    async fn locations_of(&self, company: &CompanyId) -> Result<Vec<LocationId>, StoreError> {
        self.inner().await.locations_of(company).await
    }

    async fn open_episodes(&self, location: &LocationId) -> Result<Vec<EpisodeId>, StoreError> {
        self.inner().await.open_episodes(location).await
    }

    async fn suppressions(
        &self,
        location: &LocationId,
        subjects: &[Subject],
    ) -> Result<Vec<Suppression>, StoreError> {
        self.inner().await.suppressions(location, subjects).await
    }

    async fn texting_record(
        &self,
        location: &LocationId,
        subjects: &[Subject],
        since: Timestamp,
    ) -> Result<ContactHistory, StoreError> {
        let inner = self.inner().await;
        inner.texting_record(location, subjects, since).await
    }

    async fn send_counts(
        &self,
        location: &LocationId,
        since: jiff::civil::Date,
    ) -> Result<BTreeMap<jiff::civil::Date, SendCounts>, StoreError> {
        self.inner().await.send_counts(location, since).await
    }

    async fn new_callers(
        &self,
        location: &LocationId,
        around: &CallersAround,
    ) -> Result<Vec<NewCaller>, StoreError> {
        self.inner().await.new_callers(location, around).await
    }

    async fn episode_by_number(
        &self,
        location: &LocationId,
        number: &PhoneNumber,
    ) -> Result<Option<Stored>, StoreError> {
        self.inner().await.episode_by_number(location, number).await
    }

    async fn episode_by_reference(
        &self,
        location: &LocationId,
        reference: &Reference,
    ) -> Result<Option<Stored>, StoreError> {
        self.inner()
            .await
            .episode_by_reference(location, reference)
            .await
    }

    async fn app_of(&self, company: &CompanyId) -> Result<Option<CompanyApp>, StoreError> {
        self.inner().await.app_of(company).await
    }

    async fn episodes_to_wake(
        &self,
        now: Timestamp,
        limit: usize,
        scope: &Scope,
    ) -> Result<Vec<EpisodeId>, StoreError> {
        self.inner().await.episodes_to_wake(now, limit, scope).await
    }

    async fn reschedule_wakeup(&self, id: &EpisodeId, at: Timestamp) -> Result<(), StoreError> {
        self.inner().await.reschedule_wakeup(id, at).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.inner().await.next_due().await
    }

    async fn next_due_in(
        &self,
        lanes: &[(Lane, Shares)],
        scope: &Scope,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.inner().await.next_due_in(lanes, scope).await
    }

    async fn ledger_rows(&self, query: &LedgerQuery) -> Result<Vec<LedgerRow>, StoreError> {
        self.inner().await.ledger_rows(query).await
    }

    async fn prune(&self, batch: &PruneBatch) -> Result<Pruned, StoreError> {
        self.inner().await.prune(batch).await
    }
}

/// Plays the story with the power failing at write `at`. Returns whether it came to that.
async fn story(at: u32, side: Side, fault: Option<Fault>) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("episodes.db");
    let power = Arc::new(FailingPower {
        inner: Mutex::new(Some(Arc::new(SqliteStore::open(&path).unwrap()))),
        at,
        side,
        writes: AtomicU32::new(0),
        failed: Notify::new(),
    });
    let mut world = World::with(soleil(), Arc::<FailingPower>::clone(&power)).await;
    if let Some(fault) = fault {
        world
            .ghl
            .fault(Method::POST, "/conversations/messages", fault, 1)
            .unwrap();
        world
            .ghl
            .fault(Method::POST, "/contacts/*/tasks", fault, 1)
            .unwrap();
    }
    let ended_at = world.clock.now();
    let call = world
        .ghl
        .call(&Call::missed(LOCATION, caller(), business()))
        .unwrap();
    let failed = tokio::select! {
        () = async { world.ghl.deliveries_settled().await; world.minutes(5).await; } => false,
        () = power.failed.notified() => true,
    };
    if failed {
        let store = reopen(&path).await;
        world.restart(store).await;
        world.ghl.deliveries_settled().await;
        // HighLevel sends again what was not acknowledged.
        world.ghl.resend(&call.webhook_id).unwrap();
        world.ghl.deliveries_settled().await;
        world.minutes(10).await;
    }
    world.assert_recovered_once(&call, ended_at).await;
    let outcomes = world.history().await;
    for step in ["done text", "done tag", "done task"] {
        assert_eq!(
            outcomes.iter().filter(|told| *told == step).count(),
            1,
            "at {at} {side:?} {fault:?}: {outcomes:?}"
        );
    }
    failed
}

/// Opens the file as soon as the reads that were under way have let go of it.
pub(crate) async fn reopen(path: &std::path::Path) -> Arc<dyn Store> {
    for _ in 0..100_000 {
        match SqliteStore::open(path) {
            Ok(store) => return Arc::new(store),
            Err(_) => tokio::task::yield_now().await,
        }
    }
    panic!("somebody still holds the store of the dead process");
}

async fn at_every_write(fault: Option<Fault>) {
    for side in [Side::BeforeTheWrite, Side::AfterTheWrite] {
        let mut at = 0;
        while story(at, side, fault).await {
            at += 1;
        }
        assert!(at >= 8, "the story has only {at} writes");
    }
}

#[tokio::test]
async fn a_crash_at_every_write_neither_doubles_nor_loses() {
    at_every_write(None).await;
}

#[tokio::test]
async fn a_crash_at_every_write_with_a_lost_answer() {
    at_every_write(Some(Fault::DropAfter)).await;
}

#[tokio::test]
async fn a_crash_at_every_write_with_a_request_that_never_arrived() {
    at_every_write(Some(Fault::DropBefore)).await;
}
