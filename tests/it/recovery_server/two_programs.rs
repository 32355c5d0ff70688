//! FakeGhl and the server as two programs that share nothing but HTTP, with a recipe whose durations are seconds.

use std::process::Stdio;

use gohighlevel::recipes::missed_call::ledger::EntryKind;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::server::{Place, Server};
use super::{DEADLINE, count, kept_in, ledger, until};
use crate::fake_ghl::{Api, SOLEIL, SOLEIL_PHONE, STRANGER};
use crate::program::example;

/// The steps of `fixtures/recovery_server/seconds.toml`, in the order of their times.
const STEPS: [&str; 4] = ["text", "tag", "second_text", "task"];

/// A FakeGhl that runs as a program.
struct FakeProgram {
    /// Ends with this.
    _child: Child,
    /// What it goes on to print is not read; with nobody at the other end it could not print it.
    _stdout: Lines<BufReader<ChildStdout>>,
    url: String,
    public_key: String,
}

impl FakeProgram {
    async fn start() -> Self {
        let mut child = Command::new(example("fake_ghl"))
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.next_line().await.unwrap().unwrap();
        let mut public_key = String::new();
        while !public_key.contains("END PUBLIC KEY") {
            public_key += &lines.next_line().await.unwrap().unwrap();
            public_key += "\n";
        }
        Self {
            _child: child,
            _stdout: lines,
            url,
            public_key,
        }
    }
}

#[tokio::test]
async fn a_recipe_of_seconds_runs_between_two_programs() {
    let fake = FakeProgram::start().await;
    let place = Place::at(&fake.url, &fake.public_key);
    let recipe = include_str!("../../../fixtures/recovery_server/seconds.toml");
    place.write("seconds.toml", recipe);
    place.write_config("recipe = \"seconds.toml\"");
    let server = Server::listen(&place).await;
    let api = Api::at(&fake.url);
    let webhooks = json!({ "url": server.webhook_url() });
    api.put("/_fake/webhooks/url", webhooks).await.expect(200);

    let order = json!({ "locationId": SOLEIL, "from": STRANGER, "to": SOLEIL_PHONE });
    let call = api.post("/_fake/calls", order).await.expect(200);
    let contact = call["contactId"].as_str().unwrap();
    for step in STEPS {
        until(step, || place.has_ended(step)).await;
    }
    server.terminate();
    let ended = tokio::time::timeout(DEADLINE, server.ended()).await;
    assert_eq!(ended.unwrap().code(), Some(0), "{}", place.log());

    let made = api.get("/_fake/webhooks").await.expect(200);
    let of_call = &made["webhooks"][0];
    assert_eq!(of_call["webhookId"], call["webhookId"]);
    assert_eq!(of_call["attempts"][0]["status"], 200);
    let body: Value = serde_json::from_str(of_call["body"].as_str().unwrap()).unwrap();
    let call_ended_at: Timestamp = body["dateAdded"].as_str().unwrap().parse().unwrap();

    let kept = kept_in(&api, contact).await;
    // The newest message comes first.
    let texts: Vec<_> = kept.texts.iter().rev().collect();
    let bodies: Vec<_> = texts
        .iter()
        .map(|text| text["body"].as_str().unwrap())
        .collect();
    let [first, second] = bodies.as_slice() else {
        panic!("{bodies:?}");
    };
    assert!(
        first.contains("https://calendly.com/soleil/visit"),
        "{first}"
    );
    assert!(second.starts_with("Soleil again."), "{second}");
    assert_eq!(kept.tags, json!(["missed-call"]));
    let [task] = kept.tasks.as_slice() else {
        panic!("{} tasks", kept.tasks.len());
    };
    assert_eq!(task["title"], "Missed call: no reply to two texts");

    let ledger = ledger(&place).await;
    assert_eq!(count(&ledger, "attempted"), STEPS.len());
    assert_eq!(count(&ledger, "call_missed"), 1);
    let mut done = Vec::new();
    for entry in &ledger {
        if let EntryKind::Done {
            step, accepted_at, ..
        } = &entry.kind
        {
            done.push((step.as_str(), *accepted_at));
        }
    }
    // However slow the machine is, no step comes before its time.
    for (step, seconds) in STEPS.into_iter().zip(0..) {
        let of_step: Vec<_> = done.iter().filter(|(name, _)| *name == step).collect();
        let [(_, accepted_at)] = of_step.as_slice() else {
            panic!("{step}: {of_step:?}");
        };
        let due = call_ended_at + SignedDuration::from_secs(seconds);
        assert!(*accepted_at >= due, "{step}: {accepted_at}, due {due}");
    }
}
