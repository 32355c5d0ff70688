//! One claimed effect: permit → write the intent → attempt → write the end; and what follows when the answer is lost.
//!
//! | the claim's progress | what is done |
//! |---|---|
//! | `Waiting` | wait for room in the rate limit, read facts, ask the episode, write the intent, attempt |
//! | `Attempting`: its worker died | as if the answer had been lost now; what may be repeated is attempted again |
//! | `Unsettled` | look, as [`reconcile`](super::reconcile) says |

use jiff::Timestamp;

use super::backoff::retry_at;
use super::facts::FactsError;
use super::highlevel;
use super::merged_contact::Gone;
use super::rate_limit::is_too_early;
use super::run::BEGIN_WITHIN;
use super::stop::Begun;
use crate::client::Lane;
use crate::error::{Error, ErrorKind};
use crate::recipes::missed_call::core::episode::{Decision, EffectEnd, Episode, Facts, Output};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::recipe::{Step, StepAction};
use crate::recipes::missed_call::engine::update::{
    AFTER_STORE_FAILURE, MOST_CONFLICTS, MOST_STORE_FAILURES, count,
};
use crate::recipes::missed_call::engine::{Engine, Loaded, LocationEntry, add_to};
use crate::recipes::missed_call::store::{
    Claim, Commit, CommitOutcome, EffectChange, Fence, Progress, StoreError,
};

impl Engine {
    /// Performs a claimed effect as far as it goes now. Dropping it before it is `begun` is as if it had not been claimed.
    pub(crate) async fn perform(&self, claim: Claim, claimed_at: Timestamp, begun: &Begun) {
        let effect = claim.fence.effect.clone();
        let mut failures = 0;
        while let Err(error) = self.try_perform(claim.clone(), claimed_at, begun).await {
            if begun.is_attempted() || failures == MOST_STORE_FAILURES {
                tracing::error!(%effect, error = &error as &dyn std::error::Error, "the effect is tried again when its claim ends");
                return;
            }
            // Nothing was done, so all is asked anew under the same claim: its end would be too late for a text.
            tracing::error!(%effect, error = &error as &dyn std::error::Error, "the effect is tried again in a second");
            failures += 1;
            self.shared.clock.sleep(AFTER_STORE_FAILURE).await;
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
        // What was dropped meanwhile asks HighLevel nothing.
        if !episode.state().has_open(&fence.effect.step) {
            return self.forget(fence).await;
        }
        let Some(site) = self.shared.sites.get(episode.state().location()) else {
            return self.hold_for_others(&episode, fence, progress).await;
        };
        if self.hold_back(&episode, &fence, &progress).await? {
            return Ok(());
        }
        match progress {
            Progress::Waiting {
                failures,
                last_failure,
            } => {
                let past = Past {
                    failures,
                    is_told: last_failure.is_some(),
                };
                self.attempt(site, &episode, fence, past, claimed_at, begun)
                    .await
            }
            Progress::Attempting {
                intent, failures, ..
            } if intent.is_repeatable() => {
                let past = Past {
                    failures,
                    is_told: true,
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
                        highlevel::find(&site, episode.state(), intent, began_at, before).await
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
        if planned.is_message() && episode.is_stale(step, self.shared.clock.now()) {
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
        let failures = past.failures;
        let mut facts = match self.facts(site, episode, planned).await {
            Ok(facts) => facts,
            Err(FactsError::ContactGone) => {
                return match self.contact_is_gone(site, fence.clone(), failures).await {
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
        let reserved = match planned.action {
            StepAction::Text(_)
            | StepAction::ConfirmOptOut(_)
            | StepAction::Email(_)
            | StepAction::Task(_) => site.location.reserve().await.map(Some),
            _ => Ok(None),
        };
        begun.set();
        let mut reservation = match reserved {
            Ok(reservation) => reservation,
            Err(error) => {
                return self
                    .failed(site, planned, fence, past, error, Asking::ToAct)
                    .await;
            }
        };
        for _ in 0..MOST_CONFLICTS {
            // Read again each time: an opt-out that came meanwhile must be seen before the intent is written.
            let Some(Loaded {
                mut episode,
                revision,
            }) = self.load(&fence).await?
            else {
                return Ok(());
            };
            let now = self.shared.clock.now();
            match &mut facts {
                Facts::Text(facts) => {
                    self.add_what_is_stored(&episode, &fence.effect, facts, now)
                        .await?;
                }
                Facts::Email(facts) => {
                    facts.suppressed = self.is_suppressed(&episode, None).await?;
                }
                _ => {}
            }
            let now = self.shared.clock.now();
            let too_long = now.duration_since(claimed_at) > BEGIN_WITHIN;
            if too_long || self.halted(site.location.id()).await?.is_some() {
                // The claim could end in the middle of the attempt, and somebody else would make another. A location that
                // was halted meanwhile keeps the effect back when it is taken up again.
                tracing::warn!(effect = %fence.effect, too_long, "the effect is begun anew");
                let progress = Progress::Waiting {
                    failures,
                    last_failure: None,
                };
                return self
                    .release(fence, |_, now| (Vec::new(), progress.clone(), now))
                    .await;
            }
            let intent = match episode.decide(step, &facts, now) {
                Decision::Proceed(intent) => intent,
                Decision::Skip(reason) => return self.end(fence, EffectEnd::NotDone(reason)).await,
                Decision::Defer { until, why } => {
                    return self.wait(fence, failures, until, &why).await;
                }
                Decision::Obsolete => return self.forget(fence).await,
            };
            let told = self.shared.time.earliest();
            let before = match highlevel::before(site, episode.state(), &intent, told).await {
                Ok(before) => before,
                Err(error) => {
                    return self
                        .failed(site, planned, fence, past, error, Asking::ToRead)
                        .await;
                }
            };
            let outputs = episode.begin(&fence.effect, &intent, fence.attempt);
            let progress = Progress::Attempting {
                intent: intent.clone(),
                began_at: now,
                before: before.clone(),
                failures,
            };
            let mut commit = Commit {
                effects: vec![EffectChange::Keep {
                    fence: fence.clone(),
                    progress,
                }],
                ..Commit::default()
            };
            if let Facts::Text(facts) = &facts {
                commit.texts = count(&episode, &fence.effect, facts.phone.as_ref(), Some(now));
            }
            add_to(&mut commit, &episode, Some(revision), outputs, now);
            // Not repeated here when the store fails: the facts would be old by then.
            if self.shared.store.commit(commit).await? != CommitOutcome::Done {
                continue;
            }
            begun.set_attempted();
            let door = highlevel::Door {
                location: &site.location,
                reservation: reservation.take(),
                notifier: self.shared.notifier.as_deref(),
            };
            let performed = highlevel::perform(door, episode.state(), &fence.effect, &intent);
            return match performed.await {
                Ok(reference) => {
                    let at = self.shared.clock.now();
                    self.end(
                        fence,
                        EffectEnd::Done {
                            reference,
                            at,
                            found: false,
                        },
                    )
                    .await
                }
                Err(error) if *error.kind() == ErrorKind::UnknownOutcome => {
                    tracing::warn!(effect = %fence.effect, %error, "the outcome is not known; it will be looked for");
                    let code = code(&error);
                    self.lose(fence, intent, now, before, failures, &code).await
                }
                Err(error) => {
                    self.failed(site, planned, fence, past, error, Asking::ToAct)
                        .await
                }
            };
        }
        tracing::warn!(effect = %fence.effect, "another worker has the effect");
        Ok(())
    }

    /// The effect is taken up again then.
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

    /// Nothing is to be done about the effect any more.
    async fn forget(&self, fence: Fence) -> Result<(), StoreError> {
        let commit = Commit {
            effects: vec![EffectChange::End { fence }],
            ..Commit::default()
        };
        self.commit_fenced(commit).await.map(drop)
    }

    /// The step surely had no effect. It is tried again if that can help, and ends otherwise.
    async fn failed(
        &self,
        site: &LocationEntry,
        step: &Step,
        fence: Fence,
        past: Past,
        error: Error,
        asking: Asking,
    ) -> Result<(), StoreError> {
        let end = refusal(&step.action, asking, &error);
        let (location, effect) = (&site.location, &fence.effect);
        let id = location.id();
        if let Some(reason) = end {
            tracing::warn!(%effect, location = %id, %error, %reason, "the step is not done");
            return self.end(fence, EffectEnd::NotDone(reason)).await;
        }
        let Some(Loaded { episode, .. }) = self.load_patiently(&fence).await? else {
            return Ok(());
        };
        let is_message = step.is_message();
        // A message that cannot even be asked about has an end all the same.
        if is_message && episode.is_stale(&fence.effect.step, self.shared.clock.now()) {
            tracing::error!(%effect, location = %id, %error, "the message is too late and is given up");
            return self.end(fence, EffectEnd::NotDone(Reason::Stale)).await;
        }
        if !is_message && self.is_too_late(episode.time_of(&fence.effect.step)) {
            tracing::error!(%effect, location = %id, %error, "the step is given up");
            return self
                .end(fence, EffectEnd::NotDone(Reason::Failed(code(&error))))
                .await;
        }
        let put_off = is_too_early(&error)
            .then(|| self.put_off_until(location, step.lane(), self.places(step)));
        let failures = past.failures + u32::from(put_off.is_none());
        if put_off.is_some() {
            tracing::debug!(%effect, location = %id, %error, "the step waits for the rate limit");
        } else {
            tracing::warn!(%effect, location = %id, %error, failures, "the step is tried again");
        }
        let code = code(&error);
        self.release(fence.clone(), |episode, now| {
            episode.undo_begin(&fence.effect);
            let is_first = past.failures == 0 && !past.is_told;
            let postponed = Output::Record(EntryKind::Postponed {
                effect: fence.effect.clone(),
                code: code.clone(),
            });
            let progress = Progress::Waiting {
                failures,
                last_failure: Some(code.clone()),
            };
            (
                is_first.then_some(postponed).into_iter().collect(),
                progress,
                put_off.unwrap_or_else(|| retry_at(now, failures, fastrand::f64())),
            )
        })
        .await
    }
}

/// What is known of an effect from before this claim.
#[derive(Debug, Clone, Copy)]
struct Past {
    failures: u32,
    /// Whether the ledger tells that it was postponed.
    is_told: bool,
}

/// What HighLevel was asked for when it refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// What the step depends on.
    ToRead,
    /// The step itself.
    ToAct,
}

/// Why the step will never be done, if HighLevel said so. Everything else may pass: an outage, a limit, a token that
/// somebody renews. So may a read that is refused in words nobody knows: it says nothing about the step, and is repeated
/// until the step is too late.
fn refusal(action: &StepAction, asking: Asking, error: &Error) -> Option<Reason> {
    let failed = || Some(Reason::Failed(code(error)));
    match (error.kind(), action) {
        // What is not there may be the task, the workflow or the stage.
        (ErrorKind::NotFound, StepAction::CompleteTask(_)) => Some(Reason::Needless),
        (
            ErrorKind::NotFound,
            StepAction::Workflow(_) | StepAction::Stage(_) | StepAction::Notify(_),
        ) => failed(),
        (ErrorKind::NotFound, _) => Some(Reason::ContactGone),
        (ErrorKind::DoNotDisturb, StepAction::Text(_) | StepAction::ConfirmOptOut(_)) => {
            Some(Reason::DoNotDisturb)
        }
        (ErrorKind::DoNotDisturb, StepAction::Email(_)) => Some(Reason::NoEmails),
        // It is the team's own contact that wants nothing.
        (ErrorKind::DoNotDisturb, _) => failed(),
        (ErrorKind::Validation { .. } | ErrorKind::Refused | ErrorKind::Duplicate { .. }, _) => {
            failed().filter(|_| asking == Asking::ToAct)
        }
        _ => None,
    }
}

/// The stored code of what went wrong, such as `unavailable_503`.
fn code(error: &Error) -> String {
    match error.status() {
        Some(status) => format!("{}_{status}", error.kind().code()),
        None => error.kind().code().to_owned(),
    }
}
