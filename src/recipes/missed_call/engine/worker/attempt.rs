//! One claimed effect: decide → write the intent → attempt → write the end; and what follows when the answer is lost.
//!
//! | the claim's progress | what is done |
//! |---|---|
//! | `Waiting` | wait for room in the rate limit, read facts, ask the episode, write the intent, attempt |
//! | `Attempting`: its worker died | as if the answer had been lost now; what may be repeated is attempted again |
//! | `Unsettled` | look, as [`reconcile`](super::reconcile) says |

use jiff::{SignedDuration, Timestamp};
use tracing::Instrument as _;

use super::Worker;
use super::begin::{Begin, Outcome};
use super::contact_gone::Gone;
use super::facts::FactsError;
use super::failure::{Asking, Past, code};
use super::highlevel;
use super::rate_limit::reserves;
use super::stop::Begun;
use crate::client::{Lane, Reservation};
use crate::error::ErrorKind;
use crate::recipes::missed_call::core::episode::{EffectEnd, Episode, Facts, Output};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::recipe::Step;
use crate::recipes::missed_call::engine::base::Loaded;
use crate::recipes::missed_call::engine::locations::{Answer, LocationEntry};
use crate::recipes::missed_call::engine::update::{Patience, StoreFailures, Updated};
use crate::recipes::missed_call::store::{Claim, Fence, Progress, StoreError};

/// How old a decision may be when HighLevel is asked. Between the two lies nothing but the write of the intent.
const DECIDED_WITHIN: SignedDuration = SignedDuration::from_secs(10);

impl Worker {
    /// Performs a claimed effect as far as it goes now. Dropping it before it is `begun` is as if it had not been claimed.
    pub(super) async fn perform(&self, claim: Claim, claimed_at: Timestamp, begun: &Begun) {
        let Fence { effect, attempt } = &claim.fence;
        let span = tracing::info_span!("effect", %effect, attempt);
        self.perform_in_span(claim, claimed_at, begun)
            .instrument(span)
            .await;
    }

    async fn perform_in_span(&self, claim: Claim, claimed_at: Timestamp, begun: &Begun) {
        let effect = claim.fence.effect.clone();
        let mut patience = Patience::new(StoreFailures::Retry);
        while let Err(error) = self.try_perform(claim.clone(), claimed_at, begun).await {
            let given_up = if begun.is_attempted() {
                Err(error)
            } else {
                // Nothing was done, so everything is read again under the same claim: its end would be too late for a text.
                let then = format!("{effect} is tried again in a second");
                patience.wait(&self.base, error, &then).await
            };
            if let Err(error) = given_up {
                tracing::error!(%effect, error = &error as &dyn std::error::Error, "the effect is tried again when its claim ends");
                return;
            }
        }
    }

    /// Notes in `begun` right before HighLevel is asked to do something. Until then it can be repeated.
    async fn try_perform(
        &self,
        claim: Claim,
        claimed_at: Timestamp,
        begun: &Begun,
    ) -> Result<(), StoreError> {
        let Claim { fence, progress } = claim;
        let Some(Loaded { episode, .. }) = self.load(&fence).await? else {
            tracing::error!(effect = %fence.effect, "the effect belongs to no episode and is dropped");
            return self.forget(fence).await;
        };
        // An effect that was dropped meanwhile asks HighLevel nothing.
        if !episode.state().has_open(&fence.effect.step) {
            return self.forget(fence).await;
        }
        if self.hold_back(&episode, &fence, &progress).await? {
            return Ok(());
        }
        let site = match self.base.find(episode.state().location()).await {
            Answer::Served(site) => site,
            Answer::NotServed | Answer::Unknown | Answer::Failed(_) => {
                return self.hold_for_others(&episode, fence, progress).await;
            }
        };
        let site = &*site;
        match progress {
            Progress::Waiting {
                failures,
                last_failure,
            } => {
                let past = Past {
                    failures,
                    is_postponed: last_failure.is_some(),
                };
                self.attempt(site, &episode, fence, past, claimed_at, begun)
                    .await
            }
            Progress::Attempting {
                intent, failures, ..
            } if intent.is_repeatable() => {
                let past = Past {
                    failures,
                    is_postponed: true,
                };
                self.attempt(site, &episode, fence, past, claimed_at, begun)
                    .await
            }
            Progress::Attempting {
                intent,
                began_at,
                before,
                failures,
            } => {
                begun.set();
                self.lose(fence, intent, began_at, before, failures, "interrupted")
                    .await
            }
            Progress::Unsettled {
                ref intent,
                began_at,
                ref before,
                ..
            } => {
                let step = episode.recipe().step(&fence.effect.step);
                let lane = step.map_or(Lane::Background, Step::lane);
                let found = match site.ready_to_look(lane) {
                    Ok(site) => {
                        let state = episode.state();
                        let newer = self.base.store.latest_episode(&state.person()).await?;
                        let newer = newer.map(|newer| newer.state);
                        let newer = newer.as_ref().filter(|newer| newer.id() != state.id());
                        highlevel::find(&site, state, newer, intent, began_at, before).await
                    }
                    Err(error) => Err(error),
                };
                begun.set();
                self.looked(site, lane, fence, found, progress).await
            }
        }
    }

    async fn attempt(
        &self,
        site: &LocationEntry,
        episode: &Episode,
        fence: Fence,
        past: Past,
        claimed_at: Timestamp,
        begun: &Begun,
    ) -> Result<(), StoreError> {
        let step = &fence.effect.step;
        let Some(planned) = episode.recipe().step(step) else {
            return self.forget(fence).await;
        };
        if planned.is_message() && episode.is_stale(step, self.base.now()) {
            // Nothing that is read makes it younger. After an outage there may be thousands, and others that can still be
            // answered need the location's requests.
            begun.set();
            return self.end(fence, EffectEnd::NotDone(Reason::Stale)).await;
        }
        // From here on nothing waits for the rate limit, and so nothing comes between what is read and the decision.
        let site = match site.with_places(planned.lane(), self.places(planned)) {
            Ok(site) => site,
            Err(error) => {
                begun.set();
                return self
                    .failed(site, planned, fence, past, error, Asking::ToAct)
                    .await;
            }
        };
        let site = &site;
        let mut facts = match self.facts(site, episode, planned).await {
            Ok(facts) => facts,
            Err(FactsError::ContactGone) => {
                let gone = self.contact_is_gone(site, fence.clone(), past.failures);
                return match gone.await {
                    Ok(()) => Ok(()),
                    Err(Gone::HighLevel(error)) => {
                        self.failed(site, planned, fence, past, error, Asking::ToRead)
                            .await
                    }
                    Err(Gone::Store(error)) => Err(error),
                };
            }
            Err(FactsError::HighLevel(error)) => {
                begun.set();
                return self
                    .failed(site, planned, fence, past, error, Asking::ToRead)
                    .await;
            }
            Err(FactsError::Store(error)) => return Err(error),
        };
        if !self
            .ask_for_consent(episode, &fence.effect, &mut facts)
            .await
        {
            begun.set();
            return self.wait_for_consent(fence, past).await;
        }
        let reserved = if reserves(&planned.action) {
            site.location.reserve().await.map(Some)
        } else {
            Ok(None)
        };
        begun.set();
        match reserved {
            Ok(reservation) => {
                let attempt = Attempt {
                    site,
                    planned,
                    past,
                    claimed_at,
                    reservation,
                };
                self.begin_and_perform(attempt, fence, facts, begun).await
            }
            Err(error) => {
                self.failed(site, planned, fence, past, error, Asking::ToAct)
                    .await
            }
        }
    }

    /// Writes the intent, if the step still holds, and asks HighLevel to do it.
    async fn begin_and_perform(
        &self,
        attempt: Attempt<'_>,
        fence: Fence,
        facts: Facts,
        begun: &Begun,
    ) -> Result<(), StoreError> {
        let Attempt {
            site,
            planned,
            past,
            claimed_at,
            reservation,
        } = attempt;
        let failures = past.failures;
        let begin = Begin {
            worker: self,
            site,
            fence: &fence,
            facts,
            claimed_at,
            failures,
        };
        // The store is not asked again when it fails: the facts would be old by then.
        let begin = self
            .base
            .commit_change(StoreFailures::Return, begin)
            .await?;
        let outcome = match begin {
            Updated::Unchanged(outcome) | Updated::Written(outcome) => outcome,
            Updated::Duplicate | Updated::Contested => {
                tracing::warn!(effect = %fence.effect, "another worker has the effect");
                return Ok(());
            }
        };
        let (episode, intent, began_at, before) = match outcome {
            Outcome::Begun {
                episode,
                intent,
                began_at,
                before,
            } => (episode, intent, began_at, before),
            Outcome::NoEpisode => return Ok(()),
            Outcome::Again { too_long } => {
                // The claim could end in the middle of the attempt, and another worker would make another. An effect of a
                // location that was halted meanwhile is held back when it is claimed again.
                tracing::warn!(effect = %fence.effect, too_long, "the effect is begun again");
                return self.put_back(fence, failures).await;
            }
            Outcome::Would(intent) => return self.end_dry(fence, &intent).await,
            Outcome::Skip(reason) => return self.end(fence, EffectEnd::NotDone(reason)).await,
            Outcome::Defer { until, why } => return self.wait(fence, failures, until, &why).await,
            Outcome::Obsolete => return self.forget(fence).await,
            Outcome::NotRead(error) => {
                return self
                    .failed(site, planned, fence, past, error, Asking::ToRead)
                    .await;
            }
        };
        if self.base.now().duration_since(began_at) > DECIDED_WITHIN {
            // The store answered late. The person may have opted out meanwhile, or another worker may have taken the claim over
            // and looked for the effect in vain, and would do it as well.
            tracing::warn!(effect = %fence.effect, "the effect is decided again: it took too long to write its intent");
            return self.put_back(fence, failures).await;
        }
        begun.set_attempted();
        // Whether it is done again is decided again: the location may have been removed meanwhile.
        let location = site.location.without_retries();
        let door = highlevel::Door {
            location: &location,
            reservation,
            notifier: self.notifier.as_deref(),
        };
        match highlevel::perform(door, episode.state(), &fence.effect, &intent).await {
            Ok(reference) => {
                let done = EffectEnd::Done {
                    reference,
                    at: self.base.now(),
                    found: false,
                };
                self.end(fence, done).await
            }
            Err(error) if *error.kind() == ErrorKind::UnknownOutcome => {
                tracing::warn!(effect = %fence.effect, %error, "the outcome is not known; it will be looked for");
                let code = code(&error);
                self.lose(fence, *intent, began_at, before, failures, &code)
                    .await
            }
            Err(error) => {
                self.failed(site, planned, fence, past, error, Asking::ToAct)
                    .await
            }
        }
    }

    /// The effect is begun again at once, under another claim. HighLevel was not asked for it under this one, also if its
    /// intent is written.
    async fn put_back(&self, fence: Fence, failures: u32) -> Result<(), StoreError> {
        let progress = Progress::Waiting {
            failures,
            last_failure: None,
        };
        let effect = fence.effect.clone();
        self.release(fence, |episode, now| {
            episode.undo_begin(&effect);
            (Vec::new(), progress.clone(), now)
        })
        .await
    }

    /// The effect waits until then.
    async fn wait(
        &self,
        fence: Fence,
        failures: u32,
        until: Timestamp,
        why: &str,
    ) -> Result<(), StoreError> {
        let waits = Output::Record(EntryKind::Waits {
            effect: fence.effect.clone(),
            until,
            why: why.to_owned(),
        });
        let progress = Progress::Waiting {
            failures,
            last_failure: None,
        };
        self.release(fence, |_, _| (vec![waits.clone()], progress.clone(), until))
            .await
    }
}

/// An effect whose facts are read.
struct Attempt<'a> {
    site: &'a LocationEntry,
    planned: &'a Step,
    past: Past,
    claimed_at: Timestamp,
    reservation: Option<Reservation>,
}
