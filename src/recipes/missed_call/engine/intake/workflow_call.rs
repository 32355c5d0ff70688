//! Calls that workflows tell of: by a *Webhook* step, or as a marketplace action that is the recipe itself.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::tz::TimeZone;

use super::accept::name_of_message;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::compliance::zone;
use crate::recipes::missed_call::engine::{Acceptance, Engine, LocationEntry};
use crate::recipes::missed_call::store::{DeliveryName, StoreError};
use crate::recipes::missed_call::{MissedCallForm, WorkflowCall};
use crate::workflows::actions::{Action, ActionAnswer, ActionCall};
use crate::workflows::{StepError, Unavailable, WebhookAction, WebhookCall};

/// Says what to do and names nothing: it is answered to whoever knows the secret.
const NO_RECIPE: &str =
    "the location has no recipe here; send the calls of a location that has one";
const NOT_BOUND: &str = "this address takes no calls of that location; use the address and the secret that were made for the location";

impl Engine {
    /// Takes a call that a workflow tells of, as if HighLevel's webhook had told of it: it is written when this returns
    /// `Ok`, and a repeat changes nothing ([`WorkflowCall`] says what a repeat is). One of a location without a recipe is
    /// ignored and logged.
    ///
    /// The call's location is believed. Behind an endpoint it is what the request says, and a secret proves no location:
    /// where several locations share a secret, each can speak for the others. So for *Webhook* steps, whose headers
    /// everybody can read who edits the location's workflows, give each location an endpoint of its own
    /// ([`for_workflows_of`](Self::for_workflows_of)). A marketplace action has one secret for all locations, which its
    /// developers alone see; there the engine itself is the [`Action`]:
    ///
    /// ```
    /// # #[cfg(feature = "axum")]
    /// # fn app(engine: gohighlevel::recipes::missed_call::Engine) -> Result<axum::Router, Box<dyn std::error::Error>> {
    /// use std::sync::Arc;
    /// use gohighlevel::ids::LocationId;
    /// use gohighlevel::workflows::{SharedSecret, WorkflowEndpoint};
    ///
    /// // A workflow of one location, with the trigger *Call Status* and a step *Webhook*:
    /// let soleil = engine.for_workflows_of([LocationId::new("ve9EPM428h8vShlRW1KT")?]);
    /// let secret = SharedSecret::new("x-workflow-secret", std::env::var("SOLEIL_SECRET")?)?;
    /// let told = WorkflowEndpoint::builder(secret).webhook(soleil);
    /// // "Missed-call text back" as a step of anybody's workflow:
    /// let secret = SharedSecret::new("x-workflow-secret", std::env::var("ACTION_SECRET")?)?;
    /// let step = WorkflowEndpoint::builder(secret).action(engine);
    /// # let app =
    /// axum::Router::new()
    ///     .route("/workflows/soleil/call", told.route())
    ///     .route("/workflows/missed-call-text-back", step.route())
    /// # ; Ok(app) }
    /// ```
    pub async fn accept_workflow_call(
        &self,
        call: &WorkflowCall,
    ) -> Result<Acceptance, StoreError> {
        match self.site_of_workflow(&call.location) {
            Some(site) => self.take_workflow_call(site, call).await,
            None => Ok(Acceptance::Ignored),
        }
    }

    /// This engine for workflows of these locations alone: calls of all others are refused.
    pub fn for_workflows_of(
        &self,
        locations: impl IntoIterator<Item = LocationId>,
    ) -> ScopedEngine {
        ScopedEngine {
            engine: self.clone(),
            locations: Arc::new(locations.into_iter().collect()),
        }
    }

    fn site_of_workflow(&self, location: &LocationId) -> Option<&LocationEntry> {
        let site = self.shared.sites.get(location);
        if site.is_none() {
            tracing::warn!(%location, "a workflow tells of a call in a location without a recipe");
        }
        site
    }

    async fn take_workflow_call(
        &self,
        site: &LocationEntry,
        call: &WorkflowCall,
    ) -> Result<Acceptance, StoreError> {
        let call = &*self.by_the_clock(site, call).await;
        let now = self.now_at(call.ended_at).await;
        let Some((message, signal)) = call.signal(now) else {
            return Ok(Acceptance::Ignored);
        };
        let says = signal.dedupe_kind().unwrap_or("unclear");
        let delivery = DeliveryName {
            name: name_of_message(&call.location, &message, says),
            received_at: now,
        };
        self.keep(site, &signal, &delivery, None);
        self.take(site, &signal, delivery, None).await
    }

    /// The call with the time of its end, where that is told by the clock on the wall alone.
    async fn by_the_clock<'c>(
        &self,
        site: &LocationEntry,
        call: &'c WorkflowCall,
    ) -> Cow<'c, WorkflowCall> {
        if call.ended_at.is_some() || call.ended_at_local.is_none() {
            return Cow::Borrowed(call);
        }
        let zone = match &site.recipe.hours {
            Some(hours) => Some(hours.zone().clone()),
            None => self.zone_of(site).await,
        };
        Cow::Owned(call.in_zone(zone.as_ref(), self.shared.clock.now()))
    }

    /// The location's time zone. What was read is kept for an hour; older, it still counts where HighLevel does not answer.
    async fn zone_of(&self, site: &LocationEntry) -> Option<TimeZone> {
        const KEPT: Duration = Duration::from_secs(3600);
        let location = site.location.id();
        let elapsed = self.shared.clock.elapsed();
        let kept = self.shared.zones().get(location).cloned();
        if let Some((zone, read_at)) = &kept
            && elapsed.saturating_sub(*read_at) < KEPT
        {
            return Some(zone.clone());
        }
        let known = || kept.map(|(zone, _)| zone);
        let details = match site.location.details().await {
            Ok(details) => details,
            Err(error) => {
                tracing::warn!(
                    %location,
                    error = &error as &dyn std::error::Error,
                    "the location's time zone could not be read, by which a workflow tells when a call ended"
                );
                return known();
            }
        };
        let zone = details.timezone.and_then(|name| zone(name.trim()));
        let Some(zone) = zone else {
            tracing::warn!(%location, "the location has no time zone, by which a workflow tells when a call ended");
            return known();
        };
        self.shared
            .zones()
            .insert(location.clone(), (zone.clone(), elapsed));
        Some(zone)
    }

    /// What a step that told of this call is answered.
    async fn answer_step(&self, call: &WorkflowCall) -> Result<ActionAnswer, StepError> {
        let Some(site) = self.site_of_workflow(&call.location) else {
            return Err(StepError::Refused(NO_RECIPE.to_owned()));
        };
        let taken = self.take_workflow_call(site, call).await;
        let word = match taken.map_err(Unavailable::new)? {
            Acceptance::Accepted => "taken",
            Acceptance::Duplicate => "repeated",
            Acceptance::Ignored => "ignored",
        };
        Ok(ActionAnswer::new(
            &serde_json::json!({ "missed_call": word }),
        )?)
    }
}

/// An [`Engine`] that takes calls from workflows of some locations alone: what stands behind an endpoint whose secret
/// those locations know. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ScopedEngine {
    engine: Engine,
    locations: Arc<HashSet<LocationId>>,
}

impl ScopedEngine {
    async fn answer_step(&self, call: &WorkflowCall) -> Result<ActionAnswer, StepError> {
        let location = &call.location;
        if !self.locations.contains(location) {
            tracing::warn!(%location, "a workflow tells of a call in a location that it does not speak for");
            return Err(StepError::Refused(NOT_BOUND.to_owned()));
        }
        self.engine.answer_step(call).await
    }
}

// Both stand behind both kinds of endpoint, and every step is answered alike.
macro_rules! behind_endpoints {
    ($($inlet:ty),+) => {$(
        /// A step tells of a missed call. It is answered `missed_call`: `taken`, `repeated` or `ignored`; 400 if the
        /// location is none of those it takes calls of.
        #[async_trait]
        impl WebhookAction for $inlet {
            async fn handle(&self, call: WebhookCall) -> Result<ActionAnswer, StepError> {
                self.answer_step(&WorkflowCall::from_webhook(&call)?).await
            }
        }

        /// The step tells of a missed call of the contact, and the workflow goes on. It is answered `missed_call`:
        /// `taken`, `repeated` or `ignored`; 400 if the location is none of those it takes calls of.
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
