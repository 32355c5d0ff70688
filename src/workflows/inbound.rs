//! Inbound webhooks: a workflow that starts when something is posted to an address of its own.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use serde_with::serde_as;

use super::highlevel_url::{HighLevelUrl, InvalidUrl};
use crate::api::workflows::Workflows;
use crate::client::ReplaySafety;
use crate::error::{Error, Result};
use crate::ids::LocationId;
use crate::lenient::Lenient;
use crate::secret::Private;

const OPERATION: &str = "workflows.send_inbound";

/// The address of a workflow's *Inbound Webhook* trigger, as the workflow's author copies it from HighLevel. Anyone
/// who knows it can start the workflow, so it is a secret and does not print.
///
/// ```
/// use gohighlevel::workflows::InboundWebhookUrl;
///
/// let url: InboundWebhookUrl =
///     "https://services.leadconnectorhq.com/hooks/ve9EPM428h8vShlRW1KT/webhook-trigger/1b2c3d4e".parse()?;
/// assert_eq!(url.location().as_str(), "ve9EPM428h8vShlRW1KT");
/// assert!(!format!("{url:?}").contains("1b2c"));
/// assert!("https://evil.example/hooks/l/webhook-trigger/x".parse::<InboundWebhookUrl>().is_err());
/// # Ok::<(), gohighlevel::workflows::InvalidUrl>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct InboundWebhookUrl {
    url: HighLevelUrl,
    location: LocationId,
}

impl InboundWebhookUrl {
    /// The location whose workflow it starts.
    pub fn location(&self) -> &LocationId {
        &self.location
    }

    /// The address itself. Do not log it.
    pub fn expose(&self) -> &str {
        self.url.as_str()
    }
}

impl FromStr for InboundWebhookUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let url = HighLevelUrl::parse(text, "/hooks/")?;
        let location = match url.segments().as_slice() {
            ["hooks", location, "webhook-trigger", id] if !id.is_empty() => {
                LocationId::new(*location).ok()
            }
            _ => None,
        };
        let location = location.ok_or(InvalidUrl::new(
            "it is not of the form /hooks/{location}/webhook-trigger/{id}",
        ))?;
        Ok(Self { url, location })
    }
}

impl fmt::Debug for InboundWebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundWebhookUrl")
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}

/// What a workflow is given: one JSON object whose keys hold no white space.
///
/// The workflow's first step finds or makes the contact by what is in here, so it needs an e-mail address or a phone
/// number, under a key that the workflow's author maps. Lists cannot be mapped, except by HighLevel's array steps.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct InboundPayload(Private<Map<String, Value>>);

impl InboundPayload {
    /// Checks a value that serialises as an object.
    pub fn new(value: &impl Serialize) -> Result<Self, InvalidPayload> {
        let Ok(Value::Object(fields)) = serde_json::to_value(value) else {
            return Err(InvalidPayload::NotAnObject);
        };
        check_keys(&fields)?;
        Ok(Self(Private::new(fields)))
    }

    pub(super) fn as_value(&self) -> Value {
        Value::Object((*self.0).clone())
    }
}

fn check_keys(fields: &Map<String, Value>) -> Result<(), InvalidPayload> {
    for (key, value) in fields {
        if key.is_empty() || key.contains(char::is_whitespace) {
            let key = key.as_str().into();
            return Err(InvalidPayload::Key { key });
        }
        check_inside(value)?;
    }
    Ok(())
}

fn check_inside(value: &Value) -> Result<(), InvalidPayload> {
    match value {
        Value::Object(fields) => check_keys(fields),
        Value::Array(items) => items.iter().try_for_each(check_inside),
        _ => Ok(()),
    }
}

/// A value that HighLevel's inbound webhooks and triggers cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPayload {
    /// It is not a JSON object.
    #[error("the payload is not a JSON object; give a struct or a map with keys of text")]
    NotAnObject,
    /// A key is empty or holds white space, and could not be mapped in the workflow.
    #[error("a key of the payload is empty or holds white space; rename it, for example with `_`")]
    Key {
        /// The key.
        key: Private<String>,
    },
}

/// What HighLevel answered to an inbound webhook. All of these come with status 200, and **none proves that a workflow
/// ran**, or ever will: let the workflow do something that can be seen, such as adding a tag, where that matters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InboundReceipt {
    /// The address is that of a published workflow, and HighLevel means to run it.
    Queued {
        /// HighLevel's name for this request.
        id: Option<String>,
    },
    /// No workflow takes it: the workflow is a draft, or no longer has this trigger, or never existed. HighLevel shows
    /// the payload as a sample to users who edit the workflow.
    NotLive,
    /// Neither; HighLevel says yes in other words than those that are known.
    Unclear,
}

#[serde_as]
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    status: Option<String>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    id: Option<String>,
}

impl Answer {
    fn receipt(self) -> InboundReceipt {
        let status = self.status.unwrap_or_default().to_ascii_lowercase();
        if status.contains("test request") {
            InboundReceipt::NotLive
        } else if status.contains("execution server") {
            InboundReceipt::Queued { id: self.id }
        } else {
            InboundReceipt::Unclear
        }
    }
}

impl Workflows<'_> {
    /// Starts a workflow by its inbound webhook. No token goes with it. HighLevel bills each execution.
    ///
    /// It is sent once: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome) the workflow may run or not.
    /// Fails with [`Config`](crate::error::ErrorKind::Config) if the address belongs to another location.
    pub async fn send_inbound(
        &self,
        url: &InboundWebhookUrl,
        payload: &InboundPayload,
    ) -> Result<InboundReceipt> {
        if url.location != *self.location.id() {
            let problem = "the inbound webhook belongs to another location";
            return Err(Error::config(OPERATION, problem));
        }
        let request = url
            .url
            .post()
            .operation(OPERATION)
            .bearer(None)
            .replay(ReplaySafety::Once)
            .json(payload);
        let answer: Answer = self.location.send(request).await?;
        Ok(answer.receipt())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_payload_is_an_object_with_keys_that_can_be_mapped() {
        for good in [json!({}), json!({"phone": "+1", "a": {"b": [{"c": 1}]}})] {
            assert!(InboundPayload::new(&good).is_ok(), "{good}");
        }
        for bad in [json!([]), json!("x"), json!(null), json!(1)] {
            assert_eq!(InboundPayload::new(&bad), Err(InvalidPayload::NotAnObject));
        }
        for bad in [
            json!({"a b": 1}),
            json!({"": 1}),
            json!({"a": {"b\t": 1}}),
            json!({"a": [{"+1 312": 1}]}),
        ] {
            let error = InboundPayload::new(&bad).unwrap_err();
            assert!(matches!(error, InvalidPayload::Key { .. }));
            assert!(!format!("{error} {error:?}").contains("312"));
        }
    }

    #[test]
    fn an_answer_is_read_by_its_words() {
        let read = |answer: Value| serde_json::from_value::<Answer>(answer).unwrap().receipt();
        assert_eq!(
            read(
                json!({"status": "Success: request sent to trigger execution server", "id": "r1"})
            ),
            InboundReceipt::Queued {
                id: Some("r1".into())
            }
        );
        assert_eq!(
            read(json!({"status": "Success: test request received"})),
            InboundReceipt::NotLive
        );
        for other in [
            json!({}),
            json!({"status": null}),
            json!({"status": "Success"}),
        ] {
            assert_eq!(read(other), InboundReceipt::Unclear);
        }
    }
}
