//! Reads the tables of a TOML document by the table of keys, and reports every problem with its line instead of
//! stopping at the first.

mod values;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use self::values::wrong_type;
use super::diagnostics::{Diagnostics, Found, MISSING};
use super::keys::{Action, FILE, Key, Keys};
use super::places::right_place;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::spelling::nearest;

/// The longest key that is shown in full, in characters.
const LONGEST_KEY: usize = 60;

/// One table of the document and the keys that it may have.
pub(super) struct TableReader<'t> {
    path: String,
    offset: usize,
    table: &'t DeTable<'t>,
    keys: Keys,
    /// The keys of a step's action.
    action_keys: Keys,
    /// Keys that the author chose and that were understood.
    understood: Vec<&'t str>,
    /// The keys that were read, to notice in tests that a key of the table is ignored.
    read: Vec<&'static str>,
}

impl<'t> TableReader<'t> {
    fn new(path: String, offset: usize, table: &'t DeTable<'t>, keys: Keys) -> Self {
        Self {
            path,
            offset,
            table,
            keys,
            action_keys: &[],
            understood: Vec::new(),
            read: Vec::new(),
        }
    }

    pub(super) fn from_document(table: &'t DeTable<'t>) -> Self {
        Self::new(String::new(), 0, table, FILE)
    }

    /// Reports a value that is not a section.
    fn from_value(
        diagnostics: &mut Diagnostics<'_>,
        found: Found<&'t Spanned<DeValue<'t>>>,
        keys: Keys,
    ) -> Option<Self> {
        let DeValue::Table(table) = found.value.get_ref() else {
            let shape = format!("[{}]", found.key);
            found.report(diagnostics, wrong_type(found.value, "a section", &shape));
            return None;
        };
        Some(Self::new(found.key, found.offset, table, keys))
    }

    /// Accepts the keys of this action as well.
    pub(super) fn set_action(&mut self, action: &Action) {
        self.action_keys = action.keys;
    }

    /// The last part of its name.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// Where it begins.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    fn keys(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.keys.iter().chain(self.action_keys)
    }

    /// What to write for a key, as the table of keys says.
    pub(super) fn what_to_write(&self, name: &str) -> String {
        let key = self.keys().find(|key| key.name == name);
        key.map(Key::what_to_write).unwrap_or_default()
    }

    /// The full name of a key. Every key and every problem has it, so the end of a long one is left out.
    fn path_of(&self, name: &str) -> String {
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

    /// A key of the table and its value. Reports a required key that is missing.
    fn value(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Option<(&'static Key, Found<&'t Spanned<DeValue<'t>>>)> {
        self.read.push(name);
        let spec = self.keys().find(|key| key.name == name)?;
        let Some((key, value)) = self.table.get_key_value(name) else {
            if spec.is_required && !spec.what_to_write().is_empty() {
                let problem = Diagnostic::new(MISSING, spec.what_to_write());
                diagnostics.at(self.offset, self.path_of(name), problem);
            }
            return None;
        };
        Some((spec, self.found(diagnostics, key, value)))
    }

    /// A value with its place, which is remembered.
    fn found(
        &self,
        diagnostics: &mut Diagnostics<'_>,
        key: &Spanned<DeString<'t>>,
        value: &'t Spanned<DeValue<'t>>,
    ) -> Found<&'t Spanned<DeValue<'t>>> {
        let found = Found {
            value,
            key: self.path_of(key.get_ref()),
            offset: key.span().start,
        };
        let line = diagnostics.line(found.offset);
        diagnostics.lines.insert(found.key.clone(), line);
        found
    }

    /// A section of this one.
    pub(super) fn section(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Option<TableReader<'t>> {
        let (key, found) = self.value(diagnostics, name)?;
        TableReader::from_value(diagnostics, found, key.value.keys())
    }

    /// The same; without it, or if it is not a section, an empty one with the defaults of its keys.
    pub(super) fn section_or(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
        empty: &'t DeTable<'t>,
    ) -> TableReader<'t> {
        self.section(diagnostics, name).unwrap_or_else(|| {
            let key = self.keys().find(|key| key.name == name);
            let keys = key.map_or::<Keys, _>(&[], |key| key.value.keys());
            Self::new(self.path_of(name), self.offset, empty, keys)
        })
    }

    /// All sections of this one, whose names the author chose.
    pub(super) fn sections(self, diagnostics: &mut Diagnostics<'_>) -> Vec<TableReader<'t>> {
        let mut sections = Vec::new();
        for (key, value) in self.table.iter() {
            let found = self.found(diagnostics, key, value);
            sections.extend(TableReader::from_value(diagnostics, found, self.keys));
        }
        sections
    }

    /// The sections of a list, such as `[[steps.text.variants]]`; their paths count them from 1.
    pub(super) fn list(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Vec<TableReader<'t>> {
        let Some((key, found)) = self.value(diagnostics, name) else {
            return Vec::new();
        };
        let shape = format!("[[{}]]", found.key);
        let DeValue::Array(items) = found.value.get_ref() else {
            let problem = wrong_type(found.value, "a list of sections", &shape);
            found.report(diagnostics, problem);
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let item = Found {
                value: item,
                key: format!("{}.{}", found.key, at + 1),
                offset: item.span().start,
            };
            let line = diagnostics.line(item.offset);
            diagnostics.lines.insert(item.key.clone(), line);
            if item.value.get_ref().is_table() {
                let section = TableReader::from_value(diagnostics, item, key.value.keys());
                sections.extend(section);
            } else {
                item.report(diagnostics, wrong_type(item.value, "a section", &shape));
            }
        }
        sections
    }

    /// The keys of the document that the table does not list.
    pub(super) fn unlisted_keys(&self) -> Vec<String> {
        let names = self.table.keys().map(|key| key.get_ref().as_ref());
        names
            .filter(|name| !self.is_known(name))
            .map(str::to_owned)
            .collect()
    }

    fn is_known(&self, name: &str) -> bool {
        self.keys().any(|key| key.name == name) || self.understood.contains(&name)
    }

    /// Whether the key is there, in any form.
    pub(super) fn has(&mut self, name: &'static str) -> bool {
        self.read.push(name);
        self.table.contains_key(name)
    }

    /// Whether the key is there and is a section.
    pub(super) fn is_table(&self, name: &str) -> bool {
        self.table
            .get(name)
            .is_some_and(|value| value.get_ref().is_table())
    }

    /// Reports a problem with the section as a whole.
    pub(super) fn report(&self, diagnostics: &mut Diagnostics<'_>, problem: Diagnostic) {
        diagnostics.at(self.offset, &self.path, problem);
    }

    /// Reports a problem with one of its keys.
    pub(super) fn report_key(
        &self,
        diagnostics: &mut Diagnostics<'_>,
        name: &str,
        problem: Diagnostic,
    ) {
        let place = self.table.get_key_value(name);
        let offset = place.map_or(self.offset, |(key, _)| key.span().start);
        diagnostics.at(offset, self.path_of(name), problem);
    }

    /// Reports every key that is not known.
    pub(super) fn finish(self, diagnostics: &mut Diagnostics<'_>) {
        let mut keys = self.keys();
        debug_assert!(keys.all(|key| self.read.contains(&key.name)));
        for (key, value) in self.table.iter() {
            let name = key.get_ref().as_ref();
            if self.is_known(name) {
                continue;
            }
            let is_section = value.get_ref().is_table();
            let problem = match nearest(name, self.keys().map(|key| key.name)) {
                Some(meant) if !self.table.contains_key(meant) || !is_section => {
                    diagnostics.not_missing(&self.path_of(meant));
                    Diagnostic::new("unknown key", format!("did you mean `{meant}`?"))
                }
                _ => match right_place(&self.path, name, is_section) {
                    Some(remedy) => {
                        if FILE.iter().any(|key| key.name == name) {
                            diagnostics.not_missing(name);
                        }
                        Diagnostic::new("does not belong here", remedy)
                    }
                    None => {
                        let known: Vec<_> = self.keys().map(|key| key.name).collect();
                        let remedy = format!("remove it; known here: {}", known.join(", "));
                        Diagnostic::new("unknown key", remedy)
                    }
                },
            };
            diagnostics.at(key.span().start, self.path_of(name), problem);
        }
    }
}
