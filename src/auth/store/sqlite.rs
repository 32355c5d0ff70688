//! Grants in one SQLite file, which several processes may share.

use std::path::Path;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Put, Revision, Stored, TokenStore, TokenStoreError};
use crate::auth::oauth::{Grant, GrantKey};
use crate::sqlite::{Failure, SharedFile};

/// One table, so that grants may lie in the database of something else.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS oauth_grant (
    key TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    -- The version of its form is inside.
    grant_json TEXT NOT NULL
) WITHOUT ROWID;
";

/// Keeps grants in a table `oauth_grant` of one SQLite file, which several processes of a machine may share. On Unix a
/// new file gets mode 0600.
#[derive(Debug, Clone)]
pub struct SqliteTokenStore(SharedFile);

impl SqliteTokenStore {
    /// Opens the database at `path`, and makes it if it is not there. Fails if it cannot be written, is not a database, or
    /// its grants are damaged; the message names the file and says what to do. Reads and writes fail once the file was
    /// removed or replaced: what is written then is lost.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, TokenStoreError> {
        SharedFile::open(path.as_ref(), "oauth_grant", SCHEMA)
            .map(Self)
            .map_err(|error| TokenStoreError::new("open the database", error))
    }

    async fn run<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, TokenStoreError> {
        let done = self.0.run(work).await;
        done.map_err(|error| TokenStoreError::new(doing, error))
    }
}

fn stored(revision: i64, json: &str) -> Result<Stored, Failure> {
    Ok(Stored {
        grant: Grant::from_json(json)?,
        revision: Revision(u64::try_from(revision)?),
    })
}

#[async_trait]
impl TokenStore for SqliteTokenStore {
    async fn get(&self, key: &GrantKey) -> Result<Option<Stored>, TokenStoreError> {
        let key = key.to_text();
        self.run("read a grant", move |connection| {
            connection
                .prepare_cached("SELECT revision, grant_json FROM oauth_grant WHERE key = ?1")?
                .query_row([key], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
                })
                .optional()?
                .map(|(revision, json)| stored(revision, &json))
                .transpose()
        })
        .await
    }

    async fn put(
        &self,
        key: &GrantKey,
        read: Option<Revision>,
        grant: &Grant,
    ) -> Result<Put, TokenStoreError> {
        let (key, json) = (key.to_text(), grant.to_json());
        self.run("write a grant", move |connection| {
            let revision = Revision::after(read);
            let new = i64::try_from(revision.0)?;
            // One statement is one transaction.
            let written = match read {
                None => connection
                    .prepare_cached(
                        "INSERT INTO oauth_grant (key, revision, grant_json) VALUES (?1, ?2, ?3)
                         ON CONFLICT DO NOTHING",
                    )?
                    .execute(params![key, new, json])?,
                Some(_) => connection
                    .prepare_cached(
                        "UPDATE oauth_grant SET revision = ?2, grant_json = ?3
                         WHERE key = ?1 AND revision = ?2 - 1",
                    )?
                    .execute(params![key, new, json])?,
            };
            Ok(if written == 1 {
                Put::Done(revision)
            } else {
                Put::Conflict
            })
        })
        .await
    }

    async fn all(&self) -> Result<Vec<(GrantKey, Stored)>, TokenStoreError> {
        self.run("list the grants", |connection| {
            let mut statement =
                connection.prepare_cached("SELECT key, revision, grant_json FROM oauth_grant")?;
            let mut rows = statement.query([])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let (key, json): (String, String) = (row.get(0)?, row.get(2)?);
                let key = GrantKey::from_text(&key)
                    .ok_or_else(|| format!("`{key}` is not a key of this store"))?;
                all.push((key, stored(row.get(1)?, &json)?));
            }
            Ok(all)
        })
        .await
    }
}
