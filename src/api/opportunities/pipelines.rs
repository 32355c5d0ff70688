//! Pipelines with their stages, and why opportunities are lost.

use jiff::Timestamp;
use serde::Deserialize;
use serde_with::{apply, serde_as};

use crate::api::listing::Entries;
use crate::client::Request;
use crate::ids::{LocationId, LostReasonId, PipelineId, PipelineStageId};
use crate::lenient::{Lenient, LenientList};
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
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Pipeline {
    /// Its id.
    pub id: PipelineId,
    /// The name that people see.
    pub name: Option<String>,
    /// The stages, as HighLevel orders them.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub stages: Vec<PipelineStage>,
    /// Whether the funnel chart shows it.
    pub show_in_funnel: Option<bool>,
    /// Whether the pie chart shows it.
    pub show_in_pie_chart: Option<bool>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// Whether each opportunity has a probability of its own; only version 3 says so.
    pub use_opportunity_probability: Option<bool>,
    /// How it shows the colours of its stages.
    pub color_render_mode: Option<PipelineColor>,
}

/// A stage of a pipeline. HighLevel does not document the form; these are the fields of live answers.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
}

/// A reason why opportunities are lost.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LostReason {
    /// Its id.
    pub id: LostReasonId,
    /// The name that people see.
    pub name: Option<String>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// Which lost reasons to find. The default finds all that were not deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LostReasonSearch {
    /// The one with this name.
    pub name: Option<String>,
    /// Free text.
    pub query: Option<String>,
    /// Those that were deleted (`true`), or were not.
    pub deleted: Option<bool>,
    /// How many to leave out: [`OffsetPage::next`](crate::api::offset::OffsetPage::next) of the page before.
    pub skip: Option<u64>,
    /// How many reasons a page has; HighLevel takes 100 if `None`.
    pub limit: Option<u64>,
    /// Whether to count all of them.
    pub count: Option<bool>,
}

impl LostReasonSearch {
    pub(super) fn parameters(&self, request: Request) -> Request {
        request
            .query_opt("name", self.name.as_ref())
            .query_opt("query", self.query.as_ref())
            .query_opt("deleted", self.deleted)
            .query_opt("skip", self.skip)
            .query_opt("limit", self.limit)
            .query_opt("getCount", self.count)
    }
}

#[serde_as]
#[derive(Deserialize)]
pub(super) struct PipelineList {
    #[serde(default)]
    pub(super) pipelines: Entries<Pipeline>,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LostReasonList {
    #[serde(default)]
    pub(super) lost_reasons: Entries<LostReason>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub(super) total: Option<u64>,
}
