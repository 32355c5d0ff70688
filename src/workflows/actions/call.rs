//! The call of a step.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use serde_with::{DefaultOnNull, serde_as};

use crate::digest::sha256_hex;
use crate::ids::{ContactId, LocationId, WorkflowId};
use crate::lenient::{FromScalar, Lenient, LenientObject};
use crate::secret::Private;
use crate::workflows::coerce::{InvalidField, coerce};
use crate::workflows::endpoint::Refusal;

/// A contact has reached the step. What its form holds does not print.
#[derive(Clone)]
#[non_exhaustive]
pub struct ActionCall<T> {
    /// What the step's form holds.
    pub data: T,
    /// The branches that the workflow's author gave the step, where it may have such.
    pub branches: Vec<Branch>,
    /// Who reached it and where; what a paused workflow is resumed with.
    pub extras: Extras,
    /// The step's key, as the app registered it.
    pub action_key: Option<String>,
    /// The version of the app's action, such as `1.0`.
    pub version: Option<String>,
    /// SHA-256 of the body in lower-case hex: evidence of what was received that holds nothing personal.
    pub body_sha256: String,
}

impl<T> ActionCall<T> {
    /// The branch with this name; letter case does not matter.
    pub fn branch(&self, name: &str) -> Option<&Branch> {
        self.branches
            .iter()
            .find(|branch| branch.name.eq_ignore_ascii_case(name.trim()))
    }
}

impl<T> fmt::Debug for ActionCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActionCall")
            .field("action_key", &self.action_key)
            .field("version", &self.version)
            .field("branches", &self.branches)
            .field("body_sha256", &self.body_sha256)
            .finish_non_exhaustive()
    }
}

/// A way that the workflow can go on after the step.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Branch {
    /// What the answer names it by.
    pub id: String,
    /// What people name it.
    pub name: String,
    fields: Private<Map<String, Value>>,
}

impl Branch {
    /// The fields of the branch's form, as a type of the service's own.
    pub fn fields<T: DeserializeOwned>(&self) -> Result<T, InvalidField> {
        coerce(Value::Object((*self.fields).clone()))
    }
}

/// Where a contact is in which workflow: what HighLevel sends as `extras`, all of it. It serialises as it came, to be
/// kept until a paused workflow is resumed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Extras(Private<Map<String, Value>>);

impl Extras {
    /// The location.
    pub fn location(&self) -> Option<LocationId> {
        self.read("locationId")
    }

    /// The contact.
    pub fn contact(&self) -> Option<ContactId> {
        self.read("contactId")
    }

    /// The workflow.
    pub fn workflow(&self) -> Option<WorkflowId> {
        self.read("workflowId")
    }

    /// HighLevel's name for this run of the step, where the step pauses.
    pub fn status_id(&self) -> Option<String> {
        self.read("statusId")
    }

    pub(super) fn fields(&self) -> &Map<String, Value> {
        &self.0
    }

    fn read<T: FromScalar>(&self, name: &str) -> Option<T> {
        match self.0.get(name)? {
            Value::String(text) => T::from_text(text),
            Value::Number(number) => T::from_text(&number.to_string()),
            _ => None,
        }
    }
}

/// The body of HighLevel's request.
#[serde_as]
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wire {
    pub(super) data: Value,
    #[serde_as(deserialize_as = "DefaultOnNull")]
    pub(super) extras: Extras,
    #[serde_as(deserialize_as = "LenientObject")]
    pub(super) meta: Option<Meta>,
    #[serde(skip)]
    body_sha256: String,
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Meta {
    #[serde_as(deserialize_as = "Lenient")]
    pub(super) key: Option<String>,
    #[serde_as(deserialize_as = "Lenient")]
    version: Option<String>,
}

impl Wire {
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let read = || {
            let fields: Map<String, Value> = serde_json::from_slice(body)?;
            let wire: Self = serde_json::from_value(Value::Object(fields))?;
            let body_sha256 = sha256_hex(body);
            Ok(Self {
                body_sha256,
                ..wire
            })
        };
        read().map_err(|_: serde_json::Error| {
            Refusal::Invalid("the body is not a request of a HighLevel step".to_owned())
        })
    }

    /// With the form as the type that is asked for.
    pub(super) fn typed<T: DeserializeOwned>(mut self) -> Result<ActionCall<T>, Refusal> {
        let branches = match &mut self.data {
            Value::Object(data) => data.remove("branches"),
            _ => None,
        };
        let meta = self.meta.unwrap_or_default();
        let data = coerce(self.data).map_err(|error| Refusal::Invalid(error.to_string()))?;
        Ok(ActionCall {
            data,
            branches: branches.map(read_branches).unwrap_or_default(),
            extras: self.extras,
            action_key: meta.key,
            version: meta.version,
            body_sha256: self.body_sha256,
        })
    }
}

fn read_branches(branches: Value) -> Vec<Branch> {
    let Value::Array(branches) = branches else {
        return Vec::new();
    };
    let read = |branch: Value| {
        let id = branch.get("id")?.as_str()?.to_owned();
        let name = branch.get("name").and_then(Value::as_str);
        let fields = branch.get("fields").and_then(Value::as_object);
        Some(Branch {
            id,
            name: name.unwrap_or_default().to_owned(),
            fields: Private::new(fields.cloned().unwrap_or_default()),
        })
    };
    branches.into_iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Form {
        name: String,
        age: u8,
        hobbies: Vec<String>,
        data_share: bool,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct BranchForm {
        branch_field_key: String,
    }

    #[test]
    fn the_documented_call_is_read() {
        // The sample of HighLevel's page.
        let body = json!({
            "data": {"name": "John Doe", "age": "29", "hobbies": ["sports"], "dataShare": true,
                "branches": [{"id": "a8d14b13", "name": "Branch name",
                              "fields": {"branchFieldKey": "branchFieldValue"}}]},
            "extras": {"locationId": "xyz", "contactId": "abc", "workflowId": "def", "statusId": "s1"},
            "meta": {"key": "custom_action_key", "version": "1.0"},
        });
        let call = Wire::read(body.to_string().as_bytes())
            .and_then(Wire::typed::<Form>)
            .unwrap_or_else(|_| panic!("a call"));
        assert_eq!((call.data.age, call.data.data_share), (29, true));
        let branch = call.branch("branch NAME").unwrap();
        assert_eq!(branch.id, "a8d14b13");
        let fields: BranchForm = branch.fields().unwrap();
        assert_eq!(fields.branch_field_key, "branchFieldValue");
        assert_eq!(call.extras.contact().unwrap().as_str(), "abc");
        assert_eq!(call.extras.status_id().as_deref(), Some("s1"));
        assert_eq!(call.version.as_deref(), Some("1.0"));
        assert!(!format!("{call:?}").contains("John"));
        let kept = serde_json::to_value(&call.extras).unwrap();
        assert_eq!(kept, body["extras"]);
        assert!(!format!("{:?}", call.extras).contains("abc"));
    }

    #[test]
    fn null_is_as_good_as_left_out() {
        let body = json!({"data": null, "extras": null, "meta": null});
        let call = Wire::read(body.to_string().as_bytes())
            .and_then(Wire::typed::<Value>)
            .unwrap_or_else(|_| panic!("a call"));
        assert_eq!(call.extras, Extras::default());
        assert_eq!((call.action_key, call.version), (None, None));
    }

    #[test]
    fn a_wrong_field_is_named() {
        let body =
            json!({"data": {"name": "n", "age": "ancient", "hobbies": [], "dataShare": true}});
        let refused = Wire::read(body.to_string().as_bytes()).and_then(Wire::typed::<Form>);
        let Err(Refusal::Invalid(sentence)) = refused else {
            panic!("the age is not a number");
        };
        assert!(
            sentence.contains("`age`") && !sentence.contains("ancient"),
            "{sentence}"
        );
        assert!(Wire::read(b"[1]").is_err());
    }
}
