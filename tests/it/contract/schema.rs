//! The schemas of HighLevel's files: references resolved, `allOf` merged, and the strict JSON Schema to check with.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// The keywords that are copied as they are. Only the first eight, up to `pattern`, go into the [`strict`] schema.
const KEPT: [&str; 13] = [
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "format",
    "example",
    "examples",
    "nullable",
    "default",
];

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// The JSON files, read once each, by their place.
#[derive(Default)]
pub(super) struct Files(BTreeMap<PathBuf, Value>);

impl Files {
    pub(super) fn open(&mut self, path: &Path) -> &Value {
        self.0.entry(path.to_owned()).or_insert_with(|| {
            let text = fs::read_to_string(path).unwrap();
            serde_json::from_str(&text).unwrap()
        })
    }

    /// `schema` of the file at `path` with each `$ref` replaced by its target. A recursive `$ref` allows anything.
    pub(super) fn resolve(&mut self, path: &Path, schema: &Value) -> Value {
        Value::Object(self.inline(path, schema, &mut Vec::new()))
    }

    fn inline(
        &mut self,
        path: &Path,
        schema: &Value,
        above: &mut Vec<String>,
    ) -> Map<String, Value> {
        let Some(schema) = schema.as_object() else {
            return Map::new();
        };
        let mut made = Map::new();
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let (file, pointer) = reference.split_once('#').unwrap();
            let target = if file.is_empty() {
                path.to_owned()
            } else {
                path.parent().unwrap().join(file)
            };
            let name = format!("{}#{pointer}", target.display());
            if above.contains(&name) {
                return made;
            }
            let found = self.open(&target).pointer(pointer).cloned();
            let found = found.unwrap_or_else(|| panic!("{} has no {reference}", path.display()));
            above.push(name);
            merge(&mut made, self.inline(&target, &found, above));
            above.pop();
        }
        for part in list(schema.get("allOf")) {
            let part = self.inline(path, part, above);
            merge(&mut made, part);
        }
        let mut own = Map::new();
        for word in KEPT {
            if let Some(value) = schema.get(word) {
                own.insert(word.to_owned(), value.clone());
            }
        }
        if let Some(kind) = schema.get("type").and_then(Value::as_str)
            && TYPES.contains(&kind)
        {
            own.insert("type".to_owned(), kind.into());
        }
        if let Some(required) = schema.get("required").filter(|names| names.is_array()) {
            own.insert("required".to_owned(), required.clone());
        }
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            let properties = properties.iter().map(|(name, property)| {
                let property = self.inline(path, property, above);
                (name.clone(), Value::Object(property))
            });
            own.insert("properties".to_owned(), properties.collect());
        }
        for word in ["items", "additionalProperties"] {
            match schema.get(word) {
                Some(inner @ Value::Object(_)) => {
                    let inner = self.inline(path, inner, above);
                    own.insert(word.to_owned(), Value::Object(inner));
                }
                Some(inner @ Value::Bool(_)) => {
                    own.insert(word.to_owned(), inner.clone());
                }
                _ => {}
            }
        }
        // HighLevel's files mean "one of these or several" with both words.
        let choices = [schema.get("oneOf"), schema.get("anyOf")];
        let choices: Vec<Value> = choices
            .into_iter()
            .flat_map(list)
            .map(|choice| Value::Object(self.inline(path, choice, above)))
            .collect();
        if !choices.is_empty() {
            own.insert("anyOf".to_owned(), choices.into());
        }
        merge(&mut made, own);
        made
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Merges `over` into `made`: `properties` and `required` are joined, any other keyword of `over` replaces the old one.
fn merge(made: &mut Map<String, Value>, over: Map<String, Value>) {
    for (word, value) in over {
        match (made.get_mut(&word), value) {
            (Some(Value::Object(old)), Value::Object(new)) if word == "properties" => {
                old.extend(new)
            }
            (Some(Value::Array(old)), Value::Array(new)) if word == "required" => old.extend(new),
            (_, value) => {
                made.insert(word, value);
            }
        }
    }
}

/// The JSON Schema of a resolved schema. An object whose fields are documented takes no other, as HighLevel does (422).
pub(super) fn strict(schema: &Value) -> Value {
    let mut made = Map::new();
    for word in &KEPT[..8] {
        if let Some(value) = schema.get(*word) {
            made.insert((*word).to_owned(), value.clone());
        }
    }
    if let Some(required) = schema.get("required").and_then(Value::as_array) {
        let mut names: Vec<_> = required.iter().filter_map(Value::as_str).collect();
        names.sort_unstable();
        names.dedup();
        made.insert("required".to_owned(), json!(names));
    }
    if let Some(kind) = schema.get("type") {
        made.insert("type".to_owned(), kind.clone());
    }
    if let Some(items) = schema.get("items") {
        made.insert("items".to_owned(), strict(items));
    }
    let choices: Vec<Value> = list(schema.get("anyOf")).iter().map(strict).collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.filter(|properties| !properties.is_empty());
    if let Some(properties) = properties {
        let properties = properties
            .iter()
            .map(|(name, property)| (name.clone(), strict(property)));
        made.insert("properties".to_owned(), properties.collect());
    }
    match schema.get("additionalProperties") {
        Some(inner @ Value::Object(_)) => {
            made.insert("additionalProperties".to_owned(), strict(inner));
        }
        Some(inner) => {
            made.insert("additionalProperties".to_owned(), inner.clone());
        }
        None if properties.is_some() && choices.is_empty() => {
            made.insert("additionalProperties".to_owned(), false.into());
        }
        None => {}
    }
    if !choices.is_empty() {
        made.insert("anyOf".to_owned(), choices.into());
    }
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        return json!({"anyOf": [{"type": "null"}, made]});
    }
    Value::Object(made)
}
