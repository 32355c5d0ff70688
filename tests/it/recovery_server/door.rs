//! The door under siege: silent connections, half-sent bodies, forged signatures and floods of unsigned requests, while
//! honest webhooks go on.
//!
//! Here with few connections, and without looking at the time. `.ci/door` does it with as many as a machine's usual limit
//! of open files allows, on a release build, and shows the figures.
#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::path::PathBuf;
use std::time::Duration;

use gohighlevel::clock::{Clock as _, SystemClock};
use gohighlevel::testing::FakeGhl;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::server::{Place, Server};
use super::{DEADLINE, missed_call};

/// A server, and a webhook that it has taken: each further one is known for a repeat and answered 200 all the same.
struct Besieged {
    fake: FakeGhl,
    place: Place,
    server: Server,
    honest: String,
}

impl Besieged {
    async fn start(open_files: u32, program: Option<PathBuf>) -> Self {
        let fake = FakeGhl::builder().start().await.unwrap();
        let place = Place::new(&fake)
            .with_open_files(open_files)
            .with_program(program);
        let server = Server::start(&place, &fake).await;
        fake.call(&missed_call()).unwrap();
        fake.deliveries_settled().await;
        let told = fake.deliveries().remove(0);
        let honest = post(&told.signature, told.body.len()) + &told.body;
        Self {
            fake,
            place,
            server,
            honest,
        }
    }

    /// Connections that each send this and nothing more.
    async fn hold(&self, connections: usize, text: &str) -> Vec<TcpStream> {
        let mut held = Vec::new();
        for _ in 0..connections {
            let mut stranger = TcpStream::connect(self.server.address()).await.unwrap();
            // It may be closed already to let others in.
            let _ = stranger.write_all(text.as_bytes()).await;
            held.push(stranger);
        }
        held
    }

    /// The status that an honest webhook on a connection of its own gets, and after how long.
    async fn webhook(&self) -> (u16, Duration) {
        let began = SystemClock.elapsed();
        let exchange = exchange(self.server.address(), self.honest.as_bytes());
        let answer = tokio::time::timeout(DEADLINE, exchange).await;
        let answer = answer.unwrap_or_else(|_| panic!("no answer:\n{}", self.place.log()));
        (status(&answer), SystemClock.elapsed() - began)
    }

    async fn stop(self) -> String {
        self.server.terminate();
        assert_eq!(self.server.ended().await.code(), Some(0));
        drop(self.fake);
        self.place.log()
    }
}

/// The head of a webhook with this signature and a body of this length, on a connection that ends with it.
pub(super) fn post(signature: &str, length: usize) -> String {
    format!(
        "POST /webhooks/ghl HTTP/1.1\r\nhost: here\r\nconnection: close\r\nx-ghl-signature: {signature}\r\n\
         content-length: {length}\r\n\r\n"
    )
}

/// A signature of the right length.
fn forged() -> String {
    format!("{}==", "A".repeat(86))
}

/// Sends this and reads until the other side closes.
pub(super) async fn exchange(address: &str, request: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(address).await.unwrap();
    // Whoever refuses may answer and close before it has read everything.
    let _ = socket.write_all(request).await;
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    answer
}

pub(super) fn status(answer: &[u8]) -> u16 {
    let text = String::from_utf8_lossy(answer);
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("no answer: {text:?}"))
}

/// The numbers that the lines with these words count.
fn counts(log: &str, words: &str) -> Vec<u64> {
    let lines = log.lines().filter(|line| line.contains(words));
    let count = |line: &str| {
        let after = line.split("count=").nth(1)?;
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    lines.map(|line| count(line).unwrap()).collect()
}

/// Sends so many unsigned requests one after the other, on one connection.
async fn flood(address: &str, requests: usize) {
    const AT_ONCE: usize = 100;
    let request = "POST /webhooks/ghl HTTP/1.1\r\nhost: here\r\ncontent-length: 2\r\n\r\n{}";
    let answer_ends = b"too old.";
    let mut socket = TcpStream::connect(address).await.unwrap();
    let mut buffer = vec![0; 1 << 16];
    for _ in 0..requests / AT_ONCE {
        socket
            .write_all(request.repeat(AT_ONCE).as_bytes())
            .await
            .unwrap();
        let mut received = Vec::new();
        while received
            .windows(answer_ends.len())
            .filter(|it| it == answer_ends)
            .count()
            < AT_ONCE
        {
            let length = socket.read(&mut buffer).await.unwrap();
            assert_ne!(length, 0, "closed");
            received.extend_from_slice(&buffer[..length]);
        }
    }
}

#[tokio::test]
async fn honest_webhooks_get_in_among_silent_connections_and_half_bodies() {
    let besieged = Besieged::start(128, None).await;
    let half = post(&forged(), 1_000_000) + "{";
    let _silent = besieged.hold(100, "").await;
    let _halves = besieged.hold(60, &half).await;
    let _heads = besieged.hold(60, "POST /webhooks/ghl HTTP/1.1\r\nho").await;
    for _ in 0..50 {
        assert_eq!(besieged.webhook().await.0, 200);
    }
    let log = besieged.stop().await;
    assert!(log.contains("were closed to let others in"), "{log}");
}

#[tokio::test]
async fn unsigned_requests_are_counted_and_not_logged_one_by_one() {
    const REQUESTS: usize = 20_000;
    let besieged = Besieged::start(128, None).await;
    let began = SystemClock.elapsed();
    flood(besieged.server.address(), REQUESTS).await;
    let seconds = (SystemClock.elapsed() - began).as_secs();
    let log = besieged.stop().await;
    let lines = counts(&log, "refused");
    assert!(lines.len() as u64 <= seconds + 3, "{seconds} s: {lines:?}");
    assert_eq!(lines.iter().sum::<u64>(), REQUESTS as u64);
}

#[tokio::test]
async fn http_2_is_not_spoken() {
    let besieged = Besieged::start(128, None).await;
    let mut preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    // An empty frame of settings, which a server that speaks it answers with its own.
    preface.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    let answer = exchange(besieged.server.address(), &preface);
    let answer = tokio::time::timeout(DEADLINE, answer).await.unwrap();
    assert!(
        answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"),
        "{answer:?}"
    );
    besieged.stop().await;
}

/// The most memory that the server has had, in MB.
fn peak_memory(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes / 1000
}

fn program() -> Option<PathBuf> {
    std::env::var_os("RECOVERY_SERVER").map(PathBuf::from)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it measures; .ci/door runs it"]
async fn a_siege_in_figures() {
    besieged_by_silence().await;
    forged_bodies().await;
    unsigned_flood().await;
}

/// As many open files as most systems allow a process.
const USUAL_FILES: u32 = 1024;

async fn besieged_by_silence() {
    let besieged = Besieged::start(USUAL_FILES, program()).await;
    let mut silent = besieged.hold(1_100, "").await;
    let half = post(&forged(), 1_000_000) + "{";
    let mut halves = besieged.hold(400, &half).await;
    let mut took = Vec::new();
    for number in 0..2_000 {
        // They come again.
        if number % 4 == 0 {
            silent.remove(0);
            halves.remove(0);
            silent.extend(besieged.hold(1, "POST").await);
            halves.extend(besieged.hold(1, &half).await);
        }
        let (status, after) = besieged.webhook().await;
        assert_eq!(status, 200);
        took.push(after);
    }
    took.sort_unstable();
    let (median, p99) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    println!(
        "1,100 silent connections and 400 half bodies, {USUAL_FILES} files: webhooks p50 {median:?}, p99 {p99:?}"
    );
    besieged.stop().await;
    assert!(p99 < Duration::from_millis(200), "{p99:?}");
}

async fn forged_bodies() {
    let besieged = Besieged::start(USUAL_FILES, program()).await;
    let before = peak_memory(&besieged.server);
    // All but the last byte.
    let body = post(&forged(), 1_000_000) + &"x".repeat(999_999);
    let body: &'static str = body.leak();
    let mut forgers = JoinSet::new();
    for _ in 0..400 {
        let address = besieged.server.address().to_owned();
        forgers.spawn(async move { exchange(&address, body.as_bytes()).await });
    }
    let mut took = Vec::new();
    while !forgers.is_empty() {
        let (status, after) = besieged.webhook().await;
        assert_eq!(status, 200);
        took.push(after);
        while forgers.try_join_next().is_some() {}
    }
    took.sort_unstable();
    let peak = peak_memory(&besieged.server);
    println!(
        "400 forged bodies of 1 MB, never ended: {before} MB before, {peak} MB at most; webhooks meanwhile p50 {:?}, p99 {:?}",
        took[took.len() / 2],
        took[took.len() * 99 / 100],
    );
    besieged.stop().await;
    assert!(peak < 150, "{peak} MB");
}

async fn unsigned_flood() {
    const EACH: usize = 200_000;
    let besieged = Besieged::start(USUAL_FILES, program()).await;
    let before = besieged.place.log().len();
    let began = SystemClock.elapsed();
    let mut floods = JoinSet::new();
    for _ in 0..8 {
        let address = besieged.server.address().to_owned();
        floods.spawn(async move { flood(&address, EACH).await });
    }
    floods.join_all().await;
    let seconds = (SystemClock.elapsed() - began).as_secs_f64();
    let written = besieged.stop().await.len() - before;
    let a_minute = written as f64 * 60.0 / seconds;
    println!(
        "{:.0} unsigned requests a second for {seconds:.1} s: {written} bytes of log, {:.1} kB a minute",
        (EACH * 8) as f64 / seconds,
        a_minute / 1000.0
    );
    assert!(a_minute < 1_000_000.0);
}
