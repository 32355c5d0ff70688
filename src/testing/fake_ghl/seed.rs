//! The state at the start of a FakeGhl, read from JSON.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Fields;
use super::check::check;
use super::contact::Contact;
use super::error::FakeGhlError;
use super::routes::CONTACT_PROPERTIES;
use super::values::{custom_value_key, fresh_id, fresh_uuid, record};
use super::world::{Location, World};

/// The locations a [`FakeGhl`](super::FakeGhl) starts with: their tokens, users, custom values and fields, tags,
/// workflows, pipelines and contacts.
///
/// The JSON is one object, and unknown keys are refused:
///
/// ```json
/// {
///   "appId": "optional", "versionId": "optional",
///   "locations": [{
///     "location": {"id": "loc1", "name": "Soleil Infusion", "phone": "+13125550100", "timezone": "America/Chicago",
///                  "companyId": "company1", "country": "US", "settings": {"allowDuplicateContact": false}},
///     "tokens": ["pit-one"],
///     "users": [{"id": "user1", "name": "Ana Ruiz"}],
///     "customValues": [{"name": "Calendly Link", "value": "https://calendly.com/soleil/visit"}],
///     "customFields": [{"id": "field1", "name": "Score", "fieldKey": "contact.score", "dataType": "NUMERICAL"}],
///     "tags": ["vip"],
///     "workflows": [{"id": "workflow1", "name": "Welcome", "status": "published"}],
///     "pipelines": [{"id": "pipeline1", "name": "Sales", "stages": [{"id": "stage1", "name": "New"}]}],
///     "contacts": [{"id": "contact1", "firstName": "Maria", "phone": "+13125550111"}]
///   }]
/// }
/// ```
///
/// Answers contain `location`, `users` and `workflows` unchanged. Contacts have the properties of a create call and are
/// normalised like one. Every `id` is optional; a missing one is generated. A custom field's `fieldKey` begins with
/// `contact.` or `opportunity.`, the object that it belongs to. By default its `dataType` is `TEXT` and its `name` is its
/// key. The stages of a pipeline are in their order.
#[derive(Debug, Clone)]
pub struct Seed(SeedFile);

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedFile {
    #[serde(default = "fresh_id")]
    app_id: String,
    #[serde(default = "fresh_id")]
    version_id: String,
    locations: Vec<SeedLocation>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedLocation {
    location: Fields,
    tokens: Vec<String>,
    #[serde(default)]
    users: Vec<Fields>,
    #[serde(default)]
    custom_values: Vec<SeedCustomValue>,
    #[serde(default)]
    custom_fields: Vec<SeedCustomField>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    workflows: Vec<Fields>,
    #[serde(default)]
    pipelines: Vec<SeedPipeline>,
    #[serde(default)]
    contacts: Vec<Fields>,
}

/// Shows the location's id alone: the rest holds tokens and people.
impl std::fmt::Debug for SeedLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeedLocation")
            .field("id", &self.location.get("id"))
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedCustomValue {
    #[serde(default = "fresh_id")]
    id: String,
    name: String,
    value: String,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedCustomField {
    id: String,
    field_key: String,
    name: Option<String>,
    #[serde(default = "line_of_text")]
    data_type: String,
}

fn line_of_text() -> String {
    "TEXT".to_owned()
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedPipeline {
    #[serde(default = "fresh_id")]
    id: String,
    name: String,
    stages: Vec<SeedStage>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedStage {
    #[serde(default = "fresh_uuid")]
    id: String,
    name: String,
}

impl Seed {
    /// Reads a seed. The error says where the text is wrong, or which entry breaks a rule.
    pub fn from_json(text: &str) -> Result<Self, FakeGhlError> {
        let file: SeedFile =
            serde_json::from_str(text).map_err(|error| FakeGhlError::Seed(error.to_string()))?;
        let seed = Self(file);
        seed.world(Timestamp::UNIX_EPOCH)?;
        Ok(seed)
    }

    /// Two sample locations: "Soleil Infusion" (`soleilLocation000001`, token `pit-sample-soleil`) with
    /// users, custom values and fields, contacts, workflows and a pipeline, and a bare second one.
    #[expect(
        clippy::unwrap_used,
        reason = "the text is part of the crate and a test reads it"
    )]
    pub fn sample() -> Self {
        Self::from_json(include_str!("../../../fixtures/fake_ghl/seed.json")).unwrap()
    }

    /// Builds the state of a platform that starts at `now`.
    pub(super) fn world(&self, now: Timestamp) -> Result<World, FakeGhlError> {
        let mut world = World::new(&self.0.app_id, &self.0.version_id);
        for entry in &self.0.locations {
            let location = entry.build(now)?;
            for token in &entry.tokens {
                if token.trim().is_empty()
                    || world
                        .tokens
                        .insert(token.clone(), location.id.clone())
                        .is_some()
                {
                    return Err(FakeGhlError::Seed(format!(
                        "location `{}`: a token is empty or in use already; give every token once",
                        location.id
                    )));
                }
            }
            if let Some(twice) = world.locations.insert(location.id.clone(), location) {
                return Err(FakeGhlError::Seed(format!(
                    "location `{}` is there twice",
                    twice.id
                )));
            }
        }
        Ok(world)
    }
}

impl SeedLocation {
    fn build(&self, now: Timestamp) -> Result<Location, FakeGhlError> {
        let id = self
            .location
            .get("id")
            .and_then(Value::as_str)
            .filter(|id| !id.is_empty())
            .ok_or_else(|| FakeGhlError::Seed("a location has no `id`".to_owned()))?
            .to_owned();
        let mut location = Location {
            id: id.clone(),
            details: self.location.clone(),
            users: with_ids(&self.users, fresh_id),
            workflows: with_ids(&self.workflows, fresh_uuid),
            ..Location::default()
        };
        for workflow in &mut location.workflows {
            workflow["locationId"] = json!(id);
        }
        for value in &self.custom_values {
            location.custom_values.push(record([
                ("id", value.id.clone().into()),
                ("name", value.name.clone().into()),
                ("fieldKey", custom_value_key(&value.name).into()),
                ("value", value.value.clone().into()),
                ("locationId", id.clone().into()),
            ]));
        }
        for (position, field) in self.custom_fields.iter().enumerate() {
            let fields = custom_field(field, &id, position)?;
            location.custom_fields.push(fields);
        }
        location.pipelines = self
            .pipelines
            .iter()
            .map(|pipeline| seed_pipeline(pipeline, &id))
            .collect();
        location.know_tags(&self.tags);
        let mut ids = BTreeSet::new();
        for fields in &self.contacts {
            let contact = seed_contact(&mut location, fields, now)?;
            if !ids.insert(contact.id().to_owned()) {
                return Err(FakeGhlError::Seed(format!(
                    "location `{id}`: contact `{}` is there twice",
                    contact.id()
                )));
            }
            location.contacts.push(contact);
        }
        Ok(location)
    }
}

/// A custom field as the location lists it.
fn custom_field(
    field: &SeedCustomField,
    location_id: &str,
    position: usize,
) -> Result<Fields, FakeGhlError> {
    let (model, key) = field
        .field_key
        .split_once('.')
        .filter(|(model, _)| matches!(*model, "contact" | "opportunity"))
        .ok_or_else(|| {
            FakeGhlError::Seed(format!(
                "location `{location_id}`: the key of custom field `{}` has to begin with `contact.` or `opportunity.`",
                field.id
            ))
        })?;
    Ok(record([
        ("id", field.id.clone().into()),
        ("name", field.name.as_deref().unwrap_or(key).into()),
        ("fieldKey", field.field_key.clone().into()),
        ("dataType", field.data_type.clone().into()),
        ("model", model.into()),
        ("position", position.into()),
        ("locationId", location_id.into()),
    ]))
}

/// A pipeline as the API lists it.
fn seed_pipeline(pipeline: &SeedPipeline, location_id: &str) -> Fields {
    let stages: Vec<Value> = pipeline
        .stages
        .iter()
        .enumerate()
        .map(|(position, stage)| {
            json!({
                "id": stage.id,
                "name": stage.name,
                "position": position,
                "showInFunnel": true,
                "showInPieChart": true,
            })
        })
        .collect();
    record([
        ("id", pipeline.id.clone().into()),
        ("name", pipeline.name.clone().into()),
        ("stages", stages.into()),
        ("showInFunnel", true.into()),
        ("showInPieChart", true.into()),
        ("locationId", location_id.into()),
    ])
}

fn seed_contact(
    location: &mut Location,
    fields: &Fields,
    now: Timestamp,
) -> Result<Contact, FakeGhlError> {
    let mut body = fields.clone();
    let id = body.remove("id");
    check(&body, CONTACT_PROPERTIES).map_err(|refusal| {
        FakeGhlError::Seed(format!(
            "location `{}`: a contact is refused: {}",
            location.id, refusal.body["message"]
        ))
    })?;
    if let Some(id) = id {
        body.insert("id".into(), id);
    }
    let mut contact = Contact::new(&location.id, now);
    contact.write(&body, location.country(), now);
    location.know_tags(&contact.tags());
    Ok(contact)
}

fn with_ids(records: &[Fields], fresh: fn() -> String) -> Vec<Value> {
    records
        .iter()
        .map(|fields| {
            let mut fields = fields.clone();
            fields.entry("id").or_insert_with(|| Value::String(fresh()));
            Value::Object(fields)
        })
        .collect()
}
