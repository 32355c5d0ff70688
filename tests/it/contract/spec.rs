//! HighLevel's OpenAPI files: where they are, their operations, and which of them a request is meant for.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::left_out;
use super::schema::Files;

/// The versions of the API, each with files of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Version {
    V2,
    V3,
}

/// All operations of one version.
pub(super) struct Spec {
    pub(super) version: Version,
    /// The names of the files, such as `contacts`; those of version 3 without their ending. What is left out whole is
    /// not among them.
    pub(super) files: BTreeSet<String>,
    pub(super) operations: Vec<Operation>,
}

/// One operation as HighLevel documents it.
pub(super) struct Operation {
    pub(super) version: Version,
    pub(super) file: String,
    /// Method and path, such as `GET /contacts/{contactId}`.
    pub(super) name: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    pub(super) answers: Vec<Answer>,
}

/// A parameter of the query or a header; those of the path are in the path.
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) place: String,
    pub(super) required: bool,
    pub(super) schema: Value,
}

pub(super) struct Body {
    pub(super) required: bool,
    /// The schema for each content type.
    pub(super) forms: Vec<(String, Value)>,
}

/// What a 2xx holds.
pub(super) struct Answer {
    pub(super) status: u16,
    /// `None` where HighLevel does not document the body.
    pub(super) schema: Option<Value>,
    /// Whole bodies that stand in the file.
    pub(super) examples: Vec<Value>,
}

/// The folder with HighLevel's files, which `GHL_OPENAPI_DIR` names. Nothing if it is not set.
pub(super) fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(env::var_os("GHL_OPENAPI_DIR")?);
    assert!(
        folder.join("apps").is_dir(),
        "GHL_OPENAPI_DIR: {folder:?} has no folder `apps`; name the folder that .ci/openapi prints"
    );
    Some(folder)
}

impl Spec {
    pub(super) fn read(folder: &Path, version: Version) -> Self {
        let (folder, ending) = match version {
            Version::V2 => (folder.join("apps"), ".json"),
            Version::V3 => (folder.join("apps/v3"), "-v3.json"),
        };
        let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .collect();
        paths.sort();
        let mut spec = Self {
            version,
            files: BTreeSet::new(),
            operations: Vec::new(),
        };
        let mut files = Files::default();
        for path in paths {
            let name = path.file_name().unwrap().to_str().unwrap();
            let Some(name) = name.strip_suffix(ending) else {
                continue;
            };
            if left_out::FILES.iter().any(|(file, _)| *file == name) {
                continue;
            }
            spec.files.insert(name.to_owned());
            let templates = files.open(&path)["paths"].as_object().unwrap().clone();
            for (template, methods) in &templates {
                for (method, operation) in methods.as_object().unwrap() {
                    let operation = Operation {
                        version,
                        file: name.to_owned(),
                        name: format!("{} {template}", method.to_uppercase()),
                        parameters: parameters(&mut files, &path, operation),
                        body: body(&mut files, &path, operation),
                        answers: answers(&mut files, &path, operation),
                    };
                    spec.operations.push(operation);
                }
            }
        }
        spec
    }

    /// The operation that a request is meant for: the one with the fewest placeholders that fits.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let fitting = self.operations.iter().filter_map(|operation| {
            let (of_method, template) = operation.name.split_once(' ')?;
            let placeholders = placeholders(template, path)?;
            (of_method == method).then_some((placeholders, operation))
        });
        let best = fitting.min_by_key(|(placeholders, _)| *placeholders);
        best.map(|(_, operation)| operation)
    }
}

/// How many segments of `path` stand for placeholders of `template`; `None` if it is another path.
fn placeholders(template: &str, path: &str) -> Option<usize> {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    let mut count = 0;
    loop {
        match (template.next(), path.next()) {
            (None, None) => return Some(count),
            (Some(expected), Some(segment)) if expected.starts_with('{') && !segment.is_empty() => {
                count += 1
            }
            (Some(expected), Some(segment)) if expected == segment => {}
            _ => return None,
        }
    }
}

fn parameters(files: &mut Files, path: &Path, operation: &Value) -> Vec<Parameter> {
    let listed = operation["parameters"].as_array().into_iter().flatten();
    let listed = listed.filter(|parameter| parameter["in"] != "path");
    listed
        .map(|parameter| Parameter {
            name: parameter["name"].as_str().unwrap().to_owned(),
            place: parameter["in"].as_str().unwrap().to_owned(),
            required: parameter["required"] == true,
            schema: files.resolve(path, &parameter["schema"]),
        })
        .collect()
}

fn body(files: &mut Files, path: &Path, operation: &Value) -> Option<Body> {
    let body = operation.get("requestBody")?;
    let forms = body["content"].as_object().unwrap().iter();
    let forms = forms.map(|(kind, form)| (kind.clone(), files.resolve(path, &form["schema"])));
    Some(Body {
        required: body["required"] == true,
        forms: forms.collect(),
    })
}

fn answers(files: &mut Files, path: &Path, operation: &Value) -> Vec<Answer> {
    let mut found = Vec::new();
    for (status, answer) in operation["responses"].as_object().unwrap() {
        if !status.starts_with('2') {
            continue;
        }
        let content = answer.pointer("/content/application~1json");
        let examples = content.and_then(|content| content["examples"].as_object());
        let examples = examples.into_iter().flat_map(|examples| examples.values());
        let single = content.and_then(|content| content.get("example"));
        found.push(Answer {
            status: status.parse().unwrap(),
            schema: content
                .and_then(|content| content.get("schema"))
                .map(|schema| files.resolve(path, schema)),
            examples: examples
                .map(|example| example["value"].clone())
                .chain(single.cloned())
                .collect(),
        });
    }
    found
}
