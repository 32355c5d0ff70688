//! The locations in which receipts are being read: a few at a time, and none twice at once.

use std::collections::HashMap;

use tokio::task::{Id, JoinSet};

use crate::ids::LocationId;

/// In how many locations HighLevel is asked at once.
const LOCATIONS: usize = 4;

/// The locations in which HighLevel is being asked.
#[derive(Default)]
pub(super) struct ReceiptReaders {
    tasks: JoinSet<()>,
    under_way: HashMap<Id, LocationId>,
}

impl ReceiptReaders {
    /// The next one that ends; `None` if none is under way.
    pub(super) async fn next_end(&mut self) -> Option<()> {
        let id = match self.tasks.join_next_with_id().await? {
            Ok((id, ())) => id,
            Err(error) => {
                tracing::error!(%error, "a task that reads receipts failed; they are read again in ten minutes");
                error.id()
            }
        };
        self.under_way.remove(&id);
        Some(())
    }

    /// Whether there is room for one more.
    pub(super) fn have_room(&self) -> bool {
        self.tasks.len() < LOCATIONS
    }

    /// Where HighLevel is being asked.
    pub(super) fn locations(&self) -> impl Iterator<Item = &LocationId> {
        self.under_way.values()
    }

    /// Reads the receipts of a location.
    pub(super) fn start(
        &mut self,
        location: LocationId,
        reading: impl Future<Output = ()> + Send + 'static,
    ) {
        let task = self.tasks.spawn(reading);
        self.under_way.insert(task.id(), location);
    }
}
