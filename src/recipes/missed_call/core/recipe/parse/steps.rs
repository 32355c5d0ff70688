//! The steps: what every one of them has, and which action each does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::MONTH;
use super::contact::{read_fields, read_new_owner, read_stage, read_workflow};
use super::email::read_email;
use super::numbers::read_only_for;
use super::opt_out::read_confirmation;
use super::rules::Compliance;
use super::start::{References, read_start, unknown_happening};
use super::tag::read_tag;
use super::task::{read_completed, read_task};
use super::team::{read_note, read_notify, read_record};
use super::text::read_text;
use super::words::{self, unknown_word};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::{StepName, Trigger};
use crate::recipes::missed_call::core::recipe::toml_reader::{Diagnostics, TableReader};
use crate::recipes::missed_call::core::recipe::{NoticeKind, Step, StepAction, StepTrigger};

const DEEDS: [&str; 17] = [
    "text",
    "email",
    "tag",
    "untag",
    "task",
    "complete_task",
    "note",
    "fields",
    "stage",
    "workflow",
    "assign",
    "notify",
    "hand_off",
    "escalate",
    "record",
    "confirm_opt_out",
    "do_not_disturb",
];

const ALL_DEEDS: &str = "write one of: \"text\", \"email\", \"tag\", \"untag\", \"task\", \"complete_task\", \"note\", \
                     \"fields\", \"stage\", \"workflow\", \"assign\", \"notify\", \"hand_off\", \"escalate\", \"record\", \
                     \"confirm_opt_out\", \"do_not_disturb\"";

pub(super) fn read_steps(
    notes: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
    compliance: &Compliance,
) -> BTreeMap<StepName, Step> {
    let mut steps = BTreeMap::new();
    let mut reaches_somebody = false;
    let mut references = References::default();
    let offset = section.as_ref().map_or(0, TableReader::offset);
    for step in section
        .map(|section| section.sections(notes))
        .unwrap_or_default()
    {
        let name = StepName::new(step.name());
        if name.is_none() {
            step.refuse(notes, Diagnostic::new(
                "not a name for a step",
                "write up to 40 small letters, digits and `_`, beginning with a letter, such as [steps.second_text]",
            ));
        }
        let read = read_step(notes, step, compliance, &mut references);
        // A step with a mistake in it is there all the same.
        reaches_somebody |= read.as_ref().is_none_or(Step::reaches_somebody);
        if let (Some(name), Some(read)) = (name, read) {
            steps.insert(name, read);
        }
    }
    references.check(notes, &steps);
    if !reaches_somebody {
        let fault = Diagnostic::new(
            "no step that texts or makes a task",
            "add one, such as [steps.text] with do = \"text\"",
        );
        notes.at(offset, "steps", fault);
    }
    steps
}

fn read_step(
    notes: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
    compliance: &Compliance,
    references: &mut References,
) -> Option<Step> {
    let kind = section.required_text(notes, "do", ALL_DEEDS);
    let on = read_start(notes, &mut section, references);
    let after = section.duration(notes, "after", (SignedDuration::ZERO, MONTH));
    let stops_on = read_stops(notes, &mut section);
    let only_for = read_only_for(notes, &mut section, compliance);
    // Without knowing what it does, its other keys cannot be judged.
    let kind = kind?;
    let action =
        match kind.value.as_str() {
            "text" => read_text(notes, &mut section, compliance).map(StepAction::Text),
            "email" => read_email(notes, &mut section, compliance).map(StepAction::Email),
            "tag" => read_tag(notes, &mut section).map(StepAction::Tag),
            "untag" => read_tag(notes, &mut section).map(StepAction::Untag),
            "task" => read_task(notes, &mut section, compliance).map(StepAction::Task),
            "complete_task" => read_completed(notes, &mut section, &mut references.tasks)
                .map(StepAction::CompleteTask),
            "note" => read_note(notes, &mut section, compliance).map(StepAction::Note),
            "fields" => read_fields(notes, &mut section, compliance).map(StepAction::Fields),
            "stage" => read_stage(notes, &mut section).map(StepAction::Stage),
            "workflow" => read_workflow(notes, &mut section).map(StepAction::Workflow),
            "assign" => read_new_owner(notes, &mut section).map(StepAction::Assign),
            "notify" => read_notify(notes, &mut section, compliance, NoticeKind::Call)
                .map(StepAction::Notify),
            "hand_off" => read_notify(notes, &mut section, compliance, NoticeKind::HandOff)
                .map(StepAction::Notify),
            "escalate" => read_notify(notes, &mut section, compliance, NoticeKind::Escalation)
                .map(StepAction::Notify),
            "confirm_opt_out" => {
                read_confirmation(notes, &mut section, compliance).map(StepAction::ConfirmOptOut)
            }
            "do_not_disturb" => Some(StepAction::DoNotDisturb),
            "record" => read_record(notes, &mut section).map(StepAction::Record),
            _ => {
                let what = "not something a step does";
                let fault = unknown_word(what, &kind.value, &words::DEEDS, &DEEDS, ALL_DEEDS);
                kind.refuse(notes, fault);
                return None;
            }
        };
    // These answer an opt-out, and the first of them nothing else.
    let answers_opt_out = matches!(kind.value.as_str(), "confirm_opt_out" | "do_not_disturb");
    let on = match on {
        None if answers_opt_out => StepTrigger::After(Trigger::OptedOut),
        on => on.unwrap_or(StepTrigger::Missed),
    };
    if kind.value == "confirm_opt_out" && on != StepTrigger::After(Trigger::OptedOut) {
        let fault = Diagnostic::new(
            "not what a confirmation follows",
            "write on = \"opted_out\"",
        );
        section.refuse_key(notes, "on", fault);
    }
    section.finish(notes);
    let action = action?;
    let mut step = Step {
        on,
        only_for,
        after: after.map_or(SignedDuration::ZERO, |after| after.value),
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

fn read_stops(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<BTreeSet<Trigger>> {
    if !section.has("stops_on") {
        return None;
    }
    let mut stops = BTreeSet::new();
    for word in section.texts(notes, "stops_on") {
        match Trigger::from_word(&word) {
            Some(trigger) => {
                stops.insert(trigger);
            }
            None => section.refuse_key(notes, "stops_on", unknown_happening(&word, &[])),
        }
    }
    Some(stops)
}
