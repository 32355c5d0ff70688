//! How a store fails.

use std::error::Error as StdError;

use serde::Serialize;

/// The store could not do it; nothing was written that the next start will find, or it cannot be relied on. Whoever
/// delivered the input must deliver it again.
#[derive(Debug, thiserror::Error)]
#[error("the store failed to {doing}; nothing was written")]
pub struct StoreError {
    doing: &'static str,
    fault: StoreFault,
    #[source]
    source: Box<dyn StdError + Send + Sync>,
}

impl StoreError {
    /// A failure while `doing` something (`"commit"`, `"read an episode"`), which may pass by itself.
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

    /// What is wrong with the store.
    pub fn fault(&self) -> StoreFault {
        self.fault
    }
}

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StoreFault {
    /// It failed, for now at least: a full disk, another program that holds the database, a row that cannot be read.
    Failed,
    /// Its files were removed or replaced while it had them open: what is written is lost. It takes nothing until they are
    /// back; stop the service first.
    Displaced,
    /// Its files do not make a database any more. It takes nothing until a sound one is opened.
    Damaged,
    /// It did not answer in time.
    Silent,
}
