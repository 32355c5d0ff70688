//! When there is nothing to do: what tests of a running service wait for.

use std::time::Duration;

use super::Worker;
use crate::clock::{Clock as _, SystemClock};
use crate::recipes::missed_call::store::{Shares, StoreError};

/// How often to look where no commit gives cause to.
const LOOK: Duration = Duration::from_millis(50);

impl Worker {
    /// Returns when nothing is due or under way, and observers have seen everything.
    pub(in super::super) async fn settled(&self) -> Result<(), StoreError> {
        let mut written = self.base.feed.written();
        loop {
            // Before it is looked for, so that what is written meanwhile is not overlooked.
            written.borrow_and_update();
            if self.is_settled().await? {
                break;
            }
            tokio::select! {
                biased;
                // The sender lives as long as the engine.
                _ = written.changed() => {}
                // By the machine's clock: the engine's stands still in a test, or would run ahead of what is under way.
                () = SystemClock.sleep(LOOK) => {}
            }
        }
        self.base.feed.is_seen().await;
        Ok(())
    }

    async fn is_settled(&self) -> Result<bool, StoreError> {
        if !self.replies.are_all_answered() {
            return Ok(false);
        }
        let store = &self.base.store;
        let now = self.base.now();
        if store.next_due().await?.is_some_and(|due| due <= now) {
            return Ok(false);
        }
        let receipt = store.next_receipt(&Shares::UNLIMITED).await?;
        if receipt.is_some_and(|due| due <= now) {
            return Ok(false);
        }
        // A claimed effect is due again when its claim ends.
        let put_off = store.put_off(now).await?;
        Ok(!put_off.iter().any(|effect| effect.claimed))
    }
}
