//! The files of a location that is as one wants it: where to begin, and how to make others like it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::desired::Reads;
use super::live::{self, Live};
use super::names;
use super::run::Setup;
use super::thing::{Kind, Thing};
use crate::error::Result;
use crate::ids::LocationId;

/// A location as files. Planning with them finds nothing to do in the location that they were made of.
///
/// `Debug` shows nothing of them: they hold what the location holds.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// The settings file. It names its spreadsheet `locations.csv`.
    pub toml: String,
    /// The spreadsheet, with one row: what differs from location to location.
    pub csv: String,
}

impl std::fmt::Debug for Exported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exported").finish_non_exhaustive()
    }
}

impl Setup {
    /// Writes down what a location has.
    pub async fn export(&self, location: &LocationId) -> Result<Exported> {
        let handle = self.client.location(location.clone()).in_background();
        let live = live::read(&handle, Reads::ALL).await?;
        Ok(files(location, &live))
    }
}

/// The files of a location.
fn files(location: &LocationId, live: &Live) -> Exported {
    let mut row = vec![("location_id".to_owned(), location.as_str().to_owned())];
    row.push(("name".to_owned(), live.name.clone().unwrap_or_default()));
    let mut out = String::from(
        "# What every location must have. What is not here is not touched.\n\n[agency]\n",
    );
    out += "locations = \"locations.csv\" # one row a location; its columns are {{ row.* }}\n";
    let tags: Vec<String> = live
        .all(Kind::Tag)
        .iter()
        .map(|tag| quoted(&tag.name))
        .collect();
    if !tags.is_empty() {
        let _ = write!(out, "\n[tags]\npresent = [{}]\n", tags.join(", "));
    }
    for value in live.all(Kind::Value) {
        self::value(&mut out, value);
    }
    for field in live.all(Kind::Field) {
        self::field(&mut out, field);
    }
    let mut seen = BTreeSet::new();
    for pipeline in live.all(Kind::Pipeline) {
        if pipeline.parts.is_empty() || !seen.insert(names::folded(&pipeline.name)) {
            continue;
        }
        let stages: Vec<String> = pipeline
            .parts
            .iter()
            .map(|part| quoted(&part.name))
            .collect();
        let name = quoted(&pipeline.name);
        let _ = write!(
            out,
            "\n[pipelines.{name}]\nstages = [{}]\n",
            stages.join(", ")
        );
    }
    let mut seen = BTreeSet::new();
    for link in live.all(Kind::Link) {
        let to = link.text.as_deref().unwrap_or_default();
        let name = quoted(&link.name);
        if !to.starts_with("https://") || !seen.insert(names::folded(&link.name)) {
            let _ = write!(
                out,
                "\n# The link {name} leads to {}, and is left out.\n",
                quoted(to)
            );
            continue;
        }
        let _ = write!(out, "\n[links.{name}]\nto = {}\n", quoted(to));
    }
    out += "\n[require] # what no API can make\n";
    let published = live
        .workflows
        .iter()
        .flatten()
        .filter(|(facts, _)| !facts.is_draft);
    let workflows = published.filter_map(|(_, name)| name.as_deref());
    let workflows: Vec<String> = workflows
        .map(|name| format!("{{ name = {}, status = \"published\" }}", quoted(name)))
        .collect();
    let _ = writeln!(out, "workflows = [{}]", workflows.join(", "));
    let users = live.users.iter().flatten();
    let emails = users.filter_map(|(_, email)| email.as_ref().map(|email| (**email).clone()));
    let users = columns(&mut row, "user", emails);
    let _ = writeln!(out, "users = [{users}]");
    let numbers = live
        .numbers
        .iter()
        .flatten()
        .map(|number| number.number.e164().to_owned());
    let numbers = columns(&mut row, "number", numbers);
    let _ = writeln!(out, "numbers = [{numbers}]");
    out += "by_hand = []\n";
    Exported {
        toml: out,
        csv: sheet(&row),
    }
}

fn value(out: &mut String, value: &Thing) {
    let text = value.text.as_deref().unwrap_or_default().trim();
    if names::key_of(&value.key) != value.key || text.is_empty() {
        let _ = write!(
            out,
            "\n# The value {} is empty, or has a key that no name gives.\n",
            quoted(&value.key)
        );
        return;
    }
    let _ = write!(out, "\n[values.{}]\n", value.key);
    name_line(out, &value.name, &value.key);
    let _ = writeln!(out, "value = {}", quoted(text));
}

fn field(out: &mut String, field: &Thing) {
    let slug = field.key.split_once('.').map_or("", |(_, slug)| slug);
    let kind = field.field_type.as_deref().unwrap_or_default();
    let known = [
        "TEXT",
        "LARGE_TEXT",
        "NUMERICAL",
        "PHONE",
        "EMAIL",
        "MONETORY",
        "DATE",
        "FILE_UPLOAD",
    ];
    let chooses = matches!(
        kind,
        "SINGLE_OPTIONS" | "MULTIPLE_OPTIONS" | "RADIO" | "CHECKBOX"
    );
    let is_writable = known.contains(&kind) || (chooses && !field.parts.is_empty());
    if names::key_of(slug) != slug || slug.is_empty() || !is_writable {
        let _ = write!(
            out,
            "\n# The field {} of type {kind} cannot be created by this file.\n",
            quoted(&field.key)
        );
        return;
    }
    let _ = write!(out, "\n[fields.{}]\n", quoted(&field.key));
    name_line(out, &field.name, slug);
    let _ = writeln!(out, "type = \"{kind}\"");
    if chooses {
        let options: Vec<String> = field.parts.iter().map(|part| quoted(&part.name)).collect();
        let _ = writeln!(out, "options = [{}]", options.join(", "));
    }
}

/// The name, where a new location would get the same key by it.
fn name_line(out: &mut String, name: &str, key: &str) {
    if names::key_of(name) == key && name != names::name_of(key) {
        let _ = writeln!(out, "name = {}", quoted(name));
    }
}

/// Adds one column for each cell, and gives the templates that name them.
fn columns(
    row: &mut Vec<(String, String)>,
    title: &str,
    cells: impl Iterator<Item = String>,
) -> String {
    let mut templates = Vec::new();
    for (cell, at) in cells.zip(1..) {
        let title = if at == 1 {
            title.to_owned()
        } else {
            format!("{title}_{at}")
        };
        templates.push(format!("\"{{{{ row.{title} }}}}\""));
        row.push((title, cell));
    }
    templates.join(", ")
}

fn sheet(row: &[(String, String)]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let titles = writer.write_record(row.iter().map(|(title, _)| title));
    let cells = titles.and_then(|()| writer.write_record(row.iter().map(|(_, cell)| cell)));
    let bytes = cells
        .ok()
        .and_then(|()| writer.into_inner().ok())
        .unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
