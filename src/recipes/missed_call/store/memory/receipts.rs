//! Texts of which it is not known yet whether they were delivered.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ids::{LocationId, MessageId};
use crate::recipes::missed_call::store::{AwaitedReceipt, ReceiptChange, Shares};

#[derive(Debug, Default)]
pub(super) struct Receipts(BTreeMap<(LocationId, MessageId), AwaitedReceipt>);

impl Receipts {
    pub(super) fn write(&mut self, change: ReceiptChange) {
        match change {
            ReceiptChange::Await(awaited) => {
                let key = (awaited.location.clone(), awaited.message.clone());
                self.0.entry(key).or_insert(awaited);
            }
            ReceiptChange::Postpone {
                location,
                message,
                due,
            } => {
                if let Some(awaited) = self.0.get_mut(&(location, message)) {
                    awaited.due = due;
                }
            }
            ReceiptChange::End { location, message } => drop(self.0.remove(&(location, message))),
        }
    }

    pub(super) fn one(
        &self,
        location: &LocationId,
        message: &MessageId,
    ) -> Option<&AwaitedReceipt> {
        self.0.get(&(location.clone(), message.clone()))
    }

    pub(super) fn claim(
        &mut self,
        now: Timestamp,
        again: Timestamp,
        limit: usize,
        shares: &Shares,
    ) -> Vec<AwaitedReceipt> {
        let first = self.first(shares).filter(|first| first.due <= now);
        let Some(location) = first.map(|first| first.location.clone()) else {
            return Vec::new();
        };
        let here = self.0.values_mut();
        let mut due: Vec<_> = here
            .filter(|awaited| awaited.location == location && awaited.due <= now)
            .collect();
        due.sort_by_key(|awaited| awaited.due);
        due.truncate(limit);
        let claimed = due.into_iter().map(|awaited| {
            awaited.due = again;
            awaited.clone()
        });
        claimed.collect()
    }

    pub(super) fn next(&self, shares: &Shares) -> Option<Timestamp> {
        self.first(shares).map(|first| first.due)
    }

    fn first(&self, shares: &Shares) -> Option<&AwaitedReceipt> {
        let all = self.0.values();
        all.filter(|awaited| shares.left(Some(&awaited.location)) > 0)
            .min_by_key(|awaited| awaited.due)
    }
}
