//! What creates or changes a pipeline. HighLevel replaces all stages with those that it is sent: here a stage cannot be lost by
//! leaving it out.

use serde::Serialize;
use serde_with::skip_serializing_none;

use super::model::{Pipeline, PipelineColor, PipelineStage};
use crate::error::{Error, Result};
use crate::ids::{LocationId, PipelineId, PipelineStageId};

/// A pipeline to create.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPipeline {
    /// The name that people see, unlike that of every other pipeline of the location.
    pub name: String,
    /// The stages in their order; HighLevel asks for one at least.
    pub stages: Vec<StageInput>,
    /// Whether each opportunity has a probability of its own, in the place of the stage's.
    pub use_opportunity_probability: Option<bool>,
    /// How it shows the colours of its stages.
    pub color_render_mode: Option<PipelineColor>,
}

impl NewPipeline {
    /// A pipeline with these stages, of which HighLevel decides everything else.
    pub fn new(
        name: impl Into<String>,
        stages: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            name: name.into(),
            stages: stages.into_iter().map(StageInput::new).collect(),
            use_opportunity_probability: None,
            color_render_mode: None,
        }
    }

    pub(super) fn check(&self, operation: &'static str) -> Result<()> {
        check(operation, &self.stages)
    }

    pub(super) fn body<'a>(&'a self, location: &'a LocationId) -> PipelineBody<'a> {
        PipelineBody {
            location_id: Some(location),
            name: &self.name,
            show_in_funnel: any(&self.stages, |stage| stage.show_in_funnel),
            show_in_pie_chart: any(&self.stages, |stage| stage.show_in_pie_chart),
            use_opportunity_probability: self.use_opportunity_probability,
            color_render_mode: self.color_render_mode.as_ref(),
            stages: bodies(self.stages.iter().map(|stage| (None, stage))),
        }
    }
}

/// A stage to write.
#[derive(Debug, Clone, PartialEq)]
pub struct StageInput {
    /// The name that people see, unlike that of every other stage of the pipeline.
    pub name: String,
    /// How probable it is that an opportunity in it is won, in percent. All stages of a pipeline have one or none has:
    /// HighLevel then spreads them evenly over the stages.
    pub win_probability: Option<f64>,
    /// Its colour, such as `#155EEF`.
    pub color: Option<String>,
    /// Whether the funnel chart shows it.
    pub show_in_funnel: Option<bool>,
    /// Whether the pie chart shows it.
    pub show_in_pie_chart: Option<bool>,
}

impl StageInput {
    /// A stage that both charts show, as HighLevel's app makes one.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            win_probability: None,
            color: None,
            show_in_funnel: Some(true),
            show_in_pie_chart: Some(true),
        }
    }
}

/// A pipeline as it is to be after an update, made from one that was read. It keeps every stage; to lose one takes
/// [`remove_stage`](Self::remove_stage).
#[derive(Debug, Clone, PartialEq)]
pub struct PipelineUpdate {
    id: PipelineId,
    /// The name that people see, unlike that of every other pipeline of the location.
    pub name: String,
    /// Whether each opportunity has a probability of its own, in the place of the stage's.
    pub use_opportunity_probability: Option<bool>,
    /// How it shows the colours of its stages.
    pub color_render_mode: Option<PipelineColor>,
    /// What it shows in charts as it was read, for stages that do not say.
    charts: (Option<bool>, Option<bool>),
    stages: Vec<(Option<PipelineStageId>, StageInput)>,
}

impl PipelineUpdate {
    /// The pipeline as it was read, unchanged.
    ///
    /// [`Config`](crate::error::ErrorKind::Config) if what was read cannot be written back without a loss: it has no name, no
    /// stages, or a stage that could not be read or has no name. Read it again with [`Pipelines::get`](super::Pipelines::get).
    pub fn of(pipeline: &Pipeline) -> Result<Self> {
        let unfit = |what: &str| {
            let id = &pipeline.id;
            let problem = format!(
                "the pipeline {id} as it was read {what}, so that an update would lose that; read it again with \
                 `pipelines().get`, and change it in HighLevel if that gives the same"
            );
            Error::config("pipelines.update", problem)
        };
        if !pipeline.complete {
            return Err(unfit("has no stages, or one that could not be read"));
        }
        let name = pipeline.name.clone().ok_or_else(|| unfit("has no name"))?;
        let mut read: Vec<&PipelineStage> = pipeline.stages.iter().collect();
        // As HighLevel orders them, where it does not say the place.
        read.sort_by_key(|stage| stage.position);
        let kept = read.into_iter().map(|stage| {
            let input = StageInput {
                name: stage.name.clone()?,
                win_probability: stage.win_probability,
                color: stage.color.clone(),
                show_in_funnel: stage.show_in_funnel,
                show_in_pie_chart: stage.show_in_pie_chart,
            };
            Some((Some(stage.id.clone()), input))
        });
        let stages = kept
            .collect::<Option<_>>()
            .ok_or_else(|| unfit("has a stage without a name"))?;
        Ok(Self {
            id: pipeline.id.clone(),
            name,
            use_opportunity_probability: pipeline.use_opportunity_probability,
            color_render_mode: pipeline.color_render_mode.clone(),
            charts: (pipeline.show_in_funnel, pipeline.show_in_pie_chart),
            stages,
        })
    }

    /// The pipeline that is changed.
    pub fn id(&self) -> &PipelineId {
        &self.id
    }

    /// The stages as they are to be, in their order; a new one has no id.
    pub fn stages(&self) -> impl ExactSizeIterator<Item = (Option<&PipelineStageId>, &StageInput)> {
        self.stages.iter().map(|(id, stage)| (id.as_ref(), stage))
    }

    /// A stage, to be changed. `None` if the pipeline has none with this id.
    pub fn stage_mut(&mut self, id: &PipelineStageId) -> Option<&mut StageInput> {
        let place = self.place(id)?;
        Some(&mut self.stages[place].1)
    }

    /// Adds a stage, `place` stages after the first one; behind the last one if there are fewer.
    pub fn insert_stage(&mut self, place: usize, stage: StageInput) {
        let place = place.min(self.stages.len());
        self.stages.insert(place, (None, stage));
    }

    /// Moves a stage, so that it stands `place` stages after the first one; behind the last one if there are fewer. `false`
    /// if the pipeline has none with this id.
    pub fn move_stage(&mut self, id: &PipelineStageId, place: usize) -> bool {
        let Some(from) = self.place(id) else {
            return false;
        };
        let stage = self.stages.remove(from);
        self.stages.insert(place.min(self.stages.len()), stage);
        true
    }

    /// Removes a stage. **HighLevel moves its opportunities to the first stage that is left, and keeps no trace of where they
    /// were**: move them yourself before. `None` if the pipeline has none with this id.
    pub fn remove_stage(&mut self, id: &PipelineStageId) -> Option<StageInput> {
        let place = self.place(id)?;
        Some(self.stages.remove(place).1)
    }

    fn place(&self, wanted: &PipelineStageId) -> Option<usize> {
        let is_it = |(id, _): &(Option<PipelineStageId>, _)| id.as_ref() == Some(wanted);
        self.stages.iter().position(is_it)
    }

    pub(super) fn check(&self, operation: &'static str) -> Result<()> {
        check(operation, self.stages.iter().map(|(_, stage)| stage))
    }

    pub(super) fn body(&self) -> PipelineBody<'_> {
        let stages = || self.stages.iter().map(|(_, stage)| stage);
        PipelineBody {
            location_id: None,
            name: &self.name,
            show_in_funnel: any(stages(), |stage| stage.show_in_funnel).or(self.charts.0),
            show_in_pie_chart: any(stages(), |stage| stage.show_in_pie_chart).or(self.charts.1),
            use_opportunity_probability: self.use_opportunity_probability,
            color_render_mode: self.color_render_mode.as_ref(),
            stages: bodies(self.stages()),
        }
    }

    /// Whether a pipeline is what this update makes of it.
    pub(super) fn is_shown_by(&self, pipeline: &Pipeline) -> bool {
        let Ok(shown) = Self::of(pipeline) else {
            return false;
        };
        let stages = self.stages.iter().zip(&shown.stages);
        self.id == shown.id
            && same_name(&self.name, &shown.name)
            && self.stages.len() == shown.stages.len()
            && stages.into_iter().all(|((id, stage), (shown_id, shown))| {
                same_name(&stage.name, &shown.name) && (id.is_none() || id == shown_id)
            })
    }
}

/// Whether HighLevel takes two names of pipelines, or of stages, for the same.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Fails where HighLevel would, without a word, give all stages another probability than these.
fn check<'a>(
    operation: &'static str,
    stages: impl IntoIterator<Item = &'a StageInput> + Clone,
) -> Result<()> {
    let mut with = stages.clone().into_iter();
    let some_have_one = with.any(|stage| stage.win_probability.is_some());
    let mut all = stages.into_iter();
    match all.find(|stage| stage.win_probability.is_none()) {
        Some(stage) if some_have_one => {
            let name = &stage.name;
            let problem = format!(
                "the stage {name:?} has no win probability and others have one: HighLevel would discard them all; give it \
                 one, or take those of the others away"
            );
            Err(Error::config(operation, problem))
        }
        _ => Ok(()),
    }
}

/// Whether any stage is shown in a chart, which is what HighLevel's dashboards go by. `None` if no stage says.
fn any<'a>(
    stages: impl IntoIterator<Item = &'a StageInput>,
    shown: impl Fn(&StageInput) -> Option<bool>,
) -> Option<bool> {
    let said = stages.into_iter().filter_map(shown);
    said.reduce(|one, other| one || other)
}

fn bodies<'a>(
    stages: impl Iterator<Item = (Option<&'a PipelineStageId>, &'a StageInput)>,
) -> Vec<StageBody<'a>> {
    let body = |(position, (id, stage)): (usize, (_, &'a StageInput))| StageBody {
        id,
        name: &stage.name,
        position,
        show_in_funnel: stage.show_in_funnel,
        show_in_pie_chart: stage.show_in_pie_chart,
        stage_win_probability: stage.win_probability,
        color: stage.color.as_deref(),
    };
    stages.enumerate().map(body).collect()
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PipelineBody<'a> {
    location_id: Option<&'a LocationId>,
    name: &'a str,
    stages: Vec<StageBody<'a>>,
    show_in_funnel: Option<bool>,
    show_in_pie_chart: Option<bool>,
    use_opportunity_probability: Option<bool>,
    color_render_mode: Option<&'a PipelineColor>,
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StageBody<'a> {
    id: Option<&'a PipelineStageId>,
    name: &'a str,
    position: usize,
    show_in_funnel: Option<bool>,
    show_in_pie_chart: Option<bool>,
    stage_win_probability: Option<f64>,
    color: Option<&'a str>,
}
