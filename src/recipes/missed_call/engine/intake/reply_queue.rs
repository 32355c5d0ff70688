//! The host's own reader of replies ([`ReplyAgent`]) is asked after a reply is stored, not before.
//!
//! Were it asked first, a slow agent would hold up the acknowledgement of the webhook, a crash meanwhile would lose a
//! reply that HighLevel may never send again, and a text that falls due meanwhile would go to somebody who has just
//! written. So a reply is stored at once, with what the rules made of it and how long is waited
//! ([`Input::ReplyPending`]); its text waits here, in memory alone; and the answer is another input ([`Input::ReplyClassified`]). Where none
//! comes, because the agent failed, was too slow, or the process died, the episode wakes and goes by the rules.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::consent::{changes, subjects};
use crate::ids::MessageId;
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::model::{EpisodeId, Reason};
use crate::recipes::missed_call::core::reply::{Reply, ReplyAgent, decide};
use crate::recipes::missed_call::core::signal::{Person, Signal};
use crate::recipes::missed_call::engine::update::MOST_CONFLICTS;
use crate::recipes::missed_call::engine::{Engine, Loaded, add_to};
use crate::recipes::missed_call::store::{Commit, CommitOutcome, StoreError};
use crate::secret::Private;

/// How long a reply waits to be read.
const READ_WITHIN: SignedDuration = SignedDuration::from_secs(15);

/// The agent, and what it is to be asked.
pub(crate) struct ReplyQueue {
    agent: Arc<dyn ReplyAgent>,
    /// In the order in which they came, which is that of their time limits.
    waiting: Mutex<VecDeque<ReplyQuestion>>,
}

/// A reply that is stored and not read yet.
pub(crate) struct ReplyQuestion {
    episode: EpisodeId,
    person: Person,
    message: MessageId,
    text: Private<String>,
    rules: Reply,
    in_words: bool,
    until: Timestamp,
}

impl ReplyQueue {
    pub(crate) fn new(agent: Arc<dyn ReplyAgent>) -> Self {
        Self {
            agent,
            waiting: Mutex::default(),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<ReplyQuestion>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// What an episode is told of a reply: that it is to be read, if there is somebody to read it, or what it is. A reply
    /// without an id is not asked about, because an answer could not be told from that to another one.
    pub(crate) fn input_of_reply(
        &self,
        person: &Person,
        message: Option<&MessageId>,
        text: Option<&Private<String>>,
        rules: Reply,
        now: Timestamp,
    ) -> Input {
        match (&self.shared.reader, message, text) {
            (Some(_), Some(message), Some(_)) if !rules.is_settled() => Input::ReplyPending {
                message: message.clone(),
                rules,
                at: person.at,
                until: now.saturating_add(READ_WITHIN).unwrap_or(Timestamp::MAX),
            },
            _ => Input::Replied {
                message: message.cloned(),
                reply: rules,
                at: person.at,
            },
        }
    }

    /// The question that this commit leaves open.
    pub(crate) fn question(&self, signal: &Signal, commit: &Commit) -> Option<ReplyQuestion> {
        let Signal::Wrote {
            person,
            message: Some(message),
            text: Some(text),
            reply,
            in_words,
            ..
        } = signal
        else {
            return None;
        };
        let mut states = commit.episodes.iter().map(|change| &change.state);
        let (episode, unread) =
            states.find_map(|state| Some((state.id(), state.pending_replies.get(message)?)))?;
        Some(ReplyQuestion {
            episode: episode.clone(),
            person: person.clone(),
            message: message.clone(),
            text: text.clone(),
            rules: *reply,
            in_words: *in_words,
            until: unread.until,
        })
    }

    /// The reply is stored: it waits to be read. Those that have waited too long make room.
    pub(crate) fn ask_later(&self, question: ReplyQuestion) {
        let Some(reader) = &self.shared.reader else {
            return;
        };
        let now = self.shared.clock.now();
        let mut waiting = reader.waiting();
        waiting.retain(|other| other.until > now);
        let is_same = |other: &ReplyQuestion| {
            (&other.episode, &other.message) == (&question.episode, &question.message)
        };
        if !waiting.iter().any(is_same) {
            waiting.push_back(question);
        }
        self.shared.planned.notify_one();
    }

    /// Takes up to `limit` questions.
    pub(crate) fn questions(&self, limit: usize) -> Vec<ReplyQuestion> {
        let Some(reader) = &self.shared.reader else {
            return Vec::new();
        };
        let mut waiting = reader.waiting();
        let some = waiting.len().min(limit);
        waiting.drain(..some).collect()
    }

    /// Whether a reply waits to be read.
    pub(crate) fn has_questions(&self) -> bool {
        let reader = self.shared.reader.as_ref();
        reader.is_some_and(|reader| !reader.waiting().is_empty())
    }

    /// Asks the agent, and tells the episode what counts then.
    pub(crate) async fn ask(&self, question: ReplyQuestion) {
        let Some(reader) = &self.shared.reader else {
            return;
        };
        let left = question.until.duration_since(self.shared.clock.now());
        let left = Duration::try_from(left).unwrap_or_default();
        if left.is_zero() {
            // It was too late before it began; the episode wakes by itself.
            return;
        }
        let said = tokio::select! {
            biased;
            said = reader.agent.classify(&question.text, question.rules) => said.ok(),
            () = self.shared.clock.sleep(left) => None,
        };
        if said.is_none() {
            // The agent's own words are not logged: they may be the caller's.
            tracing::warn!(
                message = %question.message,
                "the agent did not say what a reply asks for; it is what the rules say"
            );
        }
        if let Err(error) = self.answer(&question, decide(question.rules, said)).await {
            tracing::error!(
                message = %question.message,
                error = &error as &dyn std::error::Error,
                "what a reply asks for could not be stored; it will be what the rules say"
            );
        }
    }

    async fn answer(&self, question: &ReplyQuestion, reply: Reply) -> Result<(), StoreError> {
        let input = Input::ReplyClassified {
            message: question.message.clone(),
            reply,
        };
        for _ in 0..MOST_CONFLICTS {
            let now = self.shared.clock.now();
            let Some(Loaded {
                mut episode,
                revision,
            }) = self.episode(&question.episode).await?
            else {
                return Ok(());
            };
            let mut outputs = episode.handle(&input, now);
            if outputs.is_empty() && !reply.is_opt_out() {
                // Somebody has decided already, or the episode was closed. A no counts all the same.
                return Ok(());
            }
            let mut commit = Commit::default();
            if reply.is_opt_out() {
                let (person, reason) = (&question.person, Reason::OptedOut);
                let subjects = subjects(person, Some(&episode));
                commit.suppressions = changes(person, subjects, &reason, true);
                let opted_out = Input::OptedOut {
                    reason,
                    unconfirmed_since: question.in_words.then_some(person.at),
                };
                outputs.extend(episode.handle(&opted_out, now));
            }
            add_to(&mut commit, &episode, Some(revision), outputs, now);
            if self.shared.store.commit(commit).await? == CommitOutcome::Done {
                self.shared.planned.notify_one();
                return Ok(());
            }
        }
        Err(StoreError::new(
            "commit what a reply asks for",
            "the same episode is written again and again by others",
        ))
    }
}
