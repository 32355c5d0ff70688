//! Decides the text, due time and assignee of the team's task.

use super::{Decision, TaskFacts};
use crate::recipes::missed_call::core::episode::{Episode, later};
use crate::recipes::missed_call::core::model::{Intent, StepName};
use crate::recipes::missed_call::core::recipe::{Step, TaskStep};

impl Episode {
    pub(super) fn decide_task(
        &self,
        name: &StepName,
        step: &Step,
        task: &TaskStep,
        facts: &TaskFacts,
    ) -> Decision {
        Decision::Proceed(Intent::Task {
            title: task.title.clone(),
            body: self.summary_with_caller(&facts.caller).into(),
            due: later(self.set_off_at(name, step), task.due_after),
            assignee: facts.assignee.clone(),
        })
    }
}
