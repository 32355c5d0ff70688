//! Effects that would have to wait for the rate limit: they are given back until there is room for them, and hold no place
//! meanwhile that another location needs. It is no failure, whatever becomes of the effect later.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::client::{Lane, Location};
use crate::error::{Error, ErrorKind, Result};
use crate::recipes::missed_call::core::recipe::{Step, StepAction};
use crate::recipes::missed_call::engine::{Engine, LocationEntry};

/// How many requests it takes to look for what an attempt has left behind.
const LOOK: usize = 2;
/// The shortest time that an effect is put off, so that nothing is claimed in a loop.
const SHORTEST: Duration = Duration::from_millis(50);

/// Whether HighLevel, or what is known of its limits, says that it is too early.
pub(crate) fn is_too_early(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::DailyLimit)
}

impl LocationEntry {
    /// The same site with room for a look at what an attempt has left behind.
    pub(crate) fn ready_to_look(&self, lane: Lane) -> Result<Self> {
        self.with_places(lane, LOOK)
    }

    /// The same site with room for so many requests. Nothing that goes through it waits for the rate limit.
    pub(crate) fn with_places(&self, lane: Lane, places: usize) -> Result<Self> {
        Ok(Self {
            location: self.location.in_lane(lane).burst(places)?,
            recipe: self.recipe.clone(),
        })
    }
}

impl Engine {
    /// How many requests a step mostly takes: what it reads, and the action. Fewer are given back; what it takes beyond them
    /// has to find room while it is under way.
    pub(crate) fn places(&self, step: &Step) -> usize {
        // Where HighLevel's answers do not tell its time, what looks the same is read before an attempt.
        let is_told = self.shared.time.earliest().is_some();
        let before = if is_told { 0 } else { LOOK };
        match &step.action {
            StepAction::Text(_) | StepAction::ConfirmOptOut(_) | StepAction::Email(_) => 4 + before,
            StepAction::Note(_) | StepAction::Notify(_) => 3 + before,
            StepAction::Assign(_) | StepAction::Stage(_) => 3,
            StepAction::Task(_) => 2,
            StepAction::Tag(_)
            | StepAction::Untag(_)
            | StepAction::CompleteTask(_)
            | StepAction::Fields(_)
            | StepAction::DoNotDisturb
            | StepAction::Workflow(_) => 1,
            StepAction::Record(_) => 0,
        }
    }

    /// When there may be room for as many requests. Until there is room for twice as many, nothing more of the location and
    /// lane is claimed.
    pub(crate) fn put_off_until(
        &self,
        location: &Location,
        lane: Lane,
        places: usize,
    ) -> Timestamp {
        let shared = &self.shared;
        let location = location.in_lane(lane);
        let wait = |places| location.burst_wait(places).max(SHORTEST);
        let quarantine = shared.clock.elapsed() + wait(places * 2);
        shared.quarantine.add(location.id(), lane, quarantine);
        let wait = SignedDuration::try_from(wait(places)).unwrap_or(SignedDuration::MAX);
        let until = shared.clock.now().saturating_add(wait);
        until.unwrap_or(Timestamp::MAX)
    }

    /// The same for a look at what an attempt has left behind.
    pub(crate) fn look_put_off_until(&self, location: &Location, lane: Lane) -> Timestamp {
        self.put_off_until(location, lane, LOOK)
    }
}
