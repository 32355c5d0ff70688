//! Replies that are stored and wait for the host's own classifier ([`ReplyAgent`]). The intake fills the queue, the worker
//! empties it.
//!
//! If the agent were asked first, a slow agent would hold up the acknowledgement of the webhook, a crash meanwhile would
//! lose a reply that HighLevel may never send again, and a text that falls due meanwhile would go to a caller who has just
//! written. So a reply is stored at once, with the class that the rules give it and the time that is waited
//! ([`Input::ReplyPending`]); its text waits here, in memory alone; and the answer is another input
//! ([`Input::ReplyClassified`]). If no answer comes, because the agent failed, was too slow, or the process died, the
//! episode wakes and goes by the rules.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::ids::MessageId;
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::model::EpisodeId;
use crate::recipes::missed_call::core::reply::{Reply, ReplyAgent};
use crate::recipes::missed_call::core::signal::{Person, Signal};
use crate::recipes::missed_call::store::Commit;
use crate::secret::Private;

/// How long a reply waits to be classified.
const CLASSIFY_WITHIN: SignedDuration = SignedDuration::from_secs(15);

/// The agent, if there is one, and the replies that wait for it.
pub(super) struct ReplyQueue {
    pub(super) agent: Option<Arc<dyn ReplyAgent>>,
    /// In the order of arrival, which is that of their time limits.
    waiting: Mutex<VecDeque<ReplyQuestion>>,
    /// Each question has a copy until it is answered.
    open: Arc<()>,
}

/// A reply that is stored and not classified yet.
pub(super) struct ReplyQuestion {
    pub(super) episode: EpisodeId,
    pub(super) person: Person,
    pub(super) message: MessageId,
    pub(super) text: Private<String>,
    pub(super) rules: Reply,
    pub(super) in_words: bool,
    pub(super) until: Timestamp,
    /// Held, so that the queue knows of questions that were taken and are not answered yet.
    _open: Arc<()>,
}

impl ReplyQueue {
    pub(super) fn new(agent: Option<Arc<dyn ReplyAgent>>) -> Self {
        Self {
            agent,
            waiting: Mutex::default(),
            open: Arc::default(),
        }
    }

    /// The input that a reply is to an episode: one that is to be classified, if there is an agent for it, or one that is
    /// classified. The agent is not asked about a reply without an id: its answer could not be matched to the reply.
    pub(super) fn input(
        &self,
        person: &Person,
        message: Option<&MessageId>,
        text: Option<&Private<String>>,
        rules: Reply,
        now: Timestamp,
    ) -> Input {
        match (&self.agent, message, text) {
            (Some(_), Some(message), Some(_)) if !rules.is_settled() => Input::ReplyPending {
                message: message.clone(),
                rules,
                at: person.at,
                until: now
                    .saturating_add(CLASSIFY_WITHIN)
                    .unwrap_or(Timestamp::MAX),
            },
            (_, message, _) => Input::Replied {
                message: message.cloned(),
                reply: rules,
                at: person.at,
            },
        }
    }

    /// The question that this commit leaves open.
    pub(super) fn question(&self, signal: &Signal, commit: &Commit) -> Option<ReplyQuestion> {
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
        self.agent.as_ref()?;
        let mut states = commit.episodes.iter().map(|change| &change.state);
        let (episode, pending) =
            states.find_map(|state| Some((state.id(), state.pending_replies.get(message)?)))?;
        Some(ReplyQuestion {
            episode: episode.clone(),
            person: person.clone(),
            message: message.clone(),
            text: text.clone(),
            rules: *reply,
            in_words: *in_words,
            until: pending.until,
            _open: Arc::clone(&self.open),
        })
    }

    /// Adds a stored reply. Those that have waited too long make room.
    pub(super) fn push(&self, question: ReplyQuestion, now: Timestamp) {
        let mut waiting = self.waiting();
        waiting.retain(|other| other.until > now);
        let is_same = |other: &ReplyQuestion| {
            (&other.episode, &other.message) == (&question.episode, &question.message)
        };
        if !waiting.iter().any(is_same) {
            waiting.push_back(question);
        }
    }

    /// Removes up to `limit` questions, the oldest first.
    pub(super) fn take(&self, limit: usize) -> Vec<ReplyQuestion> {
        let mut waiting = self.waiting();
        let some = waiting.len().min(limit);
        waiting.drain(..some).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }

    /// Whether none waits and the agent is asked about none.
    pub(super) fn are_all_answered(&self) -> bool {
        Arc::strong_count(&self.open) == 1
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<ReplyQuestion>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
