//! A complete store in memory, which ends with the process. It is for tests and experiments.

mod early_reports;
mod ledger;
mod prune;
mod receipts;
mod tables;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use self::tables::{EpisodeRow, Tables};
use super::{
    AwaitedReceipt, Claim, Commit, CommitOutcome, CompanyApp, ContactHistory, EarlyReport, Fence,
    Halted, LedgerQuery, LedgerRow, PruneBatch, Pruned, PutOff, Scope, Shares, Store, StoreError,
    Stored, Suppression,
};
use crate::client::Lane;
use crate::ids::{CompanyId, LocationId, MessageId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::{CallersAround, NewCaller, SendCounts};
use crate::recipes::missed_call::core::model::{EpisodeId, PersonKey, Reason, Reference, Subject};
use crate::secret::Private;

/// Keeps everything in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        // Every change is checked before the first write, so a panic cannot leave half of one.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        let mut tables = self.tables();
        if commit
            .delivery
            .as_ref()
            .is_some_and(|delivery| tables.deliveries.contains_key(&delivery.name))
        {
            return Ok(CommitOutcome::Duplicate);
        }
        if tables.conflicts(&commit) {
            return Ok(CommitOutcome::Conflict);
        }
        tables.write(commit);
        Ok(CommitOutcome::Done)
    }

    async fn open_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        Ok(self.tables().live(person).cloned())
    }

    async fn latest_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
        let tables = self.tables();
        let is_theirs = |row: &&EpisodeRow| {
            let state = &row.stored.state;
            let by_number = person.number.is_some() && state.caller() == person.number.as_ref();
            *state.location() == person.location
                && (*state.contact() == person.contact || by_number)
        };
        let of_person = tables.episodes.values().filter(is_theirs);
        let last = || {
            of_person
                .max_by_key(|row| row.number)
                .map(|row| &row.stored)
        };
        Ok(tables.live(person).or_else(last).cloned())
    }

    async fn episode_by_number(
        &self,
        location: &LocationId,
        number: &PhoneNumber,
    ) -> Result<Option<Stored>, StoreError> {
        let tables = self.tables();
        let theirs = tables.episodes.values().filter(|row| {
            let state = &row.stored.state;
            state.location() == location && state.caller() == Some(number)
        });
        let last = theirs.max_by_key(|row| (row.stored.state.is_open(), row.number));
        Ok(last.map(|row| row.stored.clone()))
    }

    async fn episode_by_reference(
        &self,
        location: &LocationId,
        reference: &Reference,
    ) -> Result<Option<Stored>, StoreError> {
        let tables = self.tables();
        let episode = tables
            .references
            .get(&(location.clone(), reference.clone()));
        let row = episode.and_then(|id| tables.episodes.get(id));
        Ok(row.map(|row| row.stored.clone()))
    }

    async fn new_callers(
        &self,
        location: &LocationId,
        around: &CallersAround,
    ) -> Result<Vec<NewCaller>, StoreError> {
        let tables = self.tables();
        let states = tables.episodes.values().map(|row| &row.stored.state);
        let here = states.filter(|state| state.location() == location);
        Ok(around.nearest(here.filter_map(|state| state.new_caller()).collect()))
    }

    async fn episode(&self, id: &EpisodeId) -> Result<Option<Stored>, StoreError> {
        Ok(self.tables().episodes.get(id).map(|row| row.stored.clone()))
    }

    async fn recipe_source(&self, fingerprint: &str) -> Result<Option<String>, StoreError> {
        Ok(self
            .tables()
            .recipes
            .get(fingerprint)
            .cloned()
            .map(Private::into_inner))
    }

    async fn recipe_sources(&self) -> Result<Vec<String>, StoreError> {
        let tables = self.tables();
        let recipes = tables.recipes.values().cloned();
        Ok(recipes.map(Private::into_inner).collect())
    }

    async fn is_processed(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.tables().deliveries.contains_key(name))
    }

    async fn suppressions(
        &self,
        location: &LocationId,
        subjects: &[Subject],
    ) -> Result<Vec<Suppression>, StoreError> {
        let tables = self.tables();
        let of_them = tables
            .suppressions
            .iter()
            .filter(|((place, subject, _), _)| place == location && subjects.contains(subject));
        let suppression = |((_, _, reason), since): (&(_, _, Reason), &Timestamp)| Suppression {
            reason: reason.clone(),
            since: *since,
        };
        Ok(of_them.map(suppression).collect())
    }

    async fn halts(&self, location: &LocationId) -> Result<Vec<Halted>, StoreError> {
        let tables = self.tables();
        let of_it = tables.halts.iter().filter(|((at, _), _)| at == location);
        Ok(of_it.map(|(_, halted)| halted.clone()).collect())
    }

    async fn app_of(&self, company: &CompanyId) -> Result<Option<CompanyApp>, StoreError> {
        Ok(self.tables().company_apps.get(company).cloned())
    }

    async fn locations_of(&self, company: &CompanyId) -> Result<Vec<LocationId>, StoreError> {
        let tables = self.tables();
        let of_it = tables
            .companies
            .iter()
            .filter(|(_, known)| *known == company);
        Ok(of_it.map(|(location, _)| location.clone()).collect())
    }

    async fn open_episodes(&self, location: &LocationId) -> Result<Vec<EpisodeId>, StoreError> {
        let tables = self.tables();
        let states = tables.episodes.values().map(|row| &row.stored.state);
        let live = states.filter(|state| state.is_open() && state.location() == location);
        Ok(live.map(|state| state.id().clone()).collect())
    }

    async fn texting_record(
        &self,
        location: &LocationId,
        subjects: &[Subject],
        since: Timestamp,
    ) -> Result<ContactHistory, StoreError> {
        let tables = self.tables();
        let mut record = ContactHistory::default();
        for ((place, subject, kind), consent) in &tables.consents {
            if place == location && subjects.contains(subject) {
                record.add_consent(*kind, consent.clone());
            }
        }
        for subject in subjects {
            let sent = tables.texts.get(&(location.clone(), subject.clone()));
            let recent = sent
                .into_iter()
                .flatten()
                .filter(|(_, at)| **at >= since)
                .map(|(effect, at)| (effect.clone(), *at));
            record.sent.extend(recent);
        }
        Ok(record)
    }

    async fn send_counts(
        &self,
        location: &LocationId,
        since: Date,
    ) -> Result<BTreeMap<Date, SendCounts>, StoreError> {
        let tables = self.tables();
        let days = tables.counts.range((location.clone(), since)..);
        let here = days.take_while(|((place, _), _)| place == location);
        Ok(here.map(|((_, day), counts)| (*day, *counts)).collect())
    }

    async fn claim(
        &self,
        now: Timestamp,
        lane: Lane,
        limit: usize,
        lease: SignedDuration,
        shares: &Shares,
    ) -> Result<Vec<Claim>, StoreError> {
        let mut tables = self.tables();
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let mut claims = Vec::new();
        for effect in tables.backlog.take(lane, now, limit, shares) {
            tables.set_due(&effect, |_| Some(until));
            if let Some(row) = tables.effects.get_mut(&effect) {
                row.attempt += 1;
                row.claimed = true;
                claims.push(Claim {
                    fence: Fence {
                        effect,
                        attempt: row.attempt,
                    },
                    progress: row.progress.clone(),
                });
            }
        }
        Ok(claims)
    }

    async fn put_off(&self, time: Timestamp) -> Result<Vec<PutOff>, StoreError> {
        let tables = self.tables();
        let put_off = tables
            .effects
            .iter()
            .filter(|(_, row)| row.attempt > 0 && row.due.is_some_and(|due| due > time));
        let put_off = put_off.map(|(effect, row)| PutOff {
            fence: Fence {
                effect: effect.clone(),
                attempt: row.attempt,
            },
            claimed: row.claimed,
            progress: row.progress.clone(),
        });
        Ok(put_off.collect())
    }

    async fn episodes_to_wake(
        &self,
        now: Timestamp,
        limit: usize,
        scope: &Scope,
    ) -> Result<Vec<EpisodeId>, StoreError> {
        let tables = self.tables();
        let due = tables.episodes.iter().filter(|(_, row)| {
            row.wake_at.is_some_and(|wake_at| wake_at <= now)
                && scope.contains(row.stored.state.location())
        });
        Ok(due.take(limit).map(|(id, _)| id.clone()).collect())
    }

    async fn reschedule_wakeup(&self, id: &EpisodeId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(row) = self.tables().episodes.get_mut(id)
            && row.wake_at.is_some()
        {
            row.wake_at = Some(at);
        }
        Ok(())
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let tables = self.tables();
        let next = tables.backlog.next_due().into_iter();
        Ok(next.chain(tables.next_wake(&Scope::All)).min())
    }

    async fn next_due_in(
        &self,
        lanes: &[(Lane, Shares)],
        scope: &Scope,
    ) -> Result<Option<Timestamp>, StoreError> {
        let tables = self.tables();
        let lanes = lanes.iter();
        let next = lanes.filter_map(|(lane, shares)| tables.backlog.next_due_in(*lane, shares));
        Ok(next.chain(tables.next_wake(scope)).min())
    }

    async fn awaited_receipt(
        &self,
        location: &LocationId,
        message: &MessageId,
    ) -> Result<Option<AwaitedReceipt>, StoreError> {
        Ok(self.tables().receipts.one(location, message).cloned())
    }

    async fn claim_receipts(
        &self,
        now: Timestamp,
        again: Timestamp,
        limit: usize,
        shares: &Shares,
    ) -> Result<Vec<AwaitedReceipt>, StoreError> {
        Ok(self.tables().receipts.claim(now, again, limit, shares))
    }

    async fn next_receipt(&self, shares: &Shares) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.tables().receipts.next(shares))
    }

    async fn ledger_rows(&self, query: &LedgerQuery) -> Result<Vec<LedgerRow>, StoreError> {
        Ok(self.tables().ledger.find(query))
    }

    async fn keep_early(&self, report: &EarlyReport) -> Result<(), StoreError> {
        self.tables().early.keep(report);
        Ok(())
    }

    async fn early_reports(
        &self,
        location: &LocationId,
        subject: &Subject,
    ) -> Result<Vec<EarlyReport>, StoreError> {
        Ok(self.tables().early.of(location, subject))
    }

    async fn prune(&self, batch: &PruneBatch) -> Result<Pruned, StoreError> {
        Ok(self.tables().prune(batch))
    }
}
