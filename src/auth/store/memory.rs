//! Grants in memory: for tests, and for services that connect again after each start.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Put, Revision, Stored, TokenStore, TokenStoreError};
use crate::auth::oauth::{Grant, GrantKey};

/// The free places of a map are as large as its values: thousands of grants are kept small this way.
type Grants = HashMap<GrantKey, Box<Stored>>;

/// Keeps grants in memory. Clones share them. They are gone with the process, and a refresh token is worth nothing
/// after it was used once: a service that restarts needs a store on disk.
#[derive(Debug, Clone, Default)]
pub struct MemoryTokenStore(Arc<Mutex<Grants>>);

impl MemoryTokenStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn grants(&self) -> MutexGuard<'_, Grants> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl TokenStore for MemoryTokenStore {
    async fn get(&self, key: &GrantKey) -> Result<Option<Stored>, TokenStoreError> {
        Ok(self.grants().get(key).map(|stored| Stored::clone(stored)))
    }

    async fn put(
        &self,
        key: &GrantKey,
        read: Option<Revision>,
        grant: &Grant,
    ) -> Result<Put, TokenStoreError> {
        let mut grants = self.grants();
        if grants.get(key).map(|stored| stored.revision) != read {
            return Ok(Put::Conflict);
        }
        let revision = Revision::after(read);
        let grant = grant.clone();
        grants.insert(key.clone(), Box::new(Stored { grant, revision }));
        Ok(Put::Done(revision))
    }

    async fn all(&self) -> Result<Vec<(GrantKey, Stored)>, TokenStoreError> {
        Ok(self
            .grants()
            .iter()
            .map(|(key, stored)| (key.clone(), Stored::clone(stored)))
            .collect())
    }
}
