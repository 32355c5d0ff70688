//! Decides whether a text may be sent now, to which number, and with which words.

use jiff::Timestamp;

use super::{Decision, TextFacts};
use crate::recipes::missed_call::core::compliance::{
    Allowance, Basis, ConsentKind, Jurisdictions, NumberingPlan, PlaceFacts, When,
};
use crate::recipes::missed_call::core::copy::{
    CopyError, MergeValues, MessageCopy, Rendered, SenderKind, render,
};
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::model::{Intent, Reason, StepName};
use crate::recipes::missed_call::core::recipe::{Step, TextStep};

impl Episode {
    pub(super) fn decide_text(
        &self,
        name: &StepName,
        step: &Step,
        text: &TextStep,
        stopped: Option<&Reason>,
        facts: &TextFacts,
        now: Timestamp,
    ) -> Decision {
        let refusal = self
            .refusal_of_message(
                (facts.suppressed, facts.doubtful),
                facts.do_not_disturb.then_some(Reason::DoNotDisturb),
                stopped,
            )
            .or_else(|| self.refusal_of_phone(facts.phone.as_ref()))
            .or_else(|| facts.landline.then_some(Reason::Landline))
            .or_else(|| self.refusal_of_tags(&facts.tags))
            .or_else(|| self.is_stale(name, now).then_some(Reason::Stale));
        if let Some(reason) = refusal {
            return Decision::Skip(reason);
        }
        let basis = match self.basis_of_text(name, step, facts, now) {
            Ok(basis) => basis,
            Err(reason) => return Decision::Skip(reason),
        };
        if let Some((reason, until, why)) = self.breaker(basis, facts, now) {
            if self.is_stale(name, until) {
                return Decision::Skip(reason);
            }
            return Decision::Defer { until, why };
        }
        let jurisdictions = self.jurisdictions(facts);
        match self.allowance(facts, &jurisdictions, now) {
            Allowance::Left(_) => {}
            Allowance::Until(until) if !self.is_stale(name, until) => {
                let why = "the person has received the maximum number of texts in 24 hours";
                return Decision::Defer {
                    until,
                    why: why.to_owned(),
                };
            }
            _ => return Decision::Skip(Reason::Capped),
        }
        let mut hours = None;
        if self.recipe.keeps_quiet_hours(step) {
            let decision = facts.quiet_hours().decide(now, &jurisdictions);
            match decision.when {
                When::Now => hours = Some(decision.to_string()),
                When::At(until) if !self.is_stale(name, until) => {
                    let why = decision.to_string();
                    return Decision::Defer { until, why };
                }
                _ => return Decision::Skip(Reason::QuietHours),
            }
        }
        let copy = self.copy_for_this_call(name, text);
        if let Err(error) = self.recipe.check_approval(text, &copy) {
            return Decision::Skip(Reason::Copy(error.code().to_owned()));
        }
        match self.render_text(&copy, facts) {
            // Last, so that the same calls count for both arms.
            Ok(text) => self
                .experiment_decides(step, facts, now)
                .unwrap_or_else(|| Decision::Proceed(self.text_intent(text, facts, hours, basis))),
            Err(error) => Decision::Skip(self.reason_of(&error)),
        }
    }

    pub(super) fn render_text(
        &self,
        copy: &MessageCopy,
        facts: &TextFacts,
    ) -> Result<Rendered, CopyError> {
        let mut values = MergeValues {
            first_name: facts.first_name.clone(),
            last_name: facts.last_name.clone(),
            name: facts.name.clone(),
            location_name: facts.location_name.clone(),
            location_phone: facts.location_phone.clone(),
            custom_values: facts.custom_values.clone(),
            ..MergeValues::default()
        };
        if let Some(number) = self.number() {
            number.fill(&mut values);
        }
        let sender = match &self.state.called {
            Some(called) => SenderKind::of(called),
            None => SenderKind::LongCode,
        };
        render(copy, &values, sender)
    }

    pub(super) fn text_intent(
        &self,
        text: Rendered,
        facts: &TextFacts,
        hours: Option<String>,
        basis: Basis,
    ) -> Intent {
        let caller = self.state.caller.clone();
        let consent = match basis {
            Basis::Written => facts.consents.get(&ConsentKind::Written),
            Basis::Verbal => facts.consents.get(&ConsentKind::Verbal),
            _ => None,
        };
        Intent::Text {
            body: text.body,
            from: self.state.called.clone(),
            to: caller.filter(|caller| facts.phone.as_ref() != Some(caller)),
            hours,
            variant: Some(text.variant),
            copy_fingerprint: Some(text.fingerprint),
            basis: Some(basis),
            consent: consent.cloned(),
        }
    }

    /// All jurisdictions that the caller may be in.
    fn jurisdictions(&self, facts: &TextFacts) -> Jurisdictions {
        let place = &facts.place;
        Jurisdictions::of(
            &PlaceFacts {
                phone: self.state.caller.as_ref().or(facts.phone.as_ref()),
                contact_zone: place.zone.as_deref(),
                contact_zone_disabled: place.zone_disabled,
                contact_state: place.state.as_ref().map(|state| state.as_str()),
                contact_country: place.country.as_deref(),
                location_zone: place.location_zone.as_deref(),
            },
            NumberingPlan::built_in(),
        )
    }
}
