//! Workflows of a location: list them, put contacts in and take them out. HighLevel's API cannot create or change one.
//! What starts a workflow by other ways, and what a workflow asks for, is in [`workflows`](crate::workflows).
//!
//! Source: HighLevel's OpenAPI files `workflows.json` (`/workflows/`) and `contacts.json`
//! (`/contacts/{contactId}/workflow/{workflowId}`). Scopes: `workflows.readonly`, `contacts.write`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::{serde_as, skip_serializing_none};

use super::timestamp::Rfc3339;
use crate::api::listing::Entries;
use crate::client::{Call, Location, Request, path};
use crate::error::Result;
use crate::ids::{ContactId, LocationId, WorkflowId};
use crate::lenient::Lenient;
use crate::open_enum::open_enum;

/// The workflows of one location. Made by [`Location::workflows`].
#[derive(Debug, Clone, Copy)]
pub struct Workflows<'a> {
    pub(crate) location: &'a Location,
}

impl Location {
    /// The location's workflows.
    pub fn workflows(&self) -> Workflows<'_> {
        Workflows { location: self }
    }
}

impl<'a> Workflows<'a> {
    /// All workflows; HighLevel does not page them.
    pub fn list(&self) -> Call<'a, Vec<Workflow>> {
        let request = Request::get(path(&["workflows", ""]))
            .operation("workflows.list")
            .query("locationId", self.location.id());
        self.location
            .send::<WorkflowList>(request)
            .map(|list| list.workflows.items)
    }

    /// Puts a contact into a workflow. `event_start` is the moment that the workflow's event waits count from, for
    /// workflows that have such.
    ///
    /// It is not repeated, and whether it was done cannot be read back: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome) a person has to look. HighLevel says yes to a
    /// workflow that is still a draft, and does not run it.
    pub async fn add_contact(
        &self,
        contact: &ContactId,
        workflow: &WorkflowId,
        event_start: Option<Timestamp>,
    ) -> Result<()> {
        let request = Request::post(enrolment_path(contact, workflow))
            .operation("workflows.add_contact")
            .json(&Enrolment {
                event_start_time: event_start,
            });
        self.location.send_discarding(request).await
    }

    /// Takes a contact out of a workflow. `event_start` is that of [`add_contact`](Self::add_contact).
    pub async fn remove_contact(
        &self,
        contact: &ContactId,
        workflow: &WorkflowId,
        event_start: Option<Timestamp>,
    ) -> Result<()> {
        let request = Request::delete(enrolment_path(contact, workflow))
            .operation("workflows.remove_contact")
            .json(&Enrolment {
                event_start_time: event_start,
            });
        self.location.send_discarding(request).await
    }
}

fn enrolment_path(contact: &ContactId, workflow: &WorkflowId) -> String {
    path(&["contacts", contact.as_str(), "workflow", workflow.as_str()])
}

open_enum! {
    /// Whether a workflow runs.
    pub enum WorkflowStatus {
        /// It does not run.
        Draft = "draft",
        /// It runs.
        Published = "published",
    }
}

/// A workflow as HighLevel gives it.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Workflow {
    /// Its id, a UUID.
    pub id: WorkflowId,
    /// The name that people see.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<String>,
    /// Whether it runs.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub status: Option<WorkflowStatus>,
    /// A number that grows with each change.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub version: Option<u64>,
    /// When it was made.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub updated_at: Option<Timestamp>,
    /// The location it belongs to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub location_id: Option<LocationId>,
}

/// HighLevel asks for a body even where there is nothing to say; it is `{}` then.
#[serde_as]
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Enrolment {
    #[serde_as(as = "Option<Rfc3339>")]
    event_start_time: Option<Timestamp>,
}

#[serde_as]
#[derive(Deserialize)]
struct WorkflowList {
    #[serde(default)]
    workflows: Entries<Workflow>,
}
