//! The caller's contact: its open tasks, and what happens when it is merged into another contact.

use super::state::StepState;
use super::{Episode, Output};
use crate::ids::{ContactId, TaskId};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::recipe::StepAction;

impl Episode {
    /// Whether a step has created this task and no step has completed it.
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

    /// Whether another contact may replace the one that no longer exists: once in an episode.
    pub(crate) fn may_follow(&self) -> bool {
        self.state.former_contact.is_none()
    }

    /// Replaces the contact, which no longer exists, by one that has the caller's number. Open steps are done for it.
    pub(crate) fn go_on_with(&mut self, contact: ContactId) -> Vec<Output> {
        let from = std::mem::replace(&mut self.state.contact, contact.clone());
        self.state.former_contact = Some(from.clone());
        // The thread belonged to the former contact.
        self.state.conversation = None;
        vec![Output::Record(EntryKind::ContactFollowed {
            from,
            to: contact,
        })]
    }
}
