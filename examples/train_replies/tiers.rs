//! The votes of the rules and the two thresholds, chosen on sentences whose family the model had not learnt from.

use super::learn::{CLASSES, likely};

/// Of the ordinary sentences of the grammar, whose words are harder than those of daily mail, so many in a thousand may be
/// taken for a certain no.
const CERTAIN_OF_A_THOUSAND: usize = 5;
/// Of the sentences of `ordinary.txt`, so many in a thousand may be taken for a no or a doubt.
const DOUBTFUL_OF_A_THOUSAND: usize = 30;
const STEPS: usize = 400;
const RATE: f64 = 2.0;

/// A sentence that the rules do not settle, as a model sees it that has not learnt from its family.
pub(crate) struct Unseen {
    /// The column of what the rules say.
    pub(crate) rules: usize,
    pub(crate) says_no: bool,
    /// How much the first sum says no.
    pub(crate) no: f64,
}

/// A no is `slope * sum + votes[what the rules say]`, in logarithms of odds.
pub(crate) struct Votes {
    pub(crate) slope: f64,
    pub(crate) votes: [f64; CLASSES],
}

impl Votes {
    /// Logistic regression, by plain gradient descent.
    pub(crate) fn fitted(unseen: &[Unseen]) -> Self {
        let mut fit = Self {
            slope: 1.0,
            votes: [0.0; CLASSES],
        };
        let share = RATE / unseen.len() as f64;
        for _ in 0..STEPS {
            let mut slope = 0.0;
            let mut votes = [0.0; CLASSES];
            for one in unseen {
                let [_, no] = likely([0.0, fit.no(one.no, one.rules)]);
                let error = no - f64::from(u8::from(one.says_no));
                slope += error * one.no;
                votes[one.rules] += error;
            }
            fit.slope -= share * slope;
            for (vote, error) in fit.votes.iter_mut().zip(votes) {
                *vote -= 4.0 * share * error;
            }
        }
        fit
    }

    pub(crate) fn no(&self, sum: f64, rules: usize) -> f64 {
        self.slope * sum + self.votes[rules]
    }
}

/// The no that so many in a thousand of `all` ordinary sentences exceed, of which `scores` are those of the unsettled ones.
fn exceeded_by(mut scores: Vec<f64>, all: usize, of_a_thousand: usize) -> f64 {
    scores.sort_by(|one, other| other.total_cmp(one));
    let above = all * of_a_thousand / 1000;
    scores.get(above).copied().unwrap_or_default()
}

/// The threshold of certainty, from the scores of unsettled ordinary sentences among `all`.
pub(crate) fn certain(scores: Vec<f64>, all: usize) -> f64 {
    exceeded_by(scores, all, CERTAIN_OF_A_THOUSAND)
}

/// The threshold of doubt.
pub(crate) fn doubtful(scores: Vec<f64>, all: usize) -> f64 {
    exceeded_by(scores, all, DOUBTFUL_OF_A_THOUSAND)
}
