//! Message events: calls, voicemails, texts, e-mails and chat messages, in the one shape HighLevel has for all of them.

use std::time::Duration;

use jiff::Timestamp;

use super::fields::Fields;
use crate::ids::{ContactId, ConversationId, MessageId, UserId};
use crate::lenient::FromScalar;
use crate::message::{CallStatus, MessageType};
use crate::phone::PhoneNumber;
use crate::secret::Private;

/// A call, voicemail, text, e-mail or chat message. Which way it went is the variant of
/// [`Event`](super::Event) it comes in.
///
/// Every field may be missing, and several are on each channel; sources: HighLevel's pages of the `InboundMessage`
/// and `OutboundMessage` events, and issue threads of `GoHighLevel/highlevel-api-docs`.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The channel.
    pub message_type: Option<MessageType>,
    /// Who wrote or called, or was written to or called.
    pub contact_id: Option<ContactId>,
    /// The thread with that contact.
    pub conversation_id: Option<ConversationId>,
    /// The message. E-mails have [`email_message_id`](Self::email_message_id) instead. One call may come as several
    /// events with the same id.
    pub message_id: Option<MessageId>,
    /// The e-mail.
    pub email_message_id: Option<MessageId>,
    /// When it was written or the call came in.
    pub date_added: Option<Timestamp>,
    /// The text; HTML for e-mails; absent for calls.
    pub body: Option<Private<String>>,
    /// The subject of an e-mail.
    pub subject: Option<Private<String>>,
    /// How far the message got (`delivered`, `sent`, …); for calls the same words as [`CallStatus`], and there
    /// [`call_outcome`](Self::call_outcome) is the one to ask.
    pub status: Option<String>,
    /// What HighLevel adds to a message that failed; mostly absent.
    pub error: Option<Private<String>>,
    /// What `callStatus` says. Voicemails often lack it; ask [`call_outcome`](Self::call_outcome).
    pub call_status: Option<CallStatus>,
    /// How long the call lasted.
    pub call_duration: Option<Duration>,
    /// The sender: a phone number, an e-mail address, or a word such as `anonymous`. On calls since January 2026.
    pub from: Option<Private<String>>,
    /// The receiver, in the same forms; the first one where an e-mail has several.
    pub to: Option<Private<String>>,
    /// The user who wrote or called. Absent on inbound calls.
    pub user_id: Option<UserId>,
    /// What sent an outbound message: `app`, `workflow`, `api`, ….
    pub source: Option<String>,
    /// Addresses of attachments: the recording of a call, the voicemail, pictures.
    pub attachments: Vec<Private<String>>,
    /// The custom provider that carried it.
    pub conversation_provider_id: Option<String>,
}

impl Message {
    pub(super) fn read(fields: &Fields<'_>) -> Self {
        let meta = fields.object("meta");
        let call = meta.as_ref().and_then(|meta| meta.object("call"));
        Self {
            message_type: fields
                .scalar("messageType")
                .or_else(|| fields.scalar("messageTypeString")),
            contact_id: fields.scalar("contactId"),
            conversation_id: fields.scalar("conversationId"),
            message_id: fields.scalar("messageId"),
            email_message_id: fields.scalar("emailMessageId"),
            date_added: fields.scalar("dateAdded").or_else(|| {
                // As Firestore keeps it.
                let parts = fields.object("dateAdded")?;
                parts.scalar("_seconds").or_else(|| parts.scalar("seconds"))
            }),
            body: fields.scalar("body"),
            subject: fields.scalar("subject"),
            status: fields.scalar("status"),
            error: fields.scalar("error").or_else(|| {
                let error = fields.object("error")?;
                match (
                    error.scalar::<String>("code"),
                    error.scalar::<String>("message"),
                ) {
                    (Some(code), Some(message)) => Some(format!("{code}: {message}").into()),
                    (code, message) => code.or(message).map(Private::from),
                }
            }),
            call_status: call_field(fields, &meta, &call, "callStatus", "status")
                .and_then(|word: String| call_status(&word)),
            call_duration: call_field(fields, &meta, &call, "callDuration", "duration")
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            from: address(fields, "from"),
            to: address(fields, "to"),
            user_id: fields.scalar("userId"),
            source: fields.scalar("source"),
            attachments: fields.list("attachments"),
            conversation_provider_id: fields.scalar("conversationProviderId"),
        }
    }

    /// The caller's or sender's number; `None` for withheld numbers, e-mail addresses and anything that is not E.164.
    pub fn from_number(&self) -> Option<PhoneNumber> {
        number(self.from.as_ref())
    }

    /// The number that was called or texted; `None` as in [`from_number`](Self::from_number).
    pub fn to_number(&self) -> Option<PhoneNumber> {
        number(self.to.as_ref())
    }

    /// The outcome of the call: `callStatus`, else `status`, since a voicemail may have only the latter. `None` for
    /// what is neither call nor voicemail, and for calls that say nothing.
    pub fn call_outcome(&self) -> Option<CallStatus> {
        let kind = self.message_type.as_ref()?;
        if !kind.is_call() && !kind.is_voicemail() {
            return None;
        }
        let status = || call_status(self.status.as_deref()?);
        self.call_status.clone().or_else(status)
    }
}

/// A detail of a call: beside the envelope, in `meta`, or in `meta.call` under a shorter name, which is where the REST
/// objects have it.
fn call_field<T: FromScalar>(
    fields: &Fields<'_>,
    meta: &Option<Fields<'_>>,
    call: &Option<Fields<'_>>,
    name: &str,
    name_in_call: &str,
) -> Option<T> {
    fields
        .scalar(name)
        .or_else(|| meta.as_ref()?.scalar(name))
        .or_else(|| call.as_ref()?.scalar(name_in_call))
}

fn call_status(word: &str) -> Option<CallStatus> {
    CallStatus::from_text(word.trim())
}

fn address(fields: &Fields<'_>, name: &str) -> Option<Private<String>> {
    fields
        .scalar_or_first(name)
        .filter(|address: &Private<String>| !address.trim().is_empty())
}

fn number(address: Option<&Private<String>>) -> Option<PhoneNumber> {
    PhoneNumber::read(address?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Message {
        Message::read(&Fields::read(json.as_bytes()).unwrap())
    }

    #[test]
    fn the_outcome_of_a_call_is_found_where_it_is() {
        use CallStatus::{Busy, Completed, NoAnswer, Voicemail};
        for (json, expected) in [
            (
                r#"{"messageType":"CALL","status":"completed","callStatus":"voicemail"}"#,
                Some(Voicemail),
            ),
            (
                r#"{"messageType":"CALL","status":"voicemail"}"#,
                Some(Voicemail),
            ),
            (
                r#"{"messageType":"VoiceMail","status":"voicemail","callStatus":null}"#,
                Some(Voicemail),
            ),
            (
                r#"{"messageType":"IVR_CALL","callStatus":"","status":"no-answer"}"#,
                Some(NoAnswer),
            ),
            (
                r#"{"messageTypeString":"TYPE_CALL","meta":{"callStatus":"Busy"}}"#,
                Some(Busy),
            ),
            (
                r#"{"messageType":"TYPE_CALL","meta":{"call":{"status":"completed"}}}"#,
                Some(Completed),
            ),
            (
                r#"{"messageType":"CALL","status":"ringing"}"#,
                Some(CallStatus::Pending),
            ),
            (r#"{"messageType":"CALL"}"#, None),
            (r#"{"messageType":"SMS","status":"delivered"}"#, None),
            (r#"{"status":"no-answer"}"#, None),
        ] {
            assert_eq!(read(json).call_outcome(), expected, "{json}");
        }
    }

    #[test]
    fn a_duration_is_seconds_in_any_form_and_place() {
        for (json, expected) in [
            (r#"{"callDuration":120}"#, Some(120_000)),
            (r#"{"callDuration":"120"}"#, Some(120_000)),
            (r#"{"callDuration":0}"#, Some(0)),
            (r#"{"callDuration":1.5}"#, Some(1_500)),
            (r#"{"meta":{"callDuration":"7"}}"#, Some(7_000)),
            (
                r#"{"callDuration":null,"meta":{"call":{"duration":7}}}"#,
                Some(7_000),
            ),
            (r#"{"callDuration":-1}"#, None),
            (r#"{"callDuration":"NaN"}"#, None),
            (r#"{"callDuration":1e300}"#, None),
            (r#"{"callDuration":[],"meta":"call"}"#, None),
        ] {
            let expected = expected.map(Duration::from_millis);
            assert_eq!(read(json).call_duration, expected, "{json}");
        }
    }

    #[test]
    fn an_address_is_not_always_a_number() {
        for (json, whole, number) in [
            (
                r#"{"from":"+15550001111"}"#,
                Some("+15550001111"),
                Some("+15550001111"),
            ),
            (
                r#"{"from":["+1 (555) 000-1111","+15550003333"]}"#,
                Some("+1 (555) 000-1111"),
                Some("+15550001111"),
            ),
            (r#"{"from":"anonymous"}"#, Some("anonymous"), None),
            (
                r#"{"from":"A <a@example.com>"}"#,
                Some("A <a@example.com>"),
                None,
            ),
            (
                r#"{"from":["a@example.com","b@example.com"]}"#,
                Some("a@example.com"),
                None,
            ),
            (r#"{"from":5550001111}"#, Some("5550001111"), None),
            (r#"{"from":""}"#, None, None),
            (r#"{"from":[]}"#, None, None),
            (r#"{"from":null}"#, None, None),
        ] {
            let message = read(json);
            assert_eq!(message.from.as_ref().map(|from| from.as_str()), whole);
            let found = message.from_number();
            assert_eq!(found.as_ref().map(PhoneNumber::e164), number, "{json}");
            assert_eq!(message.to_number(), None);
        }
    }
}
