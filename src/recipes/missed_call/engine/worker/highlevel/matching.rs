//! Whether what HighLevel shows is what was sent, in spite of all that happens to words on their way.

/// Whether `found` is what became of `sent` on its way. HighLevel may append its own opt-out or sender line, put its
/// own link in the place of ours, and set white space as it likes; so the words before the first link count, and the
/// whole text where those are too few to know it by.
pub(crate) fn same_text(sent: &str, found: &str) -> bool {
    const ENOUGH: usize = 12;
    let (sent, found) = (words(sent), words(found));
    let before_link = before_link(&sent).trim_end();
    let known_by = if before_link.chars().count() >= ENOUGH {
        before_link
    } else {
        &sent
    };
    found.starts_with(known_by)
}

/// Whether a note is ours: HighLevel may keep it as HTML.
pub(crate) fn same_words(written: &str, found: &str) -> bool {
    words(written) == words(&without_tags(found))
}

/// An e-mail, by what stays of it on its way.
pub(crate) struct Mail {
    subject: String,
    body: String,
}

impl Mail {
    pub(crate) fn new(subject: &str, html: &str) -> Self {
        Self {
            subject: letters(subject),
            body: letters(before_link(&without_tags(html))),
        }
    }

    /// Whether an e-mail of which HighLevel shows these may be this one; what it does not show tells nothing. HighLevel
    /// wraps the body into a page, appends a line of its own, changes links and writes characters its own way; so what
    /// stands before the first link must be somewhere in it, letter by letter. To send one again because it was not
    /// known again is worse than to take another one for it.
    pub(crate) fn may_be(&self, subject: Option<&String>, body: Option<&String>) -> bool {
        let same_subject = |found: &String| letters(found) == self.subject;
        let same_body = |found: &String| letters(&without_tags(found)).contains(&self.body);
        subject.is_none_or(same_subject) && body.is_none_or(same_body)
    }
}

fn before_link(text: &str) -> &str {
    text.find("http").map_or(text, |at| &text[..at])
}

fn without_tags(html: &str) -> String {
    let mut plain = String::new();
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                plain.push(' ');
            }
            _ if in_tag => {}
            _ => plain.push(character),
        }
    }
    plain
}

/// The plain letters and digits, without those that spell out another character (`&eacute;`, `&#39;`).
fn letters(text: &str) -> String {
    const LONGEST_NAME: usize = 10;
    let mut letters = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        let name_ends = (character == '&').then(|| {
            let name = after.find(|next: char| next != '#' && !next.is_ascii_alphanumeric());
            name.filter(|end| *end <= LONGEST_NAME && after[*end..].starts_with(';'))
        });
        rest = match name_ends.flatten() {
            Some(end) => &after[end + 1..],
            None => after,
        };
        letters.extend(Some(character).filter(char::is_ascii_alphanumeric));
    }
    letters
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_again_after_what_highlevel_does_to_it() {
        let sent =
            "Hi Ana, Soleil here. Sorry we missed you! https://a.example/x Reply STOP to opt out.";
        for found in [
            sent,
            " Hi Ana, Soleil here.  Sorry we\nmissed you! https://a.example/x Reply STOP to opt out. ",
            "Hi Ana, Soleil here. Sorry we missed you! https://a.example/x Reply STOP to opt out. Thanks, Soleil",
            "Hi Ana, Soleil here. Sorry we missed you! https://lnk.example/8f Reply STOP to opt out.",
        ] {
            assert!(same_text(sent, found), "{found}");
        }
        for found in [
            "",
            "Hi Ana, we are open until six.",
            "Hi Ben, Soleil here. Sorry we missed you!",
        ] {
            assert!(!same_text(sent, found), "{found}");
        }
        assert!(same_text("https://a.example/x", "https://a.example/x"));
        assert!(!same_text("https://a.example/x", "https://b.example/y"));
    }

    #[test]
    fn an_email_is_known_again_after_what_highlevel_does_to_it() {
        let html = crate::recipes::missed_call::core::copy::html(
            "Hi André,\n\nit's us & we missed you: https://a.example/x\n\nSoleil",
        );
        let mail = Mail::new("Sorry we missed you 😊", &html);
        let is_it = |subject: Option<&str>, body: Option<&str>| {
            let (subject, body) = (subject.map(str::to_owned), body.map(str::to_owned));
            mail.may_be(subject.as_ref(), body.as_ref())
        };
        let subject = Some("Sorry we missed you 😊");
        for body in [
            Some(&*html),
            Some(
                "<html><head><style>p { margin: 0 }</style></head><body><div><p>Hi Andr&eacute;,</p>\n<p>it&#39;s us \
                 &amp; we missed you: <a href=\"https://lnk.example/8f\">https://a.example/x</a></p><p>Soleil</p></div>\
                 <img src=\"https://open.example/1\"></body></html>",
            ),
            // As plain text.
            Some("Hi André, it's us & we missed you: https://a.example/x"),
            None,
        ] {
            assert!(is_it(subject, body), "{body:?}");
            assert!(is_it(None, body), "{body:?}");
            assert!(!is_it(Some("Your invoice"), body), "{body:?}");
        }
        for body in ["", "<p>Hi André,</p><p>your invoice is attached.</p>"] {
            assert!(!is_it(subject, Some(body)), "{body}");
            assert!(!is_it(None, Some(body)), "{body}");
        }
        assert!(is_it(None, None));
        assert!(is_it(Some(" Sorry, we missed\nyou"), None));
    }
}
