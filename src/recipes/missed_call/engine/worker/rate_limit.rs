//! Effects that would have to wait for the rate limit: they are given back until there is room for them, and hold no place
//! meanwhile that another location needs. That does not count as a failure of the effect.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Worker;
use crate::client::{Lane, Location};
use crate::error::{Error, ErrorKind, Result};
use crate::recipes::missed_call::core::recipe::{Step, StepAction};
use crate::recipes::missed_call::engine::locations::LocationEntry;

/// How many requests it takes to look for what an attempt has left behind.
const LOOK: usize = 2;
/// The shortest time that an effect is put off, so that nothing is claimed in a loop.
const SHORTEST: Duration = Duration::from_millis(50);

/// Whether HighLevel, or what is known of its limits, says that it is too early.
pub(super) fn is_too_early(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::DailyLimit)
}

impl LocationEntry {
    /// The same location with room for a look at what an attempt has left behind.
    pub(super) fn ready_to_look(&self, lane: Lane) -> Result<Self> {
        self.with_places(lane, LOOK)
    }

    /// The same location with room for this number of requests. Nothing that goes through it waits for the rate limit.
    pub(super) fn with_places(&self, lane: Lane, places: usize) -> Result<Self> {
        Ok(Self {
            location: self.location.in_lane(lane).burst(places)?,
            recipe: self.recipe.clone(),
        })
    }
}

impl Worker {
    /// How many requests a step mostly takes: what it reads, and the action. Fewer are given back; what it takes beyond them
    /// has to find room while it is under way.
    pub(super) fn places(&self, step: &Step) -> usize {
        // Where HighLevel's answers do not give its time, what looks the same is read before an attempt.
        let is_dated = self.base.time.earliest().is_some();
        let before = if is_dated { 0 } else { LOOK };
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
    pub(super) fn put_off_until(
        &self,
        location: &Location,
        lane: Lane,
        places: usize,
    ) -> Timestamp {
        let location = location.in_lane(lane);
        let wait = |places| location.burst_wait(places).max(SHORTEST);
        let quarantine = self.base.clock.elapsed() + wait(places * 2);
        self.quarantine.add(location.id(), lane, quarantine);
        let wait = SignedDuration::try_from(wait(places)).unwrap_or(SignedDuration::MAX);
        let until = self.base.now().saturating_add(wait);
        until.unwrap_or(Timestamp::MAX)
    }

    /// The same for a look at what an attempt has left behind.
    pub(super) fn look_put_off_until(&self, location: &Location, lane: Lane) -> Timestamp {
        self.put_off_until(location, lane, LOOK)
    }
}

/// Whether the step's one request must not be sent twice, so that room for it is reserved before the decision.
pub(super) fn reserves(action: &StepAction) -> bool {
    match action {
        StepAction::Text(_)
        | StepAction::ConfirmOptOut(_)
        | StepAction::Email(_)
        | StepAction::Task(_) => true,
        StepAction::Note(_)
        | StepAction::Notify(_)
        | StepAction::Assign(_)
        | StepAction::Stage(_)
        | StepAction::Tag(_)
        | StepAction::Untag(_)
        | StepAction::CompleteTask(_)
        | StepAction::Fields(_)
        | StepAction::DoNotDisturb
        | StepAction::Workflow(_)
        | StepAction::Record(_) => false,
    }
}
