//! The keys of a step that texts.

use std::num::NonZeroU8;

use super::rules::{Compliance, plain};
use super::variants::{read_approvals, read_arm, read_variants};
use crate::recipes::missed_call::core::compliance::opt_out;
use crate::recipes::missed_call::core::copy::lint::{empty_value_faults, template_link_faults};
use crate::recipes::missed_call::core::copy::{LONGEST_TEXT, MessageCopy, OPT_OUT_LINE, Template};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::TextStep;
use crate::recipes::missed_call::core::recipe::toml_reader::{Diagnostics, Found, TableReader};

pub(super) fn read_text(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<TextStep> {
    let body = section.required_text(
        notes,
        "body",
        "write the text, such as body = \"Hi {{ contact.first_name }}, sorry we missed your call.\"",
    );
    let opt_out = read_opt_out(notes, section, Some(OPT_OUT_LINE), compliance);
    let max_segments = read_max_segments(notes, section);
    let arm = read_arm(notes, section);
    let variants = read_variants(notes, section, opt_out.as_deref(), compliance);
    let approvals = read_approvals(notes, section);
    let body = read_body(notes, &body?, compliance);
    Some(TextStep {
        body,
        opt_out,
        max_segments,
        arm,
        variants,
        approvals,
    })
}

/// The line after the body: this one without the key, and nothing for `"none"`. Whether that is allowed shows when
/// the approvals are read.
pub(super) fn read_opt_out(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    otherwise: Option<&str>,
    compliance: &Compliance,
) -> Option<String> {
    let Some(line) = section.text(notes, "opt_out") else {
        return otherwise.map(str::to_owned);
    };
    if line.value == "none" {
        return None;
    }
    if !opt_out::names_stop(&line.value) {
        line.refuse(
            notes,
            Diagnostic::new(
                "an opt-out line without the word STOP",
                format!("write such as \"{OPT_OUT_LINE}\""),
            ),
        );
    }
    plain(notes, &line, compliance);
    Some(line.value)
}

fn read_max_segments(notes: &mut Diagnostics<'_>, section: &mut TableReader<'_>) -> NonZeroU8 {
    let most = section.count(notes, "max_segments", "write a number from 1 to 10");
    let Some(most) = most else {
        return MessageCopy::DEFAULT_MAX_SEGMENTS;
    };
    let number = u8::try_from(most.value).ok().filter(|number| *number <= 10);
    number.and_then(NonZeroU8::new).unwrap_or_else(|| {
        let fault = Diagnostic::new(
            "more than ten segments, which no carrier accepts",
            "write a number from 1 to 10",
        );
        most.refuse(notes, fault);
        MessageCopy::DEFAULT_MAX_SEGMENTS
    })
}

pub(super) fn read_body(
    notes: &mut Diagnostics<'_>,
    body: &Found<String>,
    compliance: &Compliance,
) -> Template {
    if body.value.chars().count() > LONGEST_TEXT {
        body.refuse(
            notes,
            Diagnostic::new(
                format!("longer than {LONGEST_TEXT} characters"),
                "keep to 160, which is one segment",
            ),
        );
    }
    read_template(notes, body, compliance)
}

/// A template with sound links and nothing clinical in it.
pub(super) fn read_template(
    notes: &mut Diagnostics<'_>,
    body: &Found<String>,
    compliance: &Compliance,
) -> Template {
    let (template, mut faults) = Template::read(&body.value);
    faults.extend(template_link_faults(&template));
    faults.extend(empty_value_faults(&template));
    for words in template.spoken() {
        faults.extend(compliance.faults(&words));
    }
    for fault in faults {
        body.refuse(notes, fault);
    }
    template
}
