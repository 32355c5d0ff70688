//! One occurrence, one transaction. The result says that it is on the disk, or that it was not wanted.

use super::Intake;
use super::interpret::{Attempts, Meaning, is_missed};
use super::replay::Opened;
use crate::recipes::missed_call::core::ledger::Entry;
use crate::recipes::missed_call::core::signal::{self, EventReport, Occurrence};
use crate::recipes::missed_call::engine::acceptance::{AcceptError, Acceptance};
use crate::recipes::missed_call::engine::commit_parts::entry_without_episode;
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::engine::reply_queue::ReplyQuestion;
use crate::recipes::missed_call::engine::update::{Change, Decided, StoreFailures, Updated};
use crate::recipes::missed_call::store::{DeliveryName, StoreError};
use crate::webhooks::Delivery;

impl Intake {
    /// Whether a delivery can mean anything here, by its location and its kind.
    pub(in super::super) fn concerns(&self, delivery: &Delivery) -> bool {
        let location = delivery.location_id.as_ref();
        location.is_some_and(|location| self.base.locations.may_be_served(location))
            && signal::concerns(&delivery.event)
    }

    /// Accepts a verified delivery.
    pub(in super::super) async fn accept(
        &self,
        delivery: &Delivery,
    ) -> Result<Acceptance, AcceptError> {
        let report = EventReport::of_delivery(delivery);
        let (Some(location), Some(report)) = (&delivery.location_id, report) else {
            return Ok(Acceptance::Ignored);
        };
        let Some(site) = self.base.site(location).await? else {
            return Ok(Acceptance::Ignored);
        };
        let site = &*site;
        let reported_at = signal::reported_at(delivery);
        let now = self.base.time.now_of_report(reported_at).await;
        let report = self.with_contact(site, report).await?;
        let Some(occurrence) = report.occurrence(now) else {
            return Ok(Acceptance::Ignored);
        };
        self.keep(site, &occurrence).await?;
        Ok(self.take(site, &occurrence).await?)
    }

    /// An answer to a call can be reported before the call, or by another process at the same moment. So it is kept before
    /// the store is asked whose it is; and a call that opens an episode looks for what was kept, before and after it.
    pub(super) async fn keep(
        &self,
        site: &LocationEntry,
        occurrence: &Occurrence,
    ) -> Result<(), StoreError> {
        if is_missed(site, &occurrence.signal) {
            return Ok(());
        }
        self.early.keep(occurrence).await
    }

    /// Commits what follows from an occurrence, once under its name. An episode that it opens then takes in what was
    /// reported at the same moment.
    pub(super) async fn take(
        &self,
        site: &LocationEntry,
        occurrence: &Occurrence,
    ) -> Result<Acceptance, StoreError> {
        let (acceptance, opened) = self.commit_occurrence(site, occurrence).await?;
        if let Some(opened) = opened {
            self.replay(site, &opened).await;
        }
        Ok(acceptance)
    }

    /// The same without what follows from an opened episode.
    pub(super) async fn commit_occurrence(
        &self,
        site: &LocationEntry,
        occurrence: &Occurrence,
    ) -> Result<(Acceptance, Option<Opened>), StoreError> {
        let take = Take {
            intake: self,
            site,
            occurrence,
            closed_another: false,
        };
        let taken = self.base.commit_change(StoreFailures::Return, take).await?;
        Ok(match taken.or_contested("commit a delivery")? {
            Updated::Written(Some(taken)) => {
                if taken.plans {
                    self.base.wake_up.notify_one();
                }
                if let Some(question) = taken.question {
                    self.replies.push(question, self.base.now());
                    self.base.wake_up.notify_one();
                }
                (Acceptance::Accepted, taken.opened)
            }
            Updated::Duplicate => (Acceptance::Duplicate, None),
            Updated::Unchanged(_) | Updated::Written(None) | Updated::Contested => {
                (Acceptance::Ignored, None)
            }
        })
    }
}

/// What follows from one occurrence.
struct Take<'t> {
    intake: &'t Intake,
    site: &'t LocationEntry,
    occurrence: &'t Occurrence,
    /// An older episode of the caller was closed for this call.
    closed_another: bool,
}

/// What is known of a commit that is written.
struct Taken {
    plans: bool,
    question: Option<ReplyQuestion>,
    opened: Option<Opened>,
}

impl Change for Take<'_> {
    type Then = Option<Taken>;

    async fn decide(&mut self, conflicts: u32) -> Result<Decided<Self::Then>, StoreError> {
        let Occurrence {
            signal,
            name,
            received_at,
            ..
        } = self.occurrence;
        let base = &self.intake.base;
        let clock = base.now();
        let now = match base.time.doubts(signal.at()) {
            None => clock,
            Some(_) if is_missed(self.site, signal) => *received_at,
            // The episode that it belongs to may be younger than what happened.
            Some(_) => (*received_at).max(clock),
        };
        let attempts = Attempts {
            met_conflict: conflicts > 0,
            closed_another: self.closed_another,
        };
        let meaning = self.intake.decide(self.site, signal, now, attempts).await?;
        let mut commit = match meaning {
            Meaning::Nothing => return Ok(Decided::Nothing(None)),
            Meaning::CloseFirst(commit) => {
                self.closed_another = true;
                return Ok(Decided::First(commit));
            }
            Meaning::Commit(commit) => commit,
        };
        commit.delivery = Some(DeliveryName {
            name: name.clone(),
            received_at: *received_at,
        });
        if let Some(kind) = self.occurrence.entry() {
            let episode = commit.episodes.first();
            commit.entries.push(Entry {
                episode: episode.map(|change| change.state.id().clone()),
                ..entry_without_episode(self.site.location.id(), kind, now)
            });
        }
        let taken = Taken {
            plans: !commit.effects.is_empty(),
            question: self.intake.replies.question(signal, &commit),
            opened: Opened::by(&commit),
        };
        Ok(Decided::Commit(commit, Some(taken)))
    }
}
