//! The keys of the business's numbers, and of the conditions that name them.

use std::collections::BTreeSet;

use super::compliance::Compliance;
use super::contact::bare_key;
use crate::phone::{InvalidPhoneNumber, PhoneNumber};
use crate::recipes::missed_call::core::copy::lint::{LinkFault, link_fault};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::diagnostics::{Diagnostics, Found};
use crate::recipes::missed_call::core::recipe::numbers::{
    BusinessNumber, NumberFilter, NumberLink, Numbers, Unlisted,
};
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;

const LISTED: &str =
    "write it with its country code and without spaces, such as [numbers.\"+13125550100\"]";

pub(super) fn read_numbers(
    diagnostics: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
    unlisted: Unlisted,
    compliance: &Compliance,
) -> Numbers {
    let mut numbers = Numbers {
        unlisted,
        ..Numbers::default()
    };
    let Some(section) = section else {
        return numbers;
    };
    for section in section.sections(diagnostics) {
        let number = PhoneNumber::parse(section.name());
        match &number {
            // One spelling alone, so that the same number cannot stand there twice.
            Ok(number) if number.e164() == section.name() => {}
            Err(InvalidPhoneNumber::Impossible(why)) => {
                section.report(diagnostics, Diagnostic::new(NOBODYS, why.to_string()));
            }
            _ => section.report(
                diagnostics,
                Diagnostic::new("not a phone number in E.164", LISTED),
            ),
        }
        let read = read_number(diagnostics, section, compliance);
        if let Ok(number) = number {
            numbers.listed.insert(number, read);
        }
    }
    numbers
}

fn read_number(
    diagnostics: &mut Diagnostics<'_>,
    mut section: TableReader<'_>,
    compliance: &Compliance,
) -> BusinessNumber {
    let name = section.text(diagnostics, "name");
    let source = section.text(diagnostics, "source");
    for words in [&name, &source].into_iter().flatten() {
        if words.value.is_empty() {
            let remedy = "write what it is called, or leave the key out";
            words.report(diagnostics, Diagnostic::new("empty", remedy));
        }
        compliance.check_words(diagnostics, words);
    }
    let written = section.text(diagnostics, "link");
    let custom_value = section.text(diagnostics, "link_value");
    if let (Some(_), Some(second)) = (&written, &custom_value) {
        let remedy = "write one of the two: a number has one link";
        second.report(
            diagnostics,
            Diagnostic::new("a link_value beside a link", remedy),
        );
    }
    let link = match (written, custom_value) {
        (Some(link), _) => Some(read_link(diagnostics, link)),
        (None, Some(key)) => Some(read_link_value(diagnostics, key)),
        (None, None) => None,
    };
    let priority = section.flag(diagnostics, "priority").unwrap_or(false);
    let active = section.flag(diagnostics, "active").unwrap_or(true);
    let dry_run = section.flag(diagnostics, "dry_run").unwrap_or(false);
    section.finish(diagnostics);
    BusinessNumber {
        name: name.map(|name| name.value),
        source: source.map(|source| source.value),
        link,
        priority,
        active,
        dry_run,
    }
}

fn read_link(diagnostics: &mut Diagnostics<'_>, link: Found<String>) -> NumberLink {
    let problem = match link_fault(&link.value) {
        None => None,
        Some(LinkFault::NotHttps) => Some(Diagnostic::new(
            "not an https link",
            "write the whole link, such as \"https://calendly.com/your-page\"; link_value is for the key of a custom \
             value",
        )),
        Some(LinkFault::Shortener) => Some(Diagnostic::new(
            "a public link shortener",
            "write the whole link; carriers block shorteners",
        )),
    };
    if let Some(problem) = problem {
        link.report(diagnostics, problem);
    }
    NumberLink::Written(link.value)
}

fn read_link_value(diagnostics: &mut Diagnostics<'_>, key: Found<String>) -> NumberLink {
    let bare = bare_key(&key.value);
    let short = bare
        .strip_prefix("custom_values.")
        .unwrap_or(bare)
        .to_owned();
    let sound = !short.is_empty()
        && short
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if !sound {
        key.report(
            diagnostics,
            Diagnostic::new(
                "not the key of a custom value",
                "write the key from HighLevel, such as \"gold_coast_link\"; link is for a link itself",
            ),
        );
    }
    NumberLink::CustomValue(short)
}

/// The conditions of a step on the number that was called.
pub(super) fn read_only_for(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    compliance: &Compliance,
) -> NumberFilter {
    NumberFilter {
        numbers: read_list(diagnostics, section, "numbers", compliance.home_code),
        sources: section.texts(diagnostics, "sources").into_iter().collect(),
        priority: section.flag(diagnostics, "priority"),
    }
}

/// A list of phone numbers. Those without a calling code are of `home_code`, if there is one.
pub(super) fn read_list(
    diagnostics: &mut Diagnostics<'_>,
    section: &mut TableReader<'_>,
    name: &'static str,
    home_code: Option<u16>,
) -> BTreeSet<PhoneNumber> {
    let mut numbers = BTreeSet::new();
    for (place, text) in section.entries(diagnostics, name) {
        let number = match home_code {
            Some(code) => PhoneNumber::parse_national(&text, code),
            None => PhoneNumber::parse(&text),
        };
        match number {
            Ok(number) => drop(numbers.insert(number)),
            Err(error) => section.report_key(diagnostics, name, problem_of_entry(place, error)),
        }
    }
    numbers
}

/// The number itself may be somebody's and stays out of the message.
fn problem_of_entry(place: usize, error: InvalidPhoneNumber) -> Diagnostic {
    let (what, remedy) = match error {
        InvalidPhoneNumber::Impossible(why) => (NOBODYS, why.to_string()),
        InvalidPhoneNumber::Extension => (
            "a phone number with an extension",
            "leave the extension out: texts cannot be sent to it".to_owned(),
        ),
        InvalidPhoneNumber::NoCountryCode => (
            "a phone number without its country code, and the countries in `callers.countries` do not share one",
            "write it with its country code, such as \"+13125550100\"".to_owned(),
        ),
        InvalidPhoneNumber::NotADigit | InvalidPhoneNumber::Length => (
            "not a phone number",
            "write it with its country code, such as \"+13125550100\"".to_owned(),
        ),
    };
    Diagnostic::new(format!("entry {place} is {what}"), remedy)
}

const NOBODYS: &str = "a phone number that nobody can have";
