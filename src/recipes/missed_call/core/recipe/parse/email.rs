//! The keys of a step that sends an e-mail.

use super::compliance::Compliance;
use super::text::read_template;
use crate::recipes::missed_call::core::recipe::EmailStep;
use crate::recipes::missed_call::core::recipe::diagnostics::Diagnostics;
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;

pub(super) fn read_email(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<EmailStep> {
    let subject = section.text(diagnostics, "subject");
    let body = section.text(diagnostics, "body");
    let subject = subject.map(|subject| read_template(diagnostics, &subject, compliance));
    let body = body.map(|body| read_template(diagnostics, &body, compliance));
    Some(EmailStep {
        subject: subject?,
        body: body?,
    })
}
