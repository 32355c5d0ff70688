//! Whether a text may go out now, to whom, and what exactly it says.

use jiff::Timestamp;

use super::{Permit, TextFacts};
use crate::recipes::missed_call::compliance::{
    Candidates, Decision, PlaceFacts, QuietHours, When, ZoneTable,
};
use crate::recipes::missed_call::copy::{MergeValues, SenderKind, render};
use crate::recipes::missed_call::episode::{Episode, Intent, Reason, StepName};
use crate::recipes::missed_call::recipe::{Step, TextStep};

impl Episode {
    pub(super) fn permit_text(
        &self,
        name: &StepName,
        step: &Step,
        text: &TextStep,
        overtaken: Option<&Reason>,
        facts: &TextFacts,
        now: Timestamp,
    ) -> Permit {
        let refusal = self
            .refusal_of_message(
                facts.suppressed,
                facts.do_not_disturb.then_some(Reason::DoNotDisturb),
                overtaken,
            )
            .or_else(|| self.is_stale(name, now).then_some(Reason::Stale));
        if let Some(reason) = refusal {
            return Permit::Drop(reason);
        }
        let mut hours = None;
        if self.recipe.keeps_quiet_hours(step) {
            let decision = self.hours(facts, now);
            match decision.when {
                When::Now => hours = Some(decision.to_string()),
                When::At(until) if !self.is_stale(name, until) => {
                    let why = decision.to_string();
                    return Permit::Wait { until, why };
                }
                _ => return Permit::Drop(Reason::QuietHours),
            }
        }
        let mut values = MergeValues {
            first_name: facts.first_name.clone(),
            last_name: facts.last_name.clone(),
            name: facts.name.clone(),
            location_name: facts.location_name.clone(),
            custom_values: facts.custom_values.clone(),
            ..MergeValues::default()
        };
        if let Some(number) = self.number() {
            number.fill(&mut values);
        }
        let copy = self.copy_for_this_call(name, text);
        if let Err(error) = self.recipe.check_approval(text, &copy) {
            return Permit::Drop(Reason::Copy(error.code().to_owned()));
        }
        let sender = match &self.state.called {
            Some(called) => SenderKind::of(called),
            None => SenderKind::LongCode,
        };
        match render(&copy, &values, sender) {
            Ok(text) => Permit::Go(Intent::Text {
                body: text.body,
                from: self.state.called.clone(),
                to: self
                    .state
                    .caller
                    .clone()
                    .filter(|caller| facts.phone.as_ref() != Some(caller)),
                hours,
                variant: Some(text.variant),
                copy_fingerprint: Some(text.fingerprint),
            }),
            Err(error) => Permit::Drop(self.reason_of(&error)),
        }
    }

    /// When the caller may be texted, by the strictest rules of all places where they may be.
    fn hours(&self, facts: &TextFacts, now: Timestamp) -> Decision {
        let place = &facts.place;
        let candidates = Candidates::of(
            &PlaceFacts {
                phone: self.state.caller.as_ref().or(facts.phone.as_ref()),
                contact_zone: place.zone.as_deref(),
                contact_zone_disabled: place.zone_disabled,
                contact_state: place.state.as_ref().map(|state| state.as_str()),
                contact_country: place.country.as_deref(),
                location_zone: place.location_zone.as_deref(),
            },
            ZoneTable::built_in(),
        );
        QuietHours::built_in().decide(now, &candidates)
    }
}
