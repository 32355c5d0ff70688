//! Subscription preferences: the kinds (subtypes) of e-mails and texts, and which contacts want them. API version 2 only.
//!
//! HighLevel's OpenAPI file `conversations.json` gives no schema for the answers. Reads return them
//! as JSON, and writes discard them.

use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_with::skip_serializing_none;

use super::Conversations;
use crate::api::body::InLocation;
use crate::api::version_gate;
use crate::client::{ApiVersion, Call, Location, ReplaySafety, Request, path};
use crate::error::Result;
use crate::ids::{ContactId, CustomSubtypeId};
use crate::secret::Private;

const NOT_IN_V3: &str = "version 3 has no preferences; build the client without `api_version`";

/// What the contacts of one location have subscribed to. Made by [`Conversations::preferences`].
#[derive(Debug, Clone, Copy)]
pub struct Preferences<'a> {
    location: &'a Location,
}

impl<'a> Conversations<'a> {
    /// What contacts have subscribed to. All of it exists in version 2 only.
    pub fn preferences(&self) -> Preferences<'a> {
        Preferences {
            location: self.location,
        }
    }
}

impl<'a> Preferences<'a> {
    /// The kinds of e-mails and texts that the location has defined, as HighLevel gives them.
    pub fn custom_subtypes(&self) -> Call<'a, Value> {
        let segments = ["conversations", "preferences", "custom-subtypes"];
        let (request, checked) = self.request(
            "conversations.custom_subtypes",
            Request::get(path(&segments)),
        );
        let request = request.query("locationId", self.location.id());
        self.location.send(request).only_if(checked)
    }

    /// Defines a kind of e-mails or texts. An admin's token is needed. It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with
    /// [`custom_subtypes`](Self::custom_subtypes).
    pub async fn create_custom_subtype(&self, subtype: &NewCustomSubtype) -> Result<()> {
        let segments = ["conversations", "preferences", "custom-subtypes"];
        let (request, checked) = self.request(
            "conversations.create_custom_subtype",
            Request::post(path(&segments)),
        );
        let request = request
            .query("locationId", self.location.id())
            .json(subtype);
        checked?;
        self.location.send_discarding(request).await
    }

    /// Changes what `update` names and leaves the rest. An admin's token is needed.
    pub async fn update_custom_subtype(
        &self,
        id: &CustomSubtypeId,
        update: &CustomSubtypeUpdate,
    ) -> Result<()> {
        let segments = [
            "conversations",
            "preferences",
            "custom-subtypes",
            id.as_str(),
        ];
        let (request, checked) = self.request(
            "conversations.update_custom_subtype",
            Request::put(path(&segments)),
        );
        let request = request.query("locationId", self.location.id()).json(update);
        checked?;
        self.location.send_discarding(request).await
    }

    /// What a contact has unsubscribed from, as HighLevel gives it: for this e-mail address, or for all if `None`.
    pub fn unsubscriptions(
        &self,
        contact: &ContactId,
        email: Option<&str>,
    ) -> Call<'a, Private<Value>> {
        let segments = ["conversations", "preferences", "unsubscriptions", "status"];
        let (request, checked) = self.request(
            "conversations.unsubscriptions",
            Request::get(path(&segments)),
        );
        let request = request
            .query("locationId", self.location.id())
            .query("contactId", contact)
            .query_opt("email", email);
        self.location.send(request).only_if(checked)
    }

    /// Subscribes or unsubscribes an e-mail address of a contact on its behalf.
    pub async fn change_subscription(&self, change: &SubscriptionChange) -> Result<()> {
        let segments = [
            "conversations",
            "preferences",
            "unsubscriptions",
            "user-change",
        ];
        let (request, checked) = self.request(
            "conversations.change_subscription",
            Request::post(path(&segments)),
        );
        let request = request
            .replay(ReplaySafety::Repeatable)
            .json(&InLocation::new(self.location.id(), change));
        checked?;
        self.location.send_discarding(request).await
    }

    /// The request, and whether the client's version has it.
    fn request(&self, operation: &'static str, request: Request) -> (Request, Result<()>) {
        let checked = version_gate::version_2(self.location.speaks_v3(), operation, NOT_IN_V3);
        let request = request.operation(operation);
        (request.version(ApiVersion::V2021_04_15), checked)
    }
}

/// The channel that a kind of messages goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SubtypeChannel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
}

/// A kind of e-mails or texts to define.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewCustomSubtype {
    /// The name, of up to 100 characters.
    pub name: String,
    /// What it is about, in up to 100 characters.
    pub description: Option<String>,
    /// The channel it is sent on.
    pub channel: SubtypeChannel,
    /// The language as a code such as `en`.
    pub language: String,
}

/// What to change about a kind of e-mails or texts; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CustomSubtypeUpdate {
    /// The name, of up to 100 characters.
    pub name: Option<String>,
    /// What it is about, in up to 100 characters.
    pub description: Option<String>,
    /// Whether it is out of use.
    pub archived: Option<bool>,
    /// The form by which contacts can subscribe again.
    pub resubscription_legal_form_id: Option<String>,
}

/// What a contact wants, or does not want any more.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubscriptionChange {
    /// The contact.
    #[serde(rename = "contactId")]
    pub contact_id: ContactId,
    /// Which of its e-mail addresses.
    pub email: Private<String>,
    /// What is changed.
    #[serde(rename = "subscription_action")]
    pub action: SubscriptionAction,
    /// Why the business may do so; HighLevel asks for it when it subscribes somebody again.
    pub legal_reason: Option<Private<String>>,
    /// The details of why.
    pub legal_description: Option<Private<String>>,
}

/// What is changed about a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubscriptionAction {
    /// What people write to the contact one by one.
    Default {
        /// HighLevel's only kind of its own.
        subtype: DefaultSubtype,
        /// Whether the contact wants it.
        status: SubscriptionStatus,
    },
    /// A kind that the location has defined.
    Custom {
        /// The kind.
        subtype: CustomSubtypeId,
        /// Whether the contact wants it.
        status: SubscriptionStatus,
    },
    /// The contact wants everything again.
    ResubAll,
}

impl Serialize for SubscriptionAction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, name, id, status) = match self {
            Self::Default { subtype, status } => ("default", Some(*subtype), None, *status),
            Self::Custom { subtype, status } => ("custom", None, Some(subtype), *status),
            // HighLevel asks for the status of every action.
            Self::ResubAll => ("resub_all", None, None, SubscriptionStatus::Subscribed),
        };
        let wire = ActionWire {
            kind,
            subtype_name: name,
            subtype_id: id,
            subtype_status: status,
        };
        wire.serialize(serializer)
    }
}

#[skip_serializing_none]
#[derive(Serialize)]
struct ActionWire<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    subtype_name: Option<DefaultSubtype>,
    subtype_id: Option<&'a CustomSubtypeId>,
    subtype_status: SubscriptionStatus,
}

/// A kind of messages that every location has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum DefaultSubtype {
    /// What people write to the contact one by one.
    #[serde(rename = "One on One")]
    OneOnOne,
}

/// Whether a contact wants something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SubscriptionStatus {
    /// It does.
    Subscribed,
    /// It does not.
    Unsubscribed,
}
