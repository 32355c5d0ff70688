//! Reads the tables of a TOML document, and reports every problem with its line instead of stopping at the first.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problems::{MISSING, Place, Problems};
use crate::recipes::missed_call::nearest;

/// Where the lines of a file begin.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    file: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: &'a str, text: &str) -> Self {
        let starts = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        Self { file, starts }
    }

    pub(super) fn place(&self, offset: usize, key: impl Into<String>) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset) + 1;
        Place::new(self.file, line, key)
    }
}

/// Words with their place.
#[derive(Debug, Clone)]
pub(super) struct Words {
    pub(super) text: String,
    pub(super) place: Place,
}

/// One table of the document.
pub(super) struct Table<'t> {
    lines: &'t Lines<'t>,
    path: String,
    offset: usize,
    table: &'t DeTable<'t>,
    known: Vec<&'static str>,
}

impl<'t> Table<'t> {
    pub(super) fn document(lines: &'t Lines<'t>, table: &'t DeTable<'t>) -> Self {
        Self {
            lines,
            path: String::new(),
            offset: 0,
            table,
            known: Vec::new(),
        }
    }

    /// Its place as a whole.
    pub(super) fn place(&self) -> Place {
        self.lines.place(self.offset, &self.path)
    }

    /// The last part of its name, as the author wrote it.
    pub(super) fn place_of(&self, name: &str) -> Place {
        let offset = self.table.get_key_value(name);
        let offset = offset.map_or(self.offset, |(key, _)| key.span().start);
        self.lines.place(offset, self.path_of(name))
    }

    fn path_of(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    fn value(&mut self, name: &'static str) -> Option<(&'t DeValue<'t>, Place)> {
        self.known.push(name);
        let value = self.table.get(name)?;
        Some((value.get_ref(), self.place_of(name)))
    }

    /// Words in quotes, without white space around them; an empty text counts as a mistake.
    pub(super) fn text(&mut self, problems: &mut Problems, name: &'static str) -> Option<Words> {
        let (value, place) = self.value(name)?;
        let DeValue::String(text) = value else {
            wrong_type(
                problems,
                &place,
                value,
                "words in quotes",
                &format!("{name} = \"…\""),
            );
            return None;
        };
        let text = text.trim().to_owned();
        if text.is_empty() {
            problems.wrong(&place, "empty", "write a value or remove the key");
            return None;
        }
        Some(Words { text, place })
    }

    /// The same for a key that must be there.
    pub(super) fn required(
        &mut self,
        problems: &mut Problems,
        name: &'static str,
        remedy: &str,
    ) -> Option<Words> {
        if !self.table.contains_key(name) {
            self.known.push(name);
            let place = self.lines.place(self.offset, self.path_of(name));
            problems.wrong(&place, MISSING, remedy);
            return None;
        }
        self.text(problems, name)
    }

    /// One of a few words; the first without the key.
    pub(super) fn choice<T: Copy>(
        &mut self,
        problems: &mut Problems,
        name: &'static str,
        known: &[(&'static str, T)],
    ) -> Option<T> {
        let words = self.text(problems, name)?;
        if let Some((_, meant)) = known.iter().find(|(word, _)| *word == words.text) {
            return Some(*meant);
        }
        let all: Vec<String> = known
            .iter()
            .map(|(word, _)| format!("\"{word}\""))
            .collect();
        let remedy = match nearest(&words.text, known.iter().map(|(word, _)| *word)) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("write {}", all.join(" or ")),
        };
        problems.wrong(
            &words.place,
            format!("unknown word `{}`", words.text),
            remedy,
        );
        None
    }

    /// A number between two bounds.
    pub(super) fn number(
        &mut self,
        problems: &mut Problems,
        name: &'static str,
        bounds: (f64, f64),
        example: f64,
    ) -> Option<f64> {
        let (value, place) = self.value(name)?;
        let number = match value {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok(),
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => {
                wrong_type(
                    problems,
                    &place,
                    value,
                    "a number",
                    &format!("{name} = {example}"),
                );
                return None;
            }
        };
        let within = number.filter(|number| (bounds.0..=bounds.1).contains(number));
        if within.is_none() {
            let what = format!("not a number from {} to {}", bounds.0, bounds.1);
            problems.wrong(&place, what, format!("write `{name} = {example}`"));
        }
        within
    }

    /// A list of words in quotes, none of them empty.
    pub(super) fn texts(&mut self, problems: &mut Problems, name: &'static str) -> Vec<Words> {
        let shape = format!("{name} = [\"…\"]");
        let Some((value, place)) = self.value(name) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value else {
            wrong_type(problems, &place, value, "a list", &shape);
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in items.iter() {
            let place = self.lines.place(item.span().start, self.path_of(name));
            match item.get_ref() {
                DeValue::String(text) if !text.trim().is_empty() => all.push(Words {
                    text: text.trim().to_owned(),
                    place,
                }),
                DeValue::String(_) => problems.wrong(&place, "an empty entry", "remove it"),
                other => wrong_type(problems, &place, other, "words in quotes", &shape),
            }
        }
        all
    }

    /// A list whose entries are sections, or words that stand for a section with one key.
    pub(super) fn items(
        &mut self,
        problems: &mut Problems,
        name: &'static str,
        shape: &str,
    ) -> Vec<Item<'t>> {
        let Some((value, place)) = self.value(name) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value else {
            wrong_type(problems, &place, value, "a list", shape);
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in items.iter() {
            let offset = item.span().start;
            let place = self.lines.place(offset, self.path_of(name));
            match item.get_ref() {
                DeValue::String(text) => all.push(Item::Words(Words {
                    text: text.trim().to_owned(),
                    place,
                })),
                DeValue::Table(table) => all.push(Item::Section(Table {
                    lines: self.lines,
                    path: self.path_of(name),
                    offset,
                    table,
                    known: Vec::new(),
                })),
                other => wrong_type(
                    problems,
                    &place,
                    other,
                    "a section or words in quotes",
                    shape,
                ),
            }
        }
        all
    }

    /// A section of this one.
    pub(super) fn section(&mut self, problems: &mut Problems, name: &'static str) -> Option<Self> {
        self.known.push(name);
        let (_, value) = self.table.get_key_value(name)?;
        self.as_section(problems, name, value)
    }

    /// All sections of this one, whose names the author chose.
    pub(super) fn sections(self, problems: &mut Problems) -> Vec<(String, Self)> {
        let mut all = Vec::new();
        for (key, value) in self.table.iter() {
            let name = key.get_ref().as_ref();
            if let Some(section) = self.as_section(problems, name, value) {
                all.push((name.trim().to_owned(), section));
            }
        }
        all
    }

    /// All keys of this one with their words, for a section whose keys the author chose.
    pub(super) fn all_texts(self, problems: &mut Problems) -> Vec<(String, Words)> {
        let mut all = Vec::new();
        for (key, value) in self.table.iter() {
            let name = key.get_ref().as_ref();
            let place = self.place_of(name);
            match value.get_ref() {
                DeValue::String(text) => {
                    let text = text.trim().to_owned();
                    all.push((name.trim().to_owned(), Words { text, place }));
                }
                other => {
                    let shape = format!("{name} = \"…\"");
                    wrong_type(problems, &place, other, "words in quotes", &shape);
                }
            }
        }
        all
    }

    fn as_section(
        &self,
        problems: &mut Problems,
        name: &str,
        value: &'t Spanned<DeValue<'t>>,
    ) -> Option<Self> {
        let place = self.place_of(name);
        let DeValue::Table(table) = value.get_ref() else {
            let shape = format!("[{}]", self.path_of(name));
            wrong_type(problems, &place, value.get_ref(), "a section", &shape);
            return None;
        };
        let offset = self.table.get_key_value(name);
        Some(Self {
            lines: self.lines,
            path: self.path_of(name),
            offset: offset.map_or(self.offset, |(key, _)| key.span().start),
            table,
            known: Vec::new(),
        })
    }

    /// Reports every key that is not known. `elsewhere` says where a key belongs that is known in another section.
    pub(super) fn finish(self, problems: &mut Problems, elsewhere: &[(&str, &str)]) {
        for (key, _) in self.table.iter() {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) {
                continue;
            }
            let place = self.place_of(name);
            if let Some((_, remedy)) = elsewhere.iter().find(|(known, _)| *known == name) {
                problems.wrong(&place, "does not belong here", *remedy);
                continue;
            }
            let remedy = match nearest(name, self.known.iter().copied()) {
                Some(meant) => {
                    problems.not_missing(&self.path_of(meant));
                    format!("did you mean `{meant}`?")
                }
                None => format!("remove it; known here: {}", self.known.join(", ")),
            };
            problems.wrong(&place, "unknown key", remedy);
        }
    }
}

/// An entry of a list.
pub(super) enum Item<'t> {
    Words(Words),
    Section(Table<'t>),
}

fn wrong_type(
    problems: &mut Problems,
    place: &Place,
    value: &DeValue<'_>,
    wanted: &str,
    shape: &str,
) {
    let given = match value {
        DeValue::String(_) => "words in quotes",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date or a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    };
    let what = format!("expected {wanted}, found {given}");
    problems.wrong(place, what, format!("write `{shape}`"));
}
