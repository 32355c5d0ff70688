//! The weights of the small reader: those in the tree are of this tree's data and trainer, and both tiers are told apart.

#[path = "../../../../../examples/train_replies/chance.rs"]
mod chance;
#[path = "../../../../../examples/train_replies/data.rs"]
#[allow(dead_code, reason = "only the texts are read here")]
mod data;
#[path = "../../../../../examples/train_replies/fingerprint.rs"]
mod fingerprint;
#[path = "../../../../../examples/train_replies/grammar.rs"]
mod grammar;
#[path = "../../../../../examples/train_replies/noise.rs"]
mod noise;

use std::path::Path;

use gohighlevel::recipes::missed_call::reply::{OptOut, Reply, classify};

const WEIGHTS: &str = "src/recipes/missed_call/core/reply/reader/weights.bin";

#[test]
fn the_weights_in_the_tree_are_of_its_data_and_trainer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sentences = data::sentences(&root.join("fixtures/replies")).unwrap();
    let given = fingerprint::fingerprint(root, &sentences).unwrap();
    let weights = std::fs::read(root.join(WEIGHTS)).unwrap();
    let stored = weights[8..16].try_into().map(u64::from_le_bytes).unwrap();
    assert_eq!(
        stored, given,
        "the data, the trainer, or what is read in a text has changed: train again with \
         `cargo run --release --example train_replies --features missed-call,testing`"
    );
}

#[test]
fn a_doubt_is_neither_a_no_nor_a_yes() {
    assert_eq!(Reply::Doubtful.opt_out(), Some(OptOut::Doubtful));
    assert!(!Reply::Doubtful.is_opt_out());
    assert!(Reply::Doubtful.is_from_a_person());
    assert!(!Reply::Doubtful.is_settled());
}

#[test]
fn plain_wordings_that_no_rule_lists_are_opt_outs() {
    for text in [
        "ya no me manden mensajes",
        "denme de baja",
        "I already found someone, no need to keep texting",
        "quit it with the texts",
    ] {
        assert!(classify(text).opt_out().is_some(), "{text}");
    }
}

#[test]
fn hard_words_in_other_senses_are_no_opt_outs() {
    for text in [
        "can't stop smiling",
        "I'll stop by at 5",
        "cancel my 3pm",
        "the bleeding won't stop",
        "can you take off two inches",
        "thank you, will call again",
        "sorry, wrong button, I meant to write",
        "take me off the schedule for Friday",
    ] {
        assert_eq!(classify(text).opt_out(), None, "{text}");
    }
}
