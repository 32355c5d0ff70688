//! Two servers on one PostgreSQL database behind a pooler, each killed with `kill -9` at random moments again and again:
//! nothing is lost, nothing doubled, and each takes over what the other had begun.
//!
//! `.ci/kill-postgres` runs it. See [`kills`](super::kills) for what is counted.
#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::path::PathBuf;
use std::time::Duration;

use fastrand::Rng;
use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::postgres::Database;
use gohighlevel::recipes::missed_call::store::{LedgerQuery, PostgresStore, Store as _};
use gohighlevel::testing::FakeGhl;
use tokio_postgres::{Client, NoTls};

use super::kills::{Callers, Count, NO_LIMIT, patient_recipe, setting};
use super::server::{Place, Server};
use crate::postgres::servers;

/// The servers share a rate limit, which leaves room for their checks at the start only if few call.
const BETWEEN_CALLS: Duration = Duration::from_millis(800);
/// A server lives no longer than this before one of the two is killed.
const LONGEST_LIFE_MS: u64 = 400;
/// How long the end of everything may take. The claims of the last that was killed are free after a minute.
const DEADLINE: Duration = Duration::from_secs(600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes of real time; .ci/kill-postgres runs it"]
async fn kills_of_two_servers_lose_nothing_and_double_nothing() {
    let cluster = servers!();
    let url = cluster.pooled().unwrap_or(cluster.url());
    let kills = setting("KILLS").unwrap_or(1000);
    let seed = setting("KILLS_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let fake = FakeGhl::builder().limit(NO_LIMIT, Duration::from_secs(10));
    let fake = fake.start().await.unwrap();
    let program = std::env::var_os("RECOVERY_SERVER").map(PathBuf::from);
    let place = Place::new(&fake).with_program(program).with_postgres(url);
    place.write("recipe.toml", &patient_recipe());
    place.write_config("recipe = \"recipe.toml\"");

    let began = SystemClock.now();
    let mut servers = [
        Server::start(&place, &fake).await,
        Server::start(&place, &fake).await,
    ];
    let (mut callers, mut killer) = (
        Callers::new(seed).every(BETWEEN_CALLS),
        Rng::with_seed(seed),
    );
    tokio::select! {
        () = callers.call_on(&fake) => {}
        () = kill_on(&place, &fake, kills, &mut killer, &mut servers) => {}
    }
    let killed = SystemClock.now();
    settle(&fake, cluster.url()).await;
    println!(
        "killed for {} s, settled after {} s",
        killed.duration_since(began).as_secs(),
        SystemClock.now().duration_since(killed).as_secs()
    );
    for server in servers {
        server.terminate();
        assert_eq!(server.ended().await.code(), Some(0), "{}", place.log());
    }
    let store = PostgresStore::new(Database::connect(cluster.url()).await.unwrap());
    let ledger = store.ledger(&LedgerQuery::default()).await.unwrap();
    let count = Count::of(&fake, &callers.calls, &ledger).await;
    count.report(kills, &ledger);
}

/// Kills either server and starts it again. Webhooks go to either.
async fn kill_on(
    place: &Place,
    fake: &FakeGhl,
    kills: u64,
    random: &mut Rng,
    servers: &mut [Server; 2],
) {
    for kill in 1..=kills {
        let life = random.u64(0..=LONGEST_LIFE_MS);
        tokio::time::sleep(Duration::from_millis(life)).await;
        let (dies, hears) = (random.usize(..2), random.usize(..2));
        servers[dies].kill_now().await;
        servers[dies] = Server::listen(place).await;
        fake.set_webhook_url(&servers[hears].webhook_url()).unwrap();
        if kill % 100 == 0 {
            println!("{kill} kills");
        }
    }
}

/// Waits until nothing is left to do.
pub(super) async fn settle(fake: &FakeGhl, url: &str) {
    fake.deliveries_settled().await;
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let settled = async {
        while left(&client).await > 0 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let settled = tokio::time::timeout(DEADLINE, settled).await;
    assert!(settled.is_ok(), "not everything has come to its end");
}

/// How many effects have not ended.
async fn left(client: &Client) -> i64 {
    let sql = "SELECT count(*) FROM gohighlevel.effect WHERE due_at IS NOT NULL";
    client.query_one(sql, &[]).await.unwrap().get(0)
}
