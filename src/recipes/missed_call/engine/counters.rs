//! What became of texts, counted by the day: HighLevel blocks a location whose rates are too high.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::Engine;
use crate::recipes::missed_call::core::compliance::{
    DAYS_OF_RATES, SendCounts, SuspensionLimits, sending,
};
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::recipe::{NearSuspension, Recipe, Step};
use crate::recipes::missed_call::store::StoreError;

/// The day of HighLevel's rates.
pub(super) fn day_of(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

impl Engine {
    /// What became of the texts of the episode's location on the days that tell whether HighLevel is about to block it.
    pub(super) async fn send_counts(
        &self,
        episode: &Episode,
        now: Timestamp,
    ) -> Result<Vec<SendCounts>, StoreError> {
        let location = episode.state().location();
        let mut days: Vec<Date> = day_of(now)
            .series(Span::new().days(-1))
            .take(DAYS_OF_RATES)
            .collect();
        days.reverse();
        let first = days.first().copied().unwrap_or_else(|| day_of(now));
        let known = self.shared.store.send_counts(location, first).await?;
        let of_day = |day| known.get(day).copied().unwrap_or_default();
        let counts: Vec<SendCounts> = days.iter().map(of_day).collect();
        if episode.recipe().near_suspension != NearSuspension::Ignored {
            let sending = sending(&counts, &SuspensionLimits::default());
            self.shared.warned.of_sending(location, sending);
        }
        Ok(counts)
    }
}

/// What this entry adds to the counts of the day. What becomes of a text after HighLevel has accepted it is not known.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::missed_call::core::model::StepName;

    #[test]
    fn what_became_of_a_text_is_counted_and_nothing_else() {
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
