//! `report`: beside a store that is open, as beside a server.

use std::error::Error as _;
use std::io::Write as _;
use std::process::Stdio;

use gohighlevel::recipes::missed_call::store::{Commit, SqliteStore, Store as _};
use serde_json::json;

use super::{Ran, SOLEIL, argument, command, ended, run, written};
use crate::missed_call::harness::ledger_builder::LedgerBuilder;

const CALLER: &str = "+13125550142";
const OF_THE_DAY: [&str; 4] = ["--from", "2026-06-01", "--to", "2026-06-01"];

/// A database that is open, with a caller who got a text and asks for a person, and a configuration for it.
struct Place {
    folder: tempfile::TempDir,
    store: SqliteStore,
}

fn calls() -> LedgerBuilder {
    LedgerBuilder::default()
        .missed(
            "call-1",
            0,
            json!({"caller": CALLER, "contact": "rosan", "called": "+13125550100"}),
        )
        .texted("call-1", 4)
        .replied("call-1", 60, "help")
        .missed("call-2", 600, json!({"caller": null, "contact": "nobody"}))
        .not_done("call-2", 601, "text", json!("withheld"))
}

impl Place {
    async fn new(table: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("recovery.db");
        let store = SqliteStore::open(&database).unwrap();
        let commit = Commit {
            entries: calls().0,
            ..Commit::default()
        };
        store.commit(commit).await.unwrap();
        let config = format!(
            "[store]\npath = {database:?}\n[[location]]\nid = \"{SOLEIL}\"\npreset = \"soleil\"\n{table}"
        );
        written(&folder, "config.toml", &config);
        Self { folder, store }
    }

    fn arguments(&self, more: &[&str]) -> Vec<String> {
        let config = self.folder.path().join("config.toml");
        let mut arguments = vec!["report", "--config", argument(&config)];
        arguments.extend(more);
        arguments.into_iter().map(str::to_owned).collect()
    }

    fn run(&self, more: &[&str]) -> Ran {
        let arguments = self.arguments(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run(&arguments)
    }

    fn of_the_day(&self, format: &str) -> String {
        let mut arguments = vec!["--format", format];
        arguments.extend(OF_THE_DAY);
        let ran = self.run(&arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{format}");
        ran.stdout
    }

    /// The case file of who is named in the input.
    fn case_of(&self, input: &str, more: &[&str]) -> Ran {
        let arguments = self.arguments(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = command(&arguments);
        command
            .args(["--format", "case-file"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

#[tokio::test]
async fn each_format_is_made_beside_an_open_store() {
    let place = Place::new(
        "[location.report]\nname = \"Gold Coast\"\nzone = \"America/Chicago\"\ncurrency = \"EUR\"\nappointment_worth = [165, 295]\n",
    )
    .await;
    let page = place.of_the_day("html");
    assert!(page.starts_with("<!doctype html>") && page.contains("Gold Coast"));
    assert!(
        page.contains("0142") && !page.contains("555-0142"),
        "last four digits"
    );
    let csv = place.of_the_day("csv");
    // The header, two callers and the totals, in the zone of the location.
    assert!(
        csv.contains("(312) 555-0142") && csv.contains("2026-06-01 05:00:00"),
        "{csv}"
    );
    let digest = place.of_the_day("digest");
    assert!(
        digest.starts_with("Missed calls on Monday, 1 June 2026\n\nCallers: 2"),
        "{digest}"
    );
    let json: serde_json::Value = serde_json::from_str(&place.of_the_day("json")).unwrap();
    assert_eq!(json["name"], "Gold Coast");
    assert_eq!(json["location"], SOLEIL);
    assert_eq!(json["overview"]["metrics"]["episodes"], 2);
    assert!(place.of_the_day("mail").contains("<table"));
    assert!(
        place
            .of_the_day("mail-text")
            .starts_with("Gold Coast: missed calls")
    );

    // The store is still the only one that may write, and writes.
    let again = SqliteStore::open(place.store.path()).unwrap_err();
    let why = again.source().unwrap().to_string();
    assert!(why.contains("in use"), "{why}");
    place.store.commit(Commit::default()).await.unwrap();
}

#[tokio::test]
async fn a_caller_is_named_in_the_input_and_nowhere_else() {
    let place = Place::new("").await;
    let case = place.case_of(&format!("{CALLER}\n"), &[]);
    assert_eq!((case.code, case.stderr.as_str()), (Some(0), ""));
    assert!(case.stdout.contains("Sorry we missed you.") && case.stdout.contains("555-0142"));
    let redacted = place.case_of(CALLER, &["--redact"]);
    assert!(
        !redacted.stdout.contains("Sorry we missed you.") && !redacted.stdout.contains("555-0142")
    );
    let by_contact = place.run(&["--format", "case-file", "--contact", "rosan"]);
    assert_eq!(by_contact.stdout, case.stdout);

    for input in ["+13125550199\n", "the number\n", ""] {
        let ran = place.case_of(input, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{input}");
        assert!(ran.stderr.contains("number"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("5550199"), "{}", ran.stderr);
    }
}

#[tokio::test]
async fn a_file_is_for_its_owner_alone_and_whole_or_not_there() {
    let place = Place::new("").await;
    let file = place.folder.path().join("page.html");
    let ran = place.run(&[&OF_THE_DAY[..], &["--out", argument(&file)]].concat());
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(0), ""),
        "{}",
        ran.stderr
    );
    assert!(
        std::fs::read_to_string(&file)
            .unwrap()
            .trim_end()
            .ends_with("</html>")
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let nowhere = place.folder.path().join("nowhere/page.html");
    let ran = place.run(&[&OF_THE_DAY[..], &["--out", argument(&nowhere)]].concat());
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("cannot be written"), "{}", ran.stderr);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_is_made() {
    let place = Place::new("").await;
    let config = place.folder.path().join("config.toml");
    let two = std::fs::read_to_string(&config).unwrap()
        + "[[location]]\nid = \"location2\"\npreset = \"soleil\"\n";
    let wrong_zone = two.clone() + "[location.report]\nzone = \"Chicago\"\n";
    let two = written(&place.folder, "two.toml", &two);
    let wrong_zone = written(&place.folder, "wrong_zone.toml", &wrong_zone);
    let config = argument(&config);
    for (arguments, what) in [
        (
            vec!["--config", config, "--location", "elsewhere"],
            "no such location; it has soleilLocation000001",
        ),
        (
            vec!["--config", config, "--last", "soon"],
            "such as 7d or 4w",
        ),
        (
            vec![
                "--config",
                config,
                "--from",
                "2026-06-02",
                "--to",
                "2026-06-01",
            ],
            "is after the last one",
        ),
        (
            vec!["--config", config, "--redact"],
            "write --format case-file",
        ),
        (
            vec!["--config", config, "--db", "/nowhere/recovery.db"],
            "recovery.db",
        ),
        (
            vec!["--config", argument(&two), "--format", "csv"],
            "--format csv is of one location",
        ),
        (
            vec!["--config", argument(&wrong_zone)],
            "location2: report.zone: there is no zone",
        ),
    ] {
        let ran = run(&[&["report"][..], &arguments[..]].concat());
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (Some(1), ""),
            "{arguments:?}"
        );
        assert!(ran.stderr.contains(what), "{arguments:?}: {}", ran.stderr);
    }
    let all = ended(&mut command(&[
        "report",
        "--config",
        argument(&two),
        "--to",
        "2026-06-01",
    ]));
    assert!(
        all.stdout.contains("Locations, the worst first"),
        "{}",
        all.stderr
    );
}
