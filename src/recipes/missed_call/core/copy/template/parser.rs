//! The parser of templates: where fields and statements begin and end, and which of them are allowed.
//!
//! The grammar, with any white space around a field:
//!
//! ```text
//! {{ field }}   {{ field | default("words") }}
//! {% if field %} … {% elif not field %} … {% else %} … {% endif %}
//! ```
//!
//! A `-` next to a brace (`{{- field -}}`) removes the white space on that side; a `+` keeps it, as no sign does.

use super::super::merge_field::MergeField;
use super::super::smart_encoding::invisible_name;
use super::super::unknown_field::unknown_field;
use super::tree::{Condition, FIELD, Piece, ROOT, Tree};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;

/// Parses a template, and lists what is wrong in it.
#[derive(Default)]
pub(super) struct Parser {
    tree: Tree,
    faults: Vec<Diagnostic>,
    /// The branch that the next piece belongs to.
    branch: usize,
    /// The statements without an `endif` so far.
    open_ifs: Vec<OpenIf>,
    /// Whether an `elif`, `else` or `endif` was found where none may be.
    misplaced: bool,
    /// Whether the last field or statement removes the white space after it.
    trims_next: bool,
}

/// An `if` without its `endif` so far.
struct OpenIf {
    /// Its first branch.
    first: usize,
    /// The branch that contains it.
    parent: usize,
    has_else: bool,
}

impl Parser {
    /// The tree of the template, as far as it can be read, and everything that is wrong.
    pub(super) fn parse(source: &str) -> (Tree, Vec<Diagnostic>) {
        let mut parser = Self::default();
        parser.read(source);
        if parser.misplaced && parser.faults.is_empty() {
            parser.fault(
                "`{% if %}`, `{% else %}` and `{% endif %}` that do not belong together",
                "write `{% if field %}…{% else %}…{% endif %}`, in this order",
            );
        }
        (parser.tree, parser.faults)
    }

    fn fault(&mut self, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Diagnostic::new(what, remedy));
    }

    fn read(&mut self, source: &str) {
        let mut rest = source;
        while let Some((at, mark)) = next_mark(rest) {
            let (words, after) = rest.split_at(at);
            let after = after.get(mark.len()..).unwrap_or_default();
            let trims_end = after.starts_with('-') && matches!(mark, "{{" | "{%");
            self.words(if trims_end { words.trim_end() } else { words });
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
            self.trims_next = inside.ends_with('-');
            let inside = inside.trim_matches(['-', '+']).trim();
            if mark == "{{" {
                self.print(inside);
            } else {
                self.statement(inside);
            }
            rest = after;
        }
        self.words(rest);
        if !self.open_ifs.is_empty() {
            self.fault("`{% if %}` without an end", "write `{% endif %}` after it");
        }
    }

    /// `}}` or `%}` without a beginning, perhaps because one brace is missing.
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
        self.stand_in();
        self.fault(
            format!("a brace is missing after `{field}`"),
            format!("write `{{{{ {field} }}}}`"),
        );
    }

    /// Puts a character where a field cannot be read, so that the words around it are not joined.
    fn stand_in(&mut self) {
        self.words(FIELD.encode_utf8(&mut [0; 4]));
    }

    fn words(&mut self, words: &str) {
        let words = match std::mem::take(&mut self.trims_next) {
            true => words.trim_start(),
            false => words,
        };
        if !words.is_empty() {
            let piece = Piece::Words(words.to_owned());
            self.tree.push(piece, self.branch);
        }
    }

    fn field(&mut self, path: &str) -> Option<MergeField> {
        let field = MergeField::parse(path);
        if field.is_none() {
            self.unknown(path);
        }
        field
    }

    fn unknown(&mut self, path: &str) {
        self.stand_in();
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
            let piece = Piece::Print {
                field,
                default,
                conditional: self.branch != ROOT,
            };
            self.tree.push(piece, self.branch);
        }
    }

    fn statement(&mut self, inside: &str) {
        let (word, rest) = inside.split_once(' ').unwrap_or((inside, ""));
        let rest = rest.trim();
        match word {
            "if" if !rest.is_empty() => {
                let condition = self.condition(rest);
                let parent = self.branch;
                self.branch = self.tree.add_branch(parent, None, condition);
                self.open_ifs.push(OpenIf {
                    first: self.branch,
                    parent,
                    has_else: false,
                });
            }
            "elif" if !rest.is_empty() => {
                let condition = self.condition(rest);
                self.next_branch(condition, false);
            }
            "else" if rest.is_empty() => self.next_branch(None, true),
            "endif" if rest.is_empty() => match self.open_ifs.pop() {
                Some(open) => self.branch = open.parent,
                None => self.misplaced = true,
            },
            _ => self.fault(
                format!("`{{% {inside} %}}` is not allowed in a text"),
                "write `{% if field %}…{% else %}…{% endif %}` or no statement at all",
            ),
        }
    }

    /// The condition of an `if` or `elif`.
    fn condition(&mut self, words: &str) -> Option<Condition> {
        let path = words.strip_prefix("not ");
        let negated = path.is_some();
        let field = self.field(path.unwrap_or(words).trim())?;
        self.tree.push(Piece::Test(field.clone()), self.branch);
        Some(Condition { field, negated })
    }

    /// Begins the next branch of the innermost `if`.
    fn next_branch(&mut self, condition: Option<Condition>, is_else: bool) {
        match self.open_ifs.last_mut().filter(|open| !open.has_else) {
            Some(open) => {
                open.has_else = is_else;
                let (parent, first) = (open.parent, open.first);
                self.branch = self.tree.add_branch(parent, Some(first), condition);
            }
            None => self.misplaced = true,
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
