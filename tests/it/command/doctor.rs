//! `doctor`.

use super::{Fake, HARBOR, SOLEIL, argument, dead_url, ended, run, written};

/// Needs what the sample location does not have.
const NEEDY: &str = r#"name = "needy"
version = 1
[steps.text]
do = "text"
body = "{{ location.name }} here. Book: {{ custom_values.booking_link }}"
"#;

fn config(folder: &tempfile::TempDir, locations: &[(&str, &str)]) -> std::path::PathBuf {
    let mut text = "[store]\npath = \"recovery.db\"\n".to_owned();
    for (id, recipe) in locations {
        text.push_str(&format!("[[location]]\nid = \"{id}\"\n{recipe}\n"));
    }
    written(folder, "config.toml", &text)
}

#[test]
fn a_location_that_has_everything_is_ready() {
    let fake = Fake::start(&[]);
    let ran = ended(&mut fake.command(&["doctor", "--location", SOLEIL, "--recipe", "soleil"]));
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout, "✓ 1 of 1 location ready.\n");
    assert!(fake.requests().iter().all(|(method, _)| method == "GET"));
}

#[test]
fn one_problem_of_several_locations_is_shown_once_and_by_their_names() {
    let fake = Fake::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    written(&folder, "needy.toml", NEEDY);
    let needy = "recipe = \"needy.toml\"";
    config(&folder, &[(SOLEIL, needy), (HARBOR, needy)]);
    let mut command = fake.command(&["doctor", "--config", "config.toml"]);
    let harbor = format!("GHL_TOKEN_{HARBOR}");
    let ran = ended(
        command
            .current_dir(folder.path())
            .env(harbor, "pit-sample-harbor"),
    );
    assert_eq!(ran.code, Some(3), "{}\n{}", ran.stdout, ran.stderr);
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn a_refused_token_leaves_the_others_examined() {
    let fake = Fake::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let preset = "preset = \"soleil\"";
    let config = config(&folder, &[(SOLEIL, preset), (HARBOR, preset)]);
    let harbor = format!("GHL_TOKEN_{HARBOR}");
    let arguments = ["doctor", "--json", "--config", argument(&config)];
    let ran = ended(fake.command(&arguments).env(harbor, "pit-wrong"));
    assert_eq!(ran.code, Some(4), "{}\n{}", ran.stdout, ran.stderr);
    let json = ran.json();
    assert_eq!((&json["ready"], &json["not_asked"]), (&1.into(), &1.into()));
    assert_eq!(json["groups"][0]["kind"], "not_asked");
    assert_eq!(json["groups"][0]["locations"], serde_json::json!([HARBOR]));
    assert!(!ran.stdout.contains("pit-"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_asked_at_all_ends_with_1() {
    let (folder, fake) = (tempfile::tempdir().unwrap(), Fake::start(&[]));
    let of_soleil = ["doctor", "--location", SOLEIL, "--recipe", "soleil"];
    let bad = written(&folder, "bad.toml", "[store]\n");
    let grants = folder.path().join("grants");
    for (mut command, expected) in [
        (super::command(&of_soleil), "set GHL_TOKEN"),
        (
            fake.command(&["doctor", "--location", SOLEIL, "--recipe", "solei"]),
            "choose one of: soleil",
        ),
        (
            fake.command(&["doctor", "--config", argument(&bad)]),
            "bad.toml:1: missing field `path`",
        ),
        (
            fake.command(&["doctor", "--config", "gone.toml"]),
            "gone.toml: cannot be read",
        ),
        (
            fake.command(&["doctor", "--location", SOLEIL]),
            "--recipe <FILE|PRESET>",
        ),
        (fake.command(&["doctor"]), "--config <FILE>"),
        (
            fake.command(&[&of_soleil[..], &["--grants", argument(&grants)]].concat()),
            "GHL_CLIENT_ID is not set",
        ),
    ] {
        let ran = ended(&mut command);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{expected}\n{}", ran.stderr);
    }
    for (name, value) in [
        ("GHL_TOKEN", "pit-wrong".to_owned()),
        ("GHL_BASE_URL", dead_url()),
    ] {
        let ran = ended(fake.command(&of_soleil).env(name, value));
        assert_eq!(ran.code, Some(1), "{}\n{}", ran.stdout, ran.stderr);
        assert!(
            ran.stdout.contains("1 could not be asked"),
            "{}",
            ran.stdout
        );
    }
    assert_eq!(run(&["doctor", "--help"]).code, Some(0));
}

#[test]
fn grants_stand_in_for_tokens() {
    let fake = Fake::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let app = fake.ask(
        "POST",
        "/_fake/authorizations",
        &format!("{{\"locationId\":\"{SOLEIL}\"}}"),
    );
    let client = [
        ("GHL_CLIENT_ID", app["clientId"].as_str().unwrap()),
        ("GHL_CLIENT_SECRET", app["clientSecret"].as_str().unwrap()),
    ];
    let arguments = [
        "doctor",
        "--location",
        SOLEIL,
        "--recipe",
        "soleil",
        "--grants",
    ];
    // An empty folder has no grant for the location.
    let empty = argument(folder.path());
    let ran = ended(
        fake.command(&[&arguments[..], &[empty]].concat())
            .envs(client),
    );
    assert_eq!(ran.code, Some(1), "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("could not be asked"), "{}", ran.stdout);
}

#[test]
fn a_warning_of_several_numbers_is_shown_once_and_keeps_nothing_from_being_ready() {
    let folder = tempfile::tempdir().unwrap();
    let location = |id: &str, number: &str| {
        serde_json::json!({
            "location": {"id": id, "name": id, "companyId": "company1", "timezone": "America/Chicago"},
            "tokens": [format!("pit-{id}")],
            "customValues": [{"id": "v1", "name": "Calendly Link", "value": "https://book.example.com"}],
            "records": {"phoneNumbers": [{"phoneNumber": number, "forwardingNumber": "+13125550199"}]},
        })
    };
    let locations = [
        location("loop", "+13125550100"),
        location("uptown", "+13125550101"),
    ];
    let seed = serde_json::json!({ "locations": locations }).to_string();
    let seed = written(&folder, "seed.json", &seed);
    let fake = Fake::start(&["--seed", argument(&seed)]);
    let of_both = [
        "doctor",
        "--recipe",
        "soleil",
        "--location",
        "loop",
        "--location",
        "uptown",
    ];
    let mut command = fake.command(&of_both);
    command
        .env("GHL_TOKEN_loop", "pit-loop")
        .env("GHL_TOKEN_uptown", "pit-uptown");
    let ran = ended(&mut command);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    insta::assert_snapshot!("warning_of_numbers", ran.stdout);
}
