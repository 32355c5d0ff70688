//! HighLevel's workflows in both directions: requests to them, and requests that they make (feature `webhooks`).
//!
//! | a service wants to | it takes | HighLevel's word |
//! |---|---|---|
//! | put a contact into a workflow, or take it out | [`add_contact`](crate::api::workflows::Workflows::add_contact), [`remove_contact`](crate::api::workflows::Workflows::remove_contact) | add to workflow |
//! | start a workflow by an address that its author gave | [`InboundWebhookUrl`], [`send_inbound`](crate::api::workflows::Workflows::send_inbound) | inbound webhook |
//! | be a trigger that workflows begin with | [`triggers`] | marketplace trigger |
//! | be a step of workflows, with an answer | `actions` (feature `webhooks`) | marketplace action |
//! | get requests from a step of a workflow | `WebhookAction` (feature `webhooks`) | webhook, custom webhook |
//!
//! Everything out is sent once: what it sets off cannot be taken back, HighLevel bills most of it, and whether it
//! was done cannot be read. After [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome) a person has to look.
//!
//! Everything in comes **unsigned**: HighLevel signs its webhooks, and none of the requests here. A `WorkflowEndpoint`
//! takes them only with a `SharedSecret` in a header, which is configured in the step.
//!
//! Source: HighLevel's pages *Marketplace Workflow Triggers & Actions*, *Inbound Webhook*, *Webhook* and *Custom
//! Webhook*.

#[cfg(feature = "webhooks")]
pub mod actions;
#[cfg(feature = "webhooks")]
mod coerce;
#[cfg(feature = "webhooks")]
mod endpoint;
mod highlevel_url;
mod inbound;
#[cfg(feature = "axum")]
mod route;
#[cfg(feature = "webhooks")]
mod shared_secret;
pub mod triggers;
#[cfg(feature = "webhooks")]
mod webhook_action;

#[cfg(feature = "webhooks")]
pub use coerce::InvalidField;
#[cfg(feature = "webhooks")]
pub use endpoint::{StepError, Unavailable, WorkflowEndpoint, WorkflowEndpointBuilder};
pub use highlevel_url::InvalidUrl;
pub use inbound::{InboundPayload, InboundReceipt, InboundWebhookUrl, InvalidPayload};
#[cfg(feature = "webhooks")]
pub use shared_secret::{InvalidSecret, SharedSecret};
#[cfg(feature = "webhooks")]
pub use webhook_action::{WebhookAction, WebhookCall};
#[cfg(feature = "missed-call")]
pub(crate) use webhook_action::{is_there, text_of};
