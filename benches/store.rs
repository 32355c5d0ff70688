//! The SQLite store with 10,000 and with 1,000,000 open episodes, each of which has sent a text, set a tag and created a
//! task, and has a text planned for the next day. Compares claims, wake-ups and look-ups, and measures bytes on disk and
//! resident memory. Fails if a limit is missed. An argument replaces the number 1,000,000.
#![allow(clippy::disallowed_methods, reason = "a bench reads the time")]
#![allow(clippy::print_stdout, reason = "it prints its results")]

#[path = "scale/calls.rs"]
mod calls;
#[path = "scale/filling.rs"]
mod filling;
mod scale;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use filling::Filling;
use gohighlevel::client::Lane;
use gohighlevel::recipes::missed_call::store::{
    LedgerQuery, PersonKey, Scope, Shares, SqliteStore, Store,
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use scale::{Figures, callers, percentile};
use tokio::runtime::Builder;

const FEW: u64 = 10_000;
const MANY: u64 = 1_000_000;
/// Claims and look-ups of each kind in each store; the stores take turns.
const ROUNDS: u64 = 250;
/// How many effects the engine claims at once.
const BATCH: usize = 32;
const LEASE: SignedDuration = SignedDuration::from_mins(15);
/// When the first of the later texts is due.
const LATER: SignedDuration = SignedDuration::from_hours(24);

/// A store with a number of open episodes.
struct Filled {
    callers: u64,
    file: PathBuf,
    store: SqliteStore,
    filling: Filling,
}

impl Filled {
    async fn new(folder: &Path, callers: u64) -> Self {
        let file = folder.join(format!("{callers}.db"));
        let filling = Filling::new(callers);
        let store = SqliteStore::open(&file).expect("a store");
        let begun = Instant::now();
        let commits = filling.fill(&store).await;
        let took = begun.elapsed();
        let rate = commits as f64 / took.as_secs_f64();
        println!(
            "{callers} open episodes: {commits} durable commits in {took:.1?}, {rate:.0} in a second"
        );
        // The last connection to close writes the log back.
        drop(store);
        let begun = Instant::now();
        let store = SqliteStore::open(&file).expect("a store");
        println!("opened again in {:.2?}", begun.elapsed());
        Self {
            callers,
            file,
            store,
            filling,
        }
    }

    /// A time at which a number of later texts are due.
    fn due(&self, texts: u64) -> Timestamp {
        calls::start() + LATER + self.filling.ended(texts)
    }

    /// A caller with an open episode.
    fn open_caller(&self, round: u64) -> PersonKey {
        let number = (round * 7919) % self.callers;
        PersonKey {
            location: callers::location(number),
            contact: callers::name(2, number).parse().expect("an id"),
            number: Some(callers::phone(number)),
        }
    }

    async fn claim(&self, round: u64) {
        let now = self.due(ROUNDS * BATCH as u64);
        let claims = self
            .store
            .claim(now, Lane::Interactive, BATCH, LEASE, &Shares::UNLIMITED)
            .await;
        assert_eq!(claims.expect("claims").len(), BATCH, "round {round}");
    }

    async fn find(&self, round: u64) {
        let found = self.store.open_episode(&self.open_caller(round)).await;
        assert!(found.expect("an answer").is_some());
    }

    async fn wake(&self, _: u64) {
        let woken = self
            .store
            .episodes_to_wake(self.due(0), BATCH, &Scope::All)
            .await;
        assert_eq!(woken.expect("an answer").len(), BATCH);
    }

    async fn next(&self, _: u64) {
        assert!(self.store.next_due().await.expect("an answer").is_some());
    }

    async fn history(&self, round: u64) {
        let found = self.store.open_episode(&self.open_caller(round)).await;
        let found = found.expect("an answer").expect("somebody");
        let query = LedgerQuery::of_episode(found.state.id().clone());
        let entries = self.store.ledger(&query).await.expect("an answer");
        assert!(entries.len() >= 7);
    }

    /// Bytes for each episode: of episodes and effects, of the dedupe keys of deliveries, of the ledger, with indexes.
    fn bytes(&self) -> [f64; 3] {
        let connection = Connection::open(&self.file).expect("the file");
        let of = |tables: &str| {
            let sql = format!(
                "SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE AND name IN
                 (SELECT name FROM sqlite_schema WHERE tbl_name IN ({tables}))"
            );
            let bytes: i64 = connection
                .query_row(&sql, [], |row| row.get(0))
                .expect("sizes");
            bytes as f64 / self.callers as f64
        };
        [
            of("'episode_name', 'episode', 'effect'"),
            of("'delivery'"),
            of("'ledger'"),
        ]
    }
}

/// The medians of an operation that is done on the two stores in turns.
macro_rules! in_turns {
    ($few:expr, $many:expr, $method:ident) => {{
        let (mut in_few, mut in_many) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let begun = Instant::now();
            $few.$method(round).await;
            in_few.push(begun.elapsed());
            let begun = Instant::now();
            $many.$method(round).await;
            in_many.push(begun.elapsed());
        }
        beside(&mut in_few, &mut in_many)
    }};
}

/// Both medians and their ratio.
fn beside(few: &mut [Duration], many: &mut [Duration]) -> (Duration, Duration, f64) {
    let (few, many) = (percentile(few, 50), percentile(many, 50));
    (few, many, many.as_secs_f64() / few.as_secs_f64())
}

/// The resident memory of this process now and at its highest, in MB; `None` if the system does not report it.
fn resident() -> Option<[f64; 2]> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let megabytes = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
        Some(kilobytes * 1024.0 / 1e6)
    };
    Some([megabytes("VmRSS:")?, megabytes("VmHWM:")?])
}

async fn measure(folder: &Path, most: u64) -> ExitCode {
    let mut figures = Figures::default();
    let few = Filled::new(folder, FEW).await;
    let many = Filled::new(folder, most).await;

    let (in_few, in_many, ratio) = in_turns!(few, many, claim);
    println!(
        "claim of {BATCH} due texts: {in_few:.2?} with {FEW} episodes, {in_many:.2?} with {most}"
    );
    figures.below("  the larger over the smaller", ratio, 1.5, "x");
    let print = |what: &str, (in_few, in_many, ratio): (Duration, Duration, f64)| {
        println!("{what}: {in_few:.2?} and {in_many:.2?} ({ratio:.2} x)");
    };
    print("the open episode of a caller", in_turns!(few, many, find));
    print("32 episodes to wake", in_turns!(few, many, wake));
    print("when the next is due", in_turns!(few, many, next));
    print("an episode and its ledger", in_turns!(few, many, history));

    let memory = resident();
    for filled in [&few, &many] {
        let [open, deliveries, ledger] = filled.bytes();
        println!(
            "bytes for each of {} open episodes, indexes included: {open:.0} of episode and effects, {deliveries:.0} of \
             its delivery's name, {ledger:.0} of ledger",
            filled.callers
        );
        figures.below(
            "  episode, effects and delivery",
            (open + deliveries) / 1024.0,
            1.5,
            "KB",
        );
    }
    match memory {
        Some([now, highest]) => {
            println!("resident with both stores open: {now:.0} MB");
            figures.below("  at its highest, filling included", highest, 150.0, "MB");
        }
        None => println!("resident memory: not reported by this system"),
    }
    figures.outcome()
}

fn main() -> ExitCode {
    let most = std::env::args().find_map(|argument| argument.parse().ok());
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime
        .expect("an executor")
        .block_on(measure(folder.path(), most.unwrap_or(MANY)))
}
