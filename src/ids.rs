//! One type per kind of id, so that a contact's id cannot be handed over where a task's is asked for.
//!
//! Only ids live here: no resource, no behaviour. Ids are opaque text from HighLevel; they are not personal data and
//! may be printed. Where an id becomes part of a URL path, the request percent-encodes it.
//!
//! ```
//! use gohighlevel::ids::{ContactId, InvalidId, LocationId};
//!
//! let location = LocationId::new("ve9EPM428h8vShlRW1KT")?;
//! let contact: ContactId = "ocQHyuzHvysMo5N5VsXc".parse()?;
//! assert_eq!(format!("{location}/{contact}"), "ve9EPM428h8vShlRW1KT/ocQHyuzHvysMo5N5VsXc");
//! // Something was copied wrongly: it is said here, and not by HighLevel later.
//! assert!(ContactId::new("two words").is_err());
//! # Ok::<(), InvalidId>(())
//! ```

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};

/// Text that cannot be an id: empty, longer than 256 bytes, with a control character or white space, or `.` / `..`
/// (which a URL parser would take for a folder).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind}: {problem}; copy the id from HighLevel as it is")]
pub struct InvalidId {
    kind: &'static str,
    problem: &'static str,
}

fn check(kind: &'static str, text: &str) -> Result<(), InvalidId> {
    let problem = if text.is_empty() {
        "it is empty"
    } else if text.len() > 256 {
        "it is longer than 256 bytes"
    } else if !text.bytes().all(|byte| byte.is_ascii_graphic())
        && text.chars().any(|c| c.is_control() || c.is_whitespace())
    {
        "it contains white space or a control character"
    } else if text == "." || text == ".." {
        "it is a relative path"
    } else {
        return Ok(());
    };
    Err(InvalidId { kind, problem })
}

/// Reads an id that arrives as a string or, rarely, as a number.
struct IdText<T>(std::marker::PhantomData<T>, &'static str);

impl<T: FromStr<Err = InvalidId>> de::Visitor<'_> for IdText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}", self.1)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks `text` and takes it as an id. Fails with [`InvalidId`] if it cannot be one.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                check(stringify!($name), &text)?;
                Ok(Self(text.into_boxed_str()))
            }

            /// The id as HighLevel writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = InvalidId;

            fn try_from(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(IdText(std::marker::PhantomData, stringify!($name)))
            }
        }
    )+};
}

id! {
    /// A sub-account (*location*).
    LocationId,
    /// The agency above locations.
    CompanyId,
    /// A marketplace app.
    AppId,
    /// A contact of a location.
    ContactId,
    /// A user: somebody who works in HighLevel.
    UserId,
    /// A task of a contact.
    TaskId,
    /// A tag as it is defined in a location.
    TagId,
    /// A custom value of a location.
    CustomValueId,
    /// A custom field of a location.
    CustomFieldId,
    /// A workflow of a location.
    WorkflowId,
    /// A conversation: the thread with one contact.
    ConversationId,
    /// A message, a call or a voicemail in a conversation.
    MessageId,
    /// A calendar of a location.
    CalendarId,
    /// A group of calendars.
    CalendarGroupId,
    /// An appointment or a blocked slot; for one instance of a series, the instance's id.
    CalendarEventId,
    /// A note of a contact or of an appointment.
    NoteId,
    /// A room or a piece of equipment.
    CalendarResourceId,
    /// A notification that a calendar sends.
    CalendarNotificationId,
    /// A schedule: when a user can be booked.
    ScheduleId,
    /// A booking of services.
    ServiceBookingId,
    /// A service that can be booked.
    ServiceId,
    /// A variation of a service.
    ServiceVariationId,
    /// A category of services.
    ServiceCategoryId,
    /// Something that can be booked on top of a service.
    ServiceAddOnId,
    /// A place where services are done.
    ServiceLocationId,
    /// Somebody who does services.
    StaffId,
    /// An opportunity: a possible sale.
    OpportunityId,
    /// A pipeline that opportunities move along.
    PipelineId,
    /// A stage of a pipeline.
    PipelineStageId,
    /// A reason why opportunities are lost.
    LostReasonId,
    /// A campaign of a location.
    CampaignId,
    /// A trigger link of a location.
    LinkId,
    /// A snapshot's load into one location.
    SnapshotPushId,
    /// A link in the menu of an agency's locations.
    CustomMenuId,
    /// A form, or a survey, of a location.
    FormId,
    /// What somebody has sent in with a form.
    FormSubmissionId,
    /// A funnel or a website of a location.
    FunnelId,
    /// A folder of e-mail templates.
    TemplateFolderId,
    /// A Voice AI agent of a location.
    VoiceAiAgentId,
    /// A call that a Voice AI agent has answered.
    VoiceAiCallId,
    /// Something that a Voice AI agent does in calls.
    VoiceAiActionId,
    /// A pool of phone numbers.
    NumberPoolId,
    /// A business that contacts belong to.
    BusinessId,
    /// A task that comes again and again.
    RecurringTaskId,
    /// A template of a text or an e-mail.
    TemplateId,
    /// A snapshot: the content that a new location starts with.
    SnapshotId,
    /// A provider of conversations: what carries a channel's messages.
    ConversationProviderId,
    /// A kind of e-mail or text that contacts can unsubscribe from.
    CustomSubtypeId,
    /// One delivery of an event, the same over all of its repeats.
    WebhookId,
    /// A trigger of a marketplace app in one workflow.
    TriggerId,
}

#[cfg(feature = "missed-call")]
impl ContactId {
    /// What stands in place of a contact that is not known, made of this hash. HighLevel's own ids have no hyphen.
    pub(crate) fn standing_for(hash: &str) -> Self {
        Self(format!("number-{hash}").into_boxed_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_be_an_id() {
        for text in ["", " ", "a b", "a\n", "\0", ".", "..", &"x".repeat(257)] {
            assert!(ContactId::new(text).is_err(), "{text:?}");
        }
        for text in [
            "ve9EPM428h8vShlRW1KT",
            "78559bb3-b920-461e-b010-7b2a2816d2a9",
            "contact.first_name",
            "a/../b?x#",
        ] {
            assert_eq!(ContactId::new(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn reads_strings_and_numbers() {
        assert_eq!(serde_json::from_str::<TaskId>("42").unwrap().as_str(), "42");
        assert_eq!(
            serde_json::from_str::<TaskId>("\"t1\"").unwrap().as_str(),
            "t1"
        );
        let error = serde_json::from_str::<TaskId>("\"\"")
            .unwrap_err()
            .to_string();
        assert!(error.contains("not a TaskId: it is empty"), "{error}");
    }
}
