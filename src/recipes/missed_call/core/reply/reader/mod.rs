//! The small reader: a linear model over words and letters, which sees what no rule was written for.
//!
//! It adds up weights, one for each feature of `features.rs`, and does so in integers, so that a reply is read in the same way
//! on every machine. The weights are in `weights.bin`; `examples/train_replies` makes that file from `fixtures/replies`, and
//! `model_card.md` says from what, how well it reads, and where it does not.
//!
//! There are two sums. The first says whether the reply says no (an opt-out or a wrong number); the second, with smaller
//! tables, says which class it is of. The verdict of the rules is one more weight in both.

mod features;
mod weights;

use super::excerpt::Excerpt;
use super::text::Text;
use super::{Reply, steps};
use weights::{CLASSES, NO, Weights};

/// The classes of the second sum, in the order of the columns of `weights.bin`. Consent is given in the words that the
/// carriers know and never read out of others, so that [`Reply::OptIn`] has no column.
pub(super) const COLUMNS: [Reply; CLASSES] = [
    Reply::OptOut,
    Reply::WrongNumber,
    Reply::Help,
    Reply::Booking,
    Reply::Thanks,
    Reply::Automatic,
    Reply::Other,
];

const WRONG_NUMBER: usize = 1;
const AUTOMATIC: usize = 5;
/// By how much a class must lead all others where a mistake costs more: a wrong number ends the texts, and an automatic reply
/// does not count as one of a person. In thousandths of the logarithm of the odds.
const LEAD: i64 = 1_000;

/// The features of a reply.
pub(super) fn features_of(excerpt: Excerpt<'_>, text: &Text) -> Vec<u32> {
    features::of(excerpt, text)
}

/// The class of a reply of which the rules say `rules`, but not beyond doubt.
pub(super) fn read(excerpt: Excerpt<'_>, text: &Text, rules: Reply) -> Reply {
    if text.words().is_empty() {
        return rules;
    }
    decide(&features::of(excerpt, text), rules)
}

fn decide(features: &[u32], rules: Reply) -> Reply {
    let weights = Weights::get();
    steps::take(features.len() as u64 / 4);
    let voted = column(rules);
    let no = weights.no(features) + weights.votes_for_no[voted];
    let mut scores = weights.classes(features);
    scores[voted] += weights.votes_for_classes[voted];
    let best = |columns: std::ops::Range<usize>| {
        columns
            .max_by_key(|column| (scores[*column], CLASSES - column))
            .unwrap_or(CLASSES - 1)
    };
    let leads = |column: usize| {
        let others = (0..CLASSES).filter(|other| *other != column);
        others
            .map(|other| scores[other])
            .all(|other| scores[column] >= other + LEAD)
    };
    if no >= weights.certain {
        return COLUMNS[best(0..NO)];
    }
    match rules {
        Reply::WrongNumber => Reply::WrongNumber,
        _ if no >= weights.doubtful && leads(WRONG_NUMBER) => Reply::WrongNumber,
        Reply::OptOut => Reply::Doubtful,
        _ if no >= weights.doubtful => Reply::Doubtful,
        Reply::Automatic => Reply::Automatic,
        _ if leads(AUTOMATIC) => Reply::Automatic,
        _ => [best(NO..AUTOMATIC), CLASSES - 1]
            .into_iter()
            .max_by_key(|column| scores[*column])
            .map_or(rules, |column| COLUMNS[column]),
    }
}

/// The column of a class. The rules settle an opt-in and do not doubt, so that these two are never looked up.
fn column(reply: Reply) -> usize {
    let found = COLUMNS.iter().position(|column| *column == reply);
    found.unwrap_or(CLASSES - 1)
}
