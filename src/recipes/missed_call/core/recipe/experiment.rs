//! The experiment of a recipe: who takes part, and whether the recipe is fit for it.

use std::collections::BTreeSet;

use super::problem::Problem;
use super::{Recipe, Step, StepTrigger};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::ExperimentRules;

/// Below this number of callers who are held out, not even a lift from 10 to 20 % of bookings can be shown.
const FEWEST_HELD_OUT: u64 = 119;

/// An experiment that holds the text back from some callers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Experiment {
    pub(crate) rules: ExperimentRules,
    /// Callers who never take part.
    pub(crate) never: BTreeSet<PhoneNumber>,
    /// Contacts with one of these tags, in small letters, never take part.
    pub(crate) never_tags: BTreeSet<String>,
}

impl Experiment {
    /// The number of callers who are held out is too small to show anything.
    pub(crate) fn is_too_small(&self) -> Option<(u64, u64)> {
        let share = u64::from(self.rules.held_out_per_million);
        let held_out = self.rules.planned.saturating_mul(share) / 1_000_000;
        (held_out < FEWEST_HELD_OUT).then_some((held_out, FEWEST_HELD_OUT))
    }
}

impl Step {
    /// Whether it is a text that an experiment holds back: one that follows the call. What a caller sets off by writing or
    /// booking is answered as ever.
    pub(crate) fn is_held_back(&self) -> bool {
        let follows_the_call = match &self.on {
            StepTrigger::Missed
            | StepTrigger::MissedCalls(_)
            | StepTrigger::NotSent(_)
            | StepTrigger::NotDelivered(_) => true,
            StepTrigger::After(_) => false,
        };
        follows_the_call && self.text().is_some()
    }
}

impl Recipe {
    /// The rules of its experiment, if it has one.
    pub fn experiment(&self) -> Option<&ExperimentRules> {
        self.experiment.as_ref().map(|experiment| &experiment.rules)
    }

    /// Why the recipe must not hold a text back: nobody would know of the caller.
    pub(super) fn experiment_problems(&self) -> Vec<Problem> {
        if self.experiment.is_none() {
            return Vec::new();
        }
        let mut problems = Vec::new();
        let mut report = |what: String, remedy: &str| {
            let problem = Diagnostic::new(what, remedy);
            problems.push(self.origin.problem("experiment.hold_out", problem));
        };
        if self.first_text().is_none() {
            let what = "there is no text that answers the call, so there is nothing to hold back";
            report(what.to_owned(), "remove [experiment]");
        }
        let texts = self.steps.iter().filter(|(_, step)| {
            step.text().is_some() && step.on == StepTrigger::Missed && self.is_first_reply(step)
        });
        for (name, text) in texts {
            let tells_the_team = |step: &Step| {
                let only_for = &step.only_for;
                step.on == StepTrigger::Missed
                    && step.reaches_the_team()
                    && (only_for.is_empty() || *only_for == text.only_for)
            };
            if !self.steps.values().any(tells_the_team) {
                let what = format!(
                    "callers without the text `{name}` would be left alone: nobody of the team would know of them"
                );
                let remedy = "add a step for the same calls that reaches the team, such as [steps.task] with do = \"task\"; \
                              or remove [experiment]";
                report(what, remedy);
            }
        }
        problems
    }
}
