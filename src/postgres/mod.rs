//! PostgreSQL as every store here uses it: a pool of few connections, statements without names, one round trip for a
//! transaction, and another try where the database says that one helps.
//!
//! It works behind a pooler in transaction mode (PgBouncer, Supavisor, Neon, RDS Proxy): no prepared statement, setting,
//! lock, listener or temporary table outlives a transaction, and every table is named with its schema. Prepared statements are
//! for hosts that ask for them.
//!
//! | file | question it answers |
//! |---|---|
//! | `builder`, `address`, `tls` | how is the database reached? |
//! | `schema_name`, `migrate` | where are the tables, and who makes them? |
//! | `statement`, `run` | how does a statement reach the database, alone or in a transaction? |
//! | `error`, `tries` | what does a failure mean, and is it worth another try? |

mod address;
mod builder;
mod error;
mod migrate;
mod run;
mod schema_name;
mod statement;
mod tls;
mod tries;

use std::fmt;
use std::sync::Arc;

use deadpool_postgres::Pool;

pub use self::builder::DatabaseBuilder;
pub use self::error::DatabaseError;
pub(crate) use self::error::Fault;
#[cfg(feature = "missed-call")]
pub(crate) use self::run::first;
pub use self::schema_name::{InvalidSchemaName, SchemaName};
#[cfg(feature = "missed-call")]
pub(crate) use self::statement::guard;
pub(crate) use self::statement::{NOW, Statement};
pub(crate) use self::tries::Tries;
use crate::secret::Secret;

/// A PostgreSQL database with the tables of this crate, in a schema of their own. Cheap to clone; clones share their
/// connections.
///
/// The stores on it are made from it: `PostgresStore`, `PostgresTokenStore`, `PostgresSubscriptions`,
/// `PostgresRateLimit`. Any number of processes may use the same schema.
///
/// ```no_run
/// use gohighlevel::postgres::Database;
///
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Database::connect("postgres://app:secret@db.example.com/app?sslmode=require").await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    pool: Pool,
    schema: SchemaName,
    /// Whether connections keep the statements that were made on them.
    prepared: bool,
}

impl Database {
    /// Connects to the database at this address, with the settings of [`DatabaseBuilder`] left as they are, and makes the
    /// tables if they are not there.
    ///
    /// # Errors
    ///
    /// As [`DatabaseBuilder::open`].
    pub async fn connect(url: &str) -> Result<Self, DatabaseError> {
        Self::builder(url).open().await
    }

    /// Settings for a database at this address: `postgres://user:password@host:port/name?sslmode=require`. The parameters of
    /// the address are those of libpq that concern a connection, among them several hosts, `target_session_attrs`,
    /// `sslmode` and `sslrootcert`.
    pub fn builder(url: &str) -> DatabaseBuilder {
        DatabaseBuilder::at(Secret::new(url))
    }

    /// Settings for a database that the host has a pool of connections to. The pool decides how many there are, how they are
    /// encrypted, and how long to wait for one.
    pub fn from_pool(pool: Pool) -> DatabaseBuilder {
        DatabaseBuilder::on(pool)
    }

    /// The schema of the tables.
    pub fn schema(&self) -> &SchemaName {
        &self.0.schema
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("schema", &self.0.schema)
            .field("connections", &self.0.pool.status().max_size)
            .finish_non_exhaustive()
    }
}
