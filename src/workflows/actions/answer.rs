//! The answer of a step.

use serde::Serialize;
use serde_json::{Map, Value};

use super::call::Branch;
use crate::secret::Private;
use crate::workflows::endpoint::Unavailable;

/// The answer of a step: fields for later steps of the workflow, and the branch to go on with.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ActionAnswer(Private<Map<String, Value>>);

impl ActionAnswer {
    /// An answer without fields.
    pub fn empty() -> Self {
        Self::default()
    }

    /// These fields, in the shape that was registered as the action's sample response. Fails for what does not
    /// serialise as an object.
    pub fn new(fields: &impl Serialize) -> Result<Self, Unavailable> {
        match serde_json::to_value(fields).map_err(Unavailable::new)? {
            Value::Object(fields) => Ok(Self(Private::new(fields))),
            _ => Err(Unavailable::new(
                "the answer of the step is not a JSON object",
            )),
        }
    }

    pub(in crate::workflows) fn into_fields(self) -> Map<String, Value> {
        self.0.into_inner()
    }

    /// The workflow goes on with this branch; with none, as HighLevel has it for contacts that no branch takes.
    #[must_use]
    pub fn branch(self, branch: Option<&Branch>) -> Self {
        let mut fields = self.0.into_inner();
        if let Some(branch) = branch {
            fields.insert("branchId".to_owned(), Value::String(branch.id.clone()));
        }
        Self(Private::new(fields))
    }
}
