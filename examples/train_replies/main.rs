//! Trains the small reader of replies: reads `fixtures/replies`, and writes the weights into the crate. The same data and the
//! same trainer give the same bytes, on any machine. It takes some twenty seconds.
//!
//! ```text
//! cargo run --release --example train_replies --features missed-call,testing            # writes the weights
//! cargo run --release --example train_replies --features missed-call,testing -- --check # fails if they are others
//! ```
//!
//! With `--errors` it prints the sentences that the cross-validation reads worst, to mend the data by. It never reads a
//! hold-out: `tests/it/missed_call/core/reply/hold_out.rs` does, and prints counts alone.
#![allow(clippy::print_stdout)]

mod chance;
mod data;
mod file;
mod fingerprint;
mod grammar;
mod learn;
mod noise;
mod tiers;

use std::path::Path;
use std::process::ExitCode;

use gohighlevel::recipes::missed_call::Reply;
use gohighlevel::recipes::missed_call::reply::training::example;

use data::Source;
use learn::{CLASSES, Lesson, Model, Settings};
use tiers::{Unseen, Votes};

/// The classes, in the order of the file.
const ORDER: [Reply; CLASSES] = [
    Reply::OptOut,
    Reply::WrongNumber,
    Reply::Help,
    Reply::Booking,
    Reply::Thanks,
    Reply::Automatic,
    Reply::Other,
];
/// The first classes say no.
const NO: usize = 2;
const PLACES: usize = 65_536;
const CLASS_PLACES: usize = 8_192;
const FOLDS: usize = 5;
/// What the verdict of the rules adds to its class. That they found nothing adds nothing.
const VOTES_FOR_CLASSES: [f64; CLASSES] = [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 0.0];
/// Sentences of the corpus are worth more than made ones.
const WEIGHT_OF_CORPUS: f64 = 2.0;
const FOR_NO: Settings = Settings {
    rounds: 8,
    rate: 0.3,
    decay: 0.01,
    places: PLACES,
};
const FOR_CLASSES: Settings = Settings {
    rounds: 8,
    rate: 0.3,
    decay: 0.003,
    places: CLASS_PLACES,
};

/// A sentence, read.
struct Seen {
    text: String,
    class: usize,
    rules: usize,
    exact: bool,
    features: Vec<u32>,
    family: usize,
    source: Source,
}

impl Seen {
    fn says_no(&self) -> bool {
        self.class < NO
    }
}

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &[String]) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let replies = root.join("fixtures/replies");
    let sentences = data::sentences(&replies)?;
    let fingerprint = fingerprint::fingerprint(root, &sentences)?;
    let seen: Vec<Seen> = sentences
        .into_iter()
        .map(|sentence| {
            see(
                sentence.text,
                sentence.label,
                sentence.family,
                sentence.source,
            )
        })
        .collect();
    println!(
        "{} sentences of {} families",
        seen.len(),
        seen.last().map_or(0, |one| one.family + 1)
    );

    let unseen = cross_validated(&seen);
    if options.iter().any(|option| option == "--errors") {
        return errors(&seen, &unseen);
    }
    let judged: Vec<Unseen> = unseen
        .iter()
        .zip(&seen)
        .filter(|(_, one)| one.source == Source::Grammar && !one.exact)
        .map(|(no, one)| Unseen {
            rules: one.rules,
            says_no: one.says_no(),
            no: *no,
        })
        .collect();
    let votes = Votes::fitted(&judged);
    let ordinary = judged.iter().filter(|one| !one.says_no);
    let scores = ordinary.map(|one| votes.no(one.no, one.rules)).collect();
    let all = seen
        .iter()
        .filter(|one| one.source == Source::Grammar && !one.says_no());
    let certain = tiers::certain(scores, all.count());

    let no = learnt_no(&seen.iter().collect::<Vec<_>>());
    let daily = || {
        unseen
            .iter()
            .zip(&seen)
            .filter(|(_, one)| one.source == Source::Daily)
    };
    let unsettled = daily().filter(|(_, one)| !one.exact);
    let scores = unsettled
        .map(|(no, one)| votes.no(*no, one.rules))
        .collect();
    let doubtful = tiers::doubtful(scores, daily().count()).min(certain);
    let classes = learnt_classes(&seen);
    println!(
        "slope {:.3}, votes {:.2?}, certain {certain:.3}, doubtful {doubtful:.3}",
        votes.slope, votes.votes
    );

    let bytes = file::bytes(&file::Parts {
        fingerprint,
        certain,
        doubtful,
        votes: &votes,
        votes_for_classes: VOTES_FOR_CLASSES,
        no: &no,
        classes: &classes,
    });
    let path = root.join("src/recipes/missed_call/core/reply/reader/weights.bin");
    if options.iter().any(|option| option == "--check") {
        let there = std::fs::read(&path).map_err(|error| error.to_string())?;
        return if there == bytes {
            println!("weights.bin is what data and trainer give");
            Ok(())
        } else {
            Err(
                "weights.bin is not what data and trainer give: run this without --check"
                    .to_owned(),
            )
        };
    }
    std::fs::write(&path, bytes)
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

fn see(text: String, label: Reply, family: usize, source: Source) -> Seen {
    let example = example(&text);
    Seen {
        text,
        class: column(label),
        rules: column(example.rules),
        exact: example.exact,
        features: example.features,
        family,
        source,
    }
}

/// The column of a class. Who wants texts again asks the team for it, unless they use the words of the carriers.
fn column(reply: Reply) -> usize {
    let found = ORDER.iter().position(|one| *one == reply);
    found.or_else(column_of_help).unwrap_or_default()
}

fn column_of_help() -> Option<usize> {
    ORDER.iter().position(|one| *one == Reply::Help)
}

fn places(features: &[u32], places: usize) -> Vec<u32> {
    let place = |feature: &u32| ((u64::from(*feature) * places as u64) >> 32) as u32;
    features.iter().map(place).collect()
}

fn weight(one: &Seen, of_class: usize, all: usize, classes: usize) -> f64 {
    let balance = (all as f64 / classes as f64 / of_class.max(1) as f64).sqrt();
    balance
        * if one.source == Source::Corpus {
            WEIGHT_OF_CORPUS
        } else {
            1.0
        }
}

fn learnt_no(seen: &[&Seen]) -> Model<2> {
    let noes = seen.iter().filter(|one| one.says_no()).count();
    let lessons: Vec<Lesson> = seen
        .iter()
        .map(|one| Lesson {
            class: usize::from(one.says_no()),
            places: places(&one.features, PLACES),
            weight: weight(
                one,
                if one.says_no() {
                    noes
                } else {
                    seen.len() - noes
                },
                seen.len(),
                2,
            ),
        })
        .collect();
    Model::learnt(&lessons, &FOR_NO)
}

/// How much a model says no, in logarithms of odds.
fn no_of(model: &Model<2>, features: &[u32]) -> f64 {
    let [yes, no] = model.scores(&places(features, PLACES));
    no - yes
}

fn learnt_classes(seen: &[Seen]) -> Model<CLASSES> {
    // What an ordinary sentence is, apart from no opt-out, is not known; nor what a question is that the grammar calls ordinary.
    let asks = |one: &Seen| {
        [Reply::Help, Reply::Booking]
            .map(column)
            .contains(&one.rules)
    };
    let is_known = |one: &&Seen| match one.source {
        Source::Corpus => true,
        Source::Grammar => one.class != column(Reply::Other) || one.exact || !asks(one),
        Source::Ordinary | Source::Daily => false,
    };
    let known: Vec<&Seen> = seen.iter().filter(is_known).collect();
    let of_class = |class: usize| known.iter().filter(|one| one.class == class).count();
    let counts: [usize; CLASSES] = std::array::from_fn(of_class);
    let lessons: Vec<Lesson> = known
        .iter()
        .map(|one| Lesson {
            class: one.class,
            places: places(&one.features, CLASS_PLACES),
            weight: weight(one, counts[one.class], known.len(), CLASSES),
        })
        .collect();
    Model::learnt(&lessons, &FOR_CLASSES)
}

/// For each sentence, the no of a model that has learnt from other families alone.
fn cross_validated(seen: &[Seen]) -> Vec<f64> {
    let mut unseen = vec![0.0; seen.len()];
    for fold in 0..FOLDS {
        let others: Vec<&Seen> = seen
            .iter()
            .filter(|one| one.family % FOLDS != fold)
            .collect();
        let model = learnt_no(&others);
        for (no, one) in unseen.iter_mut().zip(seen) {
            if one.family % FOLDS == fold {
                *no = no_of(&model, &one.features);
            }
        }
    }
    unseen
}

fn errors(seen: &[Seen], unseen: &[f64]) -> Result<(), String> {
    const SHOWN: usize = 150;
    for says_no in [true, false] {
        let mut worst: Vec<_> = unseen
            .iter()
            .zip(seen)
            .filter(|(_, one)| {
                one.says_no() == says_no && !one.exact && !(says_no && one.rules < NO)
            })
            .collect();
        worst.sort_by(|(one, _), (other, _)| {
            if says_no {
                one.total_cmp(other)
            } else {
                other.total_cmp(one)
            }
        });
        for (no, one) in worst.iter().take(SHOWN) {
            println!("{no:.2}\t{}\t{}", ORDER[one.class].code(), one.text);
        }
    }
    Ok(())
}
