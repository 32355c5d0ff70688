//! A store that fails, delays, or cannot read an episode, as the test sets it.

use std::collections::{BTreeMap, BTreeSet};

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use gohighlevel::client::Lane;
use gohighlevel::ids::{CompanyId, LocationId, MessageId};
use gohighlevel::phone::PhoneNumber;
use gohighlevel::recipes::missed_call::Engine;
use gohighlevel::recipes::missed_call::compliance::{CallersAround, NewCaller, SendCounts};
use gohighlevel::recipes::missed_call::episode::EpisodeId;
use gohighlevel::recipes::missed_call::store::{
    AwaitedReceipt, Claim, Commit, CommitOutcome, CompanyApp, ContactHistory, EarlyReport,
    EffectChange, Halted, LedgerQuery, LedgerRow, MemoryStore, PersonKey, PruneBatch, Pruned,
    Reference, Scope, Shares, Store, StoreError, Stored, Subject, Suppression,
};
use gohighlevel::webhooks::Delivery;
use jiff::{SignedDuration, Timestamp};

/// A store in memory with moods.
#[derive(Debug, Default)]
pub(crate) struct Flaky {
    store: MemoryStore,
    pub(crate) unreadable: Mutex<BTreeSet<EpisodeId>>,
    pub(crate) reads_to_fail: AtomicU32,
    pub(crate) ledger_reads_to_fail: AtomicU32,
    pub(crate) intents_to_fail: AtomicU32,
    pub(crate) commits_to_fail: AtomicU32,
    /// Whether another writer is faster each time that an episode is written.
    pub(crate) is_contested: AtomicBool,
    /// What is taken while the next answer about a person's episode is on its way …
    pub(crate) after_read: Mutex<Option<(Engine, Delivery)>>,
    /// … and while the next commit is.
    pub(crate) before_commit: Mutex<Option<(Engine, Delivery)>>,
}

impl Flaky {
    fn can_read(&self, id: &EpisodeId) -> Result<(), StoreError> {
        if self.unreadable.lock().unwrap().contains(id) {
            return Err(StoreError::new("read an episode", "it is broken"));
        }
        Ok(())
    }
}

fn fails(left: &AtomicU32) -> Result<(), StoreError> {
    let taken = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        left.checked_sub(1)
    });
    match taken {
        Ok(_) => Err(StoreError::new("work", "the disk is full")),
        Err(_) => Ok(()),
    }
}

async fn take_meanwhile(what: &Mutex<Option<(Engine, Delivery)>>) -> Result<(), StoreError> {
    let taken = what.lock().unwrap().take();
    if let Some((engine, delivery)) = taken {
        let accepted = engine.accept(&delivery).await;
        accepted.map_err(|error| StoreError::new("accept", error))?;
    }
    Ok(())
}

#[async_trait]
impl Store for Flaky {
    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        take_meanwhile(&self.before_commit).await?;
        fails(&self.commits_to_fail)?;
        if self.is_contested.load(Ordering::SeqCst) && !commit.episodes.is_empty() {
            return Ok(CommitOutcome::Conflict);
        }
        let keeps = |change: &EffectChange| matches!(change, EffectChange::Keep { .. });
        if commit.effects.iter().any(keeps) {
            fails(&self.intents_to_fail)?;
        }
        self.store.commit(commit).await
    }

    async fn open_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        fails(&self.reads_to_fail)?;
        self.store.open_episode(person).await
    }

    async fn latest_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        fails(&self.reads_to_fail)?;
        let latest = self.store.latest_episode(person).await?;
        take_meanwhile(&self.after_read).await?;
        if let Some(latest) = &latest {
            self.can_read(latest.state.id())?;
        }
        Ok(latest)
    }

    async fn episode(&self, id: &EpisodeId) -> Result<Option<Stored>, StoreError> {
        fails(&self.reads_to_fail)?;
        self.can_read(id)?;
        self.store.episode(id).await
    }

    async fn recipe_source(&self, fingerprint: &str) -> Result<Option<String>, StoreError> {
        self.store.recipe_source(fingerprint).await
    }

    async fn is_processed(&self, name: &str) -> Result<bool, StoreError> {
        self.store.is_processed(name).await
    }

    async fn keep_early(&self, report: &EarlyReport) -> Result<(), StoreError> {
        self.store.keep_early(report).await
    }

    async fn early_reports(
        &self,
        location: &LocationId,
        subject: &Subject,
    ) -> Result<Vec<EarlyReport>, StoreError> {
        self.store.early_reports(location, subject).await
    }

    async fn halts(&self, location: &LocationId) -> Result<Vec<Halted>, StoreError> {
        self.store.halts(location).await
    }

    async fn locations_of(&self, company: &CompanyId) -> Result<Vec<LocationId>, StoreError> {
        self.store.locations_of(company).await
    }

    async fn open_episodes(&self, location: &LocationId) -> Result<Vec<EpisodeId>, StoreError> {
        self.store.open_episodes(location).await
    }

    async fn suppressions(
        &self,
        location: &LocationId,
        subjects: &[Subject],
    ) -> Result<Vec<Suppression>, StoreError> {
        fails(&self.reads_to_fail)?;
        self.store.suppressions(location, subjects).await
    }

    async fn send_counts(
        &self,
        location: &LocationId,
        since: jiff::civil::Date,
    ) -> Result<BTreeMap<jiff::civil::Date, SendCounts>, StoreError> {
        self.store.send_counts(location, since).await
    }

    async fn new_callers(
        &self,
        location: &LocationId,
        around: &CallersAround,
    ) -> Result<Vec<NewCaller>, StoreError> {
        fails(&self.reads_to_fail)?;
        self.store.new_callers(location, around).await
    }

    async fn episode_by_number(
        &self,
        location: &LocationId,
        number: &PhoneNumber,
    ) -> Result<Option<Stored>, StoreError> {
        fails(&self.reads_to_fail)?;
        self.store.episode_by_number(location, number).await
    }

    async fn episode_by_reference(
        &self,
        location: &LocationId,
        reference: &Reference,
    ) -> Result<Option<Stored>, StoreError> {
        fails(&self.reads_to_fail)?;
        self.store.episode_by_reference(location, reference).await
    }

    async fn app_of(&self, company: &CompanyId) -> Result<Option<CompanyApp>, StoreError> {
        self.store.app_of(company).await
    }

    async fn texting_record(
        &self,
        location: &LocationId,
        subjects: &[Subject],
        since: Timestamp,
    ) -> Result<ContactHistory, StoreError> {
        fails(&self.reads_to_fail)?;
        self.store.texting_record(location, subjects, since).await
    }

    async fn claim(
        &self,
        now: Timestamp,
        lane: Lane,
        limit: usize,
        lease: SignedDuration,
        shares: &Shares,
    ) -> Result<Vec<Claim>, StoreError> {
        self.store.claim(now, lane, limit, lease, shares).await
    }

    async fn episodes_to_wake(
        &self,
        now: Timestamp,
        limit: usize,
        scope: &Scope,
    ) -> Result<Vec<EpisodeId>, StoreError> {
        self.store.episodes_to_wake(now, limit, scope).await
    }

    async fn reschedule_wakeup(&self, id: &EpisodeId, at: Timestamp) -> Result<(), StoreError> {
        self.store.reschedule_wakeup(id, at).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.store.next_due().await
    }

    async fn next_due_in(
        &self,
        lanes: &[(Lane, Shares)],
        scope: &Scope,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.store.next_due_in(lanes, scope).await
    }

    async fn awaited_receipt(
        &self,
        location: &LocationId,
        message: &MessageId,
    ) -> Result<Option<AwaitedReceipt>, StoreError> {
        self.store.awaited_receipt(location, message).await
    }

    async fn claim_receipts(
        &self,
        now: Timestamp,
        again: Timestamp,
        limit: usize,
        shares: &Shares,
    ) -> Result<Vec<AwaitedReceipt>, StoreError> {
        self.store.claim_receipts(now, again, limit, shares).await
    }

    async fn next_receipt(&self, shares: &Shares) -> Result<Option<Timestamp>, StoreError> {
        self.store.next_receipt(shares).await
    }

    async fn ledger_rows(&self, query: &LedgerQuery) -> Result<Vec<LedgerRow>, StoreError> {
        fails(&self.ledger_reads_to_fail)?;
        self.store.ledger_rows(query).await
    }

    async fn prune(&self, batch: &PruneBatch) -> Result<Pruned, StoreError> {
        self.store.prune(batch).await
    }
}
