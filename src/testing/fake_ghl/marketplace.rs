//! The parts of a marketplace app: triggers that subscribe to it, its steps in workflows, and inbound webhooks.
//!
//! Workflows themselves do not run here: a test adds a trigger to one, or lets a contact reach a
//! step, and FakeGhl asks the app as HighLevel does. What the app sends back is among the requests.

use std::fmt;

use serde_json::{Value, json};
use url::Url;

use super::answer::{Answer, Outcome};
use super::error::FakeGhlError;
use super::outgoing;
use super::request::ApiRequest;
use super::shared::Shared;
use super::values::{fresh_id, fresh_uuid};
use super::webhooks::webhook_url;
use super::world::World;

/// HighLevel's host in the addresses that it gives out, which a client replaces by its base URL.
const HOST: &str = "https://services.leadconnectorhq.com";

/// An address of the app, with the headers that were configured beside it.
#[derive(Clone)]
pub struct AppUrl {
    url: Url,
    headers: Vec<(String, String)>,
}

impl AppUrl {
    /// Plain `http` only.
    pub fn new(url: &str) -> Result<Self, FakeGhlError> {
        Ok(Self {
            url: webhook_url(url)?,
            headers: Vec::new(),
        })
    }

    /// With this header in each request.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) async fn ask(&self, body: &Value) -> Result<AppAnswer, FakeGhlError> {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let (status, body) = outgoing::post(&self.url, &headers, body.to_string())
            .await
            .map_err(FakeGhlError::NoAnswer)?;
        Ok(AppAnswer {
            status: status.as_u16(),
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }
}

impl fmt::Debug for AppUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppUrl")
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

/// What the app answered.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct AppAnswer {
    /// Its status.
    pub status: u16,
    /// Its body; null if it is not JSON.
    pub body: Value,
}

impl fmt::Debug for AppAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppAnswer")
            .field("status", &self.status)
            .field("body", &"[private]")
            .finish()
    }
}

/// The app's trigger in a workflow.
#[derive(Debug, Clone)]
pub struct WorkflowTrigger {
    /// Where.
    pub location_id: String,
    /// In which workflow; any id.
    pub workflow_id: String,
    /// The trigger's key.
    pub key: String,
    /// Its filters, as HighLevel words them; an empty list for none.
    pub filters: Value,
}

/// A contact that reaches the app's step in a workflow.
#[derive(Clone)]
pub struct WorkflowStep {
    /// Where.
    pub location_id: String,
    /// In which workflow; any id.
    pub workflow_id: String,
    /// Who.
    pub contact_id: String,
    /// The step's key.
    pub key: String,
    /// What the step's form holds.
    pub data: Value,
    /// Whether the workflow waits until the app resumes it.
    pub pauses: bool,
}

impl fmt::Debug for WorkflowStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkflowStep")
            .field("location_id", &self.location_id)
            .field("workflow_id", &self.workflow_id)
            .field("contact_id", &self.contact_id)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// What FakeGhl remembers of all this.
#[derive(Default)]
pub(super) struct Marketplace {
    triggers: Vec<Subscribed>,
    /// Location and id of each inbound webhook, and whether its workflow is published.
    inbound: Vec<(String, String, bool)>,
    /// `statusId` and location of each contact that waits at a step.
    paused: Vec<(String, String)>,
}

/// A trigger in a workflow, and the app's address for what happens to it.
#[derive(Clone)]
struct Subscribed {
    id: String,
    trigger: WorkflowTrigger,
    app: AppUrl,
}

impl Subscribed {
    fn event(&self, what: &str, world: &World) -> Value {
        let WorkflowTrigger {
            location_id,
            workflow_id,
            key,
            filters,
        } = &self.trigger;
        let (app, id) = (&world.app_id, &self.id);
        json!({
            "triggerData": {
                "id": id, "key": key, "filters": filters, "eventType": what,
                "targetUrl": format!("{HOST}/workflows-marketplace/triggers/execute/{app}/{id}"),
            },
            "meta": { "key": key, "version": "1.0" },
            "extras": {
                "locationId": location_id, "workflowId": workflow_id,
                "companyId": world.company_of(location_id),
            },
        })
    }
}

/// A user adds the trigger to a workflow; answers its id and what the app answered.
pub(super) async fn add_trigger(
    shared: &Shared,
    app: &AppUrl,
    trigger: &WorkflowTrigger,
) -> Result<(String, AppAnswer), FakeGhlError> {
    let subscribed = Subscribed {
        id: fresh_id(),
        trigger: trigger.clone(),
        app: app.clone(),
    };
    let event = {
        let mut world = shared.world();
        if !world.locations.contains_key(&trigger.location_id) {
            return Err(FakeGhlError::UnknownLocation(trigger.location_id.clone()));
        }
        let event = subscribed.event("CREATED", &world);
        world.marketplace.triggers.push(subscribed.clone());
        event
    };
    Ok((subscribed.id, app.ask(&event).await?))
}

/// A user changes the trigger's filters, or removes it (`None`).
pub(super) async fn change_trigger(
    shared: &Shared,
    id: &str,
    filters: Option<Value>,
) -> Result<AppAnswer, FakeGhlError> {
    let (app, event) = {
        let mut world = shared.world();
        let triggers = &mut world.marketplace.triggers;
        let position = triggers.iter().position(|known| known.id == id);
        let position = position.ok_or_else(|| FakeGhlError::UnknownTrigger(id.to_owned()))?;
        let (subscribed, what) = match filters {
            Some(filters) => {
                triggers[position].trigger.filters = filters;
                (triggers[position].clone(), "UPDATED")
            }
            None => (triggers.remove(position), "DELETED"),
        };
        let event = subscribed.event(what, &world);
        (subscribed.app, event)
    };
    app.ask(&event).await
}

/// The trigger is gone, and the app is not notified.
pub(super) fn lose_trigger(shared: &Shared, id: &str) {
    let triggers = &mut shared.world().marketplace.triggers;
    triggers.retain(|known| known.id != id);
}

/// Makes an inbound webhook; answers its address.
pub(super) fn inbound_webhook(
    shared: &Shared,
    location_id: &str,
    published: bool,
) -> Result<String, FakeGhlError> {
    let mut world = shared.world();
    if !world.locations.contains_key(location_id) {
        return Err(FakeGhlError::UnknownLocation(location_id.to_owned()));
    }
    let id = fresh_uuid();
    let url = format!("{HOST}/hooks/{location_id}/webhook-trigger/{id}");
    let inbound = &mut world.marketplace.inbound;
    inbound.push((location_id.to_owned(), id, published));
    Ok(url)
}

/// A contact reaches the step; answers what the app answered.
pub(super) async fn run_step(
    shared: &Shared,
    app: &AppUrl,
    step: &WorkflowStep,
) -> Result<AppAnswer, FakeGhlError> {
    let mut extras = json!({
        "locationId": step.location_id, "contactId": step.contact_id, "workflowId": step.workflow_id,
    });
    if step.pauses {
        let status_id = fresh_id();
        extras["key"] = json!(step.key);
        extras["statusId"] = json!(status_id);
        extras["stepId"] = json!(fresh_uuid());
        extras["stepIndex"] = json!(0);
        let mut world = shared.world();
        let paused = &mut world.marketplace.paused;
        paused.push((status_id, step.location_id.clone()));
    }
    let body = json!({
        "data": step.data, "extras": extras, "meta": { "key": step.key, "version": "1.0" },
    });
    app.ask(&body).await
}

/// Answers `/workflows-marketplace/…` for a location's token. What HighLevel says to a target or a step that is no more
/// is not documented; it is taken to be a 404.
pub(super) fn answer(world: &mut World, location: &str, request: &ApiRequest) -> Outcome {
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let body = request.body()?;
    match (request.method.as_str(), segments.as_slice()) {
        ("POST", [_, "triggers", "execute", _, id]) => {
            let mut triggers = world.marketplace.triggers.iter();
            let known = triggers.find(|known| known.id == *id);
            let known = known.ok_or_else(|| Answer::not_found("Trigger", id))?;
            if known.trigger.location_id != location {
                return Err(Answer::wrong_location());
            }
            Ok(Answer::ok(json!({ "success": true })))
        }
        ("POST", [_, "actions", "resume-internal-action"]) => {
            let status_id = body.get("statusId").and_then(Value::as_str);
            let status_id = status_id.unwrap_or_default();
            let paused = &mut world.marketplace.paused;
            let waits = |(id, place): &(String, String)| id == status_id && place == location;
            let position = paused.iter().position(waits);
            let position = position.ok_or_else(|| Answer::not_found("Status", status_id))?;
            paused.remove(position);
            Ok(Answer::ok(json!({ "success": true })))
        }
        _ => Err(Answer::unknown_route()),
    }
}

/// Answers `/hooks/…`, which asks for no token. HighLevel says yes to everything that is an object.
pub(super) fn inbound(world: &World, request: &ApiRequest) -> Outcome {
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let [_, location, "webhook-trigger", id] = segments.as_slice() else {
        return Err(Answer::unknown_route());
    };
    request.body()?;
    let mut known = world.marketplace.inbound.iter();
    let live = known.any(|(place, hook, published)| place == location && hook == id && *published);
    Ok(Answer::ok(if live {
        json!({ "status": "Success: request sent to trigger execution server", "id": fresh_id() })
    } else {
        json!({ "status": "Success: test request received" })
    }))
}
