//! Custom fields of contacts and opportunities: the location's list, and how what is written to them names them.

use serde_json::{Value, json};

use super::Visit;
use crate::testing::fake_ghl::answer::{Answer, Fields, Outcome};
use crate::testing::fake_ghl::world::Location;

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
