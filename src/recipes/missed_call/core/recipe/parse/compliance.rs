//! The section `[compliance]`, and the checks of words that follow from it.

use crate::recipes::missed_call::core::compliance::{FloodLimits, phi_terms};
use crate::recipes::missed_call::core::copy::lint::text_link_faults;
use crate::recipes::missed_call::core::copy::placeholder::placeholder_faults;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::NearSuspension;
use crate::recipes::missed_call::core::recipe::diagnostics::{Diagnostics, Found};
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;

/// What must not be in any text of the recipe, and when texts are sent.
pub(super) struct Compliance {
    pub(super) hipaa: bool,
    pub(super) extra_clinical_words: Vec<String>,
    pub(super) first_text_waits: bool,
    pub(super) approved_copy_only: bool,
    pub(super) later_texts_need_consent: bool,
    pub(super) texts_per_day: u32,
    pub(super) flood: Option<FloodLimits>,
    pub(super) near_suspension: NearSuspension,
    /// The calling code of phone numbers that are written without one.
    pub(super) home_code: Option<u16>,
}

/// What the built-in rules allow everywhere.
const MOST_TEXTS_PER_DAY: u32 = 3;

impl Default for Compliance {
    fn default() -> Self {
        Self {
            hipaa: true,
            extra_clinical_words: Vec::new(),
            first_text_waits: false,
            approved_copy_only: false,
            later_texts_need_consent: true,
            texts_per_day: MOST_TEXTS_PER_DAY,
            flood: Some(FloodLimits::default()),
            near_suspension: NearSuspension::PauseTexts,
            home_code: None,
        }
    }
}

impl Compliance {
    pub(super) fn problems(&self, text: &str) -> Vec<Diagnostic> {
        if !self.hipaa {
            return Vec::new();
        }
        phi_terms::clinical_words(text, &self.extra_clinical_words)
            .into_iter()
            .map(|word| {
                Diagnostic::new(
                    format!("the clinical word `{word}`"),
                    "use words that say nothing about care; compliance.hipaa = false is for businesses outside of \
                     health care",
                )
            })
            .collect()
    }

    /// Checks words that are not a template: no braces, valid links, nothing clinical.
    pub(super) fn check_words(&self, diagnostics: &mut Diagnostics<'_>, text: &Found<String>) {
        let mut problems = text_link_faults(&text.value);
        if text.value.contains("{{") || text.value.contains("{%") {
            problems.push(Diagnostic::new(
                "a merge field, and only the body of a text can have one",
                "write plain words",
            ));
        }
        problems.extend(placeholder_faults(&text.value));
        problems.extend(self.problems(&text.value));
        for problem in problems {
            text.report(diagnostics, problem);
        }
    }
}

pub(super) fn read_compliance(
    diagnostics: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
) -> Compliance {
    let Some(mut section) = section else {
        return Compliance::default();
    };
    let rules = Compliance {
        hipaa: section.flag(diagnostics, "hipaa").unwrap_or(true),
        extra_clinical_words: section.texts(diagnostics, "extra_clinical_words"),
        approved_copy_only: section
            .flag(diagnostics, "approved_copy_only")
            .unwrap_or(false),
        first_text_waits: section.word(diagnostics, "first_text") == "waits",
        later_texts_need_consent: section.word(diagnostics, "later_texts") != "always",
        flood: read_flood(diagnostics, &mut section),
        near_suspension: match section.word(diagnostics, "near_suspension") {
            "ignored" => NearSuspension::Ignored,
            "pause_follow_ups" => NearSuspension::PauseFollowUps,
            _ => NearSuspension::PauseTexts,
        },
        texts_per_day: section
            .count(diagnostics, "texts_per_day")
            .map_or(MOST_TEXTS_PER_DAY, |most| most.value),
        home_code: None,
    };
    section.finish(diagnostics);
    rules
}

fn read_flood(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<FloodLimits> {
    let most = section.count(diagnostics, "new_callers_per_minute");
    if section.word(diagnostics, "floods") == "ignored" {
        if let Some(most) = most {
            let what = "a limit for floods that are ignored";
            most.report(diagnostics, Diagnostic::new(what, "remove one of the two"));
        }
        return None;
    }
    let mut limits = FloodLimits::default();
    if let Some(most) = most {
        limits.new_callers_per_minute = usize::try_from(most.value).unwrap_or(usize::MAX);
    }
    Some(limits)
}
