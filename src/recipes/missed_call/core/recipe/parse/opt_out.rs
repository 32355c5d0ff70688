//! The keys of a step that confirms an opt-out.

use super::compliance::Compliance;
use super::text::read_template;
use crate::recipes::missed_call::core::copy::Template;
use crate::recipes::missed_call::core::recipe::diagnostics::Diagnostics;
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;

/// Says who writes, and nothing that could be taken for promotion (47 CFR 64.1200(a)(12)).
const DEFAULT_BODY: &str = "{{ location.name }}: you will get no more texts from us.";

pub(super) fn read_confirmation(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> Option<Template> {
    match section.text(diagnostics, "body") {
        Some(body) => Some(read_template(diagnostics, &body, compliance)),
        None => Some(Template::read(DEFAULT_BODY).0),
    }
}
