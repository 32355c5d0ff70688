//! Replies about which somebody is still asked what they mean. What the rules made of them is kept with a time limit, so
//! that none is lost should no answer come.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Action, Episode};
use crate::ids::MessageId;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{Happening, Reason};
use crate::recipes::missed_call::core::reply::Reply;

/// A reply that is not read yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unread {
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
        actions: &mut Vec<Action>,
    ) {
        if self.state.unread.contains_key(message) {
            return;
        }
        let unread = Unread { rules, until };
        self.state.unread.insert(message.clone(), unread);
        self.happen(Happening::Replied, Reason::Replied, now, actions);
        if !self.state.live {
            // There is nothing that an answer could set off.
            self.read(message, rules, now, actions);
        }
    }

    /// What a reply asks for is known. An answer that comes after that changes nothing.
    pub(super) fn read(
        &mut self,
        message: &MessageId,
        reply: Reply,
        now: Timestamp,
        actions: &mut Vec<Action>,
    ) {
        if self.state.unread.remove(message).is_none() {
            return;
        }
        actions.push(Action::Record(EntryKind::Replied {
            message: Some(message.clone()),
            reply,
        }));
        self.ask_for_a_person(reply, now, actions);
    }

    /// Replies that have waited long enough are what the rules made of them.
    pub(super) fn read_overdue(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        self.read_by_rules(|unread| unread.until <= now, now, actions);
    }

    /// So are all others.
    pub(super) fn read_all(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        self.read_by_rules(|_| true, now, actions);
    }

    fn read_by_rules(
        &mut self,
        which: impl Fn(&Unread) -> bool,
        now: Timestamp,
        actions: &mut Vec<Action>,
    ) {
        let unread = self.state.unread.iter();
        let chosen: Vec<_> = unread
            .filter(|(_, unread)| which(unread))
            .map(|(message, unread)| (message.clone(), unread.rules))
            .collect();
        for (message, rules) in chosen {
            self.read(&message, rules, now, actions);
        }
    }

    /// When the first of them has waited long enough.
    pub(super) fn unread_until(&self) -> Option<Timestamp> {
        self.state.unread.values().map(|unread| unread.until).min()
    }
}
