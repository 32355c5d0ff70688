//! The keys of the business's hours.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use super::zone::read_zone;
use crate::recipes::missed_call::core::compliance::{BusinessHours, TimeWindow, WeeklyHours};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::recipe::diagnostics::{Diagnostics, Found};
use crate::recipes::missed_call::core::recipe::toml_reader::TableReader;

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Hours that were written for some days.
struct Written {
    days: Vec<Weekday>,
    windows: Vec<TimeWindow>,
}

pub(super) fn read_hours(
    diagnostics: &mut Diagnostics<'_>,
    section: Option<TableReader<'_>>,
) -> Option<BusinessHours> {
    let mut section = section?;
    let zone: Option<TimeZone> = read_zone(diagnostics, &mut section);
    let mut written: Vec<Written> = Vec::new();
    let spans = ["every_day", "weekdays", "weekend"];
    for name in spans.into_iter().chain(DAYS.map(|(name, _)| name)) {
        if let Some(text) = section.text(diagnostics, name) {
            let days = days_of(name).unwrap_or_default();
            written.push(read_days(diagnostics, days, &text));
        }
    }
    // Other ways to name one day or several.
    let mut is_understood = true;
    for name in section.unlisted_keys() {
        let Some(days) = days_of(&name) else {
            is_understood = false;
            continue;
        };
        if let Some(text) = section.text_of_unlisted(diagnostics, &name) {
            let twice = written.iter().any(|other| {
                other.days.len() == days.len() && other.days.iter().any(|day| days.contains(day))
            });
            if twice {
                let problem = Diagnostic::new("this day already has hours", "write each day once");
                text.report(diagnostics, problem);
            }
            written.push(read_days(diagnostics, days, &text));
        }
    }
    if written.is_empty() && is_understood {
        let remedy = "write such as monday = \"09:00-17:00\", weekdays = \"9am-5pm\" or every_day = \"09:00-17:00\"";
        section.report(diagnostics, Diagnostic::new("hours without a day", remedy));
    }
    // What is written for fewer days is the exception.
    written.sort_by_key(|written| std::cmp::Reverse(written.days.len()));
    let mut week = WeeklyHours::closed();
    for Written { days, windows } in &written {
        for day in days {
            week = week.with(*day, windows.iter().copied());
        }
    }
    let closed = read_closed(diagnostics, &mut section);
    section.finish(diagnostics);
    Some(BusinessHours::new(zone?, week).closed_on(closed))
}

fn read_days(
    diagnostics: &mut Diagnostics<'_>,
    days: Vec<Weekday>,
    text: &Found<String>,
) -> Written {
    let windows = windows(&text.value).unwrap_or_else(|problem| {
        text.report(diagnostics, problem);
        Vec::new()
    });
    Written { days, windows }
}

/// The days that a key names: `monday`, `mon`, `weekdays`, `monday-friday`, `sat_sun`.
fn days_of(name: &str) -> Option<Vec<Weekday>> {
    let name = name.trim().to_lowercase();
    let all = || DAYS.map(|(_, day)| day).to_vec();
    match name.as_str() {
        "every_day" | "everyday" | "daily" | "every day" => return Some(all()),
        "weekday" | "weekdays" => return Some(all()[..5].to_vec()),
        "weekend" | "weekends" => return Some(all()[5..].to_vec()),
        _ => {}
    }
    let words: Vec<&str> = name
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !matches!(*word, "" | "to" | "until" | "through" | "thru"))
        .collect();
    match words.as_slice() {
        [day] => Some(vec![DAYS[place_of(day)?].1]),
        [first, last] => {
            let (first, last) = (place_of(first)?, place_of(last)?);
            let last = if last < first { last + 7 } else { last };
            Some((first..=last).map(|at| DAYS[at % 7].1).collect())
        }
        _ => None,
    }
}

/// The place of a day in the week; its name may be cut off after three letters.
fn place_of(word: &str) -> Option<usize> {
    let word = word
        .strip_suffix('s')
        .filter(|word| word.ends_with("day"))
        .unwrap_or(word);
    DAYS.iter().position(|(name, _)| {
        let cut = word.len() >= 3 && word.len() <= 5 && name.starts_with(word);
        *name == word || cut
    })
}

/// The windows of a day: `"closed"`, or one or more with commas between them.
fn windows(text: &str) -> Result<Vec<TimeWindow>, Diagnostic> {
    let lower = text.trim().to_lowercase();
    match lower.as_str() {
        "closed" => return Ok(Vec::new()),
        "24/7" | "24 hours" | "all day" | "24h" => return Ok(vec![whole_day()?]),
        _ => {}
    }
    let windows: Option<Vec<TimeWindow>> = lower.split([',', '&']).map(window).collect();
    windows.ok_or_else(|| {
        let remedy = "write such as \"09:00-17:00\", \"9am-5pm\", \"09:00-12:00, 13:00-17:00\" or \"closed\"; what goes \
                      on past midnight is 18:00-24:00 on one day and 00:00-02:00 on the next";
        Diagnostic::new("not the hours of a day", remedy)
    })
}

fn whole_day() -> Result<TimeWindow, Diagnostic> {
    let problem = |_| Diagnostic::new("not the hours of a day", "write \"00:00-24:00\"");
    "00:00-24:00".parse().map_err(problem)
}

/// One window: two times with a dash of any kind or a word between them. Without minutes, each must say whether it is
/// in the morning or after noon.
fn window(text: &str) -> Option<TimeWindow> {
    let text = text.replace(['–', '—', '−', '‐', '‑'], "-");
    let (opens, closes) = ["-", " to ", " until ", " till "]
        .iter()
        .find_map(|between| text.split_once(between))?;
    let (opens, closes) = (time(opens, false)?, time(closes, true)?);
    format!("{opens}-{closes}").parse().ok()
}

/// A time of the day as `HH:MM`.
fn time(text: &str, is_end: bool) -> Option<String> {
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '.')
        .collect();
    match text.as_str() {
        "noon" => return Some("12:00".to_owned()),
        "midnight" => return Some(if is_end { "24:00" } else { "00:00" }.to_owned()),
        _ => {}
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != ':')
        .unwrap_or(text.len());
    let (clock, half) = text.split_at(end);
    let (hour, minute) = match (clock.split_once(':'), half) {
        (Some((hour, minute)), _) if minute.len() == 2 => (hour, minute),
        (None, "am" | "pm" | "a" | "p") => (clock, "00"),
        _ => return None,
    };
    let hour: u8 = hour.parse().ok().filter(|_| hour.len() <= 2)?;
    let hour = match half {
        "" => hour,
        "am" | "a" | "pm" | "p" if !(1..=12).contains(&hour) => return None,
        "am" | "a" => hour % 12,
        "pm" | "p" => hour % 12 + 12,
        _ => return None,
    };
    Some(format!("{hour:02}:{minute}"))
}

/// The dates on which it is closed, in quotes or as TOML's own dates.
fn read_closed(diagnostics: &mut Diagnostics<'_>, section: &mut TableReader<'_>) -> Vec<Date> {
    let mut closed: Vec<Date> = Vec::new();
    for text in section.texts(diagnostics, "closed_on") {
        match text.parse() {
            Ok(date) => closed.push(date),
            Err(_) => section.report_key(
                diagnostics,
                "closed_on",
                Diagnostic::new(
                    "not a date",
                    "write year, month and day, such as \"2026-12-25\"",
                ),
            ),
        }
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_as_people_write_them() {
        for (text, expected) in [
            ("9:00-17:00", "09:00-17:00"),
            ("09:00–17:00", "09:00-17:00"),
            ("09:00 — 17:00", "09:00-17:00"),
            ("9am-5pm", "09:00-17:00"),
            ("9 AM - 5:30 PM", "09:00-17:30"),
            ("9 a.m. to 5 p.m.", "09:00-17:00"),
            ("8am-noon, 1pm-midnight", "08:00-12:00, 13:00-24:00"),
            ("12am-12pm", "00:00-12:00"),
            ("Closed", ""),
            ("CLOSED", ""),
            ("24/7", "00:00-24:00"),
        ] {
            let read: Vec<String> = windows(text)
                .unwrap()
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(read.join(", "), expected, "{text}");
        }
        for text in [
            "9-5",
            "",
            "open",
            "9am",
            "17:00-09:00",
            "9:5-17:00",
            "25:00-26:00",
            "13pm-14pm",
            "9am-",
        ] {
            assert!(windows(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_as_people_write_them() {
        use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
        for (name, days) in [
            (
                "weekdays",
                vec![Monday, Tuesday, Wednesday, Thursday, Friday],
            ),
            ("Weekend", vec![Saturday, Sunday]),
            (
                "monday-friday",
                vec![Monday, Tuesday, Wednesday, Thursday, Friday],
            ),
            ("Mon - Wed", vec![Monday, Tuesday, Wednesday]),
            ("fri_to_mon", vec![Friday, Saturday, Sunday, Monday]),
            ("Tues", vec![Tuesday]),
            ("thursdays", vec![Thursday]),
        ] {
            assert_eq!(days_of(name), Some(days), "{name}");
        }
        for name in [
            "montag",
            "m",
            "zone",
            "closed_on",
            "mon-tue-wed",
            "holiday",
            "",
        ] {
            assert_eq!(days_of(name), None, "{name}");
        }
    }
}
