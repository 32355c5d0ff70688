//! What is legal and surely not meant is told, and keeps nothing from working.

use gohighlevel::recipes::missed_call::{Preset, Recipe};

const RECIPE: &str = r#"name = "studio"
version = 3

[callers]
staff = ["+447911123456", "+447911123457", "+44791112345"]
countries = ["US", "GB"]

[steps.text]
do = "text"
after = "PT15M"
body = "Hi {{ contact.first_name }}, sorry we missed your call. Get 10% off today!"

[steps.later]
do = "text"
after = "PT24H"
body = "{{ location.name }} again. Still looking for a time?"
"#;

fn told(recipe: &str) -> String {
    let recipe = Recipe::from_toml("studio.toml", recipe).unwrap_or_else(|error| panic!("{error}"));
    let hints = recipe.hints();
    let lines: Vec<String> = hints.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn every_kind_in_the_form_of_a_problem() {
    insta::assert_snapshot!(told(RECIPE));
}

#[test]
fn a_key_silences_one_kind() {
    let silent = format!(
        "{RECIPE}\n[hints]\nsilence = [\"late_first_text\", \"later_text\", \"unnamed_sender\", \"promotion\", \"odd_number\"]\n"
    );
    assert_eq!(told(&silent), "");
    let one = format!("{RECIPE}\n[hints]\nsilence = [\"promotion\"]\n");
    assert!(!told(&one).contains("10% off") && told(&one).contains("later_text"));
}

#[test]
fn presets_have_no_hints() {
    for preset in Preset::ALL {
        assert_eq!(preset.recipe().hints(), [], "{}", preset.name());
    }
}
