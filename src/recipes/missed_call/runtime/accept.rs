//! Inputs: one delivery, one transaction. What comes back says that it is on the disk, or that it was not wanted.

use jiff::Timestamp;

use super::early::Early;
use super::judge::{is_missed, suspicion};
use super::missed::Opens;
use super::write::MOST_CONFLICTS;
use super::{Engine, Resumed, Site, add_to};
use crate::ids::{LocationId, MessageId};
use crate::recipes::missed_call::episode::{Happening, Input, Reason};
use crate::recipes::missed_call::intake::{self, Person, Signal};
use crate::recipes::missed_call::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::recipe::Suspected;
use crate::recipes::missed_call::reply::Reply;
use crate::recipes::missed_call::store::{Commit, Committed, DeliveryName, StoreError};
use crate::webhooks::{Delivery, Event};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Acceptance {
    /// It is written.
    Accepted,
    /// It was accepted before; nothing changed.
    Duplicate,
    /// It means nothing here: another location, another event, somebody without an episode or whose last is long over.
    /// Nothing was written.
    Ignored,
}

impl Engine {
    /// Whether a delivery can mean anything here, by its location and its kind.
    pub(super) fn concerns(&self, delivery: &Delivery) -> bool {
        let ours = delivery
            .location_id
            .as_ref()
            .map(|location| self.shared.sites.contains_key(location));
        match &delivery.event {
            // Whose location it is, and whether the app is there: it may be ours one day, or again.
            Event::Install(_) | Event::Uninstall => true,
            event => ours == Some(true) && intake::concerns(event),
        }
    }

    /// Takes a verified delivery. When this returns `Ok`, it may be acknowledged; after an error it must be delivered
    /// again.
    pub async fn accept(&self, delivery: &Delivery) -> Result<Acceptance, StoreError> {
        match &delivery.event {
            Event::Install(_) => return self.installation(delivery, true).await,
            Event::Uninstall => return self.installation(delivery, false).await,
            _ => {}
        }
        let site = delivery
            .location_id
            .as_ref()
            .and_then(|location| self.shared.sites.get(location));
        let now = self.now_at(intake::told_at(delivery)).await;
        let Some(site) = site else {
            return Ok(Acceptance::Ignored);
        };
        let delivery = &*self.with_contact(site, delivery).await?;
        let Some(signal) = intake::read(delivery, now) else {
            return Ok(Acceptance::Ignored);
        };
        let delivery = DeliveryName {
            name: name_of(delivery, &signal),
            received_at: now,
        };
        self.keep(site, &signal, &delivery, None);
        self.take(site, &signal, delivery, None).await
    }

    /// An answer to a call can be told before the call, or by somebody else at the same moment. So it is kept before the
    /// store is asked whom it belongs to; and who opens an episode looks for what was kept, before that and after it.
    pub(super) fn keep(
        &self,
        site: &Site,
        signal: &Signal,
        delivery: &DeliveryName,
        found: Option<&EntryKind>,
    ) {
        let told = signal.as_told().filter(|_| !is_missed(site, signal));
        if let Some((person, _)) = told {
            let early = Early {
                signal: signal.without_words(),
                delivery: delivery.clone(),
                found: found.cloned().map(Box::new),
            };
            let now = self.shared.clock.elapsed();
            self.shared.early.keep(&person, early, now);
        }
    }

    /// Commits what follows from a signal under the delivery's name, and decides anew where somebody else was faster.
    /// `found` is written beside it.
    pub(super) async fn take(
        &self,
        site: &Site,
        signal: &Signal,
        delivery: DeliveryName,
        found: Option<&EntryKind>,
    ) -> Result<Acceptance, StoreError> {
        for conflicts in 0..MOST_CONFLICTS {
            let clock = self.shared.clock.now();
            let now = match self.doubts(signal.at()) {
                None => clock,
                Some(_) if is_missed(site, signal) => delivery.received_at,
                // The episode that it belongs to may be younger than what happened.
                Some(_) => delivery.received_at.max(clock),
            };
            let decided = self.decide(site, signal, now, conflicts > 0).await?;
            let Some(mut commit) = decided else {
                return Ok(Acceptance::Ignored);
            };
            commit.delivery = Some(delivery.clone());
            if let Some(found) = found {
                let episode = commit.episodes.first();
                commit.entries.push(Entry {
                    at: now,
                    location: site.location.id().clone(),
                    episode: episode.map(|change| change.state.id().clone()),
                    kind: found.clone(),
                });
            }
            let opens = Opens::of(&commit);
            let plans = !commit.effects.is_empty();
            let question = self.question(signal, &commit);
            match self.shared.store.commit(commit).await? {
                Committed::Done => {
                    if plans {
                        self.shared.planned.notify_one();
                    }
                    if let Some(question) = question {
                        self.ask_later(question);
                    }
                    if let Some(opens) = opens {
                        self.tell_what_came_meanwhile(site, opens).await;
                    }
                    return Ok(Acceptance::Accepted);
                }
                Committed::Duplicate => return Ok(Acceptance::Duplicate),
                Committed::Conflict => {}
            }
        }
        Err(StoreError::new(
            "commit a delivery",
            "the same episode is written again and again by others",
        ))
    }

    /// `again` says that what was decided before was a conflict.
    async fn decide(
        &self,
        site: &Site,
        signal: &Signal,
        now: Timestamp,
        again: bool,
    ) -> Result<Option<Commit>, StoreError> {
        match signal {
            Signal::Missed(call) => self.missed(site, call, now, again).await.map(Some),
            Signal::Answered { call, by_a_user } => match suspicion(site, call, *by_a_user) {
                Some(Suspected::Missed) => self.missed(site, call, now, again).await.map(Some),
                suspected => self.answered(signal, call, suspected, now).await,
            },
            Signal::TaskDone { person, task } => self.task_done(person, task, now).await,
            Signal::ContactGone { person } => self.contact_gone(person, now).await,
            Signal::Unclear {
                location,
                message,
                status,
            } => {
                let kind = EntryKind::CallUnclear {
                    message: message.clone(),
                    status: status.clone(),
                };
                let entry = Entry {
                    at: now,
                    location: location.clone(),
                    episode: None,
                    kind,
                };
                Ok(Some(Commit {
                    entries: vec![entry],
                    ..Commit::default()
                }))
            }
            Signal::Wrote {
                person,
                message,
                text,
                reply,
                in_words,
                erasure,
            } => {
                if reply.ends_texts() {
                    let unconfirmed = in_words.then_some(person.at);
                    let no = self.opted_out(person, Reason::OptedOut, unconfirmed, now);
                    let mut commit = no.await?;
                    if *erasure {
                        let message = message.clone();
                        let kind = EntryKind::ErasureAsked { message };
                        let asked = Entry {
                            episode: commit.entries.iter().find_map(|told| told.episode.clone()),
                            ..alone(person, kind, now)
                        };
                        commit.entries.push(asked);
                    }
                    return Ok(Some(commit));
                }
                let lifted = match reply {
                    Reply::OptIn => self.opted_in(person, Reason::OptedOut, now).await?,
                    _ => None,
                };
                let (message, text) = (message.as_ref(), text.as_ref());
                let input = self.input_of_reply(person, message, text, *reply, now);
                self.tell(person, &input, lifted, now).await
            }
            // Whoever tells of a no, it holds for every later call.
            Signal::Happened {
                person,
                what: Happening::OptedOut,
                ..
            } => self
                .opted_out(person, Reason::OptedOut, None, now)
                .await
                .map(Some),
            Signal::Happened { .. } => match signal.as_told() {
                Some((person, input)) => self.tell(&person, &input, None, now).await,
                None => Ok(None),
            },
            Signal::Consented {
                person,
                how,
                consent,
            } => self.consented(person, *how, consent, now).await.map(Some),
            Signal::DoNotDisturb { person, on: true } => self
                .opted_out(person, Reason::DoNotDisturb, None, now)
                .await
                .map(Some),
            Signal::DoNotDisturb { person, on: false } => {
                self.opted_in(person, Reason::DoNotDisturb, now).await
            }
        }
    }

    /// Tells somebody's episode what happened, on top of `commit`. If there is none, or if that happened before the call
    /// that opened it, only that is left.
    pub(super) async fn tell(
        &self,
        person: &Person,
        input: &Input,
        commit: Option<Commit>,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let Some(Resumed {
            mut episode,
            revision,
        }) = self.of(person, now).await?
        else {
            return Ok(commit);
        };
        if episode.is_before_the_call(person.at, now) {
            return Ok(commit);
        }
        let mut commit = commit.unwrap_or_default();
        let actions = episode.handle(input, now);
        add_to(&mut commit, &episode, Some(revision), actions, now);
        Ok(Some(commit))
    }

    /// The episode that what this person does now belongs to: the live one, or the last, unless that is long over.
    pub(super) async fn of(
        &self,
        person: &Person,
        now: Timestamp,
    ) -> Result<Option<Resumed>, StoreError> {
        match self.shared.store.latest_episode(&person.key()).await? {
            Some(stored) if stored.state.hears(now) => self.reopen(stored).await.map(Some),
            _ => Ok(None),
        }
    }
}

/// The name under which a delivery is taken once. Several webhooks can tell of one message, and a sweep can find it: what
/// says the same of the same message has the same name.
pub(super) fn name_of(delivery: &Delivery, signal: &Signal) -> String {
    let message = match &delivery.event {
        Event::InboundMessage(message) | Event::OutboundMessage(message) => {
            message.message_id.as_ref()
        }
        _ => None,
    };
    let (Some(location), Some(message), Some(says)) =
        (&delivery.location_id, message, signal.of_message())
    else {
        return delivery.dedupe_key().as_str().to_owned();
    };
    name_of_message(location, message, says)
}

/// The name of what is said of a message, whoever says it.
pub(super) fn name_of_message(location: &LocationId, message: &MessageId, says: &str) -> String {
    format!("message:{location}:{message}:{says}")
}

pub(super) fn alone(person: &Person, kind: EntryKind, now: Timestamp) -> Entry {
    Entry {
        at: now,
        location: person.location.clone(),
        episode: None,
        kind,
    }
}
