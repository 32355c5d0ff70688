//! An attempt that surely had no effect: whether the step is tried again, when, and why not.

use super::Worker;
use super::backoff::retry_at;
use super::rate_limit::is_too_early;
use crate::error::{Error, ErrorKind};
use crate::recipes::missed_call::core::episode::{EffectEnd, Output};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::recipe::{Step, StepAction};
use crate::recipes::missed_call::engine::base::Loaded;
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::store::{Fence, Progress, StoreError};

impl Worker {
    /// The step surely had no effect. It is tried again if that can help, and ends otherwise.
    pub(super) async fn failed(
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
            tracing::warn!(%effect, location = %id, %error, %reason, "HighLevel refused the step");
            return self.end(fence, EffectEnd::NotDone(reason)).await;
        }
        let Some(Loaded { episode, .. }) = self.load_patiently(&fence).await? else {
            return Ok(());
        };
        let is_message = step.is_message();
        // A message that cannot even be asked about has an end all the same.
        if is_message && episode.is_stale(&fence.effect.step, self.base.now()) {
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
            let is_first = past.failures == 0 && !past.is_postponed;
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
pub(super) struct Past {
    pub(super) failures: u32,
    /// Whether the ledger says that it was postponed.
    pub(super) is_postponed: bool,
}

/// What HighLevel was asked for when it refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// What the step depends on.
    ToRead,
    /// The step itself.
    ToAct,
}

/// Why the step will never be done, if HighLevel said so. Everything else may pass: an outage, a limit, a token that is
/// renewed. So may a read that is refused in unknown words: it says nothing about the step, and is repeated until the step
/// is too late.
fn refusal(action: &StepAction, asking: Asking, error: &Error) -> Option<Reason> {
    let failed = || Some(Reason::Failed(code(error)));
    match error.kind() {
        ErrorKind::NotFound => match action {
            // The missing object may be the task, the workflow or the stage.
            StepAction::CompleteTask(_) => Some(Reason::Needless),
            StepAction::Workflow(_) | StepAction::Stage(_) | StepAction::Notify(_) => failed(),
            StepAction::Text(_)
            | StepAction::ConfirmOptOut(_)
            | StepAction::Email(_)
            | StepAction::Tag(_)
            | StepAction::Untag(_)
            | StepAction::Task(_)
            | StepAction::Note(_)
            | StepAction::Fields(_)
            | StepAction::DoNotDisturb
            | StepAction::Assign(_)
            | StepAction::Record(_) => Some(Reason::ContactGone),
        },
        ErrorKind::DoNotDisturb => match action {
            StepAction::Text(_) | StepAction::ConfirmOptOut(_) => Some(Reason::DoNotDisturb),
            StepAction::Email(_) => Some(Reason::NoEmails),
            // It is the setting of the team's own contact.
            StepAction::Notify(_)
            | StepAction::Tag(_)
            | StepAction::Untag(_)
            | StepAction::Task(_)
            | StepAction::CompleteTask(_)
            | StepAction::Note(_)
            | StepAction::Fields(_)
            | StepAction::Stage(_)
            | StepAction::DoNotDisturb
            | StepAction::Workflow(_)
            | StepAction::Assign(_)
            | StepAction::Record(_) => failed(),
        },
        ErrorKind::Validation { .. } | ErrorKind::Refused | ErrorKind::Duplicate { .. } => {
            failed().filter(|_| asking == Asking::ToAct)
        }
        _ => None,
    }
}

/// The stored code of what went wrong, such as `unavailable_503`.
pub(super) fn code(error: &Error) -> String {
    match error.status() {
        Some(status) => format!("{}_{status}", error.kind().code()),
        None => error.kind().code().to_owned(),
    }
}
