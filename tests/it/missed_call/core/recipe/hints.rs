//! Hints: what is allowed and probably a mistake is reported, and the recipe loads all the same.

use gohighlevel::recipes::missed_call::{Preset, Recipe};

const RECIPE: &str = r#"name = "studio"
version = 3

[callers]
staff = ["+4915112345678", "+4915112345679", "+491511234567"]
countries = ["US", "DE"]

[steps.text]
do = "text"
after = "PT15M"
body = "Hi {{ contact.first_name }}, sorry we missed your call. Get 10% off today!"

[steps.later]
do = "text"
after = "PT24H"
body = "{{ location.name }} again. Still looking for a time?"
"#;

fn shown(recipe: &str) -> String {
    let recipe = Recipe::from_toml("studio.toml", recipe).unwrap_or_else(|error| panic!("{error}"));
    let hints = recipe.hints();
    let lines: Vec<String> = hints.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn every_kind_in_the_form_of_a_problem() {
    insta::assert_snapshot!(shown(RECIPE), @r#"
    studio.toml:5: callers.staff: a number has one digit too few or too many; it is never a caller's number; compare the list with your own, digit by digit (to silence this hint: [hints] silence = ["odd_number"])
    studio.toml:10: steps.text.after: callers without consent never get this text: it comes later than call.max_age; write less than "PT10M", or raise call.max_age (to silence this hint: [hints] silence = ["late_first_text"])
    studio.toml:11: steps.text.body: the text does not name its sender, as carriers require; write `{{ location.name }}` or the name of the business into it (to silence this hint: [hints] silence = ["unnamed_sender"])
    studio.toml:11: steps.text.body: `10% off` promotes something, which needs the person's written consent; leave the offer out of texts that answer a call (to silence this hint: [hints] silence = ["promotion"])
    studio.toml:13: steps.later: few callers get this text: after the first text, the next one needs a reply or consent; add a step with on = "not_sent" and of = "later" for all others, such as a task; or record consent (to silence this hint: [hints] silence = ["later_text"])
    "#);
}

#[test]
fn a_key_silences_one_kind() {
    let silent = format!(
        "{RECIPE}\n[hints]\nsilence = [\"late_first_text\", \"later_text\", \"unnamed_sender\", \"promotion\", \"odd_number\"]\n"
    );
    assert_eq!(shown(&silent), "");
    let one = format!("{RECIPE}\n[hints]\nsilence = [\"promotion\"]\n");
    assert!(!shown(&one).contains("10% off") && shown(&one).contains("later_text"));
}

#[test]
fn presets_have_no_hints() {
    for preset in Preset::ALL {
        assert_eq!(preset.recipe().hints(), [], "{}", preset.name());
    }
}

/// One change of the preset `soleil` each, all of them mistakes that used to pass in silence.
#[test]
fn no_slip_passes_in_silence() {
    // Its notes hold some of the same words.
    let lines = Preset::Soleil.source().lines();
    let lines: Vec<&str> = lines.filter(|line| !line.starts_with('#')).collect();
    let source = lines.join("\n");
    let body = "Hi {{ contact.first_name }}, {{ location.name }} here. Sorry we missed your call. Text us back or book here: {{ custom_values.calendly_link }}";
    let second = |after: &str| {
        format!(
            "[steps.second]\ndo = \"text\"\nafter = \"{after}\"\nbody = \"{body}\"\n\n[steps.tag]"
        )
    };
    let (soon, later) = (second("PT0S"), second("PT1H"));
    for (from, to) in [
        ("Hi {{ contact.first_name }}", "Hi {first_name}"),
        ("Hi {{ contact.first_name }}", "Hi [first name]"),
        ("Hi {{ contact.first_name }}", "Hi %first_name%"),
        (
            "{{ custom_values.calendly_link }}\"",
            "calendly.com/soleil\"",
        ),
        (
            "{{ custom_values.calendly_link }}\"",
            "<https://calendly.com/soleil>\"",
        ),
        ("Sorry we missed your call.", "Get 10% off today!"),
        ("after = \"PT0S\"", "after = \"PT15M\""),
        ("after = \"PT0S\"", "after = \"PT10M\""),
        ("[steps.tag]", soon.as_str()),
        ("[steps.tag]", later.as_str()),
        ("{{ location.name }} here. Sorry", "Sorry"),
        (
            "[steps.tag]",
            "[callers]\nstaff = [\"+1312555010\"]\n\n[steps.tag]",
        ),
    ] {
        let text = source.replacen(from, to, 1);
        assert_ne!(text, source, "{from}");
        let is_shown = match Recipe::from_toml("soleil.toml", &text) {
            Ok(recipe) => !recipe.hints().is_empty(),
            Err(error) => error.problems().len() == 1,
        };
        assert!(is_shown, "{to}");
    }
}
