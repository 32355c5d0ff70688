//! The receiver in a service of its own: what it acknowledged is in its database, once.

use std::path::Path;
use std::process::Stdio;

use gohighlevel::testing::{Call, FakeGhl, SimulatedEvent};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::{run, stderr};
use crate::fake_ghl::{SOLEIL, SOLEIL_PHONE, STRANGER};
use crate::program::example;

/// Starts the program and lets FakeGhl's webhooks go there.
async fn start(database: &Path, fake: &FakeGhl) -> Child {
    let mut child = Command::new(example("webhook_receiver"))
        .arg(database)
        .arg("127.0.0.1:0")
        .env_clear()
        .env("GHL_WEBHOOK_PUBLIC_KEY", fake.public_key_pem())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let url = line.strip_prefix("listening on ").unwrap();
    fake.set_webhook_url(&format!("{url}/webhooks/ghl"))
        .unwrap();
    child
}

fn call(fake: &FakeGhl) -> SimulatedEvent {
    let numbers = (STRANGER.parse().unwrap(), SOLEIL_PHONE.parse().unwrap());
    fake.call(&Call::missed(SOLEIL, numbers.0, numbers.1))
        .unwrap()
}

/// The key and the `messageId` of each row.
fn rows(database: &Path) -> Vec<(String, String)> {
    let connection = Connection::open(database).unwrap();
    let mut rows = connection
        .prepare("SELECT key, body FROM inbox ORDER BY rowid")
        .unwrap();
    let rows = rows.query_map([], |row| {
        let body: Vec<u8> = row.get(1)?;
        let body: Value = serde_json::from_slice(&body).unwrap();
        Ok((row.get(0)?, body["messageId"].as_str().unwrap().to_owned()))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_acknowledged_outlives_it_and_is_there_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("inbox.db");
    let fake = FakeGhl::builder().start().await.unwrap();

    let mut receiver = start(&database, &fake).await;
    let first = call(&fake);
    fake.resend(&first.webhook_id).unwrap();
    fake.deliveries_settled().await;
    receiver.kill().await.unwrap();

    let _receiver = start(&database, &fake).await;
    fake.resend(&first.webhook_id).unwrap();
    let second = call(&fake);
    let unwanted = json!({ "type": "ContactCreate", "locationId": SOLEIL, "id": "somebody" });
    fake.event(unwanted.as_object().unwrap().clone());
    fake.deliveries_settled().await;

    let row = |call: &SimulatedEvent| {
        let key = format!("webhook:{}", call.webhook_id);
        (key, call.message_id.clone())
    };
    assert_eq!(rows(&database), [row(&first), row(&second)]);
    let deliveries = fake.deliveries();
    let attempts = deliveries.iter().flat_map(|delivery| &delivery.attempts);
    let statuses: Vec<_> = attempts.map(|attempt| attempt.status).collect();
    // Two calls, one of them three times, and what the receiver does not want.
    assert_eq!(statuses, [Some(200); 5]);
}

#[test]
fn it_says_how_it_is_used() {
    let output = run("webhook_receiver", &[], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("Usage: webhook_receiver <DATABASE> <ADDRESS>"));
}
