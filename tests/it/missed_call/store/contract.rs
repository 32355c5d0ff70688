//! The contract of stores, checked on both stores of the crate.

use gohighlevel::recipes::missed_call::store::{MemoryStore, SqliteStore};
use gohighlevel::testing::store_contract;

#[tokio::test]
async fn the_memory_store_keeps_the_contract() {
    store_contract::run(async || MemoryStore::new()).await;
}

#[tokio::test]
async fn the_sqlite_store_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    for (number, check) in store_contract::checks().enumerate() {
        let store = SqliteStore::open(folder.path().join(format!("{number}.db"))).unwrap();
        check.run(&store).await;
    }
}

#[test]
fn every_check_has_a_name_of_its_own() {
    let mut names: Vec<_> = store_contract::checks().map(|check| check.name()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(count > 40, "{count}");
    assert_eq!(names.len(), count);
}
