//! FakeGhl: a stateful HighLevel on loopback that enforces the platform's rules.
//!
//! It reads and writes its own JSON and shares no model with the client, so that it can show the client's errors. Each file
//! has one concern: `server` runs a request through `rules`, `faults`, `gate` and the operation in `routes`, which works on
//! the `world` (`operation` is the table's type, `resource` plays what has simple rules, `visit` is what an operation sees); `shared` holds the state; `marketplace` calls the app's steps and triggers; `oauth` keeps the grants of its
//! app; `consequences` finds the events for the app, `envelope` writes them and `webhooks` delivers them; `control` has the
//! commands of a test, `console` takes them over HTTP. A comment marks each decision that HighLevel does not document.

mod answer;
mod builder;
mod check;
mod consequences;
mod console;
mod contact;
mod control;
mod envelope;
mod error;
mod faults;
mod gate;
mod marketplace;
mod misanswers;
mod modes;
mod oauth;
mod operation;
mod orders;
mod outgoing;
mod outgoing_text;
mod request;
mod resource;
mod response;
mod routes;
mod rules;
mod seed;
mod server;
mod shared;
mod shifted_clock;
mod signing;
mod simulated_events;
mod text_outcomes;
mod transport;
mod values;
mod version;
mod visit;
mod webhooks;
mod world;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use jiff::SignedDuration;
use tokio::task::JoinHandle;

pub use builder::FakeGhlBuilder;
pub use error::FakeGhlError;
pub use faults::Fault;
pub use gate::{Gate, GatePoint, HeldRequest};
pub use marketplace::{AppAnswer, AppUrl, WorkflowStep, WorkflowTrigger};
pub use misanswers::CanonicalCode;
pub use modes::Mode;
pub use outgoing_text::OutgoingText;
pub use seed::Seed;
pub use shared::SeenRequest;
pub use simulated_events::{Call, CallStatus, Direction, SimulatedEvent, TextMessage};
pub use text_outcomes::{FailedTextStatus, TextOutcomes};
pub use transport::FakeTransport;
pub use webhooks::{Delivery, DeliveryAttempt, Redelivery};

use shared::Shared;

/// A HighLevel on loopback, for tests and for offline experiments.
///
/// It plays what [`played`](super::played) lists with HighLevel's paths, wrappers, status codes and refusals, for tokens of
/// locations and of agencies, in version 2 and version 3. It sends signed webhooks. It calls a marketplace app's steps,
/// notifies it of its triggers, and accepts fired triggers, resumed steps and inbound webhooks. Control it with these methods
/// or, [from any language](super::any_language), over HTTP under `/_fake/`.
///
/// What it does not play is answered 501, in words that name FakeGhl.
///
/// It stops when it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use gohighlevel::testing::{Call, FakeGhl};
///
/// let fake = FakeGhl::builder().start().await?;
/// let call = Call::missed("soleilLocation000001", "+13125550142".parse()?, "+13125550100".parse()?);
/// let event = fake.call(&call)?;
/// assert_eq!(fake.deliveries()[0].webhook_id, event.webhook_id);
/// # Ok(()) }
/// ```
pub struct FakeGhl {
    shared: Arc<Shared>,
    /// `None` if it listens nowhere.
    address: Option<SocketAddr>,
    tasks: Vec<JoinHandle<()>>,
}

impl FakeGhl {
    /// Returns a builder with the sample seed, the machine's clock, a free port and HighLevel's limits.
    pub fn builder() -> FakeGhlBuilder {
        FakeGhlBuilder::new()
    }

    /// Its base URL, such as `http://127.0.0.1:40123`. If it was made by [`in_process`](FakeGhlBuilder::in_process), the
    /// URL leads nowhere, and [`transport`](Self::transport) accepts it like any other.
    pub fn url(&self) -> String {
        match self.address {
            Some(address) => format!("http://{address}"),
            None => "http://fake-ghl.invalid".to_owned(),
        }
    }

    /// The public key that its webhooks can be checked with, in PEM.
    pub fn public_key_pem(&self) -> String {
        self.shared.webhooks.public_key_pem()
    }

    /// Where webhooks go from now on. Plain `http` only. Webhooks made while there was no URL are not sent by
    /// themselves; see [`resend`](Self::resend).
    pub fn set_webhook_url(&self, url: &str) -> Result<(), FakeGhlError> {
        self.shared.webhooks.set_url(webhooks::webhook_url(url)?);
        Ok(())
    }

    /// From now on webhooks are made but not sent, or they are sent again. Held webhooks are lost, unless
    /// [`resend`](Self::resend) sends them later, in any order.
    pub fn hold_webhooks(&self, held: bool) {
        self.shared.webhooks.hold(held);
    }

    /// Every request of the API so far, in the order of arrival.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.shared.requests()
    }

    /// The texts that a location has sent, oldest first; empty for an unknown location. Texts for later are not among them.
    pub fn texts(&self, location_id: &str) -> Vec<OutgoingText> {
        outgoing_text::of_location(&self.shared.world(), location_id)
    }

    /// Every webhook so far, in the order it was made.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries_from(0)
    }

    /// The webhooks from this position on, in the order they were made. A test that delivers them itself asks with the
    /// number of those that it has.
    pub fn deliveries_from(&self, position: usize) -> Vec<Delivery> {
        self.shared.webhooks.deliveries_from(position)
    }

    /// Waits until no webhook is being delivered or waits for another attempt.
    pub async fn deliveries_settled(&self) {
        self.shared.webhooks.settled().await;
    }

    /// A call ends now: the contact is found by the number or created, the call is recorded and the webhook is sent. A recipe
    /// treats consecutive numbers, or ten first-time callers within a minute, as a flood; see [`Call::missed`].
    pub fn call(&self, call: &Call) -> Result<SimulatedEvent, FakeGhlError> {
        control::call(&self.shared, call)
    }

    /// A contact texts the location. A lone STOP (or one of its synonyms) also turns the contact's SMS channel off and
    /// sends a `ContactDndUpdate`.
    pub fn message(&self, text: &TextMessage) -> Result<SimulatedEvent, FakeGhlError> {
        control::message(&self.shared, text)
    }

    /// What becomes of the texts of a location that are sent from now on. Without an order they stay `sent`. No webhook tells
    /// of it, as with carriers that report nothing; [`report_text`](Self::report_text) sends one.
    pub fn order_text_outcomes(&self, order: TextOutcomes) -> Result<(), FakeGhlError> {
        control::order_text_outcomes(&self.shared, order)
    }

    /// A text gets this status, such as `delivered`, and `error` as HighLevel words it; an `OutboundMessage` tells of it.
    /// Returns the webhook's id.
    pub fn report_text(
        &self,
        location_id: &str,
        message_id: &str,
        status: &str,
        error: Option<&str>,
    ) -> Result<String, FakeGhlError> {
        control::report_text(&self.shared, location_id, message_id, status, error)
    }

    /// Sends an event of which nothing happens here, such as an appointment or a text that a user wrote: `payload` with
    /// the envelope's keys beside its own, signed. Answers its `webhookId`.
    pub fn event(&self, payload: serde_json::Map<String, serde_json::Value>) -> String {
        control::event(&self.shared, payload.into())
    }

    /// The client id and secret of its app.
    pub fn oauth_app(&self) -> (String, String) {
        let world = self.shared.world();
        let grants = &world.grants;
        (grants.client_id.clone(), grants.client_secret.clone())
    }

    /// A user installs the app in a location; answers the code that the redirect URI gets. Sends an `INSTALL`.
    pub fn authorize_location(&self, location_id: &str) -> Result<String, FakeGhlError> {
        control::authorize_location(&self.shared, location_id)
    }

    /// A user installs the app in an agency and these locations of it; answers the code that the redirect URI gets.
    /// Sends an `INSTALL` for each location and one for the agency.
    pub fn authorize_agency(
        &self,
        company_id: &str,
        locations: &[&str],
    ) -> Result<String, FakeGhlError> {
        control::authorize_agency(&self.shared, company_id, locations)
    }

    /// A user removes the app from a location. Its tokens end; an `UNINSTALL` is sent.
    pub fn uninstall_location(&self, location_id: &str) -> Result<(), FakeGhlError> {
        control::uninstall_location(&self.shared, location_id)
    }

    /// A user removes the app from an agency. Its tokens and those minted from them end; an `UNINSTALL` is sent.
    pub fn uninstall_agency(&self, company_id: &str) {
        control::uninstall_agency(&self.shared, company_id);
    }

    /// Every access token that OAuth gave out ends now, before its announced expiry.
    pub fn expire_access_tokens(&self) {
        self.shared.world().grants.expire_access_tokens();
    }

    /// A user adds the app's trigger to a workflow: the app is notified at `app`. Returns the trigger's id and the app's
    /// answer. From now on its target answers 200 when it is fired, and that is among the [`requests`](Self::requests).
    pub async fn add_trigger(
        &self,
        app: &AppUrl,
        trigger: &WorkflowTrigger,
    ) -> Result<(String, AppAnswer), FakeGhlError> {
        marketplace::add_trigger(&self.shared, app, trigger).await
    }

    /// A user changes the filters of a trigger; the app is notified.
    pub async fn change_trigger(
        &self,
        trigger_id: &str,
        filters: serde_json::Value,
    ) -> Result<AppAnswer, FakeGhlError> {
        marketplace::change_trigger(&self.shared, trigger_id, Some(filters)).await
    }

    /// A user removes a trigger from its workflow; the app is notified. Its target answers 404 from now on.
    pub async fn remove_trigger(&self, trigger_id: &str) -> Result<AppAnswer, FakeGhlError> {
        marketplace::change_trigger(&self.shared, trigger_id, None).await
    }

    /// A trigger is gone and the app is not notified: its target is stale, and answers 404.
    pub fn lose_trigger(&self, trigger_id: &str) {
        marketplace::lose_trigger(&self.shared, trigger_id);
    }

    /// A workflow gets an *Inbound Webhook* trigger; answers its address on HighLevel's host. Unless it is published,
    /// what is sent there is taken for a test, and answered 200 all the same.
    pub fn inbound_webhook(
        &self,
        location_id: &str,
        published: bool,
    ) -> Result<String, FakeGhlError> {
        marketplace::inbound_webhook(&self.shared, location_id, published)
    }

    /// A contact reaches the app's step in a workflow; the app is asked at `app`. If the step pauses, the app can resume
    /// it once.
    pub async fn run_step(
        &self,
        app: &AppUrl,
        step: &WorkflowStep,
    ) -> Result<AppAnswer, FakeGhlError> {
        marketplace::run_step(&self.shared, app, step).await
    }

    /// A step *Webhook* or *Custom Webhook* of a workflow sends `body` to `app`.
    pub async fn send_step_webhook(
        &self,
        app: &AppUrl,
        body: &serde_json::Value,
    ) -> Result<AppAnswer, FakeGhlError> {
        app.ask(body).await
    }

    /// Delivers a webhook again, with the same body and headers.
    pub fn resend(&self, webhook_id: &str) -> Result<(), FakeGhlError> {
        self.shared.webhooks.resend(webhook_id)
    }

    /// Injects a fault into the next `times` requests with this method and path. In the path `*` or `{id}` stands for one
    /// segment. Faults for the same request apply in the order they were given.
    pub fn fault(
        &self,
        method: Method,
        path: &str,
        fault: Fault,
        times: u32,
    ) -> Result<(), FakeGhlError> {
        control::fault(&self.shared, method, path, fault, times)
    }

    /// Injects a fault into every request of this location, known by its token, from now on; `None` ends it. A fault of
    /// [`fault`](Self::fault) comes first.
    pub fn location_fault(
        &self,
        location_id: &str,
        fault: Option<Fault>,
    ) -> Result<(), FakeGhlError> {
        control::location_fault(&self.shared, location_id, fault)
    }

    /// A transport to it without a socket, for tests on virtual time: it answers requests in this process, and only its
    /// [clock](FakeGhlBuilder::clock) takes time. Webhooks are delivered as usual; [`deliveries`](Self::deliveries) lists
    /// them, too.
    pub fn transport(&self) -> FakeTransport {
        FakeTransport::new(Arc::clone(&self.shared))
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// Switches a variant of the answers on or off.
    pub fn set_mode(&self, mode: Mode, on: bool) {
        self.shared.world().modes.set(mode, on);
    }

    /// What a private token may do from now on; `None` for everything. Fails with [`FakeGhlError::UnknownToken`] on a token
    /// that no seed has named.
    pub fn set_scopes(&self, token: &str, scopes: Option<&[&str]>) -> Result<(), FakeGhlError> {
        let owned = |scopes: &[&str]| scopes.iter().map(|&scope| scope.to_owned()).collect();
        control::set_scopes(&self.shared, token, scopes.map(owned))
    }

    /// What users grant to the app when they install it from now on; `None` for everything.
    pub fn set_app_scopes(&self, scopes: Option<&[&str]>) {
        let owned = |scopes: &[&str]| scopes.iter().map(|&scope| scope.to_owned()).collect();
        self.shared.world().grants.app_scopes = scopes.map(owned);
    }

    /// A location is paused (`false`): its calls are refused with 401, its grant's renewal with 400.
    pub fn set_active(&self, location_id: &str, active: bool) -> Result<(), FakeGhlError> {
        control::set_active(&self.shared, location_id, active)
    }

    /// Whether the agency's plan lets it make locations over the API. It does unless the seed says otherwise.
    pub fn set_makes_locations(&self, company_id: &str, makes: bool) {
        let mut world = self.shared.world();
        world.company(company_id).makes_locations = makes;
    }

    /// How long the list of pipelines trails a write from now on; see [`FakeGhlBuilder::list_lag`].
    pub fn set_list_lag(&self, lag: Duration) {
        let lag = SignedDuration::try_from(lag).unwrap_or(SignedDuration::MAX);
        self.shared.world().lag = lag;
    }

    /// Holds every request with this method and path (a pattern as in [`fault`](Self::fault)) at `point` until the test
    /// lets it go.
    pub fn gate(&self, method: Method, path: &str, point: GatePoint) -> Result<Gate, FakeGhlError> {
        let pattern = faults::Pattern::new(method, path)?;
        Ok(self.shared.gates().open(pattern, point))
    }
}

/// Shows only the address, because the rest holds tokens and personal data.
impl fmt::Debug for FakeGhl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeGhl")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

impl Drop for FakeGhl {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
