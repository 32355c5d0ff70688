//! How a database is opened: who makes the tables, and what is refused.

use gohighlevel::postgres::{Database, DatabaseError};
use gohighlevel::recipes::missed_call::store::{PostgresStore, Store, Subject};
use tokio::task::JoinSet;
use tokio_postgres::NoTls;

use super::{open, schema, servers};

/// A connection that knows nothing of the crate.
async fn beside(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}

fn refusal(opened: Result<Database, DatabaseError>) -> String {
    opened.unwrap_err().to_string()
}

#[tokio::test]
async fn several_processes_make_the_tables_at_once() {
    let cluster = servers!();
    for url in [Some(cluster.url()), cluster.pooled()]
        .into_iter()
        .flatten()
    {
        let schema = schema("at_once");
        let mut processes = JoinSet::new();
        for _ in 0..6 {
            let (url, schema) = (url.to_owned(), schema.clone());
            processes.spawn(async move {
                let store = PostgresStore::new(open(&url, &schema).await);
                store.next_due().await.unwrap()
            });
        }
        assert_eq!(processes.join_all().await, [None; 6]);
    }
}

#[tokio::test]
async fn a_newer_release_may_have_been_there_if_it_lets_this_one_work() {
    let cluster = servers!();
    let schema = schema("newer");
    drop(open(cluster.url(), &schema).await);
    let update = |sql: &str| format!("UPDATE {schema}.schema_version SET {sql}");
    // It has added something.
    beside(cluster.url(), &update("version = 99")).await;
    drop(open(cluster.url(), &schema).await);
    beside(cluster.url(), &update("version = 100, works_since = 99")).await;
    let opened = Database::builder(cluster.url()).schema(schema.clone());
    let refused = refusal(opened.open().await);
    assert!(refused.contains("use a newer one"), "{refused}");
}

#[tokio::test]
async fn tables_of_an_older_release_are_brought_up_to_date_by_the_first_process() {
    let cluster = servers!();
    let schema = schema("older");
    drop(open(cluster.url(), &schema).await);
    let as_version_1 = format!(
        "DROP TABLE {schema}.early_report, {schema}.awaited_receipt; UPDATE {schema}.schema_version SET version = 1"
    );
    beside(cluster.url(), &as_version_1).await;
    let mut processes = JoinSet::new();
    for _ in 0..4 {
        let (url, schema) = (cluster.url().to_owned(), schema.clone());
        processes.spawn(async move { PostgresStore::new(open(&url, &schema).await) });
    }
    for store in processes.join_all().await {
        let location = "rgvLOC0000000000test".parse().unwrap();
        let subject = Subject::contact(&"rosan".parse().unwrap());
        let reports = store.early_reports(&location, &subject).await.unwrap();
        assert_eq!(reports, []);
    }
}

#[tokio::test]
async fn a_database_that_answers_too_early_is_refused_unless_that_is_allowed() {
    let cluster = servers!();
    let separator = if cluster.url().contains('?') {
        '&'
    } else {
        '?'
    };
    let setting = "options=-c%20synchronous_commit%3Doff";
    let url = format!("{}{separator}{setting}", cluster.url());
    let opened = Database::builder(&url).schema(schema("early"));
    let refused = refusal(opened.open().await);
    assert!(refused.contains("synchronous_commit = on"), "{refused}");
    let allowed = Database::builder(&url)
        .schema(schema("early"))
        .allow_asynchronous_commit();
    allowed.open().await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_reported_without_the_password() {
    let url = "postgres://me:hunter2@127.0.0.1:1/db?sslmode=disable&connect_timeout=1";
    let refused = refusal(Database::connect(url).await);
    assert!(!refused.contains("hunter2"), "{refused}");
    let builder = format!("{:?}", Database::builder(url));
    assert!(!builder.contains("hunter2"), "{builder}");
}

#[tokio::test]
async fn a_host_can_bring_its_own_pool() {
    let cluster = servers!();
    let config: tokio_postgres::Config = cluster.url().parse().unwrap();
    let manager = deadpool_postgres::Manager::new(config, NoTls);
    let pool = deadpool_postgres::Pool::builder(manager).build().unwrap();
    let opened = Database::from_pool(pool.clone()).schema(schema("own_pool"));
    let store = PostgresStore::new(opened.open().await.unwrap());
    assert!(store.check(jiff::Timestamp::UNIX_EPOCH).await.is_ok());
    assert_eq!(pool.status().size, 1);
}
