//! Opportunities as HighLevel gives them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use serde_with::{apply, serde_as};

use crate::api::cursor::SearchCursor;
use crate::api::field_value::FieldAndValue;
use crate::api::tags::TagName;
use crate::ids::{
    ContactId, CustomFieldId, LocationId, LostReasonId, OpportunityId, PipelineId, PipelineStageId,
    UserId,
};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;
use crate::phone::PhoneNumber;
use crate::secret::Private;

open_enum! {
    /// The status of an opportunity.
    pub enum OpportunityStatus {
        /// Nothing yet.
        Open = "open",
        /// It was won.
        Won = "won",
        /// It was lost.
        Lost = "lost",
        /// It was given up.
        Abandoned = "abandoned",
        /// Any of them. Only a search can mean this, although HighLevel's file has it for writing too.
        All = "all",
    }
}

/// An opportunity. Only the id is always there; the operations and versions give different parts of the rest.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "OpportunityWire")]
#[non_exhaustive]
pub struct Opportunity {
    /// The id.
    pub id: OpportunityId,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The name, which is often the contact's.
    pub name: Option<Private<String>>,
    /// What it is worth, in the location's currency.
    pub monetary_value: Option<f64>,
    /// The pipeline it moves along.
    pub pipeline_id: Option<PipelineId>,
    /// The stage it has reached.
    pub pipeline_stage_id: Option<PipelineStageId>,
    /// Its status.
    pub status: Option<OpportunityStatus>,
    /// Why it was lost.
    pub lost_reason_id: Option<LostReasonId>,
    /// Where it came from.
    pub source: Option<String>,
    /// The user who looks after it.
    pub assigned_to: Option<UserId>,
    /// The users who follow it.
    pub followers: Vec<UserId>,
    /// The contact.
    pub contact_id: Option<ContactId>,
    /// A part of the contact.
    pub contact: Option<OpportunityContact>,
    /// The custom fields that have a value.
    pub custom_fields: Vec<OpportunityFieldValue>,
    /// The contact's notes, where they were asked for; HighLevel does not document the form.
    pub notes: Vec<Private<Value>>,
    /// The contact's tasks, where they were asked for; HighLevel does not document the form.
    pub tasks: Vec<Private<Value>>,
    /// The contact's events, where they were asked for; HighLevel does not document the form.
    pub calendar_events: Vec<Private<Value>>,
    /// Its id in another system.
    pub external_object_id: Option<String>,
    /// HighLevel's count of its changes in the index.
    pub index_version: Option<u64>,
    /// When the status last changed.
    pub last_status_change_at: Option<Timestamp>,
    /// When the stage last changed.
    pub last_stage_change_at: Option<Timestamp>,
    /// When something last happened to it.
    pub last_action_date: Option<Timestamp>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// When it is expected to be closed. This and all `forecast_…` are given by version 3 only.
    pub forecast_expected_close_date: Option<Date>,
    /// When it was first expected to be closed.
    pub forecast_original_close_date: Option<Date>,
    /// How often the expected date has moved.
    pub forecast_slippage_count: Option<u32>,
    /// By how many days the expected date has moved.
    pub forecast_days_slipped: Option<i64>,
    /// When the expected date last moved.
    pub forecast_last_slipped_at: Option<Timestamp>,
    /// How probable it is to be won, in percent, as a user has set it.
    pub forecast_probability: Option<f64>,
    /// How probable it is to be won, in percent, as it counts; version 3 only.
    pub effective_probability: Option<f64>,
    /// Where an advanced search goes on after it.
    pub search_after: Option<SearchCursor>,
}

/// The names of custom fields, and of the cursor, vary; the rest is as HighLevel documents it.
#[apply(
    Option<_> => #[serde_as(deserialize_as = "Lenient")],
    Vec<_> => #[serde_as(deserialize_as = "LenientList")],
)]
#[serde_with::serde_as]
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct OpportunityWire {
    id: Option<OpportunityId>,
    location_id: Option<LocationId>,
    name: Option<Private<String>>,
    monetary_value: Option<f64>,
    pipeline_id: Option<PipelineId>,
    pipeline_stage_id: Option<PipelineStageId>,
    status: Option<OpportunityStatus>,
    lost_reason_id: Option<LostReasonId>,
    source: Option<String>,
    assigned_to: Option<UserId>,
    followers: Vec<UserId>,
    contact_id: Option<ContactId>,
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    contact: Option<OpportunityContact>,
    custom_fields: Vec<OpportunityFieldValue>,
    #[serde(rename = "custom_fields")]
    snake_custom_fields: Vec<OpportunityFieldValue>,
    notes: Vec<Private<Value>>,
    tasks: Vec<Private<Value>>,
    calendar_events: Vec<Private<Value>>,
    external_object_id: Option<String>,
    index_version: Option<u64>,
    last_status_change_at: Option<Timestamp>,
    last_stage_change_at: Option<Timestamp>,
    last_action_date: Option<Timestamp>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    forecast_expected_close_date: Option<Date>,
    forecast_original_close_date: Option<Date>,
    forecast_slippage_count: Option<u32>,
    forecast_days_slipped: Option<i64>,
    forecast_last_slipped_at: Option<Timestamp>,
    forecast_probability: Option<f64>,
    effective_probability: Option<f64>,
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    search_after: Option<SearchCursor>,
    #[serde_with(skip_apply)]
    #[serde_as(deserialize_as = "LenientPart")]
    sort: Option<SearchCursor>,
}

impl TryFrom<OpportunityWire> for Opportunity {
    type Error = &'static str;

    fn try_from(wire: OpportunityWire) -> Result<Self, &'static str> {
        let custom_fields = if wire.custom_fields.is_empty() {
            wire.snake_custom_fields
        } else {
            wire.custom_fields
        };
        Ok(Self {
            id: wire.id.ok_or("an opportunity without an id")?,
            location_id: wire.location_id,
            name: wire.name,
            monetary_value: wire.monetary_value,
            pipeline_id: wire.pipeline_id,
            pipeline_stage_id: wire.pipeline_stage_id,
            status: wire.status,
            lost_reason_id: wire.lost_reason_id,
            source: wire.source,
            assigned_to: wire.assigned_to,
            followers: wire.followers,
            contact_id: wire.contact_id,
            contact: wire.contact,
            custom_fields,
            notes: wire.notes,
            tasks: wire.tasks,
            calendar_events: wire.calendar_events,
            external_object_id: wire.external_object_id,
            index_version: wire.index_version,
            last_status_change_at: wire.last_status_change_at,
            last_stage_change_at: wire.last_stage_change_at,
            last_action_date: wire.last_action_date,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
            forecast_expected_close_date: wire.forecast_expected_close_date,
            forecast_original_close_date: wire.forecast_original_close_date,
            forecast_slippage_count: wire.forecast_slippage_count,
            forecast_days_slipped: wire.forecast_days_slipped,
            forecast_last_slipped_at: wire.forecast_last_slipped_at,
            forecast_probability: wire.forecast_probability,
            effective_probability: wire.effective_probability,
            search_after: wire.search_after.or(wire.sort),
        })
    }
}

/// The contact of an opportunity, in part.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct OpportunityContact {
    /// The id.
    pub id: Option<ContactId>,
    /// The whole name.
    pub name: Option<Private<String>>,
    /// The company the contact works for.
    pub company_name: Option<Private<String>>,
    /// The e-mail address.
    pub email: Option<Private<String>>,
    /// The phone number; `None` also where it had no country calling code.
    pub phone: Option<PhoneNumber>,
    /// The tags.
    #[serde_as(deserialize_as = "LenientList")]
    pub tags: Vec<TagName>,
}

/// The value of a custom field of an opportunity.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "FieldAndValue")]
#[non_exhaustive]
pub struct OpportunityFieldValue {
    /// The field; its key and name are among the location's custom fields.
    pub id: CustomFieldId,
    /// The value: a text, a number, a list, or an object for files. `null` if there is none.
    pub value: Private<Value>,
}

impl TryFrom<FieldAndValue> for OpportunityFieldValue {
    type Error = &'static str;

    fn try_from(read: FieldAndValue) -> Result<Self, &'static str> {
        let FieldAndValue { id, value } = read;
        let id = id.ok_or("a value without a field")?;
        Ok(Self { id, value })
    }
}

/// What an upsert gives back, at least one of the two.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "UpsertedWire")]
#[non_exhaustive]
pub struct UpsertedOpportunity {
    /// The opportunity as it is now; `None` if HighLevel does not show it with its id, which its file does not promise.
    pub opportunity: Option<Opportunity>,
    /// Whether it was made by this; `None` if HighLevel does not say.
    pub new: Option<bool>,
}

#[serde_as]
#[derive(Deserialize)]
struct UpsertedWire {
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    opportunity: Option<Opportunity>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    new: Option<bool>,
}

impl TryFrom<UpsertedWire> for UpsertedOpportunity {
    type Error = &'static str;

    fn try_from(wire: UpsertedWire) -> Result<Self, Self::Error> {
        let UpsertedWire { opportunity, new } = wire;
        if opportunity.is_none() && new.is_none() {
            return Err("neither an opportunity nor whether it is new");
        }
        Ok(Self { opportunity, new })
    }
}

/// The followers of an opportunity after some were added or removed.
#[apply(Vec<_> => #[serde_as(deserialize_as = "LenientList")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct OpportunityFollowers {
    /// All who follow it now.
    pub followers: Vec<UserId>,
    /// Those who did not before.
    pub followers_added: Vec<UserId>,
    /// Those who no longer do.
    pub followers_removed: Vec<UserId>,
}
