//! A contact as HighLevel gives it, in whichever of its shapes: by id, created, upserted, or found.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_with::serde_as;

use super::attribution::Attribution;
use super::dnd::{DndChannel, DndSettings, InboundDndSettings};
use super::search::SearchCursor;
use crate::api::tags::TagName;
use crate::ids::{BusinessId, ContactId, CustomFieldId, LocationId, UserId};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// A contact. Only the id is always there; the operations give different parts of the rest.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "ContactWire")]
#[non_exhaustive]
pub struct Contact {
    /// The id.
    pub id: ContactId,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
    /// The whole name.
    pub name: Option<Private<String>>,
    /// The first name. A search gives it in lower case where HighLevel does not send the original beside it.
    pub first_name: Option<Private<String>>,
    /// The last name; see [`first_name`](Self::first_name).
    pub last_name: Option<Private<String>>,
    /// The main e-mail address.
    pub email: Option<Private<String>>,
    /// The main phone number; `None` also where HighLevel has kept a text that is no number in E.164.
    pub phone: Option<PhoneNumber>,
    /// The company the contact works for.
    pub company_name: Option<Private<String>>,
    /// Street and house number.
    pub address: Option<Private<String>>,
    /// The city.
    pub city: Option<Private<String>>,
    /// The state or province.
    pub state: Option<Private<String>>,
    /// The postal code.
    pub postal_code: Option<Private<String>>,
    /// The country as ISO 3166 alpha-2.
    pub country: Option<String>,
    /// The website.
    pub website: Option<Private<String>>,
    /// The contact's own time zone as an IANA name.
    pub timezone: Option<String>,
    /// The date of birth as HighLevel writes it: a date, or a date and time.
    pub date_of_birth: Option<Private<String>>,
    /// Where the contact came from, such as `public api`.
    pub source: Option<String>,
    /// What the contact is to the business, such as `lead`.
    pub contact_type: Option<String>,
    /// The user who looks after the contact.
    pub assigned_to: Option<UserId>,
    /// The tags.
    pub tags: Vec<TagName>,
    /// The custom fields that have a value.
    pub custom_fields: Vec<CustomFieldValue>,
    /// The master switch of do not disturb. [`is_blocked`](Self::is_blocked) takes the channels into account.
    pub dnd: Option<bool>,
    /// Do not disturb by channel. Some locations' searches leave it out; read the contact by id before you send.
    pub dnd_settings: Option<DndSettings>,
    /// Do not disturb for what the contact sends.
    pub inbound_dnd_settings: Option<InboundDndSettings>,
    /// The business the contact belongs to.
    pub business_id: Option<BusinessId>,
    /// The users who are told what happens with the contact.
    pub followers: Vec<UserId>,
    /// The id that the live chat has given to the contact's browser.
    pub visitor_id: Option<String>,
    /// The visits the contact came from; the first is the oldest that HighLevel gives.
    pub attributions: Vec<Attribution>,
    /// Whether HighLevel has found the e-mail address to work.
    pub valid_email: Option<bool>,
    /// When the contact was made.
    pub date_added: Option<Timestamp>,
    /// When the contact was last changed.
    pub date_updated: Option<Timestamp>,
    /// When the contact last did something.
    pub last_activity: Option<Timestamp>,
    /// Where to go on after this contact; only a search gives it.
    pub search_after: Option<SearchCursor>,
}

impl Contact {
    /// Whether nothing may be sent to the contact on this channel: the channel says so or, where it says nothing, the
    /// master switch does. Neither saying anything means that sending is allowed.
    pub fn is_blocked(&self, channel: &DndChannel) -> bool {
        self.dnd_settings
            .as_ref()
            .and_then(|settings| settings.blocks(channel))
            .unwrap_or(self.dnd == Some(true))
    }

    /// Whether no text message may be sent to the contact. See [`is_blocked`](Self::is_blocked).
    pub fn sms_blocked(&self) -> bool {
        self.is_blocked(&DndChannel::Sms)
    }

    /// The value of a custom field, if the contact has one.
    pub fn custom_field(&self, id: &CustomFieldId) -> Option<&Value> {
        self.custom_fields
            .iter()
            .find_map(|field| (field.id == *id).then_some(&*field.value))
    }
}

/// The value of a custom field of a contact.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct CustomFieldValue {
    /// The field; its key and name are among the location's custom fields.
    pub id: CustomFieldId,
    /// The value: a text, a number, a list, or an object for files.
    #[serde(default, alias = "fieldValue", alias = "field_value")]
    pub value: Private<Value>,
}

/// What an upsert gives back.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct UpsertedContact {
    /// The contact as it is now.
    pub contact: Contact,
    /// Whether it was made by this; `None` if HighLevel does not say.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub new: Option<bool>,
}

/// Nobody found is `"contact": null`.
#[derive(Deserialize)]
pub(super) struct DuplicateLookup {
    #[serde(default)]
    pub(super) contact: Option<Contact>,
}

/// The fields under all of their names; one answer can hold two names of the same thing.
#[serde_as]
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ContactWire {
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
    #[serde_as(deserialize_as = "Lenient")]
    #[serde(rename = "type")]
    contact_type: Option<String>,
    #[serde_as(deserialize_as = "Lenient")]
    assigned_to: Option<UserId>,
    #[serde_as(deserialize_as = "LenientList")]
    tags: Vec<TagName>,
    #[serde_as(deserialize_as = "LenientList")]
    custom_fields: Vec<CustomFieldValue>,
    #[serde_as(deserialize_as = "Lenient")]
    dnd: Option<bool>,
    #[serde_as(deserialize_as = "LenientPart")]
    dnd_settings: Option<DndSettings>,
    #[serde_as(deserialize_as = "LenientPart")]
    inbound_dnd_settings: Option<InboundDndSettings>,
    #[serde_as(deserialize_as = "Lenient")]
    business_id: Option<BusinessId>,
    #[serde_as(deserialize_as = "LenientList")]
    followers: Vec<UserId>,
    #[serde_as(deserialize_as = "Lenient")]
    visitor_id: Option<String>,
    #[serde_as(deserialize_as = "LenientList")]
    attributions: Vec<Attribution>,
    #[serde_as(deserialize_as = "LenientPart")]
    attribution_source: Option<Attribution>,
    #[serde_as(deserialize_as = "LenientPart")]
    last_attribution_source: Option<Attribution>,
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
}

impl TryFrom<ContactWire> for Contact {
    type Error = &'static str;

    fn try_from(wire: ContactWire) -> Result<Self, &'static str> {
        let mut attributions = wire.attributions;
        attributions.extend(wire.attribution_source);
        attributions.extend(wire.last_attribution_source);
        Ok(Self {
            id: wire.id.ok_or("a contact without an id")?,
            name: wire.name.or(wire.contact_name),
            first_name: wire.first_name_raw.or(wire.first_name),
            last_name: wire.last_name_raw.or(wire.last_name),
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
            custom_fields: wire.custom_fields,
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
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(rest: &str) -> bool {
        let contact: Contact = serde_json::from_str(&format!(r#"{{"id":"c1"{rest}}}"#)).unwrap();
        contact.sms_blocked()
    }

    #[test]
    fn the_channel_decides_and_the_master_switch_fills_in() {
        for (rest, expected) in [
            ("", false),
            (r#","dnd":false"#, false),
            (r#","dnd":true"#, true),
            (r#","dnd":"true","dndSettings":null"#, true),
            (r#","dnd":true,"dndSettings":{}"#, true),
            (
                r#","dnd":true,"dndSettings":{"Email":{"status":"active"}}"#,
                true,
            ),
            (
                r#","dnd":true,"dndSettings":{"SMS":{"status":"inactive"}}"#,
                false,
            ),
            (
                r#","dnd":false,"dndSettings":{"SMS":{"status":"active"}}"#,
                true,
            ),
            (
                r#","dnd":false,"dndSettings":{"sms":{"status":"permanent"}}"#,
                true,
            ),
            (
                r#","dnd":false,"dndSettings":{"Email":{"status":"active"}}"#,
                false,
            ),
        ] {
            assert_eq!(blocked(rest), expected, "{rest}");
        }
    }

    #[test]
    fn a_contact_without_an_id_is_none() {
        assert!(serde_json::from_str::<Contact>(r#"{"email":"a@b.example"}"#).is_err());
    }
}
