//! The section `[experiment]`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::compliance::Compliance;
use super::numbers::read_list;
use super::tag::{is_tag, not_a_tag};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::ExperimentRules;
use crate::recipes::missed_call::core::recipe::Experiment;
use crate::recipes::missed_call::core::recipe::diagnostics::{Diagnostics, Found};
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;

/// The experiment, unless it lacks its name, its share, its size or its end.
pub(super) fn read_experiment(
    diagnostics: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
    rules: &Compliance,
) -> Option<Experiment> {
    let mut section = section?;
    let name = section.text(diagnostics, "name");
    let hold_out = section.share(diagnostics, "hold_out");
    let planned = section.count(diagnostics, "planned");
    let has_end = section.has("until") || section.has("calls");
    let until = section.text(diagnostics, "until");
    let until = until.and_then(|until| start_of(diagnostics, until));
    let calls = section.count(diagnostics, "calls").map(|calls| calls.value);
    if !has_end {
        let remedy = "write the day from which on all callers get the text, such as until = 2027-03-01, or after how many \
                      callers it ends, such as calls = 657";
        section.report(
            diagnostics,
            Diagnostic::new("an experiment without an end", remedy),
        );
    }
    let window = section.duration(diagnostics, "window");
    let salt = section.text(diagnostics, "salt");
    let never = read_list(diagnostics, &mut section, "never", rules.home_code);
    const TAGS: &str = "never_tags";
    let mut never_tags = BTreeSet::new();
    for tag in section.texts(diagnostics, TAGS) {
        if is_tag(&tag) {
            never_tags.insert(tag.to_lowercase());
        } else {
            section.report_key(diagnostics, TAGS, not_a_tag("vip"));
        }
    }
    section.finish(diagnostics);
    let salt = salt.map_or_else(String::new, |salt| salt.value);
    let mut rules = ExperimentRules::new(name?.value, hold_out?, salt);
    rules.planned = planned?.value.into();
    (rules.until, rules.calls, rules.window) = (until, calls, window);
    // One that never ends holds nothing back.
    (until.is_some() || calls.is_some()).then_some(Experiment {
        rules,
        never,
        never_tags,
    })
}

/// The start of a day in UTC.
fn start_of(diagnostics: &mut Diagnostics<'_>, day: Found<String>) -> Option<Timestamp> {
    let start = day.value.parse::<Date>().and_then(|date| {
        let start = date.to_zoned(TimeZone::UTC)?;
        Ok(start.timestamp())
    });
    if start.is_err() {
        let problem = Diagnostic::new("not a date", "write it as 2027-03-01");
        day.report(diagnostics, problem);
    }
    start.ok()
}
