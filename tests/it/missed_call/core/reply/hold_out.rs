//! The classifier of replies against labelled replies that no rule and no weight was made from (`holdout.tsv`, `unseen.tsv`,
//! `third.tsv`), and against ordinary replies in the words of opt-outs (`red_team.tsv`).
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
/// Of the red team, at most so many percent are taken for opt-outs, and at most so many are doubtful.
const MOST_OF_THE_RED_TEAM: (f64, f64) = (3.0, 7.0);
/// Of a thousand ordinary sentences, at most so many are taken for opt-outs.
const MOST_FALSE_ALARMS: usize = 2;

/// A hold-out, and what holds of it.
struct HoldOut {
    name: &'static str,
    /// Of the ordinary replies, at most so many percent are doubtful.
    most_doubts: f64,
    /// How many percent of each class are found at least. Where that is less than the aim, it is what has been reached.
    least: [(&'static str, f64); 5],
}

const HOLD_OUTS: [HoldOut; 3] = [
    HoldOut {
        name: "holdout.tsv",
        most_doubts: 4.0,
        least: [
            ("opt_out", 96.0),
            ("wrong_number", 80.0),
            ("automatic", 85.0),
            ("booking", 80.0),
            ("help", 75.0),
        ],
    },
    HoldOut {
        name: "unseen.tsv",
        most_doubts: 3.0,
        least: [
            ("opt_out", 97.0),
            ("wrong_number", 95.0),
            ("automatic", 94.0),
            ("booking", 90.0),
            ("help", 90.0),
        ],
    },
    HoldOut {
        name: "third.tsv",
        most_doubts: 3.0,
        least: [
            ("opt_out", 97.0),
            ("wrong_number", 80.0),
            ("automatic", 95.0),
            ("booking", 95.0),
            ("help", 90.0),
        ],
    },
];

/// One reply of a hold-out.
struct Row {
    label: String,
    language: String,
    said: Reply,
}

impl Row {
    /// Whether it is read as what it means. An opt-out is found if it is certain or doubtful.
    fn is_found(&self) -> bool {
        match self.label.as_str() {
            "opt_out" => self.said.opt_out() >= Some(OptOut::Doubtful),
            label => self.said.code() == label,
        }
    }
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
    for HoldOut {
        name,
        most_doubts,
        least,
    } in HOLD_OUTS
    {
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
        let ordinary = || rows.iter().filter(|row| !is_no(row));
        let doubted = ordinary().filter(|row| row.said == Reply::Doubtful).count();
        let doubts = percent(doubted, ordinary().count());
        println!(
            "certain: {} of {}; doubtful: {} of {}",
            share(right, certain().count()),
            certain().count(),
            share(doubted, ordinary().count()),
            ordinary().count(),
        );
        assert!(
            precision >= LEAST_PRECISION,
            "{name}: precision {precision:.1} %"
        );
        assert!(doubts <= most_doubts, "{name}: {doubts:.1} % doubtful");
        for (label, least) in least {
            let of_class = || rows.iter().filter(|row| row.label == label);
            let found = percent(
                of_class().filter(|row| row.is_found()).count(),
                of_class().count(),
            );
            assert!(found >= least, "{name}: {found:.1} % of {label} found");
        }
    }
}

/// How many are right of each class and language.
fn print_languages(rows: &[Row]) {
    let mut classes: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.label != "ordinary") {
        let (right, all) = classes.entry((&row.label, &row.language)).or_default();
        *right += usize::from(row.is_found());
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
fn the_red_team_is_seldom_taken_for_opt_outs() {
    let rows = rows("red_team.tsv");
    assert!(rows.len() >= 300);
    for language in ["en", "es"] {
        let all = || rows.iter().filter(|row| row.language == language);
        let certain = all().filter(|row| row.said.is_opt_out()).count();
        let doubted = all().filter(|row| row.said == Reply::Doubtful).count();
        let (certain, doubted) = (share(certain, all().count()), share(doubted, all().count()));
        println!(
            "{language}: certain {certain}, doubtful {doubted} of {}",
            all().count()
        );
    }
    let (most_certain, most_doubtful) = MOST_OF_THE_RED_TEAM;
    let certain = rows.iter().filter(|row| row.said.is_opt_out()).count();
    let certain = percent(certain, rows.len());
    assert!(certain <= most_certain, "{certain:.1} % taken for opt-outs");
    let doubted = rows.iter().filter(|row| row.said == Reply::Doubtful);
    let doubted = percent(doubted.count(), rows.len());
    assert!(doubted <= most_doubtful, "{doubted:.1} % doubtful");
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
