//! What needs a PostgreSQL server: the stores on it, several processes on one database, poolers, and answers that are lost.
//!
//! The tests run on a throw-away cluster of their own, which lasts as long as this program, or on the server that
//! `GHL_TEST_POSTGRES` names (`postgres://…`). Without either they pass, and say once that they were skipped.

mod cluster;
mod contract;
mod gone;
mod ledger_order;
mod lost_answers;
mod opening;
mod pair;
mod proxy;
mod rate_limit;
mod reading;
mod several;

use gohighlevel::postgres::{Database, SchemaName};
use gohighlevel::recipes::missed_call::store::PostgresStore;

pub(crate) use self::cluster::Cluster;
pub(crate) use self::pair::Pair;

/// Held by who reads on in a ledger, and alone by who keeps a transaction open: one hides what the other looks for.
pub(crate) static OPEN_TRANSACTIONS: tokio::sync::RwLock<()> = tokio::sync::RwLock::const_new(());

/// The servers, or a return from the test.
macro_rules! servers {
    () => {
        match $crate::postgres::Cluster::get() {
            Some(cluster) => cluster,
            None => return,
        }
    };
}
pub(crate) use servers;

/// A schema that no other test has.
pub(crate) fn schema(test: &str) -> SchemaName {
    let number = fastrand::u64(..);
    format!("{test}_{number:x}").parse().unwrap()
}

pub(crate) async fn open(url: &str, schema: &SchemaName) -> Database {
    let opened = Database::builder(url).schema(schema.clone()).open();
    opened.await.unwrap()
}

/// A database of a test's own, straight at the server.
pub(crate) async fn database(test: &str) -> Option<Database> {
    let cluster = Cluster::get()?;
    Some(open(cluster.url(), &schema(test)).await)
}

/// A store whose claims end by the times that tests pass.
fn on_virtual_time(database: Database) -> PostgresStore {
    PostgresStore::new(database).with_claims_by_callers_clock()
}
