//! The contracts of stores, straight at the server and through a pooler in transaction mode.

use gohighlevel::postgres::{Database, DatabaseBuilder, SchemaName};
use gohighlevel::testing::store_contract;
use tokio_postgres::{Client, NoTls};

use super::{OPEN_TRANSACTIONS, on_virtual_time, schema, servers};

/// Tables that hold no row of a test's.
const KEPT: [&str; 3] = ["schema_version", "ledger_origin", "beat"];

/// Makes the store empty again, which takes less time than to make another.
async fn empty(client: &Client, schema: &SchemaName) {
    let tables = client
        .query(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = $1",
            &[&schema.as_str()],
        )
        .await
        .unwrap();
    let tables = tables.iter().map(|row| row.get::<_, String>(0));
    let tables = tables.filter(|table| !KEPT.contains(&table.as_str()));
    let delete = |table| format!("DELETE FROM {schema}.{table};");
    let deletes: String = tables.map(delete).collect();
    client.batch_execute(&deletes).await.unwrap();
}

async fn keeps_the_contract(direct: &str, builder: DatabaseBuilder) {
    let _none_is_open = OPEN_TRANSACTIONS.read().await;
    let schema = schema("contract");
    let database = builder.schema(schema.clone()).open().await.unwrap();
    let (client, connection) = tokio_postgres::connect(direct, NoTls).await.unwrap();
    tokio::spawn(connection);
    for check in store_contract::checks() {
        check.run(&on_virtual_time(database.clone())).await;
        empty(&client, &schema).await;
    }
}

#[tokio::test]
async fn the_store_keeps_the_contract() {
    let cluster = servers!();
    keeps_the_contract(cluster.url(), Database::builder(cluster.url())).await;
}

#[tokio::test]
async fn the_store_keeps_the_contract_with_prepared_statements() {
    let cluster = servers!();
    let builder = Database::builder(cluster.url()).prepared_statements();
    keeps_the_contract(cluster.url(), builder).await;
}

#[tokio::test]
async fn the_store_keeps_the_contract_behind_a_pooler_in_transaction_mode() {
    let cluster = servers!();
    if let Some(pooled) = cluster.pooled() {
        keeps_the_contract(cluster.url(), Database::builder(pooled)).await;
    }
}
