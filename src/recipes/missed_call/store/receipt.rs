//! Texts of which it is not known yet whether they were delivered.

use jiff::Timestamp;

use crate::ids::{LocationId, MessageId};
use crate::recipes::missed_call::core::model::EpisodeId;

/// A text that HighLevel has accepted, and of which it has not said yet whether it was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedReceipt {
    /// Where it was sent.
    pub location: LocationId,
    /// The text.
    pub message: MessageId,
    /// The episode that it belongs to.
    pub episode: EpisodeId,
    /// When HighLevel accepted it.
    pub accepted_at: Timestamp,
    /// When HighLevel is asked for the next time.
    pub due: Timestamp,
}

/// A change to the texts whose receipts are awaited.
// Exhaustive on purpose: a store has to write every change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptChange {
    /// A receipt is awaited from now on. If it is already, nothing changes. A store may delete it three days after it was due.
    Await(AwaitedReceipt),
    /// HighLevel has not said it yet, and is asked again then.
    Postpone {
        /// Where the text was sent.
        location: LocationId,
        /// The text.
        message: MessageId,
        /// When.
        due: Timestamp,
    },
    /// It is not awaited any more.
    End {
        /// Where the text was sent.
        location: LocationId,
        /// The text.
        message: MessageId,
    },
}

impl AwaitedReceipt {
    /// It is not awaited any more.
    pub(crate) fn end(&self) -> ReceiptChange {
        ReceiptChange::End {
            location: self.location.clone(),
            message: self.message.clone(),
        }
    }
}
