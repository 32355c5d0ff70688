//! The classifier of replies against the labelled corpus: no opt-out is missed, and how often the rest is right.
#![allow(
    clippy::print_stdout,
    reason = "the measures are worth reading where they pass, too"
)]

use std::collections::BTreeMap;
use std::path::Path;

use gohighlevel::recipes::missed_call::reply::{Reply, classify};

/// Which replies rules are not made from: every fourth.
const HOLD_OUT: usize = 4;

struct Labelled {
    label: Reply,
    text: String,
    hold_out: bool,
}

fn corpus() -> Vec<Labelled> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/replies/corpus.tsv");
    let file = std::fs::read_to_string(path).unwrap();
    file.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .enumerate()
        .map(|(at, line)| {
            let (label, text) = line.split_once('\t').expect(line);
            Labelled {
                label: Reply::ALL
                    .into_iter()
                    .find(|reply| reply.code() == label)
                    .expect(line),
                text: unescaped(text),
                hold_out: (at + 1).is_multiple_of(HOLD_OUT),
            }
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('\\') => '\\',
                other => panic!("{text}: \\{other:?} is no escape"),
            },
            '\t' => panic!("{text}: a tab is written \\t"),
            other => other,
        });
    }
    plain
}

/// How many are right, in percent.
fn accuracy<'a>(of: impl Iterator<Item = &'a Labelled> + Clone) -> f64 {
    let right = of
        .clone()
        .filter(|reply| classify(&reply.text) == reply.label);
    percent(right.count(), of.count())
}

#[allow(clippy::cast_precision_loss, reason = "a few hundred replies")]
fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

#[test]
fn it_is_large_and_has_every_label() {
    let corpus = corpus();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for reply in &corpus {
        *count.entry(reply.label.code()).or_default() += 1;
    }
    println!("{} replies: {count:?}", corpus.len());
    assert!(corpus.len() >= 400, "{count:?}");
    assert_eq!(count.len(), Reply::ALL.len(), "{count:?}");
    assert!(count.values().all(|count| *count >= 10), "{count:?}");
}

#[test]
fn no_opt_out_is_missed() {
    let missed: Vec<String> = corpus()
        .into_iter()
        .filter(|reply| reply.label == Reply::OptOut)
        .filter(|reply| classify(&reply.text) != Reply::OptOut)
        .map(|reply| reply.text)
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn few_others_are_taken_for_opt_outs() {
    let corpus = corpus();
    let said = corpus
        .iter()
        .filter(|reply| classify(&reply.text) == Reply::OptOut);
    let right = said.clone().filter(|reply| reply.label == Reply::OptOut);
    let precision = percent(right.count(), said.count());
    println!("precision of opt_out: {precision:.1} %");
    assert!(precision >= 97.0, "{precision:.1} %");
}

#[test]
fn most_are_right() {
    let corpus = corpus();
    let all = accuracy(corpus.iter());
    let hold_out = accuracy(corpus.iter().filter(|reply| reply.hold_out));
    println!("accuracy: {all:.1} %; of the hold-out: {hold_out:.1} %");
    let wrong: Vec<String> = corpus
        .iter()
        .filter_map(|reply| {
            let said = classify(&reply.text);
            (said != reply.label).then(|| {
                let (label, said) = (reply.label.code(), said.code());
                format!("{label} read as {said}: {}", reply.text)
            })
        })
        .collect();
    assert!(all >= 95.0, "{all:.1} %: {wrong:#?}");
}

#[test]
fn an_appointment_is_no_opt_out() {
    for text in [
        "cancel my appointment",
        "CANCEL MY APPT!!",
        "Please cancel my 3pm",
        "I need to cancel tomorrow's visit",
        "can you remove me from the waitlist",
        "take me off the schedule for Friday",
        "quiero cancelar mi cita",
    ] {
        assert_eq!(classify(text), Reply::Help, "{text}");
    }
    for text in ["CANCEL", "cancel please", "cancelar"] {
        assert_eq!(classify(text), Reply::OptOut, "{text}");
    }
}

#[test]
fn codes_are_those_of_the_ledger() {
    for reply in Reply::ALL {
        let code = serde_json::to_value(reply).unwrap();
        assert_eq!(code, reply.code());
        assert_eq!(serde_json::from_value::<Reply>(code).unwrap(), reply);
    }
    let unknown = serde_json::from_str::<Reply>("\"of_a_later_release\"");
    assert_eq!(unknown.unwrap(), Reply::Other);
}
