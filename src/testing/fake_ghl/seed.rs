//! The state at the start of a FakeGhl, read from JSON.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Fields;
use super::check::check;
use super::contact::{Contact, texts};
use super::error::FakeGhlError;
use super::oauth::Holder;
use super::resource::Resource;
use super::routes::{AGENCY_COLLECTIONS, COLLECTIONS, CONTACT_PROPERTIES};
use super::values::{custom_value_key, fresh_id, fresh_uuid, record};
use super::world::{Company, Location, PrivateToken, Records, User, World};

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
///     "permissions": ["missed-call-text-back"],
///     "channels": {"SMS": [{"conversationProvider": {"_id": "p1", "name": "Other", "type": "SMS", "default": true}}]},
///     "records": {"links": [{"id": "link1", "name": "Offer", "redirectTo": "https://example.com"}],
///                 "phoneNumbers": [{"phoneNumber": "+13125550100"}]},
///     "contacts": [{"id": "contact1", "firstName": "Maria", "phone": "+13125550111"}]
///   }],
///   "agencies": [{
///     "company": {"id": "company1", "name": "Agency"},
///     "tokens": ["pit-agency", {"token": "pit-reader", "scopes": ["locations.readonly"]}],
///     "users": [{"id": "user2", "name": "Ben Ode"}],
///     "makesLocations": true,
///     "records": {"snapshots": [{"id": "snapshot1", "name": "Clinic"}], "customMenus": []}
///   }]
/// }
/// ```
///
/// A token is a text, or has the `scopes` that it is limited to. `channels` names providers that send in HighLevel's place.
/// `records` holds what else a location or an agency has, by collection; an unknown collection is refused in words that name
/// all of them. `makesLocations` says whether the agency's plan lets it make locations.
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
    #[serde(default)]
    agencies: Vec<SeedAgency>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedLocation {
    location: Fields,
    tokens: Vec<SeedToken>,
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
    #[serde(default)]
    permissions: Vec<String>,
    /// What sends its messages, by channel.
    #[serde(default)]
    channels: BTreeMap<String, Value>,
    /// Records of the resources with simple rules, by their collection.
    #[serde(default)]
    records: BTreeMap<String, Vec<Fields>>,
}

/// A token with all scopes, or with some.
#[derive(Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum SeedToken {
    Whole(String),
    Scoped { token: String, scopes: Vec<String> },
}

impl SeedToken {
    fn text(&self) -> &str {
        match self {
            Self::Whole(token) | Self::Scoped { token, .. } => token,
        }
    }

    fn scopes(&self) -> Option<Vec<String>> {
        match self {
            Self::Whole(_) => None,
            Self::Scoped { scopes, .. } => Some(scopes.clone()),
        }
    }
}

/// An agency above locations.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedAgency {
    company: Fields,
    #[serde(default)]
    tokens: Vec<SeedToken>,
    #[serde(default)]
    users: Vec<Fields>,
    #[serde(default = "yes")]
    makes_locations: bool,
    #[serde(default)]
    records: BTreeMap<String, Vec<Fields>>,
}

/// Shows the agency's id alone.
impl std::fmt::Debug for SeedAgency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeedAgency")
            .field("id", &self.company.get("id"))
            .finish_non_exhaustive()
    }
}

fn yes() -> bool {
    true
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
            let holder = Holder::Location(location.id.clone());
            seed_tokens(&mut world, &entry.tokens, &holder)?;
            let company = world.company(location.company_id());
            seed_users(company, &entry.users, Some(&location.id));
            if let Some(twice) = world.locations.insert(location.id.clone(), location) {
                return Err(FakeGhlError::Seed(format!(
                    "location `{}` is there twice",
                    twice.id
                )));
            }
        }
        for agency in &self.0.agencies {
            agency.build(&mut world)?;
        }
        Ok(world)
    }
}

fn seed_tokens(
    world: &mut World,
    tokens: &[SeedToken],
    holder: &Holder,
) -> Result<(), FakeGhlError> {
    for token in tokens {
        let private = PrivateToken {
            holder: holder.clone(),
            scopes: token.scopes(),
        };
        let is_empty = token.text().trim().is_empty();
        let before = world.tokens.insert(token.text().to_owned(), private);
        if is_empty || before.is_some() {
            let whose = match holder {
                Holder::Location(location) => format!("location `{location}`"),
                Holder::Company(company) => format!("agency `{company}`"),
            };
            return Err(FakeGhlError::Seed(format!(
                "{whose}: a token is empty or in use already; give every token once"
            )));
        }
    }
    Ok(())
}

/// A user that is there already works in one more location.
fn seed_users(company: &mut Company, users: &[Fields], location: Option<&str>) {
    for fields in users {
        let mut fields = fields.clone();
        let id = || Value::String(fresh_id());
        let id = fields.entry("id").or_insert_with(id).clone();
        let named = fields
            .get("roles")
            .and_then(|roles| roles.get("locationIds"));
        let locations = texts(named).into_iter().chain(location.map(str::to_owned));
        let mut known = company.users.iter_mut();
        match known.find(|user| user.fields.get("id") == Some(&id)) {
            Some(user) => user.locations.extend(locations),
            None => {
                let locations = locations.collect();
                company.users.push(User { fields, locations });
            }
        }
    }
}

/// Fills the collections that a seed names.
fn seed_records(
    records: &mut Records,
    known: &[&Resource],
    owner: (&str, &str),
    seeded: &BTreeMap<String, Vec<Fields>>,
) -> Result<(), FakeGhlError> {
    for (name, list) in seeded {
        let mut resources = known.iter();
        let Some(resource) = resources.find(|resource| resource.collection == name) else {
            let names: Vec<&str> = known.iter().map(|resource| resource.collection).collect();
            return Err(FakeGhlError::Seed(format!(
                "`{}`: there are no records called `{name}`; use {}",
                owner.1,
                names.join(", ")
            )));
        };
        for fields in list {
            resource.seed(records, owner, fields);
        }
    }
    Ok(())
}

impl SeedAgency {
    fn build(&self, world: &mut World) -> Result<(), FakeGhlError> {
        let id = self.company.get("id").and_then(Value::as_str);
        let id = id.filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| FakeGhlError::Seed("an agency has no `id`".to_owned()))?;
        seed_tokens(world, &self.tokens, &Holder::Company(id.to_owned()))?;
        let company = world.company(id);
        company.details.extend(self.company.clone());
        company.makes_locations = self.makes_locations;
        seed_users(company, &self.users, None);
        let owner = ("companyId", id);
        seed_records(
            &mut company.records,
            AGENCY_COLLECTIONS,
            owner,
            &self.records,
        )
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
            workflows: with_ids(&self.workflows, fresh_uuid),
            permissions: self.permissions.clone(),
            channels: self.channels.clone(),
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
        let owner = ("locationId", id.as_str());
        seed_records(&mut location.records, COLLECTIONS, owner, &self.records)?;
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
