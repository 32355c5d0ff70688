//! Two servers on one PostgreSQL database behind a pooler, of two releases: each is replaced by one of the other release, again
//! and again, with SIGTERM or `kill -9`. Nothing is lost, nothing doubled, whichever release goes on with what the other began.
//!
//! `.ci/rolling-deploys` runs it. See [`kills`](super::kills) for what is counted.
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
use crate::postgres::servers;

const BETWEEN_CALLS: Duration = Duration::from_millis(400);
/// How long two releases work side by side at most before one of them is replaced.
const LONGEST_LIFE_MS: u64 = 3_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes of real time; .ci/rolling-deploys runs it"]
async fn two_releases_side_by_side_lose_nothing_and_double_nothing() {
    let cluster = servers!();
    let url = cluster.pooled().unwrap_or(cluster.url());
    let deploys = setting("DEPLOYS").unwrap_or(50);
    let seed = setting("KILLS_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let program = |variable: &str| {
        let path = std::env::var_os(variable).map(PathBuf::from);
        path.unwrap_or_else(|| panic!("{variable} names no program"))
    };
    let fake = FakeGhl::builder().limit(NO_LIMIT, Duration::from_secs(10));
    let fake = fake.start().await.unwrap();
    let places = ["OLD_RECOVERY_SERVER", "RECOVERY_SERVER"].map(|release| {
        let place = Place::new(&fake).with_program(Some(program(release)));
        let place = place.with_postgres(url);
        place.write("recipe.toml", &patient_recipe());
        place.write_config("recipe = \"recipe.toml\"");
        place
    });
    // The older release makes the tables, and both of its servers work on them.
    let [old, _] = &places;
    let mut servers = [
        (0, Server::start(old, &fake).await),
        (0, Server::start(old, &fake).await),
    ];
    let mut callers = Callers::new(seed).every(BETWEEN_CALLS);
    let mut random = Rng::with_seed(seed);
    let deploying = async {
        for deploy in 1..=deploys {
            let life = random.u64(0..=LONGEST_LIFE_MS);
            tokio::time::sleep(Duration::from_millis(life)).await;
            let (release, server) = &mut servers[random.usize(..2)];
            *release = 1 - *release;
            let new = Server::listen(&places[*release]).await;
            let replaced = std::mem::replace(server, new);
            if random.bool() {
                replaced.kill().await;
            } else {
                replaced.terminate();
                replaced.ended().await;
            }
            let hears = &servers[random.usize(..2)].1;
            fake.set_webhook_url(&hears.webhook_url()).unwrap();
            if deploy % 10 == 0 {
                println!("{deploy} deploys");
            }
        }
    };
    tokio::select! {
        () = callers.call_on(&fake) => {}
        () = deploying => {}
    }
    settle(&fake, cluster.url()).await;
    for (release, server) in servers {
        server.terminate();
        let code = server.ended().await.code();
        assert_eq!(code, Some(0), "{}", places[release].log());
    }
    let store = PostgresStore::new(Database::connect(cluster.url()).await.unwrap());
    let ledger = store.ledger(&LedgerQuery::default()).await.unwrap();
    let count = Count::of(&fake, &callers.calls, &ledger).await;
    count.report(deploys, &ledger);
}
