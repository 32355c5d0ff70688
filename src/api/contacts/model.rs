//! A contact as HighLevel gives it, in whichever of its shapes: by id, created, upserted, or found.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_with::serde_as;

use super::attribution::Attribution;
use super::dnd::{DndChannel, DndSettings, InboundDndSettings};
use super::wire::ContactWire;
use crate::api::cursor::SearchCursor;
use crate::api::opportunities::OpportunityStatus;
use crate::api::tags::TagName;
use crate::ids::{
    BusinessId, ContactId, CustomFieldId, LocationId, OpportunityId, PipelineId, PipelineStageId,
    UserId,
};
use crate::lenient::Lenient;
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
    /// The first name. A search gives it in lower case where HighLevel does not send the original beside it, which its
    /// search document says it does not do yet.
    pub first_name: Option<Private<String>>,
    /// The last name; see [`first_name`](Self::first_name).
    pub last_name: Option<Private<String>>,
    /// The main e-mail address.
    pub email: Option<Private<String>>,
    /// The main phone number; `None` also where HighLevel has kept a text that is not a number in E.164.
    pub phone: Option<PhoneNumber>,
    /// Further e-mail addresses; the documentation has them in searches alone.
    pub additional_emails: Vec<Private<String>>,
    /// Further phone numbers as HighLevel keeps them; the documentation has them in searches alone.
    pub additional_phones: Vec<Private<String>>,
    /// What kind of number the main one is, such as `Mobile`.
    pub phone_label: Option<String>,
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
    /// The month of birth, from 1.
    pub birth_month: Option<Private<u32>>,
    /// The day of birth within its month.
    pub birth_day: Option<Private<u32>>,
    /// The social security number.
    pub ssn: Option<Private<String>>,
    /// Where the contact came from, such as `public api`.
    pub source: Option<String>,
    /// What the contact is to the business, such as `lead`.
    pub contact_type: Option<String>,
    /// The word by which the contact came in.
    pub keyword: Option<String>,
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
    /// The name of that business; only a search gives it.
    pub business_name: Option<Private<String>>,
    /// The contact's opportunities; only a search gives them.
    pub opportunities: Vec<ContactOpportunity>,
    /// What was offered to the contact, as HighLevel names it.
    pub offers: Vec<String>,
    /// What the contact has bought, as HighLevel names it.
    pub products: Vec<String>,
    /// The addresses of the contact's files.
    pub attachments: Vec<Private<String>>,
    /// The users who are notified of changes to the contact.
    pub followers: Vec<UserId>,
    /// The id that the live chat has given to the contact's browser.
    pub visitor_id: Option<String>,
    /// The visits the contact came from; the first is the oldest that HighLevel gives.
    pub attributions: Vec<Attribution>,
    /// Whether HighLevel has found the e-mail address to work.
    pub valid_email: Option<bool>,
    /// Whether e-mail to the contact came back.
    pub bounce_email: Option<bool>,
    /// Whether the contact has unsubscribed from e-mail.
    pub unsubscribe_email: Option<bool>,
    /// Whether the contact has been deleted.
    pub deleted: Option<bool>,
    /// When the contact was made.
    pub date_added: Option<Timestamp>,
    /// When the contact was last changed.
    pub date_updated: Option<Timestamp>,
    /// When the contact last did something.
    pub last_activity: Option<Timestamp>,
    /// When the contact last visited.
    pub last_session_activity: Option<Timestamp>,
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
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CustomFieldValue {
    /// The field; its key and name are among the location's custom fields.
    pub id: CustomFieldId,
    /// The value: a text, a number, a list, or an object for files.
    pub value: Private<Value>,
}

/// An opportunity as it stands beside a contact.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ContactOpportunity {
    /// Its id.
    pub id: OpportunityId,
    /// The pipeline it moves along.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub pipeline_id: Option<PipelineId>,
    /// The stage it has reached.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub pipeline_stage_id: Option<PipelineStageId>,
    /// What it is worth, in the location's currency.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub monetary_value: Option<f64>,
    /// Its status.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub status: Option<OpportunityStatus>,
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
    /// The values that HighLevel left out: most likely another contact holds them.
    #[serde(skip)]
    pub rejected: RejectedFields,
}

/// The phone number or e-mail address of an upsert that its contact does not have.
///
/// Where the e-mail belongs to one contact and the phone number to another, HighLevel updates one of the two, leaves the
/// other value out, and says nothing of it (`GoHighLevel/highlevel-api-docs` #37). Look with
/// [`find_by_phone`](super::Contacts::find_by_phone) or [`find_by_email`](super::Contacts::find_by_email) whose it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectedFields {
    /// The e-mail address.
    pub email: bool,
    /// The phone number.
    pub phone: bool,
}

impl UpsertedContact {
    /// Compares what was asked for with what came of it.
    pub(super) fn compare(mut self, email: Option<&str>, phone: Option<&PhoneNumber>) -> Self {
        let contact = &self.contact;
        let same = |given: &str, kept: &str| given.trim().eq_ignore_ascii_case(kept.trim());
        let emails = contact.email.iter().chain(&contact.additional_emails);
        let phones = contact.additional_phones.iter();
        self.rejected = RejectedFields {
            email: email.is_some_and(|email| {
                !email.trim().is_empty() && !emails.into_iter().any(|kept| same(email, kept))
            }),
            phone: phone.is_some_and(|phone| {
                contact.phone.as_ref() != Some(phone)
                    && !phones
                        .into_iter()
                        .any(|kept| PhoneNumber::read(kept).ok().as_ref() == Some(phone))
            }),
        };
        self
    }
}

/// Nobody found is `"contact": null`.
#[derive(Deserialize)]
pub(super) struct DuplicateLookup {
    #[serde(default)]
    pub(super) contact: Option<Contact>,
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
    fn values_of_custom_fields_have_three_names_and_need_a_field() {
        let contact: Contact = serde_json::from_str(
            r#"{"id":"c1","customFields":[{"id":"a","value":42},{"id":"b","fieldValue":[1]},{"value":7},
               {"id":null},{"id":"c","field_value":"x","type":"TEXT"},
               {"id":5,"value":null,"fieldValue":true},"d",{"id":"e"}]}"#,
        )
        .unwrap();
        let read: Vec<_> = contact
            .custom_fields
            .iter()
            .map(|field| format!("{}={}", field.id, *field.value))
            .collect();
        assert_eq!(read, ["a=42", "b=[1]", "c=\"x\"", "5=true", "e=null"]);
        let alone = serde_json::from_str::<CustomFieldValue>;
        assert_eq!(
            alone(r#"{"id":"a","value":42}"#).unwrap(),
            contact.custom_fields[0]
        );
        assert!(alone(r#"{"value":42}"#).is_err());
    }

    #[test]
    fn a_contact_without_an_id_is_none() {
        assert!(serde_json::from_str::<Contact>(r#"{"email":"a@b.example"}"#).is_err());
    }
}
