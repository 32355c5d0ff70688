//! The layers of the source: each part uses only those below it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

/// From low to high. A part may use its own layer and those before it.
const LAYERS: [&[&str]; 8] = [
    &[
        "clock",
        "digest",
        "ids",
        "lane",
        "lenient",
        "message",
        "open_enum",
        "phone",
        "refusals",
        "secret",
        "sqlite",
        "in_flight",
    ],
    &["error"],
    &["client"],
    &["api", "auth"],
    &["webhooks", "workflows"],
    &["recipes"],
    &["serve"],
    &["testing"],
];

/// The layer of a top-level module, or of a name that the crate's root re-exports.
fn layer(name: &str) -> usize {
    let part = match name {
        "Client" => "client",
        "Error" | "Result" => "error",
        part => part,
    };
    let found = LAYERS.iter().position(|layer| layer.contains(&part));
    found.unwrap_or_else(|| panic!("`{name}` has no layer: name it in LAYERS"))
}

/// What a line of code uses of the crate, such as `client` in `use crate::client::Request;`.
fn used(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    code.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    })
}

fn check(path: &Path, part: &str, found: &mut Vec<String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            check(&entry.unwrap().path(), part, found);
        }
        return;
    }
    if path.extension().is_none_or(|extension| extension != "rs") {
        return;
    }
    let text = fs::read_to_string(path).unwrap();
    let own = text.lines().zip(1..);
    for (line, number) in own.take_while(|(line, _)| line.trim() != "#[cfg(test)]") {
        for name in used(line).filter(|name| layer(name) > layer(part)) {
            found.push(format!("{}:{number}: {part} uses {name}", path.display()));
        }
    }
}

#[test]
fn dependencies_point_downwards() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for entry in fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        let part = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_code = path.is_dir() || path.extension().is_some_and(|extension| extension == "rs");
        if is_code && part != "lib" {
            check(&path, &part, &mut found);
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}
