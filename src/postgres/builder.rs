//! Settings of a database, and how it is opened.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::Config;

use super::error::DatabaseError;
use super::schema_name::SchemaName;
use super::statement::Statement;
use super::{Database, Inner, address, migrate, tls};
use crate::secret::Secret;

/// How many connections a process has. Hosted databases allow some twenty to a hundred in all.
const CONNECTIONS: usize = 4;

/// How long to wait for a connection: for a free one, and for a new one.
const PATIENCE: Duration = Duration::from_secs(5);

/// After this time a silent connection is asked whether its other end is still there …
const SILENT_FOR: Duration = Duration::from_secs(30);
/// … and is given up if what was sent is not acknowledged for this long.
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);

/// Settings of a [`Database`].
#[must_use]
pub struct DatabaseBuilder {
    source: Source,
    schema: SchemaName,
    connections: usize,
    root: Option<Vec<u8>>,
    asynchronous: bool,
    prepared: bool,
    only_reads: bool,
}

enum Source {
    Address(Secret),
    Pool(Pool),
}

impl DatabaseBuilder {
    pub(super) fn at(url: Secret) -> Self {
        Self::new(Source::Address(url))
    }

    pub(super) fn on(pool: Pool) -> Self {
        Self::new(Source::Pool(pool))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            schema: SchemaName::default(),
            connections: CONNECTIONS,
            root: None,
            asynchronous: false,
            prepared: false,
            only_reads: false,
        }
    }

    /// The schema of the tables; `gohighlevel` by default. It is made if it is not there.
    pub fn schema(self, schema: SchemaName) -> Self {
        Self { schema, ..self }
    }

    /// How many connections to have at most; 4 by default. It changes nothing in a pool of the host's.
    pub fn connections(self, connections: usize) -> Self {
        let connections = connections.max(1);
        Self {
            connections,
            ..self
        }
    }

    /// The root certificates (PEM) that the database's certificate is verified with, instead of the web's. Supabase and
    /// Amazon RDS have roots of their own. The parameter `sslrootcert` of the address names a file of them. It changes
    /// nothing in a pool of the host's.
    pub fn root_certificate(self, pem: impl Into<Vec<u8>>) -> Self {
        Self {
            root: Some(pem.into()),
            ..self
        }
    }

    /// Accepts a database that answers before a commit is on its disk (`synchronous_commit = off`). After a crash of the
    /// database, calls of the last second may then be lost that HighLevel was answered 200 for, and texts be sent twice.
    pub fn allow_asynchronous_commit(self) -> Self {
        Self {
            asynchronous: true,
            ..self
        }
    }

    /// Prepares each statement once for each connection, so that the database does not plan it again each time: it takes about
    /// twice as many calls a second. Only for connections that belong to this process: direct ones, a pooler in session mode,
    /// or one that keeps statements in transaction mode (PgBouncer 1.21 with `max_prepared_statements`). Behind other poolers
    /// statements then fail as unknown.
    pub fn prepared_statements(self) -> Self {
        Self {
            prepared: true,
            ..self
        }
    }

    /// For reports: the tables are neither made nor changed, and a user with the right to read them is enough. What writes
    /// fails with such a user.
    pub fn only_reads(self) -> Self {
        Self {
            only_reads: true,
            ..self
        }
    }

    /// Connects, and makes the tables, or brings those of an older release up to date: all of it or nothing. Processes of
    /// several releases may do so at once.
    ///
    /// # Errors
    ///
    /// The address or a certificate cannot be read; the database cannot be reached within some seconds, or refuses the
    /// user; the user may not make the schema; the tables are of a release that this one cannot work with; or the database
    /// answers before commits are on its disk.
    pub async fn open(self) -> Result<Database, DatabaseError> {
        let pool = match self.source {
            Source::Pool(pool) => pool,
            Source::Address(url) => pool(url.expose(), self.root, self.connections)?,
        };
        let on = |prepared| {
            Database(Arc::new(Inner {
                pool: pool.clone(),
                schema: self.schema.clone(),
                prepared,
            }))
        };
        // Tables can be named in a statement only after they are there.
        let unprepared = on(false);
        if self.only_reads {
            migrate::require(&unprepared).await?;
            return Ok(on(self.prepared));
        }
        if !self.asynchronous {
            refuse_asynchronous_commit(&unprepared).await?;
        }
        migrate::prepare(&unprepared).await?;
        Ok(on(self.prepared))
    }
}

impl fmt::Debug for DatabaseBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseBuilder")
            .field("schema", &self.schema)
            .field("connections", &self.connections)
            .finish_non_exhaustive()
    }
}

fn pool(url: &str, root: Option<Vec<u8>>, connections: usize) -> Result<Pool, DatabaseError> {
    let address = address::read(url)?;
    let root = match (root, address.root_file) {
        (Some(root), _) => Some(root),
        (None, Some(file)) => Some(std::fs::read(&file).map_err(|error| {
            DatabaseError::new(format!(
                "the database's root certificate {file} cannot be read: {error}"
            ))
        })?),
        (None, None) => None,
    };
    let mut config = address.config;
    patient(&mut config);
    let recycling_method = RecyclingMethod::Fast;
    let manager = Manager::from_config(
        config,
        tls::connector(root.as_deref())?,
        ManagerConfig { recycling_method },
    );
    Pool::builder(manager)
        .max_size(connections)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(PATIENCE))
        .create_timeout(Some(PATIENCE))
        .build()
        .map_err(|error| DatabaseError::new(error.to_string()))
}

/// A database that is gone is found out within seconds, where the address says nothing else.
fn patient(config: &mut Config) {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(UNACKNOWLEDGED);
    }
    if config.get_application_name().is_none() {
        config.application_name("gohighlevel");
    }
    config.keepalives_idle(SILENT_FOR);
}

async fn refuse_asynchronous_commit(database: &Database) -> Result<(), DatabaseError> {
    let asked = Statement::new("SELECT current_setting('synchronous_commit')");
    let rows = database.query(&asked).await?;
    let setting: &str = match rows.first() {
        Some(row) => row.try_get(0)?,
        None => "",
    };
    if setting == "off" {
        return Err(DatabaseError::new(
            "the database answers before a commit is on its disk (synchronous_commit = off), so that an acknowledged webhook could be lost; set it to on for this user (ALTER ROLE … SET synchronous_commit = on), or allow it with `allow_asynchronous_commit`",
        ));
    }
    Ok(())
}
