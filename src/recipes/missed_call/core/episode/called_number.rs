//! Selects steps and copy by the call, above all by the number that was called.

use super::Episode;
use crate::recipes::missed_call::core::copy::{CopyContext, CopyError, MergeField, MessageCopy};
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::model::StepName;
use crate::recipes::missed_call::core::recipe::{Allowed, BusinessNumber, Step, TextStep};

impl Episode {
    /// The number that was called, if the recipe lists it.
    pub(super) fn number(&self) -> Option<&BusinessNumber> {
        self.recipe.numbers.get(self.state.called.as_ref())
    }

    /// Whether the step is for calls such as this one. If not, it is never planned and leaves no entry.
    pub(super) fn is_for_this_call(&self, step: &Step) -> bool {
        let called = self.state.called.as_ref();
        step.only_for.holds(called, self.number())
    }

    /// Why the number that was called forbids this step, if it does.
    pub(super) fn refusal_of(&self, step: &Step) -> Option<Reason> {
        match self.recipe.numbers.allows(self.state.called.as_ref()) {
            Allowed::All => None,
            Allowed::NoMessages => step.is_message().then_some(Reason::Unmapped),
            Allowed::Nothing => Some(Reason::InactiveNumber),
        }
    }

    /// Who the caller is where callers are split between copies and arms: their number, or else their contact.
    pub(super) fn subject(&self) -> &str {
        match &self.state.caller {
            Some(caller) => caller.e164(),
            None => self.state.contact.as_str(),
        }
    }

    /// The copy for this call. It is the same for this caller each time, as long as nothing changes.
    pub(super) fn copy_for_this_call(&self, name: &StepName, text: &TextStep) -> MessageCopy {
        let (recipe, state) = (&self.recipe, &self.state);
        let context = CopyContext {
            called: state.called.clone(),
            in_hours: recipe
                .hours
                .as_ref()
                .map(|hours| hours.is_open(state.call_ended_at)),
            voicemail: state.voicemail,
            repeat_caller: state.missed_calls > 1,
            source: self.number().and_then(|number| number.source.clone()),
        };
        let copies = recipe.copies(name, text).unwrap_or_default();
        match copies.choose(&context, self.subject()) {
            Some(chosen) => chosen.copy.clone(),
            None => MessageCopy::of_step(recipe, name, text),
        }
    }

    /// The reason for a text that cannot be rendered. A number never gets the link of another one: if it has none of its
    /// own, a text that uses the link is not sent.
    pub(super) fn reason_of(&self, error: &CopyError) -> Reason {
        let number = self.number();
        let is_there = match error.field() {
            Some(MergeField::NumberLink) => number.is_some_and(|number| number.link.is_some()),
            Some(MergeField::NumberName) => number.is_some_and(|number| number.name.is_some()),
            _ => true,
        };
        if is_there {
            Reason::Copy(error.code().to_owned())
        } else {
            Reason::Unmapped
        }
    }
}
