//! The errors of a store.

use std::error::Error as StdError;

use serde::Serialize;

/// The store failed. Nothing was written that the next start will find, or at least nobody may rely on it. The sender must
/// deliver the input again.
#[derive(Debug, thiserror::Error)]
#[error("the store failed to {doing}; nothing was written")]
pub struct StoreError {
    doing: &'static str,
    fault: StoreFault,
    #[source]
    source: Box<dyn StdError + Send + Sync>,
}

impl StoreError {
    /// A failure while `doing` something (`"commit"`, `"read an episode"`), which may be temporary.
    pub fn new(doing: &'static str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            doing,
            fault: StoreFault::Failed,
            source: source.into(),
        }
    }

    /// The same failure, of this kind.
    pub fn with_fault(self, fault: StoreFault) -> Self {
        Self { fault, ..self }
    }

    /// The kind of the failure.
    pub fn fault(&self) -> StoreFault {
        self.fault
    }
}

/// The kind of a store's failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StoreFault {
    /// It failed, perhaps temporarily: a full disk, another program that holds the database, a row that cannot be read.
    Failed,
    /// Its files were removed or replaced while they were open, so that writes would be lost. It accepts no writes until the
    /// files are back. Stop the service before you restore them.
    Displaced,
    /// Its files are no longer a valid database. It accepts no writes until a valid one is opened.
    Damaged,
    /// It did not answer in time.
    Silent,
}
