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

use super::Reply;
use super::excerpt::Excerpt;
use super::opt_out::SHORT;
use super::text::Text;
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
const OTHER: usize = 6;
/// By how much a wrong number must lead all other classes, because it ends the texts. In thousandths of the logarithm of the
/// odds.
const LEAD_OF_WRONG_NUMBER: i64 = 1_000;
/// The same for an automatic reply, because it does not count as one of a person.
const LEAD_OF_AUTOMATIC: i64 = 400;

/// The features of a reply.
#[cfg(feature = "testing")]
pub(super) fn features_of(excerpt: Excerpt<'_>, text: &Text) -> Vec<u32> {
    features::of(excerpt, text)
}

/// The class of a reply of which the rules say `rules`, but not beyond doubt.
pub(super) fn read(excerpt: Excerpt<'_>, text: &Text, rules: Reply) -> Reply {
    if text.words().is_empty() {
        return rules;
    }
    let weights = Weights::get();
    let features = features::of(excerpt, text);
    let voted = column(rules);
    let mut no = weights.no(&features);
    if rules == Reply::OptOut && text.words().len() > SHORT {
        // Quoted history, or a long complaint, must not drown a plain no above or below it.
        let ends = text
            .ends()
            .map(|end| weights.no(&features::of(excerpt, &end)));
        no = ends.fold(no, i64::max);
    }
    no += weights.votes_for_no[voted];
    let mut scores = weights.classes(&features);
    scores[voted] += weights.votes_for_classes[voted];
    let read = decide(weights, no, scores, rules);
    // Of what is read in part, nothing is said of the whole.
    match excerpt.tail {
        Some(_) if rules != Reply::OptOut => rules,
        _ => read,
    }
}

/// The class for a no of so much, and for these scores of the classes.
fn decide(weights: &Weights, no: i64, scores: [i64; CLASSES], rules: Reply) -> Reply {
    let best = |columns: std::ops::Range<usize>| {
        columns
            .max_by_key(|column| (scores[*column], CLASSES - column))
            .unwrap_or(CLASSES - 1)
    };
    let leads = |column: usize, by: i64| {
        let others = (0..CLASSES).filter(|other| *other != column);
        others
            .map(|other| scores[other])
            .all(|other| scores[column] >= other + by)
    };
    if no >= weights.certain {
        return COLUMNS[best(0..NO)];
    }
    match rules {
        Reply::WrongNumber => Reply::WrongNumber,
        _ if no >= weights.doubtful && leads(WRONG_NUMBER, LEAD_OF_WRONG_NUMBER) => {
            Reply::WrongNumber
        }
        Reply::OptOut => Reply::Doubtful,
        _ if no >= weights.doubtful => Reply::Doubtful,
        Reply::Automatic => Reply::Automatic,
        _ if leads(AUTOMATIC, LEAD_OF_AUTOMATIC) => Reply::Automatic,
        _ if scores[OTHER] > scores[best(NO..AUTOMATIC)] => Reply::Other,
        _ => COLUMNS[best(NO..AUTOMATIC)],
    }
}

/// The column of a class. The rules settle an opt-in and do not doubt, so that these two are never looked up.
fn column(reply: Reply) -> usize {
    let found = COLUMNS.iter().position(|column| *column == reply);
    found.unwrap_or(CLASSES - 1)
}
