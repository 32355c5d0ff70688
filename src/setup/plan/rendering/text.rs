//! A plan as a person reads it in a terminal: lines of words with a style each. Who prints them decides on colours.

use std::fmt;

use super::{failures, names_of, totals_words, words_of};
use crate::setup::plan::{Action, AgencyPlan, Change, LocationPlan};
use crate::setup::thing::Kind;

/// How words of a plan are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// As any other words.
    Plain,
    /// The name of a location.
    Heading,
    /// Something that is made: green.
    Create,
    /// Something that is changed: yellow.
    Change,
    /// Something that is deleted: red.
    Delete,
    /// Something that stays, and what is of less interest: grey.
    Keep,
    /// Something for a person to decide: red.
    Conflict,
    /// Something for a person to do: magenta.
    ByHand,
}

/// Words of a line, with their style.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Span {
    /// How they are shown.
    pub style: Style,
    /// The words.
    pub text: String,
}

fn span(style: Style, text: impl Into<String>) -> Span {
    Span {
        style,
        text: text.into(),
    }
}

fn style_of(action: Action) -> Style {
    match action {
        Action::Create => Style::Create,
        Action::Change => Style::Change,
        Action::Delete => Style::Delete,
        Action::Keep => Style::Keep,
        Action::Conflict => Style::Conflict,
        Action::ByHand => Style::ByHand,
    }
}

/// Where the words of a line begin: after the sign, the kind and the key.
const KIND: usize = 11;
const KEY: usize = 20;
/// The narrowest column of words: below this they are not broken.
const NARROWEST: usize = 24;

impl AgencyPlan {
    /// The lines for a terminal that is `width` characters wide. One location, or `full`, shows every line; several are one
    /// line each, with all that a person has to do.
    pub fn lines(&self, width: usize, full: bool) -> Vec<Vec<Span>> {
        let count = self.locations.len();
        let locations = if count == 1 { "location" } else { "locations" };
        let mut lines = vec![
            vec![span(
                Style::Plain,
                format!("{} · {count} {locations}", self.file),
            )],
            Vec::new(),
        ];
        for warning in &self.warnings {
            lines.push(vec![span(Style::Change, format!("warning: {warning}"))]);
        }
        let full = full || count == 1;
        for location in self.locations.iter().filter(|it| it.failure.is_none()) {
            if full {
                self.whole(location, width, &mut lines);
                lines.push(Vec::new());
            } else {
                lines.push(self.short(location));
            }
        }
        if !full {
            lines.push(Vec::new());
            self.grouped(width, &mut lines);
        }
        for (why, locations) in failures(self) {
            let words = format!("not read: {}: {why}", names_of(&locations));
            wrapped(
                vec![span(Style::Conflict, "✗ ")],
                Style::Conflict,
                &words,
                width,
                &mut lines,
            );
        }
        for line in &self.by_hand {
            wrapped(
                vec![span(Style::ByHand, "By hand, everywhere: ")],
                Style::Plain,
                line,
                width,
                &mut lines,
            );
        }
        let plan = vec![span(Style::Heading, "Plan: ")];
        wrapped(
            plan,
            Style::Heading,
            &totals_words(self.totals()),
            width,
            &mut lines,
        );
        lines
    }

    fn whole(&self, location: &LocationPlan, width: usize, lines: &mut Vec<Vec<Span>>) {
        lines.push(vec![
            span(Style::Heading, location.name.clone()),
            span(Style::Keep, format!("  {}", location.location)),
        ]);
        for change in &location.changes {
            line_of(change, width, lines);
        }
        if self.changes_too_much(location) {
            lines.push(vec![span(
                Style::Conflict,
                "  ✗ changes too much of what is there: applying it takes force",
            )]);
        }
    }

    /// `Evanston  ~1 ?1 =12`.
    fn short(&self, location: &LocationPlan) -> Vec<Span> {
        let mut line = vec![span(Style::Heading, format!("{:<28}", location.name))];
        for action in [
            Action::Create,
            Action::Change,
            Action::Delete,
            Action::Conflict,
            Action::ByHand,
            Action::Keep,
        ] {
            let count = location.count(action);
            if count > 0 {
                line.push(span(style_of(action), format!(" {}{count}", action.sign())));
            }
        }
        match location.ready() {
            Some(true) => line.push(span(Style::Create, " ✓")),
            Some(false) => line.push(span(Style::Conflict, " ✗ recipe")),
            None => {}
        }
        if self.changes_too_much(location) {
            line.push(span(Style::Conflict, " changes too much: takes force"));
        }
        line
    }

    /// What a person has to do or decide, each once with the locations that it is for.
    fn grouped(&self, width: usize, lines: &mut Vec<Vec<Span>>) {
        let mut groups: Vec<(&Change, Vec<&LocationPlan>)> = Vec::new();
        for location in &self.locations {
            for change in &location.changes {
                if !matches!(change.action, Action::Conflict | Action::ByHand) {
                    continue;
                }
                // The number itself differs from location to location.
                let is_same = |known: &Change| {
                    known.kind == change.kind
                        && known.because == change.because
                        && (known.key == change.key || change.kind == Kind::Number)
                };
                match groups.iter_mut().find(|(known, _)| is_same(known)) {
                    Some((_, locations)) => locations.push(location),
                    None => groups.push((change, vec![location])),
                }
            }
        }
        for (change, locations) in &groups {
            let key = match (change.kind, locations.len()) {
                (Kind::Number, 2..) => String::new(),
                _ => format!(" {}", change.key),
            };
            let words = format!(
                "{}{key}: {} ({})",
                change.kind.word(),
                words_of(change),
                names_of(locations)
            );
            let sign = span(
                style_of(change.action),
                format!("{} ", change.action.sign()),
            );
            wrapped(vec![sign], Style::Plain, &words, width, lines);
        }
        if !groups.is_empty() {
            lines.push(Vec::new());
        }
    }
}

fn line_of(change: &Change, width: usize, lines: &mut Vec<Vec<Span>>) {
    let style = style_of(change.action);
    let sign = match (change.kind, change.action) {
        (Kind::Recipe, Action::Keep) => '✓',
        (Kind::Recipe, _) => '✗',
        _ => change.action.sign(),
    };
    let begin = format!(
        "  {sign} {:<KIND$} {:<KEY$} ",
        change.kind.word(),
        change.key
    );
    let of_words = match change.action {
        Action::Keep => Style::Keep,
        _ => Style::Plain,
    };
    wrapped(
        vec![span(style, begin)],
        of_words,
        &words_of(change),
        width,
        lines,
    );
}

/// Puts words behind the beginning of a line, broken so that they fit, each further line below the first word.
fn wrapped(begin: Vec<Span>, style: Style, words: &str, width: usize, lines: &mut Vec<Vec<Span>>) {
    let indent: usize = begin.iter().map(|span| span.text.chars().count()).sum();
    let indent = if width < indent + NARROWEST {
        6
    } else {
        indent
    };
    let room = width.saturating_sub(indent).max(NARROWEST);
    let mut line = begin;
    let mut text = String::new();
    for word in words.split_whitespace() {
        if !text.is_empty() && text.chars().count() + 1 + word.chars().count() > room {
            line.push(span(style, std::mem::take(&mut text)));
            lines.push(std::mem::replace(
                &mut line,
                vec![span(Style::Plain, " ".repeat(indent))],
            ));
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text += word;
    }
    line.push(span(style, text));
    lines.push(line);
}

/// All lines in full, 100 characters wide and without colours.
impl fmt::Display for AgencyPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.lines(100, true) {
            let line: String = line.into_iter().map(|span| span.text).collect();
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
