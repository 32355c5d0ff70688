//! The daily digest: one day of one location in a few lines of plain text, for the people who are responsible for the calls.
//!
//! It begins with the counts of the day's calls. Then it lists every caller who still needs attention, the most urgent
//! first. An experiment that holds the text back from some callers has a line at the end. The order of urgency: the caller may have opted out and somebody must decide, asked for a person, wants an
//! appointment, opened the link, called a number with priority, called again. Among equals, the one who called more often comes first, then the one who called earlier.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::outcome::Outcome;
use super::projection::Report;
use super::row::Row;
use super::settings::Settings;
use crate::recipes::missed_call::core::reply::Reply;
use crate::secret::Private;

/// The line of callers who may have opted out.
const DOUBTS: &str = "May have opted out";

/// The digest of one day. It contains callers' numbers, because the team has to call them; `Debug` does not show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Digest {
    /// The day, in the settings' zone.
    pub day: Date,
    /// How many callers there were: episodes whose first call ended on that day.
    pub callers: usize,
    /// How many of them still need attention.
    pub waiting: usize,
    text: Private<String>,
}

impl Digest {
    /// The digest of this day, which begins and ends at midnight of the settings' zone. Pass a report of one location whose
    /// entries include the latest.
    pub fn of(report: &Report, day: Date, settings: &Settings) -> Self {
        let is_of_day = |at: jiff::Timestamp| at.to_zoned(settings.zone.clone()).date() == day;
        let rows = report.rows.iter();
        let rows: Vec<&Row> = rows.filter(|row| is_of_day(row.call.ended_at)).collect();
        let unclear = report.unclear_calls.iter();
        let unclear = unclear.filter(|call| is_of_day(call.at)).count();
        let mut waiting: Vec<&Row> = rows
            .iter()
            .copied()
            .filter(|row| row.needs_somebody)
            .collect();
        waiting.sort_by_key(|row| {
            let calls = std::cmp::Reverse(row.missed_calls);
            (urgency(row, settings), calls, row.call.ended_at)
        });
        let mut text = format!("Missed calls on {}\n\n", day.strftime("%A, %-d %B %Y"));
        let dry = rows.iter().filter(|row| row.dry_run).count();
        if dry > 0 {
            let callers = many(dry as u64, "caller");
            text.push_str(&format!(
                "DRY RUN: nothing was sent for {callers}, and nothing was written to HighLevel.\n\n"
            ));
        }
        push_counts(&mut text, &rows, unclear);
        push_waiting(&mut text, &rows, &waiting, settings);
        let is_before = |row: &&Row| {
            row.call.ended_at.to_zoned(settings.zone.clone()).date() < day && row.needs_somebody
        };
        let before = report.rows.iter().filter(is_before).count();
        if before > 0 {
            let callers = many(before as u64, "caller");
            let need = if before == 1 { "needs" } else { "need" };
            text.push_str(&format!(
                "\n{callers} of earlier days still {need} attention.\n"
            ));
        }
        for experiment in &report.experiments {
            text.push_str(&format!("\n{experiment}.\n"));
        }
        Self {
            day,
            callers: rows.len(),
            waiting: waiting.len(),
            text: text.into(),
        }
    }

    /// The text, with callers' numbers. Lines end with `\n`.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Why a caller is urgent, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    MayHaveOptedOut,
    AsksForPerson,
    WantsAppointment,
    Clicked,
    Priority,
    CalledAgain,
    Not,
}

pub(super) fn urgency(row: &Row, settings: &Settings) -> Urgency {
    let line = settings.line(row.call.called.as_ref());
    if row.is_doubtful() {
        Urgency::MayHaveOptedOut
    } else if row.asked_for_person_at.is_some() {
        Urgency::AsksForPerson
    } else if wants_appointment(row) {
        Urgency::WantsAppointment
    } else if row.clicked_at.is_some() {
        Urgency::Clicked
    } else if line.is_some_and(|line| line.priority) {
        Urgency::Priority
    } else if row.missed_calls > 1 {
        Urgency::CalledAgain
    } else {
        Urgency::Not
    }
}

fn wants_appointment(row: &Row) -> bool {
    let reply = row.reply.as_ref();
    reply.is_some_and(|reply| reply.kind == Reply::Booking)
}

fn push_counts(text: &mut String, rows: &[&Row], unclear: usize) {
    let count = |counts: fn(&Row) -> bool| rows.iter().filter(|row| counts(row)).count();
    let calls: u64 = rows.iter().map(|row| u64::from(row.missed_calls)).sum();
    if rows.is_empty() {
        text.push_str("There were none.\n");
    } else {
        text.push_str(&format!(
            "Callers: {} ({})\n",
            rows.len(),
            many(calls, "missed call")
        ));
        let texted = count(|row| !row.texts.is_empty());
        text.push_str(&format!("Texted: {texted}\n"));
        push_receipts(text, rows);
        push_not_texted(text, rows);
        for (name, number) in [
            ("Replied", count(|row| row.reply.is_some())),
            (
                "Asked for a person",
                count(|row| row.asked_for_person_at.is_some()),
            ),
            ("Opted out", count(|row| row.opted_out.is_some())),
            (DOUBTS, count(Row::is_doubtful)),
            ("Reached", count(|row| row.reached_at.is_some())),
            ("Booked", count(|row| row.outcome == Outcome::Booked)),
        ] {
            // Doubts are rare.
            if number > 0 || name != DOUBTS {
                text.push_str(&format!("{name}: {number}\n"));
            }
        }
    }
    if unclear > 0 {
        let calls = many(unclear as u64, "call");
        text.push_str(&format!(
            "\n{calls} could not be classified as missed or answered; please check.\n"
        ));
    }
}

/// What became of the texts, where HighLevel has said it of one.
fn push_receipts(text: &mut String, rows: &[&Row]) {
    let receipts = rows.iter().flat_map(|row| &row.texts);
    let receipts = receipts.filter_map(|text| text.receipt.as_ref());
    let (failed, delivered): (Vec<_>, Vec<_>) =
        receipts.partition(|receipt| receipt.failure.is_some());
    if failed.len() + delivered.len() > 0 {
        text.push_str(&format!("  Texts delivered: {}\n", delivered.len()));
        text.push_str(&format!("  Texts not delivered: {}\n", failed.len()));
    }
}

/// How many callers were not texted, and why, the most frequent reason first.
fn push_not_texted(text: &mut String, rows: &[&Row]) {
    let without = rows.iter().filter(|row| row.texts.is_empty());
    let mut reasons: BTreeMap<Cow<'static, str>, usize> = BTreeMap::new();
    for row in without {
        let reason = match &row.not_texted {
            _ if row.would_text => "dry run: they would have got a text".into(),
            Some(reason) => reason.human_message(),
            None if row.outcome == Outcome::NoText => "the recipe has no text for the call".into(),
            None => "not yet".into(),
        };
        *reasons.entry(reason).or_default() += 1;
    }
    let total: usize = reasons.values().sum();
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    text.push_str(&format!("Not texted: {total}\n"));
    for (reason, count) in reasons {
        text.push_str(&format!("  {count}: {reason}\n"));
    }
}

fn push_waiting(text: &mut String, rows: &[&Row], waiting: &[&Row], settings: &Settings) {
    match (rows.len(), waiting.len()) {
        (0, _) => {}
        (_, 0) => text.push_str("\nAll callers have been taken care of.\n"),
        (_, count) => {
            let callers = many(count as u64, "caller");
            let need = if count == 1 { "needs" } else { "need" };
            text.push_str(&format!(
                "\n{callers} still {need} attention, the most urgent first:\n"
            ));
        }
    }
    for (row, number) in waiting.iter().zip(1..) {
        text.push_str(&format!("{number}. {}\n", line(row, settings)));
    }
}

/// `10:02 +13125550142 called North 3 times: asks for a person; texted`.
fn line(row: &Row, settings: &Settings) -> String {
    let called = row.call.called.as_ref();
    let at = row.call.ended_at.to_zoned(settings.zone_of(called).clone());
    let caller = row.call.caller.as_ref().map(|caller| caller.e164());
    let mut line = format!(
        "{} {}",
        at.strftime("%H:%M"),
        caller.unwrap_or("unknown number")
    );
    match (settings.line(called), called) {
        (Some(business), _) => line.push_str(&format!(" called {}", one_line(&business.name))),
        (None, Some(called)) => line.push_str(&format!(" called {}", called.e164())),
        (None, None) => line.push_str(" called"),
    }
    if row.missed_calls > 1 {
        line.push_str(&format!(" {} times", row.missed_calls));
    }
    let mut notes = Vec::new();
    if row.is_doubtful() {
        notes.push("may have asked for no more texts; somebody must decide".to_owned());
    }
    if row.asked_for_person_at.is_some() {
        notes.push("asks for a person".to_owned());
    }
    if wants_appointment(row) {
        notes.push("wants an appointment".to_owned());
    }
    if row.clicked_at.is_some() {
        notes.push("opened the link".to_owned());
    }
    if settings
        .line(called)
        .is_some_and(|business| business.priority)
    {
        notes.push("priority".to_owned());
    }
    notes.push(match (&row.texts[..], &row.not_texted) {
        ([_, ..], _) if row.is_not_delivered() => "the text did not arrive".to_owned(),
        ([_, ..], _) => "texted".to_owned(),
        ([], _) if row.would_text => "no text: dry run".to_owned(),
        ([], Some(reason)) => format!("no text: {}", reason.human_message()),
        ([], None) if row.outcome == Outcome::NoText => "no text".to_owned(),
        ([], None) => "no text yet".to_owned(),
    });
    line.push_str(&format!(": {}", notes.join("; ")));
    line
}

/// The name without line ends and control characters.
fn one_line(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn many(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}
