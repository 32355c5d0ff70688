//! The keys of a step that adds a tag to the contact or removes one.

use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::TagStep;
use crate::recipes::missed_call::core::recipe::diagnostics::Diagnostics;
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;

const DEFAULT_TAG: &str = "missed-call";

pub(super) fn read_tag(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<TagStep> {
    let name = section.text(diagnostics, "tag");
    let Some(name) = name else {
        return Some(TagStep {
            name: DEFAULT_TAG.to_owned(),
        });
    };
    if !is_tag(&name.value) {
        name.report(diagnostics, not_a_tag(DEFAULT_TAG));
        return None;
    }
    Some(TagStep {
        name: name.value.to_lowercase(),
    })
}

pub(super) fn is_tag(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_control)
}

pub(super) fn not_a_tag(example: &str) -> Diagnostic {
    Diagnostic::new(
        "not a tag",
        format!("write one line, such as \"{example}\""),
    )
}
