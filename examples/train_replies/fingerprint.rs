//! The fingerprint of what the weights are made from: the data, the trainer, and what features and rules make of the data.
//! It stands in the file of the weights, so that a test can tell within seconds that they are not of this tree.

use std::path::Path;

use super::data::{self, Sentence};
use gohighlevel::recipes::missed_call::reply::training::example;

/// The files of the data, in `fixtures/replies`.
const DATA: [&str; 3] = ["corpus.tsv", "ordinary_training.txt", "ordinary.txt"];
/// The files of the trainer.
const TRAINER: [&str; 7] = [
    "main.rs",
    "chance.rs",
    "data.rs",
    "grammar.rs",
    "learn.rs",
    "noise.rs",
    "tiers.rs",
];
/// One sentence in so many is read.
const ONE_IN: usize = 10;

/// FNV-1a over all of it.
pub(crate) fn fingerprint(root: &Path, sentences: &[Sentence]) -> Result<u64, String> {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |bytes: &[u8]| {
        for byte in bytes {
            state = (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    let replies = root.join("fixtures/replies");
    for name in DATA.into_iter().map(str::to_owned).chain(data::grammars()) {
        take(data::read(&replies, &name)?.as_bytes());
    }
    for name in TRAINER {
        take(data::read(&root.join("examples/train_replies"), name)?.as_bytes());
    }
    for sentence in sentences.iter().step_by(ONE_IN) {
        let example = example(&sentence.text);
        take(example.rules.code().as_bytes());
        take(&[u8::from(example.exact)]);
        for feature in &example.features {
            take(&feature.to_le_bytes());
        }
    }
    Ok(state)
}
