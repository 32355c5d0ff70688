//! What HighLevel's builder asks while somebody sets a step or a trigger up.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use super::call::{Extras, Wire};
use super::forms::{Choice, FormField, FormSection};
use crate::secret::Private;
use crate::workflows::endpoint::{Asked, NotTaken, Refusal, Service, WorkflowEndpoint, written};
use crate::workflows::shared_secret::SharedSecret;

/// What is known while somebody fills a form in.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SetUp {
    /// What the form holds so far, as HighLevel sent it, `branches` among it; null if it sent nothing.
    pub data: Private<Value>,
    /// Where that is. Choices of a plain select are asked for without.
    pub extras: Extras,
    /// The key of the step or the trigger, as the app registered it.
    pub key: Option<String>,
    /// Parameters of the address. They do not print: some services put a token or a number there.
    pub query: Private<Vec<(String, String)>>,
}

impl SetUp {
    fn read(asked: Asked) -> Result<Self, Refusal> {
        let wire = match asked.body.is_empty() {
            true => Wire::default(),
            false => Wire::read(&asked.body)?,
        };
        Ok(Self {
            data: Private::new(wire.data),
            extras: wire.extras,
            key: wire.meta.and_then(|meta| meta.key),
            query: Private::new(asked.query),
        })
    }
}

/// Gives the choices of a select field with an external source.
#[async_trait]
pub trait OptionSource: Send + Sync + 'static {
    /// The choices.
    async fn options(&self, set_up: SetUp) -> Result<Vec<Choice>, NotTaken>;
}

/// Gives the dynamic inputs of a step: fields that depend on those filled in before.
#[async_trait]
pub trait InputSource: Send + Sync + 'static {
    /// The further parts of the form.
    async fn inputs(&self, set_up: SetUp) -> Result<Vec<FormSection>, NotTaken>;
}

/// Gives the dynamic filters of a trigger.
#[async_trait]
pub trait FilterSource: Send + Sync + 'static {
    /// The further filters.
    async fn filters(&self, set_up: SetUp) -> Result<Vec<FormField>, NotTaken>;
}

impl WorkflowEndpoint {
    /// The address of a select field's external choices. It takes GET and POST.
    pub fn options(secret: SharedSecret, source: Arc<dyn OptionSource>) -> Self {
        Self::new(secret, Options(source))
    }

    /// The address of a step's dynamic inputs.
    pub fn dynamic_inputs(secret: SharedSecret, source: Arc<dyn InputSource>) -> Self {
        Self::new(secret, Inputs(source))
    }

    /// The address of a trigger's dynamic filters.
    pub fn dynamic_filters(secret: SharedSecret, source: Arc<dyn FilterSource>) -> Self {
        Self::new(secret, Filters(source))
    }
}

struct Options(Arc<dyn OptionSource>);

#[async_trait]
impl Service for Options {
    fn methods(&self) -> &'static [Method] {
        &[Method::GET, Method::POST]
    }

    async fn serve(&self, asked: Asked) -> Result<Bytes, Refusal> {
        let options = self.0.options(SetUp::read(asked)?).await?;
        written(&json!({ "options": options }))
    }
}

struct Inputs(Arc<dyn InputSource>);

#[async_trait]
impl Service for Inputs {
    fn methods(&self) -> &'static [Method] {
        &[Method::POST]
    }

    async fn serve(&self, asked: Asked) -> Result<Bytes, Refusal> {
        let inputs = self.0.inputs(SetUp::read(asked)?).await?;
        written(&json!({ "inputs": inputs }))
    }
}

struct Filters(Arc<dyn FilterSource>);

#[async_trait]
impl Service for Filters {
    fn methods(&self) -> &'static [Method] {
        &[Method::POST]
    }

    async fn serve(&self, asked: Asked) -> Result<Bytes, Refusal> {
        let filters = self.0.filters(SetUp::read(asked)?).await?;
        written(&json!({ "filters": filters }))
    }
}
