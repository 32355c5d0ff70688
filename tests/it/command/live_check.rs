//! `live-check`.

use serde_json::Value;

use super::{Fake, Ran, SOLEIL, command, dead_url, ended};

const READ: [&str; 3] = ["live-check", "--location", SOLEIL];
const WRITE: [&str; 4] = ["live-check", "--write", "--location", SOLEIL];

fn rows(ran: &Ran) -> Vec<Value> {
    ran.json()["answers"].as_array().unwrap().clone()
}

fn with(rows: &[Value], verdict: &str) -> usize {
    rows.iter().filter(|row| row["verdict"] == verdict).count()
}

/// The records of the location that a run may leave something in.
fn records(fake: &Fake) -> Vec<Value> {
    let search = format!("{{\"locationId\":\"{SOLEIL}\",\"pageLimit\":100}}");
    vec![
        fake.ask("POST", "/contacts/search", &search)["contacts"].clone(),
        fake.ask("GET", &format!("/locations/{SOLEIL}/customValues"), "")["customValues"].clone(),
        fake.ask("GET", &format!("/locations/{SOLEIL}/tags"), "")["tags"].clone(),
    ]
}

#[test]
fn reading_changes_nothing_and_is_as_expected() {
    let fake = Fake::start(&[]);
    let before = records(&fake);
    let seen = fake.requests().len();
    let ran = ended(&mut fake.command(&[&READ[..], &["--json"]].concat()));
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let rows = rows(&ran);
    assert!(rows.len() >= 50, "{}", rows.len());
    assert_eq!(
        (with(&rows, "differs"), with(&rows, "failed")),
        (0, 0),
        "{}",
        ran.stdout
    );
    assert!(with(&rows, "as_expected") >= 15, "{}", ran.stdout);
    assert!(with(&rows, "not_asked") >= 15, "{}", ran.stdout);
    for (method, path) in &fake.requests()[seen..] {
        let is_search = method == "POST" && path.contains("/search");
        let is_control = path.starts_with("/_fake/");
        assert!(
            method == "GET" || is_search || is_control,
            "{method} {path}"
        );
    }
    assert_eq!(records(&fake), before);
}

#[test]
fn writing_removes_what_it_made() {
    let fake = Fake::start(&[]);
    let before = records(&fake);
    let ran = ended(&mut fake.command(&[&WRITE[..], &["--json"]].concat()));
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let rows = rows(&ran);
    assert_eq!(
        (with(&rows, "differs"), with(&rows, "not_asked")),
        (0, 0),
        "{}",
        ran.stdout
    );
    assert!(with(&rows, "as_expected") >= 30, "{}", ran.stdout);
    assert_eq!(ran.json()["left_behind"], serde_json::json!([]));
    assert_eq!(records(&fake), before);
}

#[test]
fn what_was_made_is_removed_after_failures_too() {
    let fake = Fake::start(&[]);
    let before = records(&fake);
    // The answer to the creation is lost, the notes fail, and the last removal is refused once.
    for fault in [
        r#"{"method":"POST","path":"/contacts","fault":"drop-after"}"#,
        r#"{"method":"POST","path":"/contacts/*/notes","fault":"status:500","times":99}"#,
        r#"{"method":"DELETE","path":"/contacts/*","fault":"status:422"}"#,
    ] {
        fake.ask("POST", "/_fake/faults", fault);
    }
    let ran = ended(&mut fake.command(&[&WRITE[..], &["--json"]].concat()));
    assert_eq!(ran.code, Some(4), "{}\n{}", ran.stdout, ran.stderr);
    assert!(with(&rows(&ran), "failed") >= 1, "{}", ran.stdout);
    assert_eq!(ran.json()["left_behind"], serde_json::json!([]));
    assert_eq!(records(&fake), before);
}

#[test]
fn the_table_can_be_pasted_and_says_nothing_of_the_location() {
    let fake = Fake::start(&[]);
    let ran = ended(&mut fake.command(&WRITE));
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let table: Vec<&str> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect();
    assert!(table.len() >= 52, "{}", ran.stdout);
    for line in &table {
        let columns = line.replace("\\|", "").matches('|').count();
        assert_eq!(columns, 6, "{line}");
    }
    for private in [
        "pit-",
        "Soleil",
        "soleil",
        "example.com",
        "Maria",
        "Ana",
        "+1",
        "555",
    ] {
        assert!(!ran.stdout.contains(private), "{private}\n{}", ran.stdout);
    }
}

#[test]
fn what_is_not_as_expected_is_seen() {
    let fake = Fake::start(&[]);
    let fault =
        r#"{"method":"GET","path":"/contacts/search/duplicate","fault":"status:400","times":9}"#;
    fake.ask("POST", "/_fake/faults", fault);
    let ran = ended(&mut fake.command(&READ));
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(ran.stdout.contains("**differs**"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_asked_at_all_ends_with_1() {
    let fake = Fake::start(&[]);
    for (mut command, expected) in [
        (command(&READ), "set GHL_TOKEN"),
        (command(&["live-check"]), "--location <ID>"),
        (command(&["live-check", "--location", "a b"]), "'a b'"),
    ] {
        let ran = ended(&mut command);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{expected}\n{}", ran.stderr);
    }
    for (name, value) in [
        ("GHL_TOKEN", "pit-wrong".to_owned()),
        ("GHL_BASE_URL", dead_url()),
    ] {
        let ran = ended(fake.command(&READ).env(name, value));
        assert_eq!(ran.code, Some(1), "{}\n{}", ran.stdout, ran.stderr);
        assert!(
            ran.stderr.contains("the location cannot be asked"),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.stdout, "");
    }
}
