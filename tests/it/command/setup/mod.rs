//! `setup`.

mod forty;

use std::process::Command;

use serde_json::Value;

use super::{Fake, HARBOR, Ran, SOLEIL, TOKEN, argument, ended, run, written};

const TOML: &str = r#"[agency]
locations = "locations.csv"
[tags]
present = ["missed-call"]
[values.offer]
value = "{{ row.offer }}"
"#;

/// A folder with files for the locations of the sample, and FakeGhl.
struct Place {
    fake: Fake,
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self::with(TOML)
    }

    fn with(toml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        written(&folder, "agency.toml", toml);
        let sheet =
            format!("location_id,name,offer\n{SOLEIL},Soleil,10 % off\n{HARBOR},Harbor,5 % off\n");
        written(&folder, "locations.csv", &sheet);
        Self {
            fake: Fake::start(&["--limit", "100000/10s"]),
            folder,
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.fake.command(&[&["setup"], arguments].concat());
        command
            .current_dir(self.folder.path())
            .env(format!("GHL_TOKEN_{HARBOR}"), "pit-sample-harbor");
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let ran = ended(&mut self.command(arguments));
        assert!(!ran.stdout.contains("pit-") && !ran.stderr.contains("pit-"));
        ran
    }

    fn writes(&self) -> usize {
        let requests = self.fake.requests();
        requests
            .iter()
            .filter(|(method, _)| method != "GET")
            .count()
    }

    /// The offers that the sample location has.
    fn offers(&self) -> Vec<String> {
        let path = format!("/locations/{SOLEIL}/customValues");
        let values = self.fake.ask("GET", &path, "")["customValues"].clone();
        let values = values.as_array().unwrap().iter();
        let offers = values.filter(|value| value["name"] == "Offer");
        offers
            .map(|value| value["value"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn a_plan_is_shown_saved_applied_and_put_back() {
    let place = Place::new();
    let planned = place.run(&["plan", "--out", "plan.json"]);
    assert_eq!(planned.code, Some(2), "{}", planned.stderr);
    insta::assert_snapshot!("planned", planned.stdout);
    assert_eq!(place.writes(), 0);

    let applied = place.run(&["apply", "--plan", "plan.json"]);
    assert_eq!(
        applied.code,
        Some(0),
        "{}\n{}",
        applied.stdout,
        applied.stderr
    );
    insta::assert_snapshot!("applied", applied.stdout);
    assert_eq!(place.offers(), ["10 % off"]);

    let again = place.run(&["plan"]);
    assert_eq!(again.code, Some(0), "{}", again.stdout);
    let again = place.run(&["apply", "--plan", "plan.json"]);
    assert_eq!(again.code, Some(0), "{}", again.stdout);
    assert!(
        again.stdout.contains("as wanted already"),
        "{}",
        again.stdout
    );

    let undone = place.run(&["undo", "--yes"]);
    assert_eq!(undone.code, Some(0), "{}\n{}", undone.stdout, undone.stderr);
    assert_eq!(place.offers(), [""; 0]);
    let nothing = place.run(&["undo"]);
    assert_eq!(nothing.code, Some(0), "{}", nothing.stderr);
    assert!(nothing.stdout.contains("nothing to put back"));
}

#[test]
fn without_a_saved_plan_somebody_is_asked_or_says_yes_before() {
    let place = Place::new();
    let ran = place.run(&["apply"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    assert!(place.fake.requests().is_empty());
    let ran = place.run(&["apply", "--yes", "--json"]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let json = ran.json();
    assert_eq!(
        (&json["complete"], &json["done"]),
        (&true.into(), &4.into())
    );
    assert_eq!(json["locations"][0]["name"], "Soleil");
    let ran = place.run(&["undo"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("give --yes"), "{}", ran.stderr);
}

#[test]
fn one_plan_has_several_forms() {
    let place = Place::new();
    let json = place.run(&["plan", "--json"]).json();
    assert_eq!(json["locations"].as_array().map(Vec::len), Some(2));
    let markdown = place.run(&["plan", "--markdown"]).stdout;
    assert!(
        markdown.starts_with("### Set-up: `agency.toml`"),
        "{markdown}"
    );
    let page = place.run(&["plan", "--html"]).stdout;
    assert!(page.starts_with("<!doctype html>"), "{page}");
    let full = place.run(&["plan", "--full"]).stdout;
    assert!(full.contains("+ value       offer"), "{full}");
    let both = place.run(&["plan", "--json", "--html"]);
    assert_eq!(both.code, Some(1));
    assert!(
        both.stderr.contains("cannot be used with"),
        "{}",
        both.stderr
    );
}

#[test]
fn one_location_is_meant_by_its_name_or_id() {
    let place = Place::new();
    for word in ["soleil", SOLEIL] {
        let json = place.run(&["plan", "--json", "--location", word]).json();
        let locations = json["locations"].as_array().unwrap();
        assert_eq!(locations.len(), 1);
        assert_eq!(locations[0]["location"], SOLEIL);
    }
    let ran = place.run(&["plan", "--location", "Solel"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("did you mean `Soleil`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn each_end_has_its_exit_code() {
    let place = Place::new();
    written(&place.folder, "wrong.toml", "[agency]\nlocatoins = \"x\"\n");
    let ran = place.run(&["plan", "wrong.toml"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("wrong.toml:2: "), "{}", ran.stderr);
    let ran = place.run(&["apply", "--plan", "gone.json"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("gone.json: the plan cannot be read"),
        "{}",
        ran.stderr
    );
    written(&place.folder, "cut.json", "{\"version\": 1, ");
    let ran = place.run(&["apply", "--plan", "cut.json"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("not a saved plan"), "{}", ran.stderr);
    let ran = place.run(&["undo"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("there is no journal"), "{}", ran.stderr);

    // One location cannot be read; none can.
    let harbor = format!("GHL_TOKEN_{HARBOR}");
    let ran = ended(place.command(&["plan"]).env(&harbor, "pit-wrong"));
    assert_eq!(ran.code, Some(4), "{}", ran.stdout);
    assert!(ran.stdout.contains("not read: Harbor"), "{}", ran.stdout);
    let wrong = [("GHL_TOKEN", "pit-wrong"), (&harbor, "pit-wrong")];
    let ran = ended(place.command(&["plan"]).envs(wrong));
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);

    // Only things for a person remain.
    let toml = format!("{TOML}[require]\nusers = [\"nobody@example.com\"]\n");
    written(&place.folder, "agency.toml", &toml);
    let ran = place.run(&["apply", "--yes"]);
    assert_eq!(ran.code, Some(3), "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(place.run(&["plan"]).code, Some(3));
}

#[test]
fn what_somebody_has_changed_since_is_left_alone() {
    let place = Place::new();
    assert_eq!(place.run(&["plan", "--out", "plan.json"]).code, Some(2));
    let body = "{\"name\":\"Offer\",\"value\":\"Their own\"}";
    place
        .fake
        .ask("POST", &format!("/locations/{SOLEIL}/customValues"), body);
    let ran = place.run(&["apply", "--plan", "plan.json"]);
    assert_eq!(ran.code, Some(4), "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("1 left alone"), "{}", ran.stdout);
    assert_eq!(place.offers(), ["Their own"]);
}

#[test]
fn a_run_that_would_change_too_much_takes_force() {
    let place = Place::new();
    for tag in ["one", "two", "three", "four"] {
        let path = format!("/locations/{SOLEIL}/tags");
        place
            .fake
            .ask("POST", &path, &format!("{{\"name\":\"{tag}\"}}"));
    }
    let toml = "[agency]\nlocations = \"locations.csv\"\n[absent]\ntags = [\"one\", \"two\", \"three\", \"four\"]\n";
    written(&place.folder, "agency.toml", toml);
    let location = ["--location", "Soleil", "--yes"];
    let ran = place.run(&[&["apply"], &location[..]].concat());
    assert_eq!(ran.code, Some(1), "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("apply it with force"), "{}", ran.stdout);
    let ran = place.run(&[&["apply", "--force"], &location[..]].concat());
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
}

#[test]
fn an_exported_location_needs_nothing() {
    let place = Place::new();
    let ran = place.run(&["export", SOLEIL]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("is there already"), "{}", ran.stderr);
    let into = place.folder.path().join("golden");
    std::fs::create_dir(&into).unwrap();
    let ran = place.run(&["export", SOLEIL, "--into", argument(&into)]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let toml = into.join("agency.toml");
    let ran = place.run(&["plan", argument(&toml)]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
}

#[test]
fn colours_are_for_terminals_and_for_who_asks_for_them() {
    let place = Place::new();
    let coloured = |command: &mut Command| ended(command).stdout.contains('\u{1b}');
    assert!(!coloured(&mut place.command(&["plan"])));
    assert!(coloured(
        place.command(&["plan"]).env("CLICOLOR_FORCE", "1")
    ));
    let neither = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")];
    assert!(!coloured(place.command(&["plan"]).envs(neither)));
}

#[test]
fn a_token_is_no_argument() {
    let ran = run(&["setup", "plan", "--token", TOKEN]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("'--token'"), "{}", ran.stderr);
    let help = run(&["setup", "plan", "--help"]).stdout;
    assert!(!help.to_lowercase().contains("--token"), "{help}");
}

/// The text of a JSON value.
fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}
