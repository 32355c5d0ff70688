//! A recipe checked against what a location has.

use std::collections::BTreeMap;

use gohighlevel::ids::UserId;
use gohighlevel::recipes::missed_call::{LocationFacts, MergeValues, Preset, Recipe, render_text};
use proptest::prelude::*;

const RECIPE: &str = r#"name = "studio"
version = 1

[steps.text]
do = "text"
body = "{{ location.name }}: {{ custom_values.book_link }} {{ custom_values.note | default('') }}"

[steps.task]
do = "task"
title = "Call back"
assign_to = { user_email = "desk@studio.example" }
"#;

fn facts(values: &[(&str, &str)]) -> LocationFacts {
    LocationFacts {
        location_name: Some("Studio".to_owned()),
        custom_values: values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        users: Some(vec![
            (UserId::new("u1").unwrap(), None),
            (
                UserId::new("u2").unwrap(),
                Some("Desk@studio.example".into()),
            ),
        ]),
        ..LocationFacts::default()
    }
}

fn problems(recipe: &str, facts: &LocationFacts) -> String {
    let recipe = Recipe::from_toml("studio.toml", recipe).unwrap();
    match recipe.check(facts) {
        Ok(()) => String::new(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_location_that_has_everything() {
    let sound = facts(&[("book_link", "https://studio.example/book")]);
    assert_eq!(problems(RECIPE, &sound), "");
    let by_id = RECIPE.replace("user_email = \"desk@studio.example\"", "user_id = \"u1\"");
    assert_eq!(problems(&by_id, &sound), "");
    let soleil = LocationFacts {
        location_name: Some("Soleil Infusion".to_owned()),
        ..facts(&[("calendly_link", "https://calendly.com/soleil")])
    };
    assert_eq!(Preset::Soleil.recipe().check(&soleil), Ok(()));
}

#[test]
fn everything_that_is_missing_at_once() {
    let bare = LocationFacts {
        location_name: Some("Infusion Studio".to_owned()),
        users: Some(Vec::new()),
        ..LocationFacts::default()
    };
    insta::assert_snapshot!(problems(RECIPE, &bare), @r#"
    studio.toml:6: steps.text.body: `location.name` holds the clinical word `infusion`; set business.display_name in the recipe to a name that says nothing about care
    studio.toml:6: steps.text.body: custom value `book_link` does not exist in the location; create it in HighLevel under Settings > Custom Values, or correct the key in the recipe
    studio.toml:11: steps.task.assign_to.user_email: no user of the location has this e-mail address; name a user who has access to the location, or write assign_to = "contact_owner"
    "#);
}

#[test]
fn one_by_one() {
    let sound = facts(&[("book_link", "https://studio.example/book")]);
    for (facts, part) in [
        (
            facts(&[]),
            "studio.toml:6: steps.text.body: custom value `book_link` does not exist",
        ),
        (
            facts(&[("book_link", "")]),
            "custom value `book_link` is empty",
        ),
        (
            facts(&[("book_link", "http://studio.example")]),
            "not https",
        ),
        (facts(&[("book_link", "https://bit.ly/x")]), "shortener"),
        (
            facts(&[
                ("book_link", "https://studio.example"),
                ("note", "Or see studio.com/prices"),
            ]),
            "custom value `note` holds a link that is not https",
        ),
        (
            facts(&[("booking_link", "https://studio.example")]),
            "does not exist in the location; did you mean `custom_values.booking_link`? It is there",
        ),
        (
            facts(&[("book_link", "https://studio.example"), ("note", "Botox")]),
            "custom value `note` holds the clinical word `botox`",
        ),
        (
            LocationFacts {
                location_name: None,
                ..sound.clone()
            },
            "`location.name` has no value; set business.display_name",
        ),
        (
            LocationFacts {
                users: Some(Vec::new()),
                ..sound.clone()
            },
            "studio.toml:11: steps.task.assign_to.user_email: no user of the location has this",
        ),
    ] {
        let found = problems(RECIPE, &facts);
        assert!(
            found.contains(part) && found.lines().count() == 1,
            "{part}\n{found}"
        );
        assert!(!found.contains("desk@"), "{found}");
    }
    let unknown = LocationFacts {
        users: None,
        ..sound
    };
    assert_eq!(problems(RECIPE, &unknown), "");
    let by_id = RECIPE.replace("user_email = \"desk@studio.example\"", "user_id = \"u9\"");
    assert!(problems(&by_id, &facts(&[("book_link", "https://a.example")])).contains("user u9"));
}

#[test]
fn the_cost_of_a_text_is_explained_letter_by_letter() {
    let recipe = |words: &str| {
        format!("name = \"studio\"\nversion = 1\n[steps.text]\ndo = \"text\"\nbody = \"{words}\"\n")
    };
    let plain = "Sorry we missed your call. ".repeat(12);
    let spanish = "Lo sentimos, no pudimos tomar su llamada. Llámenos o escríbanos y con gusto le damos un espacio mañana por la mañana. ¡Gracias!";
    let emoji = format!("{} 🙂", "Sorry we missed your call. ".repeat(6));
    insta::assert_snapshot!(
        [&plain, spanish, &emoji].map(|words| problems(&recipe(words), &facts(&[]))).join("\n"),
        @r#"
        studio.toml:5: steps.text.body: the text would take 3 segments, but the limit is 2; shorten the body or the custom values by 40 characters, or write max_segments = 3
        studio.toml:5: steps.text.body: the text would take 3 segments, but the limit is 2; do without `á`, `í` (write `a`, `i`): with them, a message holds 70 characters instead of 160; or shorten it by 16 characters, or write max_segments = 3
        studio.toml:5: steps.text.body: the text would take 3 segments, but the limit is 2; do without `🙂`: with it, a message holds 70 characters instead of 160; or shorten it by 54 characters, or write max_segments = 3
        "#
    );
}

proptest! {
    /// What `check` promises: a location that passes never costs a text.
    #[test]
    fn a_location_that_passes_never_costs_a_text(
        location_name in "[A-Za-z{}]{0,6}",
        link in prop::option::of("(https|http)://[a-z]{1,4}(\\.ly|\\.example)(/[a-z{}]{0,4})?"),
        note in prop::option::of("[a-z:/{}%. ]{0,12}"),
        first in any::<Option<String>>(),
        last in any::<Option<String>>(),
    ) {
        let recipe = Recipe::from_toml(
            "r.toml",
            "name = \"r\"\nversion = 1\n[steps.text]\ndo = \"text\"\nbody = \"{% if contact.last_name %}{{ contact.name }} {{ custom_values.note }}\
             {% endif %}Hi {{ contact.first_name }}, {{ location.name }}: {{ custom_values.book_link }}\"",
        )
        .unwrap();
        let mut custom_values = BTreeMap::new();
        custom_values.extend(link.map(|link| ("book_link".to_owned(), link)));
        custom_values.extend(note.map(|note| ("note".to_owned(), note)));
        let facts = LocationFacts {
            location_name: Some(location_name),
            custom_values,
            ..LocationFacts::default()
        };
        let values = MergeValues {
            first_name: first.map(Into::into),
            last_name: last.map(Into::into),
            location_name: facts.location_name.clone(),
            custom_values: facts.custom_values.clone(),
            ..MergeValues::default()
        };
        if recipe.check(&facts).is_ok() {
            prop_assert!(render_text(&recipe, &values).is_ok());
        }
    }
}
