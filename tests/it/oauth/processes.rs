//! Two processes of the operating system on one store: the grant they share is renewed once.

use std::io::{BufRead as _, Write as _};
use std::process::Stdio;
use std::time::Duration;

use gohighlevel::auth::oauth::GrantKey;
use gohighlevel::auth::store::{FileTokenStore, SqliteTokenStore, TokenStore};
use gohighlevel::clock::SystemClock;
use gohighlevel::testing::{FakeGhl, GatePoint};
use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

use super::support::{Process, SOLEIL, agency_seed, asked, builder};

/// What a process is started with: the store, FakeGhl and its app, and what to read.
const ORDERS: &str = "OAUTH_PROCESS_ORDERS";

/// The program of the two processes: this test, started again by the others.
#[tokio::test]
#[ignore = "the tests beside it start it as a process of its own"]
async fn one_of_two() {
    let orders = std::env::var(ORDERS).expect("started by the tests beside it");
    let orders: Value = serde_json::from_str(&orders).unwrap();
    let text = |name: &str| orders[name].as_str().unwrap();
    let app = (text("clientId").to_owned(), text("clientSecret").to_owned());
    let path = text("path");
    let process = match text("store") {
        "files" => Process::at(
            text("url"),
            app,
            &SystemClock,
            FileTokenStore::open(path).unwrap(),
        ),
        _ => Process::at(
            text("url"),
            app,
            &SystemClock,
            SqliteTokenStore::open(path).unwrap(),
        ),
    };
    writeln!(std::io::stdout(), "ready").unwrap();
    // Until both may begin.
    std::io::stdin()
        .lock()
        .read_line(&mut String::new())
        .unwrap();
    let locations: Vec<&str> = orders["read"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let (served, errors) = process.read_at_once(&locations).await;
    assert_eq!(served, locations.len(), "{errors:?}");
}

async fn start(orders: &Value) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "oauth::processes::one_of_two"])
        .args(["--ignored", "--nocapture"])
        .env(ORDERS, orders.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.contains("ready") {
            // Whatever else it prints has somewhere to go.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return child;
        }
    }
    panic!("a process did not start");
}

/// Both at once, on a grant whose access token has ended. FakeGhl shows no grace: a second refresh would end the grant.
async fn share(kind: &str, path: &std::path::Path, store: impl TokenStore + Clone) {
    let fake = builder(&SystemClock)
        .refresh_grace(Duration::ZERO)
        .start()
        .await
        .unwrap();
    let code = fake.authorize_location(SOLEIL).unwrap();
    let key = GrantKey::Location(SOLEIL.parse().unwrap());
    expired_grant(&fake, &store, &code, &key).await;

    begin_and_end(&fake, kind, path, &[SOLEIL; 25]).await;
    assert_eq!(asked(&fake, "/oauth/token") - 1, 1);
    let served = format!("/locations/{SOLEIL}");
    assert_eq!(asked(&fake, &served), 50);
}

/// Connects, and ends the access token for HighLevel and in the store.
async fn expired_grant(
    fake: &FakeGhl,
    store: &(impl TokenStore + Clone),
    code: &str,
    key: &GrantKey,
) {
    let process = Process::new(fake, &SystemClock, store.clone());
    process.credentials.connect(code).await.unwrap();
    fake.expire_access_tokens();
    let stored = store.get(key).await.unwrap().unwrap();
    let mut grant = stored.grant;
    let tokens = grant.tokens.as_mut().unwrap();
    tokens.expires_at = Some(tokens.obtained_at);
    store.put(key, Some(stored.revision), &grant).await.unwrap();
}

async fn begin_and_end(fake: &FakeGhl, kind: &str, path: &std::path::Path, read: &[&str]) {
    let (id, secret) = fake.oauth_app();
    let orders = json!({
        "store": kind, "path": path, "url": fake.url(), "clientId": id, "clientSecret": secret, "read": read,
    });
    let mut children = [start(&orders).await, start(&orders).await];
    let mut gate = fake
        .gate(Method::POST, "/oauth/token", GatePoint::BeforeAnswer)
        .unwrap();
    for child in &mut children {
        let mut input = child.stdin.take().unwrap();
        input.write_all(b"begin\n").await.unwrap();
    }
    // One of them asks, and keeps the other waiting.
    gate.arrived().await.unwrap().release();
    drop(gate);
    for mut child in children {
        assert!(child.wait().await.unwrap().success());
    }
}

#[tokio::test]
async fn two_processes_on_one_folder_refresh_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileTokenStore::open(folder.path()).unwrap();
    share("files", folder.path(), store).await;
}

#[tokio::test]
async fn two_processes_on_one_database_refresh_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grants.db");
    let store = SqliteTokenStore::open(&path).unwrap();
    share("sqlite", &path, store).await;
}

#[tokio::test]
async fn two_processes_mint_each_location_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grants.db");
    let store = SqliteTokenStore::open(&path).unwrap();
    let fake = builder(&SystemClock)
        .seed(agency_seed(20))
        .refresh_grace(Duration::ZERO)
        .start()
        .await
        .unwrap();
    let locations: Vec<String> = (0..20).map(|number| format!("location-{number}")).collect();
    let locations: Vec<&str> = locations.iter().map(String::as_str).collect();
    let code = fake.authorize_agency("agency", &locations).unwrap();
    let key = GrantKey::from_text("agency:agency").unwrap();
    expired_grant(&fake, &store, &code, &key).await;

    begin_and_end(&fake, "sqlite", &path, &locations).await;
    assert_eq!(asked(&fake, "/oauth/token") - 1, 1);
    assert_eq!(asked(&fake, "/oauth/locationToken"), 20);
}
