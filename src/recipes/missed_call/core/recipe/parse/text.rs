//! The keys of a step that texts.

use std::num::NonZeroU8;

use super::compliance::Compliance;
use super::variants::{read_approvals, read_arm, read_variants};
use crate::recipes::missed_call::core::compliance::opt_out;
use crate::recipes::missed_call::core::copy::lint::{empty_value_faults, template_link_faults};
use crate::recipes::missed_call::core::copy::{MessageCopy, OPT_OUT_LINE, Template};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::TextStep;
use crate::recipes::missed_call::core::recipe::diagnostics::{Diagnostics, Found};
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;

pub(super) fn read_text(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<TextStep> {
    let body = section.text(diagnostics, "body");
    let opt_out = read_opt_out(diagnostics, section, Some(OPT_OUT_LINE), compliance);
    let max_segments = read_max_segments(diagnostics, section);
    let arm = read_arm(diagnostics, section);
    let variants = read_variants(diagnostics, section, opt_out.as_deref(), compliance);
    let approvals = read_approvals(diagnostics, section);
    let body = read_template(diagnostics, &body?, compliance);
    Some(TextStep {
        body,
        opt_out,
        max_segments,
        arm,
        variants,
        approvals,
    })
}

/// The line after the body: `otherwise` without the key, and nothing for `"none"`. Whether that is allowed depends on
/// the approvals.
pub(super) fn read_opt_out(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    otherwise: Option<&str>,
    compliance: &Compliance,
) -> Option<String> {
    let Some(line) = section.text(diagnostics, "opt_out") else {
        return otherwise.map(str::to_owned);
    };
    if line.value == "none" {
        return None;
    }
    if !opt_out::names_stop(&line.value) {
        line.report(
            diagnostics,
            Diagnostic::new(
                "an opt-out line without the word STOP",
                format!("write such as \"{OPT_OUT_LINE}\""),
            ),
        );
    }
    compliance.check_words(diagnostics, &line);
    Some(line.value)
}

fn read_max_segments(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> NonZeroU8 {
    let most = section.count(diagnostics, "max_segments");
    let most = most.and_then(|most| u8::try_from(most.value).ok());
    most.and_then(NonZeroU8::new)
        .unwrap_or(MessageCopy::DEFAULT_MAX_SEGMENTS)
}

/// A template with valid links and nothing clinical in it.
pub(super) fn read_template(
    diagnostics: &mut Diagnostics<'_>,
    body: &Found<String>,
    compliance: &Compliance,
) -> Template {
    let (template, mut problems) = Template::read(&body.value);
    problems.extend(template_link_faults(&template));
    problems.extend(empty_value_faults(&template));
    for words in template.spoken() {
        problems.extend(compliance.problems(&words));
    }
    for problem in problems {
        body.report(diagnostics, problem);
    }
    template
}
