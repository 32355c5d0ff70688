//! The tables of a [`MemoryStore`](super::MemoryStore), with the checks and writes of a commit.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;

use super::early_reports::EarlyReports;
use super::ledger::Ledger;
use super::receipts::Receipts;
use crate::ids::{CompanyId, LocationId};
use crate::recipes::missed_call::core::compliance::{Consent, ConsentKind, SendCounts};
use crate::recipes::missed_call::core::model::Halt;
use crate::recipes::missed_call::core::model::{EffectId, EpisodeId, Reason};
use crate::recipes::missed_call::core::model::{PersonKey, Reference, Subject};
use crate::recipes::missed_call::store::backlog::{Backlog, LineKey, line_key};
use crate::recipes::missed_call::store::{
    Commit, CompanyApp, EffectChange, EpisodeChange, ErasedSubject, Halted, Progress,
    RedactedEntries, Scope, Stored,
};
use crate::secret::Private;

#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) deliveries: HashMap<String, Timestamp>,
    pub(super) episodes: BTreeMap<EpisodeId, EpisodeRow>,
    pub(super) effects: BTreeMap<EffectId, EffectRow>,
    pub(super) backlog: Backlog,
    pub(super) suppressions: HashMap<(LocationId, Subject, Reason), Timestamp>,
    pub(super) consents: HashMap<(LocationId, Subject, ConsentKind), Consent>,
    pub(super) texts: HashMap<(LocationId, Subject), BTreeMap<EffectId, Timestamp>>,
    pub(super) counts: BTreeMap<(LocationId, Date), SendCounts>,
    pub(super) ledger: Ledger,
    pub(super) recipes: HashMap<String, Private<String>>,
    pub(super) halts: BTreeMap<(LocationId, Halt), Halted>,
    pub(super) companies: BTreeMap<LocationId, CompanyId>,
    pub(super) company_apps: BTreeMap<CompanyId, CompanyApp>,
    pub(super) references: HashMap<(LocationId, Reference), EpisodeId>,
    pub(super) early: EarlyReports,
    pub(super) receipts: Receipts,
}

#[derive(Debug)]
pub(super) struct EpisodeRow {
    /// How many were opened before.
    pub(super) number: usize,
    pub(super) stored: Stored,
    pub(super) wake_at: Option<Timestamp>,
}

#[derive(Debug)]
pub(super) struct EffectRow {
    /// `None` once it has ended.
    pub(super) due: Option<Timestamp>,
    pub(super) line: LineKey,
    pub(super) attempt: u32,
    /// Whether a worker has claimed it.
    pub(super) claimed: bool,
    pub(super) progress: Progress,
}

impl Tables {
    pub(super) fn conflicts(&self, commit: &Commit) -> bool {
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
        let ledger_conflicts = |rewritten: &RedactedEntries| {
            self.ledger.of(&rewritten.episode).count() != rewritten.entries.len()
        };
        commit.rewritten.iter().any(ledger_conflicts)
            || commit.episodes.iter().any(episode_conflicts)
            || commit.effects.iter().any(effect_conflicts)
    }

    /// Whether the same person has an open episode that this commit does not close.
    fn another_is_live(&self, change: &EpisodeChange, changes: &[EpisodeChange]) -> bool {
        change.state.is_open()
            && self.episodes.values().any(|row| {
                let other = &row.stored.state;
                let ends = || {
                    changes
                        .iter()
                        .any(|change| change.state.id() == other.id() && !change.state.is_open())
                };
                let same_person = other.contact() == change.state.contact()
                    || (other.caller().is_some() && other.caller() == change.state.caller());
                other.is_open()
                    && other.id() != change.state.id()
                    && other.location() == change.state.location()
                    && same_person
                    && !ends()
            })
    }

    pub(super) fn live(&self, person: &PersonKey) -> Option<&Stored> {
        let of_person = self
            .episodes
            .values()
            .map(|row| &row.stored)
            .filter(|stored| stored.state.is_open() && *stored.state.location() == person.location);
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

    pub(super) fn write(&mut self, commit: Commit) {
        // Without `..`, so that a new kind of change cannot be forgotten here.
        let Commit {
            delivery,
            earlier,
            episodes,
            effects,
            suppressions,
            consents,
            texts,
            counts,
            rewritten,
            forgotten,
            entries,
            recipe,
            halts,
            companies,
            company_apps,
            references,
            receipts,
        } = commit;
        for delivery in delivery.into_iter().chain(earlier) {
            self.deliveries.insert(delivery.name, delivery.received_at);
        }
        for change in episodes {
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
        for change in effects {
            self.write_effect(change);
        }
        for change in suppressions {
            let key = (change.location, change.subject, change.reason);
            let since = self.suppressions.get(&key).copied();
            if change.suppressed {
                let latest = since.map_or(change.at, |since| since.max(change.at));
                self.suppressions.insert(key, latest);
            } else if since.is_some_and(|since| since < change.at) {
                self.suppressions.remove(&key);
            }
        }
        for consent in consents {
            let key = (consent.location, consent.subject, consent.kind);
            let known = self.consents.get(&key);
            if known.is_none_or(|known| known.given_at < consent.consent.given_at) {
                self.consents.insert(key, consent.consent);
            }
        }
        for text in texts {
            let of_subject = self.texts.entry((text.location, text.subject)).or_default();
            match text.sent_at {
                Some(at) => of_subject.insert(text.effect, at),
                None => of_subject.remove(&text.effect),
            };
        }
        for count in counts {
            let known = self.counts.entry((count.location, count.day)).or_default();
            *known = known.plus(count.more);
        }
        for rewritten in rewritten {
            self.ledger.rewrite(rewritten);
        }
        for ErasedSubject { location, subject } in forgotten {
            self.early.forget(&location, &subject);
            self.consents
                .retain(|(place, whose, _), _| (place, whose) != (&location, &subject));
            self.texts.remove(&(location, subject));
        }
        self.ledger.append(entries);
        if let Some(recipe) = recipe {
            self.recipes.insert(recipe.fingerprint, recipe.source);
        }
        for change in halts {
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
        for known in companies {
            self.companies.insert(known.location, known.company);
        }
        for app in company_apps {
            let known = self.company_apps.get(&app.company);
            if known.is_none_or(|known| app.replaces(known)) {
                self.company_apps.insert(app.company.clone(), app);
            }
        }
        for change in references {
            let key = (change.location, change.reference);
            match change.episode {
                Some(episode) => drop(self.references.insert(key, episode)),
                None => drop(self.references.remove(&key)),
            }
        }
        for change in receipts {
            self.receipts.write(change);
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

    pub(super) fn set_due(
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

    pub(super) fn next_wake(&self, scope: &Scope) -> Option<Timestamp> {
        let rows = self.episodes.values();
        let served = rows.filter(|row| scope.contains(row.stored.state.location()));
        served.filter_map(|row| row.wake_at).min()
    }
}
