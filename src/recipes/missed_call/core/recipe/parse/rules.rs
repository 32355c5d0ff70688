//! The rules beside the steps: what must not be in a text, the business, which calls count and whose.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::numbers::{read_list, read_unlisted};
use super::tag::{is_tag, not_a_tag};
use super::words::unknown_word;
use crate::recipes::missed_call::core::compliance::{CallerLists, Country, FloodLimits, phi_terms};
use crate::recipes::missed_call::core::copy::lint::text_link_faults;
use crate::recipes::missed_call::core::copy::placeholder::placeholder_faults;
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::numbers::Unlisted;
use crate::recipes::missed_call::core::recipe::toml_reader::{Diagnostics, Found, TableReader};
use crate::recipes::missed_call::core::recipe::{
    CallRules, Hint, NearSuspension, SuspectedVoicemail,
};

const SECOND: SignedDuration = SignedDuration::from_secs(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What must not be in any text of the recipe, and when its first one may go out.
pub(super) struct Compliance {
    pub(super) hipaa: bool,
    pub(super) extra: Vec<String>,
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

impl Compliance {
    pub(super) fn faults(&self, text: &str) -> Vec<Diagnostic> {
        if !self.hipaa {
            return Vec::new();
        }
        phi_terms::clinical_words(text, &self.extra)
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
}

pub(super) fn read_compliance(
    notes: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
) -> Compliance {
    let mut rules = Compliance {
        hipaa: true,
        extra: Vec::new(),
        first_text_waits: false,
        approved_copy_only: false,
        later_texts_need_consent: true,
        texts_per_day: MOST_TEXTS_PER_DAY,
        flood: Some(FloodLimits::default()),
        near_suspension: NearSuspension::PauseTexts,
        home_code: None,
    };
    if let Some(mut section) = section {
        rules.hipaa = section.flag(notes, "hipaa").unwrap_or(true);
        rules.extra = section.texts(notes, "extra_clinical_words");
        rules.approved_copy_only = section.flag(notes, "approved_copy_only").unwrap_or(false);
        rules.first_text_waits = one_of(notes, &mut section, "first_text", ["at_once", "waits"]);
        rules.later_texts_need_consent = !one_of(
            notes,
            &mut section,
            "later_texts",
            ["with_consent", "always"],
        );
        read_flood(notes, &mut section, &mut rules);
        if let Some(near) = read_near_suspension(notes, &mut section) {
            rules.near_suspension = near;
        }
        let remedy = format!("write a number from 1 to {MOST_TEXTS_PER_DAY}");
        if let Some(most) = section.count(notes, "texts_per_day", &remedy) {
            rules.texts_per_day = most.value;
            if most.value > MOST_TEXTS_PER_DAY {
                let what = "more texts in a day than the rules of compliance allow";
                most.refuse(notes, Diagnostic::new(what, remedy));
            }
        }
        section.finish(notes);
    }
    rules
}

fn read_flood(notes: &mut Diagnostics<'_>, section: &mut TableReader<'_>, rules: &mut Compliance) {
    let remedy = "write a number that a busy minute does not reach, such as 20";
    let most = section.count(notes, "new_callers_per_minute", remedy);
    if one_of(notes, section, "floods", ["pause_texts", "ignored"]) {
        rules.flood = None;
    }
    match (&mut rules.flood, most) {
        (Some(flood), Some(most)) => {
            flood.new_callers_per_minute = usize::try_from(most.value).unwrap_or(usize::MAX);
        }
        (None, Some(most)) => {
            let fault = Diagnostic::new(
                "a limit for floods that are ignored",
                "remove one of the two",
            );
            most.refuse(notes, fault);
        }
        (_, None) => {}
    }
}

fn read_near_suspension(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<NearSuspension> {
    let word = section.text(notes, "near_suspension")?;
    match word.value.as_str() {
        "pause_texts" => Some(NearSuspension::PauseTexts),
        "pause_follow_ups" => Some(NearSuspension::PauseFollowUps),
        "ignored" => Some(NearSuspension::Ignored),
        _ => {
            let what = "none of \"pause_texts\", \"pause_follow_ups\" and \"ignored\"";
            word.refuse(notes, Diagnostic::new(what, "write one of the three"));
            None
        }
    }
}

/// Whether the second of two words stands there; without the key the first counts.
fn one_of(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    name: &'static str,
    [first, second]: [&str; 2],
) -> bool {
    let Some(word) = section.text(notes, name) else {
        return false;
    };
    if word.value != first && word.value != second {
        let what = format!("neither \"{first}\" nor \"{second}\"");
        word.refuse(notes, Diagnostic::new(what, "write one of the two"));
    }
    word.value == second
}

pub(super) fn read_business(
    notes: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
    compliance: &Compliance,
) -> Option<String> {
    let name = section.text(notes, "display_name");
    section.finish(notes);
    let name = name?;
    if name.value.is_empty() {
        name.refuse(
            notes,
            Diagnostic::new("empty", "write the business's name, or leave the key out"),
        );
    }
    plain(notes, &name, compliance);
    Some(name.value)
}

/// Which calls count, and what is done for those to numbers that are not listed.
pub(super) fn read_call(
    notes: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
) -> (CallRules, Unlisted) {
    let mut unlisted = Unlisted::default();
    let mut rules = CallRules {
        max_age: SignedDuration::from_mins(10),
        cooldown: SignedDuration::from_hours(4),
        suspected_voicemail: SuspectedVoicemail::Reported,
        voicemail_below: SignedDuration::from_secs(15),
    };
    if let Some(mut section) = section {
        if let Some(max_age) = section.duration(notes, "max_age", (SECOND, DAY)) {
            rules.max_age = max_age.value;
        }
        if let Some(cooldown) = section.duration(notes, "cooldown", (SignedDuration::ZERO, WEEK)) {
            rules.cooldown = cooldown.value;
        }
        if let Some(suspected) = read_suspected(notes, &mut section) {
            rules.suspected_voicemail = suspected;
        }
        if let Some(below) = section.duration(notes, "voicemail_below", (SECOND, 120 * SECOND)) {
            rules.voicemail_below = below.value;
        }
        unlisted = read_unlisted(notes, &mut section);
        section.finish(notes);
    }
    (rules, unlisted)
}

fn read_suspected(
    notes: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
) -> Option<SuspectedVoicemail> {
    let word = section.text(notes, "suspected_voicemail")?;
    match word.value.as_str() {
        "answered" => Some(SuspectedVoicemail::Answered),
        "reported" => Some(SuspectedVoicemail::Reported),
        "missed" => Some(SuspectedVoicemail::Missed),
        _ => {
            let what = "none of \"answered\", \"reported\" and \"missed\"";
            word.refuse(notes, Diagnostic::new(what, "write one of the three"));
            None
        }
    }
}

/// Who is not texted: by number, and by the tags of their contact.
pub(super) fn read_callers(
    notes: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
) -> (CallerLists, BTreeSet<String>) {
    let mut lists = CallerLists::default();
    let mut tags = BTreeSet::new();
    let Some(mut section) = section else {
        return (lists, tags);
    };
    if section.has("countries") {
        lists.countries.clear();
        for code in section.texts(notes, "countries") {
            match Country::read(&code) {
                Some(country) => drop(lists.countries.insert(country)),
                None => section.refuse_key(
                    notes,
                    "countries",
                    Diagnostic::new(
                        "not the code of a country",
                        "write two letters of ISO 3166, such as \"US\"",
                    ),
                ),
            }
        }
    }
    let home_code = lists.calling_code();
    for (name, list) in [
        ("own", &mut lists.own),
        ("staff", &mut lists.staff),
        ("blocked", &mut lists.blocked),
        ("landlines", &mut lists.landlines),
    ] {
        *list = read_list(notes, &mut section, name, home_code);
    }
    const TAGS: &str = "untexted_tags";
    for tag in section.texts(notes, TAGS) {
        if is_tag(&tag) {
            tags.insert(tag.to_lowercase());
        } else {
            section.refuse_key(notes, TAGS, not_a_tag("spam likely"));
        }
    }
    section.finish(notes);
    (lists, tags)
}

/// The hints that nobody wants to hear.
pub(super) fn read_silenced(
    notes: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
) -> BTreeSet<Hint> {
    let mut silenced = BTreeSet::new();
    let Some(mut section) = section else {
        return silenced;
    };
    for word in section.texts(notes, "silence") {
        if let Some(hint) = Hint::from_word(&word) {
            silenced.insert(hint);
            continue;
        }
        let known = Hint::ALL.map(Hint::word);
        let remedy = format!(
            "write one of: {}",
            known.map(|word| format!("\"{word}\"")).join(", ")
        );
        let fault = unknown_word("not the name of a hint", &word, &[], &known, &remedy);
        section.refuse_key(notes, "silence", fault);
    }
    section.finish(notes);
    silenced
}

/// Checks words that are no template: no braces, sound links, nothing clinical.
pub(super) fn plain(notes: &mut Diagnostics<'_>, text: &Found<String>, compliance: &Compliance) {
    let mut faults = text_link_faults(&text.value);
    if text.value.contains("{{") || text.value.contains("{%") {
        faults.push(Diagnostic::new(
            "a merge field, and only the body of a text can have one",
            "write plain words",
        ));
    }
    faults.extend(placeholder_faults(&text.value));
    faults.extend(compliance.faults(&text.value));
    for fault in faults {
        text.refuse(notes, fault);
    }
}
