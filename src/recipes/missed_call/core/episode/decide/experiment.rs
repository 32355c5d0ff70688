//! Decides whether the recipe's experiment holds a text back that nothing else forbids.

use jiff::Timestamp;

use super::{Decision, TextFacts};
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::model::{ExperimentRules, Reason};
use crate::recipes::missed_call::core::recipe::Step;

impl Episode {
    /// What the experiment says of a text that is about to be sent; `None` if it may go out.
    pub(super) fn experiment_decides(
        &self,
        step: &Step,
        facts: &TextFacts,
        now: Timestamp,
    ) -> Option<Decision> {
        if !step.is_held_back() || facts.dry_run {
            return None;
        }
        if self.is_held_out() {
            return Some(Decision::Skip(Reason::HeldOut));
        }
        let rules = self.takes_part(facts, now)?;
        let is_first = self.state.arm.is_none() && self.recipe.is_first_reply(step);
        is_first.then(|| Decision::Assign(rules.assign(self.subject())))
    }

    /// The rules of the experiment, if the caller takes part in it.
    fn takes_part(&self, facts: &TextFacts, now: Timestamp) -> Option<&ExperimentRules> {
        let experiment = self.recipe.experiment.as_ref()?;
        let rules = &experiment.rules;
        let is_over = rules.until.is_some_and(|until| now >= until)
            || rules
                .calls
                .is_some_and(|most| facts.assigned >= u64::from(most));
        let state = &self.state;
        let is_listed = state
            .caller
            .iter()
            .chain(&facts.phone)
            .any(|number| experiment.never.contains(number));
        let is_tagged = facts
            .tags
            .iter()
            .any(|tag| experiment.never_tags.contains(tag));
        let comes_first = self.number().is_some_and(|number| number.priority);
        // Nobody has heard yet what the voicemail says.
        let is_urgent = comes_first || state.voicemail || state.missed_calls > 1;
        (!is_over && !is_listed && !is_tagged && !is_urgent).then_some(rules)
    }
}
