//! `recipe preview`.

use super::super::{argument, run, written};

/// Two numbers with links of their own, other words while closed, a task and an e-mail.
const STUDIOS: &str = r#"name = "studios"
version = 2
[business]
display_name = "Maple"
[hours]
zone = "America/Chicago"
weekdays = "09:00-17:00"
[numbers."+13125550100"]
name = "Gold Coast"
link = "https://book.example/gold-coast"
[numbers."+18885550101"]
name = "Lakeview"
link = "https://book.example/lakeview"
[numbers."+13125550102"]
name = "Closed one"
active = false
[steps.text]
do = "text"
body = "Hi {{ contact.first_name }}, {{ location.name }} {{ number.name }} here. Book: {{ number.link }}"
[[steps.text.variants]]
name = "closed"
when = { in_hours = false }
body = "{{ location.name }} is closed now. Book: {{ number.link }}"
[steps.task]
do = "task"
title = "Call back"
due_after = "1 hour"
[steps.email]
do = "email"
after = "2 hours"
subject = "We missed you"
body = "Hi {{ contact.first_name }},\n\ncall us at {{ location.phone }} about {{ custom_values.offer }}."
"#;

#[test]
fn every_form_of_each_message_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let studios = written(&folder, "studios.toml", STUDIOS);
    let ran = run(&["recipe", "preview", argument(&studios)]);
    insta::assert_snapshot!(ran.stdout);
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_preset_is_shown_with_the_values_that_are_given() {
    let link = "calendly_link=https://calendly.com/soleil/visit";
    let ran = run(&["recipe", "preview", "soleil", "--value", link]);
    insta::assert_snapshot!(ran.stdout);
    assert_eq!(ran.code, Some(0));
    assert!(!ran.stdout.contains("made up"), "{}", ran.stdout);
}

#[test]
fn json_has_the_same() {
    let ran = run(&["recipe", "preview", "--json", "hi_skin"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let json = ran.json();
    let steps = json["steps"].as_array().unwrap();
    let text = steps.iter().find(|step| step["action"] == "text").unwrap();
    let [message] = text["messages"].as_array().unwrap().as_slice() else {
        panic!("{text}");
    };
    let sent = &message["outcome"]["text"];
    assert_eq!(
        (&sent["encoding"], &sent["opt_out"]),
        (&"GSM-7".into(), &"missing".into())
    );
    assert!(
        sent["body"]
            .as_str()
            .unwrap()
            .contains("https://book.example/gold-coast")
    );
}

#[test]
fn a_message_that_cannot_be_sent_says_why() {
    let link = "calendly_link=http://calendly.com/soleil";
    let ran = run(&["recipe", "preview", "soleil", "--value", link]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("not sent: "), "{}", ran.stdout);
}

#[test]
fn wrong_arguments_are_named() {
    for (arguments, expected) in [
        (
            &["soleil", "--value", "calendly_link"][..],
            "write a key and a value",
        ),
        (&["solei"], "choose one of: soleil"),
        (&["gone.toml"], "cannot be read"),
        (&[], "<FILE|PRESET>"),
    ] {
        let ran = run(&[&["recipe", "preview"], arguments].concat());
        assert_eq!(ran.code, Some(1), "{arguments:?}");
        assert!(ran.stderr.contains(expected), "{expected}\n{}", ran.stderr);
    }
}
