//! The host's own tables: recipes of locations, consents of people. They stand for the database that your service has.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use gohighlevel::Client;
use gohighlevel::auth::oauth::{GrantKey, GrantSource};
use gohighlevel::auth::store::TokenStore;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::compliance::{Consent, ConsentAnswer, ConsentKind};
use gohighlevel::recipes::missed_call::{
    ConsentQuestion, ConsentSource, LocationSource, Lookup, Notice, Recipe, TeamNotifier,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};

use crate::BoxError;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS customer (location TEXT PRIMARY KEY, recipe TEXT);
CREATE TABLE IF NOT EXISTS consent (location TEXT, contact TEXT, given_at TEXT, reference TEXT, PRIMARY KEY (location, contact));";

/// Says which locations are served, how, and who may get later texts.
#[derive(Debug, Clone)]
pub(crate) struct Customers {
    pub(crate) tables: Arc<Mutex<Connection>>,
    pub(crate) grants: Arc<dyn TokenStore>,
    pub(crate) client: Client,
    /// For locations without a recipe of their own.
    pub(crate) recipe: Arc<Recipe>,
}

pub(crate) fn open(file: &Path) -> rusqlite::Result<Arc<Mutex<Connection>>> {
    let tables = Connection::open(file)?;
    tables.execute_batch(TABLES)?;
    Ok(Arc::new(Mutex::new(tables)))
}

impl Customers {
    /// Every location that the app is installed in.
    pub(crate) async fn installed(&self) -> Result<Vec<LocationId>, BoxError> {
        let mut grants = self.grants.all().await?;
        grants.retain(|(_, stored)| stored.grant.uninstalled_at.is_none());
        let location = |(key, _)| match key {
            GrantKey::Location(location) => Some(location),
            GrantKey::Agency(_) => None,
        };
        Ok(grants.into_iter().filter_map(location).collect())
    }

    /// Executes a statement. Returns the columns of its first row, none if it has none.
    pub(crate) async fn sql<const N: usize>(
        &self,
        statement: &'static str,
        values: [String; N],
    ) -> Result<Vec<String>, BoxError> {
        let tables = Arc::clone(&self.tables);
        let work = move || {
            let tables = tables.lock().unwrap_or_else(PoisonError::into_inner);
            let mut statement = tables.prepare(statement)?;
            let columns = statement.column_count();
            let texts = |row: &Row<'_>| (0..columns).map(|column| row.get(column)).collect();
            let row = statement.query_row(params_from_iter(values), texts);
            row.optional()
        };
        let row: Option<Vec<String>> = tokio::task::spawn_blocking(work).await??;
        Ok(row.unwrap_or_default())
    }
}

#[async_trait]
impl LocationSource for Customers {
    async fn look_up(&self, id: &LocationId) -> Result<Lookup, BoxError> {
        let Some(stored) = self.grants.get(&GrantKey::Location(id.clone())).await? else {
            // A call can be reported before the user is back with the code: its webhook comes again.
            return Ok(Lookup::Unknown);
        };
        if stored.grant.uninstalled_at.is_some() {
            return Ok(Lookup::NotServed);
        }
        if let GrantSource::Agency(company) = stored.grant.source {
            // The INSTALL of a location can come before the agency's grant, which mints its tokens.
            let agency = self.grants.get(&GrantKey::Agency(company)).await?;
            if agency.is_none_or(|stored| stored.grant.tokens.is_none()) {
                return Ok(Lookup::Unknown);
            }
        }
        let statement = "SELECT recipe FROM customer WHERE location = ?1";
        let recipe = match self.sql(statement, [id.to_string()]).await?.first() {
            Some(own) => Arc::new(Recipe::from_toml("recipe.toml", own)?),
            None => Arc::clone(&self.recipe),
        };
        Ok(Lookup::found(self.client.location(id.clone()), recipe))
    }
}

#[async_trait]
impl ConsentSource for Customers {
    async fn consent(&self, question: &ConsentQuestion) -> Result<ConsentAnswer, BoxError> {
        let person = &question.person;
        let person = [person.location.to_string(), person.contact.to_string()];
        let statement =
            "SELECT given_at, reference FROM consent WHERE location = ?1 AND contact = ?2";
        let form = self.sql(statement, person).await?;
        let [given_at, reference] = form.as_slice() else {
            return Ok(ConsentAnswer::AsKnown);
        };
        let (given_at, reference) = (given_at.parse()?, reference.clone());
        let (how, consent) = (
            ConsentKind::Written,
            Consent {
                given_at,
                reference,
            },
        );
        Ok(ConsentAnswer::Given { how, consent })
    }
}

/// Write your chat or pager here. The notice's body names the caller, and a log must not.
#[async_trait]
impl TeamNotifier for Customers {
    async fn notify(&self, notice: &Notice) -> Result<(), BoxError> {
        tracing::info!(location = %notice.location, title = %notice.title, "for the team");
        Ok(())
    }
}
