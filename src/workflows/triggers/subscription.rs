//! Subscriptions: that a workflow somewhere has this app's trigger, and where to fire it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use serde_with::{DefaultOnNull, serde_as};

use super::filter::TriggerFilter;
use crate::client::Request;
use crate::ids::{CompanyId, LocationId, TriggerId, WorkflowId};
use crate::lenient::{Lenient, LenientList};
use crate::workflows::highlevel_url::{HighLevelUrl, InvalidUrl};

/// Names a subscription: one trigger in one workflow of one location.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SubscriptionKey {
    /// Where.
    pub location: LocationId,
    /// In which workflow.
    pub workflow: WorkflowId,
    /// Which of its triggers.
    pub trigger: TriggerId,
}

/// A workflow that starts with this app's trigger. It serialises in a form of its own, for stores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subscription {
    /// Its name.
    pub key: SubscriptionKey,
    /// The trigger's key, as the app registered it.
    pub trigger_key: String,
    /// The version of the app's trigger, such as `2.4`.
    #[serde(default)]
    pub version: Option<String>,
    /// The agency.
    #[serde(default)]
    pub company: Option<CompanyId>,
    /// What the workflow wants to be started by; all of them must let the data pass.
    #[serde(default)]
    pub filters: Vec<TriggerFilter>,
    /// Where it is fired.
    pub target: TargetUrl,
}

impl Subscription {
    /// Whether the workflow wants this data, as far as that can be known here.
    pub fn wants(&self, data: &Value) -> bool {
        self.filters.iter().all(|filter| filter.lets_pass(data))
    }
}

/// Where a subscription is fired: an address on HighLevel's host, below the folder for triggers. The location's token
/// goes there, so nothing else is taken. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct TargetUrl(HighLevelUrl);

impl TargetUrl {
    /// The address itself. Do not log it.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn post(&self) -> Request {
        self.0.post()
    }
}

impl FromStr for TargetUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        HighLevelUrl::parse(text, "/workflows-marketplace/triggers/").map(Self)
    }
}

impl fmt::Debug for TargetUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl Serialize for TargetUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for TargetUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// What HighLevel reports when a user adds, changes or removes the trigger in a workflow.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SubscriptionEvent {
    /// The trigger was put into a workflow.
    Created(Subscription),
    /// Its filters were changed.
    Updated(Subscription),
    /// It was taken out, or the workflow was deleted.
    Deleted(SubscriptionKey),
    /// Something that this release does not know; nothing follows from it.
    Other {
        /// HighLevel's word for it.
        event: String,
    },
}

/// A body that is not a subscription event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidEvent {
    /// It is not a JSON object, or the ids of location, workflow or trigger are missing.
    #[error("the body is not a subscription event of a HighLevel trigger")]
    Shape,
    /// The trigger cannot be fired where it says.
    #[error("the target of the trigger cannot be used: {0}")]
    Target(#[from] InvalidUrl),
}

impl SubscriptionEvent {
    /// Reads the body of HighLevel's request.
    pub fn read(body: &[u8]) -> Result<Self, InvalidEvent> {
        let wire: Wire = serde_json::from_slice(body).map_err(|_| InvalidEvent::Shape)?;
        let Wire {
            trigger_data,
            meta,
            extras,
        } = wire;
        let key = SubscriptionKey {
            location: extras.location_id,
            workflow: extras.workflow_id,
            trigger: trigger_data.id,
        };
        let event = trigger_data
            .event_type
            .unwrap_or_default()
            .to_ascii_uppercase();
        match event.as_str() {
            "DELETED" => return Ok(Self::Deleted(key)),
            "CREATED" | "UPDATED" => {}
            _ => return Ok(Self::Other { event }),
        }
        let subscription = Subscription {
            key,
            trigger_key: trigger_data.key.or(meta.key).ok_or(InvalidEvent::Shape)?,
            version: meta.version,
            company: extras.company_id,
            filters: trigger_data.filters,
            target: trigger_data.target_url.unwrap_or_default().parse()?,
        };
        Ok(match event.as_str() {
            "CREATED" => Self::Created(subscription),
            _ => Self::Updated(subscription),
        })
    }
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    trigger_data: TriggerData,
    #[serde(default)]
    #[serde_as(deserialize_as = "DefaultOnNull")]
    meta: Meta,
    extras: Extras,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TriggerData {
    id: TriggerId,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    key: Option<String>,
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    filters: Vec<TriggerFilter>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    event_type: Option<String>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    target_url: Option<String>,
}

#[serde_as]
#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    key: Option<String>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    version: Option<String>,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extras {
    location_id: LocationId,
    workflow_id: WorkflowId,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    company_id: Option<CompanyId>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The sample of HighLevel's page.
    fn sample(event: &str) -> Value {
        json!({
            "triggerData": {
                "id": "def", "key": "trigger_a",
                "filters": [{"field": "country", "id": "country", "operator": "==", "title": "Country",
                             "type": "select", "value": "USA"}],
                "eventType": event,
                "targetUrl": "https://services.leadconnectorhq.com/workflows-marketplace/triggers/execute/abc/def",
            },
            "meta": {"key": "trigger_a", "version": "2.4"},
            "extras": {"locationId": "ghj", "workflowId": "qwe", "companyId": "asd"},
        })
    }

    fn read(value: &Value) -> Result<SubscriptionEvent, InvalidEvent> {
        SubscriptionEvent::read(value.to_string().as_bytes())
    }

    #[test]
    fn the_documented_event_is_read() {
        let Ok(SubscriptionEvent::Created(subscription)) = read(&sample("CREATED")) else {
            panic!("a created subscription");
        };
        assert_eq!(subscription.key.location.as_str(), "ghj");
        assert_eq!(subscription.key.workflow.as_str(), "qwe");
        assert_eq!(subscription.key.trigger.as_str(), "def");
        assert_eq!(subscription.trigger_key, "trigger_a");
        assert_eq!(subscription.version.as_deref(), Some("2.4"));
        assert!(subscription.wants(&json!({"country": "USA"})));
        assert!(!subscription.wants(&json!({"country": "CAN"})));
        let printed = format!("{subscription:?}");
        assert!(
            !printed.contains("execute/abc") && !printed.contains("USA"),
            "{printed}"
        );
        let stored = serde_json::to_string(&subscription).unwrap();
        let read_back: Subscription = serde_json::from_str(&stored).unwrap();
        assert_eq!(read_back, subscription);
        assert!(matches!(
            read(&sample("UPDATED")),
            Ok(SubscriptionEvent::Updated(_))
        ));
    }

    #[test]
    fn null_is_as_good_as_left_out() {
        let mut event = sample("CREATED");
        event["meta"] = Value::Null;
        event["triggerData"]["filters"] = Value::Null;
        let Ok(SubscriptionEvent::Created(subscription)) = read(&event) else {
            panic!("a created subscription");
        };
        assert_eq!(subscription.trigger_key, "trigger_a");
        assert_eq!(subscription.version, None);
        assert!(subscription.filters.is_empty());
        event["extras"] = Value::Null;
        assert_eq!(read(&event), Err(InvalidEvent::Shape));
    }

    #[test]
    fn a_removal_needs_no_target_and_the_rest_does() {
        let mut event = sample("DELETED");
        event["triggerData"]["targetUrl"] = Value::Null;
        assert!(matches!(read(&event), Ok(SubscriptionEvent::Deleted(_))));
        event["triggerData"]["eventType"] = json!("CREATED");
        assert!(matches!(read(&event), Err(InvalidEvent::Target(_))));
        event["triggerData"]["targetUrl"] =
            json!("https://evil.example/workflows-marketplace/triggers/x");
        assert!(matches!(read(&event), Err(InvalidEvent::Target(_))));
        let other = sample("PAUSED");
        assert!(
            matches!(read(&other), Ok(SubscriptionEvent::Other { event }) if event == "PAUSED")
        );
        for bad in [
            json!([]),
            json!({}),
            json!({"triggerData": {}, "extras": {}}),
        ] {
            assert_eq!(read(&bad), Err(InvalidEvent::Shape), "{bad}");
        }
    }
}
