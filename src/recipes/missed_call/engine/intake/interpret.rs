//! What a signal changes. The meaning of some depends on the episode they belong to, or on the recipe.

use jiff::Timestamp;

use super::Intake;
use crate::ids::TaskId;
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::core::model::{MissedCall, Reason, Trigger};
use crate::recipes::missed_call::core::recipe::SuspectedVoicemail;
use crate::recipes::missed_call::core::reply::Reply;
use crate::recipes::missed_call::core::signal::{Person, Signal};
use crate::recipes::missed_call::engine::commit_parts::entry_without_episode;
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::store::{Commit, StoreError};

/// What a signal changes.
pub(super) enum Meaning {
    /// Nothing: it is ignored.
    Nothing,
    /// This.
    Commit(Box<Commit>),
    /// This closes an older episode. When it is committed, the signal is decided again.
    CloseFirst(Box<Commit>),
}

impl From<Commit> for Meaning {
    fn from(commit: Commit) -> Self {
        Self::Commit(Box::new(commit))
    }
}

impl From<Option<Commit>> for Meaning {
    fn from(commit: Option<Commit>) -> Self {
        commit.map_or(Self::Nothing, Self::from)
    }
}

/// What is known of earlier decisions on the same signal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempts {
    /// Another writer was faster.
    pub(super) met_conflict: bool,
    /// An older episode was closed first.
    pub(super) closed_another: bool,
}

/// What the recipe makes of a call that was answered, if a mailbox may have answered it.
fn suspicion(
    site: &LocationEntry,
    call: &MissedCall,
    by_a_user: bool,
) -> Option<SuspectedVoicemail> {
    let rules = &site.recipe.call;
    rules
        .suspects(call.duration, by_a_user)
        .then_some(rules.suspected_voicemail)
}

/// Whether a signal is a missed call in this location.
pub(super) fn is_missed(site: &LocationEntry, signal: &Signal) -> bool {
    match signal {
        Signal::Missed(_) => true,
        Signal::Answered { call, by_a_user } => {
            suspicion(site, call, *by_a_user) == Some(SuspectedVoicemail::Missed)
        }
        Signal::Unclear { .. }
        | Signal::Wrote { .. }
        | Signal::Happened { .. }
        | Signal::Receipt { .. }
        | Signal::TaskDone { .. }
        | Signal::ContactGone { .. }
        | Signal::Consented { .. }
        | Signal::Decided { .. }
        | Signal::Tagged { .. }
        | Signal::DoNotDisturb { .. } => false,
    }
}

impl Intake {
    pub(super) async fn decide(
        &self,
        site: &LocationEntry,
        signal: &Signal,
        now: Timestamp,
        attempts: Attempts,
    ) -> Result<Meaning, StoreError> {
        Ok(match signal {
            Signal::Missed(call) => self.new_call(site, call, now, attempts).await?,
            Signal::Answered { call, by_a_user } => match suspicion(site, call, *by_a_user) {
                Some(SuspectedVoicemail::Missed) => {
                    self.new_call(site, call, now, attempts).await?
                }
                suspected => self.answered(signal, call, suspected, now).await?.into(),
            },
            Signal::TaskDone { person, task } => self.task_done(person, task, now).await?.into(),
            Signal::ContactGone { person } => self.contact_gone(person, now).await?.into(),
            Signal::Unclear {
                location,
                message,
                status,
            } => {
                let kind = EntryKind::CallUnclear {
                    message: message.clone(),
                    status: status.clone(),
                };
                Meaning::from(Commit {
                    entries: vec![entry_without_episode(location, kind, now)],
                    ..Commit::default()
                })
            }
            Signal::Receipt {
                location,
                message,
                receipt,
            } => {
                let found = self.base.store.awaited_receipt(location, message).await?;
                match found {
                    Some(awaited) => self.base.receive(&awaited, receipt, now).await?.into(),
                    None => Meaning::Nothing,
                }
            }
            Signal::Wrote { .. } => self.wrote(signal, now).await?,
            // An opt-out holds for every later call, by any report.
            Signal::Happened {
                person,
                what: Trigger::OptedOut,
                ..
            } => {
                let opt_out = self.opted_out(person, Reason::OptedOut, None, now);
                opt_out.await?.into()
            }
            Signal::Happened {
                person,
                what: Trigger::Doubtful,
                ..
            } => self.doubted(person, None, None, now).await?.into(),
            Signal::Happened { .. } => match signal.to_input() {
                Some((person, input)) => self.apply(&person, &input, None, now).await?.into(),
                None => Meaning::Nothing,
            },
            Signal::Consented {
                person,
                how,
                consent,
            } => self.consented(person, *how, consent, now).await?.into(),
            Signal::Decided {
                person,
                decision,
                by,
            } => self.decided(person, *decision, by, now).await?.into(),
            Signal::Tagged {
                person,
                tags,
                is_dated,
            } => {
                let deciding = &site.recipe.doubt_tags;
                let decided = self.decided_by_tag(deciding, person, tags, *is_dated, now);
                decided.await?.into()
            }
            Signal::DoNotDisturb { person, on: true } => {
                let opt_out = self.opted_out(person, Reason::DoNotDisturb, None, now);
                opt_out.await?.into()
            }
            Signal::DoNotDisturb { person, on: false } => {
                let opt_in = self.opted_in(person, &[Reason::DoNotDisturb], now);
                opt_in.await?.into()
            }
        })
    }

    /// The contact wrote: an opt-out or a doubt is kept for the person, an opt-in lifts both, everything else goes to the episode.
    async fn wrote(&self, signal: &Signal, now: Timestamp) -> Result<Meaning, StoreError> {
        let Signal::Wrote {
            person,
            message,
            text,
            reply,
            in_words,
            erasure,
        } = signal
        else {
            return Ok(Meaning::Nothing);
        };
        if reply.is_opt_out() {
            let unconfirmed = in_words.then_some(person.at);
            let opt_out = self.opted_out(person, Reason::OptedOut, unconfirmed, now);
            let mut commit = opt_out.await?;
            if *erasure {
                let message = message.clone();
                let kind = EntryKind::ErasureAsked { message };
                let asked = Entry {
                    episode: commit
                        .entries
                        .iter()
                        .find_map(|entry| entry.episode.clone()),
                    ..entry_without_episode(&person.location, kind, now)
                };
                commit.entries.push(asked);
            }
            return Ok(commit.into());
        }
        let lifted = if *reply == Reply::OptIn {
            let taken_back = [Reason::OptedOut, Reason::Doubtful];
            self.opted_in(person, &taken_back, now).await?
        } else {
            None
        };
        let (message, text) = (message.as_ref(), text.as_ref());
        let input = self.replies.input(person, message, text, *reply, now);
        if *reply == Reply::Doubtful {
            let commit = self.doubted(person, message, Some(&input), now).await?;
            return Ok(commit.into());
        }
        Ok(self.apply(person, &input, lifted, now).await?.into())
    }

    /// A call was answered, or may have been.
    async fn answered(
        &self,
        signal: &Signal,
        call: &MissedCall,
        suspected: Option<SuspectedVoicemail>,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let Some((person, input)) = signal.to_input() else {
            return Ok(None);
        };
        let reported = (suspected == Some(SuspectedVoicemail::Reported)).then(|| Commit {
            entries: vec![entry_without_episode(
                &person.location,
                EntryKind::CallUnclear {
                    message: call.message.clone(),
                    status: "suspected_voicemail".into(),
                },
                now,
            )],
            ..Commit::default()
        });
        self.apply(&person, &input, reported, now).await
    }

    /// Only a task of the episode says that its caller was taken care of, and only if a person has completed it.
    async fn task_done(
        &self,
        person: &Person,
        task: &TaskId,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let loaded = self.episode_of(person, now).await?;
        if !loaded.is_some_and(|loaded| loaded.episode.has_open_task(task)) {
            return Ok(None);
        }
        let input = Input::Happened {
            what: Trigger::TaskDone,
            reference: task.to_string(),
        };
        self.apply(person, &input, None, now).await
    }

    /// The episode of a contact that was deleted ends; opt-outs stay.
    async fn contact_gone(
        &self,
        person: &Person,
        now: Timestamp,
    ) -> Result<Option<Commit>, StoreError> {
        let loaded = self.episode_of(person, now).await?;
        if loaded.is_none_or(|loaded| *loaded.episode.state().contact() != person.contact) {
            return Ok(None);
        }
        let input = Input::Ended(Reason::ContactGone);
        self.apply(person, &input, None, now).await
    }
}
