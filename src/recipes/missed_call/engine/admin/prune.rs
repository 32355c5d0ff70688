//! Deletes what is over, in batches.

use super::Admin;
use crate::recipes::missed_call::store::{Pruned, Retention, StoreError};

impl Admin {
    /// Deletes what `retention` does not keep. Work goes on between batches.
    pub(in super::super) async fn prune(
        &self,
        retention: &Retention,
    ) -> Result<Pruned, StoreError> {
        let mut batch = retention.batch(self.base.now());
        let mut pruned = Pruned::default();
        loop {
            pruned = pruned.plus(self.base.store.prune(&batch).await?);
            match pruned.next {
                Some(next) => batch.after = next,
                None => return Ok(pruned),
            }
            tokio::task::yield_now().await;
        }
    }
}
