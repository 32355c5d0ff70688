//! The contracts of stores, straight at the server and through a pooler in transaction mode.

use gohighlevel::testing::store_contract;

use super::{on_virtual_time, open, schema, servers};

async fn keeps_the_contract(url: &str) {
    for check in store_contract::checks() {
        let store = on_virtual_time(open(url, &schema("contract")).await);
        check.run(&store).await;
    }
}

#[tokio::test]
async fn the_store_keeps_the_contract() {
    let cluster = servers!();
    keeps_the_contract(cluster.url()).await;
}

#[tokio::test]
async fn the_store_keeps_the_contract_behind_a_pooler_in_transaction_mode() {
    let cluster = servers!();
    if let Some(pooled) = cluster.pooled() {
        keeps_the_contract(pooled).await;
    }
}
