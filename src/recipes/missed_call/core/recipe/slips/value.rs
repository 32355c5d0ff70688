//! Slips in the value of a setting.

use toml::de::DeValue;

use super::{
    Slip, Walk, begins_a_statement, comments_begin, invisible, is_bare, is_header, is_shown,
    is_typographic_quote, key_before, line_at, shown_value,
};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;

/// Lists in lists are read to this depth.
const DEEPEST: usize = 20;

impl Walk<'_> {
    /// Where the value that begins at or after `begin` ends.
    pub(super) fn value(&self, key: &str, begin: usize) -> Result<usize, Slip> {
        self.nested_value(key, begin, 0)
    }

    fn nested_value(&self, key: &str, begin: usize, depth: usize) -> Result<usize, Slip> {
        let rest = self.source.get(begin..).unwrap_or_default();
        let value = rest.trim_start_matches([' ', '\t']);
        let begin = begin + (rest.len() - value.len());
        let Some(first) = value.chars().next().filter(|c| !matches!(c, '\n' | '#')) else {
            let fault = Diagnostic::new("no value after `=`", format!("write `{key} = \"…\"`"));
            return Err(self.slip_at(begin, key, fault));
        };
        let fault = match first {
            '"' | '\'' => return self.text(key, begin, first),
            '[' if depth < DEEPEST => return self.list(key, begin, depth),
            '{' if depth < DEEPEST => return self.inline_section(key, begin, depth),
            _ if is_typographic_quote(first) => {
                let shape = match depth {
                    0 => format!("`{key} = \"…\"`"),
                    _ => "`\"…\"`".to_owned(),
                };
                Diagnostic::new(
                    "typographic quotes around the value",
                    format!("write straight ones: {shape}"),
                )
            }
            _ => match invisible(first.encode_utf8(&mut [0; 4])) {
                Some(fault) => fault,
                None => return self.bare(key, begin, depth > 0),
            },
        };
        Err(self.slip_at(begin, key, fault))
    }

    /// A text in quotes, on one line or between three quotes.
    fn text(&self, key: &str, begin: usize, quote: char) -> Result<usize, Slip> {
        let rest = self.source.get(begin..).unwrap_or_default();
        let three = String::from_iter([quote; 3]);
        if rest.starts_with(&three) {
            return self.long_text(key, begin, quote, &three);
        }
        let inside = rest.get(1..).unwrap_or_default();
        let mut escaped = false;
        for (at, character) in inside.char_indices() {
            let here = begin + 1 + at;
            match character {
                '\n' => break,
                _ if escaped => {
                    self.check_escape(key, here, character)?;
                    escaped = false;
                }
                '\\' if quote == '"' => escaped = true,
                _ if character == quote => return Ok(here + 1),
                _ => self.check_control(key, here, character)?,
            }
        }
        Err(self.unclosed(key, begin, quote))
    }

    fn check_escape(&self, key: &str, at: usize, character: char) -> Result<(), Slip> {
        if matches!(
            character,
            'b' | 't' | 'n' | 'f' | 'r' | 'e' | '"' | '\\' | 'u' | 'U' | 'x'
        ) {
            return Ok(());
        }
        let fault = Diagnostic::new(
            "a backslash, which stands for something else between double quotes",
            "write `\\\\` for a backslash, or `/` in a link",
        );
        Err(self.slip_at(at, key, fault))
    }

    fn check_control(&self, key: &str, at: usize, character: char) -> Result<(), Slip> {
        if !character.is_control() || character == '\t' {
            return Ok(());
        }
        let what = format!(
            "an invisible character, a control code (U+{:04X})",
            u32::from(character)
        );
        let fault = Diagnostic::new(what, "delete it: type the words around it again");
        Err(self.slip_at(at, key, fault))
    }

    /// A text between three quotes.
    fn long_text(&self, key: &str, begin: usize, quote: char, three: &str) -> Result<usize, Slip> {
        let open = |before: &str| {
            let fault = Diagnostic::new(
                format!("the text that begins here with three quotes is not closed{before}"),
                format!("write `{three}` after its last line"),
            );
            self.slip(key, fault)
        };
        let inside = self.source.get(begin + 3..).unwrap_or_default();
        let mut escaped = false;
        let mut end = None;
        for (at, character) in inside.char_indices() {
            let here = begin + 3 + at;
            if escaped {
                escaped = false;
                if !character.is_ascii_whitespace() {
                    self.check_escape(key, here, character)?;
                }
            } else if quote == '"' && character == '\\' {
                escaped = true;
            } else if character == quote && inside[at..].starts_with(three) {
                end = Some(at);
                break;
            } else if character != '\n' {
                self.check_control(key, here, character)?;
            }
        }
        let Some(end) = end else {
            return Err(open(""));
        };
        // Another text's quotes have closed this one.
        for (number, line) in inside[..end].lines().enumerate().skip(1) {
            let line = line.trim_matches([' ', '\t']);
            // The quotes that end the text here may be those that begin the next one.
            let is_setting = key_before(line, '=').is_some_and(|(key, value)| {
                let value = value.trim_start();
                is_bare(&key) && (value.is_empty() || value.starts_with(['"', '\'', '[', '{']))
            });
            if is_header(line) || is_setting {
                return Err(open(&format!(" before line {}", self.line + number)));
            }
        }
        let after = inside[end + 3..].chars();
        let more = after.take(2).take_while(|c| *c == quote).count();
        Ok(begin + 3 + end + 3 + more)
    }

    /// What is wrong with a text on one line that does not end there.
    fn unclosed(&self, key: &str, begin: usize, quote: char) -> Slip {
        let rest = self.source.get(begin + 1..).unwrap_or_default();
        let mut lines = rest.split('\n');
        let own = lines.next().unwrap_or_default().trim_end();
        let next = lines.find(|line| !line.trim().is_empty());
        let fault = match own.chars().next_back() {
            Some(last) if is_typographic_quote(last) => Diagnostic::new(
                "the text begins with a straight quote and ends with a typographic one",
                format!("write `{quote}` at both ends"),
            ),
            Some(last @ ('"' | '\'')) => Diagnostic::new(
                format!("the text begins with `{quote}` and ends with `{last}`"),
                "write `\"` at both ends",
            ),
            _ if next.is_none_or(begins_a_statement) => Diagnostic::new(
                "the text that begins here has no closing quote",
                format!("write `{quote}` after its last word"),
            ),
            _ => Diagnostic::new(
                "a text in quotes ends in the line where it begins, and this one goes on in the next",
                format!("write it between three quotes: `{key} = \"\"\"`, the lines, `\"\"\"`"),
            ),
        };
        self.slip_at(begin, key, fault)
    }

    /// A list in square brackets.
    fn list(&self, key: &str, begin: usize, depth: usize) -> Result<usize, Slip> {
        let open = || {
            let fault = Diagnostic::new(
                "the list that begins here is not closed",
                "write `]` at its end",
            );
            Err(self.slip_at(begin, key, fault))
        };
        let mut at = begin + 1;
        loop {
            let next = self.after_space(at);
            if self.is_new_statement(at, next) {
                return open();
            }
            match self.character(next) {
                None => return open(),
                Some(']') => return Ok(next + 1),
                Some(',') => {
                    let fault = Diagnostic::new("a comma without an entry before it", "remove it");
                    return Err(self.slip_at(next, key, fault));
                }
                Some(_) => {}
            }
            let end = self.nested_value(key, next, depth + 1)?;
            let next = self.after_space(end);
            match self.character(next) {
                Some(',') => at = next + 1,
                Some(']') => return Ok(next + 1),
                None => return open(),
                Some(_) if self.is_new_statement(end, next) => return open(),
                Some('"' | '\'' | '{') => {
                    let fault = Diagnostic::new(
                        "no comma between two entries of the list",
                        "write `,` between them",
                    );
                    return Err(self.slip_at(next, key, fault));
                }
                Some(_) => return Err(self.garbage(key, next, self.source[next..].trim_end())),
            }
        }
    }

    /// Settings in braces.
    fn inline_section(&self, key: &str, begin: usize, depth: usize) -> Result<usize, Slip> {
        let open = || {
            let fault = Diagnostic::new(
                "the brace that is opened here is not closed",
                "write `}` at the end",
            );
            Err(self.slip_at(begin, key, fault))
        };
        let mut at = begin + 1;
        loop {
            let next = self.after_space(at);
            match self.character(next) {
                None | Some('[') => return open(),
                Some('}') => return Ok(next + 1),
                Some(_) => {}
            }
            let rest = self.source.get(next..).unwrap_or_default();
            let Some((name, value)) = key_before(rest, '=') else {
                let fault = match key_before(rest, ':') {
                    Some((name, _)) => Diagnostic::new(
                        "`:` in the place of `=`",
                        format!("write `{key} = {{ {name} = \"…\" }}`"),
                    ),
                    None => Diagnostic::new(
                        "braces hold settings",
                        format!("write such as `{key} = {{ name = \"…\" }}`"),
                    ),
                };
                return Err(self.slip_at(next, key, fault));
            };
            let value = next + (rest.len() - value.len());
            let end = self.nested_value(&format!("{key}.{name}"), value, depth + 1)?;
            let next = self.after_space(end);
            match self.character(next) {
                Some(',') => at = next + 1,
                Some('}') => return Ok(next + 1),
                None => return open(),
                Some(_) if self.source[end..next].contains('\n') => return open(),
                Some(_) => {
                    let fault =
                        Diagnostic::new("no comma between two settings", "write `,` between them");
                    return Err(self.slip_at(next, key, fault));
                }
            }
        }
    }

    fn character(&self, at: usize) -> Option<char> {
        self.source.get(at..)?.chars().next()
    }

    /// The next place that is neither white space nor a comment.
    fn after_space(&self, mut at: usize) -> usize {
        loop {
            let rest = self.source.get(at..).unwrap_or_default();
            let next = rest.trim_start_matches([' ', '\t', '\n']);
            at += rest.len() - next.len();
            if !next.starts_with('#') {
                return at;
            }
            at += line_at(self.source, at).len();
        }
    }

    /// Whether a new line, after `end`, begins another section or setting at `next`.
    fn is_new_statement(&self, end: usize, next: usize) -> bool {
        let between = self.source.get(end..next).unwrap_or_default();
        if !between.contains('\n') {
            return false;
        }
        let line = line_at(self.source, next).trim_end();
        key_before(line, '=').is_some() || (is_header(line) && !line.contains(['"', '\'']))
    }

    /// A value without quotes: `true`, a number, a date, or words that lack them.
    fn bare(&self, key: &str, begin: usize, inside: bool) -> Result<usize, Slip> {
        let rest = self.source.get(begin..).unwrap_or_default();
        let ends = |c: char| matches!(c, '#' | '\n') || (inside && matches!(c, ',' | ']' | '}'));
        let mut word = rest[..rest.find(ends).unwrap_or(rest.len())].trim_end();
        if let Some(at) = word.find("//").filter(|at| !word[..*at].ends_with(':')) {
            word = word[..at].trim_end();
        }
        if DeValue::parse(word).is_ok() {
            return Ok(begin + word.len());
        }
        let slip = |what: &str, remedy: String| {
            Err(self.slip_at(begin, key, Diagnostic::new(what, remedy)))
        };
        if let Some(fault) = invisible(word) {
            return Err(self.slip_at(begin, key, fault));
        }
        let bare = word.trim_end_matches([',', ';']);
        if bare.len() < word.len() && DeValue::parse(bare).is_ok() {
            return self
                .nothing_after(key, begin, begin + bare.len())
                .map(|()| begin);
        }
        match bare.to_ascii_lowercase().as_str() {
            "yes" | "y" | "on" | "true" => {
                return slip("neither true nor false", format!("write `{key} = true`"));
            }
            "no" | "n" | "off" | "false" => {
                return slip("neither true nor false", format!("write `{key} = false`"));
            }
            "none" | "null" | "nil" => {
                return slip("not a value", "leave the setting out".to_owned());
            }
            _ => {}
        }
        let digits = bare.trim_start_matches(['v', 'V', '0']);
        if !digits.is_empty() && digits.len() < 9 && digits.bytes().all(|b| b.is_ascii_digit()) {
            return slip("not a whole number", format!("write `{key} = {digits}`"));
        }
        if bare.ends_with(['"', '\'']) || bare.ends_with(is_typographic_quote) {
            let remedy = format!("write `{key} = \"…\"`");
            return slip("the quote at the beginning is missing", remedy);
        }
        let shown = shown_value(bare);
        if let Some((_, name)) = key.rsplit_once('.').filter(|_| inside) {
            return slip(
                "words without quotes",
                format!("write `{name} = {shown}`, in quotes"),
            );
        }
        if inside {
            return slip(
                "words without quotes",
                format!("write `{shown}`, in quotes"),
            );
        }
        slip(
            "words without quotes",
            format!("write `{key} = {shown}`, in quotes"),
        )
    }

    /// After a value the line ends, or a comment begins.
    pub(super) fn nothing_after(&self, key: &str, begin: usize, end: usize) -> Result<(), Slip> {
        let after = line_at(self.source, end).trim_matches([' ', '\t']);
        if after.is_empty() || after.starts_with('#') {
            return Ok(());
        }
        let value = self.source.get(begin..end).unwrap_or_default().trim();
        let fault = if ["//", "/*", "--"]
            .iter()
            .any(|begin| after.starts_with(begin))
        {
            comments_begin()
        } else if matches!(after, "," | ";" | ".") {
            Diagnostic::new(format!("`{after}` after the value"), "remove it")
        } else if let Some(fault) = invisible(after) {
            fault
        } else if let Some((next, _)) = key_before(after, '=').filter(|_| begins_a_statement(after))
        {
            let remedy = format!("begin a new line before `{next}`");
            Diagnostic::new("two settings in one line", remedy)
        } else if value.starts_with('"') && after.contains('"') {
            Diagnostic::new(
                "a quote inside the text ends it",
                "write “ and ” for quotes inside of the text, or `\\\"`",
            )
        } else if value.starts_with('\'') {
            let remedy = format!("write the text between double quotes: `{key} = \"…\"`");
            Diagnostic::new("an apostrophe inside the text ends it", remedy)
        } else {
            return Err(self.garbage(key, end, after));
        };
        Err(self.slip_at(end, key, fault))
    }

    fn garbage(&self, key: &str, at: usize, after: &str) -> Slip {
        let word = after.split_whitespace().next().unwrap_or_default();
        let what = if is_shown(word) {
            format!("`{word}` after the value")
        } else {
            "words after the value".to_owned()
        };
        let remedy = "remove it, or write `#` in front of a comment";
        self.slip_at(at, key, Diagnostic::new(what, remedy))
    }
}
