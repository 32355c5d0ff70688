//! Removes a person from the rows of an episode. The rows still say that there was an episode, what was done, when, and
//! how it ended; they no longer say who it was, how to reach them, or what was written to them.

use std::collections::BTreeMap;

use super::episode::EpisodeState;
use super::ledger::{CallRecord, Entry, EntryKind};
use super::model::{DeliveryFailure, Intent};
use crate::ids::{ContactId, MessageId};
use crate::secret::Private;

/// The placeholder for ids and references.
const ERASED: &str = "erased";

pub(crate) fn state(state: EpisodeState) -> EpisodeState {
    EpisodeState {
        contact: erased_contact(state.contact),
        former_contact: None,
        conversation: None,
        caller: None,
        references: BTreeMap::new(),
        receipts: BTreeMap::new(),
        pending_replies: BTreeMap::new(),
        ..state
    }
}

pub(crate) fn entry(mut entry: Entry) -> Entry {
    entry.kind = match entry.kind {
        EntryKind::CallMissed {
            call: record,
            recipe,
            recipe_fingerprint,
        } => EntryKind::CallMissed {
            call: call(record),
            recipe,
            recipe_fingerprint,
        },
        EntryKind::CallJoined {
            call: record,
            missed_calls,
        } => EntryKind::CallJoined {
            call: call(record),
            missed_calls,
        },
        EntryKind::Attempted {
            effect,
            attempt,
            intent: what,
            contact,
            basis,
        } => EntryKind::Attempted {
            effect,
            attempt,
            intent: intent(what),
            contact: erased_contact(contact),
            basis,
        },
        EntryKind::Would {
            effect,
            intent: what,
        } => EntryKind::Would {
            effect,
            intent: intent(what),
        },
        EntryKind::Done {
            step,
            reference: _,
            accepted_at,
            seconds_after_call,
            found,
        } => EntryKind::Done {
            step,
            reference: None,
            accepted_at,
            seconds_after_call,
            found,
        },
        EntryKind::NotDelivered {
            step,
            message,
            failure,
        } => EntryKind::NotDelivered {
            step,
            message: erased_message(message),
            failure: DeliveryFailure {
                words: None,
                ..failure
            },
        },
        EntryKind::Delivered { step, message } => EntryKind::Delivered {
            step,
            message: erased_message(message),
        },
        EntryKind::Replied { message: _, reply } => EntryKind::Replied {
            message: None,
            reply,
        },
        EntryKind::Doubted { message: _ } => EntryKind::Doubted { message: None },
        EntryKind::Consented { how, mut consent } => {
            consent.reference = ERASED.to_owned();
            EntryKind::Consented { how, consent }
        }
        EntryKind::ContactFollowed { from, to } => EntryKind::ContactFollowed {
            from: erased_contact(from),
            to: erased_contact(to),
        },
        // A reference names an appointment, a call or a click, by which reports count it, and no person. The others say
        // nothing of the person.
        kind @ (EntryKind::Happened { .. }
        | EntryKind::CallUnclear { .. }
        | EntryKind::Assigned { .. }
        | EntryKind::Released { .. }
        | EntryKind::ExperimentBegan { .. }
        | EntryKind::Postponed { .. }
        | EntryKind::Waits { .. }
        | EntryKind::OutcomeUnknown { .. }
        | EntryKind::NotFound { .. }
        | EntryKind::NotDone { .. }
        | EntryKind::OptedOut { .. }
        | EntryKind::DoubtDecided { .. }
        | EntryKind::ErasureAsked { .. }
        | EntryKind::OptedIn { .. }
        | EntryKind::Ended { .. }
        | EntryKind::Found { .. }
        | EntryKind::Swept { .. }
        | EntryKind::Halted { .. }
        | EntryKind::Resumed { .. }
        | EntryKind::Closed { .. }) => kind,
    };
    entry
}

fn call(record: CallRecord) -> CallRecord {
    CallRecord {
        contact: erased_contact(record.contact),
        caller: None,
        ..record
    }
}

fn intent(intent: Intent) -> Intent {
    let nothing = || Private::new(String::new());
    match intent {
        Intent::Text {
            from,
            hours,
            variant,
            copy_fingerprint,
            basis,
            consent,
            ..
        } => Intent::Text {
            body: nothing(),
            from,
            to: None,
            hours,
            variant,
            copy_fingerprint,
            basis,
            consent: consent.map(|mut consent| {
                consent.reference = ERASED.to_owned();
                consent
            }),
        },
        Intent::Email { .. } => Intent::Email {
            subject: nothing(),
            text: nothing(),
            html: nothing(),
        },
        Intent::Task {
            title,
            due,
            assignee,
            ..
        } => Intent::Task {
            title,
            body: nothing(),
            due,
            assignee,
        },
        Intent::Note { .. } => Intent::Note { body: nothing() },
        Intent::Fields { values, source } => Intent::Fields {
            values: values.into_keys().map(|key| (key, nothing())).collect(),
            source,
        },
        Intent::Stage {
            pipeline, stage, ..
        } => Intent::Stage {
            pipeline,
            stage,
            opportunity: None,
            name: nothing(),
        },
        Intent::Notify { to, title, .. } => Intent::Notify {
            // The recipient is a contact of the team.
            to,
            title,
            body: nothing(),
        },
        // These hold nothing about the person.
        other @ (Intent::Tag { .. }
        | Intent::Untag { .. }
        | Intent::CompleteTask { .. }
        | Intent::DoNotDisturb
        | Intent::Workflow { .. }
        | Intent::Assign { .. }
        | Intent::Record { .. }) => other,
    }
}

fn erased_message(known: MessageId) -> MessageId {
    MessageId::new(ERASED).unwrap_or(known)
}

fn erased_contact(known: ContactId) -> ContactId {
    // The placeholder is a valid id, so the known id is never returned.
    ContactId::new(ERASED).unwrap_or(known)
}
