//! The keys of steps for the team's eyes: notes, word to somebody, and marks in the ledger.

use super::rules::{Compliance, plain};
use super::task::check_title;
use crate::ids::ContactId;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::toml_reader::{Diagnostics, TableReader};
use crate::recipes::missed_call::core::recipe::{
    NoteStep, NoticeKind, NoticeRecipient, NotifyStep,
};

pub(super) fn read_note(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<NoteStep> {
    let body = section.text(notes, "body");
    if let Some(body) = &body {
        plain(notes, body, compliance);
    }
    Some(NoteStep {
        body: body.map(|body| body.value).filter(|body| !body.is_empty()),
    })
}

pub(super) fn read_notify(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
    about: NoticeKind,
) -> Option<NotifyStep> {
    let title = section.required_text(
        notes,
        "title",
        "write the headline, such as title = \"Missed call\"",
    );
    let to = read_audience(notes, section);
    let title = title?;
    check_title(notes, &title, compliance);
    Some(NotifyStep {
        about,
        to: to?,
        title: title.value,
    })
}

const AUDIENCES: &str = "write \"host\", { text_contact = \"…\" } or { email_contact = \"…\" }";

/// Without the key, the service that embeds the engine.
fn read_audience(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<NoticeRecipient> {
    if !section.has("to") {
        return Some(NoticeRecipient::Host);
    }
    if !section.is_table("to") {
        let word = section.text(notes, "to")?;
        if word.value == "host" {
            return Some(NoticeRecipient::Host);
        }
        word.refuse(
            notes,
            Diagnostic::new("not a word for who is told", AUDIENCES),
        );
        return None;
    }
    let mut contact = section.section(notes, "to")?;
    if contact.has("text_contact") == contact.has("email_contact") {
        let what = "not exactly one of text_contact and email_contact";
        contact.refuse(notes, Diagnostic::new(what, AUDIENCES));
    }
    let by_text = contact.text(notes, "text_contact");
    let by_email = contact.text(notes, "email_contact");
    contact.finish(notes);
    let is_text = by_text.is_some();
    let id = by_text.or(by_email)?;
    match ContactId::new(id.value.as_str()) {
        Ok(contact) if is_text => Some(NoticeRecipient::TextTo(contact)),
        Ok(contact) => Some(NoticeRecipient::EmailTo(contact)),
        Err(_) => {
            let remedy = "copy the id of the contact in HighLevel who is to be told";
            id.refuse(notes, Diagnostic::new("not the id of a contact", remedy));
            None
        }
    }
}

pub(super) fn read_record(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<String> {
    let what = section.required_text(
        notes,
        "what",
        "write the words for the ledger, such as what = \"high intent\"",
    )?;
    Some(what.value)
}
