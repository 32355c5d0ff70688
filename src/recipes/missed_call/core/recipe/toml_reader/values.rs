//! Reads values: words, numbers, durations, lists. What each key accepts is in the table of keys.

use jiff::SignedDuration;
use toml::Spanned;
use toml::de::DeValue;

use super::TableReader;
use crate::recipes::missed_call::core::copy::invisible_name;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::diagnostics::{Diagnostics, Found};
use crate::recipes::missed_call::core::recipe::duration;
use crate::recipes::missed_call::core::recipe::keys::{Key, Value, any_of};
use crate::recipes::missed_call::core::spelling::nearest;

impl<'t> TableReader<'t> {
    /// All keys of this one with their words in quotes, for sections whose keys the author chooses.
    pub(in super::super) fn words(
        self,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Vec<(String, Found<String>)> {
        let mut words = Vec::new();
        for (key, value) in self.table.iter() {
            let found = self.found(diagnostics, key, value);
            if let Some(text) = in_quotes(diagnostics, found, "key") {
                words.push((key.get_ref().to_string(), text));
            }
        }
        words
    }

    /// Words in quotes, without the white space around them. Required words must not be empty.
    pub(in super::super) fn text(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Option<Found<String>> {
        let (key, found) = self.value(diagnostics, name)?;
        let text = match (&key.value, date_of(found.value)) {
            (Value::Date, Some(date)) => found.map(|_| date),
            _ => in_quotes(diagnostics, found, name)?,
        };
        if key.is_required && text.value.is_empty() {
            text.report(diagnostics, Diagnostic::new("empty", key.what_to_write()));
            return None;
        }
        if let Some(problem) = key.problem_of_length(&text.value) {
            text.report(diagnostics, problem);
        }
        Some(text)
    }

    /// The words of the only key, in a section that must have exactly one, with the name of the key. `remedy` says what to
    /// write instead.
    pub(in super::super) fn only_key(
        mut self,
        diagnostics: &mut Diagnostics<'_>,
        remedy: &str,
    ) -> Option<(&'static str, Found<String>)> {
        let names: Vec<&'static str> = self.keys().map(|key| key.name).collect();
        if names
            .iter()
            .filter(|name| self.table.contains_key(**name))
            .count()
            != 1
        {
            let what = format!("not exactly one of {}", names.join(" and "));
            self.report(diagnostics, Diagnostic::new(what, remedy));
        }
        let mut only = None;
        for name in names {
            let text = self.text(diagnostics, name);
            only = only.or(text.map(|text| (name, text)));
        }
        self.finish(diagnostics);
        only
    }

    /// The words of a key that the table does not list, and that is known from then on.
    pub(in super::super) fn text_of_unlisted(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &str,
    ) -> Option<Found<String>> {
        let (key, value) = self.table.get_key_value(name)?;
        self.understood.push(key.get_ref());
        let found = self.found(diagnostics, key, value);
        in_quotes(diagnostics, found, name)
    }

    /// One of the words that the key accepts; its default without the key.
    pub(in super::super) fn word(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> &'static str {
        let Some((key, found)) = self.value(diagnostics, name) else {
            let key = self.keys().find(|key| key.name == name);
            return key.map_or("", |key| key.value.default_word());
        };
        let default = key.value.default_word();
        let Some(written) = in_quotes(diagnostics, found, name) else {
            return default;
        };
        let known = key.value.words();
        if let Some(word) = known.iter().find(|word| **word == written.value) {
            return word;
        }
        let remedy = match (nearest(&written.value, known.iter().copied()), known.len()) {
            (Some(meant), _) => format!("did you mean \"{meant}\"?"),
            (None, 2) => "write one of the two".to_owned(),
            (None, _) => "write one of the three".to_owned(),
        };
        let what = format!("expected {}", any_of(&known));
        written.report(diagnostics, Diagnostic::new(what, remedy));
        default
    }

    /// A whole number in the range of the key.
    pub(in super::super) fn count(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Option<Found<u32>> {
        let (key, found) = self.value(diagnostics, name)?;
        let DeValue::Integer(integer) = found.value.get_ref() else {
            let problem = match found.value.get_ref() {
                DeValue::String(text) if digits(text).is_some() => {
                    let remedy = format!("write `{name} = {}`", digits(text).unwrap_or(1));
                    Diagnostic::new("a number in quotes", remedy)
                }
                _ => wrong_type(found.value, "a whole number", &format!("{name} = 1")),
            };
            found.report(diagnostics, problem);
            return None;
        };
        let (least, most) = match key.value {
            Value::Count { least, most, .. } => (least, most),
            _ => (1, u32::MAX),
        };
        match u32::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(count) if (least..=most).contains(&count) => Some(found.map(|_| count)),
            _ => {
                let what = format!("not a whole number from {least} to {most}");
                found.report(diagnostics, Diagnostic::new(what, key.what_to_write()));
                None
            }
        }
    }

    /// A share above 0 and up to the most that the key allows.
    pub(in super::super) fn share(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Option<f64> {
        let (key, found) = self.value(diagnostics, name)?;
        let written = match found.value.get_ref() {
            DeValue::Float(number) => number.as_str(),
            DeValue::Integer(number) => number.as_str(),
            _ => {
                let shape = format!("{name} = 0.2");
                let problem = wrong_type(found.value, "a number", &shape);
                found.report(diagnostics, problem);
                return None;
            }
        };
        let most = match key.value {
            Value::Share(most) => most,
            _ => 1.0,
        };
        match written.replace('_', "").parse::<f64>() {
            Ok(share) if share > 0.0 && share <= most => Some(share),
            _ => {
                let what = format!("not a share above 0 and up to {most}");
                found.report(diagnostics, Diagnostic::new(what, key.what_to_write()));
                None
            }
        }
    }

    /// `true` or `false`.
    pub(in super::super) fn flag(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Option<bool> {
        let (_, found) = self.value(diagnostics, name)?;
        match found.value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            value => {
                let no = matches!(value, DeValue::String(text) if is_no(text));
                let shape = format!("{name} = {}", !no);
                let problem = wrong_type(found.value, "true or false without quotes", &shape);
                found.report(diagnostics, problem);
                None
            }
        }
    }

    /// A list of words in quotes, none of them empty.
    pub(in super::super) fn texts(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Vec<String> {
        let entries = self.entries(diagnostics, name).into_iter();
        entries.map(|(_, text)| text).collect()
    }

    /// The same, each with its place in the list, from 1. A list of dates may have dates without quotes.
    pub(in super::super) fn entries(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> Vec<(usize, String)> {
        let Some((key, found)) = self.value(diagnostics, name) else {
            return Vec::new();
        };
        let shape = format!("{name} = [\"…\", \"…\"]");
        let DeValue::Array(items) = found.value.get_ref() else {
            let shape = match found.value.get_ref() {
                DeValue::String(_) => format!("{name} = [\"…\"]"),
                _ => shape,
            };
            let problem = wrong_type(found.value, "a list of words", &shape);
            found.report(diagnostics, problem);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (item, place) in items.iter().zip(1..) {
            if let (Value::Dates, Some(date)) = (&key.value, date_of(item)) {
                texts.push((place, date));
                continue;
            }
            match item.get_ref() {
                DeValue::String(text) if text.contains(char::is_alphanumeric) => {
                    texts.push((place, visible(text)));
                }
                DeValue::String(_) => found.report(
                    diagnostics,
                    Diagnostic::new("an entry without letters", "remove it"),
                ),
                _ => found.report(diagnostics, wrong_type(item, "words in quotes", &shape)),
            }
        }
        texts
    }

    /// A duration in the range of the key; its default without the key.
    pub(in super::super) fn duration(
        &mut self,
        diagnostics: &mut Diagnostics<'_>,
        name: &'static str,
    ) -> SignedDuration {
        let spec = self.keys().find(|key| key.name == name);
        let Some(&Value::Duration {
            least,
            most,
            default,
        }) = spec.map(|key| &key.value)
        else {
            return SignedDuration::ZERO;
        };
        let Some((_, found)) = self.value(diagnostics, name) else {
            return default;
        };
        // Not near the end of what is allowed, where another setting may forbid it.
        let example = match most {
            most if most >= SignedDuration::from_hours(2) => "\"90 minutes\" or \"PT1H30M\"",
            _ => "\"30 seconds\" or \"PT30S\"",
        };
        let bounds = format!("write one between \"{least}\" and \"{most}\", such as {example}");
        let problem = match found.value.get_ref() {
            DeValue::String(text) => match duration::read(&visible(text)) {
                Err(Some(meant)) => Diagnostic::new("not a duration", meant),
                Err(None) => {
                    Diagnostic::new("not a duration in hours, minutes and seconds", bounds)
                }
                Ok(duration) if duration.is_negative() => {
                    Diagnostic::new("a negative duration", bounds)
                }
                Ok(duration) if duration < least => Diagnostic::new("too short a duration", bounds),
                Ok(duration) if duration > most => Diagnostic::new("too long a duration", bounds),
                Ok(duration) => return duration,
            },
            DeValue::Integer(number) if number.as_str().len() < 6 => {
                let remedy = format!(
                    "write `{name} = \"{0} seconds\"` or `{name} = \"{0} minutes\"`, whichever is meant",
                    number.as_str()
                );
                Diagnostic::new("a number without a unit", remedy)
            }
            _ => {
                let shape = format!("{name} = \"1 hour\"");
                wrong_type(found.value, "a duration in quotes", &shape)
            }
        };
        found.report(diagnostics, problem);
        default
    }
}

impl Key {
    fn problem_of_length(&self, text: &str) -> Option<Diagnostic> {
        let length = text.chars().count();
        match self.value {
            Value::Line(longest) if length > longest || text.contains(char::is_control) => {
                let remedy = format!("write one line of at most {longest} characters");
                Some(Diagnostic::new(format!("not a {}", self.name), remedy))
            }
            Value::Template(longest, shorter) if length > longest => {
                let what = format!("longer than {longest} characters");
                Some(Diagnostic::new(what, shorter))
            }
            _ => None,
        }
    }
}

fn in_quotes<'t>(
    diagnostics: &mut Diagnostics<'_>,
    found: Found<&'t Spanned<DeValue<'t>>>,
    name: &str,
) -> Option<Found<String>> {
    match found.value.get_ref() {
        DeValue::String(text) => Some(found.map(|_| visible(text))),
        _ => {
            let shape = format!("{name} = \"…\"");
            let problem = wrong_type(found.value, "words in quotes", &shape);
            found.report(diagnostics, problem);
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

pub(super) fn wrong_type(value: &Spanned<DeValue<'_>>, wanted: &str, shape: &str) -> Diagnostic {
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
