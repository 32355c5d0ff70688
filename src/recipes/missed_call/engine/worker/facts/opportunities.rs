//! The pipelines of a location and how far the contact has come in them.

use super::error::{FactsError, of_contact};
use crate::api::opportunities::{OpportunitySearch, OpportunityStatus, Pipeline};
use crate::client::Location;
use crate::error::Result;
use crate::recipes::missed_call::core::episode::{Episode, OpportunityFacts, StageFacts};
use crate::recipes::missed_call::core::model::PipelineFacts;
use crate::recipes::missed_call::engine::locations::LocationEntry;

pub(super) async fn facts(
    site: &LocationEntry,
    episode: &Episode,
) -> Result<StageFacts, FactsError> {
    let location = site.location.in_background();
    let contact = episode.state().contact();
    let name = location.contacts().get(contact).await.map_err(of_contact)?;
    let search = OpportunitySearch {
        contact_id: Some(contact.clone()),
        limit: Some(100),
        ..OpportunitySearch::default()
    };
    let found = location.opportunities().search(&search).await?;
    let opportunities = found
        .opportunities
        .into_iter()
        .map(|found| OpportunityFacts {
            open: found
                .status
                .is_none_or(|status| status == OpportunityStatus::Open),
            id: found.id,
            pipeline: found.pipeline_id,
            stage: found.pipeline_stage_id,
        });
    Ok(StageFacts {
        pipelines: pipelines(&location).await?,
        opportunities: opportunities.collect(),
        contact_name: name.name.or(name.first_name),
    })
}

/// The pipelines with their stages in order.
pub(in super::super::super) async fn pipelines(location: &Location) -> Result<Vec<PipelineFacts>> {
    let facts = |mut pipeline: Pipeline| {
        // As HighLevel orders them, where it does not say the place.
        pipeline.stages.sort_by_key(|stage| stage.position);
        PipelineFacts {
            id: pipeline.id,
            name: pipeline.name,
            stages: pipeline
                .stages
                .into_iter()
                .map(|stage| (stage.id, stage.name))
                .collect(),
        }
    };
    let pipelines = location.pipelines().list().await?;
    Ok(pipelines.into_iter().map(facts).collect())
}
