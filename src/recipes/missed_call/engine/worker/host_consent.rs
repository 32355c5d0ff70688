//! The host's own records of consent are asked right before a text that is more than the answer to the call.

use std::time::Duration;

use super::Worker;
use super::backoff::retry_at;
use super::failure::Past;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance::{Consent, ConsentAnswer, ConsentKind};
use crate::recipes::missed_call::core::episode::{Episode, Facts, Output, TextFacts};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{EffectId, PersonKey, StepName, Subject};
use crate::recipes::missed_call::engine::consent_source::ConsentQuestion;
use crate::recipes::missed_call::store::{Commit, ConsentGiven, Fence, Progress, StoreError};

/// How long an answer is waited for.
const ANSWERS_WITHIN: Duration = Duration::from_secs(15);
/// The code of a text that waits for an answer.
const NO_ANSWER: &str = "consent_unknown";

impl Worker {
    /// Whether the text needs an answer of the host that the facts do not have.
    pub(super) fn lacks_consent_answer(
        &self,
        episode: &Episode,
        step: &StepName,
        facts: &Facts,
    ) -> bool {
        let is_open = matches!(facts, Facts::Text(facts) if facts.host_consent.is_none());
        self.consents.is_some() && is_open && episode.is_later_text(step)
    }

    /// Asks the host, if the text needs that, and adds the answer to the facts. `false` if there is none.
    pub(super) async fn ask_for_consent(
        &self,
        episode: &Episode,
        effect: &EffectId,
        facts: &mut Facts,
    ) -> bool {
        if !self.lacks_consent_answer(episode, &effect.step, facts) {
            return true;
        }
        let (Some(source), Facts::Text(facts)) = (&self.consents, facts) else {
            return true;
        };
        let state = episode.state();
        let question = ConsentQuestion {
            person: PersonKey {
                location: state.location().clone(),
                contact: state.contact().clone(),
                number: state.caller().or(facts.phone.as_ref()).cloned(),
            },
            effect: effect.clone(),
        };
        let answer = tokio::select! {
            biased;
            answer = source.consent(&question) => answer.ok().map(Box::new),
            () = self.base.clock.sleep(ANSWERS_WITHIN) => None,
        };
        facts.host_consent = answer;
        facts.host_consent.is_some()
    }

    /// The text waits, because the host has not said whether it may be sent.
    pub(super) async fn wait_for_consent(
        &self,
        fence: Fence,
        past: Past,
    ) -> Result<(), StoreError> {
        let failures = past.failures + 1;
        // The source's own words may name a person.
        tracing::warn!(effect = %fence.effect, failures, "the consent source did not answer; the text waits");
        let is_first = past.failures == 0 && !past.is_postponed;
        let postponed = is_first.then(|| {
            Output::Record(EntryKind::Postponed {
                effect: fence.effect.clone(),
                code: NO_ANSWER.into(),
            })
        });
        let progress = Progress::Waiting {
            failures,
            last_failure: Some(NO_ANSWER.into()),
        };
        self.release(fence, |_, now| {
            let outputs = postponed.iter().cloned().collect();
            let due = retry_at(now, failures, fastrand::f64());
            (outputs, progress.clone(), due)
        })
        .await
    }
}

/// The consent that the host has given as its answer, unless the store has it already. It is among the facts from here on.
pub(super) fn take_consent(facts: &mut Facts) -> Option<(ConsentKind, Consent)> {
    let Facts::Text(TextFacts {
        consents,
        host_consent: Some(answer),
        ..
    }) = facts
    else {
        return None;
    };
    let ConsentAnswer::Given { how, consent } = &**answer else {
        return None;
    };
    let known = consents.get(how);
    if known.is_some_and(|known| known.given_at >= consent.given_at) {
        return None;
    }
    consents.insert(*how, consent.clone());
    Some((*how, consent.clone()))
}

/// Writes the consent with the intent that rests on it.
pub(super) fn write_consent(
    commit: &mut Commit,
    outputs: &mut Vec<Output>,
    episode: &Episode,
    phone: Option<&PhoneNumber>,
    (how, consent): (ConsentKind, Consent),
) {
    let state = episode.state();
    let subjects = Subject::all(state.contact(), state.caller().into_iter().chain(phone));
    let given = |subject| ConsentGiven {
        location: state.location().clone(),
        subject,
        kind: how,
        consent: consent.clone(),
    };
    commit.consents = subjects.into_iter().map(given).collect();
    // It comes before the text that rests on it.
    outputs.insert(0, Output::Record(EntryKind::Consented { how, consent }));
}
