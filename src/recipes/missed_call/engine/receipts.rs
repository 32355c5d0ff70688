//! Texts whose receipts are awaited: from which moment on, when HighLevel is asked, and what follows from its word.

use jiff::{SignedDuration, Timestamp};

use super::base::{Base, Loaded};
use super::commit_parts::add_outputs;
use crate::ids::MessageId;
use crate::recipes::missed_call::core::episode::{Episode, Input};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{Reason, Receipt, Subject};
use crate::recipes::missed_call::core::recipe::Step;
use crate::recipes::missed_call::store::{
    AwaitedReceipt, Commit, ReceiptChange, StoreError, SuppressionChange,
};

/// When HighLevel is asked after it has accepted a text, unless a webhook has said it before. The second number is a step: a
/// time is put off to the next whole one, so that one request answers for all texts of a location in between.
const LOOKS: [(SignedDuration, SignedDuration); 3] = [
    (SignedDuration::from_mins(1), SignedDuration::from_mins(1)),
    (SignedDuration::from_mins(10), SignedDuration::from_mins(5)),
    (SignedDuration::from_mins(60), SignedDuration::from_mins(5)),
];

/// When HighLevel is asked next about a text, after `now`; `None` if it was asked for the last time.
pub(super) fn next_look(accepted_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let mut looks = LOOKS
        .iter()
        .map(|(age, step)| up_to(accepted_at.saturating_add(*age), *step));
    looks.find(|at| *at > now)
}

/// The next whole step of the clock.
fn up_to(time: Result<Timestamp, jiff::Error>, step: SignedDuration) -> Timestamp {
    let Ok(time) = time else {
        return Timestamp::MAX;
    };
    let step = i64::try_from(step.as_millis()).unwrap_or(1);
    let whole = (time.as_millisecond() + step - 1).div_euclid(step) * step;
    Timestamp::from_millisecond(whole).unwrap_or(Timestamp::MAX)
}

/// Adds what follows from an entry of the episode: the receipt of a text is awaited, or has come.
pub(super) fn add_receipt(
    commit: &mut Commit,
    episode: &Episode,
    entry: &EntryKind,
    now: Timestamp,
) {
    let state = episode.state();
    match entry {
        EntryKind::Done {
            step,
            reference: Some(message),
            accepted_at,
            ..
        } if episode.recipe().step(step).is_some_and(Step::is_text) => {
            let due = next_look(*accepted_at, now);
            if let (Ok(message), Some(due)) = (MessageId::new(message.as_str()), due) {
                commit.receipts.push(ReceiptChange::Await(AwaitedReceipt {
                    location: state.location().clone(),
                    message,
                    episode: state.id().clone(),
                    accepted_at: *accepted_at,
                    due,
                }));
            }
        }
        EntryKind::NotDelivered { failure, .. } if failure.landline => {
            // The contact's own number is not known here; the next text to it says so again.
            commit
                .suppressions
                .extend(state.caller().map(|number| SuppressionChange {
                    location: state.location().clone(),
                    subject: Subject::number(number),
                    reason: Reason::Landline,
                    suppressed: true,
                    at: now,
                }));
        }
        _ => {}
    }
}

/// The receipts of an episode's texts with these entries, which are awaited no more.
pub(super) fn forgotten<'e>(
    episode: &Episode,
    entries: impl IntoIterator<Item = &'e EntryKind>,
) -> Vec<ReceiptChange> {
    let of_text = |entry: &EntryKind| match entry {
        EntryKind::Done {
            reference: Some(id),
            ..
        } => Some(ReceiptChange::End {
            location: episode.state().location().clone(),
            message: MessageId::new(id.as_str()).ok()?,
        }),
        _ => None,
    };
    entries.into_iter().filter_map(of_text).collect()
}

impl Base {
    /// What follows from HighLevel's word on a text.
    pub(super) async fn receive(
        &self,
        awaited: &AwaitedReceipt,
        receipt: &Receipt,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let mut commit = Commit {
            receipts: vec![awaited.end()],
            ..Commit::default()
        };
        if let Some(Loaded {
            mut episode,
            revision,
        }) = self.episode(&awaited.episode).await?
        {
            let input = Input::Receipt {
                message: awaited.message.clone(),
                receipt: receipt.clone(),
            };
            let outputs = episode.handle(&input, now);
            add_outputs(&mut commit, &episode, Some(revision), outputs, now);
        }
        Ok(commit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-20T{time}Z").parse().unwrap()
    }

    #[test]
    fn highlevel_is_asked_three_times_within_70_minutes() {
        for (accepted, looks) in [
            ("10:00:00", ["10:01:00", "10:10:00", "11:00:00"]),
            ("10:00:00.001", ["10:02:00", "10:15:00", "11:05:00"]),
            ("10:04:59", ["10:06:00", "10:15:00", "11:05:00"]),
            ("23:59:30", ["", "", ""]),
        ] {
            let accepted = at(accepted);
            let mut now = accepted;
            for look in looks.iter().filter(|look| !look.is_empty()) {
                now = next_look(accepted, now).unwrap();
                assert_eq!(now, at(look));
            }
            while let Some(next) = next_look(accepted, now) {
                assert!(next > now);
                now = next;
            }
            assert!(now.duration_since(accepted) <= SignedDuration::from_mins(65));
        }
        assert_eq!(next_look(Timestamp::MAX, Timestamp::MAX), None);
    }
}
