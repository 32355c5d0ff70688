//! Checks what steps name in the location's CRM: pipelines and their stages, workflows, custom fields.

use super::LocationFacts;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::WorkflowFacts;
use crate::recipes::missed_call::core::recipe::problem::Problem;
use crate::recipes::missed_call::core::recipe::{FieldsStep, Recipe, StageStep, StepAction};

impl Recipe {
    pub(super) fn crm_problems(&self, facts: &LocationFacts) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, step) in &self.steps {
            let found = match &step.action {
                StepAction::Stage(stage) => stage_problem(stage, facts),
                StepAction::Workflow(id) => facts.workflows.as_ref().and_then(|workflows| {
                    let known = workflows.iter().find(|workflow| workflow.id == *id);
                    Some(("workflow", workflow_problem(id.as_str(), known)?))
                }),
                StepAction::Fields(fields) => {
                    problems.extend(field_problems(fields, facts).map(|(field, problem)| {
                        let key = format!("steps.{name}.values.{field}");
                        self.origin.problem(&key, problem)
                    }));
                    None
                }
                StepAction::Text(_)
                | StepAction::Email(_)
                | StepAction::Tag(_)
                | StepAction::Untag(_)
                | StepAction::Task(_)
                | StepAction::CompleteTask(_)
                | StepAction::Note(_)
                | StepAction::ConfirmOptOut(_)
                | StepAction::DoNotDisturb
                | StepAction::Assign(_)
                | StepAction::Notify(_)
                | StepAction::Record(_) => None,
            };
            problems.extend(found.map(|(key, problem)| {
                let key = format!("steps.{name}.{key}");
                self.origin.problem(&key, problem)
            }));
        }
        problems
    }
}

fn stage_problem(wanted: &StageStep, facts: &LocationFacts) -> Option<(&'static str, Diagnostic)> {
    let pipelines = facts.pipelines.as_deref()?;
    let Some(pipeline) = wanted.pipeline_in(pipelines) else {
        let names = pipelines.iter().map(|known| known.name.as_deref());
        let what = format!("the location has no pipeline `{}`", wanted.pipeline);
        return Some(("pipeline", Diagnostic::new(what, one_of(names, "pipeline"))));
    };
    if wanted.stage_in(pipeline).is_some() {
        return None;
    }
    let names = pipeline.stages.iter().map(|(_, name)| name.as_deref());
    let what = format!(
        "the pipeline `{}` has no stage `{}`",
        wanted.pipeline, wanted.stage
    );
    Some(("stage", Diagnostic::new(what, one_of(names, "stage"))))
}

fn one_of<'n>(names: impl Iterator<Item = Option<&'n str>>, what: &str) -> String {
    let names: Vec<&str> = names.flatten().collect();
    if names.is_empty() {
        format!("create the {what} in HighLevel first")
    } else {
        format!(
            "write one of: {}, or create the {what} in HighLevel",
            names.join(", ")
        )
    }
}

fn workflow_problem(id: &str, known: Option<&WorkflowFacts>) -> Option<Diagnostic> {
    match known {
        None => Some(Diagnostic::new(
            format!("the location has no workflow {id}"),
            "copy the id from the address of the workflow in this location",
        )),
        Some(workflow) if workflow.is_draft => Some(Diagnostic::new(
            format!("the workflow {id} is a draft and does nothing"),
            "publish it in HighLevel",
        )),
        Some(_) => None,
    }
}

fn field_problems<'f>(
    fields: &'f FieldsStep,
    facts: &LocationFacts,
) -> impl Iterator<Item = (&'f str, Diagnostic)> {
    let known = facts.custom_fields.as_deref();
    let missing = move |key: &&String| known.is_some_and(|known| !known.contains(key));
    fields.values.keys().filter(missing).map(|key| {
        let what = format!("the location has no custom field `contact.{key}`");
        let remedy =
            "create it in HighLevel under Settings > Custom Fields, or copy the key of another";
        (key.as_str(), Diagnostic::new(what, remedy))
    })
}
