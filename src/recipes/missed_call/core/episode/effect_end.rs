//! The end of an effect: what it means for its step, and what follows.

use jiff::Timestamp;

use super::state::StepState;
use super::{EffectEnd, Episode, Output};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{EffectId, Intent, Reason, StepName};
use crate::recipes::missed_call::core::recipe::Step;

impl Episode {
    pub(super) fn end(
        &mut self,
        effect: &EffectId,
        end: &EffectEnd,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        // The step may be planned again, under another effect.
        if !self.state.has_open(&effect.step) || *effect != self.effect_of(&effect.step) {
            return;
        }
        match end {
            EffectEnd::Done {
                reference,
                at,
                found,
            } => {
                let step = &effect.step;
                self.state.steps.insert(step.clone(), StepState::Done);
                if let Some(reference) = reference {
                    self.state
                        .references
                        .insert(step.clone(), reference.clone());
                }
                self.note_removed_tag(step, *at);
                self.expect_receipt(step, *at);
                outputs.push(Output::Record(EntryKind::Done {
                    step: effect.step.clone(),
                    reference: reference.clone(),
                    accepted_at: *at,
                    seconds_after_call: at
                        .duration_since(self.set_off_by_call_at(step))
                        .as_secs()
                        .max(0),
                    found: *found,
                }));
                self.make_happen(step, *at, outputs);
            }
            EffectEnd::NotDone(reason) => {
                if reason.is_opt_out() {
                    self.state.opted_out.get_or_insert_with(|| reason.clone());
                }
                self.refuse_step(&effect.step, reason.clone(), now, outputs);
                // The caller may have called again since it was decided to hold it back.
                self.plan_held_back(now, outputs);
            }
        }
    }

    /// Ends a step in a dry run, in which it would be attempted with this intent. Call it in place of
    /// [`begin`](Self::begin), and store the result; nothing is performed.
    pub fn would(&mut self, effect: &EffectId, intent: &Intent, now: Timestamp) -> Vec<Output> {
        if !self.state.has_open(&effect.step) || *effect != self.effect_of(&effect.step) {
            return Vec::new();
        }
        let step = &effect.step;
        self.state.steps.insert(step.clone(), StepState::Would);
        let mut outputs = vec![Output::Record(EntryKind::Would {
            effect: effect.clone(),
            intent: intent.clone(),
        })];
        self.make_happen(step, now, &mut outputs);
        outputs
    }

    /// What follows from the step itself.
    fn make_happen(&mut self, step: &StepName, at: Timestamp, outputs: &mut Vec<Output>) {
        if let Some(what) = self.recipe.step(step).and_then(Step::makes_happen) {
            // A step in progress is completed, even if the episode was closed in the meantime.
            let reason = Reason::StoppedBy(what);
            self.stop_on(what, &reason, outputs);
            self.set_off(what, &reason, at, outputs);
        }
    }
}
