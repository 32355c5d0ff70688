//! The keys of a text's variants, of its place in an experiment, and of the approvals of its words.

use jiff::civil::Date;

use super::compliance::Compliance;
use super::numbers::read_list;
use super::text::{read_opt_out, read_template};
use crate::recipes::missed_call::core::copy::{Approval, Arm, Conditions};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::StepName;
use crate::recipes::missed_call::core::recipe::TextVariant;
use crate::recipes::missed_call::core::recipe::diagnostics::Diagnostics;
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;

/// The variants; without a line about STOP of their own they have that of the step.
pub(super) fn read_variants(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    opt_out: Option<&str>,
    compliance: &Compliance,
) -> Vec<TextVariant> {
    let sections = section.list(diagnostics, "variants");
    sections
        .into_iter()
        .filter_map(|section| read_variant(diagnostics, section, opt_out, compliance))
        .collect()
}

fn read_variant(
    diagnostics: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
    opt_out: Option<&str>,
    compliance: &Compliance,
) -> Option<TextVariant> {
    let written = section.text(diagnostics, "name");
    let body = section.text(diagnostics, "body");
    let opt_out = read_opt_out(diagnostics, &mut section, opt_out, compliance);
    let when = section.section(diagnostics, "when");
    let when = when.map(|when| read_conditions(diagnostics, when, compliance));
    let arm = read_arm(diagnostics, &mut section);
    let name = written.as_ref().and_then(|written| {
        let name = StepName::new(&written.value);
        if name.is_none() {
            let remedy = section.what_to_write("name");
            let problem = Diagnostic::new("not a valid name of a variant", remedy);
            written.report(diagnostics, problem);
        }
        name
    });
    section.finish(diagnostics);
    let body = body.map(|body| read_template(diagnostics, &body, compliance));
    Some(TextVariant {
        name: name?,
        body: body?,
        opt_out,
        when: when.unwrap_or_default(),
        arm,
    })
}

fn read_conditions(
    diagnostics: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
    compliance: &Compliance,
) -> Conditions {
    let conditions = Conditions {
        called: read_list(diagnostics, &mut section, "numbers", compliance.home_code),
        source: section.texts(diagnostics, "sources").into_iter().collect(),
        repeat_caller: section.flag(diagnostics, "repeat_caller"),
        voicemail: section.flag(diagnostics, "voicemail"),
        in_hours: section.flag(diagnostics, "in_hours"),
    };
    section.finish(diagnostics);
    conditions
}

/// The place of a copy in an experiment, if it is part of one.
pub(super) fn read_arm(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<Arm> {
    let experiment = section.text(diagnostics, "experiment");
    let weight = section.count(diagnostics, "weight");
    match (experiment, weight) {
        (Some(experiment), weight) => {
            if experiment.value.is_empty() {
                let remedy = "write a name that all of its copies share, or leave the key out";
                experiment.report(diagnostics, Diagnostic::new("empty", remedy));
            }
            Some(Arm {
                experiment: experiment.value,
                weight: weight.map_or(1, |weight| weight.value),
            })
        }
        (None, Some(weight)) => {
            let remedy = "write experiment = \"…\" beside it, or remove it";
            weight.report(
                diagnostics,
                Diagnostic::new("a weight without an experiment", remedy),
            );
            None
        }
        (None, None) => None,
    }
}

/// Who approved which words of the step.
pub(super) fn read_approvals(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Vec<Approval> {
    let sections = section.list(diagnostics, "approvals");
    sections
        .into_iter()
        .filter_map(|section| read_approval(diagnostics, section))
        .collect()
}

fn read_approval(
    diagnostics: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
) -> Option<Approval> {
    let by = section.text(diagnostics, "by");
    let on = section.text(diagnostics, "on");
    let fingerprint = section.text(diagnostics, "fingerprint");
    let date = on.and_then(|on| {
        let date: Option<Date> = on.value.parse().ok();
        if date.is_none() {
            let problem = Diagnostic::new("not a date", section.what_to_write("on"));
            on.report(diagnostics, problem);
        }
        date
    });
    if let Some(fingerprint) = &fingerprint {
        let digits = &fingerprint.value;
        if digits.len() != 16 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let remedy = section.what_to_write("fingerprint");
            fingerprint.report(diagnostics, Diagnostic::new("not a fingerprint", remedy));
        }
    }
    section.finish(diagnostics);
    Some(Approval {
        by: by?.value.into(),
        on: date?,
        fingerprint: fingerprint?.value,
    })
}
