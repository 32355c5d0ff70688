//! Custom values of a location.

use serde_json::{Value, json};

use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::check::{Kind, Property, check, required};
use crate::testing::fake_ghl::operation::{Module, own};
use crate::testing::fake_ghl::values::{custom_value_key, fresh_id, record};
use crate::testing::fake_ghl::visit::Visit;

/// Both are needed, in an update too. Whether HighLevel takes an empty value is not known; here it counts as missing.
const PROPERTIES: &[Property] = &[required("name", Kind::Text), required("value", Kind::Text)];

pub(super) const MODULE: Module = Module {
    name: "Custom values",
    rules: &[
        "The key is made of the name (`{{ custom_values.front_desk_name }}`), and stays when the name changes.",
        "Two values with the same key are refused. Name and value are both needed, in an update too.",
    ],
    operations: &[
        own(
            "GET",
            "/locations/{locationId}/customValues",
            "locations/customValues.readonly",
            |v, _, _| list(v),
        ),
        own(
            "POST",
            "/locations/{locationId}/customValues",
            "locations/customValues.write",
            |v, _, b| create(v, b),
        ),
        own(
            "GET",
            "/locations/{locationId}/customValues/{id}",
            "locations/customValues.readonly",
            |v, p, _| get(v, p[1]),
        ),
        own(
            "PUT",
            "/locations/{locationId}/customValues/{id}",
            "locations/customValues.write",
            |v, p, b| update(v, p[1], b),
        ),
        own(
            "DELETE",
            "/locations/{locationId}/customValues/{id}",
            "locations/customValues.write",
            |v, p, _| delete(v, p[1]),
        ),
    ],
};

pub(super) fn list(visit: &Visit<'_>) -> Outcome {
    Ok(Answer::ok(
        json!({ "customValues": visit.location.custom_values }),
    ))
}

pub(super) fn create(visit: &mut Visit<'_>, body: &Fields) -> Outcome {
    check(body, PROPERTIES)?;
    let key = custom_value_key(body["name"].as_str().unwrap_or_default());
    let values = &mut visit.location.custom_values;
    if values.iter().any(|value| value["fieldKey"] == key) {
        return Err(Answer::bad_request(
            "A custom value with this name already exists.",
        ));
    }
    let value = record([
        ("id", fresh_id().into()),
        ("name", body["name"].clone()),
        ("fieldKey", key.into()),
        ("value", body["value"].clone()),
        ("locationId", visit.location.id.clone().into()),
    ]);
    values.push(value.clone());
    Ok(Answer::created(json!({ "customValue": value })))
}

pub(super) fn get(visit: &mut Visit<'_>, id: &str) -> Outcome {
    let value = find(visit, id)?;
    Ok(Answer::ok(json!({ "customValue": value })))
}

/// A new name leaves the `fieldKey` as it was made.
pub(super) fn update(visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
    let value = find(visit, id)?;
    check(body, PROPERTIES)?;
    value.extend(
        body.iter()
            .map(|(name, text): (&String, &Value)| (name.clone(), text.clone())),
    );
    Ok(Answer::ok(json!({ "customValue": value })))
}

pub(super) fn delete(visit: &mut Visit<'_>, id: &str) -> Outcome {
    find(visit, id)?;
    visit
        .location
        .custom_values
        .retain(|value| value["id"] != id);
    Ok(visit.succeded())
}

fn find<'a>(visit: &'a mut Visit<'_>, id: &str) -> Result<&'a mut Fields, Answer> {
    visit
        .location
        .custom_values
        .iter_mut()
        .find(|value| value["id"] == id)
        .ok_or_else(|| Answer::not_found("Custom value", id))
}
