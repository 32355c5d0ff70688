//! Callers of whom nothing is known, and the floods they come in. What is known of them is in the store alone, so every
//! process comes to the same answer, a new one too.

use jiff::Timestamp;

use crate::recipes::missed_call::core::call::Caller;
use crate::recipes::missed_call::core::compliance::{CallFlood, flood};
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::model::MissedCall;
use crate::recipes::missed_call::core::recipe::Step;
use crate::recipes::missed_call::engine::Engine;
use crate::recipes::missed_call::store::{StoreError, Stored};

/// Notes that nothing is known of a caller but this call, if so. `latest` is their last episode before it.
///
/// One whose last call came in a flood is as unknown as before it: machines call again. One who hides their number cannot
/// be told from others.
pub(crate) fn note_new_caller(episode: &mut Episode, call: &MissedCall, latest: Option<&Stored>) {
    if !matches!(call.caller, None | Some(Caller::Number(_))) {
        return;
    }
    match latest {
        None => episode.opens_for_a_new_caller(None),
        Some(latest) if latest.state.came_in_a_flood() => {
            episode.opens_for_a_new_caller(latest.state.new_since);
        }
        Some(_) => {}
    }
}

impl Engine {
    /// The flood that the episode's call came in, as far as the calls tell that are stored by now, if this step is kept back
    /// by one.
    pub(crate) async fn flood_of(
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
        let store = &self.shared.store;
        let around = limits.callers_around(&call);
        let callers = store.new_callers(state.location(), &around).await?;
        let flood = flood(&call, &callers, limits);
        if let Some(flood) = flood {
            self.shared.warned.of_flood(state.location(), flood, now);
        }
        Ok(flood)
    }
}
