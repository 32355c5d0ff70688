//! When no texts go out at all: machines call, or HighLevel is about to block the location.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::TextFacts;
use crate::recipes::missed_call::compliance::{Basis, Flood, Sending, SuspensionLimits, sending};
use crate::recipes::missed_call::episode::{Episode, Reason, later};

/// How often a text that a flood holds back is asked about.
const DURING_A_FLOOD: SignedDuration = SignedDuration::from_mins(1);

impl Episode {
    /// What keeps the text back, until when, and why in a sentence.
    pub(super) fn breaker(
        &self,
        basis: Basis,
        facts: &TextFacts,
        now: Timestamp,
    ) -> Option<(Reason, Timestamp, String)> {
        // What answers the call is the last to be kept back, and the first that a flood of calls sets off.
        let answers = basis == Basis::InboundCall;
        let keeps = match sending(&facts.counts, &SuspensionLimits::default()) {
            Sending::Open => None,
            Sending::FollowUpsPaused(_) if answers => None,
            Sending::FollowUpsPaused(rate) | Sending::Stopped(rate) => Some(rate),
        };
        if let Some(rate) = keeps {
            let why = format!("of the location's texts of the day, too many {rate}");
            return Some((Reason::SendingPaused, next_day(now), why));
        }
        let flood = facts.flood.filter(|_| answers)?;
        let until = match flood {
            // An advertisement may do that too: whoever still waits when it is over is answered.
            Flood::TooManyNewCallers => later(now, DURING_A_FLOOD),
            // People have no numbers in a row.
            _ => Timestamp::MAX,
        };
        Some((Reason::Flood, until, flood.to_string()))
    }
}

/// When the day of HighLevel's rates begins anew: midnight in UTC.
fn next_day(now: Timestamp) -> Timestamp {
    let today = now.to_zoned(TimeZone::UTC);
    let tomorrow = today.tomorrow().and_then(|day| day.start_of_day());
    tomorrow.map_or(Timestamp::MAX, |day| day.timestamp())
}
