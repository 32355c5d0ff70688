//! A workflow as HighLevel lists it. A recipe's workflow is looked up in the list.

use crate::ids::WorkflowId;

/// A workflow of a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowFacts {
    /// Its id, a UUID.
    pub id: WorkflowId,
    /// Whether it is a draft, which does nothing.
    pub is_draft: bool,
}
