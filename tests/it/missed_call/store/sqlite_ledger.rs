//! The ledger of a file that is open elsewhere, read beside its store.

use gohighlevel::recipes::missed_call::store::{
    Commit, LedgerQuery, SqliteLedger, SqliteStore, Store as _,
};
use rusqlite::Connection;

use super::sqlite_store::whole;
use crate::missed_call::harness::builders::location;
use crate::missed_call::harness::ledger_builder::LedgerBuilder;

fn calls(names: &[&str]) -> Commit {
    let made = names
        .iter()
        .zip(0..)
        .fold(LedgerBuilder::default(), |made, (name, place)| {
            made.missed(name, place, serde_json::json!({}))
        });
    Commit {
        entries: made.0,
        ..Commit::default()
    }
}

#[tokio::test]
async fn it_reads_what_is_written_while_the_store_works() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).unwrap();
    store.commit(calls(&["one", "two"])).await.unwrap();
    let ledger = SqliteLedger::open(&path).unwrap();
    let query = LedgerQuery::of_location(location());
    assert_eq!(
        ledger.ledger_rows(&query).await.unwrap(),
        store.ledger_rows(&query).await.unwrap()
    );
    store.commit(calls(&["three"])).await.unwrap();
    let mut newest = LedgerQuery::default();
    newest.after = Some(2);
    assert_eq!(ledger.ledger_rows(&newest).await.unwrap().len(), 1);
    // The reader may stay longer than the store, and be there before it.
    drop(store);
    assert_eq!(ledger.ledger_rows(&query).await.unwrap().len(), 3);
    let store = SqliteStore::open(&path).unwrap();
    store.commit(calls(&["four"])).await.unwrap();
    assert_eq!(ledger.ledger_rows(&query).await.unwrap().len(), 4);
}

#[tokio::test]
async fn other_files_are_refused_and_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let refusal = |name: &str| whole(&SqliteLedger::open(at(name)).unwrap_err());
    assert!(refusal("none.db").contains("none.db") && refusal("none.db").contains("is not there"));
    assert!(!at("none.db").exists());

    std::fs::write(at("text.db"), "no database, however long this text may be").unwrap();
    assert!(refusal("text.db").contains("text.db"));

    let other = Connection::open(at("other.db")).unwrap();
    other
        .execute_batch("CREATE TABLE songs (title); PRAGMA user_version = 3")
        .unwrap();
    drop(other);
    assert!(refusal("other.db").contains("other.db"));

    drop(SqliteStore::open(at("older.db")).unwrap());
    let older = Connection::open(at("older.db")).unwrap();
    older.pragma_update(None, "user_version", 4).unwrap();
    drop(older);
    assert!(
        refusal("older.db").contains("has version 4 of the schema"),
        "{}",
        refusal("older.db")
    );
    let older = Connection::open(at("older.db")).unwrap();
    let version = older.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    assert_eq!(version.unwrap(), 4);
}
