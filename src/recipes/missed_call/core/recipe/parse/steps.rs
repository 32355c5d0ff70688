//! The steps: what every one of them has, and which action each does.

use std::collections::{BTreeMap, BTreeSet};

use super::compliance::Compliance;
use super::contact::{read_fields, read_new_owner, read_stage, read_workflow};
use super::email::read_email;
use super::numbers::read_only_for;
use super::opt_out::read_confirmation;
use super::tag::read_tag;
use super::task::{read_completed, read_task};
use super::team::{read_note, read_notify, read_record};
use super::text::read_text;
use super::trigger::{References, read_trigger, unknown_trigger};
use super::words::unknown_word;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::{StepName, Trigger};
use crate::recipes::missed_call::core::recipe::diagnostics::Diagnostics;
use crate::recipes::missed_call::core::recipe::keys::{ACTIONS, action, quoted};
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;
use crate::recipes::missed_call::core::recipe::{NoticeKind, Step, StepAction, StepTrigger};

pub(super) fn read_steps(
    diagnostics: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
    compliance: &Compliance,
) -> BTreeMap<StepName, Step> {
    let mut steps = BTreeMap::new();
    let mut reaches_somebody = false;
    let mut references = References::default();
    let offset = section.as_ref().map_or(0, TableReader::offset);
    for step in section
        .map(|section| section.sections(diagnostics))
        .unwrap_or_default()
    {
        let name = StepName::new(step.name());
        if name.is_none() {
            step.report(diagnostics, Diagnostic::new(
                "not a valid name of a step",
                "write up to 40 small letters, digits and `_`, beginning with a letter, such as [steps.second_text]",
            ));
        }
        let read = read_step(diagnostics, step, compliance, &mut references);
        // A step with a mistake in it is there all the same.
        reaches_somebody |= read.as_ref().is_none_or(Step::reaches_somebody);
        if let (Some(name), Some(read)) = (name, read) {
            steps.insert(name, read);
        }
    }
    references.check(diagnostics, &steps);
    if !reaches_somebody {
        let problem = Diagnostic::new(
            "no step that texts or makes a task",
            "add one, such as [steps.text] with do = \"text\"",
        );
        diagnostics.at(offset, "steps", problem);
    }
    steps
}

fn read_step(
    diagnostics: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
    compliance: &Compliance,
    references: &mut References,
) -> Option<Step> {
    let kind = section.text(diagnostics, "do");
    let on = read_trigger(diagnostics, &mut section, references);
    let after = section.duration(diagnostics, "after");
    let stops_on = read_stops(diagnostics, &mut section);
    let only_for = read_only_for(diagnostics, &mut section, compliance);
    // Without its action, its other keys cannot be judged.
    let kind = kind?;
    let Some(known) = action(&kind.value) else {
        let words: Vec<_> = ACTIONS.iter().map(|action| action.word).collect();
        let synonyms = ACTIONS.iter().map(|action| (action.word, action.synonyms));
        let remedy = format!("write one of: {}", quoted(&words, ", "));
        let problem = unknown_word(
            "not an action of a step",
            &kind.value,
            synonyms,
            &words,
            &remedy,
        );
        kind.report(diagnostics, problem);
        return None;
    };
    section.set_action(known);
    let action = read_action(
        diagnostics,
        known.word,
        &mut section,
        compliance,
        references,
    );
    // These answer an opt-out, and the first of them nothing else.
    let answers_opt_out = matches!(known.word, "confirm_opt_out" | "do_not_disturb");
    let on = match on {
        None if answers_opt_out => StepTrigger::After(Trigger::OptedOut),
        on => on.unwrap_or(StepTrigger::Missed),
    };
    if known.word == "confirm_opt_out" && on != StepTrigger::After(Trigger::OptedOut) {
        let problem = Diagnostic::new(
            "not what a confirmation follows",
            "write on = \"opted_out\"",
        );
        section.report_key(diagnostics, "on", problem);
    }
    if matches!(known.word, "text" | "email") && on == StepTrigger::After(Trigger::Doubtful) {
        let problem = Diagnostic::new(
            "a message to somebody who may have opted out",
            "write a task or a notice for the team; messages go on after a person has decided",
        );
        section.report_key(diagnostics, "on", problem);
    }
    section.finish(diagnostics);
    let action = action?;
    let mut step = Step {
        on,
        only_for,
        after,
        stops_on: BTreeSet::new(),
        action,
    };
    let ends_messages = |trigger: &Trigger| trigger.ends_messages();
    step.stops_on = match stops_on {
        Some(stops_on) => stops_on,
        None if step.is_message() => Trigger::ALL.into_iter().filter(ends_messages).collect(),
        None => BTreeSet::new(),
    };
    Some(step)
}

/// The action that `do` names, with its own keys. Every action of the table of keys has an arm here.
fn read_action(
    diagnostics: &mut Diagnostics<'_>,
    word: &str,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
    references: &mut References,
) -> Option<StepAction> {
    match word {
        "text" => read_text(diagnostics, section, compliance).map(StepAction::Text),
        "email" => read_email(diagnostics, section, compliance).map(StepAction::Email),
        "tag" => read_tag(diagnostics, section).map(StepAction::Tag),
        "untag" => read_tag(diagnostics, section).map(StepAction::Untag),
        "task" => read_task(diagnostics, section, compliance).map(StepAction::Task),
        "complete_task" => read_completed(diagnostics, section, &mut references.tasks)
            .map(StepAction::CompleteTask),
        "note" => read_note(diagnostics, section, compliance).map(StepAction::Note),
        "fields" => read_fields(diagnostics, section, compliance).map(StepAction::Fields),
        "stage" => read_stage(diagnostics, section).map(StepAction::Stage),
        "workflow" => read_workflow(diagnostics, section).map(StepAction::Workflow),
        "assign" => read_new_owner(diagnostics, section).map(StepAction::Assign),
        "notify" => {
            read_notify(diagnostics, section, compliance, NoticeKind::Call).map(StepAction::Notify)
        }
        "hand_off" => read_notify(diagnostics, section, compliance, NoticeKind::HandOff)
            .map(StepAction::Notify),
        "escalate" => read_notify(diagnostics, section, compliance, NoticeKind::Escalation)
            .map(StepAction::Notify),
        "confirm_opt_out" => {
            read_confirmation(diagnostics, section, compliance).map(StepAction::ConfirmOptOut)
        }
        "do_not_disturb" => Some(StepAction::DoNotDisturb),
        "record" => read_record(diagnostics, section).map(StepAction::Record),
        _ => None,
    }
}

fn read_stops(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<BTreeSet<Trigger>> {
    if !section.has("stops_on") {
        return None;
    }
    let mut stops = BTreeSet::new();
    for word in section.texts(diagnostics, "stops_on") {
        match Trigger::from_word(&word) {
            Some(trigger) => {
                stops.insert(trigger);
            }
            None => section.report_key(diagnostics, "stops_on", unknown_trigger(&word, &[])),
        }
    }
    Some(stops)
}
