//! Stand-ins for tests: [`FakeGhl`], a HighLevel on loopback, and [`ManualClock`].
//!
//! Nothing here is for production. FakeGhl follows HighLevel on the wire, and may change with it.
//!
//! | to | use |
//! |---|---|
//! | start with your own locations, contacts and users | [`Seed`], or [`FakeGhlBuilder::seed_json`] |
//! | simulate a call or a text, with its signed webhook | [`FakeGhl::call`], [`FakeGhl::message`], [`FakeGhl::set_webhook_url`] |
//! | inspect requests and webhooks | [`FakeGhl::requests`], [`FakeGhl::deliveries`] |
//! | see the texts that were sent; wait until an engine has nothing to do | [`FakeGhl::texts`], `Engine::settled` |
//! | inject faults: lost answers, refusals, outages, foreign answers, hanging requests | [`FakeGhl::fault`] with a [`Fault`] |
//! | let texts fail after they were accepted, with or without a webhook | [`FakeGhl::order_text_outcomes`], [`FakeGhl::report_text`] |
//! | inject a fault into all requests of a location | [`FakeGhl::location_fault`] |
//! | avoid sockets, on virtual time | [`FakeGhl::transport`], [`FakeGhlBuilder::in_process`] |
//! | get the other answer shapes of HighLevel: no cursors, ties, wrappers | [`FakeGhl::set_mode`] with a [`Mode`] |
//! | hold a request at a chosen moment | [`FakeGhl::gate`] |
//! | install and remove an app, and end its tokens | [`FakeGhl::authorize_location`], [`FakeGhl::uninstall_location`], [`FakeGhl::expire_access_tokens`] |
//! | check your own store | `store_contract`, with the feature `missed-call` |
//! | use it from another language | [`any_language`], and the example `fake_ghl` |
//! | know which operations and rules are played | [`played`] |
//! | try missing scopes, paused locations, an agency's plan | [`FakeGhl::set_scopes`], [`FakeGhl::set_active`], [`FakeGhl::set_makes_locations`] |
//!
//! A text is sent, but its answer is lost. The client reports that the outcome is unknown:
//!
//! ```
//! # #[cfg(not(feature = "rustls"))] fn main() {}
//! # #[cfg(feature = "rustls")]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use gohighlevel::{Client, api::conversations::OutgoingSms, error::ErrorKind};
//! use gohighlevel::testing::{FakeGhl, Fault};
//!
//! let fake = FakeGhl::builder().start().await?;
//! fake.fault(http::Method::POST, "/conversations/messages", Fault::DropAfter, 1)?;
//!
//! let client = Client::builder().token("pit-sample-soleil").base_url(fake.url()).build()?;
//! let location = client.location("soleilLocation000001".parse()?);
//! let sms = OutgoingSms::new("sampleContactMaria01".parse()?, "See you at 3 pm.");
//! let error = location.conversations().send_sms(&sms).await.unwrap_err();
//!
//! assert_eq!(*error.kind(), ErrorKind::UnknownOutcome);
//! assert_eq!(fake.requests().len(), 1); // it is not sent again
//! # Ok(()) }
//! ```

mod fake_ghl;
mod manual_clock;
#[cfg(feature = "missed-call")]
#[cfg_attr(docsrs, doc(cfg(feature = "missed-call")))]
pub mod store_contract;

#[doc = include_str!("fake_ghl/any_language.md")]
pub mod any_language {}
#[doc = include_str!("fake_ghl/played.md")]
pub mod played {}

pub use fake_ghl::{
    AppAnswer, AppUrl, Call, CallStatus, CanonicalCode, Delivery, DeliveryAttempt, Direction,
    FailedTextStatus, FakeGhl, FakeGhlBuilder, FakeGhlError, FakeTransport, Fault, Gate, GatePoint,
    HeldRequest, Mode, OutgoingText, Redelivery, Seed, SeenRequest, SimulatedEvent, TextMessage,
    TextOutcomes, WorkflowStep, WorkflowTrigger,
};
pub use manual_clock::ManualClock;
