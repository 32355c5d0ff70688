//! What became of texts, counted by the day: HighLevel blocks a location whose rates are too high.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::recipes::missed_call::compliance::SendCounts;
use crate::recipes::missed_call::episode::Reason;
use crate::recipes::missed_call::ledger::EntryKind;
use crate::recipes::missed_call::recipe::{Recipe, Step};

/// The day of HighLevel's rates.
pub(super) fn day_of(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// What this entry adds to the counts of the day. What becomes of a text after HighLevel has accepted it is not known.
pub(super) fn counted(kind: &EntryKind, recipe: &Recipe) -> SendCounts {
    let one = |is: bool| u64::from(is);
    let is_text = |step| recipe.step(step).is_some_and(Step::is_text);
    let (sent, failed, opted_out) = match kind {
        EntryKind::Done { step, .. } => (is_text(step), false, false),
        EntryKind::NotDone {
            step,
            reason: Reason::Failed(_),
        } => (is_text(step), is_text(step), false),
        // HighLevel turns on do-not-disturb after it: that is the same no once more.
        EntryKind::OptedOut {
            reason: Reason::OptedOut,
        } => (false, false, true),
        _ => (false, false, false),
    };
    SendCounts {
        sent: one(sent),
        failed: one(failed),
        opted_out: one(opted_out),
    }
}
