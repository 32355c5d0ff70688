//! Replies that a reply agent is still asked to classify. The classification of the rules is kept with a deadline, so that
//! no reply is lost if the agent gives no answer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Episode, Output};
use crate::ids::MessageId;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{Reason, Trigger};
use crate::recipes::missed_call::core::reply::Reply;

/// A reply that is not classified yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PendingReply {
    /// The classification of the rules, used if no answer comes.
    pub(crate) rules: Reply,
    /// Until when an answer is awaited.
    pub(crate) until: Timestamp,
}

impl Episode {
    /// Adds a reply that is not classified yet. It acts as a reply at once; what it asks for follows later.
    pub(super) fn add_pending_reply(
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
        let pending = PendingReply { rules, until };
        self.state.pending_replies.insert(message.clone(), pending);
        self.apply_trigger(Trigger::Replied, Reason::Replied, now, outputs);
        if !self.state.live {
            // An answer could start no step.
            self.classify_reply(message, rules, now, outputs);
        }
    }

    /// Sets the classification of a pending reply. A second answer changes nothing.
    pub(super) fn classify_reply(
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

    /// Uses the classification of the rules for replies whose deadline has passed.
    pub(super) fn classify_overdue(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        self.classify_by_rules(|pending| pending.until <= now, now, outputs);
    }

    /// Uses the classification of the rules for all pending replies.
    pub(super) fn classify_all(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        self.classify_by_rules(|_| true, now, outputs);
    }

    fn classify_by_rules(
        &mut self,
        which: impl Fn(&PendingReply) -> bool,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        let pending = self.state.pending_replies.iter();
        let chosen: Vec<_> = pending
            .filter(|(_, reply)| which(reply))
            .map(|(message, reply)| (message.clone(), reply.rules))
            .collect();
        for (message, rules) in chosen {
            self.classify_reply(&message, rules, now, outputs);
        }
    }

    /// The earliest deadline of the pending replies.
    pub(super) fn pending_until(&self) -> Option<Timestamp> {
        self.state
            .pending_replies
            .values()
            .map(|pending| pending.until)
            .min()
    }
}
