//! Decides what belongs to an episode: further calls that join it, and what its caller did after the call.

use jiff::{SignedDuration, Timestamp};

use super::{Episode, Input, Output, later};
use crate::ids::MessageId;
use crate::recipes::missed_call::core::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::core::model::StepName;
use crate::recipes::missed_call::core::model::{Reason, Trigger};
use crate::recipes::missed_call::core::recipe::Step;

/// How slow a clock may be, and calls that HighLevel dates still be recognised as such.
const SLOW_CLOCK: SignedDuration = SignedDuration::from_mins(1);

impl Episode {
    /// When to close it; `None` while a step is open, because the end of that step comes as an input.
    ///
    /// That is `max_age` after the cooldown. A call that ended within the cooldown can be reported that much later and
    /// still be young enough for a text. It must find this episode, or the caller would get a second text.
    pub(super) fn closes_at(&self) -> Option<Timestamp> {
        let over = later(self.state.cooldown_until, self.recipe.call.max_age);
        let receipts = self.state.receipts_until.values().copied();
        let over = receipts.fold(over, Timestamp::max);
        (self.state.live && !self.state.has_open_step()).then_some(over)
    }

    /// Whether a call that ended then joins this episode. If the cooldown is shorter than `max_age`, calls join as long as
    /// the first text may still go out; a new episode would send a second one.
    pub fn joins(&self, call_ended_at: Timestamp) -> bool {
        let text_may_go = || {
            let until = later(self.state.call_ended_at, self.recipe.call.max_age);
            let answers = |(name, step): (&StepName, &Step)| {
                step.text().is_some()
                    && self.recipe.is_first_reply(step)
                    && self.state.has_open(name)
            };
            self.recipe.steps.iter().any(answers) && call_ended_at <= until
        };
        self.state.live && (call_ended_at < self.state.cooldown_until || text_may_go())
    }

    /// Whether this call already belongs to it.
    pub(crate) fn has_call(&self, call: &MessageId) -> bool {
        self.state.calls.contains(call)
    }

    /// Whether `at` lies before the first call began. What happened then is no response to the call, however late it is
    /// reported. The time during the call counts as after it: HighLevel does not say whether it dates a call by its
    /// beginning or its end.
    ///
    /// A call in the future was recorded before this machine's clock was set back; nothing can be compared with it. One that
    /// lies ahead by less than [`SLOW_CLOCK`] was more likely dated by HighLevel while this machine's clock is slow: what lies
    /// further before it than that is before it by any clock.
    pub(crate) fn is_before_the_call(&self, at: Timestamp, now: Timestamp) -> bool {
        let began = self.state.call_began_at();
        let ended = self.state.call_ended_at;
        at < began
            && (ended <= now || ended <= later(now, SLOW_CLOCK) && later(at, SLOW_CLOCK) < began)
    }

    /// Applies only the stopping part of an input that another episode handles: it stops steps here as well.
    pub(crate) fn apply_stop_only(&mut self, input: &Input) -> Vec<Output> {
        let mut outputs = Vec::new();
        match input {
            Input::Replied { reply, at, .. } if reply.is_from_a_person() => {
                self.state.replied_at = self.state.replied_at.max(Some(*at));
                self.stop_on(Trigger::Replied, &Reason::Replied, &mut outputs);
            }
            Input::Happened { what, .. } => {
                self.stop_on(*what, &Reason::StoppedBy(*what), &mut outputs);
            }
            _ => {}
        }
        outputs
    }

    /// Whether it has already handled this input, according to its ledger entries.
    pub(crate) fn has_handled(&self, input: &Input, entries: &[Entry]) -> bool {
        entries.iter().any(|entry| match (&entry.kind, input) {
            (EntryKind::Replied { message, .. }, Input::Replied { message: given, .. }) => {
                message == given
            }
            (
                EntryKind::Happened { what, reference },
                Input::Happened {
                    what: trigger,
                    reference: id,
                },
            ) => (what, reference) == (trigger, id),
            _ => false,
        }) || matches!(input, Input::Replied { message: Some(given), .. } if self.state.pending_replies.contains_key(given))
    }
}
