//! A single pass over what is due, for tests and for hosts with a loop of their own.

use std::time::Duration;

use jiff::Timestamp;

use super::Worker;
use super::stop::Begun;
use crate::client::Lane;
use crate::recipes::missed_call::store::{Shares, StoreError};

/// How many replies a pass has classified, and how many effects of a lane it performs.
const AT_ONCE: usize = 32;
/// How many effects it claims at a time.
const CLAIMED_AT_ONCE: usize = 4;

impl Worker {
    /// Has replies classified, performs what is due now, one effect after the other, and wakes the episodes whose time has
    /// come. Returns how many replies, effects and episodes that were.
    pub(in super::super) async fn step(&self) -> Result<usize, StoreError> {
        let mut done = 0;
        for question in self.replies.take(AT_ONCE) {
            self.ask(question).await;
            done += 1;
        }
        let store = &self.base.store;
        if self.base.time.until_asked() == Some(Duration::ZERO)
            && (store.next_due().await?.is_some()
                || store.next_receipt(&Shares::UNLIMITED).await?.is_some())
        {
            self.base.time.ask().await;
        }
        let Some(now) = self.time_to_work(true).await? else {
            return Ok(done);
        };
        // What fails there keeps no effect from being performed.
        let scope = self.base.locations.scope();
        let woken = self.wake(now, &scope).await;
        for lane in [Lane::Interactive, Lane::Background] {
            for _ in 0..AT_ONCE / CLAIMED_AT_ONCE {
                // More locations may be in quarantine by now.
                let shares = self.all_but_quarantined(lane);
                let claims = self.claim(now, lane, CLAIMED_AT_ONCE, &shares).await?;
                if claims.is_empty() {
                    break;
                }
                for claim in claims {
                    self.perform(claim, now, &Begun::default()).await;
                    done += 1;
                }
            }
        }
        for (_, claim) in self.look_after_unserved(now).await? {
            self.perform(claim, now, &Begun::default()).await;
            done += 1;
        }
        done += self.step_receipts(now).await?;
        Ok(done + woken?)
    }

    /// When a pass has something to do next.
    pub(in super::super) async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let now = self.base.now();
        if !self.replies.is_empty() {
            return Ok(Some(now));
        }
        let lanes = [Lane::Interactive, Lane::Background];
        let lanes = lanes.map(|lane| (lane, self.all_but_quarantined(lane)));
        let scope = self.base.locations.scope();
        let due = self.base.store.next_due_in(&lanes, &scope).await?;
        let background = self.all_but_quarantined(Lane::Background);
        let receipt = self.base.store.next_receipt(&background).await?;
        let quarantine = self.quarantine.wait(self.base.clock.elapsed());
        let quarantine = quarantine.and_then(|wait| now.checked_add(wait).ok());
        let due = due.into_iter().chain(receipt).chain(quarantine).min();
        // Before HighLevel has answered what time it is, nothing is done.
        let asked = self.base.time.until_asked();
        let asked = asked.and_then(|wait| now.checked_add(wait).ok());
        Ok(due.map(|due| asked.map_or(due, |asked| asked.min(due.max(asked)))))
    }
}
