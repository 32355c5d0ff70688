//! Turns the bytes of a file into text: recognizes other kinds of files and normalizes line ends.
//!
//! Editors put different bytes around the same words. All of them give one text, and so one fingerprint. A file that is not
//! plain text in UTF-8 is refused once, with the way to save it again.

use std::borrow::Cow;

use super::problem::Problem;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;

const SAVE_AS: &str =
    "open it in a text editor and save it again: File > Save as… > Encoding: UTF-8";
const SAVE_AS_PLAIN: &str = "save it as plain text: in TextEdit Format > Make Plain Text, in Word or Google Docs \
                             File > Save as or Download > Plain text (.txt), encoding UTF-8";

/// The text in these bytes. Fails with one problem if they are not text in UTF-8.
pub(super) fn text_of(file: &str, bytes: &[u8]) -> Result<String, Problem> {
    let whole = |what: &str, remedy: &str| Problem::new(file, 1, "", Diagnostic::new(what, remedy));
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        let what = "this is a document of a word processor or an archive, not a text";
        return Err(whole(what, SAVE_AS_PLAIN));
    }
    let begins_with_a_mark = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    if begins_with_a_mark || bytes.iter().take(200).any(|byte| *byte == 0) {
        let what = "this is UTF-16, which Windows also calls Unicode, and recipes are UTF-8";
        return Err(whole(what, SAVE_AS));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let (before, after) = bytes.split_at(error.valid_up_to());
            let before = String::from_utf8_lossy(before);
            let before = with_plain_line_ends(&before);
            let line = before.matches('\n').count() + 1;
            let key = key_of_last_line(&before);
            let what = match after.first().and_then(|byte| windows_1252(*byte)) {
                Some(character) => format!(
                    "`{character}` is written here as Windows-1252 (ANSI) writes it, and recipes are UTF-8"
                ),
                None => "a byte that is not UTF-8".to_owned(),
            };
            Err(Problem::new(
                file,
                line,
                key,
                Diagnostic::new(what, SAVE_AS),
            ))
        }
    }
}

/// The text without a byte order mark, and with `\n` at the end of each line, whichever editor wrote it.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    with_plain_line_ends(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn with_plain_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// What kind of file it is if its beginning shows that it is not TOML.
pub(super) fn other_format(text: &str) -> Option<Diagnostic> {
    let begin = text.trim_start();
    if begin.starts_with("{\\rtf") {
        let what = "this is RTF, the format of a word processor";
        return Some(Diagnostic::new(what, SAVE_AS_PLAIN));
    }
    let lower = begin.get(..20).unwrap_or(begin).to_ascii_lowercase();
    if ["<!doctype", "<html", "<?xml"]
        .iter()
        .any(|tag| lower.starts_with(tag))
    {
        let remedy = "copy the words of the page alone into a text file";
        return Some(Diagnostic::new("this is a web page", remedy));
    }
    const TOML: &str = "a recipe is TOML: write `name = \"…\"` for a setting and `[steps.text]` above those of a step";
    if begin.starts_with('{') || begin.starts_with("[{") || begin.starts_with("[\n") {
        return Some(Diagnostic::new("this is JSON", TOML));
    }
    is_yaml(begin).then(|| Diagnostic::new("this is YAML", TOML))
}

/// Whether all settings are written as YAML writes them, `key: value`, and none as TOML does.
fn is_yaml(text: &str) -> bool {
    let mut settings = 0;
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') || line == "---" || line.starts_with("- ") {
            continue;
        }
        if line.starts_with('[') {
            return false;
        }
        let Some(at) = line.find([':', '=']) else {
            continue;
        };
        if !line[at..].starts_with(':') {
            return false;
        }
        settings += 1;
    }
    settings >= 2
}

fn key_of_last_line(before: &str) -> String {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let key = line.split_once('=').map(|(key, _)| key.trim());
    let is_key = |key: &&str| {
        !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    key.filter(is_key).unwrap_or_default().to_owned()
}

/// The character that a byte stands for in Windows-1252, as far as it is one that people write.
fn windows_1252(byte: u8) -> Option<char> {
    Some(match byte {
        0x80 => '€',
        0x82 => '‚',
        0x84 => '„',
        0x85 => '…',
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        0x95 => '•',
        0x96 => '–',
        0x97 => '—',
        0x99 => '™',
        0xa1..=0xac | 0xae..=0xff => char::from(byte),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_utf8_is_refused_at_its_line() {
        for (bytes, expected) in [
            (
                b"name = \"x\"\r\nbody = \"it\x92s\"".as_slice(),
                "r:2: body: `’` is written here as Windows-1252",
            ),
            (b"a\rb\rc = \"\x81\"", "r:3: c: a byte that is not UTF-8"),
            (b"\xff\xfen\0a\0", "r:1: this is UTF-16"),
            (b"\xfe\xff\0n\0a", "r:1: this is UTF-16"),
            (b"n\0a\0m\0e\0", "r:1: this is UTF-16"),
            (b"PK\x03\x04x", "r:1: this is a document"),
        ] {
            let problem = text_of("r", bytes).unwrap_err().to_string();
            assert!(problem.starts_with(expected), "{problem}");
        }
        assert_eq!(text_of("r", "é".as_bytes()).unwrap(), "é");
    }

    #[test]
    fn one_text_whatever_the_editor() {
        for text in ["\u{feff}a\r\nb\r\n", "a\rb\r", "a\nb\n"] {
            assert_eq!(plain(text), "a\nb\n");
        }
    }

    #[test]
    fn other_formats_are_known() {
        for (text, what) in [
            ("{\\rtf1\\ansi", Some("this is RTF")),
            ("  {\"name\": \"x\"}", Some("this is JSON")),
            ("---\nname: x\nsteps:\n  - do: text\n", Some("this is YAML")),
            ("<!DOCTYPE html>", Some("this is a web page")),
            ("name: \"x\"\nversion = 1", None),
            ("[steps.text]\ndo: \"text\"\nbody: \"x\"", None),
            ("", None),
        ] {
            let fault = other_format(text);
            let found = fault.as_ref().map(|fault| fault.what.as_str());
            assert_eq!(
                found.is_some(),
                what.is_some_and(|what| found.is_some_and(|found| found.starts_with(what))),
                "{text}"
            );
            assert_eq!(found.is_some(), what.is_some(), "{text}");
        }
    }
}
