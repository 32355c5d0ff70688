//! The tour: what it tells, what it counts, how it ends, and that its log keeps quiet about people.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::{run, stderr, stdout};

const LINK: &str = "https://calendly.com/soleil/visit";
const REPLY: &str = "Thanks! I have just booked for tomorrow.";

/// Takes the tour, which must succeed, and reads its JSON.
fn report(arguments: &[&str]) -> Value {
    let output = run("missed_call", &[&["--json"], arguments].concat(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A recipe in a file of its own, with a text that needs nothing of the location.
fn recipe(folder: &TempDir, rest: &str) -> PathBuf {
    let path = folder.path().join("recipe.toml");
    let text = format!("name = \"short\"\nversion = 1\nbusiness.display_name = \"Soleil\"\n{rest}");
    std::fs::write(&path, text).unwrap();
    path
}

fn text_of(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn events<'a>(report: &'a Value, name: &str) -> Vec<&'a Value> {
    let events = report["events"].as_array().unwrap();
    events
        .iter()
        .filter(|event| event["event"] == name)
        .collect()
}

/// Promised and seen of each step, by name.
fn counts(report: &Value) -> Vec<(&str, (u64, u64))> {
    let steps = report["summary"]["steps"].as_array().unwrap();
    let count = |step: &Value, name: &str| step[name].as_u64().unwrap();
    let of = |step| (count(step, "promised"), count(step, "seen"));
    steps
        .iter()
        .map(|step| (step["step"].as_str().unwrap(), of(step)))
        .collect()
}

#[test]
fn one_text_one_tag_and_one_task_an_hour_after_the_call() {
    let report = report(&[]);
    let summary = &report["summary"];
    assert_eq!(
        counts(&report),
        [
            ("doubt", (0, 0)),
            ("doubt_tag", (0, 0)),
            ("no_more_texts", (0, 0)),
            ("opt_out_reply", (0, 0)),
            ("tag", (1, 1)),
            ("task", (1, 1)),
            ("text", (1, 1))
        ]
    );
    assert_eq!(summary["problems"], serde_json::json!([]));
    assert_eq!(summary["missed_calls"], 2);

    let texts = events(&report, "text");
    assert_eq!(texts.len(), 1);
    assert_eq!(texts[0]["to"], summary["caller"]);
    let text = texts[0]["text"].as_str().unwrap();
    assert!(text.contains(LINK) && text.contains("STOP"), "{text}");
    let step = |name: &str| {
        let steps = summary["steps"].as_array().unwrap();
        steps.iter().find(|step| step["step"] == name).unwrap()
    };
    assert!(step("text")["accepted_after_seconds"].as_f64().unwrap() < 60.0);

    let tags = events(&report, "tag");
    assert_eq!(tags.len(), 1);
    assert!(
        tags[0]["what"]
            .as_str()
            .unwrap()
            .starts_with("missed-call,")
    );

    let tasks = events(&report, "task");
    assert_eq!(tasks.len(), 1);
    assert!(
        tasks[0]["what"]
            .as_str()
            .unwrap()
            .contains("Missed call — follow up within 1 hour")
    );
    assert_eq!(step("task")["due_after_seconds"], 3600);

    assert_eq!(events(&report, "call").len(), 2);
    assert_eq!(events(&report, "reply")[0]["text"], REPLY);
    let seconds: Vec<f64> = report["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["seconds"].as_f64().unwrap())
        .collect();
    assert!(seconds.is_sorted() && seconds[0] == 0.0, "{seconds:?}");
}

#[test]
fn the_timeline_fits_a_terminal_and_says_it_all() {
    let output = run("missed_call", &["--recipe", "soleil"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    for line in text.lines() {
        let is_link = line.trim().starts_with("https://");
        assert!(is_link || line.chars().count() <= 100, "{line}");
    }
    for part in [
        LINK,
        "missed-call, on contact",
        "due 3600 s after the call",
        "joins the episode",
        REPLY,
        "text            promised 1, seen 1",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
}

#[test]
fn a_proxy_of_the_machine_is_not_asked_about_the_machine_itself() {
    // Nobody listens on port 9, so whatever took the proxy would fail.
    let proxy = "http://127.0.0.1:9";
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"];
    let output = run("missed_call", &[], &names.map(|name| (name, proxy)));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn a_recipe_without_a_task_promises_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = recipe(
        &folder,
        "[steps.text]\ndo = \"text\"\nbody = \"Hi from {{ location.name }}\"\n",
    );
    let report = report(&["--recipe", text_of(&path)]);
    assert_eq!(counts(&report), [("text", (1, 1))]);
}

#[test]
fn without_a_cooldown_there_is_no_second_call() {
    let folder = tempfile::tempdir().unwrap();
    let path = recipe(
        &folder,
        "call.cooldown = \"PT0S\"\n[steps.task]\ndo = \"task\"\ntitle = \"Call back\"\n",
    );
    let report = report(&["--recipe", text_of(&path)]);
    assert_eq!(events(&report, "call").len(), 1);
    assert_eq!(counts(&report), [("task", (1, 1))]);
}

#[test]
fn a_broken_promise_is_named_and_fails_the_tour() {
    let folder = tempfile::tempdir().unwrap();
    // The caller is in the United States.
    let rest = "callers.countries = [\"CA\"]\n[steps.text]\ndo = \"text\"\nbody = \"Hi from {{ location.name }}\"\n";
    let path = recipe(&folder, rest);
    let output = run("missed_call", &["--json", "--recipe", text_of(&path)], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output).trim(),
        "missing: the text was promised 1 × and is there 0 ×: not_textable:country"
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["summary"]["problems"].as_array().unwrap().len(), 1);
}

#[test]
fn the_ledger_is_kept_and_a_second_tour_on_it_is_one_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("tour.db");
    for _ in 0..2 {
        assert_eq!(
            report(&["--db", text_of(&db)])["summary"]["missed_calls"],
            2
        );
    }
    assert!(db.is_file());
}

#[test]
fn what_is_wrong_is_said_before_anything_happens() {
    let folder = tempfile::tempdir().unwrap();
    let unknown_key = recipe(
        &folder,
        "steps.text.do = \"text\"\nsteps.text.body = \"Hi\"\nsteps.text.bdoy = \"Hi\"\n",
    );
    let unknown_key = text_of(&unknown_key).to_owned();
    let other = tempfile::tempdir().unwrap();
    let unknown_value = recipe(
        &other,
        "[steps.text]\ndo = \"text\"\nbody = \"Hi {{ custom_values.nothing }}\"\n",
    );
    let unknown_value = text_of(&unknown_value).to_owned();
    for (arguments, expected) in [
        (
            &["--nonsense"][..],
            "error: unexpected argument '--nonsense'".to_owned(),
        ),
        (
            &["--db"],
            "error: a value is required for '--db <FILE>'".to_owned(),
        ),
        (&["--recipe", "nowhere.toml"], "nowhere.toml:1: ".to_owned()),
        (
            &["--recipe", &unknown_key],
            format!("{unknown_key}:6: steps.text.bdoy: "),
        ),
        (
            &["--recipe", &unknown_value],
            format!("{unknown_value}:6: steps.text.body: "),
        ),
    ] {
        let output = run("missed_call", arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let text = stderr(&output);
        assert!(text.starts_with(&expected), "{text}");
    }
}

#[test]
fn the_log_at_its_finest_holds_no_token_number_or_text() {
    let output = run("missed_call", &["--json"], &[("RUST_LOG", "trace")]);
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let log = stderr(&output);
    // It is a log: of this crate, and of those below it.
    for target in [
        "gohighlevel::client",
        "gohighlevel::webhooks",
        "hyper",
        "reqwest",
    ] {
        assert!(log.contains(target), "nothing of {target} in\n{log}");
    }
    let mut planted = vec!["pit-sample".to_owned(), LINK.to_owned(), REPLY.to_owned()];
    for name in ["caller", "called"] {
        let number = report["summary"][name].as_str().unwrap();
        // The ten digits of the number are in all of its forms.
        planted.push(number.strip_prefix("+1").unwrap().to_owned());
    }
    for event in report["events"].as_array().unwrap() {
        let text = event["text"].as_str().unwrap_or_default();
        // The ids in the link to the contact may be logged.
        let words = text
            .lines()
            .filter(|line| !line.contains("/contacts/detail/"));
        let parts = words.flat_map(|line| line.split(['.', '!']));
        planted.extend(parts.map(|part| part.trim().to_owned()));
    }
    planted.retain(|part| part.len() >= 10);
    assert!(planted.len() >= 9, "{planted:?}");
    for part in planted {
        assert!(!log.contains(&part), "`{part}` is in the log");
    }
}

#[test]
fn hints_are_told_and_keep_nothing_from_working() {
    let folder = tempfile::tempdir().unwrap();
    let path = recipe(
        &folder,
        "[steps.text]\ndo = \"text\"\nbody = \"Sorry we missed you\"\n",
    );
    let output = run("missed_call", &["--recipe", text_of(&path)], &[]);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(
        told.lines().count() == 1
            && told.contains("steps.text.body: the text does not name its sender"),
        "{told}"
    );
}
