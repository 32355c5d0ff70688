//! The notation of templates: where fields and statements begin and end, and which of them are allowed.
//!
//! Reading only; what a template comes to is [`template`](super::template)'s business.

use super::fields::unknown_field;
use super::smart_encoding::invisible_name;
use super::template::{FIELD, MergeField};
use crate::recipes::missed_call::core::recipe::Diagnostic;

/// The fields with a fixed name, as they are written.
pub(super) const FIXED_FIELDS: &[&str] = &[
    "contact.first_name",
    "contact.last_name",
    "contact.name",
    "location.name",
    "location.phone",
    "number.name",
    "number.link",
];

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

impl Piece {
    /// The words, if it is some.
    pub(super) fn as_words(&self) -> Option<&str> {
        match self {
            Self::Words(words) => Some(words),
            _ => None,
        }
    }
}

/// Takes a template apart, and notes what is not allowed in it.
#[derive(Default)]
pub(super) struct Parser {
    pub(super) pieces: Vec<Piece>,
    pub(super) faults: Vec<Diagnostic>,
    /// The template as the engine reads it.
    pub(super) engine: String,
    open_ifs: usize,
}

impl Parser {
    pub(super) fn fault(&mut self, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Diagnostic::new(what, remedy));
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
                    return self.closes_nothing(words, mark);
                }
            };
            // A field whose second brace is missing ends at the first.
            let brace = after.find(['{', '}']).filter(|_| mark == "{{");
            if let Some(brace) = brace.filter(|brace| !after[*brace..].starts_with(close)) {
                let (field, next) = after.split_at(brace);
                let name = field.split('|').next().unwrap_or_default();
                let is_open = field.matches(['"', '\'']).count() % 2 == 1;
                if !is_path(name.trim()) || is_open {
                    self.words(after);
                    return self.fault(
                        "braces inside of a field",
                        "write two braces on each side, such as `{{ contact.first_name }}`",
                    );
                }
                self.brace_missing(field.trim());
                rest = next.strip_prefix('}').unwrap_or(next);
                continue;
            }
            let Some((inside, after)) = after.split_once(close) else {
                self.words(after);
                return self.fault(
                    format!("`{mark}` without `{close}`"),
                    format!("write `{close}` after the field"),
                );
            };
            let signs = |sign: char| matches!(sign, '-' | '+');
            let lead = inside.chars().next().filter(|sign| signs(*sign));
            let trail = inside.chars().next_back().filter(|sign| signs(*sign));
            let inside = inside.trim_start_matches(signs);
            let inside = inside.trim_end_matches(signs).trim();
            self.engine.push_str(mark);
            self.engine.extend(lead);
            self.engine.push(' ');
            if mark == "{{" {
                self.print(inside);
            } else {
                self.statement(inside);
            }
            self.engine.push(' ');
            self.engine.extend(trail);
            self.engine.push_str(close);
            rest = after;
        }
        self.words(rest);
        if self.open_ifs > 0 {
            self.fault("`{% if %}` without an end", "write `{% endif %}` after it");
        }
    }

    /// `}}` without a beginning, perhaps for want of one brace.
    fn closes_nothing(&mut self, before: &str, mark: &str) {
        let field = before.rsplit_once('{').map(|(_, field)| field.trim());
        if let Some(field) = field.filter(|field| mark == "}}" && is_path(field)) {
            return self.fault(
                format!("a brace is missing before `{field}`"),
                format!("write `{{{{ {field} }}}}`"),
            );
        }
        let open = if mark == "}}" { "{" } else { "%" };
        self.fault(
            format!("`{mark}` closes nothing"),
            format!("remove it, or write `{{{open}` before the field"),
        );
    }

    fn brace_missing(&mut self, field: &str) {
        // So that the words around it are not read as one.
        self.words(FIELD.encode_utf8(&mut [0; 4]));
        self.fault(
            format!("a brace is missing after `{field}`"),
            format!("write `{{{{ {field} }}}}`"),
        );
    }

    fn words(&mut self, words: &str) {
        if !words.is_empty() {
            self.pieces.push(Piece::Words(words.to_owned()));
            self.engine.push_str(words);
        }
    }

    /// The field of this path, which the engine reads next.
    fn field(&mut self, path: &str) -> Option<MergeField> {
        let field = MergeField::parse(path);
        match &field {
            // A key that begins with a digit is no name to the engine.
            Some(MergeField::CustomValue(key)) => {
                self.engine.push_str(&format!("custom_values[\"{key}\"]"));
            }
            Some(_) => self.engine.push_str(path),
            None => {
                self.unknown(path);
                // So that the words around it are not read as one.
                self.words(FIELD.encode_utf8(&mut [0; 4]));
            }
        }
        field
    }

    fn unknown(&mut self, path: &str) {
        let invisible = path
            .chars()
            .find_map(|character| Some((character, invisible_name(character)?)));
        if let Some((character, name)) = invisible {
            let visible: String = path
                .chars()
                .filter(|c| invisible_name(*c).is_none())
                .collect();
            return self.fault(
                format!(
                    "an invisible character, {name} (U+{:04X}), in `{{{{ {visible} }}}}`",
                    u32::from(character)
                ),
                "delete the field and type it again",
            );
        }
        self.faults.push(unknown_field(path));
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
            if let Some(words) = &default {
                self.engine.push_str(&format!(" | default(\"{words}\")"));
            }
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
                let path = rest.strip_prefix("not ");
                self.engine.push_str(word);
                self.engine
                    .push_str(if path.is_some() { " not " } else { " " });
                let path = path.unwrap_or(rest).trim();
                if let Some(field) = self.field(path) {
                    self.pieces.push(Piece::Test(field));
                }
            }
            "else" | "endif" if rest.is_empty() => {
                self.engine.push_str(word);
                if word == "endif" {
                    self.open_ifs = self.open_ifs.saturating_sub(1);
                }
            }
            _ => self.fault(
                format!("`{{% {inside} %}}` is not allowed in a text"),
                "write `{% if field %}…{% else %}…{% endif %}` or no statement at all",
            ),
        }
    }
}

/// Whether the words may be the name of a field.
fn is_path(words: &str) -> bool {
    !words.is_empty()
        && words
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ' '))
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
