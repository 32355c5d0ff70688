//! The JSON Schema of recipes: `fixtures/recipe.schema.json` is what the crate generates, and it accepts good recipes
//! and refuses bad ones.

use std::fs;
use std::path::Path;

use gohighlevel::recipes::missed_call::{Preset, Recipe};
use jsonschema::Validator;
use serde_json::{Value as Json, json};

use super::files::{file_name, recipes};

/// Bad recipes of a good form, by the reason why a schema does not find their mistakes.
const GOOD_FORM: [(&str, &[&str]); 4] = [
    (
        "The words of a text or title are wrong.",
        &[
            "clinical_body",
            "clinical_default",
            "clinical_display_name",
            "clinical_extra",
            "clinical_title",
            "email_clinical",
            "greeting_of_both_names",
            "greeting_with_an_empty_default",
            "greeting_without_a_last_name",
            "link_bare",
            "link_bare_host",
            "link_field_then_comma",
            "link_in_angle_brackets",
            "link_not_https",
            "link_shortener",
            "link_then_full_stop",
            "link_without_scheme",
            "merge_field_alone",
            "merge_field_brace_missing",
            "merge_field_brace_missing_before",
            "merge_field_capitals",
            "merge_field_custom_key",
            "merge_field_custom_value",
            "merge_field_invisible",
            "merge_field_liquid",
            "merge_field_of_highlevel",
            "merge_field_three_braces",
            "merge_field_unknown",
            "opt_out_without_stop",
            "placeholder_angles",
            "placeholder_braces",
            "placeholder_brackets",
            "placeholder_dollar",
            "placeholder_mailchimp",
            "placeholder_percent",
            "placeholder_title",
            "template_comment",
            "template_else_first",
            "template_expression",
            "template_filter",
            "template_if_unclosed",
            "template_include",
            "template_loop",
            "template_stray_end",
            "template_unclosed",
            "title_is_no_template",
            "variant_clinical",
        ],
    ),
    (
        "A duration is out of its range, which patterns cannot express.",
        &[
            "duration_too_long",
            "duration_zero_max_age",
            "voicemail_below_too_long",
            "voicemail_below_zero",
        ],
    ),
    (
        "A schema cannot know all zones, shorteners and facts of a call.",
        &[
            "fields_call_fact",
            "hours_zone_of_two_states",
            "hours_zone_unknown",
            "number_link_shortener",
        ],
    ),
    (
        "Keys, sections or steps do not fit together.",
        &[
            "complete_task_no_task",
            "complete_task_unknown",
            "confirmation_not_approved",
            "confirmation_of_a_reply",
            "copy_not_approved",
            "count_alone",
            "experiment_alone",
            "fields_empty",
            "flood_limit_ignored",
            "hours_day_twice",
            "hours_without_day",
            "merge_field_number_without_numbers",
            "not_delivered_of_an_email",
            "not_delivered_text",
            "not_delivered_without_of",
            "not_sent_of_itself",
            "not_sent_of_no_message",
            "not_sent_without_of",
            "nothing_to_do",
            "number_two_links",
            "of_without_not_sent",
            "opt_out_none_unapproved",
            "step_number_unlisted",
            "step_priority_without_numbers",
            "step_source_unknown",
            "variant_hours_unknown",
            "variant_number_unlisted",
            "variant_same_calls",
            "variant_same_name",
            "variant_source_unknown",
            "weight_alone",
        ],
    ),
];

fn validator() -> Validator {
    jsonschema::draft202012::new(&Recipe::json_schema()).unwrap()
}

/// The file as an editor sees it, or `None` if it is not TOML.
fn json_of(path: &Path) -> Option<Json> {
    let text = fs::read_to_string(path).ok()?;
    let text = text.trim_start_matches('\u{feff}');
    Some(from_toml(toml::Value::Table(text.parse().ok()?)))
}

fn from_toml(value: toml::Value) -> Json {
    match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
        toml::Value::Datetime(date) => json!(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(from_toml).collect(),
        toml::Value::Table(table) => Json::Object(
            table
                .into_iter()
                .map(|(key, value)| (key, from_toml(value)))
                .collect(),
        ),
    }
}

/// With `UPDATE_FIXTURES=1` the file is written.
#[test]
fn the_file_is_what_the_crate_generates() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/recipe.schema.json");
    let generated = Recipe::json_schema();
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        fs::write(&path, format!("{generated:#}\n")).unwrap();
    }
    let written: Option<Json> = fs::read_to_string(&path)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok());
    assert!(
        written.as_ref() == Some(&generated),
        "{} is not what Recipe::json_schema() generates: run this test with UPDATE_FIXTURES=1",
        path.display()
    );
    assert!(jsonschema::draft202012::meta::is_valid(&generated));
}

#[test]
fn good_recipes_and_presets_are_valid() {
    let validator = validator();
    let files = recipes("good").into_iter();
    let good = files.map(|path| (file_name(&path), json_of(&path).unwrap()));
    let presets = Preset::ALL.iter().map(|preset| {
        let table: toml::Table = preset.source().parse().unwrap();
        (
            preset.name().to_owned(),
            from_toml(toml::Value::Table(table)),
        )
    });
    for (name, recipe) in good.chain(presets) {
        let problems: Vec<_> = validator
            .iter_errors(&recipe)
            .map(|problem| format!("{}: {problem}", problem.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{name}: {problems:#?}");
    }
}

#[test]
fn bad_recipes_are_invalid_unless_their_form_is_good() {
    let validator = validator();
    let valid: Vec<String> = recipes("bad")
        .into_iter()
        .filter(|path| json_of(path).is_some_and(|recipe| validator.is_valid(&recipe)))
        .map(|path| file_name(&path))
        .collect();
    let lists = GOOD_FORM.iter().flat_map(|(_, names)| names.iter());
    let mut expected: Vec<String> = lists.map(|name| format!("{name}.toml")).collect();
    expected.sort();
    assert_eq!(valid, expected);
}

#[test]
fn every_key_and_word_is_described() {
    fn check(path: &str, schema: &Json) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{name}");
            let description = property["description"].as_str().unwrap_or_default();
            assert!(
                description.len() > 8 && !description.contains("]("),
                "{path}"
            );
            check(&path, property);
            check(&path, &property["items"]);
            check(&path, &property["additionalProperties"]);
        }
    }
    let schema = Recipe::json_schema();
    check("", &schema);
    for (name, action) in schema["$defs"].as_object().unwrap() {
        check(name, action);
        assert_eq!(action["properties"]["do"]["const"], json!(name), "{name}");
        assert_eq!(action["additionalProperties"], json!(false), "{name}");
    }
}
