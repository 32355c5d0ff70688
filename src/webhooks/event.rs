//! What a webhook tells: the events the crate reads, and every other one by its name.

use super::dnd::ContactDndUpdate;
use super::fields::Fields;
use super::message::Message;
use crate::ids::UserId;
use crate::message::Direction;
use crate::secret::Private;

/// What happened in HighLevel.
///
/// Reading never fails: a field that is missing, null or of another type is `None`, and an event this release has no
/// type for is [`Event::Unknown`]. The whole JSON stays reachable through [`Delivery::raw`](super::Delivery::raw).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A call, text, e-mail or chat message from a contact to the business.
    ///
    /// `direction` decides between this and [`Event::OutboundMessage`], and `type` only where there is no direction:
    /// HighLevel has published samples of inbound calls under `"type": "OutboundMessage"`, and the other way round.
    InboundMessage(Message),
    /// A call, text, e-mail or chat message from the business to a contact.
    OutboundMessage(Message),
    /// A contact's do-not-disturb settings changed.
    ContactDndUpdate(ContactDndUpdate),
    /// The app was installed: in the location of the delivery, or, where it names none, in its whole agency.
    Install(Install),
    /// The app was removed from the location of the delivery, or, where it names none, from its agency.
    Uninstall,
    /// Any other event.
    Unknown {
        /// The `type` of the body. Some of HighLevel's events have none.
        name: Option<String>,
    },
}

/// Details of an installation. Source: HighLevel's page of the `INSTALL` event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Install {
    /// Who installed it.
    pub user_id: Option<UserId>,
    /// What it was installed for, such as `Location`. HighLevel does not list the words.
    pub install_type: Option<String>,
    /// The version of the app.
    pub version_id: Option<String>,
    /// The plan that was bought.
    pub plan_id: Option<String>,
    /// The name of the agency.
    pub company_name: Option<Private<String>>,
}

impl Event {
    pub(super) fn read(fields: &Fields<'_>) -> Self {
        let name: Option<String> = fields.scalar("type");
        match name.as_deref() {
            Some("InboundMessage") => Self::message(fields, Direction::Inbound),
            Some("OutboundMessage") => Self::message(fields, Direction::Outbound),
            Some("ContactDndUpdate") => Self::ContactDndUpdate(ContactDndUpdate::read(fields)),
            Some("INSTALL") => Self::Install(Install {
                user_id: fields.scalar("userId"),
                install_type: fields.scalar("installType"),
                version_id: fields.scalar("versionId"),
                plan_id: fields.scalar("planId"),
                company_name: fields.scalar("companyName"),
            }),
            Some("UNINSTALL") => Self::Uninstall,
            _ => Self::Unknown { name },
        }
    }

    /// A message whose `type` speaks of the direction `labelled`.
    fn message(fields: &Fields<'_>, labelled: Direction) -> Self {
        let told: Option<String> = fields.scalar("direction");
        let direction = match told.map(|word| Direction::from(&*word.to_ascii_lowercase())) {
            Some(Direction::Inbound) => Direction::Inbound,
            Some(Direction::Outbound) => Direction::Outbound,
            _ => labelled.clone(),
        };
        if direction != labelled {
            tracing::debug!(
                r#type = %labelled,
                %direction,
                "a message event's type and direction disagree; the direction counts"
            );
        }
        let message = Message::read(fields);
        if direction == Direction::Inbound {
            Self::InboundMessage(message)
        } else {
            Self::OutboundMessage(message)
        }
    }

    /// The event's name as HighLevel writes it; for a mislabelled message, the name it should have. `None` where the
    /// body has no `type`.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::InboundMessage(_) => Some("InboundMessage"),
            Self::OutboundMessage(_) => Some("OutboundMessage"),
            Self::ContactDndUpdate(_) => Some("ContactDndUpdate"),
            Self::Install(_) => Some("INSTALL"),
            Self::Uninstall => Some("UNINSTALL"),
            Self::Unknown { name } => name.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direction_decides_and_type_only_without_it() {
        for (kind, direction, expected) in [
            ("InboundMessage", r#""inbound""#, "InboundMessage"),
            ("OutboundMessage", r#""inbound""#, "InboundMessage"),
            ("InboundMessage", r#""outbound""#, "OutboundMessage"),
            ("OutboundMessage", r#""Outbound""#, "OutboundMessage"),
            ("InboundMessage", "null", "InboundMessage"),
            ("OutboundMessage", r#""sideways""#, "OutboundMessage"),
            ("OutboundMessage", "7", "OutboundMessage"),
            ("ContactCreate", r#""inbound""#, "ContactCreate"),
        ] {
            let json = format!(r#"{{"type":"{kind}","direction":{direction}}}"#);
            let event = Event::read(&Fields::read(json.as_bytes()).unwrap());
            assert_eq!(event.name(), Some(expected), "{json}");
        }
    }

    #[test]
    fn a_missing_or_odd_type_is_no_failure() {
        for (json, expected) in [
            ("{}", None),
            (r#"{"type":null}"#, None),
            (r#"{"type":{"a":1}}"#, None),
            (r#"{"type":3}"#, Some("3")),
            (r#"{"type":"LCEmailStats"}"#, Some("LCEmailStats")),
        ] {
            let event = Event::read(&Fields::read(json.as_bytes()).unwrap());
            assert!(matches!(event, Event::Unknown { .. }), "{json}");
            assert_eq!(event.name(), expected, "{json}");
        }
    }
}
