//! A pipeline as HighLevel lists it. A recipe's stage is looked up in it.

use crate::ids::{PipelineId, PipelineStageId};

/// A pipeline and its stages in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineFacts {
    /// Its id.
    pub id: PipelineId,
    /// The displayed name.
    pub name: Option<String>,
    /// Its stages with their displayed names.
    pub stages: Vec<(PipelineStageId, Option<String>)>,
}
