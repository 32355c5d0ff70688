//! Replies that may be opt-outs: messages end until a person of the business decides.

use jiff::Timestamp;

use super::{Episode, Output};
use crate::ids::MessageId;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{Reason, StepName, Trigger};
use crate::recipes::missed_call::core::recipe::{StepAction, StepTrigger};

impl Episode {
    /// The caller may have opted out. Tasks and notices for it start; a caller who has opted out already leaves no doubt.
    pub(super) fn doubt(
        &mut self,
        message: Option<&MessageId>,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        self.state.doubtful = true;
        self.state.may_text_tag_removed_at = None;
        outputs.push(Output::Record(EntryKind::Doubted {
            message: message.cloned(),
        }));
        if self.state.opted_out.is_some() {
            self.stop_on(Trigger::Doubtful, &Reason::Doubtful, outputs);
        } else {
            self.apply_trigger(Trigger::Doubtful, Reason::Doubtful, now, outputs);
        }
    }

    /// A step for the doubt has removed the tag that allows texts: a person who sets it from now on has decided.
    pub(super) fn note_removed_tag(&mut self, name: &StepName, at: Timestamp) {
        let step = self.recipe.step(name);
        let removes = step.is_some_and(|step| match &step.action {
            StepAction::Untag(tag) => {
                tag.name == self.recipe.doubt_tags.may_text
                    && step.on == StepTrigger::After(Trigger::Doubtful)
            }
            _ => false,
        });
        if removes && self.state.doubtful {
            self.state.may_text_tag_removed_at = Some(at);
        }
    }

    /// Why no message may be sent to the caller, if none may.
    pub(super) fn holds_messages_back(&self) -> Option<Reason> {
        let doubt = self.state.doubtful.then_some(Reason::Doubtful);
        self.state.opted_out.clone().or(doubt)
    }
}
