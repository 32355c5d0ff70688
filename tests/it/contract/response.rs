//! Answers made from the schemas of HighLevel's files, and their parts, one by one.

use serde_json::{Map, Value, json};

use super::exceptions::Table;
use super::spec::{Answer, Operation};

/// An answer to play.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// Where it comes from, for messages.
    pub(super) name: String,
    pub(super) status: u16,
    /// `None` for an answer without a body.
    pub(super) body: Option<Value>,
}

/// What a sample is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All fields.
    Whole,
    /// All fields, with the examples that stand beside lists and objects in their places.
    Examples,
    /// The required ones, ids, and at the top what holds them: HighLevel's files mark next to nothing as required.
    Least,
}

/// All answers of an operation with every field: one for each choice that the schemas leave, and the examples.
pub(super) fn whole(operation: &Operation, table: &Table) -> Vec<Sample> {
    let mut samples = Vec::new();
    for answer in &operation.answers {
        let choices = answer.schema.as_ref().map_or(1, choices);
        let made = (0..choices).map(|choice| (choice, Extent::Whole));
        for (choice, extent) in made.chain([(0, Extent::Examples)]) {
            let maker = Maker {
                operation,
                table,
                choice,
                extent,
            };
            samples.push(Sample {
                name: format!("the schema of {} ({extent:?} {choice})", answer.status),
                status: answer.status,
                body: maker.body(answer),
            });
        }
        for (index, example) in answer.examples.iter().enumerate() {
            samples.push(Sample {
                name: format!("example {index} of {}", answer.status),
                status: answer.status,
                body: Some(example.clone()),
            });
        }
    }
    samples
}

/// The answers of an operation with as little as there can be.
pub(super) fn least(operation: &Operation, table: &Table) -> Vec<Sample> {
    let answers = operation.answers.iter();
    answers
        .map(|answer| Sample {
            name: format!("the least of {}", answer.status),
            status: answer.status,
            body: Maker {
                operation,
                table,
                choice: 0,
                extent: Extent::Least,
            }
            .body(answer),
        })
        .collect()
}

/// How many choices the place of a schema with the most of them has.
fn choices(schema: &Value) -> usize {
    let own = schema["anyOf"].as_array().map_or(1, Vec::len);
    let inner = match schema {
        Value::Object(fields) => fields.values().map(choices).max(),
        Value::Array(items) => items.iter().map(choices).max(),
        _ => None,
    };
    own.max(inner.unwrap_or(1))
}

struct Maker<'a> {
    operation: &'a Operation,
    table: &'a Table,
    choice: usize,
    extent: Extent,
}

impl Maker<'_> {
    fn body(&self, answer: &Answer) -> Option<Value> {
        let really = self.table.really(self.operation, "");
        really.or_else(|| {
            answer
                .schema
                .as_ref()
                .map(|schema| self.value(schema, "", ""))
        })
    }

    fn value(&self, schema: &Value, place: &str, name: &str) -> Value {
        if !place.is_empty()
            && let Some(really) = self.table.really(self.operation, place)
        {
            return really;
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            let choice = &choices[self.choice.min(choices.len() - 1)];
            let mut made = self.value(choice, place, name);
            if let (Value::Object(made), Some(_)) = (&mut made, schema.get("properties")) {
                made.extend(self.object(schema, place));
            }
            return made;
        }
        let example = schema.get("example").or_else(|| schema.get("default"));
        let kind = schema["type"].as_str();
        if let (Extent::Examples, Some(example @ (Value::Array(_) | Value::Object(_)))) =
            (self.extent, example)
            && !is_empty(example)
            && fits(schema, example)
        {
            return example.clone();
        }
        if schema.get("properties").is_some() {
            return Value::Object(self.object(schema, place));
        }
        match kind {
            Some("array") => self.array(schema, place, name, example),
            Some("object") => match (example, &schema["additionalProperties"]) {
                (Some(example @ Value::Object(_)), _) if !is_empty(example) => example.clone(),
                (_, inner @ Value::Object(_)) => {
                    json!({"key": self.value(inner, &below(place, "key"), "key")})
                }
                _ => json!({"key": "value"}),
            },
            Some("string") => string(schema, name, example),
            Some("number" | "integer") => number(schema, name, example),
            Some("boolean") => boolean(example),
            _ => example
                .cloned()
                .unwrap_or_else(|| json!(format!("{name}-sample"))),
        }
    }

    fn object(&self, schema: &Value, place: &str) -> Map<String, Value> {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let properties = schema["properties"].as_object().into_iter().flatten();
        let kept = properties.filter(|(name, property)| {
            self.extent != Extent::Least
                || required.contains(&json!(name))
                || matches!(name.as_str(), "id" | "_id")
                || (place.is_empty() && holds_more(property))
                || self.table.always(self.operation, &below(place, name))
        });
        kept.map(|(name, property)| {
            let value = self.value(property, &below(place, name), name);
            (name.clone(), value)
        })
        .collect()
    }

    fn array(&self, schema: &Value, place: &str, name: &str, example: Option<&Value>) -> Value {
        let items = &schema["items"];
        let known = items.get("properties").is_some() || items.get("anyOf").is_some();
        match example {
            Some(example) if !known && !is_empty(example) && fits(schema, example) => {
                return example.clone();
            }
            _ => {}
        }
        json!([self.value(items, &below(place, "0"), name)])
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
}

fn holds_more(schema: &Value) -> bool {
    matches!(schema["type"].as_str(), Some("array" | "object"))
        || schema.get("properties").is_some()
}

fn below(place: &str, name: &str) -> String {
    if place.is_empty() {
        name.to_owned()
    } else {
        format!("{place}/{name}")
    }
}

/// Whether an example is of its schema's type and among its values, and so are its parts.
fn fits(schema: &Value, example: &Value) -> bool {
    let fits_type = match (schema["type"].as_str(), example) {
        (Some("string"), example) => example.is_string(),
        (Some("number" | "integer"), example) => example.is_number(),
        (Some("boolean"), example) => example.is_boolean(),
        (Some("array"), Value::Array(items)) => {
            items.iter().all(|item| fits(&schema["items"], item))
        }
        (Some("object"), Value::Object(fields)) => fields
            .iter()
            .all(|(name, field)| fits(&schema["properties"][name], field)),
        (Some("array" | "object"), _) => false,
        _ => true,
    };
    let known = schema["enum"].as_array();
    fits_type && known.is_none_or(|known| known.contains(example))
}

fn string(schema: &Value, name: &str, example: Option<&Value>) -> Value {
    if let Some(example) = example.filter(|example| fits(schema, example))
        && example != ""
    {
        return example.clone();
    }
    if let Some(known) = schema["enum"].as_array() {
        return known[0].clone();
    }
    if let Some(example @ (Value::Number(_) | Value::Bool(_))) = example {
        return json!(example.to_string());
    }
    if is_moment(name) {
        return json!("2026-05-08T12:34:56.000Z");
    }
    json!(format!("{name}-sample"))
}

fn number(schema: &Value, name: &str, example: Option<&Value>) -> Value {
    let text = example.and_then(Value::as_str);
    let number = text.and_then(|text| serde_json::from_str(text).ok());
    let number: Option<Value> = number.or_else(|| example.cloned());
    if let Some(number) = number.filter(|number| fits(schema, number)) {
        return number;
    }
    match schema["enum"].as_array() {
        Some(known) => known[0].clone(),
        None if is_moment(name) => json!(1_628_008_053_263_u64),
        None => schema.get("minimum").cloned().unwrap_or(json!(7)),
    }
}

fn boolean(example: Option<&Value>) -> Value {
    match example {
        Some(Value::Bool(flag)) => json!(flag),
        Some(Value::String(text)) if text == "false" => json!(false),
        _ => json!(true),
    }
}

/// Whether a field's name says that it holds a moment.
fn is_moment(name: &str) -> bool {
    let lower = name.to_lowercase();
    let span = lower.contains("timezone") || lower.contains("timeoffset");
    let said = lower.contains("date") || (lower.contains("time") && !span);
    (said && !lower.ends_with("by")) || name.ends_with("At")
}

/// Every part of a body below its root, from the outside to the inside, as `contact/tags/0`. Null and what is empty say
/// no more than a field that is missing, and are not among them.
pub(super) fn parts(body: &Value) -> Vec<Part> {
    let mut found = Vec::new();
    collect(body, "", &mut found);
    found
}

/// One part of a body.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) place: String,
    pub(super) value: Value,
}

fn collect(value: &Value, place: &str, found: &mut Vec<Part>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, item)| (at.to_string(), item))
            .collect(),
        _ => Vec::new(),
    };
    for (name, value) in inner.into_iter().filter(|(_, value)| !says_nothing(value)) {
        let place = below(place, &name);
        found.push(Part {
            place: place.clone(),
            value: value.clone(),
        });
        collect(value, &place, found);
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Another value of the same type; `None` for lists and objects.
fn changed(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(flag) => Some(json!(!flag)),
        Value::Number(number) => Some(match number.as_i64() {
            Some(number) => json!(number + 1),
            None => json!(number.as_f64().unwrap() + 1.0),
        }),
        Value::String(text) => Some(json!(format!("{text}x"))),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl Part {
    /// The body without this part, and with another value in its place.
    pub(super) fn otherwise(&self, body: &Value) -> Vec<Value> {
        let pointer = format!("/{}", self.place);
        let (above, name) = pointer.rsplit_once('/').unwrap();
        let mut without = body.clone();
        match without.pointer_mut(above).unwrap() {
            Value::Object(fields) => drop(fields.remove(name)),
            Value::Array(items) => drop(items.remove(name.parse().unwrap())),
            other => panic!("{other} holds nothing"),
        }
        let with_other = changed(&self.value).map(|changed| {
            let mut body = body.clone();
            *body.pointer_mut(&pointer).unwrap() = changed;
            body
        });
        [Some(without), with_other].into_iter().flatten().collect()
    }

    /// Whether `other` lies inside of this part.
    pub(super) fn contains(&self, other: &Self) -> bool {
        let inside = other.place.strip_prefix(&self.place);
        inside.is_some_and(|rest| rest.starts_with('/'))
    }
}
