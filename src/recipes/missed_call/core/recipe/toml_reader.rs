//! Reads keys of a TOML document one by one and notes every problem with its line, instead of stopping at the first.
//!
//! Nothing here knows what the keys mean; [`places`](super::places) knows to which section they belong.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::duration;
use super::places::{OF_THE_FILE, right_place};
use super::problem::Problem;
use crate::recipes::missed_call::core::copy::invisible_name;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::spelling::nearest;

/// The longest key that is noted whole, in characters.
const LONGEST_KEY: usize = 60;

const MISSING: &str = "missing";

/// The problems found so far, and where every key stands.
pub(super) struct Diagnostics<'a> {
    file: &'a str,
    /// Where each line but the first begins.
    line_starts: Vec<usize>,
    pub(super) problems: Vec<Problem>,
    pub(super) lines: BTreeMap<String, usize>,
}

impl<'a> Diagnostics<'a> {
    pub(super) fn new(file: &'a str, source: &'a str) -> Self {
        let breaks = source.match_indices('\n');
        Self {
            file,
            line_starts: breaks.map(|(at, _)| at + 1).collect(),
            problems: Vec::new(),
            lines: BTreeMap::new(),
        }
    }

    /// Takes back that a key is missing: it is there under another name, or in another place.
    fn not_missing(&mut self, key: &str) {
        let missing = |problem: &Problem| problem.key() == key && problem.what() == MISSING;
        self.problems.retain(|problem| !missing(problem));
    }

    /// Diagnostics a problem at a byte of the source.
    pub(super) fn at(&mut self, offset: usize, key: impl Into<String>, fault: Diagnostic) {
        let line = self.line(offset);
        self.problems
            .push(Problem::new(self.file, line, key, fault));
    }

    pub(super) fn line(&self, offset: usize) -> usize {
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
    /// Diagnostics a problem with this value.
    pub(super) fn refuse(&self, notes: &mut Diagnostics<'_>, fault: Diagnostic) {
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
pub(super) struct TableReader<'t> {
    path: String,
    offset: usize,
    table: &'t DeTable<'t>,
    asked: Vec<&'static str>,
    /// Keys of the author's own that were understood.
    taken: Vec<&'t str>,
}

impl<'t> TableReader<'t> {
    pub(super) fn root(table: &'t DeTable<'t>) -> Self {
        Self {
            path: String::new(),
            offset: 0,
            table,
            asked: Vec::new(),
            taken: Vec::new(),
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
        notes: &mut Diagnostics<'_>,
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
        notes: &mut Diagnostics<'_>,
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

    /// Diagnostics that a required key is not there.
    fn missing(&self, notes: &mut Diagnostics<'_>, name: &str, remedy: &str) {
        if !self.table.contains_key(name) {
            let fault = Diagnostic::new(MISSING, remedy);
            notes.at(self.offset, self.key(name), fault);
        }
    }

    /// A section of this one.
    pub(super) fn section(
        &mut self,
        notes: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Option<TableReader<'t>> {
        let found = self.value(notes, name)?;
        TableReader::of(notes, found)
    }

    /// All sections of this one, by name.
    pub(super) fn sections(self, notes: &mut Diagnostics<'_>) -> Vec<TableReader<'t>> {
        let mut sections = Vec::new();
        for (key, value) in self.table.iter() {
            let found = self.found(notes, key, value);
            sections.extend(TableReader::of(notes, found));
        }
        sections
    }

    /// The sections of a list, such as `[[steps.text.variants]]`; their paths count them from 1.
    pub(super) fn tables(
        &mut self,
        notes: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Vec<TableReader<'t>> {
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
                sections.extend(TableReader::of(notes, item));
            } else {
                item.refuse(notes, wrong_type(item.value, "a section", &shape));
            }
        }
        sections
    }

    /// All keys of this one with their words in quotes, for sections whose keys are of the author's choice.
    pub(super) fn words(self, notes: &mut Diagnostics<'_>) -> Vec<(String, Found<String>)> {
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
    fn of(notes: &mut Diagnostics<'_>, found: Found<&'t Spanned<DeValue<'t>>>) -> Option<Self> {
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
            taken: Vec::new(),
        })
    }

    /// Words in quotes, without the white space around them.
    pub(super) fn text(
        &mut self,
        notes: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Option<Found<String>> {
        let found = self.value(notes, name)?;
        in_quotes(notes, found, name)
    }

    /// The same of a key of the author's own, which is known from then on.
    pub(super) fn text_of(
        &mut self,
        notes: &mut Diagnostics<'_>,
        name: &str,
    ) -> Option<Found<String>> {
        let (key, value) = self.table.get_key_value(name)?;
        self.taken.push(key.get_ref());
        let found = self.found(notes, key, value);
        in_quotes(notes, found, name)
    }

    /// The same, or one of TOML's own dates.
    pub(super) fn date(
        &mut self,
        notes: &mut Diagnostics<'_>,
        name: &'static str,
        remedy: &str,
    ) -> Option<Found<String>> {
        self.missing(notes, name, remedy);
        let found = self.value(notes, name)?;
        match date_of(found.value) {
            Some(date) => Some(found.map(|_| date)),
            None => in_quotes(notes, found, name),
        }
    }

    /// The keys that nobody has asked for so far.
    pub(super) fn others(&self) -> Vec<String> {
        let names = self.table.keys().map(|key| key.get_ref().as_ref());
        names
            .filter(|name| !self.is_known(name))
            .map(str::to_owned)
            .collect()
    }

    fn is_known(&self, name: &str) -> bool {
        self.asked.contains(&name) || self.taken.contains(&name)
    }

    /// The same, required and not empty.
    pub(super) fn required_text(
        &mut self,
        notes: &mut Diagnostics<'_>,
        name: &'static str,
        remedy: &str,
    ) -> Option<Found<String>> {
        self.missing(notes, name, remedy);
        let found = self.text(notes, name)?;
        if found.value.is_empty() {
            found.refuse(notes, Diagnostic::new("empty", remedy));
            return None;
        }
        Some(found)
    }

    /// A required whole number from 1.
    pub(super) fn required_count(
        &mut self,
        notes: &mut Diagnostics<'_>,
        name: &'static str,
        remedy: &str,
    ) -> Option<u32> {
        self.missing(notes, name, remedy);
        self.count(notes, name, remedy).map(|count| count.value)
    }

    /// A whole number from 1.
    pub(super) fn count(
        &mut self,
        notes: &mut Diagnostics<'_>,
        name: &'static str,
        remedy: &str,
    ) -> Option<Found<u32>> {
        let found = self.value(notes, name)?;
        let DeValue::Integer(integer) = found.value.get_ref() else {
            let fault = match found.value.get_ref() {
                DeValue::String(text) if digits(text).is_some() => {
                    let remedy = format!("write `{name} = {}`", digits(text).unwrap_or(1));
                    Diagnostic::new("a number in quotes", remedy)
                }
                _ => wrong_type(found.value, "a whole number", &format!("{name} = 1")),
            };
            found.refuse(notes, fault);
            return None;
        };
        match u32::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(count) if count > 0 => Some(found.map(|_| count)),
            _ => {
                found.refuse(
                    notes,
                    Diagnostic::new("not a whole number from 1 to 4294967295", remedy),
                );
                None
            }
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, notes: &mut Diagnostics<'_>, name: &'static str) -> Option<bool> {
        let found = self.value(notes, name)?;
        match found.value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            value => {
                let no = matches!(value, DeValue::String(text) if is_no(text));
                let shape = format!("{name} = {}", !no);
                let fault = wrong_type(found.value, "true or false without quotes", &shape);
                found.refuse(notes, fault);
                None
            }
        }
    }

    /// A list of words in quotes, none of them empty.
    pub(super) fn texts(&mut self, notes: &mut Diagnostics<'_>, name: &'static str) -> Vec<String> {
        let entries = self.listed(notes, name, |_| None).into_iter();
        entries.map(|(_, text)| text).collect()
    }

    /// The same, each with its place in the list, from 1.
    pub(super) fn entries(
        &mut self,
        notes: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Vec<(usize, String)> {
        self.listed(notes, name, |_| None)
    }

    /// A list of dates, in quotes or as TOML writes them.
    pub(super) fn dates(&mut self, notes: &mut Diagnostics<'_>, name: &'static str) -> Vec<String> {
        let dates = self.listed(notes, name, date_of).into_iter();
        dates.map(|(_, date)| date).collect()
    }

    fn listed(
        &mut self,
        notes: &mut Diagnostics<'_>,
        name: &'static str,
        other: impl Fn(&Spanned<DeValue<'_>>) -> Option<String>,
    ) -> Vec<(usize, String)> {
        let Some(found) = self.value(notes, name) else {
            return Vec::new();
        };
        let shape = format!("{name} = [\"…\", \"…\"]");
        let DeValue::Array(items) = found.value.get_ref() else {
            let shape = match found.value.get_ref() {
                DeValue::String(_) => format!("{name} = [\"…\"]"),
                _ => shape,
            };
            let fault = wrong_type(found.value, "a list of words", &shape);
            found.refuse(notes, fault);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (item, place) in items.iter().zip(1..) {
            if let Some(text) = other(item) {
                texts.push((place, text));
                continue;
            }
            match item.get_ref() {
                DeValue::String(text) if text.contains(char::is_alphanumeric) => {
                    texts.push((place, visible(text)));
                }
                DeValue::String(_) => found.refuse(
                    notes,
                    Diagnostic::new("an entry without letters", "remove it"),
                ),
                _ => found.refuse(notes, wrong_type(item, "words in quotes", &shape)),
            }
        }
        texts
    }

    /// A duration between `least` and `most`, both included.
    pub(super) fn duration(
        &mut self,
        notes: &mut Diagnostics<'_>,
        name: &'static str,
        (least, most): (SignedDuration, SignedDuration),
    ) -> Option<Found<SignedDuration>> {
        let found = self.value(notes, name)?;
        // Not near the end of what is allowed, where another setting may forbid it.
        let example = match most {
            most if most >= SignedDuration::from_hours(2) => "\"90 minutes\" or \"PT1H30M\"",
            _ => "\"30 seconds\" or \"PT30S\"",
        };
        let text = match found.value.get_ref() {
            DeValue::String(text) => text,
            DeValue::Integer(number) if number.as_str().len() < 6 => {
                let remedy = format!(
                    "write `{name} = \"{0} seconds\"` or `{name} = \"{0} minutes\"`, whichever is meant",
                    number.as_str()
                );
                found.refuse(notes, Diagnostic::new("a number without a unit", remedy));
                return None;
            }
            _ => {
                let fault = wrong_type(
                    found.value,
                    "a duration in quotes",
                    &format!("{name} = \"1 hour\""),
                );
                found.refuse(notes, fault);
                return None;
            }
        };
        let bounds = format!("write one between \"{least}\" and \"{most}\", such as {example}");
        let fault = match duration::read(&visible(text)) {
            Err(Some(meant)) => Diagnostic::new("not a duration", meant),
            Err(None) => Diagnostic::new("not a duration in hours, minutes and seconds", bounds),
            Ok(duration) if duration.is_negative() => {
                Diagnostic::new("a negative duration", bounds)
            }
            Ok(duration) if duration < least => Diagnostic::new("too short a duration", bounds),
            Ok(duration) if duration > most => Diagnostic::new("too long a duration", bounds),
            Ok(duration) => return Some(found.map(|_| duration)),
        };
        found.refuse(notes, fault);
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

    /// Diagnostics a problem with the section as a whole.
    pub(super) fn refuse(&self, notes: &mut Diagnostics<'_>, fault: Diagnostic) {
        notes.at(self.offset, &self.path, fault);
    }

    /// Diagnostics a problem with one of its keys.
    pub(super) fn refuse_key(&self, notes: &mut Diagnostics<'_>, name: &str, fault: Diagnostic) {
        let place = self.table.get_key_value(name);
        let offset = place.map_or(self.offset, |(key, _)| key.span().start);
        notes.at(offset, self.key(name), fault);
    }

    /// Diagnostics every key that nobody asked for.
    pub(super) fn finish(self, notes: &mut Diagnostics<'_>) {
        for (key, value) in self.table.iter() {
            let name = key.get_ref().as_ref();
            if self.is_known(name) {
                continue;
            }
            let is_section = value.get_ref().is_table();
            let fault = match nearest(name, self.asked.iter().copied()) {
                Some(meant) if !self.table.contains_key(meant) || !is_section => {
                    notes.not_missing(&self.key(meant));
                    Diagnostic::new("unknown key", format!("did you mean `{meant}`?"))
                }
                _ => match right_place(&self.path, name, is_section) {
                    Some(remedy) => {
                        if OF_THE_FILE.contains(&name) {
                            notes.not_missing(name);
                        }
                        Diagnostic::new("does not belong here", remedy)
                    }
                    None => {
                        let remedy = format!("remove it; known here: {}", self.asked.join(", "));
                        Diagnostic::new("unknown key", remedy)
                    }
                },
            };
            notes.at(key.span().start, self.key(name), fault);
        }
    }
}

fn in_quotes<'t>(
    notes: &mut Diagnostics<'_>,
    found: Found<&'t Spanned<DeValue<'t>>>,
    name: &str,
) -> Option<Found<String>> {
    match found.value.get_ref() {
        DeValue::String(text) => Some(found.map(|_| visible(text))),
        _ => {
            let fault = wrong_type(found.value, "words in quotes", &format!("{name} = \"…\""));
            found.refuse(notes, fault);
            None
        }
    }
}

/// The text without white space and without invisible characters around it, which come along when it is copied.
fn visible(text: &str) -> String {
    let is_around = |c: char| c.is_whitespace() || invisible_name(c).is_some();
    text.trim_matches(is_around).to_owned()
}

fn date_of(value: &Spanned<DeValue<'_>>) -> Option<String> {
    match value.get_ref() {
        DeValue::Datetime(at) => Some(at.date?.to_string()),
        _ => None,
    }
}

fn digits(text: &str) -> Option<u32> {
    text.trim().trim_start_matches(['v', 'V']).parse().ok()
}

fn is_no(text: &str) -> bool {
    matches!(
        text.trim().to_lowercase().as_str(),
        "no" | "n" | "off" | "false"
    )
}

fn wrong_type(value: &Spanned<DeValue<'_>>, wanted: &str, shape: &str) -> Diagnostic {
    let given = match value.get_ref() {
        DeValue::String(_) => "words in quotes",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date or a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    };
    Diagnostic::new(
        format!("expected {wanted}, found {given}"),
        format!("write `{shape}`"),
    )
}
