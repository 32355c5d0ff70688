//! Reads what a set-up has to know of a location.

use super::Live;
use crate::api::custom_fields::{CustomField, CustomFieldModel};
use crate::api::custom_values::CustomValue;
use crate::api::links::Link;
use crate::api::opportunities::Pipeline;
use crate::api::tags::Tag;
use crate::api::workflows::WorkflowStatus;
use crate::client::Location;
use crate::error::{Error, ErrorKind, Result, UnauthorizedReason};
use crate::recipes::missed_call::{WorkflowFacts, number_facts, other_text_provider};
use crate::setup::desired::Reads;
use crate::setup::thing::{Kind, Part, Thing};

/// Reads the lists that are asked for, one after the other: each location has its own rate limit, and several locations are
/// read at once.
pub(in crate::setup) async fn read(location: &Location, reads: Reads) -> Result<Live> {
    let mut live = Live::default();
    for (kind, wanted) in [
        (Kind::Field, reads.fields),
        (Kind::Value, reads.values),
        (Kind::Tag, reads.tags),
        (Kind::Link, reads.links),
        (Kind::Pipeline, reads.pipelines),
    ] {
        if wanted {
            live.put(kind, list(location, kind).await?);
        }
    }
    if reads.details {
        let details = location.details().await?;
        live.name = details.name;
        live.phone = details.phone.map(|phone| phone.e164().to_owned());
    }
    if reads.workflows {
        let workflows = location.workflows().list().await?.into_iter();
        let facts = workflows.map(|workflow| {
            let facts = WorkflowFacts {
                is_draft: workflow.status == Some(WorkflowStatus::Draft),
                id: workflow.id,
            };
            (facts, workflow.name)
        });
        live.workflows = Some(facts.collect());
    }
    if reads.users {
        let users = location.users().list().await?.into_iter();
        live.users = Some(users.map(|user| (user.id, user.email)).collect());
    }
    if reads.numbers || reads.warnings {
        live.numbers = match number_facts(location).await {
            Ok(numbers) => Some(numbers),
            // Nothing but the warnings would be made of them: a token without their scope is no reason to stop.
            Err(error) if !reads.numbers && is_about_rights(&error) => None,
            Err(error) => return Err(error),
        };
    }
    if reads.warnings {
        live.texts_by = other_text_provider(location).await;
    }
    Ok(live)
}

fn is_about_rights(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Forbidden | ErrorKind::Unauthorized(UnauthorizedReason::MissingScope)
    )
}

/// All things of one kind.
async fn list(location: &Location, kind: Kind) -> Result<Vec<Thing>> {
    Ok(match kind {
        Kind::Field => {
            let fields = location
                .custom_fields()
                .list(&CustomFieldModel::All)
                .await?;
            fields.into_iter().filter_map(field).collect()
        }
        Kind::Value => {
            let values = location.custom_values().list().await?;
            values.into_iter().filter_map(value).collect()
        }
        Kind::Tag => location
            .tags()
            .list()
            .await?
            .into_iter()
            .filter_map(tag)
            .collect(),
        Kind::Link => location
            .links()
            .list()
            .await?
            .into_iter()
            .filter_map(link)
            .collect(),
        Kind::Pipeline => {
            let pipelines = location.pipelines().list().await?;
            pipelines.into_iter().filter_map(pipeline).collect()
        }
        // The rest is read as a whole, and never written.
        _ => Vec::new(),
    })
}

/// Everything that goes by a key, as it is right now. More than one is for a person to sort out.
pub(in crate::setup) async fn find(
    location: &Location,
    kind: Kind,
    key: &str,
) -> Result<Vec<Thing>> {
    let mut live = Live::default();
    live.put(kind, list(location, kind).await?);
    Ok(live.by_key(kind, key).into_iter().cloned().collect())
}

fn field(field: CustomField) -> Option<Thing> {
    let mut thing = Thing::new(field.field_key?, field.name.unwrap_or_default());
    thing.id = Some(field.id.as_str().to_owned());
    thing.field_type = field
        .data_type
        .map(|data_type| data_type.as_str().to_owned());
    thing.parts = field.picklist_options.into_iter().map(Part::new).collect();
    Some(thing)
}

fn value(value: CustomValue) -> Option<Thing> {
    let mut thing = Thing::new(value.key()?, value.name.clone().unwrap_or_default());
    thing.id = Some(value.id.as_str().to_owned());
    thing.text = Some(value.value.unwrap_or_default());
    Some(thing)
}

fn tag(tag: Tag) -> Option<Thing> {
    let name = tag.name?;
    let mut thing = Thing::new(name.as_str(), name.as_str());
    thing.id = Some(tag.id.as_str().to_owned());
    Some(thing)
}

fn link(link: Link) -> Option<Thing> {
    let name = link.name?;
    let mut thing = Thing::new(&name, &name);
    thing.id = Some(link.id.as_str().to_owned());
    thing.text = Some(link.redirect_to.unwrap_or_default());
    Some(thing)
}

pub(in crate::setup) fn pipeline(mut pipeline: Pipeline) -> Option<Thing> {
    let name = pipeline.name?;
    let mut thing = Thing::new(&name, &name);
    thing.id = Some(pipeline.id.as_str().to_owned());
    // As HighLevel orders them, where it does not say the place.
    pipeline.stages.sort_by_key(|stage| stage.position);
    let stages = pipeline.stages.into_iter().map(|stage| Part {
        id: Some(stage.id.as_str().to_owned()),
        name: stage.name.unwrap_or_default(),
    });
    thing.parts = stages.collect();
    Some(thing)
}
