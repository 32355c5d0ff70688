//! A typed client for HighLevel (GoHighLevel, GHL), its webhooks, and recipes that a service embeds.
//!
//! Its parts, each usable without the next:
//!
//! * **Calls out**: a [`Client`] gives a [`Location`](client::Location), and the resources of [`api`] hang on it. Each
//!   request is paced, repeated only where repeating cannot harm, and fails with an [`Error`] that says what to do next.
//! * **Events in**: [`webhooks`] proves that a request comes from HighLevel, and reads it into a typed event.
//! * **Recipes**: [`recipes::missed_call`] answers a missed call with one text, a tag and a task, whatever crashes,
//!   times out or is delivered twice in between.
//!
//! # Chapters
//!
//! | chapter | what it is about | where it stands |
//! |---|---|---|
//! | Calls | a client, its locations, and their resources | [below](#calls), [`client`], [`api`] |
//! | Tokens | private integrations; the grants of a marketplace app, renewed and stored | [`auth`], [`auth::oauth`], [`auth::store`] |
//! | Pace and repeats | the rate limit; what is sent again by itself, and what never | [below](#pace-and-repeats) |
//! | Errors | what went wrong, and what to do about it | [`error`], [`ErrorKind`](error::ErrorKind) |
//! | Pages | listings as streams | [below](#pages) |
//! | Webhooks | events with a proven signature | [below](#webhooks), [`webhooks`] |
//! | Serving | a server with time-outs and bounds, an engine beside it, and an end within a time limit | [`serve`] (feature `axum`) |
//! | Workflows | start them, be a trigger or an action of them | [`workflows`] |
//! | Recipes | the missed-call text back | [below](#recipes), [`recipes::missed_call`] |
//! | Testing | a HighLevel on loopback, faults on order, a clock set by hand | [below](#testing), [`testing`] |
//!
//! The words that all of them use: [`ids`], [`phone`] numbers, [`secret`] and private values, [`message`] kinds, and
//! the [`clock`] that everything waits on.
//!
//! # Calls
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
//! An operation that has no method yet is reached with [`Location::get`](client::Location::get), `post`, `put` and
//! `delete`, or with a [`Request`](client::Request) in full; pace, repeats and errors are the same.
//!
//! # Pace and repeats
//!
//! HighLevel takes 100 requests in 10 seconds and 200,000 a day for each location. Requests stand in line for that,
//! first come first served, those that somebody waits for before those of
//! [`in_background`](client::Location::in_background); the numbers are learnt from the answers' headers. A request that
//! cannot go within its [`deadline`](client::ClientBuilder::deadline) fails and is not sent.
//!
//! What is sent again by itself depends on what doing it twice would do ([`ReplaySafety`](client::ReplaySafety)), since
//! HighLevel has no idempotency keys:
//!
//! | outcome | reading, or doing what twice equals once | doing what twice harms |
//! |---|---|---|
//! | no connection, 429 | sent again | sent again: nothing was done |
//! | 408, 5xx, no answer, a broken one | sent again | [`UnknownOutcome`](error::ErrorKind::UnknownOutcome): look, then decide |
//! | HighLevel's own trouble with another status, such as 401 `Command timed out`; a web page, plain text or a gateway in its place | the same | the same |
//! | 401 about a token that can be renewed | sent once more with the new token | the same |
//! | any other answer | never | never |
//!
//! HighLevel's codes and words decide before the status what an answer is about: see
//! [who speaks](error#who-speaks-and-about-what). A request is sent five times at most, with growing pauses; in an outage
//! repeats are a fifth of the requests, so that it is not made worse. An [`Observer`](client::Observer) sees every attempt.
//!
//! ```
//! # #[cfg(not(all(feature = "rustls", feature = "testing")))] fn main() {}
//! # #[cfg(all(feature = "rustls", feature = "testing"))]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use gohighlevel::Client;
//! # let fake = gohighlevel::testing::FakeGhl::builder().start().await?;
//! # let client = Client::builder().token("pit-sample-soleil").base_url(fake.url()).build()?;
//! # let location = client.location("soleilLocation000001".parse()?);
//! let sweep = location.in_background(); // leaves a part of the window and of the day to others
//! sweep.tags().list().await?;
//!
//! let usage = client.usage(location.id());
//! assert_eq!((usage.burst_used, usage.waiting), (1, 0));
//! # Ok(()) }
//! ```
//!
//! # Pages
//!
//! A method such as [`search`](api::contacts::Contacts::search) gives one page, which knows where the next one begins.
//! Beside it stands a stream of all items, which asks for a page when the last one is used up. It takes `TryStreamExt`
//! of the crate `futures-util`. A stream gives all items, each once, or ends in an error
//! ([`Listing`](error::ErrorKind::Listing)): it never ends early in silence, nor goes round for ever.
//!
//! ```
//! # #[cfg(not(all(feature = "rustls", feature = "testing")))] fn main() {}
//! # #[cfg(all(feature = "rustls", feature = "testing"))]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::pin::pin;
//! use futures_util::TryStreamExt;
//! use gohighlevel::api::contacts::{ContactField, ContactFilter, ContactSearch};
//!
//! # let fake = gohighlevel::testing::FakeGhl::builder().start().await?;
//! # let client = gohighlevel::Client::builder().token("pit-sample-soleil").base_url(fake.url()).build()?;
//! # let location = client.location("soleilLocation000001".parse()?);
//! let search = ContactSearch::new(ContactFilter::exists(ContactField::Phone));
//! let contacts = location.contacts();
//! let mut found = pin!(contacts.stream(&search));
//! let mut ids = Vec::new();
//! while let Some(contact) = found.try_next().await? {
//!     ids.push(contact.id);
//! }
//! assert_eq!(ids.len(), 3);
//! # Ok(()) }
//! ```
//!
//! # Webhooks
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
//! # Recipes
//!
//! Missed-call text back, from a webhook to the text:
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
//! # Testing
//!
//! [`FakeGhl`](testing::FakeGhl) keeps HighLevel's rules on a port of this machine, and misbehaves on order. On a
//! [`ManualClock`](testing::ManualClock) no wait takes time.
//!
//! ```
//! # #[cfg(not(all(feature = "rustls", feature = "testing")))] fn main() {}
//! # #[cfg(all(feature = "rustls", feature = "testing"))]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use gohighlevel::testing::{FakeGhl, Fault, ManualClock};
//!
//! let clock = ManualClock::new("2026-05-08T12:00:00Z".parse()?);
//! let fake = FakeGhl::builder().clock(Arc::new(clock.clone())).start().await?;
//! fake.fault(http::Method::GET, "/contacts/*", Fault::Html(http::StatusCode::BAD_GATEWAY), 2)?;
//!
//! let client = gohighlevel::Client::builder()
//!     .token("pit-sample-soleil")
//!     .base_url(fake.url())
//!     .clock(clock)
//!     .build()?;
//! let location = client.location("soleilLocation000001".parse()?);
//! location.contacts().get(&"sampleContactMaria01".parse()?).await?;
//! assert_eq!(fake.requests().len(), 3); // two that failed, and the one that did not
//! # Ok(()) }
//! ```
//!
//! # Features
//!
//! All of them only add something.
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `rustls` | yes | HTTP through reqwest with rustls |
//! | `native-tls` | | HTTP through reqwest with the operating system's TLS; where `rustls` is enabled too, rustls is used |
//! | `reqwest` | | HTTP through reqwest without TLS: for a TLS feature of reqwest that you enable yourself. Part of the two above; without any of the three, the client asks for a [`Transport`](client::Transport) of yours |
//! | `webhooks` | | [`webhooks`]: proof of the signature, typed events, the [`Endpoint`](webhooks::Endpoint) over `http` types; the half of [`workflows`] that takes requests |
//! | `axum` | | the endpoints as routes of an axum router; [`serve`], a server for them |
//! | `missed-call` | | [`recipes::missed_call`], the recipe and its engine |
//! | `sqlite` | | [`SqliteStore`](recipes::missed_call::store::SqliteStore), which keeps the recipe's work in one file, and [`SqliteTokenStore`](auth::store::SqliteTokenStore) |
//! | `metrics` | | [`MetricsObserver`](client::MetricsObserver), which counts and times requests with the `metrics` crate |
//! | `testing` | | [`testing`]: a HighLevel on loopback, and a clock that is set by hand |
//!
//! # Where to go next
//!
//! The examples of the repository, from small to whole:
//!
//! | example | what it shows |
//! |---|---|
//! | `quickstart` | the client alone: find a contact, tag it, create a task, read a custom value |
//! | `search_contacts` | a filter, an order, and all pages as one stream |
//! | `send_message` | a text whose answer is lost, and how that is settled |
//! | `oauth_install` | a marketplace app, from its installation to its removal |
//! | `missed_call` | a missed call from its end to the task, offline |
//! | `webhook_receiver` | webhooks in a service of your own, each stored before it is acknowledged |
//! | `recovery_server` | a service to start from: configuration, health check, bounds for strangers, an end within a time limit |
//! | `fake_ghl` | a HighLevel on loopback, for any language |
//!
//! What the recipe's file may say stands at [`recipes::missed_call::recipe`], and which rules HighLevel's webhooks keep
//! at [`webhooks`].
//!
//! Tokens, texts of messages, phone numbers, names and e-mail addresses do not appear in `Debug`, `Display` or logs.
//! Logs are written through [`tracing`].

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod api;
pub mod auth;
#[cfg(feature = "missed-call")]
#[doc = include_str!("bounds.md")]
pub mod bounds {}
pub mod client;
pub mod clock;
#[cfg(feature = "webhooks")]
mod digest;
pub mod error;
pub mod ids;
#[cfg(feature = "webhooks")]
mod in_flight;
mod lane;
mod lenient;
pub mod message;
mod open_enum;
pub mod phone;
#[cfg(feature = "missed-call")]
pub mod recipes;
#[cfg(feature = "webhooks")]
mod refusals;
pub mod secret;
#[cfg(feature = "axum")]
pub mod serve;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "webhooks")]
pub mod webhooks;
pub mod workflows;

pub use client::Client;
pub use error::{Error, Result};

// The crates whose types and macros appear in signatures, in the versions that they are of.
pub use {async_trait, bytes, http, jiff, serde_json, url};

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
