//! The live board: today's calls and how they stand, who waits for a person, what is late, and how the locations are.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::written;
use crate::recipes::missed_call::core::report::digest::urgency;
use crate::recipes::missed_call::core::report::outcome::Outcome;
use crate::recipes::missed_call::core::report::overview::why_urgent;
use crate::recipes::missed_call::core::report::plain;
use crate::recipes::missed_call::core::report::row::{Row, StepEnd};
use crate::recipes::missed_call::core::report::settings::Settings;

/// How many callers who wait for a person are listed.
const WAITING: usize = 25;
/// How many of today's calls are listed.
const CALLS: usize = 50;

/// All that the board shows.
pub(crate) struct Live<'a> {
    pub(crate) title: &'a str,
    pub(crate) now: Timestamp,
    /// What is wrong with the service, in a sentence each.
    pub(crate) alarms: Vec<String>,
    /// How many effects are late.
    pub(crate) late: u64,
    /// Callers of today, and those of the days before who still wait.
    pub(crate) callers: Vec<LiveCaller<'a>>,
    pub(crate) places: Vec<Place<'a>>,
}

/// A caller.
pub(crate) struct LiveCaller<'a> {
    pub(crate) row: &'a Row,
    pub(crate) place: &'a str,
    pub(crate) settings: &'a Settings,
    /// Until when the text waits, if it does.
    pub(crate) waits_until: Option<Timestamp>,
}

/// A location.
pub(crate) struct Place<'a> {
    pub(crate) name: &'a str,
    pub(crate) zone: &'a TimeZone,
    /// What keeps its calls from being answered, in a sentence each.
    pub(crate) problems: Vec<String>,
    pub(crate) open_episodes: Option<usize>,
    pub(crate) swept_until: Option<Timestamp>,
}

pub(super) fn view(live: &Live<'_>) -> Value {
    let today: Vec<&LiveCaller<'_>> = live
        .callers
        .iter()
        .filter(|it| it.is_of_today(live.now))
        .collect();
    let count = |counts: fn(&LiveCaller<'_>) -> bool| today.iter().filter(|it| counts(it)).count();
    let mut waiting: Vec<&LiveCaller<'_>> = live
        .callers
        .iter()
        .filter(|it| it.row.needs_somebody)
        .collect();
    waiting.sort_by_key(|it| (urgency(it.row, it.settings), it.row.call.ended_at));
    let mut calls = today.clone();
    calls.sort_by_key(|it| std::cmp::Reverse(it.row.call.ended_at));
    let open: usize = live.callers.iter().map(|it| it.open_steps()).sum();
    let utc = TimeZone::UTC;
    let zone = live.places.first().map_or(&utc, |place| place.zone);
    let several = live.places.len() > 1;
    let late = (live.late > 0).then(|| format!("{} late", live.late));
    json!({
        "title": live.title,
        "now": clock(live.now, zone),
        "zone": zone.iana_name().unwrap_or("UTC"),
        "alarms": live.alarms,
        "tiles": [
            {"label": "Need somebody now", "value": waiting.len(), "bad": !waiting.is_empty(), "note": null},
            {"label": "Missed callers today", "value": today.len(), "bad": false, "note": null},
            {"label": "Texted", "value": count(|it| !it.row.texts.is_empty()), "bad": false, "note": null},
            {"label": "Wrote back", "value": count(|it| it.row.reply.is_some()), "bad": false, "note": null},
            {"label": "Booked", "value": count(|it| it.row.booked_at.is_some()), "bad": false, "note": null},
            {"label": "Steps still to do", "value": open, "bad": false, "note": late},
        ],
        "waiting": waiting.iter().take(WAITING).map(|it| it.waiting(live.now, several)).collect::<Vec<_>>(),
        "waiting_more": waiting.len().saturating_sub(WAITING),
        "calls": calls.iter().take(CALLS).map(|it| it.call(several)).collect::<Vec<_>>(),
        "calls_more": calls.len().saturating_sub(CALLS),
        "places": live.places.iter().map(place).collect::<Vec<_>>(),
    })
}

impl LiveCaller<'_> {
    fn zone(&self) -> &TimeZone {
        self.settings.zone_of(self.row.call.called.as_ref())
    }

    fn is_of_today(&self, now: Timestamp) -> bool {
        let day = |at: Timestamp| at.to_zoned(self.zone().clone()).date();
        day(self.row.call.ended_at) == day(now)
    }

    fn open_steps(&self) -> usize {
        if self.row.closed_at.is_some() {
            return 0;
        }
        self.row
            .steps
            .iter()
            .filter(|step| step.end == StepEnd::Open)
            .count()
    }

    /// The location, if there are several, and the line.
    fn place(&self, several: bool) -> String {
        let line = self.settings.line(self.row.call.called.as_ref());
        let place = several.then_some(self.place);
        let parts = place.into_iter().chain(line.map(|line| line.name.as_str()));
        parts.collect::<Vec<_>>().join(", ")
    }

    fn waiting(&self, now: Timestamp, several: bool) -> Value {
        json!({
            "caller": written::caller(self.row.call.caller.as_ref(), false),
            "at": if self.is_of_today(now) {
                short_clock(self.row.call.ended_at, self.zone())
            } else {
                written::short_moment(self.row.call.ended_at, self.zone())
            },
            "for": written::duration(rounded(now.duration_since(self.row.call.ended_at))),
            "where": self.place(several),
            "why": why_urgent(self.row, self.settings).join("; "),
        })
    }

    fn call(&self, several: bool) -> Value {
        let (class, state) = self.state();
        json!({
            "caller": written::caller(self.row.call.caller.as_ref(), false),
            "at": short_clock(self.row.call.ended_at, self.zone()),
            "calls": self.row.missed_calls,
            "where": self.place(several),
            "class": class,
            "state": state,
            "needs": self.row.needs_somebody,
        })
    }

    /// How it stands, and whether that is good.
    fn state(&self) -> (&'static str, String) {
        let row = self.row;
        if row.is_doubtful() {
            return (
                "bad",
                "may have asked for no more texts; somebody must decide".to_owned(),
            );
        }
        if row.opted_out.is_some() {
            return ("done", "asked for no more texts".to_owned());
        }
        if row.booked_at.is_some() {
            return ("good", "booked".to_owned());
        }
        if row.asked_for_person_at.is_some() && row.needs_somebody {
            return ("bad", "asks for a person".to_owned());
        }
        if row.reached_at.is_some() {
            return ("good", "spoke with the team".to_owned());
        }
        if row.reply.is_some() {
            return ("good", "wrote back".to_owned());
        }
        if let Some(text) = row.first_text() {
            let after = written::duration(jiff::SignedDuration::from_secs(text.seconds_after_call));
            return ("done", format!("texted {after} after the call"));
        }
        if let Some(until) = self.waits_until {
            return (
                "work",
                format!("the text waits until {}", short_clock(until, self.zone())),
            );
        }
        match (&row.not_texted, &row.outcome) {
            (Some(reason), _) => ("done", format!("no text: {}", plain::why_no_text(reason))),
            (None, Outcome::NoText) => ("done", "the recipe has no text for the call".to_owned()),
            (None, _) => ("work", "the text is on its way".to_owned()),
        }
    }
}

fn place(place: &Place<'_>) -> Value {
    json!({
        "name": place.name,
        "problems": place.problems,
        "open": place.open_episodes,
        "swept": place.swept_until.map(|at| short_clock(at, place.zone)),
    })
}

/// To the minute, and from two hours on to the hour.
fn rounded(time: jiff::SignedDuration) -> jiff::SignedDuration {
    let seconds = time.as_secs().max(60);
    let unit = if seconds < 7_200 { 60 } else { 3_600 };
    jiff::SignedDuration::from_secs(seconds / unit * unit)
}

/// `10:02:15`.
fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string()
}

/// `10:02`.
fn short_clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}
