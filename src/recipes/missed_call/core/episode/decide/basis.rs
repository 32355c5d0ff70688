//! Decides on what basis a text may be sent, and whether the caller has reached the limit of texts.

use jiff::{SignedDuration, Timestamp};

use super::facts::TextFacts;
use crate::recipes::missed_call::core::compliance::{
    Allowance, Basis, Cap, ConsentAnswer, ConsentKind, Evidence, Jurisdictions, Refused, TextKind,
    allowed, may_text,
};
use crate::recipes::missed_call::core::episode::{Episode, StepState};
use crate::recipes::missed_call::core::model::{Reason, StepName};
use crate::recipes::missed_call::core::recipe::Step;

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Episode {
    /// The call itself allows one text in reply. Any other text needs more, unless the recipe waives that.
    pub(super) fn basis_of_text(
        &self,
        name: &StepName,
        step: &Step,
        facts: &TextFacts,
        now: Timestamp,
    ) -> Result<Basis, Reason> {
        let kind = if self.is_answer(name, step) {
            TextKind::FirstReply
        } else if facts.host_consent.as_deref() == Some(&ConsentAnswer::Refused) {
            return Err(Reason::NoConsent);
        } else {
            TextKind::FollowUp
        };
        let given_at = |kind| Some(facts.consents.get(&kind)?.given_at);
        let evidence = Evidence {
            call_ended_at: self.answered_call_ended_at(),
            replied_at: self.state.replied_at,
            written_consent_at: given_at(ConsentKind::Written),
            verbal_consent_at: given_at(ConsentKind::Verbal),
            // A caller who opted out was refused earlier.
            opted_out_at: None,
        };
        match may_text(kind, &evidence, now) {
            Ok(basis) => Ok(basis),
            // The age of the call was checked earlier, by the recipe's own limit.
            Err(Refused::CallTooOld) => Ok(Basis::InboundCall),
            Err(_) if !self.recipe.later_texts_need_consent => Ok(Basis::Waived),
            Err(_) => Err(Reason::NoConsent),
        }
    }

    /// Whether a text of this step is more than the one answer to the call.
    pub(crate) fn is_later_text(&self, name: &StepName) -> bool {
        let step = self.recipe.step(name);
        step.is_some_and(|step| step.text().is_some() && !self.is_answer(name, step))
    }

    fn is_answer(&self, name: &StepName, step: &Step) -> bool {
        self.recipe.is_first_reply(step) && !self.has_answered(name)
    }

    /// Whether another text has been sent in reply to the call, or may have been.
    fn has_answered(&self, name: &StepName) -> bool {
        self.recipe.texts().any(|(other, _)| {
            let may_be_sent = matches!(
                self.state.step(other),
                Some(
                    StepState::Attempting
                        | StepState::Stopping(_)
                        | StepState::Done
                        | StepState::Would
                )
            );
            other != name && may_be_sent
        })
    }

    /// Whether one more text is allowed now, by the recipe and by the strictest state that the caller may be in.
    pub(super) fn allowance(
        &self,
        facts: &TextFacts,
        jurisdictions: &Jurisdictions,
        now: Timestamp,
    ) -> Allowance {
        let own = Cap {
            texts: self.recipe.texts_per_day,
            within: DAY,
        };
        let of_state = facts.quiet_hours().cap(jurisdictions);
        let caps = std::iter::once(own).chain(of_state);
        caps.map(|cap| allowed(&facts.sent, cap, now))
            .max_by_key(|allowance| match allowance {
                Allowance::Left(_) => Timestamp::MIN,
                Allowance::Until(at) => *at,
                Allowance::Never => Timestamp::MAX,
            })
            .unwrap_or(Allowance::Never)
    }
}
