//! The notation of templates: where fields and statements begin and end, and which of them are allowed.
//!
//! Reading only; what a template comes to is [`template`](super::template)'s business.

use super::super::recipe::Fault;
use super::super::spelling::nearest;
use super::template::{FIELD, MergeField};

/// The fields with a fixed name, as they are written.
const FIXED_FIELDS: &[&str] = &[
    "contact.first_name",
    "contact.last_name",
    "contact.name",
    "location.name",
    "number.name",
    "number.link",
];
const KNOWN_FIELDS: &str = "write one of `contact.first_name`, `contact.last_name`, `contact.name`, `location.name`, \
                            `number.name`, `number.link` or `custom_values.<key>`";
/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Words that stand in the text as they are.
    Words(String),
    /// `{{ field }}` or `{{ field | default("…") }}`, and whether it stands inside an `if`.
    Print {
        field: MergeField,
        default: Option<String>,
        conditional: bool,
    },
    /// `{% if field %}`.
    Test(MergeField),
}

/// Takes a template apart, and notes what is not allowed in it.
#[derive(Default)]
pub(super) struct Parser {
    pub(super) pieces: Vec<Piece>,
    pub(super) faults: Vec<Fault>,
    open_ifs: usize,
}

impl Parser {
    pub(super) fn fault(&mut self, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Fault::new(what, remedy));
    }

    pub(super) fn read(&mut self, source: &str) {
        let mut rest = source;
        while let Some((at, mark)) = next_mark(rest) {
            let (words, after) = rest.split_at(at);
            let after = after.get(mark.len()..).unwrap_or_default();
            self.words(words);
            let close = match mark {
                "{{" => "}}",
                "{%" => "%}",
                "{#" => {
                    self.words(after);
                    return self.fault(
                        "comments `{# #}` are not read in a text",
                        "write the comment as a line of its own in the file, with `#` in front of it",
                    );
                }
                _ => {
                    self.words(after);
                    return self.fault(
                        format!("`{mark}` closes nothing"),
                        format!(
                            "remove it, or write `{{{}` before the field",
                            if mark == "}}" { "{" } else { "%" }
                        ),
                    );
                }
            };
            let Some((inside, after)) = after.split_once(close) else {
                self.words(after);
                return self.fault(
                    format!("`{mark}` without `{close}`"),
                    format!("write `{close}` after the field"),
                );
            };
            let inside = inside.trim_start_matches(['-', '+']);
            let inside = inside.trim_end_matches(['-', '+']).trim();
            if mark == "{{" {
                self.print(inside);
            } else {
                self.statement(inside);
            }
            rest = after;
        }
        self.words(rest);
        if self.open_ifs > 0 {
            self.fault("`{% if %}` without an end", "write `{% endif %}` after it");
        }
    }

    fn words(&mut self, words: &str) {
        if !words.is_empty() {
            self.pieces.push(Piece::Words(words.to_owned()));
        }
    }

    fn field(&mut self, path: &str) -> Option<MergeField> {
        let field = MergeField::parse(path);
        if field.is_none() {
            let remedy = if path.starts_with("custom_values.") {
                "the key of a custom value has small letters, digits and `_` only, such as \
                 `custom_values.calendly_link`"
                    .to_owned()
            } else if let Some(meant) = nearest(path, FIXED_FIELDS.iter().copied()) {
                format!("did you mean `{meant}`? Otherwise {KNOWN_FIELDS}")
            } else {
                KNOWN_FIELDS.to_owned()
            };
            self.fault(format!("unknown merge field `{path}`"), remedy);
            // So that the words around it are not read as one.
            self.words(FIELD.encode_utf8(&mut [0; 4]));
        }
        field
    }

    fn print(&mut self, inside: &str) {
        let (path, filter) = match inside.split_once('|') {
            Some((path, filter)) => (path.trim(), Some(filter.trim())),
            None => (inside, None),
        };
        let default = match filter.map(default_text) {
            None => None,
            Some(Some(text)) => Some(text.to_owned()),
            Some(None) => {
                return self.fault(
                    format!("`{inside}` has a filter other than one `default(\"…\")`"),
                    "write the field alone, or `{{ field | default('words') }}` with no quotes, backslash or braces in \
                     the words",
                );
            }
        };
        if let Some(field) = self.field(path) {
            self.pieces.push(Piece::Print {
                field,
                default,
                conditional: self.open_ifs > 0,
            });
        }
    }

    fn statement(&mut self, inside: &str) {
        let (word, rest) = inside.split_once(' ').unwrap_or((inside, ""));
        let rest = rest.trim();
        match word {
            "if" | "elif" if !rest.is_empty() => {
                self.open_ifs += usize::from(word == "if");
                let path = rest.strip_prefix("not ").unwrap_or(rest).trim();
                if let Some(field) = self.field(path) {
                    self.pieces.push(Piece::Test(field));
                }
            }
            "else" if rest.is_empty() => {}
            "endif" if rest.is_empty() => self.open_ifs = self.open_ifs.saturating_sub(1),
            _ => self.fault(
                format!("`{{% {inside} %}}` is not allowed in a text"),
                "write `{% if field %}…{% else %}…{% endif %}` or no statement at all",
            ),
        }
    }
}

/// The first mark of a field, statement or comment.
fn next_mark(text: &str) -> Option<(usize, &'static str)> {
    let mut places = text.match_indices(['{', '}', '%']);
    places.find_map(|(at, _)| {
        let marks = ["{{", "{%", "{#", "}}", "%}"];
        let mark = marks.into_iter().find(|mark| text[at..].starts_with(mark));
        Some((at, mark?))
    })
}

/// The words of `default("words")`.
fn default_text(filter: &str) -> Option<&str> {
    let argument = filter.strip_prefix("default")?.trim_start();
    let argument = argument.strip_prefix('(')?.strip_suffix(')')?.trim();
    let words = ['"', '\'']
        .into_iter()
        .find_map(|quote| argument.strip_prefix(quote)?.strip_suffix(quote))?;
    (!words.contains(['"', '\'', '\\', '{', '}'])).then_some(words)
}
