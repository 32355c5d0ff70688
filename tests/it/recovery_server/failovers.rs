//! Two servers on a primary with a synchronous standby: the primary is killed with `kill -9` under load and the standby takes
//! over, again and again. Nothing is lost, nothing doubled.
//!
//! `.ci/failover` runs it. See [`kills`](super::kills) for what is counted.
#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::path::PathBuf;
use std::time::Duration;

use fastrand::Rng;
use gohighlevel::postgres::Database;
use gohighlevel::recipes::missed_call::store::{LedgerQuery, PostgresStore, Store as _};
use gohighlevel::testing::FakeGhl;

use super::kills::{Callers, Count, NO_LIMIT, patient_recipe, setting};
use super::kills_on_postgres::settle;
use super::server::{Place, Server};
use crate::postgres::Pair;

/// So few that what came of all of them is counted within minutes.
const BETWEEN_CALLS: Duration = Duration::from_millis(400);
/// A primary lives no longer than this.
const LONGEST_LIFE_MS: u64 = 4_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes of real time; .ci/failover runs it"]
async fn failovers_lose_nothing_and_double_nothing() {
    let failovers = setting("FAILOVERS").unwrap_or(50);
    let seed = setting("KILLS_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let mut pair = Pair::start().await.expect("the programs of PostgreSQL");
    let url = pair.url();
    let fake = FakeGhl::builder().limit(NO_LIMIT, Duration::from_secs(10));
    let fake = fake.start().await.unwrap();
    let program = std::env::var_os("RECOVERY_SERVER").map(PathBuf::from);
    let place = Place::new(&fake).with_program(program).with_postgres(&url);
    place.write("recipe.toml", &patient_recipe());
    place.write_config("recipe = \"recipe.toml\"");
    let servers = [
        Server::start(&place, &fake).await,
        Server::start(&place, &fake).await,
    ];
    let mut callers = Callers::new(seed).every(BETWEEN_CALLS);
    let mut random = Rng::with_seed(seed);
    let failing = async {
        for failover in 1..=failovers {
            let life = random.u64(0..=LONGEST_LIFE_MS);
            tokio::time::sleep(Duration::from_millis(life)).await;
            pair.fail_over().await;
            let hears = &servers[random.usize(..2)];
            fake.set_webhook_url(&hears.webhook_url()).unwrap();
            if failover % 10 == 0 {
                println!("{failover} failovers");
            }
        }
    };
    tokio::select! {
        () = callers.call_on(&fake) => {}
        () = failing => {}
    }
    settle(&fake, &url).await;
    for server in servers {
        server.terminate();
        assert_eq!(server.ended().await.code(), Some(0), "{}", place.log());
    }
    let store = PostgresStore::new(Database::connect(&url).await.unwrap());
    let ledger = store.ledger(&LedgerQuery::default()).await.unwrap();
    let count = Count::of(&fake, &callers.calls, &ledger).await;
    pair.stop().await;
    count.report(failovers, &ledger);
}
