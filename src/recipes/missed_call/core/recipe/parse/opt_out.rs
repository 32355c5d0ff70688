//! The keys of a step that confirms an opt-out.

use super::rules::Compliance;
use super::text::read_body;
use crate::recipes::missed_call::core::copy::Template;
use crate::recipes::missed_call::core::recipe::toml_reader::{Diagnostics, TableReader};

/// Says who writes, and nothing that could be taken for promotion (47 CFR 64.1200(a)(12)).
const DEFAULT_BODY: &str = "{{ location.name }}: you will get no more texts from us.";

pub(super) fn read_confirmation(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<Template> {
    match section.text(notes, "body") {
        Some(body) => Some(read_body(notes, &body, compliance)),
        None => Some(Template::read(DEFAULT_BODY).0),
    }
}
