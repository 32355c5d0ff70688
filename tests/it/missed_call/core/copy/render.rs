//! From a recipe and a contact's values to the text that is sent.

use std::collections::BTreeMap;

use gohighlevel::recipes::missed_call::{
    MergeField, MergeValues, Preset, Recipe, Template, render_text,
};
use proptest::prelude::*;

fn recipe(text: &str, rest: &str) -> Recipe {
    Recipe::from_toml(
        "r.toml",
        &format!("name = \"r\"\nversion = 1\n{rest}\n[steps.text]\ndo = \"text\"\n{text}\n"),
    )
    .unwrap_or_else(|error| panic!("{error}"))
}

fn named(first_name: &str) -> MergeValues {
    MergeValues {
        first_name: Some(first_name.into()),
        ..MergeValues::default()
    }
}

fn with_values(values: &[(&str, &str)]) -> MergeValues {
    MergeValues {
        location_name: Some("Soleil".to_owned()),
        custom_values: values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        ..MergeValues::default()
    }
}

#[test]
fn soleil() {
    let recipe = Preset::Soleil.recipe();
    // Forty characters, and the longest first name there is.
    let link = "https://calendly.com/soleil-wellness/now";
    assert_eq!(link.len(), 40);
    let mut values = with_values(&[("calendly_link", link)]);
    values.location_name = Some("Soleil Infusion".to_owned());
    assert_eq!(
        render_text(&recipe, &values).unwrap(),
        "Hi there, Soleil here. Sorry we missed your call. Text us back or book here: \
         https://calendly.com/soleil-wellness/now Reply STOP to opt out."
    );
    values.first_name = Some("Aaaaaaaaaaaaaaaaaaaa".into());
    let text = render_text(&recipe, &values).unwrap();
    assert!(
        text.is_ascii() && text.len() <= 160,
        "{}: {text}",
        text.len()
    );
    assert!(
        Preset::Soleil
            .source()
            .contains("title = \"Missed call — follow up within 1 hour\"\n")
    );
}

#[test]
fn names_that_are_none_become_a_neutral_word() {
    let recipe = recipe("body = \"Hi {{contact.first_name}}!\"", "");
    for (name, shown) in [
        ("Rosan", "Rosan"),
        ("ROSAN", "Rosan"),
        (" ", "there"),
        ("Unknown", "there"),
        ("+18887324197", "there"),
        ("{{ custom_values.secret }}", "there"),
        ("{% endif %}", "there"),
        ("https://evil.example", "there"),
        ("Botox", "there"),
        ("Reply STOP", "there"),
        ("Aaaaaaaaaaaaaaaaaaaaa", "there"),
    ] {
        assert_eq!(
            render_text(&recipe, &named(name)).unwrap(),
            format!("Hi {shown}! Reply STOP to opt out."),
            "{name}"
        );
    }
}

#[test]
fn a_name_never_costs_the_text() {
    let phrase = recipe("body = \"{{ contact.first_name }} loss is our gain.\"", "");
    assert_eq!(
        render_text(&phrase, &named("Weight")).unwrap(),
        "there loss is our gain. Reply STOP to opt out."
    );
    let conditional = recipe(
        "body = \"Hi{% if contact.first_name %} {{ custom_values.gone }}{% endif %}\"",
        "",
    );
    assert_eq!(
        render_text(&conditional, &named("Rosan")).unwrap(),
        "Hi Reply STOP to opt out."
    );
}

#[test]
fn defaults_and_conditions() {
    let render = |source: &str, values: &MergeValues| {
        Template::parse(source)
            .unwrap()
            .render(values)
            .map_err(|error| error.code())
    };
    let empty = MergeValues::default();
    for (source, expected) in [
        (
            "Hi {{ contact.first_name | default('friend') }}",
            Ok("Hi friend"),
        ),
        ("Hi {{ contact.first_name|default(\"\") }}!", Ok("Hi !")),
        ("Hi {{ contact.name }}", Ok("Hi there")),
        ("Hi{{ contact.last_name }}", Ok("Hi")),
        ("{{ location.name }}", Err("field_missing")),
        ("{{ location.name | default('We') }}", Ok("We")),
        ("{{ custom_values.x }}", Err("custom_value_missing")),
        ("{{ custom_values.x | default('y') }}", Ok("y")),
        (
            "a{% if custom_values.x %}{{ custom_values.x }}{% endif %}",
            Ok("a"),
        ),
        (
            "{% if not contact.first_name %}a{% else %}b{% endif %}",
            Ok("a"),
        ),
        (
            "{% if contact.name %}a{% elif location.name %}b{% else %}c{% endif %}",
            Ok("c"),
        ),
        ("a {{- contact.last_name -}} b", Ok("ab")),
    ] {
        assert_eq!(
            render(source, &empty),
            expected.map(str::to_owned),
            "{source}"
        );
    }
    let values = MergeValues {
        last_name: Some("O'NEIL".into()),
        ..named("Mary")
    };
    assert_eq!(
        render("{{ contact.name }}", &values).unwrap(),
        "Mary O'Neil"
    );
    let blank = with_values(&[("x", " ")]);
    assert_eq!(
        render("{{ custom_values.x }}", &blank),
        Err("custom_value_empty")
    );
    assert_eq!(
        render("{{ custom_values.x | default('y') }}", &blank).unwrap(),
        "y"
    );
}

#[test]
fn keys_may_begin_with_a_digit_and_spaces_of_any_kind_stand_around_a_field() {
    let values = MergeValues {
        location_phone: Some("+13125550100".to_owned()),
        custom_values: [("2nd_link".to_owned(), "https://a.example/2".to_owned())].into(),
        ..MergeValues::default()
    };
    for (template, text) in [
        ("{{ custom_values.2nd_link }}", "https://a.example/2"),
        (
            "{{custom_values.2nd_link|default('none')}}",
            "https://a.example/2",
        ),
        ("{{ custom_values.3rd | default('none') }}", "none"),
        (
            "{% if custom_values.2nd_link %}yes{% else %}no{% endif %}",
            "yes",
        ),
        ("{% if not custom_values.3rd %}no{% endif %}", "no"),
        ("a {{- location.phone -}} b", "a+13125550100b"),
        ("{{\u{a0}location.phone\u{a0}}}", "+13125550100"),
        ("{{ location.phone }} \\ \"{# \"", ""),
    ] {
        match Template::parse(template) {
            Ok(parsed) => assert_eq!(parsed.render(&values).unwrap(), text, "{template}"),
            Err(error) => assert!(text.is_empty(), "{template}: {error}"),
        }
    }
}

#[test]
fn fields_in_their_order() {
    let template =
        Template::parse("{{ location.name }}{% if custom_values.a %}{{ contact.name }}{% endif %}")
            .unwrap();
    let fields: Vec<String> = template.fields().map(MergeField::to_string).collect();
    assert_eq!(fields, ["location.name", "custom_values.a", "contact.name"]);
}

#[test]
fn the_opt_out_line_stands_there_once() {
    for (body, text) in [
        ("Hello.", "Hello. Reply STOP to opt out."),
        ("Hello. Text STOP to end.", "Hello. Text STOP to end."),
        (
            "We never stop caring.",
            "We never stop caring. Reply STOP to opt out.",
        ),
    ] {
        let recipe = recipe(&format!("body = \"{body}\""), "");
        assert_eq!(render_text(&recipe, &MergeValues::default()).unwrap(), text);
    }
}

#[test]
fn values_that_cannot_be_sent() {
    let recipe = recipe(
        "body = \"{{ location.name }} {{ custom_values.note | default('.') }} {{ custom_values.book_link }}\"",
        "",
    );
    let link = ("book_link", "https://calendly.com/iv-therapy");
    for (values, code) in [
        (vec![link], None),
        (vec![link, ("note", "See https://a.example/x")], None),
        (vec![link, ("note", "")], None),
        (vec![], Some("custom_value_missing")),
        (vec![("book_link", " ")], Some("custom_value_empty")),
        (
            vec![("book_link", "http://calendly.com/x")],
            Some("link_not_https"),
        ),
        (
            vec![("book_link", "calendly.com/x")],
            Some("link_not_https"),
        ),
        (
            vec![("book_link", "ask at the desk")],
            Some("link_not_https"),
        ),
        (vec![("book_link", "https://")], Some("link_not_https")),
        (
            vec![("book_link", "https://bit.ly/x")],
            Some("link_shortener"),
        ),
        (
            vec![("book_link", "https://a.example/{{contact.id}}")],
            Some("leftover_braces"),
        ),
        (
            vec![link, ("note", "See http://a.example/x")],
            Some("link_not_https"),
        ),
        (vec![link, ("note", "See t.co/x")], Some("link_shortener")),
        (vec![link, ("note", "20% off Botox")], Some("clinical_word")),
        (vec![link, ("note", "{% raw %}")], Some("leftover_braces")),
    ] {
        let outcome = render_text(&recipe, &with_values(&values));
        assert_eq!(
            outcome.as_ref().err().map(|error| error.code()),
            code,
            "{values:?}"
        );
        if let Err(error) = outcome {
            let printed = format!("{error} {error:?}");
            assert!(
                !printed.contains("a.example") && printed.contains("; "),
                "{printed}"
            );
        }
    }
}

#[test]
fn the_business_is_called_by_its_display_name() {
    let mut values = MergeValues {
        location_name: Some("Soleil Infusion".to_owned()),
        ..MergeValues::default()
    };
    let body = "body = \"{{ location.name }} here.\"";
    let error = render_text(&recipe(body, ""), &values).unwrap_err();
    assert_eq!(error.code(), "clinical_word");
    assert!(
        error.to_string().contains("business.display_name"),
        "{error}"
    );

    let named = recipe(body, "[business]\ndisplay_name = \"Soleil\"");
    assert_eq!(
        render_text(&named, &values).unwrap(),
        "Soleil here. Reply STOP to opt out."
    );
    let unregulated = recipe(body, "[compliance]\nhipaa = false");
    assert!(
        render_text(&unregulated, &values)
            .unwrap()
            .starts_with("Soleil Infusion")
    );
    values.location_name = None;
    assert_eq!(
        render_text(&recipe(body, ""), &values).unwrap_err().code(),
        "field_missing"
    );
    assert!(render_text(&named, &values).is_ok());
}

#[test]
fn texts_that_are_none() {
    let task_only = Recipe::from_toml(
        "r.toml",
        "name = \"r\"\nversion = 1\n[steps.task]\ndo = \"task\"\ntitle = \"Call back\"",
    )
    .unwrap();
    let code =
        |recipe: &Recipe, values: &MergeValues| render_text(recipe, values).unwrap_err().code();
    assert_eq!(code(&task_only, &MergeValues::default()), "no_text");
    let conditional = recipe("body = \"{% if contact.name %}Hi{% endif %}\"", "");
    assert_eq!(code(&conditional, &MergeValues::default()), "empty");
    let long = recipe("body = \"{{ custom_values.a }}\"", "");
    assert_eq!(
        code(&long, &with_values(&[("a", &"a ".repeat(900))])),
        "too_long"
    );
}

proptest! {
    #[test]
    fn parsing_never_panics(source in "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|if |endif|else|contact\\.first_name|custom_values\\.a|[ |\"'().a1é-]|default\\(\"a\"\\)){0,12}") {
        if let Ok(template) = Template::parse(&source) {
            let _ = template.render(&named("Rosan"));
        }
    }

    #[test]
    fn whatever_a_contact_is_called_the_text_goes_out_clean(
        first in any::<String>(),
        last in "[ A-Za-z{}%#./:@0-9]{0,30}",
        name in any::<Option<String>>(),
    ) {
        let recipe = recipe("body = \"Hi {{ contact.first_name }} {{ contact.last_name }} or {{ contact.name }}!\"", "");
        let values = MergeValues {
            first_name: Some(first.into()),
            last_name: Some(last.into()),
            name: name.map(Into::into),
            ..MergeValues::default()
        };
        let text = render_text(&recipe, &values).unwrap();
        prop_assert!(!text.contains(['{', '}', '%', '<', '@']) && !text.contains("://"), "{}", text);
        prop_assert!(text.starts_with("Hi ") && text.ends_with(" Reply STOP to opt out."));
    }
}
