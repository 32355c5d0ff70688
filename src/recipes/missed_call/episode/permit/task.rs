//! What the team's task says.

use super::{Permit, TaskFacts};
use crate::recipes::missed_call::episode::state::StepState;
use crate::recipes::missed_call::episode::{Episode, Intent, StepName, later};
use crate::recipes::missed_call::recipe::{Step, TaskStep};

impl Episode {
    pub(super) fn permit_task(
        &self,
        name: &StepName,
        step: &Step,
        task: &TaskStep,
        facts: &TaskFacts,
    ) -> Permit {
        let mut body = match &self.state.caller {
            Some(caller) => format!("Missed call from {}.", caller.e164()),
            None => "Missed call.".to_owned(),
        };
        if let Some(called) = &self.state.called {
            body.push_str(&format!(" They called {}.", called.e164()));
        }
        let first_text = self.recipe.first_text();
        match first_text.and_then(|(text, ..)| self.state.step(text)) {
            Some(StepState::Done) => body.push_str(" The automatic text was sent."),
            Some(StepState::NotDone(reason)) => {
                body.push_str(&format!(" No text was sent: {}.", reason.for_people()))
            }
            _ => {}
        }
        Permit::Go(Intent::Task {
            title: task.title.clone(),
            body: body.into(),
            due: later(self.set_off_at(name, step), task.due_after),
            assignee: facts.assignee.clone(),
        })
    }
}
