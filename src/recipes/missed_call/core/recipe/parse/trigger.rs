//! What a step follows, and the steps of the same recipe that steps name.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{TRIGGERS, unknown_word};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::{StepName, Trigger};
use crate::recipes::missed_call::core::recipe::diagnostics::{Diagnostics, Found};
use crate::recipes::missed_call::core::recipe::keys::quoted;
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;
use crate::recipes::missed_call::core::recipe::{Step, StepAction, StepTrigger};

/// The word for a message that could not be sent.
const NOT_SENT: &str = "not_sent";

/// Names of steps, which are checked when all steps have been read.
#[derive(Default)]
pub(super) struct References {
    /// Steps that must make a task.
    pub(super) tasks: Vec<Found<String>>,
    /// Steps that must be messages, each with the step that follows if it is not sent.
    messages: Vec<(String, Found<String>)>,
}

impl References {
    pub(super) fn check(self, diagnostics: &mut Diagnostics<'_>, steps: &BTreeMap<StepName, Step>) {
        let step = |name: &Found<String>| {
            let name = StepName::new(&name.value)?;
            steps.get(&name)
        };
        for name in &self.tasks {
            if !step(name).is_some_and(|step| matches!(step.action, StepAction::Task(_))) {
                let problem = Diagnostic::new(
                    "not a step of this recipe that makes a task",
                    "write the name of one, such as task = \"task\" for [steps.task]",
                );
                name.report(diagnostics, problem);
            }
        }
        for (follower, name) in &self.messages {
            if !step(name).is_some_and(Step::is_message) {
                let problem = Diagnostic::new(
                    "not a step of this recipe that texts or e-mails",
                    "write the name of one, such as of = \"text\" for [steps.text]",
                );
                name.report(diagnostics, problem);
            } else if StepName::new(follower).is_some_and(|name| waits_for_itself(steps, &name)) {
                let problem = Diagnostic::new(
                    "a step that waits for itself",
                    "name a step that does not follow this one in its turn",
                );
                name.report(diagnostics, problem);
            }
        }
    }
}

fn waits_for_itself(steps: &BTreeMap<StepName, Step>, name: &StepName) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = Some(name);
    while let Some(step) = next {
        if !seen.insert(step) {
            return true;
        }
        next = match steps.get(step).map(|step| &step.on) {
            Some(StepTrigger::NotSent(before)) => Some(before),
            _ => None,
        };
    }
    false
}

/// `None` if the step does not say what it follows.
pub(super) fn read_trigger(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    references: &mut References,
) -> Option<StepTrigger> {
    let on = section.text(diagnostics, "on");
    let count = section.count(diagnostics, "count");
    let of = section.text(diagnostics, "of");
    let trigger = match on.as_ref().map(|on| on.value.as_str()) {
        None => None,
        Some("missed") => Some(StepTrigger::Missed),
        Some(NOT_SENT) => Some(read_not_sent(diagnostics, section, of.as_ref(), references)),
        Some(word) => Trigger::from_word(word).map(|trigger| match trigger {
            Trigger::MissedAgain => {
                StepTrigger::MissedCalls(count.as_ref().map_or(2, |count| count.value))
            }
            other => StepTrigger::After(other),
        }),
    };
    if let (None, Some(on)) = (&trigger, &on) {
        let problem = unknown_trigger(&on.value, &["missed", NOT_SENT]);
        on.report(diagnostics, problem);
    }
    if let Some(count) = &count
        && !matches!(trigger, Some(StepTrigger::MissedCalls(_)))
    {
        count.report(
            diagnostics,
            Diagnostic::new("a count without on = \"missed_again\"", "remove it"),
        );
    }
    if let (Some(of), false) = (&of, on.is_some_and(|on| on.value == NOT_SENT)) {
        let problem = Diagnostic::new(format!("`of` without on = \"{NOT_SENT}\""), "remove it");
        of.report(diagnostics, problem);
    }
    trigger
}

fn read_not_sent(
    diagnostics: &mut Diagnostics<'_>,
    section: &TableReader<'_>,
    of: Option<&Found<String>>,
    references: &mut References,
) -> StepTrigger {
    let Some(of) = of else {
        let remedy = "name the message that this step takes the place of, such as of = \"text\"";
        section.report_key(diagnostics, "of", Diagnostic::new("missing", remedy));
        return StepTrigger::Missed;
    };
    let follower = section.name().to_owned();
    references.messages.push((follower, of.clone()));
    // Whether there is such a step shows when all have been read.
    StepName::new(&of.value).map_or(StepTrigger::Missed, StepTrigger::NotSent)
}

/// The problem with a word that is not a trigger; `besides` are allowed too.
pub(super) fn unknown_trigger(word: &str, besides: &[&'static str]) -> Diagnostic {
    let triggers = Trigger::ALL.map(Trigger::as_str);
    let known: Vec<&'static str> = besides.iter().copied().chain(triggers).collect();
    let remedy = format!("write one of: {}", quoted(&known, ", "));
    unknown_word("not a trigger", word, TRIGGERS, &known, &remedy)
}
