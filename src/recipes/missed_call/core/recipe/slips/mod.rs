//! The most common mistakes in a file that is not valid TOML. Each is reported once, with its line, its key and what to
//! write instead.
//!
//! It runs only when the TOML parser has refused the text. It reads the text from the top and stops at the first mistake:
//! what follows from that is not reported.

mod header;
mod value;

use std::collections::BTreeMap;

use crate::recipes::missed_call::core::copy::invisible_name;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;

/// A mistake and its place.
pub(super) struct Slip {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) key: String,
    pub(super) fault: Diagnostic,
}

/// The first mistake in the text, if it is a known one.
pub(super) fn first_slip(source: &str) -> Option<Slip> {
    let mut walk = Walk::new(source);
    while walk.at < source.len() {
        if let Err(slip) = walk.statement() {
            return Some(slip);
        }
    }
    None
}

/// Longer words are not repeated in a message.
const LONGEST_SHOWN: usize = 40;

/// A walk through the text, statement by statement.
struct Walk<'s> {
    source: &'s str,
    /// Where the next statement begins.
    at: usize,
    /// The line of `at`, so that lines are counted once.
    line: usize,
    /// The section that the settings belong to.
    section: String,
    /// How many sections have begun.
    sections: usize,
    /// The lines of sections.
    headers: BTreeMap<String, usize>,
    /// The lines of settings, by the number of their section.
    settings: BTreeMap<(usize, String), usize>,
    /// How many entries the lists of sections have so far.
    lists: BTreeMap<String, usize>,
}

impl<'s> Walk<'s> {
    fn new(source: &'s str) -> Self {
        Self {
            source,
            at: 0,
            line: 1,
            section: String::new(),
            sections: 0,
            headers: BTreeMap::new(),
            settings: BTreeMap::new(),
            lists: BTreeMap::new(),
        }
    }

    /// Reads one line, or the lines of one setting.
    fn statement(&mut self) -> Result<(), Slip> {
        let line = line_at(self.source, self.at);
        let words = line.trim_matches([' ', '\t']);
        if words.is_empty() || words.starts_with('#') {
            self.go_on_after(self.at + line.len());
            return Ok(());
        }
        if ["//", "/*", "--", "<!--", ";"]
            .iter()
            .any(|begin| words.starts_with(begin))
        {
            return Err(self.slip("", comments_begin()));
        }
        if words.starts_with('[') {
            self.header(words)?;
            self.go_on_after(self.at + line.len());
            return Ok(());
        }
        self.setting(line)
    }

    fn go_on_after(&mut self, end: usize) {
        let end = self.source[end..]
            .find('\n')
            .map_or(self.source.len(), |next| end + next + 1);
        self.line += self.source[self.at..end].matches('\n').count();
        self.at = end;
    }

    /// A slip in the line where the statement begins.
    fn slip(&self, key: &str, fault: Diagnostic) -> Slip {
        Slip {
            line: self.line,
            key: self.path(key),
            fault,
        }
    }

    /// A slip further on in it.
    fn slip_at(&self, offset: usize, key: &str, fault: Diagnostic) -> Slip {
        let between = self.source.get(self.at..offset).unwrap_or_default();
        Slip {
            line: self.line + between.matches('\n').count(),
            ..self.slip(key, fault)
        }
    }

    fn path(&self, key: &str) -> String {
        match (self.section.is_empty(), key.is_empty()) {
            (_, true) => self.section.clone(),
            (true, false) => key.to_owned(),
            (false, false) => format!("{}.{key}", self.section),
        }
    }

    /// `key = value`.
    fn setting(&mut self, line: &str) -> Result<(), Slip> {
        let Some((key, rest)) = key_before(line, '=') else {
            return Err(self.no_setting(line));
        };
        let place = (self.sections, key.clone());
        if let Some(first) = self.settings.insert(place, self.line) {
            let what = format!("`{key}` is there twice, first in line {first}");
            return Err(self.slip(&key, Diagnostic::new(what, "remove one of the two")));
        }
        if rest.starts_with('=') {
            let remedy = format!("write `{key} = …`");
            return Err(self.slip(&key, Diagnostic::new("`=` is there twice", remedy)));
        }
        let begin = self.at + (line.len() - rest.len());
        let end = self.value(&key, begin)?;
        self.nothing_after(&key, begin, end)?;
        self.go_on_after(end);
        Ok(())
    }

    /// What is wrong with a line that is neither a setting nor a section nor a comment.
    fn no_setting(&self, line: &str) -> Slip {
        let words = line.trim_matches([' ', '\t']);
        let place = words.find([':', '=']);
        let (before, after) = words.split_at(place.unwrap_or(words.len()));
        let name = slug(before);
        if let Some(fault) = invisible(before) {
            return self.slip(&name, fault);
        }
        if let Some(bullet) = ["- ", "* ", "• ", "> "]
            .iter()
            .find(|bullet| words.starts_with(**bullet))
        {
            let what = format!("a `{}` in front of a line", bullet.trim());
            let fault = Diagnostic::new(what, "remove it; each setting is a line of its own");
            return self.slip("", fault);
        }
        if before.trim().chars().count() > LONGEST_SHOWN || name.is_empty() {
            return self.slip("", neither());
        }
        if before.contains(is_typographic_quote) {
            let fault = Diagnostic::new(
                "typographic quotes around the name of a setting",
                format!("write `{name} = …`, without quotes"),
            );
            return self.slip(&name, fault);
        }
        if let Some(value) = after.strip_prefix(':') {
            let shown = shown_value(value);
            let fault = Diagnostic::new(
                "`:` in the place of `=`",
                format!("write `{name} = {shown}`"),
            );
            return self.slip(&name, fault);
        }
        if after.starts_with('=') {
            let what = if before.trim().contains([' ', '\t']) {
                "a name with a space in it"
            } else {
                "a name with other characters than letters, digits, `_` and `-`"
            };
            return self.slip(&name, Diagnostic::new(what, format!("write `{name} = …`")));
        }
        if let Some(name) = words.strip_suffix(']').filter(|name| !name.contains('[')) {
            let fault = Diagnostic::new(
                "the bracket at the beginning is missing",
                format!("write `[{name}]`"),
            );
            let key = name.to_owned();
            let line = self.line;
            return Slip { line, key, fault };
        }
        let (word, rest) = words.split_once([' ', '\t']).unwrap_or((words, ""));
        let rest = rest.trim_start();
        if is_bare(word)
            && rest
                .chars()
                .next()
                .is_some_and(|c| matches!(c, '"' | '\'' | '{' | '[') || is_typographic_quote(c))
        {
            let fault = Diagnostic::new("`=` is missing", format!("write `{word} = …`"));
            return self.slip(word, fault);
        }
        self.slip("", neither())
    }
}

fn neither() -> Diagnostic {
    Diagnostic::new(
        "neither a setting nor a section nor a comment",
        "write `name = value` for a setting, `[name]` for a section, and `#` in front of a comment; a text over several \
         lines stands between three quotes",
    )
}

fn comments_begin() -> Diagnostic {
    Diagnostic::new(
        "comments begin with `#`",
        "write `#` in front of the comment",
    )
}

/// The line that begins at `at`, without its end.
fn line_at(source: &str, at: usize) -> &str {
    let rest = source.get(at..).unwrap_or_default();
    rest.split('\n').next().unwrap_or_default()
}

/// The key in front of `sign`, its parts joined with dots and without their quotes, and what follows the sign.
fn key_before(line: &str, sign: char) -> Option<(String, &str)> {
    let (parts, rest) = parts_of(line)?;
    let rest = rest.strip_prefix(sign)?;
    Some((parts.join("."), rest))
}

/// The parts of a dotted name at the beginning of `text`, and what follows it.
fn parts_of(text: &str) -> Option<(Vec<String>, &str)> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start_matches([' ', '\t']);
    loop {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let part = match quote {
            Some(quote) => {
                let (part, after) = rest.get(1..)?.split_once(quote)?;
                if part.contains(['\\', '\n']) {
                    return None;
                }
                rest = after;
                part
            }
            None => {
                let end = rest.find(|c| !is_bare_character(c)).unwrap_or(rest.len());
                let (part, after) = rest.split_at(end);
                if part.is_empty() {
                    return None;
                }
                rest = after;
                part
            }
        };
        parts.push(part.to_owned());
        rest = rest.trim_start_matches([' ', '\t']);
        match rest.strip_prefix('.') {
            Some(next) => rest = next.trim_start_matches([' ', '\t']),
            None => return Some((parts, rest)),
        }
    }
}

fn is_bare_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

fn is_bare(word: &str) -> bool {
    !word.is_empty() && word.chars().all(is_bare_character)
}

/// Whether a line begins a section, a setting or a comment, and so is not part of a text.
fn begins_a_statement(line: &str) -> bool {
    let line = line.trim_matches([' ', '\t']);
    line.starts_with('#') || is_header(line) || key_before(line, '=').is_some()
}

fn is_header(line: &str) -> bool {
    let inner = line.trim_start_matches('[');
    inner.len() < line.len()
        && parts_of(inner).is_some_and(|(_, rest)| {
            let after = rest.trim_start_matches(']').trim_start();
            rest.starts_with(']') && (after.is_empty() || after.starts_with('#'))
        })
}

/// A name for what somebody called so: small letters, digits and `_`.
fn slug(words: &str) -> String {
    let mut slug = String::new();
    for character in words.trim().chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !matches!(character, '"' | '\'' | '[' | ']')
            && (character.is_whitespace() || invisible_name(character).is_none())
            && !is_typographic_quote(character)
            && !slug.ends_with('_')
        {
            slug.push('_');
        }
    }
    slug.trim_matches('_').to_owned()
}

fn is_typographic_quote(character: char) -> bool {
    matches!(
        character,
        '“' | '”'
            | '„'
            | '‟'
            | '«'
            | '»'
            | '‘'
            | '’'
            | '‚'
            | '‛'
            | '″'
            | '′'
            | '`'
            | '´'
            | '＂'
    )
}

/// Names an invisible character in what should have none.
fn invisible(text: &str) -> Option<Diagnostic> {
    let (character, name) = text
        .chars()
        .find_map(|character| Some((character, invisible_name(character)?)))?;
    Some(Diagnostic::new(
        format!(
            "an invisible character, {name} (U+{:04X})",
            u32::from(character)
        ),
        "delete it: type the line again, or put the cursor after the character and press Backspace",
    ))
}

/// A value as a message shows it: in quotes, and only what is short and nobody's number or address.
fn shown_value(words: &str) -> String {
    let words = words.trim().trim_end_matches(',').trim();
    if toml::de::DeValue::parse(words).is_ok() && is_shown(words) {
        return words.to_owned();
    }
    let bare = words.trim_matches(|c| matches!(c, '"' | '\'') || is_typographic_quote(c));
    if is_shown(bare) && !bare.contains(['"', '\\']) {
        format!("\"{bare}\"")
    } else {
        "\"…\"".to_owned()
    }
}

fn is_shown(words: &str) -> bool {
    let digits = words.chars().filter(char::is_ascii_digit).count();
    !words.is_empty()
        && words.chars().count() <= LONGEST_SHOWN
        && digits < 9
        && !words.contains(['@', '\n', '#'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::recipes::missed_call::core::presets::Preset;

    /// All that TOML knows and recipes may hold.
    const ALL: &str = concat!(
        "a.b = 1\n",
        "'c' = 'it' # note\n",
        "\"d\" = [1, 2.5,\n",
        " # note\n",
        " \"x\", [true], { y = 'z', }]\n",
        "[ e . f ] # note\n",
        "g = \"\"\"\n",
        "a \\\n",
        " b\"\"\"\"\n",
        "[[h]]\n",
        "i = 2026-12-25T09:00:00Z\n",
        "j = '''\n",
        "x'''\n",
        "[[h]]\n",
        "i = 07:30:00\n",
        "[h.k]\n",
        "l = +1_000\n",
        "m = inf\n",
        "n = 0xff\n",
    );

    #[test]
    fn a_sound_text_has_no_slip() {
        assert!(toml::de::DeTable::parse(ALL).is_ok());
        let sources = Preset::ALL.iter().map(|preset| preset.source());
        for source in sources.chain([ALL]) {
            let slip = first_slip(source).map(|slip| (slip.line, slip.fault));
            assert_eq!(slip, None);
        }
    }

    proptest! {
        /// What can be read as TOML has no slip, and what cannot has one at a line that is there.
        #[test]
        fn a_slip_is_found_only_where_there_is_one(
            preset in 0..Preset::ALL.len(),
            at in any::<prop::sample::Index>(),
            typed in prop::option::of("[\"'“\\[\\]{}=:,#\n a\u{a0}-]{1,2}"),
            cut in 0..4_usize,
        ) {
            let source = Preset::ALL[preset].source();
            let places: Vec<usize> = source.char_indices().map(|(at, _)| at).collect();
            let begin = places[at.index(places.len())];
            let rest = &source[begin..];
            let end = rest.char_indices().nth(cut).map_or(rest.len(), |(at, _)| at);
            let typed = typed.unwrap_or_default();
            let text = format!("{}{typed}{}", &source[..begin], &rest[end..]);
            let slip = first_slip(&text);
            if toml::de::DeTable::parse(&text).is_ok() {
                prop_assert!(slip.is_none(), "{:?}\n{}", slip.map(|slip| slip.fault), text);
            } else if let Some(slip) = slip {
                prop_assert!((1..=text.lines().count()).contains(&slip.line));
            }
        }

        #[test]
        fn any_text_is_walked_through(text in "[\"'\\[\\]{}=:,#\n a.\\\\\u{a0}“é-]{0,60}") {
            drop(first_slip(&text));
        }
    }
}
