//! Bodies that create or change an opportunity. The versions name custom fields' values differently, and only version 3 knows
//! forecasts, so the public types turn into one body that knows its version.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use serde_with::skip_serializing_none;

use super::model::OpportunityStatus;
use crate::client::ReplaySafety;
use crate::ids::{
    ContactId, CustomFieldId, LocationId, LostReasonId, OpportunityId, PipelineId, PipelineStageId,
    UserId,
};
use crate::secret::Private;

/// An opportunity to create.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOpportunity {
    /// The pipeline.
    pub pipeline_id: PipelineId,
    /// The contact.
    pub contact_id: ContactId,
    /// The name.
    pub name: Private<String>,
    /// Its status.
    pub status: OpportunityStatus,
    /// The stage; the pipeline's first if `None`.
    pub pipeline_stage_id: Option<PipelineStageId>,
    /// What it is worth, in the location's currency.
    pub monetary_value: Option<f64>,
    /// The user who looks after it.
    pub assigned_to: Option<UserId>,
    /// Values of custom fields.
    pub custom_fields: Vec<OpportunityFieldInput>,
    /// The forecast.
    pub forecast: Forecast,
}

impl NewOpportunity {
    /// An open opportunity in the pipeline's first stage.
    pub fn new(
        pipeline_id: PipelineId,
        contact_id: ContactId,
        name: impl Into<Private<String>>,
    ) -> Self {
        Self {
            pipeline_id,
            contact_id,
            name: name.into(),
            status: OpportunityStatus::Open,
            pipeline_stage_id: None,
            monetary_value: None,
            assigned_to: None,
            custom_fields: Vec::new(),
            forecast: Forecast::default(),
        }
    }

    pub(super) fn body<'a>(&'a self, location: &'a LocationId, v3: bool) -> impl Serialize + 'a {
        Body {
            location_id: Some(location),
            pipeline_id: Some(&self.pipeline_id),
            contact_id: Some(&self.contact_id),
            name: Some(&self.name),
            status: Some(&self.status),
            pipeline_stage_id: self.pipeline_stage_id.as_ref(),
            monetary_value: self.monetary_value,
            assigned_to: self.assigned_to.as_ref(),
            custom_fields: bodies(&self.custom_fields, v3),
            forecast: &self.forecast,
        }
    }
}

/// What to change about an opportunity; `None` and an empty list leave a part as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OpportunityUpdate {
    /// The pipeline.
    pub pipeline_id: Option<PipelineId>,
    /// The stage.
    pub pipeline_stage_id: Option<PipelineStageId>,
    /// The name.
    pub name: Option<Private<String>>,
    /// Its status. To say why it was lost too, use
    /// [`set_status`](super::Opportunities::set_status).
    pub status: Option<OpportunityStatus>,
    /// What it is worth, in the location's currency.
    pub monetary_value: Option<f64>,
    /// The user who looks after it.
    pub assigned_to: Option<UserId>,
    /// Values of custom fields; fields not named here stay.
    pub custom_fields: Vec<OpportunityFieldInput>,
    /// The forecast.
    pub forecast: Forecast,
}

impl OpportunityUpdate {
    pub(super) fn body(&self, v3: bool) -> impl Serialize {
        Body {
            location_id: None,
            contact_id: None,
            pipeline_id: self.pipeline_id.as_ref(),
            pipeline_stage_id: self.pipeline_stage_id.as_ref(),
            name: self.name.as_ref(),
            status: self.status.as_ref(),
            monetary_value: self.monetary_value,
            assigned_to: self.assigned_to.as_ref(),
            custom_fields: bodies(&self.custom_fields, v3),
            forecast: &self.forecast,
        }
    }
}

/// An opportunity to update or to create.
#[derive(Debug, Clone, PartialEq)]
pub struct OpportunityUpsert {
    /// The pipeline.
    pub pipeline_id: PipelineId,
    /// The opportunity to update.
    pub id: Option<OpportunityId>,
    /// The contact. HighLevel's documentation of 2025 asks for it, its later OpenAPI files do not name it.
    pub contact_id: Option<ContactId>,
    /// The name.
    pub name: Option<Private<String>>,
    /// Its status.
    pub status: Option<OpportunityStatus>,
    /// Why it was lost.
    pub lost_reason_id: Option<LostReasonId>,
    /// The stage.
    pub pipeline_stage_id: Option<PipelineStageId>,
    /// What it is worth, in the location's currency.
    pub monetary_value: Option<f64>,
    /// The user who looks after it.
    pub assigned_to: Option<UserId>,
    /// What happens to its followers.
    pub followers: FollowersUpdate,
    /// The forecast.
    pub forecast: Forecast,
}

/// What happens to the followers of an opportunity.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FollowersUpdate {
    /// These are added; nobody is if there is none.
    Add(Vec<UserId>),
    /// These are removed.
    Remove(Vec<UserId>),
    /// All are removed.
    RemoveAll,
}

impl OpportunityUpsert {
    /// An opportunity of a pipeline, with nothing else said and its followers left as they are.
    pub fn new(pipeline_id: PipelineId) -> Self {
        Self {
            pipeline_id,
            id: None,
            contact_id: None,
            name: None,
            status: None,
            lost_reason_id: None,
            pipeline_stage_id: None,
            monetary_value: None,
            assigned_to: None,
            followers: FollowersUpdate::Add(Vec::new()),
            forecast: Forecast::default(),
        }
    }

    /// Without an id there is nothing by which HighLevel could know the opportunity again.
    pub(super) fn replay(&self) -> ReplaySafety {
        if self.id.is_some() || self.contact_id.is_some() {
            ReplaySafety::Repeatable
        } else {
            ReplaySafety::Once
        }
    }

    pub(super) fn body<'a>(&'a self, location: &'a LocationId) -> impl Serialize + 'a {
        let (followers, action) = match &self.followers {
            FollowersUpdate::Add(followers) => (followers.as_slice(), "add"),
            FollowersUpdate::Remove(followers) => (followers.as_slice(), "remove"),
            FollowersUpdate::RemoveAll => (&[][..], "remove"),
        };
        UpsertBody {
            id: self.id.as_ref(),
            lost_reason_id: self.lost_reason_id.as_ref(),
            followers,
            followers_action_type: action,
            is_remove_all_followers: self.followers == FollowersUpdate::RemoveAll,
            body: Body {
                location_id: Some(location),
                pipeline_id: Some(&self.pipeline_id),
                contact_id: self.contact_id.as_ref(),
                name: self.name.as_ref(),
                status: self.status.as_ref(),
                pipeline_stage_id: self.pipeline_stage_id.as_ref(),
                monetary_value: self.monetary_value,
                assigned_to: self.assigned_to.as_ref(),
                custom_fields: Vec::new(),
                forecast: &self.forecast,
            },
        }
    }
}

/// When and how probably an opportunity is won. API version 3 only: anything given here is
/// [`Config`](crate::error::ErrorKind::Config) under version 2.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Forecast {
    /// When it is expected to be closed.
    #[serde(rename = "forecastExpectedCloseDate")]
    pub expected_close_date: Option<Date>,
    /// How probable it is to be won, in percent.
    #[serde(rename = "forecastProbability")]
    pub probability: Option<f64>,
}

impl Forecast {
    pub(super) fn is_given(&self) -> bool {
        *self != Self::default()
    }
}

/// The value to give to a custom field of an opportunity.
#[derive(Debug, Clone, PartialEq)]
pub struct OpportunityFieldInput {
    id: Option<CustomFieldId>,
    key: Option<String>,
    value: Private<Value>,
}

impl OpportunityFieldInput {
    /// Names the field by its id. The value is a text, a number for numeric and monetary fields, a list of texts for
    /// fields with several choices, or an object for files.
    pub fn by_id(id: CustomFieldId, value: impl Into<Value>) -> Self {
        Self {
            id: Some(id),
            key: None,
            value: Private::new(value.into()),
        }
    }

    /// Names the field by its key, such as `my_custom_field`; HighLevel takes the key alone for texts only.
    pub fn by_key(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            id: None,
            key: Some(key.into()),
            value: Private::new(Value::String(value.into())),
        }
    }
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    location_id: Option<&'a LocationId>,
    contact_id: Option<&'a ContactId>,
    pipeline_id: Option<&'a PipelineId>,
    pipeline_stage_id: Option<&'a PipelineStageId>,
    name: Option<&'a Private<String>>,
    status: Option<&'a OpportunityStatus>,
    monetary_value: Option<f64>,
    assigned_to: Option<&'a UserId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    custom_fields: Vec<FieldBody<'a>>,
    #[serde(flatten)]
    forecast: &'a Forecast,
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UpsertBody<'a> {
    id: Option<&'a OpportunityId>,
    lost_reason_id: Option<&'a LostReasonId>,
    followers: &'a [UserId],
    is_remove_all_followers: bool,
    followers_action_type: &'static str,
    #[serde(flatten)]
    body: Body<'a>,
}

#[skip_serializing_none]
#[derive(Serialize)]
struct FieldBody<'a> {
    id: Option<&'a CustomFieldId>,
    key: Option<&'a str>,
    /// Version 2's name of the value.
    field_value: Option<&'a Private<Value>>,
    /// Version 3's name of the value.
    #[serde(rename = "fieldValue")]
    v3_field_value: Option<&'a Private<Value>>,
}

fn bodies(fields: &[OpportunityFieldInput], v3: bool) -> Vec<FieldBody<'_>> {
    fields
        .iter()
        .map(|field| FieldBody {
            id: field.id.as_ref(),
            key: field.key.as_deref(),
            field_value: (!v3).then_some(&field.value),
            v3_field_value: v3.then_some(&field.value),
        })
        .collect()
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusBody<'a> {
    pub(super) status: &'a OpportunityStatus,
    pub(super) lost_reason_id: Option<&'a LostReasonId>,
}

#[derive(Serialize)]
pub(super) struct FollowersBody<'a> {
    pub(super) followers: &'a [UserId],
}
