//! A store in memory: real, complete, and gone with the process. For tests and for trying things out.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::backlog::{Backlog, LineKey, line_key};
use super::{
    Claim, Commit, Committed, CompanyApp, EffectChange, EpisodeChange, Fence, Forgotten, Halted,
    LedgerQuery, PersonKey, Progress, PutOff, Reference, Rewritten, Shares, Store, StoreError,
    Stored, Subject, Suppression, TextingRecord,
};
use crate::client::Lane;
use crate::ids::{CompanyId, LocationId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::compliance::{
    CallersAround, Consent, ConsentKind, NewCaller, SendCounts,
};
use crate::recipes::missed_call::episode::{EffectId, EpisodeId, Reason};
use crate::recipes::missed_call::halt::Halt;
use crate::recipes::missed_call::ledger::Entry;
use crate::secret::Private;

/// Keeps everything in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    deliveries: HashMap<String, Timestamp>,
    episodes: BTreeMap<EpisodeId, EpisodeRow>,
    effects: BTreeMap<EffectId, EffectRow>,
    backlog: Backlog,
    suppressions: HashMap<(LocationId, Subject, Reason), Timestamp>,
    consents: HashMap<(LocationId, Subject, ConsentKind), Consent>,
    texts: HashMap<(LocationId, Subject), BTreeMap<EffectId, Timestamp>>,
    counts: BTreeMap<(LocationId, Date), SendCounts>,
    ledger: Vec<Entry>,
    recipes: HashMap<String, Private<String>>,
    halts: BTreeMap<(LocationId, Halt), Halted>,
    companies: BTreeMap<LocationId, CompanyId>,
    company_apps: BTreeMap<CompanyId, CompanyApp>,
    references: HashMap<(LocationId, Reference), EpisodeId>,
}

#[derive(Debug)]
struct EpisodeRow {
    /// How many were opened before.
    number: usize,
    stored: Stored,
    wake_at: Option<Timestamp>,
}

#[derive(Debug)]
struct EffectRow {
    /// `None` once it has ended.
    due: Option<Timestamp>,
    line: LineKey,
    attempt: u32,
    /// Whether somebody holds it, or did when they died.
    claimed: bool,
    progress: Progress,
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

impl Tables {
    fn conflicts(&self, commit: &Commit) -> bool {
        let episode_conflicts = |change: &EpisodeChange| {
            let current = self
                .episodes
                .get(change.state.id())
                .map(|row| row.stored.revision);
            current != change.read_at_revision || self.another_is_live(change, &commit.episodes)
        };
        let effect_conflicts = |change: &EffectChange| match change {
            EffectChange::Plan { effect, .. } => self.effects.contains_key(effect),
            EffectChange::Recall { .. } => false,
            EffectChange::Keep { fence, .. }
            | EffectChange::Release { fence, .. }
            | EffectChange::End { fence } => !self
                .effects
                .get(&fence.effect)
                .is_some_and(|row| row.due.is_some() && row.attempt == fence.attempt),
        };
        let ledger_conflicts = |rewritten: &Rewritten| {
            let id = Some(&rewritten.episode);
            let known = self
                .ledger
                .iter()
                .filter(|entry| entry.episode.as_ref() == id);
            known.count() != rewritten.entries.len()
        };
        commit.rewritten.iter().any(ledger_conflicts)
            || commit.episodes.iter().any(episode_conflicts)
            || commit.effects.iter().any(effect_conflicts)
    }

    /// Whether the same person has a live episode that this commit does not end.
    fn another_is_live(&self, change: &EpisodeChange, changes: &[EpisodeChange]) -> bool {
        change.state.is_live()
            && self.episodes.values().any(|row| {
                let other = &row.stored.state;
                let ends = || {
                    changes
                        .iter()
                        .any(|change| change.state.id() == other.id() && !change.state.is_live())
                };
                let same_person = other.contact() == change.state.contact()
                    || (other.caller().is_some() && other.caller() == change.state.caller());
                other.is_live()
                    && other.id() != change.state.id()
                    && other.location() == change.state.location()
                    && same_person
                    && !ends()
            })
    }

    fn live(&self, person: &PersonKey) -> Option<&Stored> {
        let of_person = self
            .episodes
            .values()
            .map(|row| &row.stored)
            .filter(|stored| stored.state.is_live() && *stored.state.location() == person.location);
        let by_contact = of_person
            .clone()
            .find(|stored| *stored.state.contact() == person.contact);
        let by_number = || {
            let number = person.number.as_ref()?;
            of_person
                .clone()
                .find(|stored| stored.state.caller() == Some(number))
        };
        by_contact.or_else(by_number)
    }

    fn write(&mut self, commit: Commit) {
        for delivery in commit.delivery.into_iter().chain(commit.earlier) {
            self.deliveries.insert(delivery.name, delivery.received_at);
        }
        for change in commit.episodes {
            let revision = change.read_at_revision.map_or(1, |revision| revision + 1);
            let id = change.state.id().clone();
            let stored = Stored {
                state: change.state,
                revision,
            };
            let opened = self.episodes.len();
            let number = self.episodes.get(&id).map_or(opened, |row| row.number);
            self.episodes.insert(
                id,
                EpisodeRow {
                    number,
                    stored,
                    wake_at: change.wake_at,
                },
            );
        }
        for change in commit.effects {
            self.write_effect(change);
        }
        for change in commit.suppressions {
            let key = (change.location, change.subject, change.reason);
            let since = self.suppressions.get(&key).copied();
            if change.suppressed {
                let latest = since.map_or(change.at, |since| since.max(change.at));
                self.suppressions.insert(key, latest);
            } else if since.is_some_and(|since| since < change.at) {
                self.suppressions.remove(&key);
            }
        }
        for consent in commit.consents {
            let key = (consent.location, consent.subject, consent.kind);
            let known = self.consents.get(&key);
            if known.is_none_or(|known| known.given_at < consent.consent.given_at) {
                self.consents.insert(key, consent.consent);
            }
        }
        for text in commit.texts {
            let of_subject = self.texts.entry((text.location, text.subject)).or_default();
            match text.sent_at {
                Some(at) => of_subject.insert(text.effect, at),
                None => of_subject.remove(&text.effect),
            };
        }
        for count in commit.counts {
            let known = self.counts.entry((count.location, count.day)).or_default();
            *known = known.plus(count.more);
        }
        for rewritten in commit.rewritten {
            let mut entries = rewritten.entries.into_iter();
            let id = Some(&rewritten.episode);
            let of_episode = self
                .ledger
                .iter_mut()
                .filter(|entry| entry.episode.as_ref() == id);
            for (place, entry) in of_episode.zip(&mut entries) {
                *place = entry;
            }
        }
        for Forgotten { location, subject } in commit.forgotten {
            self.consents
                .retain(|(place, whose, _), _| (place, whose) != (&location, &subject));
            self.texts.remove(&(location, subject));
        }
        self.ledger.extend(commit.entries);
        if let Some(recipe) = commit.recipe {
            self.recipes.insert(recipe.fingerprint, recipe.source);
        }
        for change in commit.halts {
            let key = (change.location, change.halt);
            let known = self.halts.get(&key);
            if known.is_none_or(|known| known.since <= change.at) {
                let halted = Halted {
                    halt: change.halt,
                    halted: change.halted,
                    since: change.at,
                };
                self.halts.insert(key, halted);
            }
        }
        for told in commit.companies {
            self.companies.insert(told.location, told.company);
        }
        for told in commit.company_apps {
            let known = self.company_apps.get(&told.company);
            if known.is_none_or(|known| told.replaces(known)) {
                self.company_apps.insert(told.company.clone(), told);
            }
        }
        for change in commit.references {
            let key = (change.location, change.reference);
            match change.episode {
                Some(episode) => drop(self.references.insert(key, episode)),
                None => drop(self.references.remove(&key)),
            }
        }
    }

    fn write_effect(&mut self, change: EffectChange) {
        match change {
            EffectChange::Plan { effect, due, lane } => {
                let episode = self.episodes.get(&effect.episode);
                let location = episode.map(|row| row.stored.state.location().clone());
                let line = line_key(lane, location);
                self.backlog.add(&line, due, &effect);
                let row = EffectRow {
                    due: Some(due),
                    line,
                    attempt: 0,
                    claimed: false,
                    progress: Progress::NEW,
                };
                self.effects.insert(effect, row);
            }
            EffectChange::Keep { fence, progress } => {
                if let Some(row) = self.effects.get_mut(&fence.effect) {
                    row.progress = progress;
                }
            }
            EffectChange::Release {
                fence,
                progress,
                due,
            } => {
                if let Some(row) = self.effects.get_mut(&fence.effect) {
                    row.progress = progress;
                    row.claimed = false;
                }
                self.set_due(&fence.effect, |_| Some(due));
            }
            EffectChange::End { fence } => self.set_due(&fence.effect, |_| None),
            EffectChange::Recall { fence, due } => {
                let row = self.effects.get(&fence.effect);
                if row.is_some_and(|row| row.attempt == fence.attempt) {
                    self.set_due(&fence.effect, |planned| {
                        planned.map(|planned| planned.min(due))
                    });
                }
            }
        }
    }

    fn set_due(
        &mut self,
        effect: &EffectId,
        change: impl FnOnce(Option<Timestamp>) -> Option<Timestamp>,
    ) {
        let Some(row) = self.effects.get_mut(effect) else {
            return;
        };
        if let Some(due) = row.due {
            self.backlog.remove(&row.line, due, effect);
        }
        row.due = change(row.due);
        if let Some(due) = row.due {
            self.backlog.add(&row.line, due, effect);
        }
    }

    fn next_wake(&self) -> Option<Timestamp> {
        self.episodes.values().filter_map(|row| row.wake_at).min()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let mut tables = self.tables();
        if commit
            .delivery
            .as_ref()
            .is_some_and(|delivery| tables.deliveries.contains_key(&delivery.name))
        {
            return Ok(Committed::Duplicate);
        }
        if tables.conflicts(&commit) {
            return Ok(Committed::Conflict);
        }
        tables.write(commit);
        Ok(Committed::Done)
    }

    async fn live_episode(&self, person: &PersonKey) -> Result<Option<Stored>, StoreError> {
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
        let last = theirs.max_by_key(|row| (row.stored.state.is_live(), row.number));
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
        let told = |((_, _, reason), since): (&(_, _, Reason), &Timestamp)| Suppression {
            reason: reason.clone(),
            since: *since,
        };
        Ok(of_them.map(told).collect())
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

    async fn live_episodes(&self, location: &LocationId) -> Result<Vec<EpisodeId>, StoreError> {
        let tables = self.tables();
        let states = tables.episodes.values().map(|row| &row.stored.state);
        let live = states.filter(|state| state.is_live() && state.location() == location);
        Ok(live.map(|state| state.id().clone()).collect())
    }

    async fn texting_record(
        &self,
        location: &LocationId,
        subjects: &[Subject],
        since: Timestamp,
    ) -> Result<TextingRecord, StoreError> {
        let tables = self.tables();
        let mut record = TextingRecord::default();
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
    ) -> Result<Vec<EpisodeId>, StoreError> {
        let tables = self.tables();
        let due = tables
            .episodes
            .iter()
            .filter(|(_, row)| row.wake_at.is_some_and(|wake_at| wake_at <= now));
        Ok(due.take(limit).map(|(id, _)| id.clone()).collect())
    }

    async fn wake_later(&self, id: &EpisodeId, at: Timestamp) -> Result<(), StoreError> {
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
        Ok(next.chain(tables.next_wake()).min())
    }

    async fn next_due_in(&self, lanes: &[(Lane, Shares)]) -> Result<Option<Timestamp>, StoreError> {
        let tables = self.tables();
        let lanes = lanes.iter();
        let next = lanes.filter_map(|(lane, shares)| tables.backlog.next_due_in(*lane, shares));
        Ok(next.chain(tables.next_wake()).min())
    }

    async fn ledger(&self, query: &LedgerQuery) -> Result<Vec<Entry>, StoreError> {
        Ok(self
            .tables()
            .ledger
            .iter()
            .filter(|entry| query.matches(entry))
            .cloned()
            .collect())
    }
}
