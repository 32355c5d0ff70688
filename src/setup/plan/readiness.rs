//! Whether a location will be ready for its recipe once the plan is carried out.

use super::change::{Action, Change};
use crate::ids::{PipelineId, PipelineStageId};
use crate::recipes::missed_call::{LocationFacts, PipelineFacts, Recipe, Warning};
use crate::setup::live::Live;
use crate::setup::thing::{Kind, Part, Thing};

/// What HighLevel would call a stage or pipeline that is not made yet.
const NOT_MADE: &str = "not-made-yet";

/// The recipe's verdict of the location as it will be, and what may keep a missed call from getting its text.
pub(super) fn changes(recipe: &Recipe, live: &Live, planned: &[Change]) -> Vec<Change> {
    let mut after = live.clone();
    for change in planned.iter().filter(|change| change.action.writes()) {
        after.set(change.kind, change.thing_key(), change.after.clone());
    }
    let facts = facts(&after);
    let mut changes: Vec<Change> = Vec::new();
    for warning in recipe.warnings(&facts) {
        let key = match (&warning, warning.number()) {
            (Warning::OtherProvider { name }, _) => name.clone(),
            (_, number) => number.map_or_else(String::new, |number| number.e164().to_owned()),
        };
        // That it is missing stands in the plan already, as a number that the recipe needs.
        let is_there = |known: &Change| {
            known.kind == Kind::Number && known.key == key && known.action == Action::ByHand
        };
        if !planned.iter().any(is_there) {
            changes.push(Change::new(Kind::Number, key, Action::ByHand).because(warning.advice()));
        }
    }
    let verdict = |action| Change::new(Kind::Recipe, recipe.name(), action);
    match recipe.check(&facts) {
        Ok(()) => changes.push(verdict(Action::Keep)),
        Err(error) => {
            let problems = error.problems().iter();
            changes.extend(problems.map(|problem| {
                let words = format!(
                    "{}: {}; {}",
                    problem.key(),
                    problem.what(),
                    problem.remedy()
                );
                verdict(Action::ByHand).because(words)
            }));
        }
    }
    changes
}

/// What the recipe is checked against.
fn facts(live: &Live) -> LocationFacts {
    let values = live.all(Kind::Value).iter();
    let fields = live.all(Kind::Field).iter();
    let workflows = live.workflows.as_ref();
    LocationFacts {
        location_name: live.name.clone(),
        location_phone: live.phone.clone(),
        custom_values: values
            .filter_map(|value| Some((value.key.clone(), value.text.clone()?)))
            .collect(),
        users: live.users.clone(),
        pipelines: live.has(Kind::Pipeline).then(|| {
            live.all(Kind::Pipeline)
                .iter()
                .filter_map(pipeline)
                .collect()
        }),
        workflows: workflows.map(|all| all.iter().map(|(facts, _)| facts.clone()).collect()),
        custom_fields: live.has(Kind::Field).then(|| {
            let keys = fields.filter_map(|field| field.key.strip_prefix("contact."));
            keys.map(str::to_owned).collect()
        }),
        numbers: live.numbers.clone(),
        texts_by: live.texts_by.clone(),
    }
}

fn pipeline(thing: &Thing) -> Option<PipelineFacts> {
    let stage = |part: &Part| {
        let id = part.id.clone().unwrap_or_else(|| NOT_MADE.to_owned());
        Some((PipelineStageId::new(id).ok()?, Some(part.name.clone())))
    };
    let id = thing.id.clone().unwrap_or_else(|| NOT_MADE.to_owned());
    Some(PipelineFacts {
        id: PipelineId::new(id).ok()?,
        name: Some(thing.name.clone()),
        stages: thing.parts.iter().filter_map(stage).collect(),
    })
}
