//! What follows from the number that was called: which steps are for this call, and which words.

use super::Episode;
use super::reason::Reason;
use crate::recipes::missed_call::copy::{CopyError, MergeField};
use crate::recipes::missed_call::recipe::{Allowed, BusinessNumber, Step};

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
            Allowed::NoMessages => step.text().is_some().then_some(Reason::Unmapped),
            Allowed::Nothing => Some(Reason::InactiveNumber),
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
