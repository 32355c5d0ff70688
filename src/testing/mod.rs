//! Stand-ins for tests: a clock set by hand and [`FakeGhl`], a HighLevel on loopback.
//!
//! Nothing here is for production. The wire behaviour of the fake follows HighLevel and may change with it.
//!
//! | to | use |
//! |---|---|
//! | start with locations, contacts, users of your own | [`Seed`], or [`FakeGhlBuilder::seed_json`] |
//! | let a call or a text happen, with its signed webhook | [`FakeGhl::call`], [`FakeGhl::message`], [`FakeGhl::set_webhook_url`] |
//! | see what was asked, and what was delivered | [`FakeGhl::requests`], [`FakeGhl::deliveries`] |
//! | lose answers, refuse, have trouble, answer in another's place, hang | [`FakeGhl::fault`] with a [`Fault`] |
//! | do so with all requests of a location | [`FakeGhl::location_fault`] |
//! | do without sockets, on virtual time | [`FakeGhl::transport`] |
//! | answer in the other shapes that HighLevel has: no cursors, ties, wrappers | [`FakeGhl::set_mode`] with a [`Mode`] |
//! | hold a request at a moment of your choice | [`FakeGhl::gate`] |
//! | install and remove an app, and end its tokens | [`FakeGhl::authorize_location`], [`FakeGhl::uninstall_location`], [`FakeGhl::expire_access_tokens`] |
//! | look for what breaks the recipe's promises | `Simulation`, with the feature `missed-call` |
//! | use it from another language | the example `fake_ghl`, and the orders at [`FakeGhl`] |
//!
//! A text is sent while its answer is lost, and the client says that it does not know:
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
//! assert_eq!(fake.requests().len(), 1); // and it is not sent a second time
//! # Ok(()) }
//! ```

mod fake_ghl;
mod manual_clock;
#[cfg(feature = "missed-call")]
mod simulator;

pub use fake_ghl::{
    AppAnswer, AppUrl, Call, CallStatus, CanonicalCode, Delivery, DeliveryAttempt, Direction,
    FakeGhl, FakeGhlBuilder, FakeGhlError, FakeTransport, Fault, Gate, GatePoint, HeldRequest,
    Mode, Redelivery, Seed, SeenRequest, SimulatedEvent, TextMessage, WorkflowStep,
    WorkflowTrigger,
};
pub use manual_clock::ManualClock;
#[cfg(feature = "missed-call")]
#[cfg_attr(docsrs, doc(cfg(feature = "missed-call")))]
pub use simulator::{Broken, Invariant, Planted, Simulation, Summary};
