//! A typed client for HighLevel (GoHighLevel, GHL), its webhooks, and recipes that a service embeds.
//!
//! Three parts, each usable without the next:
//!
//! * **Calls out**: a [`Client`] gives a [`Location`](client::Location), and the resources of [`api`] hang on it. Each
//!   request is paced, repeated only where repeating cannot harm, and fails with an [`Error`] that says what to do next.
//! * **Events in**: [`webhooks`] proves that a request comes from HighLevel, and reads it into a typed event.
//! * **Recipes**: [`recipes::missed_call`] answers a missed call with one text, a tag and a task, whatever crashes,
//!   times out or is delivered twice in between.
//!
//! Tokens are private integration tokens, or come from [`auth::oauth`], which keeps the grants of a marketplace app alive.
//!
//! # Calling HighLevel
//!
//! ```
//! # #[cfg(not(all(feature = "rustls", feature = "testing")))] fn main() {}
//! # #[cfg(all(feature = "rustls", feature = "testing"))]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use gohighlevel::{Client, error::ErrorKind, ids::LocationId};
//!
//! # let fake = gohighlevel::testing::FakeGhl::builder().start().await?;
//! let client = Client::builder()
//!     .token("pit-sample-soleil")
//!     .base_url(fake.url()) // HighLevel itself, without this line
//!     .build()?;
//! let location = client.location(LocationId::new("soleilLocation000001")?);
//!
//! let caller = location.contacts().find_by_phone(&"+13125550111".parse()?).await?;
//! assert!(caller.is_some_and(|contact| !contact.sms_blocked()));
//!
//! match location.contacts().get(&"deleted".parse()?).await {
//!     Err(error) if *error.kind() == ErrorKind::NotFound => {}
//!     Err(error) => return Err(error.into()),
//!     Ok(contact) => println!("{}", contact.id),
//! }
//! # Ok(()) }
//! ```
//!
//! # Proving a webhook
//!
//! ```
//! # #[cfg(not(feature = "testing"))] fn main() {}
//! # #[cfg(feature = "testing")]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use gohighlevel::clock::{Clock, SystemClock};
//! use gohighlevel::webhooks::{Event, Verifier};
//!
//! # use gohighlevel::testing::{Call, FakeGhl};
//! # let fake = FakeGhl::builder().start().await?;
//! # fake.call(&Call::missed("soleilLocation000001", "+13125550142".parse()?, "+13125550100".parse()?))?;
//! # let sent = fake.deliveries().remove(0);
//! # let mut headers = http::HeaderMap::new();
//! # headers.insert("x-ghl-signature", sent.signature.parse()?);
//! # let (body, their_key) = (sent.body, fake.public_key_pem());
//! // HighLevel's own keys are built in: `Verifier::highlevel()`.
//! let verifier = Verifier::builder().ed25519_pem(&their_key)?.build();
//! let delivery = verifier.verify(&headers, body, SystemClock.now())?;
//!
//! assert!(matches!(&delivery.event, Event::InboundMessage(call) if call.call_status.is_some()));
//! assert!(verifier.verify(&headers, "{}", SystemClock.now()).is_err());
//! # Ok(()) }
//! ```
//!
//! # Missed-call text back
//!
//! ```
//! # #[cfg(not(all(feature = "rustls", feature = "testing", feature = "missed-call")))] fn main() {}
//! # #[cfg(all(feature = "rustls", feature = "testing", feature = "missed-call"))]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use gohighlevel::recipes::missed_call::{Engine, Recipe, store::MemoryStore};
//!
//! # use gohighlevel::{Client, testing::{Call, FakeGhl}, webhooks::Delivery};
//! # let fake = FakeGhl::builder().start().await?;
//! # fake.call(&Call::missed("soleilLocation000001", "+13125550142".parse()?, "+13125550100".parse()?))?;
//! # let delivery = Delivery::read(fake.deliveries().remove(0).body, "2026-05-08T12:00:00Z".parse()?)?;
//! # let client = Client::builder().token("pit-sample-soleil").base_url(fake.url()).build()?;
//! # let location = client.location("soleilLocation000001".parse()?);
//! // In earnest the store is a `SqliteStore`, which outlives a crash.
//! let engine = Engine::builder(Arc::new(MemoryStore::new()))
//!     .location(location, Recipe::preset("soleil")?)
//!     .build();
//! assert!(engine.preflight().await.is_empty());
//!
//! engine.accept(&delivery).await?; // it is stored, and may be acknowledged
//! while engine.step().await? > 0 {} // a service keeps `engine.run(..)` going instead
//!
//! let sent = fake.requests();
//! let texts = sent.iter().filter(|request| request.path == "/conversations/messages");
//! assert_eq!(texts.count(), 1);
//! # Ok(()) }
//! ```
//!
//! # Features
//!
//! All of them only add something.
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `rustls` | yes | HTTP through reqwest with rustls; without it the client asks for a [`Transport`](client::Transport) of yours |
//! | `webhooks` | | [`webhooks`]: proof of the signature, typed events |
//! | `axum` | | [`webhooks::receiver`], the endpoint for an axum router |
//! | `missed-call` | | [`recipes::missed_call`], the recipe and its engine |
//! | `sqlite` | | [`SqliteStore`](recipes::missed_call::store::SqliteStore), which keeps the recipe's work in one file, and [`SqliteTokenStore`](auth::store::SqliteTokenStore) |
//! | `testing` | | [`testing`]: a HighLevel on loopback, and a clock that is set by hand |
//!
//! # Where to go next
//!
//! The examples of the repository, from small to whole: `quickstart` (the client alone), `oauth_install` (a
//! marketplace app, from its installation to its removal), `missed_call` (a call from its
//! end to the task, offline), `recovery_server` (a service to start from), `fake_ghl` (a HighLevel on loopback for any
//! language). What the recipe's file may say stands at [`recipes::missed_call::recipe`], what can go wrong with a call
//! at [`error`], and which rules HighLevel's webhooks keep at [`webhooks`].
//!
//! Tokens, texts of messages, phone numbers, names and e-mail addresses do not appear in `Debug`, `Display` or logs.
//! Logs are written through [`tracing`].

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod api;
pub mod auth;
pub mod client;
pub mod clock;
#[cfg(feature = "webhooks")]
mod digest;
pub mod error;
pub mod ids;
mod lenient;
pub mod message;
mod open_enum;
pub mod phone;
#[cfg(feature = "missed-call")]
pub mod recipes;
pub mod secret;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "webhooks")]
pub mod webhooks;

pub use client::Client;
pub use error::{Error, Result};

/// The README's code is compiled with the examples of the documentation.
#[cfg(all(
    doctest,
    feature = "rustls",
    feature = "missed-call",
    feature = "sqlite",
    feature = "axum"
))]
#[doc = include_str!("../README.md")]
struct Readme;
