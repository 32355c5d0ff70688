//! Calls that workflows tell of: by a *Webhook* step, or as a marketplace action that is the recipe itself.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Deserialize;

use super::accept::name_of_message;
use super::{Acceptance, Engine};
use crate::ids::MessageId;
use crate::message::Direction;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::WorkflowCall;
use crate::recipes::missed_call::store::{DeliveryName, StoreError};
use crate::secret::Private;
use crate::workflows::actions::{Action, ActionAnswer, ActionCall};
use crate::workflows::{NotTaken, WebhookAction, WebhookCall, WebhookFailure};

impl Engine {
    /// Takes a call that a workflow tells of, as if HighLevel's webhook had told of it: it is written when this returns
    /// `Ok`, and a repeat changes nothing ([`WorkflowCall`] says what a repeat is).
    ///
    /// The engine is a [`WebhookAction`] and an [`Action`] as well, so that it can stand behind an endpoint:
    ///
    /// ```
    /// # #[cfg(feature = "axum")]
    /// # fn app(engine: gohighlevel::recipes::missed_call::Engine) -> Result<axum::Router, Box<dyn std::error::Error>> {
    /// use std::sync::Arc;
    /// use gohighlevel::workflows::{SharedSecret, WorkflowEndpoint};
    ///
    /// let engine = Arc::new(engine);
    /// let secret = SharedSecret::new("x-workflow-secret", std::env::var("WORKFLOW_SECRET")?)?;
    /// // A workflow with the trigger *Call Status* and a step *Webhook*:
    /// let told = WorkflowEndpoint::webhook(secret.clone(), engine.clone());
    /// // "Missed-call text back" as a step of anybody's workflow:
    /// let step = WorkflowEndpoint::action(secret, engine);
    /// # let app =
    /// axum::Router::new()
    ///     .route("/workflows/call", told.route())
    ///     .route("/workflows/missed-call-text-back", step.route())
    /// # ; Ok(app) }
    /// ```
    pub async fn accept_workflow_call(
        &self,
        call: &WorkflowCall,
    ) -> Result<Acceptance, StoreError> {
        let now = self.shared.clock.now();
        let Some(site) = self.shared.sites.get(&call.location) else {
            return Ok(Acceptance::Ignored);
        };
        let Some((message, signal)) = call.signal(now) else {
            return Ok(Acceptance::Ignored);
        };
        let says = signal.of_message().unwrap_or("unclear");
        let delivery = DeliveryName {
            name: name_of_message(&call.location, &message, says),
            received_at: now,
        };
        self.take(site, &signal, delivery, None).await
    }
}

#[async_trait]
impl WebhookAction for Engine {
    async fn take(&self, call: WebhookCall) -> Result<(), WebhookFailure> {
        let call = WorkflowCall::from_webhook(&call)?;
        let taken = self.accept_workflow_call(&call).await;
        taken.map(drop).map_err(|error| NotTaken::new(error).into())
    }
}

/// The form of "missed-call text back" as a step of a workflow. All fields may be left out of it; they mean what
/// [`WorkflowCall`] says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MissedCallForm {
    /// The call's id.
    pub message_id: Option<String>,
    /// When the call ended.
    pub ended_at: Option<String>,
    /// What became of it.
    pub call_status: Option<String>,
    /// The caller's number.
    pub phone: Option<Private<String>>,
    /// The number of the business.
    pub called_number: Option<Private<String>>,
}

/// The step tells the engine of a missed call of the contact, and the workflow goes on. Its answer has one field:
/// `missed_call` is `taken`, `repeated` or `ignored`.
#[async_trait]
impl Action for Engine {
    type Data = MissedCallForm;

    async fn run(&self, call: ActionCall<MissedCallForm>) -> Result<ActionAnswer, NotTaken> {
        let (location, contact) = (call.extras.location(), call.extras.contact());
        let (Some(location), Some(contact)) = (location, contact) else {
            return Err(NotTaken::new(
                "the step was called without a location or a contact",
            ));
        };
        let form = call.data;
        let told = WorkflowCall {
            message: form.message_id.and_then(|id| MessageId::new(id).ok()),
            ended_at: form
                .ended_at
                .and_then(|time| time.parse::<Timestamp>().ok()),
            status: form.call_status,
            direction: Some(Direction::Inbound),
            caller: form.phone,
            called: form
                .called_number
                .and_then(|number| PhoneNumber::parse(&number).ok()),
            run: call.extras.status_id(),
            body_sha256: Some(call.body_sha256),
            ..WorkflowCall::new(location, contact)
        };
        let taken = self
            .accept_workflow_call(&told)
            .await
            .map_err(NotTaken::new)?;
        let word = match taken {
            Acceptance::Taken => "taken",
            Acceptance::Duplicate => "repeated",
            Acceptance::Ignored => "ignored",
        };
        ActionAnswer::new(&serde_json::json!({ "missed_call": word }))
    }
}
