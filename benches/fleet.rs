//! What an agency's engine costs: an idle process with a source of 50,000 locations, and a claim on PostgreSQL with 10,000
//! and with 1,000,000 open episodes. Fails if a limit is missed. An argument replaces the number 1,000,000.
#![allow(clippy::disallowed_methods, reason = "a bench reads the time")]
#![allow(clippy::print_stdout, reason = "it prints its results")]

#[cfg(unix)]
#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/it/postgres/cluster.rs"]
mod cluster;
#[allow(dead_code, reason = "it has callers for other benches")]
mod scale;

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use gohighlevel::auth::StaticTokens;
use gohighlevel::client::Client;
use gohighlevel::ids::LocationId;
use gohighlevel::recipes::missed_call::store::SqliteStore;
use gohighlevel::recipes::missed_call::{Engine, LocationSource, Lookup, Recipe, SourceError};
use scale::{Figures, callers};
use tokio::runtime::Builder;

const LOCATIONS: u64 = 50_000;
const START_LIMIT: f64 = 1.0;
const MEMORY_LIMIT: f64 = 60.0;
/// How long the process is idle before its memory is read.
const IDLE: Duration = Duration::from_secs(3);

/// The host's list, in memory.
struct Customers {
    client: Client,
    recipes: HashMap<LocationId, Arc<Recipe>>,
}

#[async_trait]
impl LocationSource for Customers {
    async fn look_up(&self, id: &LocationId) -> Result<Lookup, SourceError> {
        Ok(match self.recipes.get(id) {
            Some(recipe) => Lookup::found(self.client.location(id.clone()), Arc::clone(recipe)),
            None => Lookup::Unknown,
        })
    }
}

/// The resident memory of this process, in MB; `None` if the system does not report it.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

/// An engine with a source of all locations starts, has nothing to do, and has answered for a thousand of them.
async fn idle_process(figures: &mut Figures) {
    let folder = tempfile::tempdir().expect("a folder");
    let recipe = Arc::new(Recipe::preset("soleil").expect("a preset"));
    let id = |number| -> LocationId { callers::name(0, number).parse().expect("an id") };
    let recipes = (0..LOCATIONS).map(|number| (id(number), Arc::clone(&recipe)));
    let recipes: HashMap<_, _> = recipes.collect();
    let begun = Instant::now();
    let client = Client::builder().credentials(StaticTokens::new("pit-nobody"));
    let client = client.base_url("http://127.0.0.1:9").build();
    let client = client.expect("a client");
    let store = SqliteStore::open(folder.path().join("engine.db")).expect("a store");
    let source = Customers { client, recipes };
    let engine = Engine::builder(Arc::new(store)).location_source(source);
    let engine = engine.build();
    figures.below(
        "an engine with a source of 50,000 locations starts within",
        begun.elapsed().as_secs_f64(),
        START_LIMIT,
        "s",
    );
    for number in 0..1000 {
        let status = engine.status(&id(number)).await;
        assert!(status.expect("an answer").served);
    }
    engine.run(tokio::time::sleep(IDLE)).await;
    match resident() {
        Some(now) => figures.below(
            "  resident while it has nothing to do, the host's list included",
            now,
            MEMORY_LIMIT,
            "MB",
        ),
        None => println!("  resident memory: not reported by this system"),
    }
}

#[cfg(unix)]
mod claims {
    //! Claims on PostgreSQL.

    use std::time::Instant;

    use gohighlevel::client::Lane;
    use gohighlevel::postgres::Database;
    use gohighlevel::recipes::missed_call::store::{PostgresStore, Shares, Store};
    use jiff::{SignedDuration, Timestamp};
    use tokio_postgres::NoTls;

    use crate::cluster::Cluster;
    use crate::scale::{Figures, percentile};

    const FEW: u64 = 10_000;
    const ROUNDS: usize = 150;
    /// How many effects the engine claims at once.
    const BATCH: usize = 32;
    const LEASE: SignedDuration = SignedDuration::from_mins(15);
    const RATIO_LIMIT: f64 = 1.5;
    /// When the later texts are due, one each millisecond, after 2026-11-30 in milliseconds.
    const DUE: i64 = 1_796_000_000_000;

    /// A store with open episodes in 100 locations. Each has done a text, a tag and a task, and a text is planned.
    async fn filled(url: &str, schema: &str, episodes: u64) -> PostgresStore {
        let database = Database::builder(url).schema(schema.parse().expect("a name"));
        let store = PostgresStore::new(database.open().await.expect("a database"));
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a server");
        let connection = tokio::spawn(connection);
        let begun = Instant::now();
        let state = "x".repeat(1200);
        let fill = format!(
            "INSERT INTO {schema}.episode (id, location, contact, caller, live, revision, wake_at, state_json)
             SELECT 'location' || n % 100 || ':' || n, 'location' || n % 100, 'contact' || n, '+1312' || n, true, 5,
               {DUE} + n, '{state}' FROM generate_series(0, {episodes} - 1) AS n;
             INSERT INTO {schema}.effect (episode, step, ordinal, location, lane, due_at, attempt)
             SELECT 'location' || n % 100 || ':' || n, s.step, 0, 'location' || n % 100, s.lane, s.due + n, 1
             FROM generate_series(0, {episodes} - 1) AS n,
               (VALUES ('text', 0, NULL), ('tag', 1, NULL), ('task', 1, NULL), ('later', 0, {DUE}))
               AS s(step, lane, due);
             INSERT INTO {schema}.line (location, lane, due_at)
             SELECT location, lane, min(due_at) FROM {schema}.effect GROUP BY location, lane;
             ANALYZE {schema}.episode; ANALYZE {schema}.effect; ANALYZE {schema}.line; CHECKPOINT"
        );
        client.batch_execute(&fill).await.expect("rows");
        println!(
            "{episodes} open episodes on PostgreSQL in {:.1?}",
            begun.elapsed()
        );
        drop(client);
        let _ = connection.await;
        store
    }

    pub(super) async fn measure(figures: &mut Figures, many: u64) {
        let Some(cluster) = Cluster::get() else {
            return;
        };
        let stores = [
            filled(cluster.url(), "few", FEW).await,
            filled(cluster.url(), "many", many).await,
        ];
        // All the texts of the smaller store are due, and as many of the larger one.
        let now = DUE + i64::try_from(FEW).expect("a number");
        let now = Timestamp::from_millisecond(now).expect("a time");
        let mut took = [Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            for (store, took) in stores.iter().zip(&mut took) {
                let begun = Instant::now();
                let shares = Shares::UNLIMITED;
                let claims = store.claim(now, Lane::Interactive, BATCH, LEASE, &shares);
                assert_eq!(claims.await.expect("claims").len(), BATCH, "round {round}");
                took.push(begun.elapsed());
            }
        }
        let [few, in_many] = took.each_mut().map(|took| percentile(took, 50));
        println!(
            "claim of {BATCH} due texts on PostgreSQL: {few:.2?} with {FEW} episodes, {in_many:.2?} with {many}"
        );
        let ratio = in_many.as_secs_f64() / few.as_secs_f64();
        figures.below("  the larger over the smaller", ratio, RATIO_LIMIT, "x");
    }
}

async fn measure(most: u64) -> ExitCode {
    let mut figures = Figures::default();
    idle_process(&mut figures).await;
    #[cfg(unix)]
    claims::measure(&mut figures, most).await;
    figures.outcome()
}

fn main() -> ExitCode {
    let most = std::env::args().find_map(|argument| argument.parse().ok());
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime
        .expect("an executor")
        .block_on(measure(most.unwrap_or(1_000_000)))
}
