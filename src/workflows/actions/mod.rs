//! Marketplace actions: a step of workflows that this service carries out.
//!
//! HighLevel posts to the app's action URL for each contact that reaches the step, with what the step's form holds. An
//! [`Action`] says which type that is, and what comes of it:
//!
//! ```
//! use async_trait::async_trait;
//! use gohighlevel::workflows::actions::{Action, ActionAnswer, ActionCall};
//! use gohighlevel::workflows::StepError;
//! use serde::Deserialize;
//!
//! /// The step's form. HighLevel sends numbers as text; the type decides how they are read.
//! #[derive(Deserialize)]
//! struct Visit {
//!     minutes: u32,
//!     #[serde(default)]
//!     rooms: Vec<String>,
//! }
//!
//! struct Price;
//!
//! #[async_trait]
//! impl Action for Price {
//!     type Data = Visit;
//!
//!     async fn run(&self, call: ActionCall<Visit>) -> Result<ActionAnswer, StepError> {
//!         let price = call.data.minutes * 2 + call.data.rooms.len() as u32;
//!         let branch = call.branch("expensive").filter(|_| price > 100);
//!         let answer = ActionAnswer::new(&serde_json::json!({ "price": price }))?;
//!         Ok(answer.branch(branch))
//!     }
//! }
//! ```
//!
//! A step can **pause** the workflow (*Pause execution* in the app's settings): keep the call's [`Extras`], which
//! serialise, and let the contact go on by [`resume`](crate::api::workflows::Workflows::resume).
//!
//! While a user sets up the step, the builder asks for choices, inputs and filters: see [`OptionSource`],
//! [`InputSource`] and [`FilterSource`].
//!
//! The app needs the scope `workflows.readonly`. HighLevel bills each execution.

mod answer;
mod builder_callbacks;
mod call;
mod forms;
mod resume;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use serde::de::DeserializeOwned;

pub use answer::ActionAnswer;
pub use builder_callbacks::{FilterSource, FormContext, InputSource, OptionSource};
pub use call::{ActionCall, Branch, Extras};
pub use forms::{Choice, FieldKind, FormField, FormSection};
pub use resume::ResumeUrl;

use self::call::Wire;
use super::endpoint::{
    ProvenRequest, Refusal, Service, StepError, WorkflowEndpoint, WorkflowEndpointBuilder, to_json,
};

/// A step of workflows. An `Arc` of an action is an action too.
#[async_trait]
pub trait Action: Send + Sync + 'static {
    /// What the step's form holds. Fields arrive as text, as lists of text and as truths; text is read as a number
    /// where a number is asked for, and an empty field as `None`. It must not use `#[serde(flatten)]`, which hides what
    /// is asked for.
    type Data: DeserializeOwned + Send + 'static;

    /// Carries the step out for one contact. The answer's fields can be used by later steps of the workflow.
    ///
    /// HighLevel does not say whether it asks again when an answer is late or lost, and names no call: make what harms
    /// when done twice unique by contact, workflow and step ([`Extras`]).
    async fn run(&self, call: ActionCall<Self::Data>) -> Result<ActionAnswer, StepError>;
}

#[async_trait]
impl<A: Action + ?Sized> Action for Arc<A> {
    type Data = A::Data;

    async fn run(&self, call: ActionCall<Self::Data>) -> Result<ActionAnswer, StepError> {
        (**self).run(call).await
    }
}

impl WorkflowEndpointBuilder {
    /// The action URL of a step.
    pub fn action(self, action: impl Action) -> WorkflowEndpoint {
        self.serving(Steps(action))
    }
}

struct Steps<A>(A);

#[async_trait]
impl<A: Action> Service for Steps<A> {
    fn methods(&self) -> &'static [Method] {
        &[Method::POST]
    }

    async fn serve(&self, request: ProvenRequest) -> Result<Bytes, Refusal> {
        let call = Wire::read(&request.body)?.typed()?;
        to_json(&self.0.run(call).await?)
    }
}
