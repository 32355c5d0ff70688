//! One door in: HighLevel's webhooks, from raw bytes to a typed, proven [`Delivery`].
//!
//! ```text
//! headers + raw body ──Verifier::verify(.., now)──▶ Delivery { event, .. } ──Handler::handle──▶ durable ──▶ 200
//! ```
//!
//! Here live the [`Verifier`] with HighLevel's public keys, the [`Event`]s the crate reads, the [`Endpoint`] for any web
//! framework with its route for axum (behind that feature), and [`LocationRouter`], which routes deliveries to handlers.
//! What an event *means* (was the call missed? may a text go out?) is decided elsewhere.
//!
//! Three rules of HighLevel's deliveries shape the module (HighLevel's Webhook Integration Guide):
//!
//! * **At least once, in any order.** The same event may arrive again, for over an hour by itself and for days when
//!   a user presses *resend*. Process each [`Delivery::dedupe_key`] once.
//! * **Acknowledge only what is durable.** HighLevel surely sends again after a 429 only. A [`Handler`] returns `Ok` when
//!   the delivery is on disk, and [`NotDurable`] otherwise.
//! * **The signature covers the body alone**, byte for byte: keep the raw bytes, never a re-serialised JSON value.
//!
//! Only webhooks of a marketplace app are signed. What HighLevel's workflows send is not, and does not belong here: see
//! [`workflows`](crate::workflows).
//!
//! ```
//! use gohighlevel::webhooks::{Event, Verifier, VerifyError};
//! use jiff::Timestamp;
//!
//! fn take(headers: &http::HeaderMap, body: bytes::Bytes, now: Timestamp) -> Result<(), VerifyError> {
//!     let verifier = Verifier::highlevel();
//!     let delivery = verifier.verify(headers, body, now)?;
//!     if let Event::InboundMessage(message) = &delivery.event {
//!         println!("{:?} from contact {:?}", message.message_type, message.contact_id);
//!     }
//!     Ok(())
//! }
//!
//! let unsigned = take(&http::HeaderMap::new(), "{}".into(), Timestamp::UNIX_EPOCH);
//! assert!(matches!(unsigned, Err(VerifyError::MissingSignature)));
//! ```

mod delivery;
mod dnd;
mod endpoint;
mod event;
pub mod events;
mod fields;
mod handler;
mod installations;
mod keys;
mod location_router;
mod message;
#[cfg(feature = "axum")]
mod route;
mod verify;

pub use delivery::{DedupeKey, Delivery, InvalidDelivery};
pub use dnd::{ContactDndUpdate, DndChannel, DndStatus};
pub use endpoint::{Endpoint, EndpointBuilder, MAX_BODY_BYTES};
pub use event::Event;
pub use events::Install;
pub use handler::{Handler, NotDurable};
pub use installations::{InstallationOutcome, Installations};
pub use keys::InvalidKey;
pub use location_router::LocationRouter;
pub use message::Message;
pub use verify::{Verifier, VerifierBuilder, VerifyError};
