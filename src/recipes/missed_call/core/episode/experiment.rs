//! The experiment of the recipe in an episode: the caller's arm, and the release of a caller who calls again.

use std::sync::Arc;

use jiff::Timestamp;

use super::state::StepState;
use super::{Episode, Output, later};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{
    Assignment, EffectId, ExperimentArm, MissedCall, Reason, StepName,
};

impl Episode {
    /// Assigns the caller to this arm. Call it after [`decide`](Self::decide) returned
    /// [`Decision::Assign`](super::Decision::Assign), store the result, and ask again. Assigned twice, the first arm stays.
    pub fn assign(&mut self, effect: &EffectId, assignment: &Assignment) -> Vec<Output> {
        if self.is_assigned() {
            return Vec::new();
        }
        self.state.arm = Some(assignment.arm);
        vec![Output::Record(EntryKind::Assigned {
            assignment: assignment.clone(),
            effect: effect.clone(),
        })]
    }

    /// Whether the caller has an arm.
    pub(crate) fn is_assigned(&self) -> bool {
        self.state.arm.is_some()
    }

    /// Whether texts that follow the call are held back.
    pub(super) fn is_held_out(&self) -> bool {
        self.state.arm == Some(ExperimentArm::HeldOut) && self.state.released_at.is_none()
    }

    /// The end of the call that texts answer: the first one, or the one that has released the caller.
    pub(super) fn answered_call_ended_at(&self) -> Timestamp {
        self.state.released_at.unwrap_or(self.state.call_ended_at)
    }

    /// The effect of a step that is open, or was last.
    pub(super) fn effect_of(&self, step: &StepName) -> EffectId {
        EffectId {
            episode: self.state.id.clone(),
            step: step.clone(),
            ordinal: u32::from(self.state.planned_again.contains(step)),
        }
    }

    /// A caller from whom texts were held back has called again, and gets them.
    pub(super) fn release(&mut self, call: &MissedCall, now: Timestamp, outputs: &mut Vec<Output>) {
        if !self.is_held_out() || !self.state.live || self.state.ended {
            return;
        }
        let Some(experiment) = self.recipe.experiment() else {
            return;
        };
        // Calls may be reported in any order.
        let released_at = call.ended_at.max(self.state.call_ended_at).min(now);
        self.state.released_at = Some(released_at);
        outputs.push(Output::Record(EntryKind::Released {
            experiment: experiment.experiment.clone(),
            call: call.message.clone(),
        }));
        self.plan_held_back(now, outputs);
    }

    /// Plans again what was held back, once the caller is released.
    pub(super) fn plan_held_back(&mut self, now: Timestamp, outputs: &mut Vec<Output>) {
        let Some(released_at) = self.state.released_at.filter(|_| !self.state.ended) else {
            return;
        };
        let held_back = StepState::NotDone(Reason::HeldOut);
        let recipe = Arc::clone(&self.recipe);
        for (name, step) in &recipe.steps {
            if self.state.step(name) == Some(&held_back)
                && self.state.planned_again.insert(name.clone())
            {
                let due = later(released_at, step.after).max(now);
                self.plan_step(name, step, due, outputs);
            }
        }
    }
}
