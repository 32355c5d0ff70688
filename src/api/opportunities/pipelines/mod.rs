//! Pipelines with their stages, and the changes to them.
//!
//! Here are the methods; pipelines as they are read are in `model`, what is written of them in `write`.
//!
//! Source: HighLevel's OpenAPI files `opportunities.json` and `opportunities-v3.json` for [`list`](Pipelines::list). The
//! other operations are not in the files; they stand in HighLevel's live documentation of June 2026 alone ("Create Pipeline"
//! and its neighbours), for version 3, and are sent as such by any client that was not built for an older one. Scopes:
//! `opportunities.readonly`; the documentation names `pipelines.create` for creating and `pipelines.write` for updating.

mod model;
mod write;

pub use model::{Pipeline, PipelineColor, PipelineStage};
pub use write::{NewPipeline, PipelineUpdate, StageInput};

use std::time::Duration;

use model::PipelineList;
use write::same_name;

use crate::client::{ApiVersion, Call, Location, ReplaySafety, Request, path};
use crate::error::Result;
use crate::ids::PipelineId;

/// The waits before each look at a list that trails a write. Three seconds in all; live lists have been seen to need up to
/// two.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_millis(1_000),
    Duration::from_millis(1_500),
];

/// The pipelines of one location. Made by [`Location::pipelines`].
///
/// HighLevel's list trails a write by up to some seconds. A second change that is made from such a list loses what the first
/// one added, since a change replaces all stages. So:
///
/// 1. Change a pipeline from what [`get`](Self::get) gives, never from a list that was read before your own last write.
/// 2. After each write ask [`confirm_created`](Self::confirm_created) or [`confirm_updated`](Self::confirm_updated), and make
///    the next change from what it gives.
///
/// Names of pipelines in a location, and of stages in a pipeline, are unique without regard to case.
///
/// ```no_run
/// # async fn example(location: &gohighlevel::client::Location) -> Result<(), Box<dyn std::error::Error>> {
/// use gohighlevel::api::opportunities::{PipelineUpdate, StageInput};
///
/// let pipelines = location.pipelines();
/// let sales = pipelines.find("Sales").await?.ok_or("the location has no pipeline Sales")?;
/// let mut update = PipelineUpdate::of(&pipelines.get(&sales.id).await?)?;
/// let replied = StageInput { win_probability: Some(40.0), ..StageInput::new("Replied") };
/// update.insert_stage(1, replied);
/// pipelines.update(&update).await?;
/// let sales = pipelines.confirm_updated(&update).await?.ok_or("the list does not show the change yet")?;
/// # drop(sales); Ok(()) }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Pipelines<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's pipelines.
    pub fn pipelines(&self) -> Pipelines<'_> {
        Pipelines { location: self }
    }
}

impl<'a> Pipelines<'a> {
    /// All pipelines with their stages; HighLevel does not page them. It trails a write by up to some seconds.
    pub fn list(&self) -> Call<'a, Vec<Pipeline>> {
        let request = Request::get(path(&["opportunities", "pipelines"]))
            .operation("pipelines.list")
            .query("locationId", self.location.id());
        self.location
            .send::<PipelineList>(request)
            .map(|list| list.pipelines.items)
    }

    /// The pipeline with this name, without regard to case and to spaces around it. `None` if the list has none.
    pub fn find(&self, name: &str) -> Call<'a, Option<Pipeline>> {
        let name = name.to_owned();
        self.list().map(move |pipelines| {
            let mut pipelines = pipelines.into_iter();
            pipelines.find(|pipeline| is_named(pipeline, &name))
        })
    }

    /// One pipeline by its id.
    pub fn get(&self, id: &PipelineId) -> Call<'a, Pipeline> {
        const OPERATION: &str = "pipelines.get";
        let checked = self.location.v3_possible(OPERATION);
        let request = Request::get(one(id))
            .operation(OPERATION)
            .version(ApiVersion::V3)
            .data_key("pipeline");
        self.location.send(request).only_if(checked)
    }

    /// Creates a pipeline. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), ask
    /// [`confirm_created`](Self::confirm_created) before creating it again.
    ///
    /// Stages of which some have a probability and some have none are [`Config`](crate::error::ErrorKind::Config): HighLevel
    /// would discard all of them.
    pub fn create(&self, pipeline: &NewPipeline) -> Call<'a, Pipeline> {
        const OPERATION: &str = "pipelines.create";
        let checked = self
            .location
            .v3_possible(OPERATION)
            .and_then(|()| pipeline.check(OPERATION));
        let request = Request::post(path(&["opportunities", "pipelines"]))
            .operation(OPERATION)
            .version(ApiVersion::V3)
            .json(&pipeline.body(self.location.id()))
            .data_key("pipeline");
        self.location.send(request).only_if(checked)
    }

    /// Replaces the pipeline that `update` was made from, with all of its stages. It is not repeated, since a stage without an
    /// id would be made a second time: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), ask
    /// [`confirm_updated`](Self::confirm_updated), and make a new update from [`get`](Self::get) if it was not done.
    ///
    /// Stages of which some have a probability and some have none are [`Config`](crate::error::ErrorKind::Config): HighLevel
    /// would discard all of them.
    pub fn update(&self, update: &PipelineUpdate) -> Call<'a, Pipeline> {
        const OPERATION: &str = "pipelines.update";
        let checked = self
            .location
            .v3_possible(OPERATION)
            .and_then(|()| update.check(OPERATION));
        let request = Request::put(one(update.id()))
            .operation(OPERATION)
            .version(ApiVersion::V3)
            .replay(ReplaySafety::Once)
            .json(&update.body())
            .data_key("pipeline");
        self.location.send(request).only_if(checked)
    }

    /// Deletes a pipeline **with every opportunity in it, for ever**. HighLevel has no way to bring them back; move them to
    /// another pipeline before.
    pub async fn delete(&self, id: &PipelineId) -> Result<()> {
        const OPERATION: &str = "pipelines.delete";
        self.location.v3_possible(OPERATION)?;
        let request = Request::delete(one(id))
            .operation(OPERATION)
            .version(ApiVersion::V3);
        self.location.send_discarding(request).await
    }

    /// The pipeline as the list shows it after a creation, or after one of which the outcome is not known: one with its name.
    ///
    /// It reads the list up to four times within three seconds. `None` if it does not appear: it was not created, or the
    /// list trails longer than that.
    pub async fn confirm_created(&self, pipeline: &NewPipeline) -> Result<Option<Pipeline>> {
        self.look(|listed| is_named(listed, &pipeline.name)).await
    }

    /// The pipeline as the list shows it after an update, or after one of which the outcome is not known: with the name and
    /// exactly the stages of `update`, in their order.
    ///
    /// It reads the list up to four times within three seconds. `None` if the list does not show the update: it was not
    /// done, somebody else has changed the pipeline since, or the list trails longer than that.
    pub async fn confirm_updated(&self, update: &PipelineUpdate) -> Result<Option<Pipeline>> {
        self.look(|listed| update.is_shown_by(listed)).await
    }

    /// Reads the list, with pauses, until it has a wanted pipeline.
    async fn look(&self, wanted: impl Fn(&Pipeline) -> bool) -> Result<Option<Pipeline>> {
        for pause in PAUSES {
            self.location.client().clock().sleep(pause).await;
            let found = self.list().await?.into_iter().find(&wanted);
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

fn one(id: &PipelineId) -> String {
    path(&["opportunities", "pipelines", id.as_str()])
}

fn is_named(pipeline: &Pipeline, name: &str) -> bool {
    let own = pipeline.name.as_deref();
    own.is_some_and(|own| same_name(own, name))
}
