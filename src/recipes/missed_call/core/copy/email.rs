//! An e-mail for one contact: subject and body from templates, as plain text and as HTML.
//!
//! It takes the same values and refuses the same as a text, but has no segments and no opt-out line.

use super::error::{CopyError, Kind};
use super::merge_values::MergeValues;
use super::message::MessageCopy;
use super::smart_encoding::{is_control, next_link};
use super::template::Template;
use crate::secret::Private;

/// An e-mail that can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RenderedEmail {
    pub(crate) subject: Private<String>,
    /// The body for readers without HTML.
    pub(crate) text: Private<String>,
    pub(crate) html: Private<String>,
}

/// Makes the e-mail. `body` has the template of the body and the limits that it must keep.
///
/// Fails as a text does ([`CopyError`]): a custom value is missing, a link is not https, or a term is health-related.
pub(crate) fn render_email(
    subject: &Template,
    body: &MessageCopy,
    values: &MergeValues,
) -> Result<RenderedEmail, CopyError> {
    let values = body.field_values(values);
    let filled = |template: &Template| {
        let text = body.fill(template, &values)?;
        let text: String = text.chars().filter(|c| !is_control(*c)).collect();
        body.check_text(&text, None)?;
        if text.is_empty() {
            return Err(CopyError::new(Kind::Empty, None));
        }
        Ok(text)
    };
    // A line break would begin another header field.
    let subject = filled(subject)?
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let text = filled(&body.body)?;
    Ok(RenderedEmail {
        html: html(&text).into(),
        subject: subject.into(),
        text: text.into(),
    })
}

/// A new paragraph for each empty line, line breaks elsewhere, and clickable links.
pub(crate) fn html(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines
        .split(|line| line.is_empty())
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| {
            let lines: Vec<String> = paragraph.iter().map(|line| html_line(line)).collect();
            format!("<p>{}</p>", lines.join("<br>"))
        })
        .collect()
}

fn html_line(line: &str) -> String {
    let mut html = String::new();
    let mut rest = line;
    while let Some((before, link, after)) = next_link(rest) {
        let link = escaped(link);
        html.push_str(&escaped(before));
        html.push_str(&format!("<a href=\"{link}\">{link}</a>"));
        rest = after;
    }
    html.push_str(&escaped(rest));
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(body: &str, first_name: &str) -> Result<RenderedEmail, CopyError> {
        let subject = Template::parse("Sorry we missed you,\n{{ contact.first_name }}").unwrap();
        let body = MessageCopy::new("email", Template::parse(body).unwrap());
        let values = MergeValues {
            first_name: Some(first_name.into()),
            ..MergeValues::default()
        };
        render_email(&subject, &body, &values)
    }

    #[test]
    fn paragraphs_breaks_and_links_in_html_and_plain_words_beside_it() {
        let body = "Hi {{ contact.first_name }},\n\nbook <here> & now:\nhttps://a.example/b?c=1&d=2 or call.";
        let email = email(body, "Ana").unwrap();
        assert_eq!(*email.subject, "Sorry we missed you, Ana");
        assert_eq!(
            *email.text,
            "Hi Ana,\n\nbook <here> & now:\nhttps://a.example/b?c=1&d=2 or call."
        );
        assert_eq!(
            *email.html,
            "<p>Hi Ana,</p><p>book &lt;here&gt; &amp; now:<br>\
             <a href=\"https://a.example/b?c=1&amp;d=2\">https://a.example/b?c=1&amp;d=2</a> or call.</p>"
        );
    }

    #[test]
    fn what_a_text_refuses_an_e_mail_refuses() {
        for (body, code) in [
            ("Your infusion waits.", "clinical_word"),
            ("Book: http://a.example", "link_not_https"),
            (
                "Book: {{ custom_values.calendly_link }}",
                "custom_value_missing",
            ),
        ] {
            assert_eq!(email(body, "Ana").unwrap_err().code(), code, "{body}");
        }
    }
}
