//! Decides whether an e-mail may be sent now, and with which words.

use jiff::Timestamp;

use super::{Decision, EmailFacts};
use crate::recipes::missed_call::core::copy::{MessageCopy, render_email};
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::model::{Intent, Reason, StepName};
use crate::recipes::missed_call::core::recipe::EmailStep;

impl Episode {
    /// A caller who opted out of texts gets no e-mail either.
    pub(super) fn decide_email(
        &self,
        name: &StepName,
        email: &EmailStep,
        stopped: Option<&Reason>,
        facts: &EmailFacts,
        now: Timestamp,
    ) -> Decision {
        let refusal = self
            .refusal_of_message(
                (facts.suppressed, facts.doubtful),
                facts.do_not_disturb.then_some(Reason::NoEmails),
                stopped,
            )
            .or_else(|| self.refusal_of_tags(&facts.tags))
            .or_else(|| (!facts.has_address).then_some(Reason::NoAddress))
            .or_else(|| self.is_stale(name, now).then_some(Reason::Stale));
        if let Some(reason) = refusal {
            return Decision::Skip(reason);
        }
        let copy = MessageCopy::of_email(&self.recipe, name, email);
        let mut values = facts.values.clone();
        if let Some(number) = self.number() {
            number.fill(&mut values);
        }
        match render_email(&email.subject, &copy, &values) {
            Ok(email) => Decision::Proceed(Intent::Email {
                subject: email.subject,
                text: email.text,
                html: email.html,
            }),
            Err(error) => Decision::Skip(self.reason_of(&error)),
        }
    }
}
