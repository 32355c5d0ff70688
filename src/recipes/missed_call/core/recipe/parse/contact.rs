//! The keys of steps that change what HighLevel has of the contact: fields, stage, workflow, owner.

use std::collections::BTreeMap;

use super::rules::{Compliance, plain};
use super::task::read_user;
use crate::ids::WorkflowId;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::toml_reader::{Diagnostics, TableReader};
use crate::recipes::missed_call::core::recipe::{
    Assignee, CallFact, FieldValue, FieldsStep, StageStep,
};

pub(super) fn read_fields(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<FieldsStep> {
    let source = section.text(notes, "source");
    if let Some(source) = &source {
        plain(notes, source, compliance);
    }
    let mut values = BTreeMap::new();
    let fields = section.section(notes, "values");
    let fields = fields.map(|fields| fields.words(notes)).unwrap_or_default();
    if fields.is_empty() && source.is_none() {
        let remedy = "write source = \"…\", or values = { \"contact.lead_source\" = \"…\" }";
        section.refuse(notes, Diagnostic::new("no field to fill in", remedy));
    }
    for (key, value) in fields {
        let short = bare_key(&key);
        let short = short.strip_prefix("contact.").unwrap_or(short);
        let sound = !short.is_empty()
            && short
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if !sound {
            let example = spelled_as_key(short).unwrap_or_else(|| "lead_source".to_owned());
            let remedy =
                format!("write the field's key from HighLevel, such as \"contact.{example}\"");
            value.refuse(
                notes,
                Diagnostic::new("not the key of a custom field", remedy),
            );
        }
        let fact = CallFact::ALL
            .into_iter()
            .find(|(word, _)| *word == value.value);
        let read = match fact {
            Some((_, fact)) => FieldValue::Call(fact),
            None if value.value.starts_with("call.") => {
                let words: Vec<_> = CallFact::ALL.iter().map(|(word, _)| *word).collect();
                let remedy = format!("write one of {}, or plain words", words.join(", "));
                value.refuse(
                    notes,
                    Diagnostic::new("nothing that is known of the call", remedy),
                );
                continue;
            }
            None => {
                plain(notes, &value, compliance);
                FieldValue::Words(value.value)
            }
        };
        values.insert(short.to_owned(), read);
    }
    Some(FieldsStep {
        values,
        source: source.map(|source| source.value),
    })
}

/// The key without the braces that HighLevel shows it in: `{{ contact.lead_source }}`.
pub(super) fn bare_key(key: &str) -> &str {
    let inside = key
        .strip_prefix("{{")
        .and_then(|key| key.strip_suffix("}}"));
    inside.unwrap_or(key).trim()
}

/// What the key of something with this name would be, if it has letters for one.
pub(super) fn spelled_as_key(name: &str) -> Option<String> {
    let mut key = String::new();
    for character in name.trim().chars().take(60) {
        if character.is_ascii_alphanumeric() {
            key.push(character.to_ascii_lowercase());
        } else if !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
    }
    let key = key.trim_end_matches('_');
    (!key.is_empty()).then(|| key.to_owned())
}

pub(super) fn read_stage(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<StageStep> {
    let pipeline = section.required_text(
        notes,
        "pipeline",
        "write the name or id of the pipeline, such as pipeline = \"Missed calls\"",
    );
    let stage = section.required_text(
        notes,
        "stage",
        "write the name or id of the stage, such as stage = \"New\"",
    );
    Some(StageStep {
        pipeline: pipeline?.value,
        stage: stage?.value,
    })
}

pub(super) fn read_workflow(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<WorkflowId> {
    const REMEDY: &str =
        "copy the id from the address of the workflow in HighLevel, such as workflow = \"0e2b…\"";
    let id = section.required_text(notes, "workflow", REMEDY)?;
    match WorkflowId::new(id.value.as_str()) {
        Ok(workflow) => Some(workflow),
        Err(_) => {
            id.refuse(notes, Diagnostic::new("not the id of a workflow", REMEDY));
            None
        }
    }
}

/// Whose the contact becomes.
pub(super) fn read_new_owner(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<Assignee> {
    const REMEDY: &str = "write assign_to = { user_id = \"…\" } or { user_email = \"…\" }";
    if !section.is_table("assign_to") {
        let fault = if !section.has("assign_to") {
            Diagnostic::new("missing", REMEDY)
        } else if section.text(notes, "assign_to")?.value.contains('@') {
            // Who it is stays out of the message.
            Diagnostic::new(
                "an e-mail address alone",
                "write assign_to = { user_email = \"…\" } with it",
            )
        } else {
            Diagnostic::new("not a user", REMEDY)
        };
        section.refuse_key(notes, "assign_to", fault);
        return None;
    }
    let user = section.section(notes, "assign_to")?;
    read_user(notes, user)
}
