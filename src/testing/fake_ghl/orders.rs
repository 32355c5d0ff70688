//! The bodies of the commands that `console` takes.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::FakeGhlError;
use super::request::ApiRequest;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", untagged, deny_unknown_fields)]
pub(super) enum RemovalOrder {
    #[serde(rename_all = "camelCase")]
    Location { location_id: String },
    #[serde(rename_all = "camelCase")]
    Agency { company_id: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScopesOfToken {
    pub(super) token: String,
    pub(super) scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scopes {
    pub(super) scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Events {
    pub(super) events: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TokenRules {
    pub(super) lifetime_seconds: Option<u64>,
    pub(super) refresh_grace_seconds: Option<u64>,
    pub(super) minted_refresh_tokens: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookUrlOrder {
    pub(super) url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldOrder {
    pub(super) held: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TextReport {
    pub(super) location_id: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Active {
    pub(super) active: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Plan {
    pub(super) makes_locations: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModeOrder {
    pub(super) on: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lag {
    pub(super) milliseconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limit {
    pub(super) requests: u32,
    pub(super) seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    pub(super) seconds: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct InboundOrder {
    pub(super) location_id: String,
    pub(super) published: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultOrder {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) fault: String,
    #[serde(default = "once")]
    pub(super) times: u32,
}

/// `null` ends the fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LocationFaultOrder {
    pub(super) fault: Option<String>,
}

fn once() -> u32 {
    1
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TriggerOrder {
    pub(super) url: String,
    pub(super) location_id: String,
    pub(super) workflow_id: String,
    pub(super) key: String,
    #[serde(default)]
    pub(super) filters: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FiltersOrder {
    pub(super) filters: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StepOrder {
    pub(super) url: String,
    pub(super) location_id: String,
    pub(super) workflow_id: String,
    pub(super) contact_id: String,
    pub(super) key: String,
    #[serde(default)]
    pub(super) data: Value,
    #[serde(default)]
    pub(super) pauses: bool,
}

/// Reads the body of a command.
pub(super) fn order<T: DeserializeOwned>(request: &ApiRequest) -> Result<T, FakeGhlError> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(&request.raw))
        .map_err(|error| FakeGhlError::Order(format!("cannot read the body: {error}")))
}
