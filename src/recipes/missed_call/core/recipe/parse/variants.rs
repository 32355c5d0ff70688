//! The keys of a text's variants, of its place in an experiment, and of the approvals of its words.

use jiff::civil::Date;

use super::numbers::read_list;
use super::rules::Compliance;
use super::text::{read_body, read_opt_out};
use crate::recipes::missed_call::core::copy::{Approval, Arm, Conditions};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::StepName;
use crate::recipes::missed_call::core::recipe::TextVariant;
use crate::recipes::missed_call::core::recipe::toml_reader::{Diagnostics, TableReader};

/// The variants; without a line about STOP of their own they have that of the step.
pub(super) fn read_variants(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    opt_out: Option<&str>,
    compliance: &Compliance,
) -> Vec<TextVariant> {
    let sections = section.tables(notes, "variants");
    sections
        .into_iter()
        .filter_map(|section| read_variant(notes, section, opt_out, compliance))
        .collect()
}

fn read_variant(
    notes: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
    opt_out: Option<&str>,
    compliance: &Compliance,
) -> Option<TextVariant> {
    const NAME: &str = "write up to 40 small letters, digits and `_`, beginning with a letter, such as name = \"after_hours\"";
    let written = section.required_text(notes, "name", NAME);
    let body = section.required_text(notes, "body", "write the text of this variant");
    let opt_out = read_opt_out(notes, &mut section, opt_out, compliance);
    let when = section.section(notes, "when");
    let when = when.map(|when| read_conditions(notes, when, compliance));
    let arm = read_arm(notes, &mut section);
    section.finish(notes);
    let body = body.map(|body| read_body(notes, &body, compliance));
    let written = written?;
    let name = StepName::new(&written.value);
    if name.is_none() {
        written.refuse(notes, Diagnostic::new("not a name for a variant", NAME));
    }
    Some(TextVariant {
        name: name?,
        body: body?,
        opt_out,
        when: when.unwrap_or_default(),
        arm,
    })
}

fn read_conditions(
    notes: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
    compliance: &Compliance,
) -> Conditions {
    let conditions = Conditions {
        called: read_list(notes, &mut section, "numbers", compliance.home_code),
        source: section.texts(notes, "sources").into_iter().collect(),
        repeat_caller: section.flag(notes, "repeat_caller"),
        voicemail: section.flag(notes, "voicemail"),
        in_hours: section.flag(notes, "in_hours"),
    };
    section.finish(notes);
    conditions
}

/// The place of a copy in an experiment, if it is part of one.
pub(super) fn read_arm(notes: &mut Diagnostics<'_>, section: &mut TableReader<'_>) -> Option<Arm> {
    let experiment = section.text(notes, "experiment");
    let weight = section.count(
        notes,
        "weight",
        "write its share, such as weight = 1; a copy for nobody is left out",
    );
    match (experiment, weight) {
        (Some(experiment), weight) => {
            if experiment.value.is_empty() {
                let remedy = "write a name that all of its copies share, or leave the key out";
                experiment.refuse(notes, Diagnostic::new("empty", remedy));
            }
            Some(Arm {
                experiment: experiment.value,
                weight: weight.map_or(1, |weight| weight.value),
            })
        }
        (None, Some(weight)) => {
            let remedy = "write experiment = \"…\" beside it, or remove it";
            weight.refuse(
                notes,
                Diagnostic::new("a weight without an experiment", remedy),
            );
            None
        }
        (None, None) => None,
    }
}

/// Who approved which words of the step.
pub(super) fn read_approvals(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Vec<Approval> {
    let sections = section.tables(notes, "approvals");
    sections
        .into_iter()
        .filter_map(|section| read_approval(notes, section))
        .collect()
}

fn read_approval(notes: &mut Diagnostics<'_>, mut section: TableReader<'_>) -> Option<Approval> {
    const DAY: &str = "write the day of the approval, such as on = \"2026-05-04\"";
    const FINGERPRINT: &str =
        "copy the 16 digits that the recipe's check tells, such as fingerprint = \"0f3a…\"";
    let by = section.required_text(notes, "by", "write who approved it");
    let on = section.date(notes, "on", DAY);
    let fingerprint = section.required_text(notes, "fingerprint", FINGERPRINT);
    section.finish(notes);
    let on = on.and_then(|on| {
        let date: Option<Date> = on.value.parse().ok();
        if date.is_none() {
            on.refuse(notes, Diagnostic::new("not a date", DAY));
        }
        date
    });
    if let Some(fingerprint) = &fingerprint
        && !(fingerprint.value.len() == 16
            && fingerprint
                .value
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit()))
    {
        fingerprint.refuse(notes, Diagnostic::new("not a fingerprint", FINGERPRINT));
    }
    Some(Approval {
        by: by?.value.into(),
        on: on?,
        fingerprint: fingerprint?.value,
    })
}
