//! On what basis a text goes out, and whether the caller has had enough of them.

use jiff::{SignedDuration, Timestamp};

use super::facts::TextFacts;
use crate::recipes::missed_call::core::compliance::{
    Allowance, Basis, Cap, ConsentKind, Evidence, Jurisdictions, Refused, TextKind, allowed,
    may_text,
};
use crate::recipes::missed_call::core::episode::{Episode, StepState};
use crate::recipes::missed_call::core::model::{Reason, StepName};
use crate::recipes::missed_call::core::recipe::Step;

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Episode {
    /// The call carries one text that answers it; any other needs more, unless the recipe waives that.
    pub(super) fn basis_of_text(
        &self,
        name: &StepName,
        step: &Step,
        facts: &TextFacts,
        now: Timestamp,
    ) -> Result<Basis, Reason> {
        let answers = self.recipe.is_first_reply(step) && !self.has_answered(name);
        let kind = if answers {
            TextKind::FirstReply
        } else {
            TextKind::FollowUp
        };
        let given_at = |kind| Some(facts.consents.get(&kind)?.given_at);
        let evidence = Evidence {
            call_ended_at: self.state.call_ended_at,
            replied_at: self.state.replied_at,
            written_consent_at: given_at(ConsentKind::Written),
            verbal_consent_at: given_at(ConsentKind::Verbal),
            // Whoever opted out was refused before the question came up.
            opted_out_at: None,
        };
        match may_text(kind, &evidence, now) {
            Ok(basis) => Ok(basis),
            // How old a call may be is the recipe's to say, and was asked before.
            Err(Refused::CallTooOld) => Ok(Basis::InboundCall),
            Err(_) if !self.recipe.later_texts_need_consent => Ok(Basis::Waived),
            Err(_) => Err(Reason::NoConsent),
        }
    }

    /// Whether another text has answered the call, or may have.
    fn has_answered(&self, name: &StepName) -> bool {
        self.recipe.texts().any(|(other, _)| {
            let may_be_sent = matches!(
                self.state.step(other),
                Some(StepState::Attempting | StepState::Stopping(_) | StepState::Done)
            );
            other != name && may_be_sent
        })
    }

    /// Whether one more text is too many just now, by the recipe or by the strictest state the caller may be in.
    pub(super) fn allowance(
        &self,
        facts: &TextFacts,
        candidates: &Jurisdictions,
        now: Timestamp,
    ) -> Allowance {
        let own = Cap {
            texts: self.recipe.texts_per_day,
            within: DAY,
        };
        let of_state = facts.quiet_hours().cap(candidates);
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
