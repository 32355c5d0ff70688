//! Locations with and without the app. What was said last about the app counts.

use jiff::Timestamp;

use super::Admin;
use super::pause::commit_of;
use crate::ids::{CompanyId, LocationId};
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::model::{EpisodeId, Halt, Reason};
use crate::recipes::missed_call::engine::acceptance::Acceptance;
use crate::recipes::missed_call::engine::update::StoreFailures;
use crate::recipes::missed_call::store::{
    Commit, CommitOutcome, CompanyApp, CompanyLocation, DeliveryName, HaltChange, StoreError,
};
use crate::webhooks::Delivery;

impl Admin {
    /// The host knows that the app is installed. Returns what still halts the location.
    pub(in super::super) async fn app_installed(
        &self,
        location: &LocationId,
    ) -> Result<Option<Halt>, StoreError> {
        self.base.locations.forget_answer(location);
        self.end_what_was_left(location).await?;
        self.halt(location, Halt::Uninstalled, false).await?;
        self.base.halted(location).await
    }

    /// The app is there, or there again; or it was removed, and nothing is done any more, nor will be of what waits.
    ///
    /// What was said last counts, in whatever order it is reported, of a location or of its whole company.
    pub(in super::super) async fn installation(
        &self,
        delivery: &Delivery,
        installed: bool,
    ) -> Result<Acceptance, StoreError> {
        let now = self.base.time.now_at(delivery.timestamp).await;
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
            // The host stores or drops a grant now: what its source says of it next is another thing.
            self.base.locations.forget_answer(&location);
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
            match self.base.commit(StoreFailures::Return, commit).await? {
                CommitOutcome::Duplicate => Acceptance::Duplicate,
                CommitOutcome::Done | CommitOutcome::Conflict => Acceptance::Accepted,
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
    /// installations have named them. Whether they have a recipe here does not matter: one can be added later.
    async fn meant(&self, delivery: &Delivery) -> Result<Vec<LocationId>, StoreError> {
        match (&delivery.location_id, &delivery.company_id) {
            (Some(location), _) => Ok(vec![location.clone()]),
            (None, Some(company)) => self.base.store.locations_of(company).await,
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
        let Some(app) = self.base.store.app_of(company).await? else {
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
            self.base.commit(StoreFailures::Return, commit).await?;
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

    /// Ends what is open in a location without the app. A removal that was interrupted may have left it.
    pub(super) async fn end_what_was_left(&self, location: &LocationId) -> Result<(), StoreError> {
        match self.base.halted(location).await? {
            Some(Halt::Uninstalled) => self.end_all(location, &Reason::Uninstalled, None).await,
            Some(Halt::Removed) => self.end_all(location, &Reason::Removed, None).await,
            Some(Halt::Paused | Halt::Finishing) | None => Ok(()),
        }
    }

    /// Ends the open episodes of the location; those alone whose call ended after a time, if one is given. Effects that are
    /// left over end when their time comes.
    pub(super) async fn end_all(
        &self,
        location: &LocationId,
        why: &Reason,
        called_after: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        for id in self.base.store.open_episodes(location).await? {
            // One that cannot be read does not keep the others open.
            if let Err(error) = self.end_episode(&id, why, called_after).await {
                tracing::error!(%location, error = &error as &dyn std::error::Error, "an episode of a removed location cannot be ended; its effects are not performed");
            }
        }
        Ok(())
    }

    async fn end_episode(
        &self,
        id: &EpisodeId,
        why: &Reason,
        called_after: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let ended = Input::Ended(why.clone());
        let failures = StoreFailures::Return;
        let updated = self.base.update(id, failures, |episode, _, now| {
            let is_meant = called_after.is_none_or(|time| episode.state().is_called_after(time));
            is_meant.then(|| episode.handle(&ended, now))
        });
        updated.await?.or_contested("end an episode").map(drop)
    }
}

/// Whether the app is there, as was said of that time. The later one is the greater one; of two of the same time, the one
/// that says that the app is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    at: Timestamp,
    installed: bool,
}

/// The name under which an installation or a removal is accepted once. One that says neither its id nor its time is named
/// by its body: a header, which is not signed, would let an old removal be replayed as a new one.
fn name_of(delivery: &Delivery) -> String {
    if delivery.webhook_id.is_none() && delivery.timestamp.is_none() {
        return format!("sha256:{}", delivery.body_sha256());
    }
    delivery.dedupe_key().as_str().to_owned()
}
