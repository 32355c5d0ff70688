//! `fake`.

use super::{Fake, SOLEIL, run};

#[test]
fn it_prints_address_and_key_and_serves() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/fake_ghl/seed.json");
    let fake = Fake::start(&[
        "--listen",
        "127.0.0.1:0",
        "--limit",
        "7/10s",
        "--seed",
        seed,
        "--webhook-url",
        "http://127.0.0.1:1/hook",
    ]);
    assert!(
        fake.key.starts_with("-----BEGIN PUBLIC KEY-----\n"),
        "{}",
        fake.key
    );
    assert!(
        fake.key.ends_with("\n-----END PUBLIC KEY-----"),
        "{}",
        fake.key
    );
    let location = fake.ask("GET", &format!("/locations/{SOLEIL}"), "");
    assert_eq!(location["location"]["id"], SOLEIL);
}

#[test]
fn wrong_options_are_named() {
    for (arguments, expected) in [
        (&["--listen", "somewhere"][..], "'somewhere'"),
        (&["--seed", "/nowhere/seed.json"], "/nowhere/seed.json"),
        (&["--webhook-url", "https://example.com"], "http://"),
        (&["--limit", "100"], "such as 100/10s"),
    ] {
        let ran = run(&[&["fake"], arguments].concat());
        assert_eq!(ran.code, Some(1), "{arguments:?}");
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{expected}\n{}", ran.stderr);
    }
}

#[test]
fn an_address_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = run(&["fake", "--listen", &address]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("cannot start"), "{}", ran.stderr);
}
