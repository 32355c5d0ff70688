//! The example `fake_ghl`, run as a program.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::*;
use crate::program::example;

#[tokio::test]
async fn it_prints_address_and_key_and_serves() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/fake_ghl/seed.json");
    let mut program = Command::new(example("fake_ghl"))
        .args(["--listen", "127.0.0.1:0", "--limit", "7/10s"])
        .args(["--seed", seed, "--webhook-url", "http://127.0.0.1:1/hook"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let base = lines.next_line().await.unwrap().unwrap();
    let mut key = Vec::new();
    for _ in 0..3 {
        key.push(lines.next_line().await.unwrap().unwrap());
    }
    assert_eq!(key[0], "-----BEGIN PUBLIC KEY-----");
    assert_eq!(key[2], "-----END PUBLIC KEY-----");
    let api = Api::at(&base);
    let reply = api.get(&format!("/contacts/{MARIA}")).await;
    assert_eq!(reply.headers["x-ratelimit-max"], "7");
    reply.expect(200);
}

#[tokio::test]
async fn wrong_arguments_are_named_and_give_exit_code_2() {
    for (arguments, expected) in [
        (&["--nonsense"][..], "'--nonsense'"),
        (&["--listen"], "'--listen <ADDRESS>'"),
        (&["--listen", "somewhere"], "'somewhere'"),
        (&["--seed", "/nowhere/seed.json"], "/nowhere/seed.json"),
        (&["--webhook-url", "https://example.com"], "http://"),
        (&["--limit", "100"], "such as 100/10s"),
        (&["--limit", "100/0s"], "such as 100/10s"),
    ] {
        let output = Command::new(example("fake_ghl"))
            .args(arguments)
            .output()
            .await
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.starts_with("error: "), "{text}");
        assert!(text.contains(expected), "{expected}\n{text}");
        assert!(text.contains("try '--help'"), "{text}");
    }
}
