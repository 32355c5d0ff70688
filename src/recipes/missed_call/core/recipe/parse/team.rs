//! The keys of steps for the team: notes, notices and marks in the ledger.

use super::compliance::Compliance;
use crate::ids::ContactId;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::diagnostics::Diagnostics;
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;
use crate::recipes::missed_call::core::recipe::{
    NoteStep, NoticeKind, NoticeRecipient, NotifyStep,
};

pub(super) fn read_note(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<NoteStep> {
    let body = section.text(diagnostics, "body");
    if let Some(body) = &body {
        compliance.check_words(diagnostics, body);
    }
    Some(NoteStep {
        body: body.map(|body| body.value).filter(|body| !body.is_empty()),
    })
}

pub(super) fn read_notify(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
    about: NoticeKind,
) -> Option<NotifyStep> {
    let title = section.text(diagnostics, "title");
    let to = read_recipient(diagnostics, section);
    let title = title?;
    compliance.check_words(diagnostics, &title);
    Some(NotifyStep {
        about,
        to: to?,
        title: title.value,
    })
}

const RECIPIENTS: &str = "write \"host\", { text_contact = \"…\" } or { email_contact = \"…\" }";

/// Without the key, the service that embeds the engine.
fn read_recipient(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<NoticeRecipient> {
    if !section.has("to") {
        return Some(NoticeRecipient::Host);
    }
    if !section.is_table("to") {
        let word = section.text(diagnostics, "to")?;
        if word.value == "host" {
            return Some(NoticeRecipient::Host);
        }
        word.report(diagnostics, Diagnostic::new("not a recipient", RECIPIENTS));
        return None;
    }
    let contact = section.section(diagnostics, "to")?;
    let (key, id) = contact.only_key(diagnostics, RECIPIENTS)?;
    match ContactId::new(id.value.as_str()) {
        Ok(contact) if key == "text_contact" => Some(NoticeRecipient::TextTo(contact)),
        Ok(contact) => Some(NoticeRecipient::EmailTo(contact)),
        Err(_) => {
            let remedy = "copy the id of the contact in HighLevel who gets the notice";
            id.report(
                diagnostics,
                Diagnostic::new("not the id of a contact", remedy),
            );
            None
        }
    }
}

pub(super) fn read_record(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<String> {
    let what = section.text(diagnostics, "what")?;
    Some(what.value)
}
