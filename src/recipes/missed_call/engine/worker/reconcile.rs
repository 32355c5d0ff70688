//! What follows when the answer to an attempt is lost: look until it is found, or surely is not there.

use jiff::Timestamp;

use super::Worker;
use super::backoff::{probe_at, retry_at};
use super::highlevel::Found;
use super::rate_limit::is_too_early;
use crate::client::Lane;
use crate::error::Error;
use crate::recipes::missed_call::core::episode::{EffectEnd, Output};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::{Intent, Reason};
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::store::{Before, Fence, Progress, StoreError};

impl Worker {
    /// The answer to an attempt is lost: the effect is looked for in a moment.
    pub(super) async fn lose(
        &self,
        fence: Fence,
        intent: Intent,
        began_at: Timestamp,
        before: Before,
        failures: u32,
        code: &str,
    ) -> Result<(), StoreError> {
        if !intent.can_be_found() {
            let reason = Reason::unknown_outcome();
            tracing::error!(effect = %fence.effect, code, "whether the effect was done cannot be found out; it is not done again");
            return self.end(fence, EffectEnd::NotDone(reason)).await;
        }
        let kind = EntryKind::OutcomeUnknown {
            effect: fence.effect.clone(),
            code: code.to_owned(),
        };
        self.release(fence, |_, now| {
            let due = probe_at(now, 0).unwrap_or(now);
            let progress = Progress::Unsettled {
                intent: intent.clone(),
                began_at,
                before: before.clone(),
                lost_at: now,
                looks: 0,
                failures,
            };
            (vec![Output::Record(kind.clone())], progress, due)
        })
        .await
    }

    /// A look was taken at what an attempt may have left behind.
    pub(super) async fn looked(
        &self,
        site: &LocationEntry,
        lane: Lane,
        fence: Fence,
        found: Result<Option<Found>, Error>,
        progress: Progress,
    ) -> Result<(), StoreError> {
        let Progress::Unsettled {
            intent,
            began_at,
            before,
            lost_at,
            looks,
            failures,
        } = progress
        else {
            return Ok(());
        };
        match found {
            Ok(Some(Found { reference, at })) => {
                let now = self.base.now();
                let at = at.map_or(now, |at| at.min(now));
                self.end(
                    fence,
                    EffectEnd::Done {
                        reference: Some(reference),
                        at,
                        found: true,
                    },
                )
                .await
            }
            Ok(None) => {
                let effect = fence.effect.clone();
                self.release(fence, |episode, now| match probe_at(now, looks + 1) {
                    Some(due) => {
                        let intent = intent.clone();
                        (
                            Vec::new(),
                            Progress::Unsettled {
                                intent,
                                began_at,
                                before: before.clone(),
                                lost_at,
                                looks: looks + 1,
                                failures,
                            },
                            due,
                        )
                    }
                    None => {
                        episode.undo_begin(&effect);
                        let nothing = Output::Record(EntryKind::NotFound {
                            effect: effect.clone(),
                        });
                        let progress = Progress::Waiting {
                            failures: failures + 1,
                            last_failure: Some("not_found".into()),
                        };
                        (vec![nothing], progress, now)
                    }
                })
                .await
            }
            Err(error) if self.is_too_late(began_at) => {
                tracing::error!(effect = %fence.effect, location = %site.location.id(), %error, "it was never found out whether the effect was done");
                self.end(fence, EffectEnd::NotDone(Reason::unknown_outcome()))
                    .await
            }
            Err(error) => {
                let put_off =
                    is_too_early(&error).then(|| self.look_put_off_until(&site.location, lane));
                if put_off.is_none() {
                    tracing::warn!(effect = %fence.effect, %error, "looking for the effect failed; it is looked for again");
                }
                let failures = failures + u32::from(put_off.is_none());
                self.release(fence, |_, now| {
                    let intent = intent.clone();
                    let progress = Progress::Unsettled {
                        intent,
                        began_at,
                        before: before.clone(),
                        lost_at,
                        looks,
                        failures,
                    };
                    (
                        Vec::new(),
                        progress,
                        put_off.unwrap_or_else(|| retry_at(now, failures, fastrand::f64())),
                    )
                })
                .await
            }
        }
    }
}
