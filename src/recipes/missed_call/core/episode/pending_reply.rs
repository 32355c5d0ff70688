//! Replies about which somebody is still asked what they mean. What the rules made of them is kept with a time limit, so
//! that none is lost should no answer come.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Episode, Output};
use crate::ids::MessageId;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{Reason, Trigger};
use crate::recipes::missed_call::core::reply::Reply;

/// A reply that is not read yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PendingReply {
    /// What it is if no answer comes.
    pub(crate) rules: Reply,
    /// When it has waited long enough.
    pub(crate) until: Timestamp,
}

impl Episode {
    /// Somebody wrote. That alone stops and sets off what a reply does; what they want is waited for.
    pub(super) fn wrote(
        &mut self,
        message: &MessageId,
        rules: Reply,
        until: Timestamp,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        if self.state.pending_replies.contains_key(message) {
            return;
        }
        let unread = PendingReply { rules, until };
        self.state.pending_replies.insert(message.clone(), unread);
        self.happen(Trigger::Replied, Reason::Replied, now, outputs);
        if !self.state.live {
            // There is nothing that an answer could set off.
            self.read(message, rules, now, outputs);
        }
    }

    /// What a reply asks for is known. An answer that comes after that changes nothing.
    pub(super) fn read(
        &mut self,
        message: &MessageId,
        reply: Reply,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        if self.state.pending_replies.remove(message).is_none() {
            return;
        }
        outputs.push(Output::Record(EntryKind::Replied {
            message: Some(message.clone()),
            reply,
        }));
        self.ask_for_a_person(reply, now, outputs);
    }

    /// Replies that have waited long enough are what the rules made of them.
    pub(super) fn read_overdue(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        self.read_by_rules(|unread| unread.until <= now, now, outputs);
    }

    /// So are all others.
    pub(super) fn read_all(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        self.read_by_rules(|_| true, now, outputs);
    }

    fn read_by_rules(
        &mut self,
        which: impl Fn(&PendingReply) -> bool,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        let unread = self.state.pending_replies.iter();
        let chosen: Vec<_> = unread
            .filter(|(_, unread)| which(unread))
            .map(|(message, unread)| (message.clone(), unread.rules))
            .collect();
        for (message, rules) in chosen {
            self.read(&message, rules, now, outputs);
        }
    }

    /// When the first of them has waited long enough.
    pub(super) fn pending_until(&self) -> Option<Timestamp> {
        self.state
            .pending_replies
            .values()
            .map(|unread| unread.until)
            .min()
    }
}
