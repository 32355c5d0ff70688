//! A contact under all the names that its fields have on the wire.

use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_with::serde_as;

use super::attribution::Attribution;
use super::dnd::{DndSettings, InboundDndSettings};
use super::model::{Contact, ContactOpportunity, CustomFieldValue};
use crate::api::cursor::SearchCursor;
use crate::api::field_value::FieldAndValue;
use crate::api::tags::TagName;
use crate::ids::{BusinessId, ContactId, CustomFieldId, LocationId, UserId};
use crate::lenient::{
    Addresses, Emails, Lenient, LenientList, LenientObject, LenientPart, LenientScalars,
    LenientTexts, Names, Object, Phones,
};
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
    #[serde_as(deserialize_as = "LenientTexts<Names>")]
    tags: Vec<TagName>,
    custom_fields: CustomFieldsWire,
    /// The name in version 1, which some answers still have.
    custom_field: CustomFieldsWire,
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
    #[serde_as(deserialize_as = "LenientTexts<Emails>")]
    additional_emails: Vec<Private<String>>,
    #[serde_as(deserialize_as = "LenientTexts<Phones>")]
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
    #[serde_as(deserialize_as = "LenientTexts<Addresses>")]
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
            custom_fields: match wire.custom_fields.0 {
                fields if fields.is_empty() => wire.custom_field.0,
                fields => fields,
            },
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

/// The values of custom fields: a list of them, or an object with the fields' ids as its keys.
#[derive(Default)]
struct CustomFieldsWire(Vec<CustomFieldValue>);

impl<'de> Deserialize<'de> for CustomFieldsWire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CustomFieldsVisitor).map(Self)
    }
}

struct CustomFieldsVisitor;

impl<'de> Visitor<'de> for CustomFieldsVisitor {
    type Value = Vec<CustomFieldValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the values of custom fields")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = items.next_element_seed(Object(PhantomData::<CustomFieldWire>))? {
            fields.extend(field.and_then(|field| field.0));
        }
        Ok(fields)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some((id, value)) = entries.next_entry::<String, Private<Value>>()? {
            fields.extend(
                CustomFieldId::new(id)
                    .ok()
                    .map(|id| CustomFieldValue { id, value }),
            );
        }
        Ok(fields)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

/// A value of a custom field, if it says of which; read under all of its names.
struct CustomFieldWire(Option<CustomFieldValue>);

impl<'de> Deserialize<'de> for CustomFieldWire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let FieldAndValue { id, value } = FieldAndValue::deserialize(deserializer)?;
        let id = id.map(|id| CustomFieldValue { id, value });
        Ok(Self(id))
    }
}
