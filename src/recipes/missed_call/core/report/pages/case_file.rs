//! The case file: everything that the ledger knows of one caller, on one page, for the owner, for the caller who asks for it, or
//! for a lawyer.

use std::fmt;

use serde_json::{Value, json};

use super::case_events::{Event, Events};
use super::written::{self, many};
use crate::recipes::missed_call::core::ledger::{CallRecord, Entry, EntryKind};
use crate::recipes::missed_call::core::report::outcome::Outcome;
use crate::recipes::missed_call::core::report::plain;
use crate::recipes::missed_call::core::report::projection::Report;
use crate::recipes::missed_call::core::report::row::Row;
use crate::recipes::missed_call::core::report::settings::Settings;

/// How much of the person a case file shows.
// Exhaustive on purpose: who asks for a case file decides between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Numbers, ids, and each text as it was read.
    Full,
    /// The last four digits of numbers. Instead of ids `hidden`; instead of a text the name, version and length of its copy.
    Redacted,
}

/// The case of one caller. `Debug` shows nothing of it.
#[derive(Clone, PartialEq)]
pub struct CaseFile {
    view: Value,
}

impl fmt::Debug for CaseFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseFile").finish_non_exhaustive()
    }
}

impl CaseFile {
    /// The case of these entries: all entries of one episode, or of several of one caller, oldest first, as
    /// [`LedgerQuery::of_episode`](crate::recipes::missed_call::store::LedgerQuery::of_episode) finds them. `None` if no
    /// missed call is among them.
    pub fn of(entries: &[Entry], settings: &Settings, detail: Detail) -> Option<Self> {
        let report = Report::of(entries, settings);
        let opening = |entry: &Entry| match &entry.kind {
            EntryKind::CallMissed { call, .. } => Some(call.clone()),
            _ => None,
        };
        let call = entries.iter().find_map(opening)?;
        let zone = settings.zone_of(call.called.as_ref());
        let mut events = Events::new(detail, zone);
        for entry in entries {
            events.take(entry);
        }
        let row = report.rows.last()?;
        let view = json!({
            "caller": written::caller(call.caller.as_ref(), detail == Detail::Full),
            "contact": contact(&call, detail),
            "line": settings.line(call.called.as_ref()).map(|line| line.name.clone()),
            "called": call.called.as_ref().map(|called| written::caller(Some(called), true)),
            "first_call": written::moment(call.ended_at, zone),
            "zone": zone.iana_name().unwrap_or("UTC"),
            "recipe": row.recipe,
            "recipe_fingerprint": row.recipe_fingerprint,
            "episodes": report.rows.len(),
            "calls": many(report.rows.iter().map(|row| u64::from(row.missed_calls)).sum(), "missed call", "missed calls"),
            "outcome": outcome(row),
            "texts": many(report.rows.iter().map(|row| row.texts.len() as u64).sum(), "text", "texts"),
            "redacted": detail == Detail::Redacted,
            "needs_somebody": row.needs_somebody,
            "events": events.into_inner().iter().map(Event::view).collect::<Vec<_>>(),
        });
        Some(Self { view })
    }

    pub(super) fn view(&self) -> &Value {
        &self.view
    }
}

fn contact(call: &CallRecord, detail: Detail) -> String {
    match detail {
        Detail::Full => call.contact.to_string(),
        Detail::Redacted => "hidden".to_owned(),
    }
}

/// How it ended, as a sentence.
fn outcome(row: &Row) -> String {
    match &row.outcome {
        Outcome::Booked => "The caller has an appointment.".to_owned(),
        Outcome::Connected => "The team spoke with the caller.".to_owned(),
        Outcome::OptedOut => "The caller asked for no more texts.".to_owned(),
        Outcome::Replied => "The caller wrote back.".to_owned(),
        Outcome::Texted => "A text was sent. The caller has not answered so far.".to_owned(),
        Outcome::Open => "It is not decided yet whether there will be a text.".to_owned(),
        Outcome::NoText => "The recipe has no text for this call.".to_owned(),
        Outcome::DryRun => "Dry run: a text would have been sent.".to_owned(),
        Outcome::HeldOut
        | Outcome::Stale
        | Outcome::Suppressed(_)
        | Outcome::Failed(_)
        | Outcome::NotNeeded(_) => {
            let reason = row.outcome.reason();
            format!(
                "No text: {}.",
                reason.map_or("not known", plain::why_no_text)
            )
        }
    }
}
