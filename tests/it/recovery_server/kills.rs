//! The server under load, killed with `kill -9` at random moments again and again: nothing is lost, nothing doubled.
//!
//! `.ci/kill` runs it. It takes minutes of real time and its moments are the machine's own, so it is no part of the test
//! command; [`restarts`](super::restarts) goes through chosen moments there. Here the calls keep coming in while the
//! server is away, so webhooks meet a closed port, a dying process and a fresh one, and are delivered again as FakeGhl's
//! rules have it.
#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::time::Duration;

use fastrand::Rng;
use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::testing::{Call, Delivery, DeliveryAttempt, FakeGhl, SimulatedEvent};

use super::server::{Place, Server};
use super::{count, kept_in, ledger};
use crate::fake_ghl::{Api, SOLEIL, SOLEIL_PHONE};

/// The pause between two calls.
const BETWEEN_CALLS: Duration = Duration::from_millis(80);
/// A server lives no longer than this after its start.
const LONGEST_LIFE_MS: u64 = 400;
/// A server that is killed while it starts dies within this time.
const LONGEST_START_MS: u64 = 60;
/// HighLevel's limit would leave room for one call a second; what it does to the crate is tested elsewhere.
pub(super) const NO_LIMIT: u32 = 1_000_000;

pub(super) fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number")),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes of real time; .ci/kill runs it"]
async fn kills_at_random_moments_lose_nothing_and_double_nothing() {
    let kills = setting("KILLS").unwrap_or(1000);
    let seed = setting("KILLS_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let window = Duration::from_secs(10);
    let fake = FakeGhl::builder().limit(NO_LIMIT, window).start();
    let fake = fake.await.unwrap();
    // Nobody listens there: what is told before the first server is up is told again.
    fake.set_webhook_url("http://127.0.0.1:1/").unwrap();
    let program = std::env::var_os("RECOVERY_SERVER").map(PathBuf::from);
    let place = Place::new(&fake).with_program(program);
    place.write("recipe.toml", &patient_recipe());
    place.write_config("recipe = \"recipe.toml\"");

    let began = SystemClock.now();
    let (mut callers, mut killer) = (Callers::new(seed), Rng::with_seed(seed));
    tokio::select! {
        () = callers.call_on(&fake) => {}
        () = kill_on(&place, &fake, kills, &mut killer) => {}
    }
    let killed = SystemClock.now();
    let server = Server::start(&place, &fake).await;
    server.settle_and_stop(&place, &fake).await;
    println!(
        "killed for {} s, settled after {} s",
        killed.duration_since(began).as_secs(),
        SystemClock.now().duration_since(killed).as_secs()
    );

    let ledger = ledger(&place).await;
    let count = Count::of(&fake, &callers.calls, &ledger).await;
    count.report(kills, &ledger);
}

/// The preset with a text that is never too old: a loss must not pass for a text given up in time.
pub(super) fn patient_recipe() -> String {
    let preset = Recipe::preset("soleil").unwrap();
    let mut recipe = preset.source().to_owned();
    for (known, other) in [
        ("max_age = \"PT10M\"", "max_age = \"PT24H\""),
        // So many new callers look like machines.
        ("[compliance]", "[compliance]\nfloods = \"ignored\""),
    ] {
        assert!(recipe.contains(known), "{known}");
        recipe = recipe.replace(known, other);
    }
    recipe
}

/// Everybody who calls: new callers, and some who try again.
pub(super) struct Callers {
    random: Rng,
    between_calls: Duration,
    pub(super) calls: Vec<SimulatedEvent>,
}

impl Callers {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Rng::with_seed(!seed),
            between_calls: BETWEEN_CALLS,
            calls: Vec::new(),
        }
    }

    /// The same with another pause between two calls.
    pub(super) fn every(self, between_calls: Duration) -> Self {
        Self {
            between_calls,
            ..self
        }
    }

    /// Calls at a steady pace, and never ends.
    pub(super) async fn call_on(&mut self, fake: &FakeGhl) {
        let mut pace = tokio::time::interval(self.between_calls);
        // On a busy machine fewer call: whoever catches up leaves no time for the kills.
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut callers = 0;
        loop {
            pace.tick().await;
            // Every sixth call is by somebody who has called before, most often only just now.
            let caller = match self.random.u32(0..6) {
                0 if callers > 0 => callers - self.random.u32(1..=callers.min(20)),
                _ => {
                    callers += 1;
                    callers - 1
                }
            };
            let number = format!("+1312{}", 2_000_000 + caller).parse().unwrap();
            let call = Call::missed(SOLEIL, number, SOLEIL_PHONE.parse().unwrap());
            let call = fake.call(&call).unwrap();
            if self.random.u32(0..10) == 0 {
                fake.resend(&call.webhook_id).unwrap();
            }
            self.calls.push(call);
        }
    }
}

/// Starts and kills the server on the same database, each time at a random moment of its life.
async fn kill_on(place: &Place, fake: &FakeGhl, kills: u64, random: &mut Rng) {
    for kill in 1..=kills {
        // One in eight dies while it starts.
        if random.u32(0..8) == 0 {
            let mut child = place.command().spawn().unwrap();
            let life = random.u64(0..=LONGEST_START_MS);
            tokio::time::sleep(Duration::from_millis(life)).await;
            child.kill().await.unwrap();
        } else {
            let server = Server::start(place, fake).await;
            let life = random.u64(0..=LONGEST_LIFE_MS);
            tokio::time::sleep(Duration::from_millis(life)).await;
            server.kill().await;
        }
        if kill % 100 == 0 {
            println!("{kill} kills");
        }
    }
}

/// What became of the calls.
#[derive(Default)]
pub(super) struct Count {
    calls: usize,
    callers: usize,
    /// Calls of which no webhook was ever acknowledged: HighLevel gave up, and nothing was promised.
    unacknowledged: usize,
    /// Calls whose webhook was delivered in more than one attempt.
    delivered_again: usize,
    /// The receiver's answers by status; none where it was away or died.
    answers: BTreeMap<Option<u16>, usize>,
    /// What is missing of a call that was acknowledged, or of its caller.
    pub(super) lost: Vec<String>,
    /// What there is more than once, acknowledged or not.
    pub(super) doubled: Vec<String>,
}

impl Count {
    pub(super) async fn of(fake: &FakeGhl, calls: &[SimulatedEvent], ledger: &[Entry]) -> Self {
        let mut count = Self {
            calls: calls.len(),
            ..Self::default()
        };
        let deliveries = fake.deliveries();
        let deliveries: HashMap<&str, &Delivery> = deliveries
            .iter()
            .map(|delivery| (delivery.webhook_id.as_str(), delivery))
            .collect();
        let told = calls_told(ledger);
        let mut callers: HashMap<&str, bool> = HashMap::new();
        for call in calls {
            let attempts = &deliveries[call.webhook_id.as_str()].attempts;
            let taken = |attempt: &DeliveryAttempt| attempt.status == Some(200);
            let acknowledged = attempts.iter().any(taken);
            count.unacknowledged += usize::from(!acknowledged);
            for attempt in attempts {
                *count.answers.entry(attempt.status).or_default() += 1;
            }
            count.delivered_again += usize::from(attempts.len() > 1);
            *callers.entry(&call.contact_id).or_default() |= acknowledged;
            let times = told.get(call.message_id.as_str()).copied().unwrap_or(0);
            count.judge(
                "ledger entry of call",
                &call.message_id,
                acknowledged,
                times,
            );
        }
        count.callers = callers.len();
        let ends = ends(ledger);
        let api = Api::new(fake);
        for (caller, acknowledged) in callers {
            let kept = kept_in(&api, caller).await;
            let tags = kept.tags.as_array().unwrap().len();
            for (what, times) in [
                ("text", kept.texts.len()),
                ("tag", tags),
                ("task", kept.tasks.len()),
            ] {
                count.judge(what, caller, acknowledged, times);
                let times = ends.get(&(caller, what)).copied().unwrap_or(0);
                count.judge(&format!("outcome of {what}"), caller, acknowledged, times);
            }
        }
        count
    }

    fn judge(&mut self, what: &str, whose: &str, acknowledged: bool, times: usize) {
        match times {
            0 if acknowledged => self.lost.push(format!("{what}, {whose}")),
            0 | 1 => {}
            _ => self.doubled.push(format!("{what}, {whose}: {times} times")),
        }
    }

    /// Prints the figures. Fails if anything was lost or doubled.
    pub(super) fn report(self, times: u64, ledger: &[Entry]) {
        println!("{}", self.details(ledger));
        println!(
            "{times} times, {} calls, {} lost, {} doubled",
            self.calls,
            self.lost.len(),
            self.doubled.len()
        );
        assert_eq!((self.lost, self.doubled), (vec![], vec![]));
    }

    fn details(&self, ledger: &[Entry]) -> String {
        let found = |entry: &&Entry| matches!(entry.kind, EntryKind::Done { found: true, .. });
        format!(
            "{} callers; {} calls told in more than one attempt, {} never acknowledged; \
             answers to webhooks {:?}; \
             {} attempts cut off: {} found done, {} not",
            self.callers,
            self.delivered_again,
            self.unacknowledged,
            self.answers,
            count(ledger, "outcome_unknown"),
            ledger.iter().filter(found).count(),
            count(ledger, "not_found"),
        )
    }
}

/// How often the ledger tells of each call.
fn calls_told(ledger: &[Entry]) -> HashMap<&str, usize> {
    let mut told = HashMap::new();
    for entry in ledger {
        if let EntryKind::CallMissed { call, .. } | EntryKind::CallJoined { call, .. } = &entry.kind
        {
            *told.entry(call.message.as_str()).or_default() += 1;
        }
    }
    told
}

/// How many outcomes the ledger has of each contact's steps. A step that was not done is no outcome here: nothing in
/// this world forbids one.
fn ends(ledger: &[Entry]) -> HashMap<(&str, &str), usize> {
    let mut contacts = HashMap::new();
    for entry in ledger {
        if let EntryKind::CallMissed { call, .. } = &entry.kind {
            contacts.insert(&entry.episode, call.contact.as_str());
        }
    }
    let mut ends = HashMap::new();
    for entry in ledger {
        if let EntryKind::Done { step, .. } = &entry.kind {
            *ends
                .entry((contacts[&entry.episode], step.as_str()))
                .or_default() += 1;
        }
    }
    ends
}
