//! The example `agency_setup`: forty locations with one settings file, one spreadsheet and three commands.

use serde_json::{Value, json};

use super::text;
use crate::command::{Fake, Ran, argument, ended, written};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/agency_setup");

/// The forty clinics as an agency finds them: no two alike.
fn clinics(sheet: &str) -> Value {
    let row = |(at, line): (usize, &str)| {
        let cells: Vec<&str> = line.split(',').collect();
        let digits: String = cells[2].chars().filter(char::is_ascii_digit).collect();
        let number = format!("+1{}", &digits[digits.len() - 10..]);
        let mut values = Vec::new();
        if at % 2 == 0 {
            values.push(
                json!({"id": "v1", "name": "Calendly Link", "value": "https://old.example.com"}),
            );
        }
        if at % 5 == 0 {
            values.push(
                json!({"id": "v2", "name": "Review Link", "value": "https://g.example.com/own"}),
            );
        }
        let status = if at == 7 { "draft" } else { "published" };
        let forwards = if at == 11 {
            json!("+13125550999")
        } else {
            Value::Null
        };
        let users = if at == 13 {
            json!([])
        } else {
            json!([{"id": format!("user-{}", cells[5]), "name": "Manager", "email": cells[5]}])
        };
        let tags = if at % 3 == 0 {
            json!(["missed-call", "vip"])
        } else {
            json!(["vip", "recall"])
        };
        json!({
            "location": {"id": cells[0], "name": cells[1], "companyId": "dentalCompany", "timezone": "America/Chicago"},
            "tokens": [format!("pit-dental-{at}")],
            "users": users,
            "tags": tags,
            "customValues": values,
            "workflows": [{"id": "w1", "name": "WF-11 Callback", "status": status}],
            "records": {"phoneNumbers": [{"phoneNumber": number, "forwardingNumber": forwards}]},
        })
    };
    let rows = sheet.lines().skip(1).enumerate().map(row);
    json!({"locations": rows.collect::<Vec<Value>>()})
}

#[test]
fn forty_locations_take_two_files_and_three_commands() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = std::fs::read_to_string(format!("{FOLDER}/locations.csv")).unwrap();
    let toml = std::fs::read_to_string(format!("{FOLDER}/agency.toml")).unwrap();
    written(&folder, "locations.csv", &sheet);
    written(&folder, "agency.toml", &toml);
    let clinics = clinics(&sheet);
    let seed = written(&folder, "seed.json", &clinics.to_string());
    let fake = Fake::start(&["--seed", argument(&seed), "--limit", "100000/10s"]);
    let clinics = clinics["locations"].as_array().unwrap();
    let run = |arguments: &[&str]| -> Ran {
        let mut command = fake.command(&[&["setup"], arguments].concat());
        command.current_dir(folder.path()).env_remove("GHL_TOKEN");
        for clinic in clinics {
            let id = text(&clinic["location"], "id");
            command.env(
                format!("GHL_TOKEN_{id}"),
                clinic["tokens"][0].as_str().unwrap(),
            );
        }
        ended(&mut command)
    };

    let planned = run(&["plan", "--out", "plan.json"]);
    assert_eq!(
        planned.code,
        Some(2),
        "{}\n{}",
        planned.stdout,
        planned.stderr
    );
    insta::assert_snapshot!("forty_planned", planned.stdout);
    let applied = run(&["apply", "--plan", "plan.json"]);
    assert_eq!(
        applied.code,
        Some(3),
        "{}\n{}",
        applied.stdout,
        applied.stderr
    );
    insta::assert_snapshot!("forty_applied", applied.stdout);
    let drift = run(&["plan"]);
    assert_eq!(drift.code, Some(3), "{}\n{}", drift.stdout, drift.stderr);
    insta::assert_snapshot!("forty_drift", drift.stdout);

    let undone = run(&["undo", "--yes", "--json"]).json();
    assert_eq!(
        (&undone["failed"], &undone["unknown"], &undone["stale"]),
        (&0.into(), &0.into(), &0.into())
    );
    // The pipelines stay: opportunities would go with them.
    assert_eq!(undone["by_hand"], 40);
}
