//! The keys of a step that puts a tag on the contact or takes one off.

use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::TagStep;
use crate::recipes::missed_call::core::recipe::toml_reader::{Diagnostics, TableReader};

const DEFAULT_TAG: &str = "missed-call";

pub(super) fn read_tag(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<TagStep> {
    let name = section.text(notes, "tag");
    let Some(name) = name else {
        return Some(TagStep {
            name: DEFAULT_TAG.to_owned(),
        });
    };
    if !is_tag(&name.value) {
        name.refuse(notes, not_a_tag(DEFAULT_TAG));
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
