//! Stores for OAuth grants: the contract, and stores in memory, in files, in SQLite and in PostgreSQL.
//!
//! A store knows nothing of HighLevel. It keeps one [`Grant`] per [`GrantKey`] and writes only over what the writer has
//! read, so that several clients and processes can share it. What a grant means is decided in [`oauth`](super::oauth).
//!
//! | store | grants live | shared by |
//! |---|---|---|
//! | [`MemoryTokenStore`] | as long as the process | clients of one process |
//! | [`FileTokenStore`] | in a folder | processes of one machine |
//! | `SqliteTokenStore` (feature `sqlite`) | in a table of one SQLite file | processes of one machine |
//! | `PostgresTokenStore` (feature `postgres`) | in a table of a PostgreSQL database | every process that reaches it |
//! | a [`TokenStore`] of your own | in your database | every process that reaches it |
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use gohighlevel::auth::oauth::{Grant, GrantKey, GrantSource};
//! use gohighlevel::auth::store::{FileTokenStore, Put, TokenStore};
//!
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! let store = FileTokenStore::open(folder.join("grants"))?;
//! let key = GrantKey::Location("ve9EPM428h8vShlRW1KT".parse()?);
//! let grant = Grant::new(GrantSource::Own);
//! assert!(matches!(store.put(&key, None, &grant).await?, Put::Done(_)));
//! // Who has not read what is there does not write over it.
//! assert_eq!(store.put(&key, None, &grant).await?, Put::Conflict);
//! # Ok(()) }
//! ```

mod file;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

pub use file::FileTokenStore;
pub use memory::MemoryTokenStore;
#[cfg(feature = "postgres")]
pub use postgres::PostgresTokenStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteTokenStore;

use super::oauth::{Grant, GrantKey};

/// Keeps grants. An `Arc` of a store is a store too.
///
/// [`put`](Self::put) is a compare-and-set, atomic over everybody who shares the store, and what it wrote survives a
/// crash once it has returned, as far as the store promises durability at all. Implement it to keep grants in a
/// database of your own: [`Grant::to_json`] gives one text to store beside the key and the revision. The text holds
/// tokens; encrypt it if others can read the database.
#[async_trait]
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// The grant under this key, if there is one, with its revision.
    async fn get(&self, key: &GrantKey) -> Result<Option<Stored>, TokenStoreError>;

    /// Writes the grant if its revision is still `read`; `None` means that there must be none yet.
    ///
    /// An error leaves open whether it was written; the writer reads again before the next try.
    async fn put(
        &self,
        key: &GrantKey,
        read: Option<Revision>,
        grant: &Grant,
    ) -> Result<Put, TokenStoreError>;

    /// Every grant there is, in no particular order.
    async fn all(&self) -> Result<Vec<(GrantKey, Stored)>, TokenStoreError>;
}

#[async_trait]
impl<S: TokenStore + ?Sized> TokenStore for Arc<S> {
    async fn get(&self, key: &GrantKey) -> Result<Option<Stored>, TokenStoreError> {
        (**self).get(key).await
    }

    async fn put(
        &self,
        key: &GrantKey,
        read: Option<Revision>,
        grant: &Grant,
    ) -> Result<Put, TokenStoreError> {
        (**self).put(key, read, grant).await
    }

    async fn all(&self) -> Result<Vec<(GrantKey, Stored)>, TokenStoreError> {
        (**self).all().await
    }
}

/// A grant as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The grant.
    pub grant: Grant,
    /// Its revision, to be handed to [`TokenStore::put`].
    pub revision: Revision,
}

/// Counts the writes of one grant; the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision of what is written over `read`.
    #[must_use]
    pub fn after(read: Option<Self>) -> Self {
        Self(read.map_or(1, |read| read.0.saturating_add(1)))
    }
}

/// The outcome of a [`TokenStore::put`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// Exhaustive on purpose: a writer has to handle both.
pub enum Put {
    /// It is written, and has this revision.
    Done(Revision),
    /// Another writer was faster; nothing was written. Read again.
    Conflict,
}

/// The store failed.
///
/// The reason is logged: it must hold no token.
#[derive(Debug, thiserror::Error)]
#[error("the token store failed to {doing}")]
pub struct TokenStoreError {
    doing: &'static str,
    #[source]
    source: Box<dyn StdError + Send + Sync>,
}

impl TokenStoreError {
    /// A failure while `doing` something (`"read a grant"`, `"write a grant"`).
    pub fn new(doing: &'static str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            doing,
            source: source.into(),
        }
    }
}
