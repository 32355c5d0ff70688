//! The events of webhooks: those that the crate reads, and every other one by its name.

use super::dnd::ContactDndUpdate;
use super::events::*;
use super::fields::{Fields, Payload};
use super::message::Message;
use crate::message::Direction;

/// Declares [`Event`]: the events whose payload is read as it stands, each with its type and HighLevel's name, beside
/// those that need more than that.
macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident($payload:ident) = $name:literal),+ $(,)?) => {
        /// What happened in HighLevel.
        ///
        /// Reading never fails: a field that is missing, null or of another type is `None`, and an event this release
        /// has no type for is [`Event::Unknown`]. The whole JSON stays reachable through
        /// [`Delivery::raw`](super::Delivery::raw).
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub enum Event {
            /// A call, text, e-mail or chat message from a contact to the business.
            ///
            /// `direction` decides between this and [`Event::OutboundMessage`], and `type` only where there is no
            /// direction: HighLevel has published samples of inbound calls under `"type": "OutboundMessage"`, and the
            /// other way round.
            InboundMessage(Message),
            /// A call, text, e-mail or chat message from the business to a contact.
            OutboundMessage(Message),
            /// The app was removed from the location of the delivery, or, where it names none, from its agency.
            Uninstall,
            $($(#[$doc])* $variant($payload),)+
            /// Any other event.
            Unknown {
                /// The `type` of the body. Some of HighLevel's events have none.
                name: Option<String>,
            },
        }

        impl Event {
            pub(super) fn read(fields: &Fields<'_>) -> Self {
                let name: Option<String> = fields.scalar("type");
                match name.as_deref() {
                    Some("InboundMessage") => Self::message(fields, Direction::Inbound),
                    Some("OutboundMessage") => Self::message(fields, Direction::Outbound),
                    Some("UNINSTALL") => Self::Uninstall,
                    $(Some($name) => Self::$variant($payload::read(fields)),)+
                    None if VoiceAiCall::is_in(fields) => {
                        Self::VoiceAiCallEnd(VoiceAiCall::read(fields))
                    }
                    _ => Self::Unknown { name },
                }
            }

            /// The event's name as HighLevel writes it; for a mislabelled message, the name it should have. `None`
            /// where the body has no `type`.
            pub fn name(&self) -> Option<&str> {
                match self {
                    Self::InboundMessage(_) => Some("InboundMessage"),
                    Self::OutboundMessage(_) => Some("OutboundMessage"),
                    Self::Uninstall => Some("UNINSTALL"),
                    $(Self::$variant(_) => Some($name),)+
                    Self::Unknown { name } => name.as_deref(),
                }
            }
        }
    };
}

events! {
    /// The app was installed: in the location of the delivery, or, where it names none, in its whole agency.
    Install(Install) = "INSTALL",
    /// A contact was made.
    ContactCreate(Contact) = "ContactCreate",
    /// A contact was changed.
    ContactUpdate(Contact) = "ContactUpdate",
    /// A contact was deleted. The event shows it as it was.
    ContactDelete(Contact) = "ContactDelete",
    /// A contact's tags changed. The event has all tags, and not which came or went.
    ContactTagUpdate(Contact) = "ContactTagUpdate",
    /// A contact's do-not-disturb settings changed.
    ContactDndUpdate(ContactDndUpdate) = "ContactDndUpdate",
    /// A note was written.
    NoteCreate(Note) = "NoteCreate",
    /// A note was changed.
    NoteUpdate(Note) = "NoteUpdate",
    /// A note was deleted.
    NoteDelete(Note) = "NoteDelete",
    /// A task was made.
    TaskCreate(Task) = "TaskCreate",
    /// A task was completed.
    TaskComplete(Task) = "TaskComplete",
    /// A task was deleted.
    TaskDelete(Task) = "TaskDelete",
    /// An appointment was made. Ask [`AppointmentStatus`](crate::api::calendars::AppointmentStatus) too, for
    /// HighLevel's samples of an update and of a deletion have this name as well.
    AppointmentCreate(Appointment) = "AppointmentCreate",
    /// An appointment was changed: moved, confirmed, called off, missed.
    AppointmentUpdate(Appointment) = "AppointmentUpdate",
    /// An appointment was deleted.
    AppointmentDelete(Appointment) = "AppointmentDelete",
    /// An opportunity was made.
    OpportunityCreate(Opportunity) = "OpportunityCreate",
    /// An opportunity was changed.
    OpportunityUpdate(Opportunity) = "OpportunityUpdate",
    /// An opportunity was deleted.
    OpportunityDelete(Opportunity) = "OpportunityDelete",
    /// An opportunity was won, lost, given up or opened again.
    OpportunityStatusUpdate(Opportunity) = "OpportunityStatusUpdate",
    /// An opportunity came to another stage.
    OpportunityStageUpdate(Opportunity) = "OpportunityStageUpdate",
    /// An opportunity is another user's.
    OpportunityAssignedToUpdate(Opportunity) = "OpportunityAssignedToUpdate",
    /// An opportunity is worth something else.
    OpportunityMonetaryValueUpdate(Opportunity) = "OpportunityMonetaryValueUpdate",
    /// How many messages of a conversation are unread has changed.
    ConversationUnreadUpdate(ConversationUnread) = "ConversationUnreadUpdate",
    /// A live chat has become part of another conversation of its contact. HighLevel sends it for nothing else, in spite
    /// of the name.
    ConversationUpdate(ConversationMerge) = "ConversationUpdate",
    /// A call with a Voice AI agent has ended. HighLevel's page shows it without a `type`; it is recognised by its fields
    /// then.
    VoiceAiCallEnd(VoiceAiCall) = "VoiceAiCallEnd",
    /// A contact's way through a campaign has changed.
    CampaignStatusUpdate(CampaignStatus) = "CampaignStatusUpdate",
    /// A location was made. Agencies' apps alone hear of it.
    LocationCreate(Location) = "LocationCreate",
    /// A location was changed.
    LocationUpdate(Location) = "LocationUpdate",
    /// A user was made.
    UserCreate(User) = "UserCreate",
    /// A user was changed.
    UserUpdate(User) = "UserUpdate",
    /// A user was deleted.
    UserDelete(User) = "UserDelete",
    /// An invoice was made.
    InvoiceCreate(Invoice) = "InvoiceCreate",
    /// An invoice was changed.
    InvoiceUpdate(Invoice) = "InvoiceUpdate",
    /// An invoice was sent.
    InvoiceSent(Invoice) = "InvoiceSent",
    /// An invoice was paid in part.
    InvoicePartiallyPaid(Invoice) = "InvoicePartiallyPaid",
    /// An invoice was paid.
    InvoicePaid(Invoice) = "InvoicePaid",
    /// An invoice was declared void.
    InvoiceVoid(Invoice) = "InvoiceVoid",
    /// An invoice was deleted.
    InvoiceDelete(Invoice) = "InvoiceDelete",
    /// An order was made.
    OrderCreate(Order) = "OrderCreate",
    /// An order stands differently.
    OrderStatusUpdate(Order) = "OrderStatusUpdate",
    /// A product was made.
    ProductCreate(Product) = "ProductCreate",
    /// A product was changed.
    ProductUpdate(Product) = "ProductUpdate",
    /// A product was deleted.
    ProductDelete(Product) = "ProductDelete",
    /// A price was made.
    PriceCreate(Price) = "PriceCreate",
    /// A price was changed.
    PriceUpdate(Price) = "PriceUpdate",
    /// A price was deleted.
    PriceDelete(Price) = "PriceDelete",
    /// A kind of custom object was made.
    ObjectSchemaCreate(ObjectSchema) = "ObjectSchemaCreate",
    /// A kind of custom object was changed.
    ObjectSchemaUpdate(ObjectSchema) = "ObjectSchemaUpdate",
    /// A record was made.
    RecordCreate(Record) = "RecordCreate",
    /// A record was changed.
    RecordUpdate(Record) = "RecordUpdate",
    /// A record was deleted.
    RecordDelete(Record) = "RecordDelete",
    /// An association was made.
    AssociationCreate(Association) = "AssociationCreate",
    /// An association was changed.
    AssociationUpdate(Association) = "AssociationUpdate",
    /// An association was deleted.
    AssociationDelete(Association) = "AssociationDelete",
    /// Two records were brought together.
    RelationCreate(Relation) = "RelationCreate",
    /// Two records do not belong together any more.
    RelationDelete(Relation) = "RelationDelete",
    /// Something became of an e-mail.
    EmailStats(EmailStats) = "LCEmailStats",
    /// The app was updated to another version.
    AppUpdate(AppUpdate) = "UPDATE",
    /// A payment for a paid app has failed, or has gone through after that.
    AppPaymentStatus(AppPaymentStatusChange) = "APP_PAYMENT_STATUS",
    /// The plan of a paid app was changed.
    PlanChange(PlanChange) = "PLAN_CHANGE",
    /// A user has connected the app with an account elsewhere.
    ExternalAuthConnected(ExternalAuth) = "EXTERNAL_AUTH_CONNECTED",
}

impl Event {
    /// A message whose `type` speaks of the direction `labelled`.
    fn message(fields: &Fields<'_>, labelled: Direction) -> Self {
        let named: Option<String> = fields.scalar("direction");
        let direction = match named.map(|word| Direction::from(&*word.to_ascii_lowercase())) {
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
            (r#"{"type":"TeaTime"}"#, Some("TeaTime")),
        ] {
            let event = Event::read(&Fields::read(json.as_bytes()).unwrap());
            assert!(matches!(event, Event::Unknown { .. }), "{json}");
            assert_eq!(event.name(), expected, "{json}");
        }
    }
}
