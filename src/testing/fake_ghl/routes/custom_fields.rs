//! Custom fields of contacts and opportunities: the location's list, and how what is written to them names them.

use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, optional, required};
use crate::testing::fake_ghl::operation::{Module, own, text};
use crate::testing::fake_ghl::values::{fresh_id, record, slug};
use crate::testing::fake_ghl::visit::Visit;
use crate::testing::fake_ghl::world::Location;

pub(super) const MODULE: Module = Module {
    name: "Custom fields of contacts and opportunities",
    rules: &[
        "The key is made of the name (`contact.preferred_language`) and stays when the name changes; a taken key gets a number.",
        "One field is found by its id or by its whole key.",
        "The type is fixed: an update takes none.",
        "`textBoxListOptions` come back as `picklistOptions`, `isMultipleFile` as `isMultiFileAllowed`, `maxNumberOfFiles` as `maxFileLimit`.",
        "With a field go its values on contacts and opportunities.",
    ],
    operations: &[
        own(
            "GET",
            "/locations/{locationId}/customFields",
            "locations/customFields.readonly",
            |v, _, _| list(v),
        ),
        own(
            "POST",
            "/locations/{locationId}/customFields",
            "locations/customFields.write",
            |v, _, b| create(v, b),
        ),
        own(
            "GET",
            "/locations/{locationId}/customFields/{id}",
            "locations/customFields.readonly",
            |v, p, _| get(v, p[1]),
        ),
        own(
            "PUT",
            "/locations/{locationId}/customFields/{id}",
            "locations/customFields.write",
            |v, p, b| update(v, p[1], b),
        ),
        own(
            "DELETE",
            "/locations/{locationId}/customFields/{id}",
            "locations/customFields.write",
            |v, p, _| delete(v, p[1]),
        ),
    ],
};

const WRITTEN: [Property; 7] = [
    required("name", Kind::Text),
    optional("placeholder", Kind::Text),
    optional("acceptedFormat", Kind::Texts),
    optional("isMultipleFile", Kind::Bool),
    optional("maxNumberOfFiles", Kind::Number),
    optional("textBoxListOptions", Kind::List),
    optional("position", Kind::Number),
];

const MODEL: Property = optional("model", Kind::OneOf(&["contact", "opportunity"]));

/// What is written under one name and read under another.
const READ_AS: [(&str, &str); 3] = [
    ("textBoxListOptions", "picklistOptions"),
    ("isMultipleFile", "isMultiFileAllowed"),
    ("maxNumberOfFiles", "maxFileLimit"),
];

fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    let mut properties = vec![required("dataType", Kind::Text), MODEL];
    properties.extend(WRITTEN);
    check(body, &properties)?;
    let model = match text(body, "model") {
        "" => "contact",
        model => model,
    };
    let mut field = record([
        ("id", fresh_id().into()),
        ("model", model.into()),
        (
            "fieldKey",
            free_key(visit.location, model, text(body, "name")).into(),
        ),
        ("position", 0.into()),
        ("locationId", visit.location.id.clone().into()),
    ]);
    write(&mut field, body);
    visit.location.custom_fields.push(field.clone());
    Ok(Answer::created(json!({ "customField": field })))
}

fn update(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let position = position(visit, id)?;
    let mut properties = vec![MODEL];
    properties.extend(WRITTEN);
    check(body, &properties)?;
    let mut body = body.clone();
    body.remove("model");
    let field = &mut visit.location.custom_fields[position];
    write(field, &body);
    Ok(Answer::ok(json!({ "customField": field })))
}

fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    let position = position(visit, id)?;
    let field = visit.location.custom_fields.remove(position);
    let now = visit.now;
    let without = |values: Option<&Value>| {
        let values = values.and_then(Value::as_array);
        let mut values = values.cloned().unwrap_or_default();
        values.retain(|value| value["id"] != field["id"]);
        Value::Array(values)
    };
    for contact in &mut visit.location.contacts {
        let held = contact.field("customFields");
        let kept = without(held);
        if held != Some(&kept) {
            contact.set("customFields", kept, now);
        }
    }
    for opportunity in &mut visit.location.opportunities {
        let kept = without(opportunity.get("customFields"));
        opportunity.insert("customFields".to_owned(), kept);
    }
    Ok(visit.succeded())
}

fn write(field: &mut Fields, body: &Fields) {
    for (name, value) in body {
        let known = READ_AS.iter().find(|(written, _)| written == name);
        let name = known.map_or(name.as_str(), |(_, read)| read);
        let value = match name {
            "picklistOptions" => labels(value),
            _ => value.clone(),
        };
        field.insert(name.to_owned(), value);
    }
}

/// Options are written with a label each, and read as texts.
fn labels(options: &Value) -> Value {
    let options = options.as_array().into_iter().flatten();
    let label = |option: &Value| option.get("label").unwrap_or(option).clone();
    options.map(label).collect()
}

/// The key that HighLevel makes of a name. How it tells apart two names with the same key is not documented: here by a number.
fn free_key(location: &Location, model: &str, name: &str) -> String {
    let key = format!("{model}.{}", slug(name));
    let is_free = |key: &String| {
        let mut fields = location.custom_fields.iter();
        fields.all(|field| field["fieldKey"] != **key)
    };
    let numbered = (1_u32..).map(|number| format!("{key}_{number}"));
    let mut candidates = std::iter::once(key.clone()).chain(numbered);
    candidates.find(is_free).unwrap_or(key)
}

fn position(visit: &Visit<'_>, id: &str) -> Result<usize, Answer> {
    let mut fields = visit.location.custom_fields.iter();
    fields
        .position(|field| field["id"] == id || field["fieldKey"] == id)
        .ok_or_else(|| Answer::not_found("Custom field", id))
}

pub(super) fn list(visit: &Visit<'_>) -> Outcome {
    let model = visit.request.query("model").unwrap_or("all");
    if !matches!(model, "contact" | "opportunity" | "all") {
        return Err(Answer::unprocessable(vec![
            "model must be one of the following values: contact, opportunity, all".to_owned(),
        ]));
    }
    let fields: Vec<&Fields> = visit
        .location
        .custom_fields
        .iter()
        .filter(|field| model == "all" || field["model"] == model)
        .collect();
    Ok(Answer::ok(json!({ "customFields": fields })))
}

/// One field by its id or its whole key.
pub(super) fn get(visit: &Visit<'_>, id: &str) -> Outcome {
    visit
        .location
        .custom_fields
        .iter()
        .find(|field| field["id"] == id || field["fieldKey"] == id)
        .map(|field| Answer::ok(json!({ "customField": field })))
        .ok_or_else(|| Answer::not_found("Custom field", id))
}

/// Replaces the `key` of the body's custom fields by their `id`. A key may come with or without the model (`contact` or
/// `opportunity`) and a dot in front; fields that the location does not have are left out, as HighLevel does.
pub(super) fn with_ids(location: &Location, model: &str, body: &Fields) -> Result<Fields, Answer> {
    let mut body = body.clone();
    let Some(Value::Array(items)) = body.get_mut("customFields") else {
        return Ok(body);
    };
    let mut known = Vec::new();
    for mut item in items.drain(..) {
        let id = match (item["id"].as_str(), item["key"].as_str()) {
            (Some(id), _) => Some(json!(id)),
            (None, Some(key)) => id_of_key(location, model, key),
            (None, None) => {
                return Err(Answer::unprocessable(vec![
                    "customFields: id or key should not be empty".to_owned(),
                ]));
            }
        };
        if let Some(id) = id {
            item["id"] = id;
            known.push(item);
        }
    }
    *items = known;
    Ok(body)
}

fn id_of_key(location: &Location, model: &str, key: &str) -> Option<Value> {
    let prefix = format!("{model}.");
    let whole = if key.starts_with(&prefix) {
        key.to_owned()
    } else {
        format!("{prefix}{key}")
    };
    let field = location
        .custom_fields
        .iter()
        .find(|field| field["fieldKey"] == whole)?;
    Some(field["id"].clone())
}
