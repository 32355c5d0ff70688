//! The classifier against the labelled corpus that its rules were made from, and against ordinary sentences: it misses no
//! opt-out, and classifies most of the rest correctly. `hold_out.rs` measures it on replies that no rule was made from.
#![allow(
    clippy::print_stdout,
    reason = "the measures are worth reading where they pass, too"
)]

use std::collections::BTreeMap;
use std::path::Path;

use gohighlevel::recipes::missed_call::reply::{Reply, classify};

pub(super) struct Labelled {
    pub(super) label: Reply,
    pub(super) text: String,
}

fn corpus() -> Vec<Labelled> {
    labelled("corpus.tsv").unwrap()
}

/// The lines that count of a file in `fixtures/replies`.
pub(super) fn lines(name: &str) -> Result<Vec<String>, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/replies")
        .join(name);
    let file = std::fs::read_to_string(path)
        .map_err(|error| format!("fixtures/replies/{name} cannot be read: {error}"))?;
    let lines = file.lines();
    let counts = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    Ok(lines.filter(counts).map(str::to_owned).collect())
}

/// The replies of a file, with what they mean. An error names the line, and nothing of what it says.
pub(super) fn labelled(name: &str) -> Result<Vec<Labelled>, String> {
    let lines = lines(name)?;
    let read = |line: &String| {
        let (label, text) = line.split_once('\t')?;
        let label = Reply::ALL.into_iter().find(|reply| reply.code() == label)?;
        let text = unescaped(text)?;
        Some(Labelled { label, text })
    };
    let numbered = lines.iter().zip(1..);
    let replies = numbered.map(|(line, at)| {
        let wrong = || format!("fixtures/replies/{name}: reply {at} is not `label, tab, text`");
        read(line).ok_or_else(wrong)
    });
    replies.collect()
}

fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => match characters.next()? {
                'n' => '\n',
                't' => '\t',
                '\\' => '\\',
                _ => return None,
            },
            '\t' => return None,
            other => other,
        });
    }
    Some(plain)
}

/// How many are right, in percent.
fn accuracy<'a>(of: impl Iterator<Item = &'a Labelled> + Clone) -> f64 {
    let right = of
        .clone()
        .filter(|reply| classify(&reply.text) == reply.label);
    percent(right.count(), of.count())
}

#[allow(clippy::cast_precision_loss, reason = "a few thousand replies")]
pub(super) fn percent(part: usize, whole: usize) -> f64 {
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
    // What is doubtful depends on the reader, and is no label.
    assert_eq!(count.len(), Reply::ALL.len() - 1, "{count:?}");
    assert!(count.values().all(|count| *count >= 10), "{count:?}");
}

#[test]
fn no_opt_out_is_missed() {
    let missed: Vec<String> = corpus()
        .into_iter()
        .filter(|reply| reply.label == Reply::OptOut)
        .filter(|reply| classify(&reply.text).opt_out().is_none())
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
    println!("accuracy: {all:.1} %");
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
fn ordinary_sentences_with_hard_words_are_no_opt_outs() {
    let sentences = lines("ordinary_training.txt").unwrap();
    assert!(sentences.len() >= 300);
    let mut taken = sentences;
    taken.retain(|sentence| classify(sentence).is_opt_out());
    assert!(taken.is_empty(), "{taken:#?}");
}

#[test]
fn an_appointment_is_no_opt_out() {
    for text in [
        "cancel my appointment",
        "CANCEL MY APPT!!",
        "Please cancel my 3pm",
        "I need to cancel tomorrow's visit",
        "can you remove me from the waitlist",
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
