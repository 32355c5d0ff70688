//! Decides when no texts are sent at all: in a flood of calls, or if HighLevel is about to block the location.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::facts::TextFacts;
use crate::recipes::missed_call::core::compliance::{
    Basis, Exceeded, Sending, SuspensionLimits, sending,
};
use crate::recipes::missed_call::core::episode::{Episode, later};
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::recipe::NearSuspension;

/// How much older than the first call a contact must be, so that the call cannot have created it. A call rings, may wait in
/// a queue, and may be dated by its end.
const OLDER_THAN_THE_CALL: SignedDuration = SignedDuration::from_mins(5);

impl Episode {
    /// The reason that holds the text back, until when, and an explanation.
    pub(super) fn breaker(
        &self,
        basis: Basis,
        facts: &TextFacts,
        now: Timestamp,
    ) -> Option<(Reason, Timestamp, String)> {
        // The reply to the call is the last text to be paused, and the only one that a flood of calls can cause.
        let answers = basis == Basis::InboundCall;
        if let Some(exceeded) = self.exceeded(answers, facts) {
            let reason = Reason::RateTooHigh(exceeded);
            return Some((reason, next_day(now), exceeded.to_string()));
        }
        let flood = facts.flood.filter(|_| answers && !self.is_known(facts))?;
        // A call of a flood is not answered later either.
        Some((Reason::Flood, Timestamp::MAX, flood.to_string()))
    }

    /// The rate that holds the text back.
    fn exceeded(&self, answers: bool, facts: &TextFacts) -> Option<Exceeded> {
        let sending = sending(&facts.counts, &SuspensionLimits::default());
        match (sending, self.recipe.near_suspension) {
            (Sending::Open, _) | (_, NearSuspension::Ignored) => None,
            (Sending::FollowUpsPaused(_), _) if answers => None,
            (_, NearSuspension::PauseFollowUps) if answers => None,
            (Sending::FollowUpsPaused(exceeded) | Sending::Stopped(exceeded), _) => Some(exceeded),
        }
    }

    /// Whether the business knew the caller before their first call here. Such a caller is not a machine, even during a
    /// flood.
    fn is_known(&self, facts: &TextFacts) -> bool {
        let Some(since) = self.state.new_since else {
            return true;
        };
        let made_at = facts.contact_made_at;
        made_at.is_some_and(|made_at| later(made_at, OLDER_THAN_THE_CALL) <= since)
    }
}

/// The start of the next day of HighLevel's rates: midnight in UTC.
fn next_day(now: Timestamp) -> Timestamp {
    let today = now.to_zoned(TimeZone::UTC);
    let tomorrow = today.tomorrow().and_then(|day| day.start_of_day());
    tomorrow.map_or(Timestamp::MAX, |day| day.timestamp())
}
