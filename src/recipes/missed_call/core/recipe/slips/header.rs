//! Slips in the name of a section.

use super::{Slip, Walk, invisible, is_bare, is_typographic_quote, parts_of, slug};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;

/// Names of more parts than any section has are not followed.
const MOST_PARTS: usize = 20;

impl Walk<'_> {
    /// `[section]` or `[[list]]`, in a line without the spaces around it.
    pub(super) fn header(&mut self, line: &str) -> Result<(), Slip> {
        let inner = line.trim_start_matches('[');
        let opened = line.len() - inner.len();
        // A name in quotes may hold both.
        let end = match parts_of(inner) {
            Some((_, rest)) if rest.starts_with(']') => inner.len() - rest.len(),
            _ => inner.find([']', '#']).unwrap_or(inner.len()),
        };
        let (name, close) = inner.split_at(end);
        let name = name.trim_matches([' ', '\t']);
        let after = close.trim_start_matches(']');
        let closed = close.len() - after.len();
        self.section = String::new();
        let (key, meant) = match meant(name) {
            Some(meant) => (
                meant.trim_matches(['[', ']']).to_owned(),
                format!("`{meant}`"),
            ),
            None => (String::new(), "such as `[steps.text]`".to_owned()),
        };
        let wrong = |walk: &Self, what: &str, remedy: String| {
            Err(walk.slip(&key, Diagnostic::new(what, remedy)))
        };
        let is_sound = matches!(parts_of(name), Some((_, "")));
        let judged = if is_sound { after } else { line };
        if let Some(fault) = invisible(judged.split('#').next().unwrap_or_default()) {
            return Err(self.slip(&key, fault));
        }
        if name.is_empty() {
            let remedy = "write such as `[steps.text]`".to_owned();
            return wrong(self, "a section without a name", remedy);
        }
        if !is_sound && is_number(name) {
            let remedy = "write it in straight quotes, with its country code and without spaces, such as \
                          [numbers.\"+13125550100\"]";
            let fault = Diagnostic::new("a phone number without straight quotes", remedy);
            return Err(self.slip("numbers", fault));
        }
        if !is_sound && name.contains(is_typographic_quote) {
            let what = "typographic quotes in the name of a section";
            return wrong(self, what, format!("write {meant}"));
        }
        let parts = match parts_of(name) {
            Some((parts, "")) => parts,
            _ => {
                let what = if name.contains([' ', '\t']) {
                    "the name of a section has no spaces"
                } else {
                    "the name of a section has letters, digits and `_` only, and dots between its parts"
                };
                return wrong(self, what, format!("write {meant}"));
            }
        };
        if closed == 0 {
            let what = "the bracket is not closed";
            return wrong(self, what, format!("write {meant}"));
        }
        let after = after.trim();
        if !after.is_empty() && !after.starts_with('#') {
            let remedy = format!("write {meant} alone, and what belongs to it below");
            return wrong(self, "words after the name of a section", remedy);
        }
        if opened != closed || opened > 2 {
            return wrong(
                self,
                "not as many brackets before as after",
                format!("write {meant}"),
            );
        }
        self.enter(&parts, opened == 2)
    }

    /// The section that the settings below belong to; its path counts the entries of lists from 1.
    fn enter(&mut self, parts: &[String], is_list: bool) -> Result<(), Slip> {
        if parts.len() > MOST_PARTS {
            return Ok(());
        }
        let mut path = String::new();
        for (at, part) in parts.iter().enumerate() {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(part);
            if let Some(line) = self.settings.get(&(0, path.clone())) {
                let what = format!("`{path}` is a setting in line {line}, and a section here");
                return Err(self.slip(&path, Diagnostic::new(what, "remove one of the two")));
            }
            let is_last = at + 1 == parts.len();
            if is_last && is_list {
                *self.lists.entry(path.clone()).or_default() += 1;
            }
            if let Some(entry) = self.lists.get(&path) {
                path.push_str(&format!(".{entry}"));
            }
        }
        self.section.clone_from(&path);
        self.sections += 1;
        let Some(first) = self.headers.insert(path, self.line) else {
            return Ok(());
        };
        let name = parts.join(".");
        let what = format!("`[{name}]` is there twice, first in line {first}");
        let remedy = match parts {
            [steps, step] if steps == "steps" => {
                format!(
                    "give one of the two another name, such as `[steps.{step}_2]`, or remove it"
                )
            }
            _ => "put the settings of both under the first".to_owned(),
        };
        Err(self.slip("", Diagnostic::new(what, remedy)))
    }
}

/// Whether the name is that of a number of the business without its quotes.
fn is_number(name: &str) -> bool {
    let number = name.strip_prefix("numbers.").unwrap_or_default();
    number.contains(|c: char| c.is_ascii_digit())
        && number
            .chars()
            .all(|c| c.is_ascii_digit() || "+() -.".contains(c) || is_typographic_quote(c))
}

/// The header as it was probably meant, if that is clear.
fn meant(name: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in name
        .split('.')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let is_clear = part.chars().all(|c| c.is_ascii() || !c.is_alphanumeric());
        parts.push(if is_bare(part) {
            part.to_owned()
        } else {
            slug(part)
        });
        if !is_clear || parts.last().is_some_and(String::is_empty) {
            return None;
        }
    }
    let is_list = matches!(
        parts.last().map(String::as_str),
        Some("variants" | "approvals")
    );
    let name = parts.join(".");
    Some(if is_list {
        format!("[[{name}]]")
    } else {
        format!("[{name}]")
    })
}
