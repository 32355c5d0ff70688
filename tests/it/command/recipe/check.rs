//! `recipe check`.

use super::super::{argument, command, ended, run, written};

const WRONG: &str = r#"name = "studio"
version = 1
[steps.text]
do = "text"
body = "Hi {{ contact.nick }}, book: http://studio.example"
after = "-PT10S"
"#;

const HINTED: &str = r#"name = "studio"
version = 3
[steps.text]
do = "text"
body = "Sorry we missed your call. Text us back."
"#;

#[test]
fn every_problem_and_hint_is_shown_by_file() {
    let folder = tempfile::tempdir().unwrap();
    written(&folder, "wrong.toml", WRONG);
    written(&folder, "hinted.toml", HINTED);
    let ran = ended(
        command(&[
            "recipe",
            "check",
            "wrong.toml",
            "soleil",
            "hinted.toml",
            "gone.toml",
        ])
        .current_dir(folder.path()),
    );
    insta::assert_snapshot!(ran.stdout);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
}

#[test]
fn hints_keep_no_recipe_from_being_used() {
    let folder = tempfile::tempdir().unwrap();
    let hinted = written(&folder, "hinted.toml", HINTED);
    let ran = run(&["recipe", "check", argument(&hinted)]);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert!(
        ran.stdout
            .ends_with("1 recipe: can be used; 0 problems, 1 hint.\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn all_presets_can_be_used() {
    let presets = ["soleil", "ghl_blog", "hi_skin", "nebru", "zfire"];
    let ran = run(&[&["recipe", "check"][..], &presets].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("5 recipes: all can be used; 0 problems"),
        "{}",
        ran.stdout
    );
}

#[test]
fn json_has_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = written(&folder, "wrong.toml", WRONG);
    let ran = run(&["recipe", "check", "--json", "soleil", argument(&wrong)]);
    assert_eq!(ran.code, Some(1));
    let json = ran.json();
    assert_eq!(json["recipes"][0]["recipe"]["name"], "soleil");
    assert_eq!(json["recipes"][1]["valid"], false);
    assert_eq!(
        json["problems"],
        json["recipes"][1]["problems"].as_array().unwrap().len()
    );
    let first = &json["recipes"][1]["problems"][0];
    assert_eq!(
        (&first["line"], &first["key"]),
        (&5.into(), &"steps.text.body".into())
    );
    assert!(
        first["remedy"].as_str().unwrap().contains("`contact.name`"),
        "{first}"
    );
}

#[test]
fn colours_come_when_asked_for_and_go_when_not() {
    let plain = run(&["recipe", "check", "soleil"]);
    assert!(!plain.stdout.contains('\u{1b}'), "{:?}", plain.stdout);
    let coloured = ended(command(&["recipe", "check", "soleil"]).env("CLICOLOR_FORCE", "1"));
    assert!(
        coloured.stdout.contains("\u{1b}[32m✓"),
        "{:?}",
        coloured.stdout
    );
    let refused = ended(
        command(&["recipe", "check", "soleil"]).envs([("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]),
    );
    assert!(!refused.stdout.contains('\u{1b}'), "{:?}", refused.stdout);
}

#[test]
fn a_preset_that_is_not_there_is_answered_with_those_that_are() {
    let ran = run(&["recipe", "check", "solei"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.contains("choose one of: soleil, ghl_blog"),
        "{}",
        ran.stdout
    );
    let ran = run(&["recipe", "check"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("<FILE|PRESET>"), "{}", ran.stderr);
}
