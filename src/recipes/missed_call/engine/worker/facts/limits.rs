//! What keeps texts back for a whole location: floods of calls, and rates at which HighLevel blocks it. All of it is in the
//! store, so every process comes to the same answer, a new one too.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use crate::recipes::missed_call::core::compliance::{
    CallFlood, DAYS_OF_RATES, SendCounts, SuspensionLimits, flood, sending,
};
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::recipe::{NearSuspension, Step};
use crate::recipes::missed_call::engine::daily_counts::day_of;
use crate::recipes::missed_call::engine::worker::Worker;
use crate::recipes::missed_call::store::StoreError;

impl Worker {
    /// The counts of the texts of the episode's location on the days that decide whether HighLevel is about to block it.
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
        let known = self.base.store.send_counts(location, first).await?;
        let of_day = |day| known.get(day).copied().unwrap_or_default();
        let counts: Vec<SendCounts> = days.iter().map(of_day).collect();
        if episode.recipe().near_suspension != NearSuspension::Ignored {
            let sending = sending(&counts, &SuspensionLimits::default());
            self.base.log_once.of_sending(location, sending);
        }
        Ok(counts)
    }

    /// The flood that the episode's call came in, as far as the stored calls show one, if a flood keeps this step back.
    pub(super) async fn flood_of(
        &self,
        episode: &Episode,
        step: &Step,
        now: Timestamp,
    ) -> Result<Option<CallFlood>, StoreError> {
        let (state, recipe) = (episode.state(), episode.recipe());
        let call = state.new_caller();
        let call = call.filter(|_| recipe.is_first_reply(step));
        let Some((call, limits)) = call.zip(recipe.flood.as_ref()) else {
            return Ok(None);
        };
        let store = &self.base.store;
        let around = limits.callers_around(&call);
        let callers = store.new_callers(state.location(), &around).await?;
        let flood = flood(&call, &callers, limits);
        if let Some(flood) = flood {
            self.base.log_once.of_flood(state.location(), flood, now);
        }
        Ok(flood)
    }
}
