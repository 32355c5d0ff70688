//! `serve`. What the service does is tested with the example that it shares its parts with.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};

use super::{Fake, SOLEIL, argument, ended, written};

#[test]
fn it_serves_until_it_is_asked_to_end() {
    let fake = Fake::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("recovery.db");
    let config = format!(
        "[store]\npath = {database:?}\n[[location]]\nid = \"{SOLEIL}\"\npreset = \"soleil\"\n"
    );
    let config = written(&folder, "config.toml", &config);
    let arguments = [
        "serve",
        "--config",
        argument(&config),
        "--listen",
        "127.0.0.1:0",
    ];
    let mut server = fake
        .command(&arguments)
        .env("GHL_WEBHOOK_PUBLIC_KEY", &fake.key)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap();

    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"),
        "{answer}"
    );

    let pid = server.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn what_keeps_it_from_starting_is_named() {
    let fake = Fake::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let bad = written(&folder, "bad.toml", "[store]\npaht = \"x\"\n");
    for (arguments, expected) in [
        (
            &["--config", argument(&bad)][..],
            "bad.toml:2: unknown field `paht`",
        ),
        (&["--config", "gone.toml"], "gone.toml: cannot be read"),
        (&["--listen", "somewhere"], "'somewhere'"),
        (&[], "--config <FILE>"),
    ] {
        let ran = ended(&mut fake.command(&[&["serve"], arguments].concat()));
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{expected}\n{}", ran.stderr);
    }
}
