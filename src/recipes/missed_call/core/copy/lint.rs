//! Checks of the links in a text.
//!
//! Carriers block public link shorteners, and often filter a link that is not https; a phone treats punctuation that
//! touches a link as a part of it.

use url::Url;

use super::merge_field::MergeField;
use super::smart_encoding::{is_joiner, is_text, next_link};
use super::template::{FIELD, LINK_FIELD, Piece, Template};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;

/// Public shorteners. Some carriers block every text with a link of theirs.
const SHORTENERS: &[&str] = &[
    "bit.ly",
    "bitly.com",
    "tinyurl.com",
    "tiny.cc",
    "rb.gy",
    "goo.gl",
    "t.co",
    "ow.ly",
    "is.gd",
    "cutt.ly",
    "buff.ly",
    "t.ly",
    "v.gd",
    "adf.ly",
    "lnkd.in",
    "rebrand.ly",
    "shorturl.at",
];

/// What must not follow a link without a space.
const PUNCTUATION: &[char] = &['.', ',', ';', ':', '!', '?', ')', '"', '\'', '”', '’', '…'];

/// Why a link cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkFault {
    /// Not `https://` with the name of a host.
    NotHttps,
    /// The host is a public shortener.
    Shortener,
}

/// What is wrong with one link, if anything is.
pub(crate) fn link_fault(link: &str) -> Option<LinkFault> {
    if is_shortener(link) || (!link.contains("://") && holds_shortener(link)) {
        return Some(LinkFault::Shortener);
    }
    (!is_sound(link)).then_some(LinkFault::NotHttps)
}

/// Whether a phone turns exactly these characters into a link and opens it by https. A URL parser is not enough: it
/// corrects what a phone does not (`https:\\a.example`), and drops or encodes characters at which a phone ends a link.
fn is_sound(link: &str) -> bool {
    const SCHEME: &str = "https://";
    let begins = link
        .get(..SCHEME.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(SCHEME));
    let rest = link.get(SCHEME.len()..).unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    begins
        && link.chars().all(stays_in_link)
        && host.contains('.')
        && host.split('.').all(is_label)
        && port.is_none_or(is_port)
        && Url::parse(link).is_ok_and(|url| url.domain().is_some())
}

/// Whether the character is allowed in a link: those of RFC 3986, and visible characters of other alphabets.
fn stays_in_link(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(character);
    }
    is_text(character) && !is_joiner(character) && !character.is_whitespace()
}

/// The words of `text` that a phone would turn into a link, or a carrier would treat as a shortener.
pub(crate) fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .map(|token| token.trim_start_matches(['(', '<', '"', '\'', '“', '‘']))
        .filter(|token| token.contains("://") || begins_as_a_link(token) || holds_shortener(token))
}

fn begins_as_a_link(token: &str) -> bool {
    ["http:", "https:", "www."].iter().any(|begin| {
        token.len() > begin.len()
            && token
                .get(..begin.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(begin))
    })
}

/// `text` with a space between each link and punctuation that touches it. Templates with such a link are refused;
/// values may end a sentence with one.
pub(super) fn with_space_after_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link, after)) = next_link(rest) {
        let bare = without_punctuation(link);
        out.push_str(before);
        out.push_str(bare);
        if bare.len() < link.len() || after.starts_with(PUNCTUATION) {
            out.push(' ');
        }
        out.push_str(&link[bare.len()..]);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A link of a value as it will be sent: without invisible characters and punctuation at its ends.
pub(super) fn as_sent(link: &str) -> &str {
    without_punctuation(link.trim_matches(|end| !is_text(end)))
}

/// The link without the punctuation at its end. A closing bracket belongs to the link if the link opens it.
fn without_punctuation(link: &str) -> &str {
    let bare = link.trim_end_matches(PUNCTUATION);
    let opened = bare.matches('(').count();
    let closed = bare.matches(')').count();
    if opened > closed && link[bare.len()..].starts_with(')') {
        &link[..=bare.len()]
    } else {
        bare
    }
}

fn is_shortener(link: &str) -> bool {
    let link = link.split_once("://").map_or(link, |(_, rest)| rest);
    let host = link.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.trim_end_matches(PUNCTUATION);
    let host = match host.split_at_checked(4) {
        Some((www, rest)) if www.eq_ignore_ascii_case("www.") => rest,
        _ => host,
    };
    let is_host = |shortener: &&str| host.eq_ignore_ascii_case(shortener);
    SHORTENERS.iter().any(is_host)
}

/// Whether a word without `://` is or contains a link of a shortener, as in `here:bit.ly/x`.
fn holds_shortener(word: &str) -> bool {
    if !word.contains('.') {
        return false;
    }
    word.split([':', ',', ';', '(', '[', '<', '"', '\'', '=', '|', '–', '—'])
        .any(|part| is_shortener(part.trim_start_matches('-')))
}

/// At most this many bare links are reported.
const MOST_REPORTED: usize = 20;

/// Ends of host names that phones turn into a link, also without a scheme.
const ENDS_OF_HOSTS: &[&str] = &[
    "com", "net", "org", "io", "biz", "info", "app", "health", "clinic", "co", "ca", "us", "edu",
    "gov", "dev", "ai", "uk",
];

/// Further ones, which need a path to be a link: without one, a space after a full stop was forgotten.
const ENDS_BEFORE_PATHS: &[&str] = &[
    "me", "ly", "gl", "cc", "tv", "page", "site", "link", "online", "store", "shop", "spa",
    "salon", "care", "studio", "beauty", "fitness", "dental", "eu", "de", "mx", "au",
];

/// The words of `text` that phones turn into a link although they have no `https://`, such as `calendly.com/soleil`.
pub(crate) fn bare_links(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '<' | '>'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '"'
                    | '“'
                    | '”'
                    | ','
                    | ';'
                    | FIELD
                    | LINK_FIELD
            )
    })
    .map(|word| {
        word.trim_matches(|c| PUNCTUATION.contains(&c) || matches!(c, '*' | '_' | '‘' | '`'))
    })
    .filter(|word| is_bare_link(word))
}

fn is_bare_link(word: &str) -> bool {
    // An e-mail address is not a link, and other links are checked elsewhere.
    if word.contains('@') || word.contains("//") || begins_as_a_link(word) || holds_shortener(word)
    {
        return false;
    }
    let word = word.rsplit(':').next().unwrap_or(word);
    let (host, path) = word
        .split_once('/')
        .map_or((word, None), |(host, path)| (host, Some(path)));
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let Some((end, names)) = labels.split_last().filter(|(_, names)| !names.is_empty()) else {
        return false;
    };
    let end = end.to_ascii_lowercase();
    let is_end = ENDS_OF_HOSTS.contains(&end.as_str())
        || (path.is_some() && ENDS_BEFORE_PATHS.contains(&end.as_str()));
    // "U.S." and "a.m." are not hosts.
    is_end && names.iter().all(is_label) && names.iter().any(|name| name.len() > 1)
}

/// What is wrong with the links in a template, as far as its words show.
pub(crate) fn template_link_faults(template: &Template) -> Vec<Diagnostic> {
    let skeleton = template.skeleton();
    let mut faults = text_link_faults(&skeleton);
    for default in template.defaults() {
        faults.extend(text_link_faults(default));
    }
    for words in template.spoken() {
        for link in bare_links(&words).take(MOST_REPORTED) {
            let fault = Diagnostic::new(
                format!("`{link}` is not an https link"),
                format!("write the whole link with `https://` in front: https://{link}"),
            );
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    }
    let touched = skeleton
        .split(LINK_FIELD)
        .skip(1)
        .any(|after| after.starts_with(PUNCTUATION));
    if touched {
        faults.push(touching());
    }
    faults
}

/// What is wrong with the links in a text of the recipe.
pub(crate) fn text_link_faults(text: &str) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for link in links(text) {
        let bare = link.trim_end_matches(PUNCTUATION);
        if let Some((alone, _)) = bare.split_once('>') {
            faults.push(Diagnostic::new(
                "a link in angle brackets, which phones treat as a part of it",
                format!(
                    "write the link alone: {}",
                    alone.replace([FIELD, LINK_FIELD], "…")
                ),
            ));
            continue;
        }
        // A field may be filled with a host.
        let filled = bare.replace([FIELD, LINK_FIELD], "x.example");
        let shown = bare.replace([FIELD, LINK_FIELD], "…");
        match link_fault(&filled) {
            Some(LinkFault::Shortener) => faults.push(Diagnostic::new(
                format!("`{shown}` is a public link shortener, which carriers block"),
                "write the whole link, or one on the business's own domain",
            )),
            Some(LinkFault::NotHttps) => faults.push(Diagnostic::new(
                format!("`{shown}` is not an https link"),
                "write the whole link with `https://` in front",
            )),
            None => {}
        }
        if bare.len() < link.len() {
            faults.push(touching());
        }
    }
    faults
}

/// Greetings that would be left incomplete without a value: `Hi ,`.
pub(crate) fn empty_value_faults(template: &Template) -> Vec<Diagnostic> {
    let pieces: Vec<&Piece> = template.pieces().collect();
    let mut faults = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Print {
            field,
            default,
            conditional: false,
        } = piece
        else {
            continue;
        };
        let may_be_empty = match default {
            Some(words) => words.trim().is_empty(),
            None => field.is_left_out(),
        };
        let before = at.checked_sub(1).and_then(|before| pieces.get(before));
        let after = pieces.get(at + 1);
        let stands_alone = match before {
            None => true,
            Some(Piece::Words(words)) => words.ends_with(char::is_whitespace),
            Some(_) => false,
        };
        let Some(Piece::Words(after)) = after.filter(|_| may_be_empty && stands_alone) else {
            continue;
        };
        let Some(sign) = after
            .chars()
            .next()
            .filter(|c| matches!(c, ',' | '.' | '!' | '?' | ';' | ':'))
        else {
            continue;
        };
        // "Hi {{ contact.first_name }} {{ contact.last_name }},".
        let whole_name = *field == MergeField::ContactLastName
            && matches!(before, Some(Piece::Words(words)) if words.trim().is_empty())
            && matches!(
                at.checked_sub(2).and_then(|first| pieces.get(first)),
                Some(Piece::Print {
                    field: MergeField::ContactFirstName,
                    ..
                })
            );
        let word = match before {
            _ if whole_name => "Ana",
            Some(Piece::Words(words)) => words.split_whitespace().next_back().unwrap_or_default(),
            _ => "",
        };
        let remedy = if whole_name {
            "write `{{ contact.name }}` in place of both names".to_owned()
        } else if field.is_name() {
            format!(
                "write `{{{{ contact.name }}}}`, or a default: `{{{{ {field} | default('friend') }}}}`"
            )
        } else {
            format!(
                "write a default: `{{{{ {field} | default('…') }}}}`, or put it into an `{{% if {field} %}}`"
            )
        };
        faults.push(Diagnostic::new(
            format!(
                "where `{field}` is not known, the text reads `{}`",
                format!("{word} {sign}").trim_start()
            ),
            remedy,
        ));
    }
    faults
}

fn touching() -> Diagnostic {
    Diagnostic::new(
        "punctuation directly after a link, which phones treat as a part of it",
        "put a space or end the sentence before the link",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_can_be_sent() {
        for (link, fault) in [
            ("https://calendly.com/soleil", None),
            ("HTTPS://calendly.com/soleil?a=1#x", None),
            ("https://att.co/x", None),
            ("http://calendly.com", Some(LinkFault::NotHttps)),
            ("www.calendly.com", Some(LinkFault::NotHttps)),
            ("calendly.com/soleil", Some(LinkFault::NotHttps)),
            ("https://", Some(LinkFault::NotHttps)),
            ("https://booking", Some(LinkFault::NotHttps)),
            ("https://127.0.0.1/x", Some(LinkFault::NotHttps)),
            ("https://a.example/x y", Some(LinkFault::NotHttps)),
            (
                "https://calendly.com@evil.example",
                Some(LinkFault::NotHttps),
            ),
            ("javascript:alert(1)", Some(LinkFault::NotHttps)),
            ("https:calendly.com", Some(LinkFault::NotHttps)),
            ("https:/calendly.com", Some(LinkFault::NotHttps)),
            ("https:///calendly.com", Some(LinkFault::NotHttps)),
            ("https:\\\\calendly.com\\x", Some(LinkFault::NotHttps)),
            ("https://calendly.com\\x", Some(LinkFault::NotHttps)),
            ("https://calendly.com/\u{0}x", Some(LinkFault::NotHttps)),
            ("https://cal\u{ad}endly.com/x", Some(LinkFault::NotHttps)),
            ("https://calendly.com/\u{202e}x", Some(LinkFault::NotHttps)),
            ("https://calendly.com/\u{200d}x", Some(LinkFault::NotHttps)),
            ("https://calendly.com/<b>", Some(LinkFault::NotHttps)),
            ("https://calendly.com/\"x", Some(LinkFault::NotHttps)),
            ("https://@calendly.com", Some(LinkFault::NotHttps)),
            ("https://a:b@calendly.com", Some(LinkFault::NotHttps)),
            ("https://calendly.com:/x", Some(LinkFault::NotHttps)),
            ("https://calendly.com:99999/x", Some(LinkFault::NotHttps)),
            ("https://calendly.com:8443/x", None),
            ("https://calendly..com/x", Some(LinkFault::NotHttps)),
            ("https://calendly.com./x", Some(LinkFault::NotHttps)),
            ("https://.com/x", Some(LinkFault::NotHttps)),
            ("https://cаlendly.com/x", Some(LinkFault::NotHttps)),
            ("https://bücher.example/x", Some(LinkFault::NotHttps)),
            ("https://xn--bcher-kva.example/x", None),
            ("https://%63alendly.com/x", Some(LinkFault::NotHttps)),
            ("https://0x7f.1/x", Some(LinkFault::NotHttps)),
            ("https://[::1]/x", Some(LinkFault::NotHttps)),
            ("https://a.example/é?q=a+b&c=%20#x", None),
            (" https://a.example/x", Some(LinkFault::NotHttps)),
            ("Https://A.example", None),
            ("", Some(LinkFault::NotHttps)),
            ("https://bit.ly/x", Some(LinkFault::Shortener)),
            ("bit.ly/x", Some(LinkFault::Shortener)),
            ("https://WWW.TinyURL.com/x", Some(LinkFault::Shortener)),
            ("http://t.co", Some(LinkFault::Shortener)),
            ("here:bit.ly/x", Some(LinkFault::Shortener)),
            ("https://a.example/t.co", None),
            ("https://habit.ly/x", None),
            ("-t.co/x", Some(LinkFault::Shortener)),
            ("not-t.co/x", Some(LinkFault::NotHttps)),
        ] {
            assert_eq!(link_fault(link), fault, "{link}");
        }
    }

    #[test]
    fn punctuation_of_values_is_moved_off_a_link() {
        for (text, expected) in [
            ("See https://a.example/x.", "See https://a.example/x ."),
            ("(https://a.example/x), or", "(https://a.example/x ), or"),
            ("\"https://a.example/x\"", "\"https://a.example/x \""),
            ("https://a.example/x... ok", "https://a.example/x ... ok"),
            ("https://a.example/x_(y)", "https://a.example/x_(y)"),
            ("https://a.example/x_(y).", "https://a.example/x_(y) ."),
            ("(https://a.example/x_(y))", "(https://a.example/x_(y) )"),
            ("https://a.example/?q=1&r", "https://a.example/?q=1&r"),
            (
                "www.a.example, https://b.example!",
                "www.a.example , https://b.example !",
            ),
            ("No link. Here: either.", "No link. Here: either."),
        ] {
            assert_eq!(with_space_after_links(text), expected, "{text}");
        }
    }

    #[test]
    fn nothing_is_left_of_a_greeting() {
        for (source, faults) in [
            ("Hi {{ contact.first_name }}, hello.", 0),
            ("Hi {{ contact.last_name }}, hello.", 1),
            (
                "Hi {{ contact.first_name }} {{ contact.last_name }}, hello.",
                1,
            ),
            ("Hi {{ contact.first_name | default('') }}, hello.", 1),
            ("Hi {{ contact.first_name | default('friend') }}, hello.", 0),
            (
                "Hi{% if contact.last_name %} {{ contact.last_name }}{% endif %}, hello.",
                0,
            ),
            ("{{ custom_values.note | default('') }} Hello.", 0),
            ("Hello {{ custom_values.note | default('') }}.", 1),
            ("Hello {{ custom_values.note }}.", 0),
        ] {
            let template = Template::parse(source).unwrap();
            assert_eq!(empty_value_faults(&template).len(), faults, "{source}");
        }
    }

    #[test]
    fn punctuation_must_not_touch_a_link() {
        for (source, faults) in [
            ("Book: {{ custom_values.calendly_link }}", 0),
            ("Book: {{ custom_values.calendly_link }} or call.", 0),
            ("Book: {{ custom_values.calendly_link }}.", 1),
            ("Book: {{ custom_values.booking_url }}, or call", 1),
            ("Book: https://a.example/x.", 1),
            ("Book: https://a.example/x or call.", 0),
            ("Hi {{ contact.first_name }}, hello.", 0),
            ("Book: https://{{ custom_values.domain }}/x", 0),
            ("Book: http://a.example/x.", 2),
            ("See {{ custom_values.note | default(\"bit.ly/x\") }}", 1),
            ("Book: calendly.com/soleil or call.", 1),
            ("Book: <https://a.example/x> or call.", 1),
            ("Book: (calendly.com).", 1),
            ("Book at CALENDLY.COM/x", 1),
            ("Write to ana@studio.com or call.", 0),
            ("Open from 9 a.m. to 5 p.m., U.S. holidays too.", 0),
            ("Sorry we missed you.Call us back and/or text.", 0),
            ("Book: https://{{ custom_values.domain }}/soleil.com", 0),
        ] {
            let template = Template::parse(source).unwrap();
            assert_eq!(template_link_faults(&template).len(), faults, "{source}");
        }
    }
}
