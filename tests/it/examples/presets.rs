//! The story of each preset, told by the tour in virtual time: line by line what its source asks for.

use serde_json::Value;

use super::{run, stderr};

/// What was done, with the seconds after the call: of the events with one of these names.
fn timeline(preset: &str) -> (Vec<(u64, String)>, Value) {
    let output = run("missed_call", &["--json", "--recipe", preset], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let silent = ["consent", "webhook", "episode", "call", "reply"];
    let events = report["events"].as_array().unwrap().iter();
    let done = events
        .filter(|event| !silent.contains(&event["event"].as_str().unwrap()))
        .map(|event| {
            let seconds = event["seconds"].as_f64().unwrap().round();
            (seconds as u64, event["event"].as_str().unwrap().to_owned())
        });
    let mut done: Vec<_> = done.collect();
    done.sort();
    (done, report)
}

fn at(list: &[(u64, &str)]) -> Vec<(u64, String)> {
    let mut list: Vec<_> = list
        .iter()
        .map(|(seconds, name)| (*seconds, (*name).to_owned()))
        .collect();
    list.sort();
    list
}

/// The words of the events with this name.
fn words(report: &Value, name: &str) -> Vec<String> {
    let events = report["events"].as_array().unwrap().iter();
    events
        .filter(|event| event["event"] == name)
        .map(|event| {
            let what = event["what"].as_str().unwrap();
            format!("{what} {}", event["text"].as_str().unwrap_or_default())
        })
        .collect()
}

#[test]
fn soleil_answers_within_a_minute_tags_and_gives_the_team_an_hour() {
    let (done, report) = timeline("soleil");
    assert_eq!(done, at(&[(0, "text"), (0, "tag"), (0, "task")]));
    let text = &words(&report, "text")[0];
    for part in [
        "Soleil here",
        "Sorry we missed your call",
        "https://calendly.com/",
        "STOP",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(words(&report, "tag")[0].starts_with("missed-call,"));
    let task = &words(&report, "task")[0];
    assert!(
        task.contains("Missed call — follow up within 1 hour"),
        "{task}"
    );
    assert!(task.contains("due 3600 s"), "{task}");
}

#[test]
fn ghl_blog_waits_two_minutes_and_follows_up_for_a_day() {
    let (done, report) = timeline("ghl_blog");
    let minute = 60;
    let hour = 60 * minute;
    let expected = [
        (0, "task"),
        (0, "tag"),
        (0, "tag"),
        (2 * minute, "text"),
        // The third call that nobody took.
        (25 * minute, "task"),
        (25 * minute, "notice"),
        (2 * hour, "email"),
        (24 * hour, "text"),
    ];
    assert_eq!(done, at(&expected));
    let texts = words(&report, "text");
    assert!(
        texts[0].contains("We'll call you back within 15 minutes"),
        "{texts:?}"
    );
    let tasks = words(&report, "task");
    assert!(
        tasks[0].contains("call back") && tasks[0].contains("due 900 s"),
        "{tasks:?}"
    );
    let tags = words(&report, "tag");
    assert!(
        tags.iter().any(|tag| tag.starts_with("website caller,")),
        "{tags:?}"
    );
    let notice = &words(&report, "notice")[0];
    assert!(notice.contains("Missed calls so far: 3"), "{notice}");
}

#[test]
fn hi_skin_sends_approved_words_with_the_studios_link_and_hands_over_on_request() {
    let (done, report) = timeline("hi_skin");
    assert_eq!(done, at(&[(0, "text"), (240, "task"), (240, "notice")]));
    let text = &words(&report, "text")[0];
    let approved = "Hi, Skin here - sorry we missed you. You can grab a time here: \
                    https://book.example/gold-coast\nIf you need help finding the right appointment, reply here and \
                    we'll help.";
    assert!(text.ends_with(approved), "{text}");
}

#[test]
fn nebru_logs_everything_and_follows_silence() {
    let (done, report) = timeline("nebru");
    let minute = 60;
    let hour = 60 * minute;
    let expected = [
        (0, "tag"),
        (0, "fields"),
        (0, "stage"),
        (15, "text"),
        (minute, "note"),
        (minute, "notice"),
        (4 * hour, "text"),
        (24 * hour, "email"),
    ];
    assert_eq!(done, at(&expected));
    for told in [&words(&report, "note")[0], &words(&report, "notice")[0]] {
        for part in [
            "Missed call from +1",
            "Time: 2026-11-20 10:00 CST",
            "Text sent: Hi Rosan",
        ] {
            assert!(told.contains(part), "no `{part}` in {told}");
        }
    }
}

#[test]
fn zfire_answers_at_once_and_hands_a_person_over_to_a_person() {
    let (done, report) = timeline("zfire");
    let expected = [
        (0, "text"),
        (0, "tag"),
        (0, "fields"),
        // The caller has asked for a person: no task for somebody who does not answer.
        (120, "dropped"),
        (120, "notice"),
        (120, "task"),
        (120, "tag"),
    ];
    assert_eq!(done, at(&expected));
    assert!(words(&report, "notice")[0].contains("asks for a person"));
}
