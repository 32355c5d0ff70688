//! Reads keys of a TOML document one by one and notes every problem with its line, instead of stopping at the first.
//!
//! Nothing here knows what the keys mean.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::fmt::temporal::SpanParser;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::super::spelling::nearest;
use super::problem::{Fault, Problem};

/// The longest key that is noted whole, in characters.
const LONGEST_KEY: usize = 60;

/// The problems found so far, and where every key stands.
pub(super) struct Notes<'a> {
    file: &'a str,
    /// Where each line but the first begins.
    line_starts: Vec<usize>,
    pub(super) problems: Vec<Problem>,
    pub(super) lines: BTreeMap<String, usize>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(file: &'a str, source: &'a str) -> Self {
        let breaks = source.match_indices('\n');
        Self {
            file,
            line_starts: breaks.map(|(at, _)| at + 1).collect(),
            problems: Vec::new(),
            lines: BTreeMap::new(),
        }
    }

    /// Notes a problem at a byte of the source.
    pub(super) fn at(&mut self, offset: usize, key: impl Into<String>, fault: Fault) {
        let line = self.line(offset);
        self.problems
            .push(Problem::new(self.file, line, key, fault));
    }

    fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset) + 1
    }
}

/// A value that was read, with the place to complain about it.
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) key: String,
    pub(super) offset: usize,
}

impl<T> Found<T> {
    /// Notes a problem with this value.
    pub(super) fn refuse(&self, notes: &mut Notes<'_>, fault: Fault) {
        notes.at(self.offset, &self.key, fault);
    }

    fn map<U>(self, change: impl FnOnce(T) -> U) -> Found<U> {
        Found {
            value: change(self.value),
            key: self.key,
            offset: self.offset,
        }
    }
}

/// One table of the document, which remembers what was asked of it.
pub(super) struct Section<'t> {
    path: String,
    offset: usize,
    table: &'t DeTable<'t>,
    asked: Vec<&'static str>,
}

impl<'t> Section<'t> {
    pub(super) fn root(table: &'t DeTable<'t>) -> Self {
        Self {
            path: String::new(),
            offset: 0,
            table,
            asked: Vec::new(),
        }
    }

    /// The last part of its name.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// Where it begins.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// The full name of a key. It is noted for each key and each problem, so the end of one that is too long is left out.
    fn key(&self, name: &str) -> String {
        let name = match name.char_indices().nth(LONGEST_KEY) {
            Some((end, _)) => &format!("{}…", &name[..end]),
            None => name,
        };
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    fn value(
        &mut self,
        notes: &mut Notes<'_>,
        name: &'static str,
    ) -> Option<Found<&'t Spanned<DeValue<'t>>>> {
        if !self.asked.contains(&name) {
            self.asked.push(name);
        }
        let (key, value) = self.table.get_key_value(name)?;
        Some(self.found(notes, key, value))
    }

    /// A value with its place, which is remembered.
    fn found(
        &self,
        notes: &mut Notes<'_>,
        key: &Spanned<DeString<'t>>,
        value: &'t Spanned<DeValue<'t>>,
    ) -> Found<&'t Spanned<DeValue<'t>>> {
        let found = Found {
            value,
            key: self.key(key.get_ref()),
            offset: key.span().start,
        };
        let line = notes.line(found.offset);
        notes.lines.insert(found.key.clone(), line);
        found
    }

    /// Notes that a required key is not there.
    fn missing(&self, notes: &mut Notes<'_>, name: &str, remedy: &str) {
        if !self.table.contains_key(name) {
            let fault = Fault::new("missing", remedy);
            notes.at(self.offset, self.key(name), fault);
        }
    }

    /// A section of this one.
    pub(super) fn section(
        &mut self,
        notes: &mut Notes<'_>,
        name: &'static str,
    ) -> Option<Section<'t>> {
        let found = self.value(notes, name)?;
        Section::of(notes, found)
    }

    /// All sections of this one, by name.
    pub(super) fn sections(self, notes: &mut Notes<'_>) -> Vec<Section<'t>> {
        let mut sections = Vec::new();
        for (key, value) in self.table.iter() {
            let found = self.found(notes, key, value);
            sections.extend(Section::of(notes, found));
        }
        sections
    }

    /// The sections of a list, such as `[[steps.text.variants]]`; their paths count them from 1.
    pub(super) fn tables(&mut self, notes: &mut Notes<'_>, name: &'static str) -> Vec<Section<'t>> {
        let Some(found) = self.value(notes, name) else {
            return Vec::new();
        };
        let shape = format!("[[{}]]", found.key);
        let DeValue::Array(items) = found.value.get_ref() else {
            found.refuse(notes, wrong_type(found.value, "a list of sections", &shape));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let item = Found {
                value: item,
                key: format!("{}.{}", found.key, at + 1),
                offset: item.span().start,
            };
            let line = notes.line(item.offset);
            notes.lines.insert(item.key.clone(), line);
            if item.value.get_ref().is_table() {
                sections.extend(Section::of(notes, item));
            } else {
                item.refuse(notes, wrong_type(item.value, "a section", &shape));
            }
        }
        sections
    }

    /// All keys of this one with their words in quotes, for sections whose keys are of the author's choice.
    pub(super) fn words(self, notes: &mut Notes<'_>) -> Vec<(String, Found<String>)> {
        let mut words = Vec::new();
        for (key, value) in self.table.iter() {
            let found = self.found(notes, key, value);
            match found.value.get_ref() {
                DeValue::String(text) => {
                    let text = text.trim().to_owned();
                    words.push((key.get_ref().to_string(), found.map(|_| text)));
                }
                _ => {
                    let fault = wrong_type(found.value, "words in quotes", "key = \"…\"");
                    found.refuse(notes, fault);
                }
            }
        }
        words
    }

    /// The section that a value is.
    fn of(notes: &mut Notes<'_>, found: Found<&'t Spanned<DeValue<'t>>>) -> Option<Self> {
        let DeValue::Table(table) = found.value.get_ref() else {
            let shape = format!("[{}]", found.key);
            found.refuse(notes, wrong_type(found.value, "a section", &shape));
            return None;
        };
        Some(Self {
            path: found.key,
            offset: found.offset,
            table,
            asked: Vec::new(),
        })
    }

    /// Words in quotes, without the white space around them.
    pub(super) fn text(
        &mut self,
        notes: &mut Notes<'_>,
        name: &'static str,
    ) -> Option<Found<String>> {
        let found = self.value(notes, name)?;
        match found.value.get_ref() {
            DeValue::String(text) => Some(found.map(|_| text.trim().to_owned())),
            _ => {
                let fault = wrong_type(found.value, "words in quotes", &format!("{name} = \"…\""));
                found.refuse(notes, fault);
                None
            }
        }
    }

    /// The same, required and not empty.
    pub(super) fn required_text(
        &mut self,
        notes: &mut Notes<'_>,
        name: &'static str,
        remedy: &str,
    ) -> Option<Found<String>> {
        self.missing(notes, name, remedy);
        let found = self.text(notes, name)?;
        if found.value.is_empty() {
            found.refuse(notes, Fault::new("empty", remedy));
            return None;
        }
        Some(found)
    }

    /// A required whole number from 1.
    pub(super) fn required_count(
        &mut self,
        notes: &mut Notes<'_>,
        name: &'static str,
        remedy: &str,
    ) -> Option<u32> {
        self.missing(notes, name, remedy);
        self.count(notes, name, remedy).map(|count| count.value)
    }

    /// A whole number from 1.
    pub(super) fn count(
        &mut self,
        notes: &mut Notes<'_>,
        name: &'static str,
        remedy: &str,
    ) -> Option<Found<u32>> {
        let found = self.value(notes, name)?;
        let DeValue::Integer(integer) = found.value.get_ref() else {
            let fault = wrong_type(found.value, "a whole number", &format!("{name} = 1"));
            found.refuse(notes, fault);
            return None;
        };
        match u32::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(count) if count > 0 => Some(found.map(|_| count)),
            _ => {
                found.refuse(
                    notes,
                    Fault::new("not a whole number from 1 to 4294967295", remedy),
                );
                None
            }
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, notes: &mut Notes<'_>, name: &'static str) -> Option<bool> {
        let found = self.value(notes, name)?;
        match found.value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => {
                let fault = wrong_type(found.value, "true or false", &format!("{name} = true"));
                found.refuse(notes, fault);
                None
            }
        }
    }

    /// A list of words in quotes, none of them empty.
    pub(super) fn texts(&mut self, notes: &mut Notes<'_>, name: &'static str) -> Vec<String> {
        let entries = self.entries(notes, name).into_iter();
        entries.map(|(_, text)| text).collect()
    }

    /// The same, each with its place in the list, from 1.
    pub(super) fn entries(
        &mut self,
        notes: &mut Notes<'_>,
        name: &'static str,
    ) -> Vec<(usize, String)> {
        let Some(found) = self.value(notes, name) else {
            return Vec::new();
        };
        let shape = format!("{name} = [\"…\", \"…\"]");
        let DeValue::Array(items) = found.value.get_ref() else {
            let fault = wrong_type(found.value, "a list of words", &shape);
            found.refuse(notes, fault);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (at, item) in items.iter().enumerate() {
            match item.get_ref() {
                DeValue::String(text) if text.contains(char::is_alphanumeric) => {
                    texts.push((at + 1, text.trim().to_owned()));
                }
                DeValue::String(_) => {
                    found.refuse(notes, Fault::new("an entry without letters", "remove it"))
                }
                _ => found.refuse(notes, wrong_type(item, "words in quotes", &shape)),
            }
        }
        texts
    }

    /// An ISO 8601 duration between `least` and `most`, both included.
    pub(super) fn duration(
        &mut self,
        notes: &mut Notes<'_>,
        name: &'static str,
        (least, most): (SignedDuration, SignedDuration),
    ) -> Option<Found<SignedDuration>> {
        let found = self.value(notes, name)?;
        let DeValue::String(text) = found.value.get_ref() else {
            let fault = wrong_type(
                found.value,
                "a duration in quotes",
                &format!("{name} = \"PT10M\""),
            );
            found.refuse(notes, fault);
            return None;
        };
        let what = match SpanParser::new().parse_duration(text.trim()) {
            Err(_) => "not an ISO 8601 duration in hours, minutes and seconds",
            Ok(duration) if duration.is_negative() => "a negative duration",
            Ok(duration) if duration < least => "too short a duration",
            Ok(duration) if duration > most => "too long a duration",
            Ok(duration) => return Some(found.map(|_| duration)),
        };
        let remedy = format!("write one between \"{least}\" and \"{most}\", such as \"PT1H30M\"");
        found.refuse(notes, Fault::new(what, remedy));
        None
    }

    /// Whether the key is there, in whatever form.
    pub(super) fn has(&mut self, name: &'static str) -> bool {
        self.asked.push(name);
        self.table.contains_key(name)
    }

    /// Whether the key is there and is a section.
    pub(super) fn is_table(&self, name: &str) -> bool {
        self.table
            .get(name)
            .is_some_and(|value| value.get_ref().is_table())
    }

    /// Notes a problem with the section as a whole.
    pub(super) fn refuse(&self, notes: &mut Notes<'_>, fault: Fault) {
        notes.at(self.offset, &self.path, fault);
    }

    /// Notes a problem with one of its keys.
    pub(super) fn refuse_key(&self, notes: &mut Notes<'_>, name: &str, fault: Fault) {
        let place = self.table.get_key_value(name);
        let offset = place.map_or(self.offset, |(key, _)| key.span().start);
        notes.at(offset, self.key(name), fault);
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(self, notes: &mut Notes<'_>) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let remedy = match nearest(name, self.asked.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("remove it; known here: {}", self.asked.join(", ")),
            };
            notes.at(
                key.span().start,
                self.key(name),
                Fault::new("unknown key", remedy),
            );
        }
    }
}

fn wrong_type(value: &Spanned<DeValue<'_>>, wanted: &str, shape: &str) -> Fault {
    let given = value.get_ref().type_str();
    Fault::new(
        format!("expected {wanted}, found {given}"),
        format!("write `{shape}`"),
    )
}
