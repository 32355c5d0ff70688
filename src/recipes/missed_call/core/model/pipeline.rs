//! A pipeline as HighLevel shows it: what a recipe's stage is looked for in.

use crate::ids::{PipelineId, PipelineStageId};

/// A pipeline and its stages in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineFacts {
    /// Its id.
    pub id: PipelineId,
    /// The name that people see.
    pub name: Option<String>,
    /// Its stages with the names that people see.
    pub stages: Vec<(PipelineStageId, Option<String>)>,
}
