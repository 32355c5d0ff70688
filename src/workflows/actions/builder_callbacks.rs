//! Requests of HighLevel's workflow builder while a user sets up a step or a trigger.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use super::call::{Extras, Wire};
use super::forms::{Choice, FormField, FormSection};
use crate::secret::Private;
use crate::workflows::endpoint::{
    ProvenRequest, Refusal, Service, Unavailable, WorkflowEndpoint, WorkflowEndpointBuilder,
    to_json,
};

/// What is known while a user fills in a form.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FormContext {
    /// What the form holds so far, as HighLevel sent it, `branches` among it; null if it sent nothing.
    pub data: Private<Value>,
    /// The location, contact and workflow; empty for the choices of a plain select.
    pub extras: Extras,
    /// The key of the step or the trigger, as the app registered it.
    pub key: Option<String>,
    /// Parameters of the address. They do not print: some services put a token or a number there.
    pub query: Private<Vec<(String, String)>>,
}

impl FormContext {
    fn read(request: ProvenRequest) -> Result<Self, Refusal> {
        let wire = match request.body.is_empty() {
            true => Wire::default(),
            false => Wire::read(&request.body)?,
        };
        Ok(Self {
            data: Private::new(wire.data),
            extras: wire.extras,
            key: wire.meta.and_then(|meta| meta.key),
            query: Private::new(request.query),
        })
    }
}

/// Gives the choices of a select field with an external source. An `Arc` of one is one too, as of its two siblings.
#[async_trait]
pub trait OptionSource: Send + Sync + 'static {
    /// The choices.
    async fn options(&self, context: FormContext) -> Result<Vec<Choice>, Unavailable>;
}

/// Gives the dynamic inputs of a step: fields that depend on those filled in before.
#[async_trait]
pub trait InputSource: Send + Sync + 'static {
    /// The further parts of the form.
    async fn inputs(&self, context: FormContext) -> Result<Vec<FormSection>, Unavailable>;
}

/// Gives the dynamic filters of a trigger.
#[async_trait]
pub trait FilterSource: Send + Sync + 'static {
    /// The further filters.
    async fn filters(&self, context: FormContext) -> Result<Vec<FormField>, Unavailable>;
}

#[async_trait]
impl<S: OptionSource + ?Sized> OptionSource for Arc<S> {
    async fn options(&self, context: FormContext) -> Result<Vec<Choice>, Unavailable> {
        (**self).options(context).await
    }
}

#[async_trait]
impl<S: InputSource + ?Sized> InputSource for Arc<S> {
    async fn inputs(&self, context: FormContext) -> Result<Vec<FormSection>, Unavailable> {
        (**self).inputs(context).await
    }
}

#[async_trait]
impl<S: FilterSource + ?Sized> FilterSource for Arc<S> {
    async fn filters(&self, context: FormContext) -> Result<Vec<FormField>, Unavailable> {
        (**self).filters(context).await
    }
}

impl WorkflowEndpointBuilder {
    /// The address of a select field's external choices. It takes GET and POST.
    pub fn options(self, source: impl OptionSource) -> WorkflowEndpoint {
        self.serving(Options(source))
    }

    /// The address of a step's dynamic inputs.
    pub fn dynamic_inputs(self, source: impl InputSource) -> WorkflowEndpoint {
        self.serving(Inputs(source))
    }

    /// The address of a trigger's dynamic filters.
    pub fn dynamic_filters(self, source: impl FilterSource) -> WorkflowEndpoint {
        self.serving(Filters(source))
    }
}

struct Options<S>(S);

#[async_trait]
impl<S: OptionSource> Service for Options<S> {
    fn methods(&self) -> &'static [Method] {
        &[Method::GET, Method::POST]
    }

    async fn serve(&self, request: ProvenRequest) -> Result<Bytes, Refusal> {
        let options = self.0.options(FormContext::read(request)?).await?;
        to_json(&json!({ "options": options }))
    }
}

struct Inputs<S>(S);

#[async_trait]
impl<S: InputSource> Service for Inputs<S> {
    fn methods(&self) -> &'static [Method] {
        &[Method::POST]
    }

    async fn serve(&self, request: ProvenRequest) -> Result<Bytes, Refusal> {
        let inputs = self.0.inputs(FormContext::read(request)?).await?;
        to_json(&json!({ "inputs": inputs }))
    }
}

struct Filters<S>(S);

#[async_trait]
impl<S: FilterSource> Service for Filters<S> {
    fn methods(&self) -> &'static [Method] {
        &[Method::POST]
    }

    async fn serve(&self, request: ProvenRequest) -> Result<Bytes, Refusal> {
        let filters = self.0.filters(FormContext::read(request)?).await?;
        to_json(&json!({ "filters": filters }))
    }
}
