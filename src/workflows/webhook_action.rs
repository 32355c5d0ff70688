//! The steps *Webhook* and *Custom Webhook* of workflows: anybody who edits a workflow can point one at a service.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::actions::ActionAnswer;
use super::coerce::{InvalidField, coerce};
use super::endpoint::{
    ProvenRequest, Refusal, Service, StepError, WorkflowEndpoint, WorkflowEndpointBuilder, to_json,
};
use crate::digest::sha256_hex;
use crate::secret::Private;

/// Handles the requests of a step. An `Arc` of one is one too.
#[async_trait]
pub trait WebhookAction: Send + Sync + 'static {
    /// Handles one request. Return `Ok` only when it is durable: HighLevel is known not to send it again, whatever the
    /// answer.
    ///
    /// The answer's fields are sent beside `"success": true`; a *Custom Webhook* step can keep them for later steps.
    async fn handle(&self, call: WebhookCall) -> Result<ActionAnswer, StepError>;
}

/// What a step sent: a JSON object, or parameters of the address.
///
/// A *Webhook* step sends the contact in fields that HighLevel does not specify, and what its author added under
/// `customData`, also as JSON in a text; a *Custom Webhook* step sends what its author wrote. A field is looked for in `customData` first, then
/// beside it, then in the address. What counts as missing in one place is looked for in the next: null, empty text, and
/// a merge field that HighLevel left as it is (`{{contact.phone}}`).
#[derive(Debug, Clone, PartialEq)]
pub struct WebhookCall {
    fields: Private<Map<String, Value>>,
    body_sha256: String,
}

impl WebhookCall {
    /// Reads a body and the parameters of the address. An empty body is an object without fields.
    pub(super) fn read(query: Vec<(String, String)>, body: &[u8]) -> Option<Self> {
        let mut fields: Map<String, Value> = query
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        if !body.iter().all(u8::is_ascii_whitespace) {
            let sent: Map<String, Value> = serde_json::from_slice(body).ok()?;
            for (name, value) in sent {
                if is_there(&value) || !fields.contains_key(&name) {
                    fields.insert(name, value);
                }
            }
        }
        if let Some(custom) = fields.get_mut("customData")
            && let Some(text) = custom.as_str()
            && let Ok(parsed) = serde_json::from_str::<Map<String, Value>>(text)
        {
            *custom = Value::Object(parsed);
        }
        Some(Self {
            fields: Private::new(fields),
            body_sha256: sha256_hex(body),
        })
    }

    /// A field by its name, unless it counts as missing.
    pub fn field(&self, name: &str) -> Option<&Value> {
        let custom = self
            .fields
            .get("customData")
            .and_then(|data| data.get(name));
        [custom, self.fields.get(name)]
            .into_iter()
            .flatten()
            .find(|value| is_there(value))
    }

    /// A field as text, if it is text or a number.
    pub fn text(&self, name: &str) -> Option<String> {
        self.field(name).and_then(text_of)
    }

    /// All fields as a type of the service's own; text is read as a number or a truth where the type asks for one. What
    /// counts as missing is missing here too, so that only an `Option` or a default takes it.
    pub fn read_as<T: DeserializeOwned>(&self) -> Result<T, InvalidField> {
        let mut fields = (*self.fields).clone();
        if let Some(Value::Object(custom)) = fields.remove("customData") {
            fields.extend(custom.into_iter().filter(|(_, value)| is_there(value)));
        }
        fields.retain(|_, value| is_there(value));
        coerce(Value::Object(fields))
    }

    /// What was sent: the fields of the body, `customData` among them, over those of the address. Do not log it.
    pub fn raw(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// SHA-256 of the body in lower-case hex: evidence of what was received that holds nothing personal.
    pub fn body_sha256(&self) -> &str {
        &self.body_sha256
    }
}

/// Whether the author of the step gave a value at all.
pub(crate) fn is_there(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => {
            let text = text.trim();
            let left_as_it_is = text.starts_with("{{") && text.ends_with("}}");
            !(text.is_empty() || left_as_it_is)
        }
        _ => true,
    }
}

/// Text or a number as text.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[async_trait]
impl<A: WebhookAction + ?Sized> WebhookAction for Arc<A> {
    async fn handle(&self, call: WebhookCall) -> Result<ActionAnswer, StepError> {
        (**self).handle(call).await
    }
}

impl WorkflowEndpointBuilder {
    /// The address of *Webhook* and *Custom Webhook* steps. It takes POST, PUT, GET and DELETE, which a *Custom Webhook*
    /// can be set to.
    pub fn webhook(self, action: impl WebhookAction) -> WorkflowEndpoint {
        self.serving(Steps(action))
    }
}

struct Steps<A>(A);

#[async_trait]
impl<A: WebhookAction> Service for Steps<A> {
    fn methods(&self) -> &'static [Method] {
        &[Method::POST, Method::PUT, Method::GET, Method::DELETE]
    }

    async fn serve(&self, request: ProvenRequest) -> Result<Bytes, Refusal> {
        let call = WebhookCall::read(request.query, &request.body)
            .ok_or_else(|| Refusal::Invalid("the body is not a JSON object".into()))?;
        let mut answer = self.0.handle(call).await?.into_fields();
        answer.insert("success".to_owned(), Value::Bool(true));
        to_json(&answer)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    fn call(query: &[(&str, &str)], body: Value) -> WebhookCall {
        let query = query
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect();
        WebhookCall::read(query, body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn custom_data_comes_before_the_rest() {
        let call = call(
            &[("a", "address"), ("d", "4")],
            json!({"a": "body", "b": "{{contact.phone}}", "c": "", "customData": {"a": "custom", "b": null}}),
        );
        assert_eq!(call.text("a").as_deref(), Some("custom"));
        assert_eq!(call.text("d").as_deref(), Some("4"));
        assert!(call.field("b").is_none() && call.field("c").is_none());
        #[derive(Deserialize)]
        struct Form {
            a: String,
            d: u8,
        }
        let form: Form = call.read_as().unwrap();
        assert_eq!((form.a.as_str(), form.d), ("custom", 4));
        assert!(!format!("{call:?}").contains("custom"));
    }

    #[test]
    fn custom_data_may_be_json_in_a_text() {
        let read = call(
            &[],
            json!({"a": "body", "customData": "{\"a\": \"custom\"}"}),
        );
        assert_eq!(read.text("a").as_deref(), Some("custom"));
        let other = call(&[], json!({"a": "body", "customData": "[1]"}));
        assert_eq!(other.text("a").as_deref(), Some("body"));
    }

    #[test]
    fn what_is_missing_hides_nothing() {
        let call = call(
            &[("a", "address"), ("b", "address"), ("e", "{{contact.id}}")],
            json!({"a": null, "b": "{{contact.phone}}", "c": "body", "d": "body", "f": "",
                "customData": {"c": " ", "d": "{{contact.name}}"}}),
        );
        #[derive(Debug, PartialEq, Deserialize)]
        struct Form {
            a: String,
            b: String,
            c: String,
            d: String,
            e: Option<String>,
            f: Option<String>,
        }
        let form: Form = call.read_as().unwrap();
        for (name, read, expected) in [
            ("a", form.a, "address"),
            ("b", form.b, "address"),
            ("c", form.c, "body"),
            ("d", form.d, "body"),
        ] {
            assert_eq!(read, expected, "{name}");
            assert_eq!(call.text(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!((form.e, form.f), (None, None));
        assert!(call.text("e").is_none() && call.text("f").is_none());
        #[derive(Debug, Deserialize)]
        struct Needed {
            #[serde(rename = "e")]
            _e: String,
        }
        let error = call.read_as::<Needed>().unwrap_err().to_string();
        assert_eq!(error, "the field `e` cannot be read: it is missing");
    }

    #[test]
    fn a_body_is_an_object_or_nothing() {
        assert!(WebhookCall::read(Vec::new(), b" \n").is_some());
        for bad in ["[]", "x", "1", "null"] {
            assert!(
                WebhookCall::read(Vec::new(), bad.as_bytes()).is_none(),
                "{bad}"
            );
        }
    }
}
