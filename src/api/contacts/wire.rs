//! A contact under all the names that its fields have on the wire.

use std::fmt;

use jiff::Timestamp;
use serde::de::{self, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_with::de::DeserializeAsWrap;
use serde_with::serde_as;

use super::attribution::Attribution;
use super::dnd::{DndSettings, InboundDndSettings};
use super::model::{Contact, ContactOpportunity, CustomFieldValue};
use super::search::SearchCursor;
use crate::api::tags::TagName;
use crate::ids::{BusinessId, ContactId, CustomFieldId, LocationId, UserId};
use crate::lenient::{Lenient, LenientList, LenientObject, LenientPart, LenientScalars};
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// The fields under all of their names; one answer can hold two names of the same thing.
#[serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ContactWire {
    #[serde_as(deserialize_as = "Lenient")]
    id: Option<ContactId>,
    #[serde_as(deserialize_as = "Lenient")]
    location_id: Option<LocationId>,
    #[serde_as(deserialize_as = "Lenient")]
    name: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    contact_name: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    first_name: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    first_name_raw: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    last_name: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    last_name_raw: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    email: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    phone: Option<PhoneNumber>,
    #[serde_as(deserialize_as = "Lenient")]
    company_name: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    address: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    address1: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    city: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    state: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    postal_code: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    country: Option<String>,
    #[serde_as(deserialize_as = "Lenient")]
    website: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    timezone: Option<String>,
    #[serde_as(deserialize_as = "Lenient")]
    date_of_birth: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    source: Option<String>,
    #[serde(rename = "type")]
    #[serde_as(deserialize_as = "Lenient")]
    contact_type: Option<String>,
    #[serde_as(deserialize_as = "Lenient")]
    assigned_to: Option<UserId>,
    #[serde_as(deserialize_as = "LenientScalars")]
    tags: Vec<TagName>,
    #[serde_as(deserialize_as = "LenientObject")]
    custom_fields: Vec<CustomFieldWire>,
    #[serde_as(deserialize_as = "Lenient")]
    dnd: Option<bool>,
    #[serde_as(deserialize_as = "LenientObject")]
    dnd_settings: Option<DndSettings>,
    #[serde_as(deserialize_as = "LenientObject")]
    inbound_dnd_settings: Option<InboundDndSettings>,
    #[serde_as(deserialize_as = "Lenient")]
    business_id: Option<BusinessId>,
    #[serde_as(deserialize_as = "LenientScalars")]
    followers: Vec<UserId>,
    #[serde_as(deserialize_as = "Lenient")]
    visitor_id: Option<String>,
    #[serde_as(deserialize_as = "LenientObject")]
    attributions: Vec<Attribution>,
    #[serde_as(deserialize_as = "LenientObject")]
    attribution_source: Option<Box<Attribution>>,
    #[serde_as(deserialize_as = "LenientObject")]
    last_attribution_source: Option<Box<Attribution>>,
    #[serde_as(deserialize_as = "Lenient")]
    valid_email: Option<bool>,
    #[serde_as(deserialize_as = "Lenient")]
    date_added: Option<Timestamp>,
    #[serde_as(deserialize_as = "Lenient")]
    date_updated: Option<Timestamp>,
    #[serde_as(deserialize_as = "Lenient")]
    last_activity: Option<Timestamp>,
    #[serde_as(deserialize_as = "LenientPart")]
    search_after: Option<SearchCursor>,
    #[serde_as(deserialize_as = "LenientScalars")]
    additional_emails: Vec<Private<String>>,
    #[serde_as(deserialize_as = "LenientScalars")]
    additional_phones: Vec<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    phone_label: Option<String>,
    #[serde_as(deserialize_as = "Lenient")]
    birth_month: Option<Private<u32>>,
    #[serde_as(deserialize_as = "Lenient")]
    birth_day: Option<Private<u32>>,
    #[serde_as(deserialize_as = "Lenient")]
    ssn: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    keyword: Option<String>,
    #[serde_as(deserialize_as = "Lenient")]
    business_name: Option<Private<String>>,
    #[serde_as(deserialize_as = "LenientList")]
    opportunities: Vec<ContactOpportunity>,
    #[serde_as(deserialize_as = "LenientScalars")]
    offers: Vec<String>,
    #[serde_as(deserialize_as = "LenientScalars")]
    products: Vec<String>,
    #[serde_as(deserialize_as = "LenientScalars")]
    attachments: Vec<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    bounce_email: Option<bool>,
    #[serde_as(deserialize_as = "Lenient")]
    unsubscribe_email: Option<bool>,
    #[serde_as(deserialize_as = "Lenient")]
    deleted: Option<bool>,
    #[serde(rename = "lastSessionActivityAt")]
    #[serde_as(deserialize_as = "Lenient")]
    last_session_activity: Option<Timestamp>,
    #[serde_as(deserialize_as = "Lenient")]
    first_name_lower_case: Option<Private<String>>,
    #[serde_as(deserialize_as = "Lenient")]
    last_name_lower_case: Option<Private<String>>,
}

impl TryFrom<ContactWire> for Contact {
    type Error = &'static str;

    fn try_from(wire: ContactWire) -> Result<Self, &'static str> {
        let mut attributions = wire.attributions;
        let sources = [wire.attribution_source, wire.last_attribution_source];
        attributions.reserve_exact(sources.iter().flatten().count());
        attributions.extend(sources.into_iter().flatten().map(|source| *source));
        Ok(Self {
            id: wire.id.ok_or("a contact without an id")?,
            name: wire.name.or(wire.contact_name),
            first_name: wire
                .first_name_raw
                .or(wire.first_name)
                .or(wire.first_name_lower_case),
            last_name: wire
                .last_name_raw
                .or(wire.last_name)
                .or(wire.last_name_lower_case),
            address: wire.address1.or(wire.address),
            location_id: wire.location_id,
            email: wire.email,
            phone: wire.phone,
            company_name: wire.company_name,
            city: wire.city,
            state: wire.state,
            postal_code: wire.postal_code,
            country: wire.country,
            website: wire.website,
            timezone: wire.timezone,
            date_of_birth: wire.date_of_birth,
            source: wire.source,
            contact_type: wire.contact_type,
            assigned_to: wire.assigned_to,
            tags: wire.tags,
            custom_fields: wire
                .custom_fields
                .into_iter()
                .filter_map(|field| field.0)
                .collect(),
            dnd: wire.dnd,
            dnd_settings: wire.dnd_settings,
            inbound_dnd_settings: wire.inbound_dnd_settings,
            business_id: wire.business_id,
            followers: wire.followers,
            visitor_id: wire.visitor_id,
            attributions,
            valid_email: wire.valid_email,
            date_added: wire.date_added,
            date_updated: wire.date_updated,
            last_activity: wire.last_activity,
            search_after: wire.search_after,
            additional_emails: wire.additional_emails,
            additional_phones: wire.additional_phones,
            phone_label: wire.phone_label,
            birth_month: wire.birth_month,
            birth_day: wire.birth_day,
            ssn: wire.ssn,
            keyword: wire.keyword,
            business_name: wire.business_name,
            opportunities: wire.opportunities,
            offers: wire.offers,
            products: wire.products,
            attachments: wire.attachments,
            bounce_email: wire.bounce_email,
            unsubscribe_email: wire.unsubscribe_email,
            deleted: wire.deleted,
            last_session_activity: wire.last_session_activity,
        })
    }
}

impl<'de> Deserialize<'de> for CustomFieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = CustomFieldWire::deserialize(deserializer)?;
        read.0
            .ok_or_else(|| de::Error::custom("a value without a field"))
    }
}

/// A value of a custom field, if it says of which; read under all of its names.
struct CustomFieldWire(Option<CustomFieldValue>);

#[derive(Deserialize)]
#[serde(field_identifier)]
enum CustomFieldKey {
    #[serde(rename = "id")]
    Id,
    #[serde(rename = "value", alias = "fieldValue", alias = "field_value")]
    Value,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for CustomFieldWire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CustomFieldVisitor)
    }
}

struct CustomFieldVisitor;

impl<'de> Visitor<'de> for CustomFieldVisitor {
    type Value = CustomFieldWire;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a custom field")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<CustomFieldWire, A::Error> {
        let (mut id, mut value) = (None, Private::default());
        while let Some(key) = entries.next_key()? {
            match key {
                CustomFieldKey::Id => {
                    type Id = DeserializeAsWrap<Option<CustomFieldId>, Lenient>;
                    id = entries.next_value::<Id>()?.into_inner();
                }
                CustomFieldKey::Value => value = entries.next_value()?,
                CustomFieldKey::Other => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(CustomFieldWire(id.map(|id| CustomFieldValue { id, value })))
    }
}
