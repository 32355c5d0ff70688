//! A typed client for HighLevel (GoHighLevel, GHL), its webhooks, and recipes that a service embeds.
//!
//! The parts build on each other, and each can be used without the next:
//!
//! * **API calls**: a [`Client`] returns a [`Location`](client::Location), which gives access to the resources of [`api`].
//!   The client keeps HighLevel's rate limit, repeats a request only if that cannot do harm, and fails with an [`Error`]
//!   that says what to do next.
//! * **Events in**: [`webhooks`] verifies that a request comes from HighLevel, and reads it into a typed event.
//! * **Recipes**: [`recipes::missed_call`] responds to a missed call with one text, a tag and a task. Nothing is done
//!   twice, even if the process crashes, a request times out or a webhook is delivered
//!   twice, with [one exception](recipes::missed_call::limits#sending).
//!
//! To start a service, follow *Start* in the repository's README (code, and what to set up in HighLevel), or copy the example
//! `recovery_server`. To try the recipe without an account: `cargo run --example missed_call --features
//! missed-call,sqlite,axum,testing`.
//!
//! # Chapters
//!
//! | chapter | topic | where |
//! |---|---|---|
//! | API calls | a client, its locations and their resources | [below](#api-calls), [`client`], [`api`] |
//! | Tokens | private integrations; grants of a marketplace app, renewed and stored | [`auth`], [`auth::oauth`], [`auth::store`] |
//! | Pace and repeats | the rate limit; which requests are repeated automatically | [below](#pace-and-repeats) |
//! | Errors | what went wrong, and what to do about it | [`error`], [`ErrorKind`](error::ErrorKind) |
//! | Pages | listings as streams | [below](#pages) |
//! | Webhooks | events with a verified signature | [below](#webhooks), [`webhooks`] |
//! | Serving | an HTTP server with time-outs, bounds and a bounded shutdown, together with engines | [`serve`] (feature `axum`) |
//! | Workflows | start workflows; serve triggers and actions of workflows | [`workflows`] |
//! | Recipes | the missed-call text back | [below](#recipes), [`recipes::missed_call`] |
//! | Set-up | what locations must have, as files: plan, apply, undo | `setup` (feature `setup`) |
//! | Testing | a HighLevel on loopback, faults on demand, a clock set by hand | [below](#testing), [`testing`] |
//! | The command | recipes, locations and a HighLevel on loopback, from a terminal | [`command`] (feature `cli`) |
//! | Architecture | the layers, and the path of a request and of an event | [`architecture`] |
//!
//! All parts share these modules: [`ids`], [`phone`] numbers, [`secret`] and private values, [`message`] kinds, and the
//! [`clock`].
//!
//! # Glossary
//!
//! Names, logs and documentation use these words:
//!
//! | word | meaning |
//! |---|---|
//! | location | a HighLevel sub-account. Almost every call belongs to one; [`Location`](client::Location) is its handle |
//! | agency | the company above locations. Its OAuth token can mint tokens for them |
//! | lane | the priority of a request: interactive (a person waits for it) before background (tags, sweeps) |
//! | dedupe key | the key under which a delivery is processed once, however often it is repeated |
//! | host | the service that embeds the crate |
//! | grant | what an installation of an OAuth app gives: an access token and a refresh token |
//! | delivery | one verified webhook |
//! | text | an SMS |
//! | preset | a recipe that comes with the crate |
//! | preflight | the check that a location has what its recipe needs |
//! | recipe | the checked configuration of a missed-call text back: steps, copy, timing, routing, compliance |
//! | step | one thing that a recipe does. It has a trigger and an action |
//! | trigger | an event that starts or stops steps, such as a reply or a booking |
//! | episode | one caller and one business, from the first missed call until nothing is left to do. Calls within the cooldown join it |
//! | input, output | what an episode is given (a call, a reply, the end of an effect), and what it returns (an effect, a ledger entry) |
//! | effect | one action outside, such as a text. Its id is permanent: episode, step and ordinal |
//! | decision | what the episode says right before an effect: proceed, defer, skip or obsolete |
//! | intent | exactly what an effect is about to do, stored before the attempt |
//! | ledger | the history of all episodes, from which reports and evidence are made. Entries are added; only an erasure changes them, and only a retention deletes them |
//! | stale | said of a step that would come too late |
//! | dropped | said of a step that is no longer needed |
//! | suppression | a number or contact that must not be texted. It outlives the contact |
//! | doubt | a reply that only may be an opt-out. No message is sent until a person of the business decides |
//! | sweep | reading HighLevel's records to find events that no webhook reported |
//!
//! # API calls
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
//! Operations without a method are available through [`Location::get`](client::Location::get), `post`, `put` and `delete`,
//! or with a complete [`Request`](client::Request). Pace, repeats and errors are the same.
//!
//! # Pace and repeats
//!
//! HighLevel accepts 100 requests in 10 seconds and 200,000 a day for each location. The client queues requests accordingly,
//! first come first served; interactive requests go before those of [`in_background`](client::Location::in_background). It
//! learns the limits from the response headers. A request that cannot be sent before its
//! [`deadline`](client::ClientBuilder::deadline) fails without being sent.
//!
//! HighLevel has no idempotency keys. Whether the client repeats a request depends on the effect of doing it twice
//! ([`ReplaySafety`](client::ReplaySafety)):
//!
//! | result | reads, and writes that can be repeated | writes that do harm twice |
//! |---|---|---|
//! | no connection, 429 | repeated | repeated: nothing was done |
//! | 408, 5xx, no response, a broken one | repeated | [`UnknownOutcome`](error::ErrorKind::UnknownOutcome): check, then decide |
//! | an internal failure of HighLevel with another status, such as 401 `Command timed out`; a web page, plain text or a gateway in its place | repeated | the same |
//! | 401 about a token that can be renewed | repeated once with the new token | the same |
//! | any other response | never | never |
//!
//! The client looks first at HighLevel's error code and message, and only then at the HTTP status: see
//! [who speaks](error#who-speaks-and-about-what). A request is sent five times at most, with growing pauses. During an outage
//! at most one request in five is a repeat, so the client does not make the outage worse. An [`Observer`](client::Observer) sees every attempt.
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
//! A method such as [`search`](api::contacts::Contacts::search) returns one page, which knows where the next one begins. The
//! method `stream` next to it returns a stream of all items, which requests the next page when it needs one. Use it with
//! `TryStreamExt` of the crate `futures-util`. A stream yields all items, each once, or ends with an error
//! ([`Listing`](error::ErrorKind::Listing)). It never ends early without an error, and never loops.
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
//! (`headers` and `body` are those of the request; `their_key` is the key that signed it.)
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
//! Missed-call text back, from a webhook to the text (`location` is one of a client's, `delivery` a verified webhook, `fake` a
//! `FakeGhl`):
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
//! // In production the store is a `SqliteStore`, which survives a crash.
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
//! [`FakeGhl`](testing::FakeGhl) enforces HighLevel's rules on a local port and injects faults on demand. With a
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
//! Features only add; none changes what another one does.
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `rustls` | yes | HTTP through reqwest with rustls |
//! | `native-tls` | | HTTP through reqwest with the operating system's TLS; if `rustls` is enabled too, rustls is used |
//! | `reqwest` | | HTTP through reqwest without TLS: for a TLS feature of reqwest that you enable yourself. The two features above include it. Without any of the three, the client needs a [`Transport`](client::Transport) of yours |
//! | `webhooks` | | [`webhooks`]: signature verification, typed events, the [`Endpoint`](webhooks::Endpoint) over `http` types; the endpoints for requests that [`workflows`] send to you |
//! | `axum` | | the endpoints as routes of an axum router; [`serve`], a server for them |
//! | `missed-call` | | [`recipes::missed_call`], the recipe and its engine |
//! | `sqlite` | | [`SqliteStore`](recipes::missed_call::store::SqliteStore), which keeps the recipe's work in one file, and [`SqliteTokenStore`](auth::store::SqliteTokenStore) |
//! | `postgres` | | [`postgres`]: stores in a PostgreSQL database that any number of processes share: [`PostgresStore`](recipes::missed_call::store::PostgresStore) for the recipe's work, and others for OAuth grants, trigger subscriptions and one rate limit |
//! | `html-reports` | | reports as HTML pages and e-mails, case files, storyboards of recipes: [`report::pages`](recipes::missed_call::report::pages) |
//! | `live-board` | | today's missed calls on a page that changes by itself: `recipes::missed_call::board` |
//! | `metrics` | | [`MetricsObserver`](client::MetricsObserver), which counts and times requests with the `metrics` crate, and [`EngineMetrics`](recipes::missed_call::EngineMetrics) |
//! | `setup` | | `setup`: set-up as code for one location or an agency: plan, apply, undo, export |
//! | `testing` | | [`testing`]: a HighLevel on loopback, and a clock that is set by hand |
//!
//! # Where to go next
//!
//! The [README](https://docs.rs/crate/gohighlevel/latest/source/README.md) lists the examples of the repository, from the
//! client alone to a complete service.
//!
//! * [`recipes::missed_call::recipe`] documents the recipe file.
//! * [`recipes::missed_call::limits`] lists what the missed-call text back does not do.
//! * [`recipes::missed_call::in_a_service`] shows how to embed it: run time, deploys, replicas, erasure, tests.
//! * [`recipes::missed_call::observing`] shows how to watch it, and how long its data is kept.
//! * [`webhooks`] explains the rules of HighLevel's webhooks.
//! * `on_postgres` (feature `postgres`) says what the stores on PostgreSQL need and promise.
//! * [`architecture`] shows how the crate is built.
//!
//! Tokens, message texts, phone numbers, names and e-mail addresses do not appear in `Debug`, `Display` or logs. Logs are
//! written with [`tracing`].

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod api;
#[doc = include_str!("architecture.md")]
pub mod architecture {}
#[cfg(feature = "cli")]
#[doc = include_str!("command.md")]
pub mod command {}
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
#[doc = include_str!("measurements.md")]
pub mod measurements {}
pub mod message;
#[cfg(feature = "postgres")]
#[doc = include_str!("on_postgres.md")]
pub mod on_postgres {}
mod open_enum;
pub mod phone;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "missed-call")]
pub mod recipes;
#[cfg(feature = "webhooks")]
mod refusals;
pub mod secret;
#[cfg(feature = "axum")]
pub mod serve;
#[cfg(feature = "setup")]
pub mod setup;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "webhooks")]
pub mod webhooks;
pub mod workflows;
#[cfg(feature = "missed-call")]
mod zone_files;

pub use client::Client;
pub use error::{Error, Result};

// The crates whose types and macros appear in signatures, in the versions that this crate uses.
#[cfg(feature = "postgres")]
pub use deadpool_postgres;
pub use {async_trait, bytes, http, jiff, serde_json, url};

/// Compiles the README's code together with the examples of the documentation.
#[cfg(all(
    doctest,
    feature = "rustls",
    feature = "missed-call",
    feature = "sqlite",
    feature = "axum"
))]
#[doc = include_str!("../README.md")]
struct Readme;
