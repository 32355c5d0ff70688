//! The keys of a step that sends an e-mail.

use super::rules::Compliance;
use super::text::read_template;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::EmailStep;
use crate::recipes::missed_call::core::recipe::toml_reader::{Diagnostics, TableReader};

/// Longer subjects are cut off by the readers' programs.
const LONGEST_SUBJECT: usize = 150;
/// More is no follow-up to a call.
const LONGEST_BODY: usize = 10_000;

pub(super) fn read_email(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<EmailStep> {
    let subject = section.required_text(
        notes,
        "subject",
        "write the subject, such as subject = \"Sorry we missed your call\"",
    );
    let body = section.required_text(
        notes,
        "body",
        "write the e-mail between three quotes, with an empty line between paragraphs",
    );
    if let Some(subject) = &subject
        && (subject.value.chars().count() > LONGEST_SUBJECT
            || subject.value.contains(char::is_control))
    {
        let remedy = format!("write one line of at most {LONGEST_SUBJECT} characters");
        subject.refuse(notes, Diagnostic::new("not a subject", remedy));
    }
    if let Some(body) = &body
        && body.value.chars().count() > LONGEST_BODY
    {
        let what = format!("longer than {LONGEST_BODY} characters");
        body.refuse(notes, Diagnostic::new(what, "write a shorter e-mail"));
    }
    let subject = subject.map(|subject| read_template(notes, &subject, compliance));
    let body = body.map(|body| read_template(notes, &body, compliance));
    Some(EmailStep {
        subject: subject?,
        body: body?,
    })
}
