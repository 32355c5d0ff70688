//! Replies of the last minutes by people without an episode: webhooks come in any order, and one may be told before the
//! call that it follows.
//!
//! They are kept in memory: a process that dies in between loses the order of two webhooks and nothing else.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::ids::{ContactId, LocationId, MessageId};
use crate::recipes::missed_call::intake::Person;
use crate::recipes::missed_call::reply::Reply;

/// How long they are kept: as long as HighLevel lets pass before it sends again.
const KEPT: SignedDuration = SignedDuration::from_mins(15);
/// How many are kept at most.
const MOST: usize = 10_000;

/// A reply that nobody waited for.
#[derive(Debug, Clone)]
pub(super) struct EarlyReply {
    pub(super) message: Option<MessageId>,
    pub(super) reply: Reply,
    /// When it was written.
    pub(super) at: Timestamp,
}

/// The last one of each person.
#[derive(Default)]
pub(super) struct EarlyReplies {
    last: Mutex<HashMap<(LocationId, ContactId), EarlyReply>>,
}

impl EarlyReplies {
    pub(super) fn keep(&self, person: &Person, early: EarlyReply, now: Timestamp) {
        let mut last = self.last();
        if last.len() >= MOST {
            last.retain(|_, early| now.duration_since(early.at) < KEPT);
        }
        if last.len() < MOST {
            last.insert((person.location.clone(), person.contact.clone()), early);
        }
    }

    /// What this contact has written since the call ended.
    pub(super) fn since(
        &self,
        location: &LocationId,
        contact: &ContactId,
        call_ended_at: Timestamp,
    ) -> Option<EarlyReply> {
        let known = self.last();
        let early = known.get(&(location.clone(), contact.clone()))?;
        (early.at >= call_ended_at).then(|| early.clone())
    }

    fn last(&self) -> MutexGuard<'_, HashMap<(LocationId, ContactId), EarlyReply>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
