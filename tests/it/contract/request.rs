//! Whether a request is what HighLevel documents: path, method, query, headers, body.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value};

use super::exceptions::Table;
use super::schema::strict;
use super::spec::{Operation, Parameter};

const MISSING: &str = "it is missing";

/// A request as it went out.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    /// By their names in lower case.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl Sent {
    pub(super) fn new(request: &http::Request<bytes::Bytes>) -> Self {
        let headers = request.headers().iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let query = request.uri().query().unwrap_or_default().as_bytes();
        Self {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            query: url::form_urlencoded::parse(query).into_owned().collect(),
            headers: headers.collect(),
            body: request.body().to_vec(),
        }
    }
}

/// What is wrong with a request, each with its place.
pub(super) fn problems(sent: &Sent, operation: &Operation, table: &Table) -> Vec<String> {
    let mut judge = Judge {
        operation,
        table,
        found: Vec::new(),
    };
    judge.headers(sent);
    judge.query(sent);
    judge.body(sent);
    let found = judge.found.into_iter();
    let found =
        found.filter(|(place, problem)| problem != MISSING || !table.optional(operation, place));
    found
        .map(|(place, problem)| format!("{place}: {problem}"))
        .collect()
}

struct Judge<'a> {
    operation: &'a Operation,
    table: &'a Table,
    found: Found,
}

/// Places and what is wrong there.
type Found = Vec<(String, String)>;

impl Judge<'_> {
    fn wrong(&mut self, place: impl Into<String>, problem: impl Into<String>) {
        self.found.push((place.into(), problem.into()));
    }

    fn headers(&mut self, sent: &Sent) {
        let declared = self.operation.parameters.iter();
        for parameter in declared.filter(|parameter| parameter.place == "header") {
            let name = parameter.name.to_lowercase();
            let place = format!("header/{name}");
            match sent.headers.get(&name) {
                Some(value) => self.check(&place, &parameter.schema, &value.as_str().into()),
                None if parameter.required => self.wrong(place, MISSING),
                None => {}
            }
        }
    }

    fn query(&mut self, sent: &Sent) {
        let declared: Vec<&Parameter> = self
            .operation
            .parameters
            .iter()
            .filter(|parameter| parameter.place == "query")
            .collect();
        for parameter in &declared {
            let given = sent
                .query
                .iter()
                .filter(|(name, _)| *name == parameter.name);
            let given: Vec<&str> = given.map(|(_, value)| value.as_str()).collect();
            let place = format!("query/{}", parameter.name);
            if given.contains(&"") {
                self.wrong(place.clone(), "it is empty");
            }
            match given[..] {
                [] if parameter.required => self.wrong(place, MISSING),
                [] => {}
                _ if parameter.schema["type"] == "array" => {
                    let items: Vec<Value> = given
                        .iter()
                        .map(|text| meant(&parameter.schema["items"], text))
                        .collect();
                    self.check(&place, &parameter.schema, &items.into());
                }
                [one] => self.check(&place, &parameter.schema, &meant(&parameter.schema, one)),
                _ => self.wrong(place, "it is there more than once"),
            }
        }
        for (name, _) in &sent.query {
            if !declared.iter().any(|parameter| parameter.name == *name) {
                self.wrong(format!("query/{name}"), "HighLevel knows no such parameter");
            }
        }
    }

    fn body(&mut self, sent: &Sent) {
        let Some(declared) = &self.operation.body else {
            if !sent.body.is_empty() {
                self.wrong("body", "HighLevel documents none");
            }
            return;
        };
        let Some(kind) = sent
            .headers
            .get("content-type")
            .filter(|_| !sent.body.is_empty())
        else {
            if declared.required {
                self.wrong("body", MISSING);
            }
            return;
        };
        let Some((_, schema)) = declared.forms.iter().find(|(known, _)| known == kind) else {
            self.wrong("body", format!("HighLevel takes no {kind}"));
            return;
        };
        let value = if kind == "application/json" {
            serde_json::from_slice(&sent.body).unwrap()
        } else {
            let fields = url::form_urlencoded::parse(&sent.body);
            let fields = fields.map(|(name, text)| {
                let value = meant(&schema["properties"][&*name], &text);
                (name.into_owned(), value)
            });
            Value::Object(fields.collect::<Map<_, _>>())
        };
        self.check("body", schema, &value);
    }

    /// Checks what stands at a place, first against the file's schema and then against the table's corrections of it.
    fn check(&mut self, place: &str, schema: &Value, value: &Value) {
        let mut found = differences(place, schema, value);
        let broken: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
        let mut corrected = schema.clone();
        if self
            .table
            .correct(self.operation, place, &broken, &mut corrected)
        {
            found = differences(place, &corrected, value);
        }
        self.found.extend(found);
    }
}

/// A text of a query or form as a value of the schema's type.
fn meant(schema: &Value, text: &str) -> Value {
    let read = match schema["type"].as_str() {
        Some("number" | "integer" | "boolean") => serde_json::from_str(text).ok(),
        _ => None,
    };
    read.unwrap_or_else(|| text.into())
}

/// Where below `place` a value is not what a schema says.
fn differences(place: &str, schema: &Value, value: &Value) -> Found {
    let mut found = Vec::new();
    let validator = jsonschema::draft202012::new(&strict(schema)).unwrap();
    for error in validator.iter_errors(value) {
        let place = format!("{place}{}", error.instance_path());
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                for name in unexpected {
                    let problem = "HighLevel documents no such field".to_owned();
                    found.push((format!("{place}/{name}"), problem));
                }
            }
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap();
                found.push((format!("{place}/{name}"), MISSING.to_owned()));
            }
            _ => found.push((place, error.to_string())),
        }
    }
    found
}

/// The inputs of an operation: each parameter, and each field of the body at any depth.
pub(super) fn inputs(operation: &Operation) -> BTreeSet<String> {
    let query = operation.parameters.iter();
    let query = query.filter(|parameter| parameter.place == "query");
    let mut found: BTreeSet<String> = query
        .map(|parameter| format!("query/{}", parameter.name))
        .collect();
    for (_, schema) in operation.body.iter().flat_map(|body| &body.forms) {
        fields(schema, "body", &mut found);
    }
    found
}

fn fields(schema: &Value, place: &str, found: &mut BTreeSet<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{place}/{name}");
        fields(property, &place, found);
        found.insert(place);
    }
    if let Some(items) = schema.get("items") {
        fields(items, &format!("{place}/*"), found);
    }
    for choice in schema["anyOf"].as_array().into_iter().flatten() {
        fields(choice, place, found);
    }
}

/// The inputs that a request gives.
pub(super) fn given(sent: &Sent) -> BTreeSet<String> {
    let query = sent.query.iter();
    let mut found: BTreeSet<String> = query.map(|(name, _)| format!("query/{name}")).collect();
    match serde_json::from_slice(&sent.body) {
        Ok(body) => values(&body, "body", &mut found),
        Err(_) => found.extend(
            url::form_urlencoded::parse(&sent.body).map(|(name, _)| format!("body/{name}")),
        ),
    }
    found
}

fn values(value: &Value, place: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let place = format!("{place}/{name}");
                values(field, &place, found);
                found.insert(place);
            }
        }
        Value::Array(items) => {
            for item in items {
                values(item, &format!("{place}/*"), found);
            }
        }
        _ => {}
    }
}
