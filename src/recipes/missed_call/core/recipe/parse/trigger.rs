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
/// The word for a text that was sent and did not arrive.
const NOT_DELIVERED: &str = "not_delivered";

/// Names of steps, which are checked when all steps have been read.
#[derive(Default)]
pub(super) struct References {
    /// Steps that must make a task.
    pub(super) tasks: Vec<Found<String>>,
    /// Steps that must be messages, each with the step that follows if it is not sent.
    messages: Vec<(String, Found<String>)>,
    /// Steps that must be texts, each with the step that follows if it is not delivered.
    texts: Vec<(String, Found<String>)>,
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
        let is_text = |follower: &str| {
            let step = StepName::new(follower).and_then(|name| steps.get(&name));
            step.is_some_and(Step::is_text)
        };
        let messages = self.messages.iter().map(|found| {
            let what = "not a step of this recipe that texts or e-mails";
            (found, Step::is_message as fn(&Step) -> bool, what)
        });
        let texts = self.texts.iter().map(|found| {
            let what = "not a step of this recipe that texts";
            (found, Step::is_text as fn(&Step) -> bool, what)
        });
        for ((follower, name), is_one, what) in messages.chain(texts) {
            if !step(name).is_some_and(is_one) {
                let remedy = "write the name of one, such as of = \"text\" for [steps.text]";
                name.report(diagnostics, Diagnostic::new(what, remedy));
            } else if is_text(follower) && self.texts.iter().any(|(other, _)| other == follower) {
                let problem = Diagnostic::new(
                    "a text that does not arrive is followed by another text to the same number",
                    "make a task, a notice or an e-mail of this step",
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
            Some(StepTrigger::NotSent(before) | StepTrigger::NotDelivered(before)) => Some(before),
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
        Some(NOT_SENT) => {
            let remedy =
                "name the message that this step takes the place of, such as of = \"text\"";
            let found = read_of(diagnostics, section, of.as_ref(), remedy);
            references.messages.extend(found.clone());
            Some(followed(found, StepTrigger::NotSent))
        }
        Some(NOT_DELIVERED) => {
            let remedy =
                "name the text that this step follows if it does not arrive, such as of = \"text\"";
            let found = read_of(diagnostics, section, of.as_ref(), remedy);
            references.texts.extend(found.clone());
            Some(followed(found, StepTrigger::NotDelivered))
        }
        Some(word) => Trigger::from_word(word).map(|trigger| match trigger {
            Trigger::MissedAgain => {
                StepTrigger::MissedCalls(count.as_ref().map_or(2, |count| count.value))
            }
            other => StepTrigger::After(other),
        }),
    };
    if let (None, Some(on)) = (&trigger, &on) {
        let problem = unknown_trigger(&on.value, &["missed", NOT_SENT, NOT_DELIVERED]);
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
    let takes_one = on.is_some_and(|on| [NOT_SENT, NOT_DELIVERED].contains(&on.value.as_str()));
    if let (Some(of), false) = (&of, takes_one) {
        let what = format!("`of` without on = \"{NOT_SENT}\" or \"{NOT_DELIVERED}\"");
        of.report(diagnostics, Diagnostic::new(what, "remove it"));
    }
    trigger
}

/// The name of the step that follows, and that of the step that it follows. Whether there is such a step shows when all
/// have been read.
fn read_of(
    diagnostics: &mut Diagnostics<'_>,
    section: &TableReader<'_>,
    of: Option<&Found<String>>,
    remedy: &'static str,
) -> Option<(String, Found<String>)> {
    if of.is_none() {
        section.report_key(diagnostics, "of", Diagnostic::new("missing", remedy));
    }
    Some((section.name().to_owned(), of?.clone()))
}

fn followed(
    found: Option<(String, Found<String>)>,
    follows: fn(StepName) -> StepTrigger,
) -> StepTrigger {
    let name = found.and_then(|(_, of)| StepName::new(&of.value));
    name.map_or(StepTrigger::Missed, follows)
}

/// The problem with a word that is not a trigger; `besides` are allowed too.
pub(super) fn unknown_trigger(word: &str, besides: &[&'static str]) -> Diagnostic {
    let triggers = Trigger::ALL.map(Trigger::as_str);
    let known: Vec<&'static str> = besides.iter().copied().chain(triggers).collect();
    let remedy = format!("write one of: {}", quoted(&known, ", "));
    unknown_word("not a trigger", word, TRIGGERS, &known, &remedy)
}
