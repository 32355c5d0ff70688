//! Decides by the number alone whether a caller can be texted.

use super::Episode;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::call::Caller;
use crate::recipes::missed_call::core::compliance::{NotTextable, NumberingPlan, textable};
use crate::recipes::missed_call::core::model::Reason;

impl Episode {
    /// Why this caller cannot or must not be texted, if there is a reason.
    pub(super) fn refusal_of_caller(&self, caller: &Caller) -> Option<Reason> {
        if let (Caller::Number(number), Some(called)) = (caller, &self.state.called)
            && number == called
        {
            return Some(Reason::NotTextable(NotTextable::OwnNumber));
        }
        let lists = &self.recipe.callers;
        let refused = textable(caller, lists, NumberingPlan::built_in()).err()?;
        Some(match refused {
            NotTextable::Withheld => Reason::Withheld,
            NotTextable::ShortCode => Reason::ShortCode,
            NotTextable::Unreadable => Reason::UnreadableNumber,
            other => Reason::NotTextable(other),
        })
    }

    /// The same check for the contact's number, if the call did not report the caller's: the text goes to that number
    /// then. If it is unreadable too, no text is sent.
    pub(super) fn refusal_of_phone(&self, phone: Option<&PhoneNumber>) -> Option<Reason> {
        match (&self.state.caller, phone) {
            (Some(_), _) => None,
            (None, Some(phone)) => self.refusal_of_caller(&Caller::Number(phone.clone())),
            (None, None) => Some(Reason::UnreadableNumber),
        }
    }
}
