//! The keys of steps that change the contact in HighLevel: fields, stage, workflow, owner.

use std::collections::BTreeMap;

use super::compliance::Compliance;
use super::task::read_user;
use crate::ids::WorkflowId;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::diagnostics::Diagnostics;
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;
use crate::recipes::missed_call::core::recipe::{
    Assignee, CallFact, FieldValue, FieldsStep, StageStep,
};

pub(super) fn read_fields(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<FieldsStep> {
    let source = section.text(diagnostics, "source");
    if let Some(source) = &source {
        compliance.check_words(diagnostics, source);
    }
    let mut values = BTreeMap::new();
    let fields = section.section(diagnostics, "values");
    let fields = fields
        .map(|fields| fields.words(diagnostics))
        .unwrap_or_default();
    if fields.is_empty() && source.is_none() {
        let remedy = "write source = \"…\", or values = { \"contact.lead_source\" = \"…\" }";
        section.report(
            diagnostics,
            Diagnostic::new("no field is filled in", remedy),
        );
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
            value.report(
                diagnostics,
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
                value.report(
                    diagnostics,
                    Diagnostic::new("not a value of the call", remedy),
                );
                continue;
            }
            None => {
                compliance.check_words(diagnostics, &value);
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
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<StageStep> {
    let pipeline = section.text(diagnostics, "pipeline");
    let stage = section.text(diagnostics, "stage");
    Some(StageStep {
        pipeline: pipeline?.value,
        stage: stage?.value,
    })
}

pub(super) fn read_workflow(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<WorkflowId> {
    let id = section.text(diagnostics, "workflow")?;
    match WorkflowId::new(id.value.as_str()) {
        Ok(workflow) => Some(workflow),
        Err(_) => {
            let remedy = section.what_to_write("workflow");
            id.report(
                diagnostics,
                Diagnostic::new("not the id of a workflow", remedy),
            );
            None
        }
    }
}

/// Whose the contact becomes.
pub(super) fn read_new_owner(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<Assignee> {
    if section.has("assign_to") && !section.is_table("assign_to") {
        let is_address = section.text(diagnostics, "assign_to")?.value.contains('@');
        // Who it is stays out of the message.
        let problem = match is_address {
            true => Diagnostic::new(
                "an e-mail address alone",
                "write assign_to = { user_email = \"…\" } with it",
            ),
            false => Diagnostic::new("not a user", section.what_to_write("assign_to")),
        };
        section.report_key(diagnostics, "assign_to", problem);
        return None;
    }
    let user = section.section(diagnostics, "assign_to")?;
    read_user(diagnostics, user)
}
