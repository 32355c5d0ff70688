//! The classifier of replies against labelled replies that no rule and no weight was made from (`holdout.tsv`, `unseen.tsv`).
//! Only counts are printed, whatever fails: a rule that is made from a row of a hold-out makes the measure worthless.
#![allow(
    clippy::print_stdout,
    reason = "the measures are worth reading where they pass, too"
)]

use std::collections::BTreeMap;

use gohighlevel::recipes::missed_call::reply::{OptOut, Reply, classify};

use super::corpus::{labelled, lines, percent};

/// What is certainly read as a no, and is none, is rarer than this.
const LEAST_PRECISION: f64 = 98.0;
/// Of the opt-outs, so many percent are found, certain or doubtful.
const LEAST_RECALL: f64 = 95.0;
/// Of the ordinary replies, at most so many percent are doubtful.
const MOST_DOUBTS: f64 = 5.0;
/// Of a thousand ordinary sentences, at most so many are taken for opt-outs.
const MOST_FALSE_ALARMS: usize = 2;

/// One reply of a hold-out.
struct Row {
    label: String,
    language: String,
    said: Reply,
}

fn rows(name: &str) -> Vec<Row> {
    if name == "holdout.tsv" {
        let replies = labelled(name).unwrap().into_iter();
        return replies
            .map(|reply| Row {
                label: reply.label.code().to_owned(),
                language: "all".to_owned(),
                said: classify(&reply.text),
            })
            .collect();
    }
    let lines = lines(name).unwrap();
    let rows = lines.iter().map(|line| {
        let mut parts = line.splitn(3, '\t').map(str::to_owned);
        let (label, language) = (parts.next().unwrap(), parts.next().unwrap());
        Row {
            label,
            language,
            said: classify(&parts.next().unwrap()),
        }
    });
    rows.collect()
}

/// A share in percent, with its 95 % interval (Wilson).
#[allow(clippy::cast_precision_loss, reason = "a few thousand replies")]
fn share(part: usize, whole: usize) -> String {
    const Z: f64 = 1.96;
    let (share, count) = (part as f64 / whole as f64, whole as f64);
    let middle = share + Z * Z / (2.0 * count);
    let reach = Z * (share * (1.0 - share) / count + Z * Z / (4.0 * count * count)).sqrt();
    let end = |value: f64| 100.0 * value / (1.0 + Z * Z / count);
    let (low, high) = (end(middle - reach), end(middle + reach));
    format!("{:.1} ({low:.1}–{high:.1})", percent(part, whole))
}

#[test]
fn opt_outs_that_nothing_was_made_from_are_found_and_little_else() {
    for name in ["holdout.tsv", "unseen.tsv"] {
        let rows = rows(name);
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for row in &rows {
            *counts.entry((&row.label, row.said.code())).or_default() += 1;
        }
        println!("{name}");
        print_table(&counts);
        print_languages(&rows);
        let is_no = |row: &&Row| matches!(row.label.as_str(), "opt_out" | "wrong_number");
        let certain = || rows.iter().filter(|row| row.said.is_opt_out());
        let right = certain().filter(is_no).count();
        let precision = percent(right, certain().count());
        let opt_outs = || rows.iter().filter(|row| row.label == "opt_out");
        let found = opt_outs()
            .filter(|row| row.said.opt_out().is_some())
            .count();
        let recall = percent(found, opt_outs().count());
        let ordinary = || rows.iter().filter(|row| !is_no(row));
        let doubted = ordinary().filter(|row| row.said == Reply::Doubtful).count();
        let doubts = percent(doubted, ordinary().count());
        println!(
            "certain: {} of {}; found: {} of {}; doubtful: {} of {}",
            share(right, certain().count()),
            certain().count(),
            share(found, opt_outs().count()),
            opt_outs().count(),
            share(doubted, ordinary().count()),
            ordinary().count(),
        );
        assert!(precision >= LEAST_PRECISION, "precision {precision:.1} %");
        assert!(recall >= LEAST_RECALL, "recall {recall:.1} %");
        assert!(doubts <= MOST_DOUBTS, "{doubts:.1} % doubtful");
    }
}

/// How many are right of each class and language.
fn print_languages(rows: &[Row]) {
    let mut classes: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.label != "ordinary") {
        let (right, all) = classes.entry((&row.label, &row.language)).or_default();
        let is_right = match row.label.as_str() {
            "opt_out" => row.said.opt_out() >= Some(OptOut::Doubtful),
            label => row.said.code() == label,
        };
        *right += usize::from(is_right);
        *all += 1;
    }
    for ((label, language), (right, all)) in classes {
        println!("{label:>13} {language:>3}: {} of {all}", share(right, all));
    }
}

/// What the replies mean, down, and what is read, across.
fn print_table(counts: &BTreeMap<(&str, &str), usize>) {
    let across = Reply::ALL
        .map(|said| format!("{:>13}", said.code()))
        .concat();
    println!("{:>13}{across}", "means / read");
    for label in Reply::ALL.map(Reply::code).into_iter().chain(["ordinary"]) {
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
