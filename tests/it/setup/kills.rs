//! `setup apply` and `setup undo` as processes, killed with `kill -9` at random moments, with lost answers mixed in: each ends as
//! wished, nothing is made twice, and all is put back.
//!
//! `.ci/kill-setup` runs it with many kills. A moment is a number of requests that FakeGhl has seen, and a wait of less than the next
//! one takes: where in a run it lies does not depend on the machine, and what comes of it must not.
#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::process::Stdio;
use std::time::Duration;

use fastrand::Rng;
use gohighlevel::Client;
use gohighlevel::client::StaticTokens;
use gohighlevel::testing::{FakeGhl, GatePoint};
use http::Method;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::runs::WRITES;
use super::{CSV, TOML, id, seed, state};
use crate::program::gohighlevel;

const LOCATIONS: usize = 3;
/// A run is killed before it has made more requests than this.
const LONGEST_LIFE: usize = 70;
/// How long a process is left alone after its last request, in microseconds.
const LONGEST_WAIT: u64 = 3_000;
/// How often a run and its undoing are killed before they are left to end.
const KILLS_OF_A_RUN: u64 = 6;
/// So many runs are enough to end one that has lost every answer.
const TRIES: usize = 8;
const NO_LIMIT: u32 = 1_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_few_kills_make_nothing_twice_and_undo_puts_all_back() {
    kills_at_random_moments(6, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes of real time; .ci/kill-setup runs it"]
async fn kills_at_random_moments_make_nothing_twice_and_undo_puts_all_back() {
    let setting = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let kills = setting("KILLS").unwrap_or(200);
    let seed = setting("KILLS_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    kills_at_random_moments(kills, seed).await;
}

async fn kills_at_random_moments(kills: u64, seed: u64) {
    let mut random = Rng::with_seed(seed);
    // As a run that nobody disturbs leaves it.
    let place = Place::new().await;
    let before = place.states().await;
    place.to_its_end("apply").await;
    let wished = place.states().await;
    place.to_its_end("undo").await;
    let undone = place.states().await;
    assert_eq!(without_pipelines(&undone), without_pipelines(&before));
    let (mut killed, mut rounds) = (0, 0);
    while killed < kills {
        let place = Place::new().await;
        for (what, end) in [("apply", &wished), ("undo", &undone)] {
            for _ in 0..KILLS_OF_A_RUN.min(kills - killed) {
                place.lose_an_answer(&mut random);
                killed += u64::from(place.is_killed(what, &mut random).await);
            }
            place.to_its_end(what).await;
            assert_eq!(place.states().await, *end, "{what} in round {rounds}");
        }
        rounds += 1;
    }
    println!(
        "{killed} kills in {rounds} rounds of apply and undo: as wished, nothing twice, all put back"
    );
}

/// Pipelines stay: opportunities would go with them.
fn without_pipelines(states: &[String]) -> Vec<String> {
    let things = states.iter().map(|state| {
        let lines = state.lines().filter(|line| !line.starts_with("pipeline"));
        lines.collect::<Vec<_>>().join("\n")
    });
    things.collect()
}

/// A HighLevel on loopback, and a folder with files, plan and journal.
struct Place {
    fake: FakeGhl,
    folder: TempDir,
    client: Client,
}

impl Place {
    async fn new() -> Self {
        let fake = FakeGhl::builder()
            .seed_json(&seed().to_string())
            .unwrap()
            .limit(NO_LIMIT, Duration::from_secs(10))
            .start()
            .await
            .unwrap();
        let tokens = (0..LOCATIONS).fold(StaticTokens::default(), |tokens, at| {
            tokens.with_location(id(at), format!("pit-{at}"))
        });
        let client = Client::builder()
            .credentials(tokens)
            .base_url(fake.url())
            .transport(fake.transport())
            .build()
            .unwrap();
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("agency.toml"), TOML).unwrap();
        std::fs::write(folder.path().join("locations.csv"), CSV).unwrap();
        let place = Self {
            fake,
            folder,
            client,
        };
        let planned = place.command(&["plan", "--out", "plan.json"]).output();
        let planned = planned.await.unwrap();
        assert_eq!(planned.status.code(), Some(2), "{planned:?}");
        place
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(gohighlevel());
        command
            .arg("setup")
            .args(arguments)
            .current_dir(self.folder.path())
            .env("GHL_BASE_URL", self.fake.url())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        for at in 0..LOCATIONS {
            command.env(format!("GHL_TOKEN_loc{at}"), format!("pit-{at}"));
        }
        command
    }

    fn begin(&self, what: &str) -> Child {
        let arguments: &[&str] = match what {
            "apply" => &["apply", "--plan", "plan.json"],
            _ => &["undo", "--yes"],
        };
        // Before its first kill there may be no journal to undo.
        self.command(arguments)
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// One answer to a write is lost, half of the time.
    fn lose_an_answer(&self, random: &mut Rng) {
        if random.bool() {
            let (method, path) = &WRITES[random.usize(0..WRITES.len())];
            let lost = "drop-after".parse().unwrap();
            self.fake.fault(method.clone(), path, lost, 1).unwrap();
        }
    }

    /// Starts it and kills it at a random moment; whether it had not ended before.
    async fn is_killed(&self, what: &str, random: &mut Rng) -> bool {
        let end = self.fake.requests().len() + random.usize(0..LONGEST_LIFE);
        let mut child = self.begin(what);
        while self.fake.requests().len() < end {
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            tokio::time::sleep(Duration::from_micros(300)).await;
        }
        tokio::time::sleep(Duration::from_micros(random.u64(0..LONGEST_WAIT))).await;
        let has_ended = child.try_wait().unwrap().is_some();
        child.kill().await.unwrap();
        !has_ended
    }

    /// Runs it again and again until nothing is left but for a person.
    async fn to_its_end(&self, what: &str) {
        self.fake.clear_faults();
        for _ in 0..TRIES {
            let ended = self.begin(what).wait().await.unwrap();
            if matches!(ended.code(), Some(0 | 3)) {
                return;
            }
        }
        panic!("{what} does not come to an end");
    }

    async fn states(&self) -> Vec<String> {
        let mut states = Vec::new();
        for at in 0..LOCATIONS {
            states.push(state(&self.client, at).await);
        }
        states
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_ends_a_run_after_the_write_under_way() {
    let place = Place::new().await;
    let held_at = GatePoint::BeforeAnswer;
    let mut gate = place
        .fake
        .gate(Method::POST, "/locations/*/tags", held_at)
        .unwrap();
    let mut command = place.command(&["apply", "--yes", "--location", "Loop"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let held = gate.arrived().await.unwrap();
    let id = child.id().unwrap().to_string();
    let sent = Command::new("kill")
        .args(["-INT", &id])
        .status()
        .await
        .unwrap();
    assert!(sent.success());
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = said.next_line().await.unwrap().unwrap();
    assert!(line.starts_with("Ending after what is under way"), "{line}");
    held.release();
    drop(gate);
    assert_eq!(child.wait().await.unwrap().code(), Some(4));

    let journal = std::fs::read_to_string(place.folder.path().join("setup.jsonl")).unwrap();
    let of = |event: &str| journal.matches(&format!("\"event\":\"{event}\"")).count();
    assert_eq!(of("intent"), of("done"), "{journal}");
    let tags = place.fake.requests().into_iter();
    let tags = tags.filter(|request| request.method == "POST" && request.path.ends_with("/tags"));
    assert_eq!(tags.count(), 1, "the second tag was not begun");
    place.to_its_end("apply").await;
}
