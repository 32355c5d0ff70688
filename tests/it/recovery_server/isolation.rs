//! Ill locations beside healthy ones in real time: how long the texts of the healthy ones are waited for.
//!
//! `.ci/isolation` runs it, on release builds of both programs. On virtual time the same is in `missed_call::isolation`.
#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::recipes::missed_call::Preset;
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::server::{Place, Server};
use crate::fake_ghl::Api;
use crate::program::example;

const LOCATIONS: usize = 20;
const ILL: [usize; 5] = [1, 2, 5, 10, 19];
/// What an ill location has, by name: the fault of all its requests, and with how many calls it begins.
const WAYS: [(&str, Option<&str>, usize); 6] = [
    ("flood", None, 900),
    ("429", Some("429:3600s"), 60),
    ("hanging", Some("hang:3600s"), 60),
    ("slow", Some("hang:5s"), 60),
    ("503", Some("status:503"), 60),
    ("day", Some("daily-limit"), 60),
];
/// How soon a text must go out.
const SOON: Duration = Duration::from_secs(1);
/// How long the last texts are waited for.
const AFTER: Duration = Duration::from_secs(3);

fn name(location: usize) -> String {
    format!("location{location:04}")
}

fn token(location: usize) -> String {
    format!("pit-{}", name(location))
}

/// FakeGhl as a process of its own.
struct Ghl {
    api: Api,
    url: String,
    public_key: String,
    _process: Child,
    _seed: NamedTempFile,
}

impl Ghl {
    async fn start() -> Self {
        let locations = (0..LOCATIONS).map(|location| {
            json!({
                "location": {
                    "id": name(location), "name": "Soleil Infusion", "phone": "+13125550100",
                    "timezone": "America/Chicago", "country": "US", "companyId": "company1",
                },
                "tokens": [token(location)],
                "customValues": [{"name": "Calendly Link", "value": "https://calendly.com/soleil/visit"}],
            })
        });
        let seed = NamedTempFile::new().unwrap();
        let locations = json!({ "locations": locations.collect::<Vec<_>>() });
        std::fs::write(seed.path(), locations.to_string()).unwrap();
        let program = std::env::var_os("FAKE_GHL").map(PathBuf::from);
        let mut process = Command::new(program.unwrap_or_else(|| example("fake_ghl")))
            .arg("--seed")
            .arg(seed.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.next_line().await.unwrap().unwrap();
        let mut public_key = String::new();
        while !public_key.contains("-----END") {
            let line = lines.next_line().await.unwrap();
            public_key += &format!("{}\n", line.unwrap());
        }
        Self {
            api: Api::at(&url),
            url,
            public_key,
            _process: process,
            _seed: seed,
        }
    }

    async fn call(&self, location: usize, number: usize) -> String {
        // Numbers of different people are not in a row.
        let from = format!(
            "+1{}556{:04}",
            [312, 773, 630, 847][number / 10_000 % 4],
            number * 7_919 % 10_000
        );
        let order = json!({"locationId": name(location), "from": from, "to": "+13125550100"});
        let called = self.api.post("/_fake/calls", order).await.expect(200);
        called["contactId"].as_str().unwrap().to_owned()
    }

    /// When each contact got a text; fails if somebody got two.
    async fn texted(&self) -> BTreeMap<String, Timestamp> {
        let seen = self.api.get("/_fake/requests").await.expect(200);
        let mut texted = BTreeMap::new();
        for request in seen["requests"].as_array().unwrap() {
            let is_text =
                request["method"] == "POST" && request["path"] == "/conversations/messages";
            if is_text
                && request["status"]
                    .as_u64()
                    .is_some_and(|status| status < 300)
            {
                let contact = request["body"]["contactId"].as_str().unwrap().to_owned();
                let time = request["time"].as_str().unwrap().parse().unwrap();
                assert_eq!(texted.insert(contact, time), None, "a text went out twice");
            }
        }
        texted
    }
}

/// What became of the healthy locations beside some ill ones.
struct Cell {
    calls: usize,
    /// Sorted.
    waits: Vec<Duration>,
    connections: usize,
    megabytes: u64,
}

impl Cell {
    fn at(&self, percent: usize) -> Duration {
        let rank = (self.waits.len() * percent).div_ceil(100);
        let wait = self.waits.get(rank.saturating_sub(1));
        wait.copied().unwrap_or(Duration::MAX)
    }

    fn is_good(&self) -> bool {
        self.waits.len() == self.calls && self.at(99) <= SOON
    }
}

fn place(ghl: &Ghl) -> Place {
    let place = Place::at(&ghl.url, &ghl.public_key)
        .with_program(std::env::var_os("RECOVERY_SERVER").map(PathBuf::from))
        .with_tokens((0..LOCATIONS).map(|location| (name(location), token(location))));
    // Floods are texted like other calls, so that they come to the rate limit.
    let recipe = Preset::Soleil.recipe().source().to_owned();
    let recipe = recipe.replace("[compliance]", "[compliance]\nfloods = \"ignored\"");
    place.write("flood.toml", &recipe);
    let mut config = format!(
        "sweep_every_seconds = 120\n[store]\npath = {:?}\n",
        place.database()
    );
    for location in 0..LOCATIONS {
        config += &format!(
            "[[location]]\nid = \"{}\"\nrecipe = \"flood.toml\"\n",
            name(location)
        );
    }
    place.write_whole_config(&config);
    place
}

async fn cell(ill: usize, fault: Option<&str>, backlog: usize, seconds: usize) -> Cell {
    let ghl = Ghl::start().await;
    let place = place(&ghl);
    let server = Server::listen(&place).await;
    let url: Value = json!({ "url": server.webhook_url() });
    ghl.api.put("/_fake/webhooks/url", url).await.expect(200);
    for location in 0..ill {
        let path = format!("/_fake/locations/{}/fault", name(location));
        let order = json!({ "fault": fault });
        ghl.api.put(&path, order).await.expect(200);
    }
    let mut numbers = 0..;
    let mut number = || numbers.next().unwrap();
    for _ in 0..backlog {
        for location in 0..ill {
            ghl.call(location, number()).await;
        }
    }
    let mut calls = Vec::new();
    let mut connections = 0;
    for second in 0..seconds {
        let began = SystemClock.elapsed();
        // Half of the healthy ones in each second.
        for location in (0..LOCATIONS).filter(|location| location % 2 == second % 2) {
            let now = SystemClock.now();
            let contact = ghl.call(location, number()).await;
            if location >= ill {
                calls.push((contact, now));
            }
        }
        connections = connections.max(open_connections(server.id()));
        let took = SystemClock.elapsed() - began;
        let left = Duration::from_secs(1).saturating_sub(took);
        SystemClock.sleep(left).await;
    }
    SystemClock.sleep(AFTER).await;
    let texted = ghl.texted().await;
    let wait = |(contact, at): &(String, Timestamp)| {
        let wait = texted.get(contact)?.duration_since(*at);
        Some(Duration::try_from(wait).unwrap_or_default())
    };
    let mut waits: Vec<Duration> = calls.iter().filter_map(wait).collect();
    waits.sort();
    let megabytes = peak_memory(server.id());
    server.kill().await;
    Cell {
        calls: calls.len(),
        waits,
        connections,
        megabytes,
    }
}

fn open_connections(process: u32) -> usize {
    let files = std::fs::read_dir(format!("/proc/{process}/fd"));
    let files = files.into_iter().flatten().flatten();
    let target = |file: std::fs::DirEntry| std::fs::read_link(file.path()).ok();
    let sockets = files.filter_map(target);
    sockets
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count()
}

fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or(0_u64) / 1024
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes half an hour; `.ci/isolation` runs it on release builds"]
async fn healthy_locations_beside_ill_ones_in_figures() {
    let setting = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let seconds = setting("ISOLATION_SECONDS").map_or(40, |text| text.parse().unwrap());
    let only = setting("ISOLATION_WAY");
    println!(
        "{LOCATIONS} locations, one call every 2 s in each, {seconds} s a cell; waits of the healthy ones:"
    );
    println!("| ill | in what way | texts of calls | p50 | p99 | max | sockets | MB at most |");
    println!("|---|---|---|---|---|---|---|---|");
    let mut bad = Vec::new();
    for (way, fault, backlog) in WAYS {
        if only.as_ref().is_some_and(|only| only != way) {
            continue;
        }
        for ill in ILL {
            let cell = cell(ill, fault, backlog, seconds).await;
            println!(
                "| {ill} | {way} | {} of {} | {:.0?} | {:.0?} | {:.0?} | {} | {} |",
                cell.waits.len(),
                cell.calls,
                cell.at(50),
                cell.at(99),
                cell.at(100),
                cell.connections,
                cell.megabytes
            );
            if !cell.is_good() {
                bad.push(format!("{ill} {way}"));
            }
        }
    }
    assert!(bad.is_empty(), "too late or not at all: {bad:?}");
}
