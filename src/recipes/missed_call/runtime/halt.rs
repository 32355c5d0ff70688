//! Locations in which nothing is done: paused by the operator, or without the app. What is said about them is in the
//! store, so it holds after a restart too, and is asked before each effect.

use jiff::Timestamp;

use super::{Acceptance, Engine, Resumed, add_to};
use crate::ids::{CompanyId, LocationId};
use crate::recipes::missed_call::episode::{EpisodeId, Input, Reason};
use crate::recipes::missed_call::halt::Halt;
use crate::recipes::missed_call::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::store::{
    Commit, Committed, CompanyApp, CompanyLocation, DeliveryName, HaltChange, Halted, StoreError,
};
use crate::webhooks::Delivery;

impl Engine {
    /// From here on nothing is sent or written to HighLevel for this location, until [`resume`](Self::resume): over
    /// restarts too. Calls and what else happens are still written into the ledger. What is under way comes to its end.
    ///
    /// Pausing a paused location changes nothing. What the location is halted by is told by
    /// [`Store::halts`](crate::recipes::missed_call::store::Store::halts).
    pub async fn pause(&self, location: &LocationId) -> Result<(), StoreError> {
        self.halt(location, Halt::Paused, true).await
    }

    /// Goes on in a paused location, within a minute. What has become too old meanwhile is not done any more, as after
    /// any delay: a text that answers a call waits no longer than the recipe's `max_age`.
    ///
    /// Returns what still halts the location: [`Halt::Uninstalled`] where the app is not there.
    pub async fn resume(&self, location: &LocationId) -> Result<Option<Halt>, StoreError> {
        self.halt(location, Halt::Paused, false).await?;
        self.shared.planned.notify_one();
        self.halted(location).await
    }

    /// The app is installed in this location, as the host knows from its OAuth callback or from a list of installations.
    /// Calls are answered again from here on, as after the webhook `INSTALL`, which says the same and may come before,
    /// after or never. A removal that happened before counts no more, however late it is told; one without a date counts
    /// from its arrival.
    ///
    /// Returns what still halts the location: [`Halt::Paused`] until [`resume`](Self::resume).
    pub async fn app_installed(&self, location: &LocationId) -> Result<Option<Halt>, StoreError> {
        self.end_what_was_left(location).await?;
        self.halt(location, Halt::Uninstalled, false).await?;
        self.halted(location).await
    }

    async fn halt(
        &self,
        location: &LocationId,
        halt: Halt,
        halted: bool,
    ) -> Result<(), StoreError> {
        let now = self.shared.clock.now();
        let known = self.last_said(location, halt).await?;
        // The host says it now, whatever the clock said before somebody set it.
        let at = known.as_ref().map_or(now, |known| known.since.max(now));
        let change = HaltChange {
            location: location.clone(),
            halt,
            halted,
            at,
        };
        let commit = commit_of(change, known.as_ref(), now);
        self.shared.store.commit(commit).await.map(drop)
    }

    async fn last_said(
        &self,
        location: &LocationId,
        halt: Halt,
    ) -> Result<Option<Halted>, StoreError> {
        let halts = self.shared.store.halts(location).await?;
        Ok(halts.into_iter().find(|known| known.halt == halt))
    }

    /// The app is there, or there again; or it was removed, and nothing is done any more, nor will be of what waits.
    ///
    /// What was said last counts, in whatever order it is told, of a location or of its whole company.
    pub(super) async fn installation(
        &self,
        delivery: &Delivery,
        installed: bool,
    ) -> Result<Acceptance, StoreError> {
        let now = self.now_at(delivery.timestamp).await;
        let said = Said {
            at: delivery.timestamp.unwrap_or(delivery.received_at).min(now),
            installed,
        };
        let (location, company) = (&delivery.location_id, &delivery.company_id);
        let mut commit = Commit::default();
        if let (Some(location), Some(company)) = (location, company) {
            commit.companies.push(CompanyLocation {
                company: company.clone(),
                location: location.clone(),
            });
        }
        if let (None, Some(company)) = (location, company) {
            commit.company_apps.push(CompanyApp {
                company: company.clone(),
                removed: !installed,
                at: said.at,
            });
        }
        for location in self.meant(delivery).await? {
            self.end_what_was_left(&location).await?;
            self.add_what_was_said(&mut commit, &location, said, now)
                .await?;
        }
        let is_nothing = commit.halts.is_empty()
            && commit.companies.is_empty()
            && commit.company_apps.is_empty();
        let acceptance = if is_nothing {
            Acceptance::Ignored
        } else {
            commit.delivery = Some(DeliveryName {
                name: name_of(delivery),
                received_at: now,
            });
            match self.shared.store.commit(commit).await? {
                Committed::Duplicate => Acceptance::Duplicate,
                _ => Acceptance::Accepted,
            }
        };
        // After a repeat too: it may come because this was not done to its end.
        for location in self.meant(delivery).await? {
            if let Some(company) = company {
                self.follow_company(&location, company, now).await?;
            }
            self.end_what_was_left(&location).await?;
        }
        Ok(acceptance)
    }

    /// The locations that an installation is about: the one that it names, or all of the company that it names, as far as
    /// installations have told which those are. Whether they have a recipe here does not matter: one can be added later.
    async fn meant(&self, delivery: &Delivery) -> Result<Vec<LocationId>, StoreError> {
        match (&delivery.location_id, &delivery.company_id) {
            (Some(location), _) => Ok(vec![location.clone()]),
            (None, Some(company)) => self.shared.store.locations_of(company).await,
            (None, None) => Ok(Vec::new()),
        }
    }

    /// What was said of a whole company counts for a location too, of which it may become known only now that it is one of
    /// the company's.
    async fn follow_company(
        &self,
        location: &LocationId,
        company: &CompanyId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(app) = self.shared.store.app_of(company).await? else {
            return Ok(());
        };
        let said = Said {
            at: app.at,
            installed: !app.removed,
        };
        let mut commit = Commit::default();
        self.add_what_was_said(&mut commit, location, said, now)
            .await?;
        if !commit.halts.is_empty() {
            self.shared.store.commit(commit).await?;
        }
        Ok(())
    }

    /// Adds what was said of the app in a location, unless something else was said of it later.
    async fn add_what_was_said(
        &self,
        commit: &mut Commit,
        location: &LocationId,
        said: Said,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let known = self.last_said(location, Halt::Uninstalled).await?;
        let last = known.as_ref().map(|known| Said {
            at: known.since,
            installed: !known.halted,
        });
        if last >= Some(said) {
            return Ok(());
        }
        let change = HaltChange {
            location: location.clone(),
            halt: Halt::Uninstalled,
            halted: !said.installed,
            at: said.at,
        };
        let change = commit_of(change, known.as_ref(), now);
        commit.halts.extend(change.halts);
        commit.entries.extend(change.entries);
        Ok(())
    }

    /// Ends what is alive in a location without the app. A removal that was interrupted may have left it.
    async fn end_what_was_left(&self, location: &LocationId) -> Result<(), StoreError> {
        match self.halted(location).await? {
            Some(Halt::Uninstalled) => self.end_all(location).await,
            _ => Ok(()),
        }
    }

    /// Ends the live episodes of the location. Effects that are left over end when their time comes.
    async fn end_all(&self, location: &LocationId) -> Result<(), StoreError> {
        for id in self.shared.store.live_episodes(location).await? {
            // One that cannot be read keeps the others from nothing.
            if let Err(error) = self.end_episode(&id).await {
                tracing::error!(%location, error = &error as &dyn std::error::Error, "an episode of a removed app cannot be ended; its effects are not performed");
            }
        }
        Ok(())
    }

    async fn end_episode(&self, id: &EpisodeId) -> Result<(), StoreError> {
        loop {
            let Some(Resumed {
                mut episode,
                revision,
            }) = self.episode(id).await?
            else {
                return Ok(());
            };
            let now = self.shared.clock.now();
            let actions = episode.handle(&Input::Ended(Reason::Uninstalled), now);
            let mut commit = Commit::default();
            add_to(&mut commit, &episode, Some(revision), actions, now);
            // On a conflict somebody has told the episode something: it is read again.
            if self.shared.store.commit(commit).await? != Committed::Conflict {
                return Ok(());
            }
        }
    }

    /// What halts the location, if anything does.
    pub(super) async fn halted(&self, location: &LocationId) -> Result<Option<Halt>, StoreError> {
        let halts = self.shared.store.halts(location).await?;
        let in_force = halts.iter().filter(|known| known.halted);
        Ok(in_force.map(|known| known.halt).max())
    }
}

/// Whether the app is there, as was said of that time. The later one is the greater one; of two of the same time, the one
/// that says that the app is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    at: Timestamp,
    installed: bool,
}

/// The name under which an installation or a removal is taken once. One that says neither its id nor when it happened is
/// told by its body: a header, which nobody has signed, would let an old removal be told as a new one again and again.
fn name_of(delivery: &Delivery) -> String {
    if delivery.webhook_id.is_none() && delivery.timestamp.is_none() {
        return format!("sha256:{}", delivery.body_sha256());
    }
    delivery.dedupe_key().as_str().to_owned()
}

/// The change, and its entry in the ledger where it is news.
fn commit_of(change: HaltChange, known: Option<&Halted>, now: Timestamp) -> Commit {
    let HaltChange { halt, halted, .. } = change;
    let is_news = known.is_some_and(|known| known.halted) != halted;
    let entry = is_news.then(|| Entry {
        at: now,
        location: change.location.clone(),
        episode: None,
        kind: if halted {
            EntryKind::Halted { halt }
        } else {
            EntryKind::Resumed { halt }
        },
    });
    Commit {
        halts: vec![change],
        entries: entry.into_iter().collect(),
        ..Commit::default()
    }
}
