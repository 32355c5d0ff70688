//! An engine on a SQLite store, and two on a PostgreSQL database if its programs are installed: the rate of missed calls
//! accepted durably from many concurrent senders; and the time from a webhook over HTTP to the text accepted by a FakeGhl, at
//! 50 calls a second over 100 locations. Fails if a limit is missed.
#![allow(clippy::disallowed_methods, reason = "a bench reads the time")]
#![allow(clippy::print_stdout, reason = "it prints its results")]

#[path = "scale/arriving.rs"]
mod arriving;
#[cfg(all(feature = "postgres", unix))]
#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../tests/it/postgres/cluster.rs"]
mod cluster;
mod scale;

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gohighlevel::Client;
use gohighlevel::auth::StaticTokens;
use gohighlevel::clock::{Clock, SystemClock};
use gohighlevel::recipes::missed_call::ledger::EntryKind;
use gohighlevel::recipes::missed_call::store::{LedgerQuery, SqliteStore, Store};
use gohighlevel::recipes::missed_call::{Acceptance, Engine};
use gohighlevel::testing::{Call, FakeGhl};
use gohighlevel::webhooks::{Delivery, Endpoint, Verifier};
use scale::{Figures, callers, percentile};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

/// Missed calls for the first figure, and how many are sent concurrently.
const CALLS: u64 = 20_000;
const SENDERS: u64 = 64;
/// The pace and length of the second figure.
const PACE: Duration = Duration::from_millis(20);
const PACED_CALLS: u64 = 1000;
const LATENCY_LIMIT: f64 = 150.0;
/// 1,500 missed calls a second, in microseconds for each.
#[cfg(all(feature = "postgres", unix))]
const POSTGRES_LIMIT: f64 = 1e6 / 1500.0;
/// The time limit for the last texts.
const SETTLING: Duration = Duration::from_secs(3);

fn token(number: u64) -> String {
    format!("pit-bench-{number}")
}

/// An engine with `soleil` in every location, each with a token of its own.
fn engine(store: Arc<dyn Store>, url: &str) -> Engine {
    let mut tokens = StaticTokens::new("pit-nobody");
    for number in 0..callers::LOCATIONS {
        tokens = tokens.with_location(callers::location(number), token(number));
    }
    let client = Client::builder().credentials(tokens).base_url(url);
    let client = client.build().expect("a client");
    let mut engine = Engine::builder(store);
    for number in 0..callers::LOCATIONS {
        let location = client.location(callers::location(number));
        engine = engine.location(location, arriving::recipe());
    }
    engine.build()
}

/// A verified delivery of a missed call that ended just now.
fn delivery(number: u64) -> Delivery {
    Delivery::read(arriving::missed_call(number), SystemClock.now()).expect("an object")
}

/// Missed calls accepted per second by engines on one database, from many concurrent senders.
async fn accepted(stores: &Stores) -> f64 {
    let engines: Vec<Engine> = stores
        .iter()
        .map(|store| engine(Arc::clone(store), "http://127.0.0.1:9"))
        .collect();
    let begun = Instant::now();
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let engine = engines[sender as usize % engines.len()].clone();
        senders.spawn(async move {
            for number in (sender..CALLS).step_by(SENDERS as usize) {
                let accepted = engine.accept(&delivery(number)).await;
                assert_eq!(accepted.expect("a store"), Acceptance::Accepted);
            }
        });
    }
    senders.join_all().await;
    CALLS as f64 / begun.elapsed().as_secs_f64()
}

/// A HighLevel with the locations, each with the link that the text needs.
async fn highlevel() -> FakeGhl {
    let locations = (0..callers::LOCATIONS).map(|number| {
        json!({
            "location": {
                "id": callers::location(number), "name": "Soleil", "phone": "+13125550100",
                "timezone": "America/Chicago", "companyId": "company1", "country": "US",
            },
            "tokens": [token(number)],
            "customValues": [{"name": "Calendly Link", "value": "https://calendly.com/soleil/visit"}],
        })
    });
    let seed = json!({"locations": locations.collect::<Vec<_>>()}).to_string();
    let fake = FakeGhl::builder().seed_json(&seed).expect("a seed");
    fake.start().await.expect("a HighLevel")
}

/// For each call the time from sending its webhook until HighLevel accepted its text, and how many got no text. The first
/// engine has the webhooks, and all do what follows from them.
async fn latencies(stores: &Stores) -> (Vec<Duration>, usize) {
    let fake = highlevel().await;
    let engines: Vec<Engine> = stores
        .iter()
        .map(|store| engine(Arc::clone(store), &fake.url()))
        .collect();
    let engine = engines[0].clone();
    let verifier = Verifier::builder().ed25519_pem(&fake.public_key_pem());
    let verifier = verifier.expect("a key").build();
    let app = axum::Router::new().route(
        "/webhooks/ghl",
        Endpoint::new(verifier, engine.clone()).route(),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let url = format!("http://{address}/webhooks/ghl");
    fake.set_webhook_url(&url).expect("a URL");
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });
    let stop = tokio::sync::watch::Sender::new(false);
    let mut running = JoinSet::new();
    for engine in engines {
        let mut stopped = stop.subscribe();
        let stopped = async move { drop(stopped.wait_for(|stopped| *stopped).await) };
        running.spawn(async move { engine.run(stopped).await });
    }

    let mut pace = tokio::time::interval(PACE);
    let mut sent_off = HashMap::new();
    for number in 0..PACED_CALLS {
        pace.tick().await;
        let location = callers::location(number).to_string();
        let to = "+13125550100".parse().expect("a number");
        let call = Call::missed(location, callers::phone(number), to);
        let now = SystemClock.now();
        let trigger = fake.call(&call).expect("a call");
        sent_off.insert(format!("{}:{}", call.location_id, trigger.message_id), now);
    }
    fake.deliveries_settled().await;
    tokio::time::sleep(SETTLING).await;
    let mut latencies = Vec::new();
    let entries = engine.store().ledger(&LedgerQuery::default()).await;
    for entry in entries.expect("a store") {
        if let EntryKind::Done {
            step, accepted_at, ..
        } = &entry.kind
            && step.as_str() == "text"
        {
            let episode = entry.episode.expect("an episode").to_string();
            let sent_off = sent_off.remove(&episode).expect("one text for each call");
            let took = accepted_at.duration_since(sent_off);
            latencies.push(took.try_into().unwrap_or_default());
        }
    }
    stop.send_replace(true);
    running.join_all().await;
    serving.abort();
    (latencies, sent_off.len())
}

/// The engines' stores, all on one database.
type Stores = Vec<Arc<dyn Store>>;

async fn measure(
    figures: &mut Figures,
    what: &str,
    limit: f64,
    accepting: Stores,
    sending: Stores,
) {
    let rate = accepted(&accepting).await;
    println!("{what}");
    let accepted = format!("  {CALLS} missed calls from {SENDERS} senders accepted durably, each");
    figures.below(&accepted, 1e6 / rate, limit, "µs");
    println!("  that is {rate:.0} in a second");
    let (mut latencies, lost) = latencies(&sending).await;
    println!(
        "  {} calls, one every {PACE:?}: {lost} without a text",
        latencies.len() + lost
    );
    for hundredths in [50, 99, 100] {
        let took = percentile(&mut latencies, hundredths).as_secs_f64() * 1e3;
        let what = format!("  from webhook to the text's acceptance, p{hundredths}");
        if hundredths == 99 {
            figures.below(&what, took, LATENCY_LIMIT, "ms");
        } else {
            println!("{what}: {took:.1} ms");
        }
    }
    figures.below("  calls without a text", lost as f64, 1.0, "calls");
}

async fn measure_sqlite(figures: &mut Figures) {
    let folder = tempfile::tempdir().expect("a folder");
    let stores = |file| -> Stores {
        let store = SqliteStore::open(folder.path().join(file)).expect("a store");
        vec![Arc::new(store)]
    };
    let (accepting, sending) = (stores("accepted.db"), stores("latency.db"));
    measure(figures, "SQLite, one engine", 1000.0, accepting, sending).await;
}

/// The database is on this machine, too.
#[cfg(all(feature = "postgres", unix))]
async fn measure_postgres(figures: &mut Figures) {
    use gohighlevel::postgres::Database;
    use gohighlevel::recipes::missed_call::store::PostgresStore;

    let Some(cluster) = cluster::Cluster::get() else {
        return;
    };
    let mut both = Vec::new();
    for schema in ["accepted", "latency"] {
        let mut stores: Stores = Vec::new();
        for _ in 0..2 {
            // The connections are direct ones.
            let database = Database::builder(cluster.url()).prepared_statements();
            let database = database.schema(schema.parse().expect("a name")).open();
            let store = PostgresStore::new(database.await.expect("a database"));
            stores.push(Arc::new(store));
        }
        both.push(stores);
    }
    let (sending, accepting) = (both.pop(), both.pop());
    let (Some(sending), Some(accepting)) = (sending, accepting) else {
        return;
    };
    let what = "PostgreSQL, two engines";
    measure(figures, what, POSTGRES_LIMIT, accepting, sending).await;
}

async fn measure_all() -> ExitCode {
    let mut figures = Figures::default();
    measure_sqlite(&mut figures).await;
    #[cfg(all(feature = "postgres", unix))]
    measure_postgres(&mut figures).await;
    figures.outcome()
}

fn main() -> ExitCode {
    let runtime = Builder::new_multi_thread().enable_all().build();
    runtime.expect("an executor").block_on(measure_all())
}
