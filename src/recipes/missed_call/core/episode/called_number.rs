//! What follows from the call itself, above all from the number that was called: which steps are for it, and which
//! words.

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

    /// Whether the step is for calls such as this one. One that is not is never planned, and leaves no entry.
    pub(super) fn is_for_this_call(&self, step: &Step) -> bool {
        let called = self.state.called.as_ref();
        step.only_for.holds(called, self.number())
    }

    /// Why the number that was called keeps this step from being done, if it does.
    pub(super) fn refusal_of(&self, step: &Step) -> Option<Reason> {
        match self.recipe.numbers.allows(self.state.called.as_ref()) {
            Allowed::All => None,
            Allowed::NoMessages => step.is_message().then_some(Reason::Unmapped),
            Allowed::Nothing => Some(Reason::InactiveNumber),
        }
    }

    /// The words for this call; the same ones for this caller each time, as long as nothing changes.
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
        let subject = match &state.caller {
            Some(caller) => caller.e164(),
            None => state.contact.as_str(),
        };
        let copies = recipe.copies(name, text).unwrap_or_default();
        match copies.choose(&context, subject) {
            Some(chosen) => chosen.copy.clone(),
            None => MessageCopy::of_step(recipe, name, text),
        }
    }

    /// Why there is no text, where it cannot be made. No number gets another one's link: without one of its own, there
    /// is no text that asks for it.
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
