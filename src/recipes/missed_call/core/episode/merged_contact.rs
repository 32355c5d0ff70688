//! What belongs to the caller's contact: its tasks, and the contact itself, which can be merged into another.

use super::state::StepState;
use super::{Episode, Output};
use crate::ids::{ContactId, TaskId};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::recipe::StepAction;

impl Episode {
    /// Whether this is a task that a step has made and no step has completed.
    pub(crate) fn has_open_task(&self, task: &TaskId) -> bool {
        let references = &mut self.state.references.iter();
        let made = references.find(|(name, made)| {
            let step = self.recipe.step(name);
            made.as_str() == task.as_str()
                && step.is_some_and(|step| matches!(step.action, StepAction::Task(_)))
        });
        made.is_some_and(|(made, _)| {
            let completes =
                |action: &StepAction| matches!(action, StepAction::CompleteTask(of) if of == made);
            let begun = |state: Option<&StepState>| {
                matches!(
                    state,
                    Some(StepState::Attempting | StepState::Stopping(_) | StepState::Done)
                )
            };
            let steps = &mut self.recipe.steps.iter();
            !steps.any(|(name, step)| completes(&step.action) && begun(self.state.step(name)))
        })
    }

    /// Whether another contact may take the place of the one that is gone: once in an episode.
    pub(crate) fn may_follow(&self) -> bool {
        self.state.former_contact.is_none()
    }

    /// The contact is gone, and `contact` has the caller's number: all that is still to be done is done for it.
    pub(crate) fn go_on_with(&mut self, contact: ContactId) -> Vec<Output> {
        let from = std::mem::replace(&mut self.state.contact, contact.clone());
        self.state.former_contact = Some(from.clone());
        // The thread was the other contact's.
        self.state.conversation = None;
        vec![Output::Record(EntryKind::ContactFollowed {
            from,
            to: contact,
        })]
    }
}
