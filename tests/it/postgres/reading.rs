//! A reader of reports: a user who may read the tables and nothing more.

use gohighlevel::postgres::Database;
use gohighlevel::recipes::missed_call::report::{Report, ReportStream};
use gohighlevel::recipes::missed_call::store::{Commit, LedgerQuery, PostgresStore, Store};
use serde_json::json;

use super::{database, open, schema, servers};
use crate::missed_call::harness::ledger_builder::{LedgerBuilder, settings};

#[tokio::test]
async fn a_reader_makes_and_changes_no_table() {
    let cluster = servers!();
    let schema = schema("reading");
    let reader = || {
        let reader = Database::builder(cluster.url()).schema(schema.clone());
        reader.only_reads().connections(1).open()
    };
    let refusal = reader().await.unwrap_err().to_string();
    assert!(refusal.contains("there are no tables"), "{refusal}");
    let store = PostgresStore::new(open(cluster.url(), &schema).await);
    let commit = Commit {
        entries: LedgerBuilder::call().0,
        ..Commit::default()
    };
    store.commit(commit).await.unwrap();
    let reader = PostgresStore::new(reader().await.unwrap());
    let query = LedgerQuery::default();
    assert_eq!(
        reader.ledger(&query).await.unwrap(),
        LedgerBuilder::call().0
    );
}

/// Pages of any length, read one after the other, are the report of all entries.
#[tokio::test]
async fn a_report_that_is_read_bit_by_bit_is_that_of_the_whole() {
    let Some(database) = database("stream").await else {
        return;
    };
    let store = PostgresStore::new(database);
    let made = (0..60).fold(LedgerBuilder::default(), |made, number| {
        let (name, at) = (format!("call-{number}"), number * 90_000);
        let caller = format!("+1555000{number:04}");
        let change = json!({"caller": caller, "contact": caller});
        let made = made.missed(&name, at, change).texted(&name, at + 4);
        made.closed(&name, at + 80_000)
    });
    for part in made.0.chunks(17) {
        let commit = Commit {
            entries: part.to_vec(),
            ..Commit::default()
        };
        store.commit(commit).await.unwrap();
    }
    let whole = Report::of(&made.0, &settings());
    let mut stream = ReportStream::new(&settings());
    let (mut rows, mut before_the_end) = (Vec::new(), 0);
    let mut query = LedgerQuery::default();
    query.limit = Some(11);
    query.after = Some(0);
    let _hidden_by_nobody = super::OPEN_TRANSACTIONS.read().await;
    loop {
        let page = store.ledger_rows(&query).await.unwrap();
        let Some(last) = page.last() else { break };
        query.after = Some(last.sequence);
        page.iter().for_each(|row| stream.take(&row.entry));
        rows.extend(stream.ready());
        before_the_end = rows.len();
    }
    assert!(before_the_end > 20, "rows are let go of: {before_the_end}");
    rows.extend(stream.finish().rows);
    rows.sort_by_key(|row| row.call.ended_at);
    assert_eq!(rows, whole.rows);
}
