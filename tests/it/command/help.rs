//! What `--help` says, and what is said of arguments that do not exist.

use super::run;

#[test]
fn each_help_is_as_it_was_looked_at() {
    for arguments in [
        &["--help"][..],
        &["recipe", "--help"],
        &["recipe", "check", "--help"],
        &["recipe", "preview", "--help"],
        &["recipe", "play", "--help"],
        &["doctor", "--help"],
        &["serve", "--help"],
        &["fake", "--help"],
        &["live-check", "--help"],
        &["completions", "--help"],
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}");
        let name = arguments[..arguments.len() - 1].join("_");
        let name = if name.is_empty() {
            "gohighlevel"
        } else {
            &name
        };
        insta::assert_snapshot!(name, ran.stdout);
    }
}

#[test]
fn what_does_not_exist_is_named_and_changes_nothing() {
    for (arguments, expected) in [
        (&["recipes"][..], "'recipe'"),
        (&["recipe", "chek"], "'check'"),
        (&["recipe", "check", "--jsn", "soleil"], "'--json'"),
        (&[], "Usage: gohighlevel"),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}");
        assert!(ran.stderr.contains(expected), "{expected}\n{}", ran.stderr);
    }
}
