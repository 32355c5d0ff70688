//! The weekly business review: eleven columns, one record per episode, then the totals.
//!
//! | column | content |
//! |---|---|
//! | Studio | the line's name in the settings, or the number that was called |
//! | Caller number | as dialled from North America: `(773) 555-0113`, `011 447700900123`; blank if withheld |
//! | Call time | when the first call ended, `2026-11-20 10:02:15` in the line's zone |
//! | Answered or missed | `missed`: the ledger opens no episode for a call that was answered |
//! | Text sent | `yes`, `yes: delivered`, `yes: not delivered`, `not yet`, or `no` with the reason in words: `no: the caller has opted out; do not text` |
//! | Booking link clicked | `yes`; otherwise blank for unknown, or `no` if the settings say that every click is reported |
//! | Reply received | `yes`, `no`, or `opt-out` for a message that asked for no more texts and nothing else |
//! | Manual handoff needed | `yes` if the caller asked for a person, `no` |
//! | Recovered appointment | `yes` if a booking is credited to the episode, `no` |
//! | Estimated recovered revenue, low and high | the minimum and maximum value of the credited bookings; blank if there are none, or if it is unknown |
//!
//! The last records are totals: one for each line if there are several (`Total North`), and one for all (`Total`). They hold
//! the number of missed calls, how often the other columns say `yes`, and the revenue. The file begins with a byte order
//! mark (U+FEFF), by which spreadsheets recognise UTF-8.
//!
//! A booking counts with or without a click.

use std::collections::BTreeMap;

use super::csv::push_record;
use super::outcome::Outcome;
use super::row::Row;
use super::settings::{Revenue, Settings};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::model::Reason;
use crate::secret::Private;

/// The number of columns.
const WIDTH: usize = 11;

/// Tells spreadsheets that the file is UTF-8. Without it, they garble a name such as `Café`.
const BYTE_ORDER_MARK: char = '\u{feff}';

const COLUMNS: [&str; WIDTH] = [
    "Studio",
    "Caller number",
    "Call time",
    "Answered or missed",
    "Text sent",
    "Booking link clicked",
    "Reply received",
    "Manual handoff needed",
    "Recovered appointment",
    "Estimated recovered revenue (low)",
    "Estimated recovered revenue (high)",
];

/// The rows as CSV (RFC 4180, UTF-8 with a byte order mark, with header and totals), safe to open in a spreadsheet. It holds
/// callers' numbers.
pub fn weekly_review_csv<'r>(
    rows: impl IntoIterator<Item = &'r Row>,
    settings: &Settings,
) -> Private<String> {
    let mut csv = String::from(BYTE_ORDER_MARK);
    push_record(&mut csv, COLUMNS);
    let mut of_all = Sums::default();
    let mut of_lines: BTreeMap<String, Sums> = BTreeMap::new();
    for row in rows {
        let line = line_name(row, settings);
        of_all.add(row, settings);
        of_lines.entry(line.clone()).or_default().add(row, settings);
        push(&mut csv, record(line, row, settings));
    }
    if of_lines.len() > 1 {
        for (line, sums) in of_lines {
            let name = if line.is_empty() { "unknown" } else { &line };
            push(&mut csv, sums.record(&format!("Total {name}")));
        }
    }
    push(&mut csv, of_all.record("Total"));
    csv.into()
}

fn push(csv: &mut String, cells: [String; WIDTH]) {
    push_record(csv, cells.iter().map(String::as_str));
}

/// The totals of several rows.
#[derive(Default)]
struct Sums {
    missed: u64,
    texted: u64,
    clicked: u64,
    replied: u64,
    handed_off: u64,
    recovered: u64,
    revenue: Option<Revenue>,
}

impl Sums {
    fn add(&mut self, row: &Row, settings: &Settings) {
        self.missed += 1;
        self.texted += u64::from(!row.texts.is_empty());
        self.clicked += u64::from(row.clicked_at.is_some());
        self.replied += u64::from(row.reply.is_some());
        self.handed_off += u64::from(row.asked_for_person_at.is_some());
        self.recovered += u64::from(!row.recovered.is_empty());
        let revenue = recovered_revenue(row, settings);
        self.revenue = match (self.revenue.take(), revenue) {
            (Some(sum), Some(revenue)) => Some(sum.plus(revenue)),
            (sum, revenue) => sum.or(revenue),
        };
    }

    fn record(&self, name: &str) -> [String; WIDTH] {
        let [low, high] = low_and_high(self.revenue);
        [
            name.to_owned(),
            String::new(),
            String::new(),
            self.missed.to_string(),
            self.texted.to_string(),
            self.clicked.to_string(),
            self.replied.to_string(),
            self.handed_off.to_string(),
            self.recovered.to_string(),
            low,
            high,
        ]
    }
}

/// The name of the line that was called, else its number; empty if neither is known.
pub(super) fn line_name(row: &Row, settings: &Settings) -> String {
    let called = row.call.called.as_ref();
    match (settings.line(called), called) {
        (Some(line), _) => line.name.clone(),
        (None, Some(called)) => dialled(called),
        (None, None) => String::new(),
    }
}

fn record(line: String, row: &Row, settings: &Settings) -> [String; WIDTH] {
    let called = row.call.called.as_ref();
    let call_time = row
        .call
        .ended_at
        .to_zoned(settings.zone_of(called).clone())
        .strftime("%Y-%m-%d %H:%M:%S");
    let [low, high] = low_and_high(recovered_revenue(row, settings));
    [
        line,
        row.call.caller.as_ref().map(dialled).unwrap_or_default(),
        call_time.to_string(),
        "missed".to_owned(),
        text_sent(row),
        clicked(row, settings).to_owned(),
        reply_received(row).to_owned(),
        yes_or_no(row.asked_for_person_at.is_some()).to_owned(),
        yes_or_no(!row.recovered.is_empty()).to_owned(),
        low,
        high,
    ]
}

/// The number as dialled from North America. A leading `+` would turn the cell into a formula.
pub(super) fn dialled(number: &PhoneNumber) -> String {
    let digits = number.e164().trim_start_matches('+');
    match digits.strip_prefix('1') {
        Some(national) if national.len() == 10 => {
            let (area, rest) = national.split_at(3);
            let (exchange, line) = rest.split_at(3);
            format!("({area}) {exchange}-{line}")
        }
        _ => format!("011 {digits}"),
    }
}

fn low_and_high(revenue: Option<Revenue>) -> [String; 2] {
    let written = |revenue: Revenue| {
        let money = |cents| Revenue::exactly(cents).to_string();
        [money(revenue.low()), money(revenue.high())]
    };
    revenue.map(written).unwrap_or_default()
}

/// The sum of the known values of the credited bookings.
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
        (texts @ [_, ..], _) => {
            let receipts = texts.iter().filter_map(|text| text.receipt.as_ref());
            let mut receipts = receipts.map(|receipt| receipt.failure.is_none());
            match receipts.next() {
                None => "yes",
                Some(delivered) if delivered || receipts.any(|it| it) => "yes: delivered",
                Some(_) => "yes: not delivered",
            }
            .to_owned()
        }
        ([], Some(reason)) => format!("no: {}", reason.human_message()),
        ([], None) if row.closed_at.is_some() && row.outcome != Outcome::Open => "no".to_owned(),
        ([], None) => "not yet".to_owned(),
    }
}

fn clicked(row: &Row, settings: &Settings) -> &'static str {
    match row.clicked_at {
        Some(_) => "yes",
        None if settings.all_clicks_reported => "no",
        None => "",
    }
}

fn reply_received(row: &Row) -> &'static str {
    if row.is_doubtful() {
        return "opt-out?";
    }
    match (&row.reply, &row.opted_out) {
        (Some(_), _) => "yes",
        (None, Some(opt_out)) if opt_out.reason == Reason::OptedOut => "opt-out",
        _ => "no",
    }
}
