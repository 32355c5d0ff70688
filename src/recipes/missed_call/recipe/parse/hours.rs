//! The keys of the business's hours.

use jiff::civil::{Date, Weekday};

use crate::recipes::missed_call::compliance::{BusinessHours, Week, Window, zone};
use crate::recipes::missed_call::recipe::problem::Fault;
use crate::recipes::missed_call::recipe::reader::{Found, Notes, Section};

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

pub(super) fn read_hours(
    notes: &mut Notes<'_>,
    section: Option<Section<'_>>,
) -> Option<BusinessHours> {
    const ZONE: &str = "write the IANA name of the zone, such as zone = \"America/Chicago\"";
    let mut section = section?;
    let name = section.required_text(notes, "zone", ZONE);
    let zone = name.and_then(|name| {
        let zone = zone(&name.value);
        if zone.is_none() {
            name.refuse(notes, Fault::new("not the name of a time zone", ZONE));
        }
        zone
    });
    let every_day = section.text(notes, "every_day");
    let mut week = Week::every_day(windows(notes, every_day.as_ref()));
    let mut told = every_day.is_some();
    for (key, day) in DAYS {
        if let Some(text) = section.text(notes, key) {
            told = true;
            week = week.with(day, windows(notes, Some(&text)));
        }
    }
    if !told {
        let remedy = "write such as monday = \"09:00-17:00\", or every_day = \"09:00-17:00\"";
        section.refuse(notes, Fault::new("hours without a day", remedy));
    }
    let mut closed: Vec<Date> = Vec::new();
    for text in section.texts(notes, "closed_on") {
        match text.parse() {
            Ok(date) => closed.push(date),
            Err(_) => section.refuse_key(
                notes,
                "closed_on",
                Fault::new("not a date", "write such as \"2026-12-25\""),
            ),
        }
    }
    section.finish(notes);
    Some(BusinessHours::new(zone?, week).closed_on(closed))
}

/// The windows of a day: `"closed"`, or one or more with commas between them.
fn windows(notes: &mut Notes<'_>, text: Option<&Found<String>>) -> Vec<Window> {
    let Some(text) = text.filter(|text| text.value != "closed") else {
        return Vec::new();
    };
    let windows: Result<Vec<Window>, _> = text.value.split(',').map(str::parse).collect();
    windows.unwrap_or_else(|_| {
        let remedy = "write such as \"09:00-17:00\", \"09:00-12:00, 13:00-17:00\" or \"closed\"; what goes on past \
                      midnight is 18:00-24:00 on one day and 00:00-02:00 on the next";
        text.refuse(notes, Fault::new("no hours of a day", remedy));
        Vec::new()
    })
}
