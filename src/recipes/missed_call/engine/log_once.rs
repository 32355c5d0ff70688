//! Lines that are logged once and not for every call: that a flood begins, that texts pause or go on, that a halted location
//! leaves calls unanswered. It is kept in memory: another process logs each once more.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::ids::LocationId;
use crate::recipes::missed_call::core::compliance::{CallFlood, Sending};
use crate::recipes::missed_call::core::model::Halt;

/// A flood is over after this time without a call; the next one is logged again.
const FLOOD_IS_OVER: SignedDuration = SignedDuration::from_mins(10);

#[derive(Default)]
pub(super) struct LogOnce {
    logged: Mutex<Logged>,
}

#[derive(Default)]
struct Logged {
    /// When a call that came in a flood was last judged.
    floods: HashMap<LocationId, Timestamp>,
    /// Where texts pause.
    pauses: HashMap<LocationId, Sending>,
    halts: HashSet<(LocationId, Halt)>,
}

impl LogOnce {
    /// A call was judged that came in a flood.
    pub(super) fn of_flood(&self, location: &LocationId, flood: CallFlood, now: Timestamp) {
        let last = self.logged().floods.insert(location.clone(), now);
        if last.is_none_or(|last| now.duration_since(last) >= FLOOD_IS_OVER) {
            tracing::warn!(%location, %flood, "machines seem to call: calls of unknown callers that came in this flood are not answered by text; numbers that a test makes up should lie apart, and `compliance.floods = \"ignored\"` turns this off");
        }
    }

    /// Which texts may be sent just now.
    pub(super) fn of_sending(&self, location: &LocationId, sending: Sending) {
        let mut logged = self.logged();
        let before = match sending {
            Sending::Open => logged.pauses.remove(location),
            Sending::FollowUpsPaused(_) | Sending::Stopped(_) => {
                logged.pauses.insert(location.clone(), sending)
            }
        };
        drop(logged);
        let is_the_same =
            |before: Sending| std::mem::discriminant(&before) == std::mem::discriminant(&sending);
        match sending {
            Sending::Open if before.is_some() => {
                tracing::warn!(%location, "texts go on");
            }
            Sending::FollowUpsPaused(exceeded) if !before.is_some_and(is_the_same) => {
                tracing::warn!(%location, %exceeded, "texts other than answers to calls pause until midnight in UTC, before HighLevel blocks the location; look at what they say and to whom they go");
            }
            Sending::Stopped(exceeded) if !before.is_some_and(is_the_same) => {
                tracing::warn!(%location, %exceeded, "all texts pause until midnight in UTC, before HighLevel blocks the location; look at what they say and to whom they go");
            }
            Sending::Open | Sending::FollowUpsPaused(_) | Sending::Stopped(_) => {}
        }
    }

    /// The next of these is logged again.
    pub(super) fn forget_halts(&self, location: &LocationId) {
        self.logged().halts.retain(|(halted, _)| halted != location);
    }

    /// A call is not answered, or something else is not done, because of a halt.
    pub(super) fn of_halt(&self, location: &LocationId, halt: Halt) {
        if !self.logged().halts.insert((location.clone(), halt)) {
            return;
        }
        match halt {
            Halt::Paused => {
                tracing::warn!(%location, "a call is not answered, because the location is paused; Engine::resume ends that");
            }
            Halt::Removed | Halt::Finishing => {
                tracing::warn!(%location, "a call is not answered, because the location was removed; Engine::put_location ends that");
            }
            Halt::Uninstalled => {
                tracing::warn!(%location, "a call is not answered, because the app was removed from the location; an INSTALL webhook or Engine::app_installed ends that");
            }
        }
    }

    fn logged(&self) -> MutexGuard<'_, Logged> {
        self.logged.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
