//! What the team's task says.

use super::{Permit, TaskFacts};
use crate::recipes::missed_call::core::episode::{Episode, later};
use crate::recipes::missed_call::core::model::{Intent, StepName};
use crate::recipes::missed_call::core::recipe::{Step, TaskStep};

impl Episode {
    pub(super) fn permit_task(
        &self,
        name: &StepName,
        step: &Step,
        task: &TaskStep,
        facts: &TaskFacts,
    ) -> Permit {
        Permit::Go(Intent::Task {
            title: task.title.clone(),
            body: self.tell_with_caller(&facts.caller).into(),
            due: later(self.set_off_at(name, step), task.due_after),
            assignee: facts.assignee.clone(),
        })
    }
}
