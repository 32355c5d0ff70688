//! Grants in a PostgreSQL database, which any number of processes share.

use async_trait::async_trait;
use tokio_postgres::Row;

use super::{Put, Revision, Stored, TokenStore, TokenStoreError};
use crate::auth::oauth::{Grant, GrantKey};
use crate::postgres::{Database, DatabaseError, Fault, Statement, Tries};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Keeps grants in a table `oauth_grant` of a PostgreSQL database. One process at a time renews a grant, and the others take
/// what it has stored.
#[derive(Debug, Clone)]
pub struct PostgresTokenStore(Database);

impl PostgresTokenStore {
    /// The grants in this database.
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    async fn rows(
        &self,
        doing: &'static str,
        statement: &Statement,
    ) -> Result<Vec<Row>, TokenStoreError> {
        let rows = self.0.query(statement).await;
        rows.map_err(|error| TokenStoreError::new(doing, error))
    }
}

fn stored(revision: i64, json: &str) -> Result<Stored, Failure> {
    Ok(Stored {
        grant: Grant::from_json(json)?,
        revision: Revision(u64::try_from(revision)?),
    })
}

/// The key, the revision and the grant of a row.
fn columns(row: &Row) -> Result<(String, i64, String), DatabaseError> {
    Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
}

fn read(row: &Row) -> Result<(GrantKey, Stored), Failure> {
    let (key, revision, json) = columns(row)?;
    let known = GrantKey::from_text(&key);
    let known = known.ok_or_else(|| format!("`{key}` is not a key of this store"))?;
    Ok((known, stored(revision, &json)?))
}

/// Writes the grant if nobody was faster. The row comes back where it is written.
fn write(key: &str, read: Option<Revision>, new: i64, json: String) -> Statement {
    let sql = match read {
        None => {
            "INSERT INTO @.oauth_grant (key, revision, grant_json) VALUES ($1, $2, $3)
             ON CONFLICT (key) DO NOTHING RETURNING revision"
        }
        Some(_) => {
            "UPDATE @.oauth_grant SET revision = $2, grant_json = $3
             WHERE key = $1 AND revision = $2 - 1 RETURNING revision"
        }
    };
    Statement::new(sql).text(key).with(new).with(json)
}

#[async_trait]
impl TokenStore for PostgresTokenStore {
    async fn get(&self, key: &GrantKey) -> Result<Option<Stored>, TokenStoreError> {
        let statement =
            Statement::new("SELECT key, revision, grant_json FROM @.oauth_grant WHERE key = $1")
                .with(key.to_text());
        let doing = "read a grant";
        let rows = self.rows(doing, &statement).await?;
        let found = rows.first().map(|row| Ok(read(row)?.1)).transpose();
        found.map_err(|error: Failure| TokenStoreError::new(doing, error))
    }

    async fn put(
        &self,
        key: &GrantKey,
        read: Option<Revision>,
        grant: &Grant,
    ) -> Result<Put, TokenStoreError> {
        let doing = "write a grant";
        let failed = |error: DatabaseError| TokenStoreError::new(doing, error);
        let (key, json) = (key.to_text(), grant.to_json());
        let revision = Revision::after(read);
        let new = i64::try_from(revision.0).map_err(|error| TokenStoreError::new(doing, error))?;
        let statement = write(&key, read, new, json.clone());
        let mut tries = Tries::default();
        loop {
            match self.0.transaction(std::slice::from_ref(&statement)).await {
                Ok(answers) if answers.iter().flatten().next().is_some() => {
                    return Ok(Put::Done(revision));
                }
                // Perhaps by the try whose answer was lost. Two writers never write the same tokens.
                Ok(_) if tries.may_be_done() => {
                    let ours = Statement::new(
                        "SELECT 1 FROM @.oauth_grant WHERE key = $1 AND revision = $2 AND grant_json = $3",
                    );
                    let ours = ours.text(&key).with(new).with(json);
                    let is_ours = !self.rows(doing, &ours).await?.is_empty();
                    return Ok(if is_ours {
                        Put::Done(revision)
                    } else {
                        Put::Conflict
                    });
                }
                Ok(_) => return Ok(Put::Conflict),
                Err(error) if matches!(error.fault(), Fault::Unique(_)) => {
                    return Ok(Put::Conflict);
                }
                Err(error) => tries.wait(error).await.map_err(failed)?,
            }
        }
    }

    async fn all(&self) -> Result<Vec<(GrantKey, Stored)>, TokenStoreError> {
        let statement = Statement::new("SELECT key, revision, grant_json FROM @.oauth_grant");
        let doing = "list the grants";
        let rows = self.rows(doing, &statement).await?;
        let all: Result<_, Failure> = rows.iter().map(read).collect();
        all.map_err(|error| TokenStoreError::new(doing, error))
    }
}
