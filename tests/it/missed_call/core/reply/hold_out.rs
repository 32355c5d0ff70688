//! The classifier of replies against labelled replies that no rule was made from (`holdout.tsv`), and against ordinary
//! English sentences (`ordinary.txt`). Only counts are printed, whatever fails: a rule that is made from a row of the hold-out
//! makes the measure worthless.
#![allow(
    clippy::print_stdout,
    reason = "the measures are worth reading where they pass, too"
)]

use std::collections::BTreeMap;

use gohighlevel::recipes::missed_call::reply::{Reply, classify};

use super::corpus::{labelled, lines, percent};

/// Of those that are taken for opt-outs, so many percent are.
const LEAST_PRECISION: f64 = 95.0;
/// Of the opt-outs, so many percent are found.
const LEAST_RECALL: f64 = 85.0;
/// Of a thousand ordinary sentences, at most so many are taken for opt-outs.
const MOST_FALSE_ALARMS: usize = 2;

#[test]
fn opt_outs_that_no_rule_was_made_from_are_found_and_nothing_else() {
    let replies = labelled("holdout.tsv").unwrap();
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for reply in &replies {
        let said = classify(&reply.text);
        *counts.entry((reply.label.code(), said.code())).or_default() += 1;
    }
    print_table(&counts);
    let sum = |counted: &dyn Fn(&str, &str) -> bool| -> usize {
        let cells = counts
            .iter()
            .filter(|((label, said), _)| counted(label, said));
        cells.map(|(_, count)| count).sum()
    };
    let opt_out = Reply::OptOut.code();
    let found = sum(&|label, said| label == opt_out && said == opt_out);
    let precision = percent(found, sum(&|_, said| said == opt_out));
    let recall = percent(found, sum(&|label, _| label == opt_out));
    let right = percent(sum(&|label, said| label == said), replies.len());
    println!(
        "opt_out: precision {precision:.1} %, recall {recall:.1} %; all labels: {right:.1} % right"
    );
    assert!(precision >= LEAST_PRECISION, "precision {precision:.1} %");
    assert!(recall >= LEAST_RECALL, "recall {recall:.1} %");
}

/// What the replies mean, down, and what is read, across.
fn print_table(counts: &BTreeMap<(&str, &str), usize>) {
    let across = Reply::ALL
        .map(|said| format!("{:>13}", said.code()))
        .concat();
    println!("{:>13}{across}", "means / read");
    for label in Reply::ALL.map(Reply::code) {
        let cells = Reply::ALL.map(|said| {
            let count = counts.get(&(label, said.code())).copied();
            format!("{:>13}", count.unwrap_or_default())
        });
        println!("{label:>13}{}", cells.concat());
    }
}

#[test]
fn ordinary_sentences_are_no_opt_outs() {
    let sentences = lines("ordinary.txt").unwrap();
    let taken = sentences
        .iter()
        .filter(|sentence| classify(sentence) == Reply::OptOut)
        .count();
    println!("{taken} false alarms in {} sentences", sentences.len());
    assert!(
        taken * 1000 <= MOST_FALSE_ALARMS * sentences.len(),
        "{taken} false alarms in {} sentences",
        sentences.len()
    );
}
