//! Decides whether an opt-out is confirmed, and with which words. It is the only text allowed after an opt-out.

use jiff::Timestamp;

use super::{Decision, TextFacts};
use crate::recipes::missed_call::core::compliance::{Basis, may_confirm_opt_out};
use crate::recipes::missed_call::core::copy::{MessageCopy, Template};
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::model::{Reason, StepName};

impl Episode {
    pub(super) fn decide_confirmation(
        &self,
        name: &StepName,
        body: &Template,
        facts: &TextFacts,
        now: Timestamp,
    ) -> Decision {
        if facts.do_not_disturb {
            return Decision::Skip(Reason::DoNotDisturb);
        }
        if facts.landline {
            return Decision::Skip(Reason::Landline);
        }
        // Until somebody has decided about a doubt, nothing automatic is sent, whatever else was said.
        if facts.doubtful || self.state.doubtful {
            return Decision::Skip(Reason::Doubtful);
        }
        let Some(opted_out_at) = self.state.unconfirmed_opt_out_at else {
            return Decision::Skip(Reason::Needless);
        };
        // The step is done once, and no carrier has confirmed: carriers do not act on these words.
        if may_confirm_opt_out(opted_out_at, None, now).is_err() {
            return Decision::Skip(Reason::Stale);
        }
        let copy = MessageCopy::of_confirmation(&self.recipe, name, body);
        match self.render_text(&copy, facts) {
            Ok(text) => Decision::Proceed(self.text_intent(text, facts, None, Basis::OptOut)),
            Err(error) => Decision::Skip(self.reason_of(&error)),
        }
    }
}
