//! The weekly business review: ten columns, one record per episode.
//!
//! | column | what stands in it |
//! |---|---|
//! | Studio | the name in the settings of the number that was called, or the number itself |
//! | Caller number | in E.164, behind a `'`; blank where withheld |
//! | Call time | when the first call ended, `2026-11-20 10:02:15` in the studio's zone |
//! | Answered or missed | `missed`: the ledger opens no episode for a call that was answered |
//! | Text sent | `yes`, `not yet`, or `no` with the code of the reason: `no (do_not_disturb)` |
//! | Booking link clicked | `yes`; otherwise blank for unknown, or `no` if the settings say that every click is told |
//! | Reply received | `yes`, `no`, or `opt-out` for a message that asked for no more texts and nothing else |
//! | Manual handoff needed | `yes` if the caller asked for a person, `no` |
//! | Recovered appointment | `yes` if a booking is credited to the episode, `no` |
//! | Estimated recovered revenue | what the credited bookings are worth; blank without one, or where that is unknown |
//!
//! A click is evidence and no condition: a booking counts without one.

use super::csv::push_record;
use super::outcome::Outcome;
use super::row::Row;
use super::settings::{Revenue, Settings};
use crate::recipes::missed_call::episode::Reason;
use crate::secret::Private;

const COLUMNS: [&str; 10] = [
    "Studio",
    "Caller number",
    "Call time",
    "Answered or missed",
    "Text sent",
    "Booking link clicked",
    "Reply received",
    "Manual handoff needed",
    "Recovered appointment",
    "Estimated recovered revenue",
];

/// The rows as CSV (RFC 4180, with the header), safe to open in a spreadsheet. It holds callers' numbers.
pub fn wbr_csv<'r>(
    rows: impl IntoIterator<Item = &'r Row>,
    settings: &Settings,
) -> Private<String> {
    let mut csv = String::new();
    push_record(&mut csv, COLUMNS);
    for row in rows {
        let cells = record(row, settings);
        push_record(&mut csv, cells.iter().map(String::as_str));
    }
    csv.into()
}

fn record(row: &Row, settings: &Settings) -> [String; 10] {
    let called = row.call.called.as_ref();
    let studio = match (settings.studio(called), called) {
        (Some(studio), _) => studio.name.clone(),
        (None, Some(called)) => called.e164().to_owned(),
        (None, None) => String::new(),
    };
    let caller = row.call.caller.as_ref().map(|caller| caller.e164());
    let call_time = row
        .call
        .ended_at
        .to_zoned(settings.zone_of(called).clone())
        .strftime("%Y-%m-%d %H:%M:%S");
    let revenue = recovered_revenue(row, settings).map(|revenue| revenue.to_string());
    [
        studio,
        caller.unwrap_or_default().to_owned(),
        call_time.to_string(),
        "missed".to_owned(),
        text_sent(row),
        clicked(row, settings).to_owned(),
        reply_received(row).to_owned(),
        yes_or_no(row.asked_for_person_at.is_some()).to_owned(),
        yes_or_no(!row.recovered.is_empty()).to_owned(),
        revenue.unwrap_or_default(),
    ]
}

/// What the credited bookings are worth together, as far as that is known of any.
pub(super) fn recovered_revenue(row: &Row, settings: &Settings) -> Option<Revenue> {
    let called = row.call.called.as_ref();
    row.recovered
        .iter()
        .filter_map(|booking| settings.worth(&booking.reference, called))
        .reduce(Revenue::plus)
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn text_sent(row: &Row) -> String {
    match (&row.texts[..], &row.not_texted) {
        ([_, ..], _) => "yes".to_owned(),
        ([], Some(reason)) => format!("no ({reason})"),
        ([], None) if row.closed_at.is_some() && row.outcome != Outcome::Open => "no".to_owned(),
        ([], None) => "not yet".to_owned(),
    }
}

fn clicked(row: &Row, settings: &Settings) -> &'static str {
    match row.clicked_at {
        Some(_) => "yes",
        None if settings.clicks_are_told => "no",
        None => "",
    }
}

fn reply_received(row: &Row) -> &'static str {
    match (&row.reply, &row.opted_out) {
        (Some(_), _) => "yes",
        (None, Some(opt_out)) if opt_out.reason == Reason::OptedOut => "opt-out",
        _ => "no",
    }
}
