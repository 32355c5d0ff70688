//! Opportunities: made, changed, moved, won, lost, deleted.

use jiff::Timestamp;

use crate::ids::{ContactId, OpportunityId, PipelineId, PipelineStageId, UserId};
use crate::secret::Private;

payload! {
    /// An opportunity as an event shows it. Only the event's name says what changed.
    pub struct Opportunity {
        /// The opportunity.
        opportunity_id: Option<OpportunityId> = scalar("id"),
        /// Whose it is.
        contact_id: Option<ContactId> = scalar("contactId"),
        /// The user who works on it.
        assigned_to: Option<UserId> = scalar("assignedTo"),
        /// What it is called; often a person's name.
        name: Option<Private<String>> = scalar("name"),
        /// What it is worth, in the location's currency.
        monetary_value: Option<f64> = scalar("monetaryValue"),
        /// The pipeline.
        pipeline_id: Option<PipelineId> = scalar("pipelineId"),
        /// The stage.
        pipeline_stage_id: Option<PipelineStageId> = scalar("pipelineStageId"),
        /// Where it came from.
        source: Option<Private<String>> = scalar("source"),
        /// `open`, `won`, `lost` or `abandoned`.
        status: Option<String> = scalar("status"),
        /// When it was made.
        date_added: Option<Timestamp> = scalar("dateAdded"),
    }
}
