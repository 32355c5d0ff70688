//! Pipelines as HighLevel gives them.

use jiff::Timestamp;
use serde::Deserialize;
use serde_with::apply;

use crate::api::listing::Entries;
use crate::ids::{LocationId, PipelineId, PipelineStageId};
use crate::lenient::Lenient;
use crate::open_enum::open_enum;

open_enum! {
    /// How a pipeline shows the colours of its stages.
    pub enum PipelineColor {
        /// As dots.
        Dot = "dot",
        /// As a tint of the background.
        BackgroundTint = "bg-tint",
        /// Not at all.
        Nothing = "none",
    }
}

/// A pipeline that opportunities move along.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Wire")]
#[non_exhaustive]
pub struct Pipeline {
    /// Its id.
    pub id: PipelineId,
    /// The name that people see.
    pub name: Option<String>,
    /// The stages, as HighLevel orders them.
    pub stages: Vec<PipelineStage>,
    /// Whether the funnel chart shows it.
    pub show_in_funnel: Option<bool>,
    /// Whether the pie chart shows it.
    pub show_in_pie_chart: Option<bool>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// Whether each opportunity has a probability of its own; version 2 does not document it.
    pub use_opportunity_probability: Option<bool>,
    /// How it shows the colours of its stages.
    pub color_render_mode: Option<PipelineColor>,
    /// Where it stands among the pipelines: a text such as `a0V`, to sort by.
    pub position: Option<String>,
    /// When it was made.
    pub date_added: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// Whether the answer had stages, and each of them could be read.
    pub(super) complete: bool,
}

/// A stage of a pipeline. HighLevel does not document the form; these are the fields of live answers.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PipelineStage {
    /// Its id.
    pub id: PipelineStageId,
    /// The name that people see.
    pub name: Option<String>,
    /// Its place among the stages, from 0.
    pub position: Option<u32>,
    /// Whether the funnel chart shows it.
    pub show_in_funnel: Option<bool>,
    /// Whether the pie chart shows it.
    pub show_in_pie_chart: Option<bool>,
    /// How probable it is that an opportunity in it is won, in percent.
    #[serde(rename = "stageWinProbability")]
    pub win_probability: Option<f64>,
    /// Its colour, such as `#155EEF`.
    pub color: Option<String>,
}

#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: PipelineId,
    name: Option<String>,
    #[serde(default)]
    stages: Entries<PipelineStage>,
    show_in_funnel: Option<bool>,
    show_in_pie_chart: Option<bool>,
    location_id: Option<LocationId>,
    use_opportunity_probability: Option<bool>,
    color_render_mode: Option<PipelineColor>,
    position: Option<String>,
    date_added: Option<Timestamp>,
    date_updated: Option<Timestamp>,
}

impl From<Wire> for Pipeline {
    fn from(wire: Wire) -> Self {
        Self {
            id: wire.id,
            name: wire.name,
            complete: wire.stages.count > 0 && wire.stages.items.len() == wire.stages.count,
            stages: wire.stages.items,
            show_in_funnel: wire.show_in_funnel,
            show_in_pie_chart: wire.show_in_pie_chart,
            location_id: wire.location_id,
            use_opportunity_probability: wire.use_opportunity_probability,
            color_render_mode: wire.color_render_mode,
            position: wire.position,
            date_added: wire.date_added,
            date_updated: wire.date_updated,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct PipelineList {
    #[serde(default)]
    pub(super) pipelines: Entries<Pipeline>,
}
