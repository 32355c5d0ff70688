//! `recipe play`.

use super::super::{argument, run, written};

#[test]
fn the_tour_of_a_preset_keeps_its_promises() {
    let ran = run(&["recipe", "play", "soleil"]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("Nobody answers."), "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
}

#[test]
fn json_counts_what_was_promised_and_what_is_there() {
    let ran = run(&["recipe", "play", "--json", "soleil"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let json = ran.json();
    assert_eq!(json["summary"]["problems"], serde_json::json!([]));
    assert!(json["events"].as_array().unwrap().len() > 5, "{json}");
}

#[test]
fn a_recipe_that_cannot_be_played_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let needy = written(
        &folder,
        "needy.toml",
        "name = \"needy\"\nversion = 1\n[steps.text]\ndo = \"text\"\nbody = \"{{ location.name }}: {{ custom_values.nowhere }}\"\n",
    );
    for (recipe, expected) in [
        ("solei", "choose one of: soleil"),
        ("gone.toml", "gone.toml:1: cannot be read"),
        (
            argument(&needy),
            "the sample location cannot serve this recipe",
        ),
    ] {
        let ran = run(&["recipe", "play", recipe]);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
}
