//! The sections `[business]`, `[call]`, `[callers]` and `[hints]`.

use std::collections::BTreeSet;

use super::compliance::Compliance;
use super::numbers::read_list;
use super::tag::{is_tag, not_a_tag};
use super::words::unknown_word;
use crate::recipes::missed_call::core::compliance::{CallerLists, Country};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::diagnostics::Diagnostics;
use crate::recipes::missed_call::core::recipe::keys::quoted;
use crate::recipes::missed_call::core::recipe::numbers::Unlisted;
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;
use crate::recipes::missed_call::core::recipe::{CallRules, DoubtTags, Hint, SuspectedVoicemail};

pub(super) fn read_business(
    diagnostics: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
    compliance: &Compliance,
) -> Option<String> {
    let name = section.text(diagnostics, "display_name");
    section.finish(diagnostics);
    let name = name?;
    if name.value.is_empty() {
        let remedy = "write the business's name, or leave the key out";
        name.report(diagnostics, Diagnostic::new("empty", remedy));
    }
    compliance.check_words(diagnostics, &name);
    Some(name.value)
}

/// Which calls count, and what is done for those to numbers that are not listed.
pub(super) fn read_call(
    diagnostics: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
) -> (CallRules, Unlisted) {
    let rules = CallRules {
        max_age: section.duration(diagnostics, "max_age"),
        cooldown: section.duration(diagnostics, "cooldown"),
        suspected_voicemail: match section.word(diagnostics, "suspected_voicemail") {
            "answered" => SuspectedVoicemail::Answered,
            "missed" => SuspectedVoicemail::Missed,
            _ => SuspectedVoicemail::Reported,
        },
        voicemail_below: section.duration(diagnostics, "voicemail_below"),
    };
    let unlisted = match section.word(diagnostics, "unlisted_numbers") {
        "not_texted" => Unlisted::NotTexted,
        "ignored" => Unlisted::Ignored,
        _ => Unlisted::Texted,
    };
    section.finish(diagnostics);
    (rules, unlisted)
}

/// Who is not texted: by number, and by the tags of their contact. And the tags that decide about a doubtful reply.
pub(super) fn read_callers(
    diagnostics: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
) -> (CallerLists, BTreeSet<String>, DoubtTags) {
    let mut lists = CallerLists::default();
    let mut tags = BTreeSet::new();
    let mut doubt_tags = DoubtTags::default();
    let Some(mut section) = section else {
        return (lists, tags, doubt_tags);
    };
    if section.has("countries") {
        lists.countries.clear();
        for code in section.texts(diagnostics, "countries") {
            match Country::read(&code) {
                Some(country) => drop(lists.countries.insert(country)),
                None => section.report_key(
                    diagnostics,
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
        *list = read_list(diagnostics, &mut section, name, home_code);
    }
    const TAGS: &str = "untexted_tags";
    for tag in section.texts(diagnostics, TAGS) {
        if is_tag(&tag) {
            tags.insert(tag.to_lowercase());
        } else {
            section.report_key(diagnostics, TAGS, not_a_tag("spam likely"));
        }
    }
    for (name, tag) in [
        ("may_text_tag", &mut doubt_tags.may_text),
        ("no_more_texts_tag", &mut doubt_tags.no_more_texts),
    ] {
        match section.text(diagnostics, name) {
            Some(found) if is_tag(&found.value) => *tag = found.value.to_lowercase(),
            Some(found) => found.report(diagnostics, not_a_tag(tag)),
            None => {}
        }
    }
    if doubt_tags.may_text == doubt_tags.no_more_texts {
        let problem = Diagnostic::new(
            "the same tag as `may_text_tag`",
            "write another one: the two decide the opposite",
        );
        section.report_key(diagnostics, "no_more_texts_tag", problem);
    }
    section.finish(diagnostics);
    (lists, tags, doubt_tags)
}

/// The hints that are not shown.
pub(super) fn read_silenced(
    diagnostics: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
) -> BTreeSet<Hint> {
    let mut silenced = BTreeSet::new();
    let Some(mut section) = section else {
        return silenced;
    };
    for word in section.texts(diagnostics, "silence") {
        if let Some(hint) = Hint::from_word(&word) {
            silenced.insert(hint);
            continue;
        }
        let known = Hint::ALL.map(Hint::word);
        let remedy = format!("write one of: {}", quoted(&known, ", "));
        let problem = unknown_word("not the name of a hint", &word, [], &known, &remedy);
        section.report_key(diagnostics, "silence", problem);
    }
    section.finish(diagnostics);
    silenced
}
