//! The order of the ledger: who goes on after the last sequence misses nothing, in whatever order transactions end.

use gohighlevel::recipes::missed_call::store::{LedgerQuery, PostgresStore, Store};
use tokio_postgres::NoTls;

use super::{OPEN_TRANSACTIONS, open, schema, servers};
use crate::missed_call::harness::builders::state;
use crate::missed_call::harness::commits::{done, entry, with_episode};

#[tokio::test]
async fn an_entry_of_a_transaction_that_ends_late_is_not_missed() {
    let cluster = servers!();
    let _alone = OPEN_TRANSACTIONS.write().await;
    let schema = schema("order");
    let store = PostgresStore::new(open(cluster.url(), &schema).await);
    let (late, connection) = tokio_postgres::connect(cluster.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    // It has written, and so has a number, before the commit that follows.
    late.batch_execute(&format!(
        "BEGIN; INSERT INTO {schema}.ledger (sequence, at, location, episode, entry_json)
         VALUES ((pg_current_xact_id()::text::bigint + (SELECT added FROM {schema}.ledger_origin)) * 1048576,
           1, 'soleilLocation000001', NULL, '{{\"kind\": \"call_unclear\", \"message\": \"m1\", \"status\": \"ringing\"}}')"
    ))
    .await
    .unwrap();
    let mut commit = with_episode(&state("1", "rosan", None));
    commit.entries = vec![entry(7, "soleilLocation000001", None)];
    done(&store, commit).await;

    let everything = LedgerQuery::default();
    assert_eq!(store.ledger_rows(&everything).await.unwrap().len(), 1);
    let mut from_the_start = LedgerQuery::default();
    from_the_start.after = Some(0);
    let rows = store.ledger_rows(&from_the_start).await.unwrap();
    assert_eq!(rows, [], "the one that may be missed is not passed by");

    late.batch_execute("COMMIT").await.unwrap();
    let rows = store.ledger_rows(&from_the_start).await.unwrap();
    let times = rows.iter().map(|row| row.entry.at.as_millisecond());
    let times: Vec<i64> = times.collect();
    assert_eq!((times.len(), times[0]), (2, 1), "in the order of sequences");
}
