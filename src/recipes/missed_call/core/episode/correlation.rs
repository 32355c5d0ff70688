//! What belongs to an episode: which further calls join it, and what its caller did after its call and not before.

use jiff::Timestamp;

use super::{Episode, Input, Output, later};
use crate::ids::MessageId;
use crate::recipes::missed_call::core::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::core::model::StepName;
use crate::recipes::missed_call::core::model::{Reason, Trigger};
use crate::recipes::missed_call::core::recipe::Step;

impl Episode {
    /// When it is to be closed. While a step is open there is nothing to wake for: its end comes as an input.
    ///
    /// That is `max_age` after the cooldown. A call that ended within the cooldown can be told of that much later and
    /// still be young enough for a text; it must find this episode, or the caller would get a second one.
    pub(super) fn closes_at(&self) -> Option<Timestamp> {
        let over = later(self.state.cooldown_until, self.recipe.call.max_age);
        (self.state.live && !self.state.has_open_step()).then_some(over)
    }

    /// Whether a call that ended then joins this episode. With a cooldown shorter than `max_age`, calls join for as long
    /// as a text that answers the call may still go out: another episode would send another.
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

    /// Whether this call is one of its own, told once more.
    pub(crate) fn has_call(&self, call: &MessageId) -> bool {
        self.state.calls.contains(call)
    }

    /// Whether what was done at `at` was done before the first call began, so that it is no answer to it, however late it
    /// is told. What was done during the call counts as done after it: HighLevel does not say whether it dates a call by
    /// its beginning or its end.
    ///
    /// A call that lies ahead was told before somebody set this machine's clock back; nothing can be compared with it.
    pub(crate) fn is_before_the_call(&self, at: Timestamp, now: Timestamp) -> bool {
        at < self.state.call_began_at() && self.state.call_ended_at <= now
    }

    /// What another episode has taken, and what follows is set off there, stops steps here as well.
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

    /// Whether this was told to it, by its entries in the ledger.
    pub(crate) fn has_heard(&self, input: &Input, entries: &[Entry]) -> bool {
        entries.iter().any(|entry| match (&entry.kind, input) {
            (EntryKind::Replied { message, .. }, Input::Replied { message: told, .. }) => {
                message == told
            }
            (
                EntryKind::Happened { what, reference },
                Input::Happened {
                    what: told,
                    reference: of,
                },
            ) => (what, reference) == (told, of),
            _ => false,
        }) || matches!(input, Input::Replied { message: Some(told), .. } if self.state.pending_replies.contains_key(told))
    }
}
