//! Texts that were sent, failed or answered with an opt-out, counted by day: HighLevel blocks a location whose rates are too
//! high.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::recipes::missed_call::core::compliance::SendCounts;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::recipe::{Recipe, Step};

/// The day of HighLevel's rates.
pub(super) fn day_of(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// What this entry adds to the counts of the day.
pub(super) fn counted(kind: &EntryKind, recipe: &Recipe) -> SendCounts {
    let one = |is: bool| u64::from(is);
    let is_text = |step| recipe.step(step).is_some_and(Step::is_text);
    let (sent, failed, opted_out) = match kind {
        EntryKind::Done { step, .. } => (is_text(step), false, false),
        // One that may have been sent is no failure.
        EntryKind::NotDone { step, reason } if *reason == Reason::unknown_outcome() => {
            (is_text(step), false, false)
        }
        EntryKind::NotDone {
            step,
            reason: Reason::Failed(_),
        } => (is_text(step), is_text(step), false),
        // It was counted as sent when HighLevel accepted it.
        EntryKind::NotDelivered { step, .. } => (false, is_text(step), false),
        // HighLevel turns on do-not-disturb after it: that is the same opt-out once more.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::missed_call::core::model::StepName;

    #[test]
    fn the_end_of_a_text_is_counted_and_nothing_else() {
        let recipe = Recipe::preset("soleil").unwrap();
        let not_done = |step: &str, reason: Reason| EntryKind::NotDone {
            step: StepName::from_stored(step),
            reason,
        };
        let refused = || Reason::Failed("validation_400".into());
        let opted_out = |reason| EntryKind::OptedOut { reason };
        for (kind, expected) in [
            (not_done("text", refused()), (1, 1, 0)),
            (not_done("task", refused()), (0, 0, 0)),
            (not_done("text", Reason::unknown_outcome()), (1, 0, 0)),
            (not_done("text", Reason::Stale), (0, 0, 0)),
            (opted_out(Reason::OptedOut), (0, 0, 1)),
            (opted_out(Reason::DoNotDisturb), (0, 0, 0)),
        ] {
            let SendCounts {
                sent,
                failed,
                opted_out,
            } = counted(&kind, &recipe);
            assert_eq!((sent, failed, opted_out), expected, "{kind:?}");
        }
    }
}
