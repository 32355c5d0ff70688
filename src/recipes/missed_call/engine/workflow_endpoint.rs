//! The engine behind the endpoints of workflows: a *Webhook* step, or a marketplace action that is the recipe itself.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::Engine;
use super::acceptance::Acceptance;
use super::intake::Intake;
use crate::ids::LocationId;
use crate::recipes::missed_call::{MissedCallForm, WorkflowCall};
use crate::workflows::actions::{Action, ActionAnswer, ActionCall};
use crate::workflows::{StepError, Unavailable, WebhookAction, WebhookCall};

/// It says what to do and names nothing: everyone who knows the secret can read it.
const NO_RECIPE: &str =
    "the location has no recipe here; send the calls of a location that has one";
const NOT_BOUND: &str = "this address takes no calls of that location; use the address and the secret that were made for the location";

/// The answer to a step that reports this call.
async fn answer_step(intake: &Intake, call: &WorkflowCall) -> Result<ActionAnswer, StepError> {
    let accepted = intake.accept_workflow_call(call).await;
    let word = match accepted.map_err(Unavailable::new)? {
        Some(Acceptance::Accepted) => "taken",
        Some(Acceptance::Duplicate) => "repeated",
        Some(Acceptance::Ignored) => "ignored",
        None => return Err(StepError::Refused(NO_RECIPE.to_owned())),
    };
    Ok(ActionAnswer::new(
        &serde_json::json!({ "missed_call": word }),
    )?)
}

impl Engine {
    async fn answer_step(&self, call: &WorkflowCall) -> Result<ActionAnswer, StepError> {
        answer_step(&self.intake, call).await
    }
}

/// An [`Engine`] that accepts calls from workflows of some locations alone: it serves an endpoint whose secret those
/// locations know. Cheap to clone.
#[derive(Clone)]
pub struct ScopedEngine {
    intake: Arc<Intake>,
    locations: Arc<HashSet<LocationId>>,
}

impl fmt::Debug for ScopedEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedEngine")
            .field("locations", &self.locations)
            .finish_non_exhaustive()
    }
}

impl ScopedEngine {
    pub(super) fn new(
        intake: Arc<Intake>,
        locations: impl IntoIterator<Item = LocationId>,
    ) -> Self {
        Self {
            intake,
            locations: Arc::new(locations.into_iter().collect()),
        }
    }

    async fn answer_step(&self, call: &WorkflowCall) -> Result<ActionAnswer, StepError> {
        let location = &call.location;
        if !self.locations.contains(location) {
            tracing::warn!(%location, "a workflow reports a call in a location that its endpoint does not serve");
            return Err(StepError::Refused(NOT_BOUND.to_owned()));
        }
        answer_step(&self.intake, call).await
    }
}

// Both serve both kinds of endpoint, and every step gets the same answers.
macro_rules! behind_endpoints {
    ($($inlet:ty),+) => {$(
        /// A step reports a missed call. The answer has `missed_call`: `taken`, `repeated` or `ignored`; it is 400 if calls
        /// of the location are not accepted here.
        #[async_trait]
        impl WebhookAction for $inlet {
            async fn handle(&self, call: WebhookCall) -> Result<ActionAnswer, StepError> {
                self.answer_step(&WorkflowCall::from_webhook(&call)?).await
            }
        }

        /// The step reports a missed call of the contact, and the workflow goes on. The answer has `missed_call`: `taken`,
        /// `repeated` or `ignored`; it is 400 if calls of the location are not accepted here.
        #[async_trait]
        impl Action for $inlet {
            type Data = MissedCallForm;

            async fn run(
                &self,
                call: ActionCall<MissedCallForm>,
            ) -> Result<ActionAnswer, StepError> {
                self.answer_step(&WorkflowCall::from_action(&call)?).await
            }
        }
    )+};
}

behind_endpoints!(Engine, ScopedEngine);
