//! The writes: one request each, and what it made.

use crate::api::custom_fields::{
    CustomFieldModel, CustomFieldType, CustomFieldUpdate, NewCustomField, TextBoxOption,
};
use crate::api::custom_values::CustomValueInput;
use crate::api::links::LinkInput;
use crate::api::opportunities::{NewPipeline, PipelineUpdate, StageInput};
use crate::api::tags::TagName;
use crate::client::Location;
use crate::error::{Error, Result};
use crate::ids::{CustomFieldId, CustomValueId, LinkId, PipelineId, TagId};
use crate::setup::live;
use crate::setup::plan::{Action, Change};
use crate::setup::thing::{Kind, Part, Thing};

/// A change that cannot be written. A plan that this crate made has none.
fn unfit(change: &Change) -> Error {
    let problem = format!(
        "the saved plan has a change of {} `{}` that cannot be written; plan again",
        change.kind.word(),
        change.key
    );
    Error::config("setup.apply", problem)
}

/// Writes a change. Gives the thing as it is afterwards, with its id; `None` after a deletion. `found` is the thing as it was
/// read just now.
pub(super) async fn write(
    location: &Location,
    change: &Change,
    found: Option<&Thing>,
) -> Result<Option<Thing>> {
    let wanted = || change.after.as_ref().ok_or_else(|| unfit(change));
    match (change.action, found) {
        (Action::Create, None) => create(location, change, wanted()?).await.map(Some),
        (Action::Change, Some(found)) => update(location, change, found, wanted()?).await.map(Some),
        (Action::Delete, Some(found)) => delete(location, change, found).await.map(|()| None),
        _ => Err(unfit(change)),
    }
}

async fn create(location: &Location, change: &Change, wanted: &Thing) -> Result<Thing> {
    let text = wanted.text.clone().unwrap_or_default();
    let mut made = wanted.clone();
    match change.kind {
        Kind::Tag => {
            let name = TagName::new(&wanted.name).map_err(|_| unfit(change))?;
            let tag = location.tags().create(&name).await?;
            made.id = Some(tag.id.as_str().to_owned());
        }
        Kind::Value => {
            let input = CustomValueInput {
                name: wanted.name.clone(),
                value: text,
            };
            let value = location.custom_values().create(&input).await?;
            made.id = Some(value.id.as_str().to_owned());
            if let Some(key) = value.key() {
                made.key = key.to_owned();
            }
        }
        Kind::Field => {
            let data_type = wanted.field_type.as_deref().ok_or_else(|| unfit(change))?;
            let mut field = NewCustomField::new(&wanted.name, CustomFieldType::from(data_type));
            field.rest.model = Some(model_of(&wanted.key));
            field.rest.text_box_list_options = options(&wanted.parts);
            let field = location.custom_fields().create(&field).await?;
            made.id = Some(field.id.as_str().to_owned());
            made.parts = field.picklist_options.into_iter().map(Part::new).collect();
            if let Some(key) = field.field_key {
                made.key = key;
            }
        }
        Kind::Link => {
            let input = LinkInput {
                name: wanted.name.clone(),
                redirect_to: text,
            };
            let link = location.links().create(&input).await?;
            made.id = Some(link.id.as_str().to_owned());
        }
        Kind::Pipeline => {
            let stages = wanted.parts.iter().map(|part| part.name.as_str());
            let pipeline = NewPipeline::new(&wanted.name, stages);
            let created = location.pipelines().create(&pipeline).await?;
            // The next change of it must not be made from a list that does not show it yet.
            let shown = location.pipelines().confirm_created(&pipeline).await?;
            let thing = live::pipeline(shown.unwrap_or(created));
            return thing.ok_or_else(|| unfit(change));
        }
        _ => return Err(unfit(change)),
    }
    Ok(made)
}

async fn update(
    location: &Location,
    change: &Change,
    found: &Thing,
    wanted: &Thing,
) -> Result<Thing> {
    let id = found.id.as_deref().ok_or_else(|| unfit(change))?;
    let text = wanted.text.clone().unwrap_or_default();
    let mut made = found.clone();
    made.text = wanted.text.clone();
    match change.kind {
        Kind::Value => {
            let id = CustomValueId::new(id).map_err(|_| unfit(change))?;
            // The name stays as it is, and with it the key.
            let input = CustomValueInput {
                name: found.name.clone(),
                value: text,
            };
            location.custom_values().update(&id, &input).await?;
        }
        Kind::Field => {
            let id = CustomFieldId::new(id).map_err(|_| unfit(change))?;
            let mut update = CustomFieldUpdate::new(&found.name);
            update.text_box_list_options = options(&wanted.parts);
            let field = location.custom_fields().update(&id, &update).await?;
            made.parts = field.picklist_options.into_iter().map(Part::new).collect();
        }
        Kind::Link => {
            let id = LinkId::new(id).map_err(|_| unfit(change))?;
            let input = LinkInput {
                name: found.name.clone(),
                redirect_to: text,
            };
            location.links().update(&id, &input).await?;
        }
        Kind::Pipeline => return add_stages(location, change, id, wanted).await,
        _ => return Err(unfit(change)),
    }
    Ok(made)
}

/// Adds the stages that the pipeline lacks. It starts from what the pipeline is right now, and keeps every stage.
async fn add_stages(
    location: &Location,
    change: &Change,
    id: &str,
    wanted: &Thing,
) -> Result<Thing> {
    let id = PipelineId::new(id).map_err(|_| unfit(change))?;
    let pipelines = location.pipelines();
    let current = pipelines.get(&id).await?;
    let mut update = PipelineUpdate::of(&current)?;
    let now = live::pipeline(current).ok_or_else(|| unfit(change))?;
    for (place, part) in wanted.parts.iter().enumerate() {
        if !now.has_part(&part.name) {
            let mut stage = StageInput::new(&part.name);
            stage.win_probability = between(&update, place);
            update.insert_stage(place, stage);
        }
    }
    let updated = pipelines.update(&update).await?;
    let shown = pipelines.confirm_updated(&update).await?;
    live::pipeline(shown.unwrap_or(updated)).ok_or_else(|| unfit(change))
}

/// A win probability for a stage at this place: that of its neighbours, halved. `None` where the others have none.
fn between(update: &PipelineUpdate, place: usize) -> Option<f64> {
    let stages = || update.stages().map(|(_, stage)| stage.win_probability);
    let before = stages().take(place).last().flatten();
    let after = stages().nth(place).flatten();
    match (before, after) {
        (Some(before), Some(after)) => Some(f64::midpoint(before, after)),
        (one, other) => one.or(other),
    }
}

async fn delete(location: &Location, change: &Change, found: &Thing) -> Result<()> {
    let id = found.id.as_deref().ok_or_else(|| unfit(change))?;
    match change.kind {
        Kind::Tag => {
            let id = TagId::new(id).map_err(|_| unfit(change))?;
            location.tags().delete(&id).await
        }
        Kind::Value => {
            let id = CustomValueId::new(id).map_err(|_| unfit(change))?;
            location.custom_values().delete(&id).await
        }
        Kind::Link => {
            let id = LinkId::new(id).map_err(|_| unfit(change))?;
            location.links().delete(&id).await
        }
        // Only to undo: a field that this crate made and that nobody has filled.
        Kind::Field => {
            let id = CustomFieldId::new(id).map_err(|_| unfit(change))?;
            location.custom_fields().delete(&id).await
        }
        // A pipeline takes its opportunities along: never.
        _ => Err(unfit(change)),
    }
}

fn model_of(key: &str) -> CustomFieldModel {
    CustomFieldModel::from(key.split('.').next().unwrap_or("contact"))
}

fn options(parts: &[Part]) -> Vec<TextBoxOption> {
    let options = parts.iter().map(|part| TextBoxOption {
        label: part.name.clone(),
        ..TextBoxOption::default()
    });
    options.collect()
}
