//! What became of a text after HighLevel had accepted it.

use jiff::{SignedDuration, Timestamp};

use super::{Episode, Output, later};
use crate::ids::MessageId;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{Receipt, StepName};
use crate::recipes::missed_call::core::recipe::{Step, StepTrigger};

/// How long steps wait for the word that a text was not delivered. A runtime asks for it for the last time before that.
const AWAITED: SignedDuration = SignedDuration::from_mins(70);

impl Episode {
    /// Keeps the episode open for the steps that follow if the text of this one is not delivered.
    pub(super) fn expect_receipt(&mut self, step: &StepName, accepted_at: Timestamp) {
        let is_text = self.recipe.step(step).is_some_and(Step::is_text);
        let not_delivered = StepTrigger::NotDelivered(step.clone());
        let mut steps = self.recipe.steps.values();
        if is_text && steps.any(|other| other.on == not_delivered) {
            let until = later(accepted_at, AWAITED);
            self.state.receipts_until.insert(step.clone(), until);
        }
    }

    /// The first word counts: HighLevel says no two different ones of a text.
    pub(super) fn receive_receipt(
        &mut self,
        message: &MessageId,
        receipt: &Receipt,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        let mut references = self.state.references.iter();
        let found = references.find(|(_, reference)| reference.as_str() == message.as_str());
        let Some(step) = found.map(|(step, _)| step.clone()) else {
            return;
        };
        if self.state.receipts.contains_key(&step) {
            return;
        }
        self.state.receipts.insert(step.clone(), receipt.clone());
        self.state.receipts_until.remove(&step);
        let message = message.clone();
        match receipt {
            Receipt::Delivered => {
                outputs.push(Output::Record(EntryKind::Delivered { step, message }));
            }
            Receipt::NotDelivered(failure) => {
                outputs.push(Output::Record(EntryKind::NotDelivered {
                    step: step.clone(),
                    message,
                    failure: failure.clone(),
                }));
                if self.state.live {
                    let not_delivered = StepTrigger::NotDelivered(step);
                    self.follow(|step| step.on == not_delivered, now, outputs);
                }
            }
        }
    }

    /// What became of the text of a step, as far as it is known.
    pub(super) fn receipt_of(&self, step: &StepName) -> Option<&Receipt> {
        self.state.receipts.get(step)
    }
}
