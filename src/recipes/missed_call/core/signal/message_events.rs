//! What an event says of a text, an e-mail or a chat message.

use jiff::Timestamp;

use super::event::EventReport;
use super::kinds::{Person, Signal};
use crate::message::MessageType;
use crate::recipes::missed_call::core::call::Caller;
use crate::recipes::missed_call::core::model::{Receipt, Trigger};
use crate::recipes::missed_call::core::reply::{self, Reply};
use crate::webhooks::Message;

/// Whether the contact may have written this. What names no kind counts, so that no reply is lost.
pub(super) fn is_by_the_contact(message: &Message) -> bool {
    let kind = message.message_type.as_ref();
    kind.is_none_or(MessageType::is_written_by_somebody)
}

/// Whether a user of HighLevel wrote this message to the contact, and not a workflow, a campaign or an app such as this
/// one, whose messages have the source `api`. E-mails under `app` can be HighLevel's own notifications, so those count
/// only if they name the user; and so does what names no source.
pub(super) fn is_by_a_person(message: &Message) -> bool {
    use crate::message::MessageType as Type;
    let reaches_the_contact = matches!(
        message.message_type,
        Some(
            Type::Sms
                | Type::CustomSms
                | Type::Email
                | Type::WhatsApp
                | Type::Facebook
                | Type::Instagram
                | Type::GoogleBusiness
                | Type::LiveChat
                | Type::WebChat
        )
    );
    let source = message.source.as_deref().map(str::to_ascii_lowercase);
    let by_somebody = match source.as_deref() {
        Some("app") => message.message_type != Some(Type::Email) || message.user_id.is_some(),
        Some(_) => false,
        None => message.user_id.is_some(),
    };
    reaches_the_contact && by_somebody
}

pub(super) fn team_wrote(
    report: &EventReport<'_>,
    message: &Message,
    now: Timestamp,
) -> Option<Signal> {
    let written = message.message_id.as_ref();
    let written = written.or(message.email_message_id.as_ref());
    // Texts are documented without an id.
    let reference = match written {
        Some(id) => id.to_string(),
        None => report.key.clone(),
    };
    let written_at = message.date_added.or(report.timestamp);
    Some(Signal::Happened {
        person: Person {
            location: report.location.clone(),
            contact: report.contact(message.contact_id.as_ref())?.clone(),
            number: Caller::number_in(message.to.as_deref().map(String::as_str)),
            at: written_at.map_or(now, |at| at.min(now)),
        },
        what: Trigger::TeamWrote,
        reference,
    })
}

/// What became of a text that an app has sent; `None` while that may still change.
pub(super) fn receipt(report: &EventReport<'_>, message: &Message) -> Option<Signal> {
    use crate::message::MessageType as Type;
    if !matches!(message.message_type, Some(Type::Sms | Type::CustomSms)) {
        return None;
    }
    let words = message.error.as_deref().map(String::as_str);
    Some(Signal::Receipt {
        location: report.location.clone(),
        message: message.message_id.clone()?,
        receipt: Receipt::read(message.status.as_deref()?, words)?,
    })
}

/// As much of a reply as an agent is given, in bytes. It waits in memory until then.
const LONGEST_TO_READ: usize = 16 * 1024;

pub(super) fn wrote(report: &EventReport<'_>, message: &Message, now: Timestamp) -> Option<Signal> {
    let written_at = message.date_added.or(report.timestamp);
    let body = message.body.as_deref().map(String::as_str);
    let is_reaction = message.message_type == Some(MessageType::SmsReaction);
    Some(Signal::Wrote {
        person: Person {
            location: report.location.clone(),
            contact: report.contact(message.contact_id.as_ref())?.clone(),
            number: Caller::number_in(message.from.as_deref().map(String::as_str)),
            at: written_at.map_or(now, |at| at.min(now)),
        },
        message: message
            .message_id
            .clone()
            .or_else(|| message.email_message_id.clone()),
        // Whatever a reaction quotes, it asks for nothing, and nobody need read it.
        text: body
            .filter(|_| !is_reaction)
            .map(|body| body[..body.floor_char_boundary(LONGEST_TO_READ)].into()),
        reply: match body {
            _ if is_reaction => Reply::Thanks,
            Some(body) => reply::classify(body),
            None => Reply::Other,
        },
        in_words: message.message_type == Some(MessageType::Sms)
            && body.is_some_and(reply::is_in_words),
        erasure: !is_reaction && body.is_some_and(reply::asks_to_erase),
    })
}
