//! The payloads of events, one file per kind of object.
//!
//! Here is only what the fields are called and what they hold. Each payload is read field by field: one that is missing,
//! null or of another type is `None` or empty, and costs nothing else. Fields that are not typed here are in
//! [`Delivery::raw`](super::Delivery::raw).
//!
//! Where the fields come from: HighLevel's page of each event in its marketplace documentation.

/// Declares what an event says: each field with its type, how it is read, and what HighLevel calls it (or may call it
/// instead). `in` names the object that holds them, where they do not stand beside the envelope.
macro_rules! payload {
    (
        $(#[$doc:meta])*
        pub struct $name:ident $(in $inside:literal)? {
            $(
                $(#[$field_doc:meta])*
                $field:ident: $type:ty = $read:ident($wire:literal $(| $other:literal)*)
            ),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)+
        }

        impl crate::webhooks::fields::Payload for $name {
            fn read(fields: &crate::webhooks::fields::Fields<'_>) -> Self {
                $(
                    let inside = fields.object($inside);
                    let fields = inside.as_ref().unwrap_or(fields);
                )?
                Self {
                    $($field: fields.$read($wire)$(.or_else(|| fields.$read($other)))*,)+
                }
            }
        }
    };
}

mod account;
mod app;
mod appointment;
mod contact;
mod conversation;
mod email;
mod note;
mod object;
mod opportunity;
mod payment;
mod task;
mod voice_ai;

pub use account::{Location, User};
pub use app::{
    AppPaymentStatus, AppPaymentStatusChange, AppUpdate, ExternalAuth, Install, PlanChange,
};
pub use appointment::Appointment;
pub use contact::{Contact, ContactField};
pub use conversation::{CampaignStatus, ConversationMerge, ConversationUnread};
pub use email::EmailStats;
pub use note::Note;
pub use object::{Association, ObjectSchema, Record, RecordProperty, Relation};
pub use opportunity::Opportunity;
pub use payment::{Invoice, Order, OrderItem, Price, Product};
pub use task::Task;
pub use voice_ai::{VoiceAiAction, VoiceAiCall};
