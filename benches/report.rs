//! What a report costs: a page of a ledger with 1,000,000 entries, read from SQLite and from PostgreSQL while it is made.
//! Fails if a limit is missed. An argument replaces the number 1,000,000.
#![allow(clippy::disallowed_methods, reason = "a bench reads the time")]
#![allow(clippy::print_stdout, reason = "it prints its results")]

#[cfg(unix)]
#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/it/postgres/cluster.rs"]
mod cluster;
#[allow(dead_code, reason = "the example shows more of it")]
#[path = "../examples/weekly_report/made_up.rs"]
mod made_up;
#[allow(dead_code, reason = "it has callers for other benches")]
mod scale;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use gohighlevel::recipes::missed_call::report::pages::{PageOptions, Pages};
use gohighlevel::recipes::missed_call::report::{OverviewBuilder, Period, ReportStream, Settings};
use gohighlevel::recipes::missed_call::store::{Commit, LedgerQuery, SqliteStore, Store};
use gohighlevel::recipes::missed_call::{Preset, Recipe};
use jiff::tz::TimeZone;
use made_up::{LAST_DAY, MadeUp};
use scale::Figures;
use tokio::runtime::Builder;

const TIME_LIMIT: f64 = 10.0;
const MEMORY_LIMIT: f64 = 200.0;
const SIZE_LIMIT: f64 = 150.0;
/// How many entries are written, and read, at once.
const BATCH: usize = 5_000;
/// The days of a location, and its calls on one.
const DAYS: i64 = 364;
const CALLS_A_DAY: f64 = 20.0;

/// Fills a ledger with years of locations, one after the other, so that never all of it is in memory. Returns how many
/// entries there are.
async fn fill(store: &dyn Store, recipe: &Recipe, entries: usize) -> usize {
    let begun = Instant::now();
    let (mut written, mut number) = (0, 1);
    while written < entries {
        let zone = TimeZone::get("America/Chicago").expect("a zone");
        let made = MadeUp::new(number, recipe, CALLS_A_DAY, zone).entries(DAYS);
        number += 1;
        for part in made.chunks(BATCH) {
            let commit = Commit {
                entries: part.to_vec(),
                ..Commit::default()
            };
            store.commit(commit).await.expect("a commit");
            written += part.len();
        }
    }
    let locations = number - 1;
    println!(
        "{written} entries of {locations} locations in {:.1?}",
        begun.elapsed()
    );
    written
}

/// Forgets the peak of memory so far. Only Linux can.
fn forget_peak() -> bool {
    std::fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// The most memory that this process has had since, in MB.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

/// The page of a month over all entries.
async fn page(store: &dyn Store, recipe: &Arc<Recipe>) -> (String, usize) {
    let mut settings = Settings::of_recipe(Arc::clone(recipe));
    settings.zone = TimeZone::get("America/Chicago").expect("a zone");
    let mut overview = OverviewBuilder::new(Period::month_of(LAST_DAY), &settings);
    let mut stream = ReportStream::new(&settings);
    let mut query = LedgerQuery::default();
    query.limit = Some(BATCH);
    query.after = Some(0);
    let mut read = 0;
    loop {
        let rows = store.ledger_rows(&query).await.expect("entries");
        let Some(last) = rows.last() else { break };
        query.after = Some(last.sequence);
        read += rows.len();
        for row in &rows {
            stream.take(&row.entry);
        }
        for row in stream.ready() {
            overview.add(&row);
        }
    }
    let rest = stream.finish();
    for row in &rest.rows {
        overview.add(row);
    }
    let overview = overview.finish(&rest);
    let page = Pages::new().overview(&overview, &settings, &PageOptions::default());
    (page.expect("a page").into_inner(), read)
}

async fn measure_on(name: &str, store: &dyn Store, entries: usize, figures: &mut Figures) {
    let recipe = Arc::new(Preset::Soleil.recipe());
    let written = fill(store, &recipe, entries).await;
    let knows_peak = forget_peak();
    let begun = Instant::now();
    let (page, read) = page(store, &recipe).await;
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(read, written, "all entries are read, each once");
    println!("a page of {read} entries on {name}");
    figures.below("  made within", took, TIME_LIMIT, "s");
    match peak().filter(|_| knows_peak) {
        Some(peak) => figures.below("  peak of resident memory", peak, MEMORY_LIMIT, "MB"),
        None => println!("  peak of memory: not reported by this system"),
    }
    let size = page.len() as f64 / 1e3;
    figures.below("  size of the page", size, SIZE_LIMIT, "kB");
}

async fn measure(entries: usize) -> ExitCode {
    let mut figures = Figures::default();
    let folder = tempfile::tempdir().expect("a folder");
    {
        let store = SqliteStore::open(folder.path().join("ledger.db")).expect("a store");
        measure_on("SQLite", &store, entries, &mut figures).await;
    }
    #[cfg(unix)]
    if let Some(cluster) = cluster::Cluster::get() {
        use gohighlevel::postgres::Database;
        use gohighlevel::recipes::missed_call::store::PostgresStore;

        let name = format!("report_{:x}", fastrand::u64(..));
        let database = Database::builder(cluster.url()).schema(name.parse().expect("a name"));
        let store = PostgresStore::new(database.open().await.expect("a database"));
        measure_on("PostgreSQL", &store, entries, &mut figures).await;
    }
    figures.outcome()
}

fn main() -> ExitCode {
    let entries = std::env::args().find_map(|argument| argument.parse().ok());
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime
        .expect("an executor")
        .block_on(measure(entries.unwrap_or(1_000_000)))
}
