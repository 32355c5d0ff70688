//! What a check is, and what it finds.

use futures_util::future::BoxFuture;
use serde::Serialize;

use super::sandbox::{Answer, Sandbox};
use super::shape::shape;

/// One question that the documentation leaves open.
pub(super) struct Check {
    pub(super) question: &'static str,
    /// What this crate and FakeGhl go by.
    pub(super) expected: &'static str,
    /// Whether it changes something in the location.
    pub(super) writes: bool,
    pub(super) ask: for<'a> fn(&'a mut Sandbox) -> BoxFuture<'a, Found>,
}

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    AsExpected,
    Differs,
    /// The location has nothing to look at.
    NothingThere,
    /// The route is not open to this token, or FakeGhl does not play it.
    NotAvailable,
    /// It would have changed something.
    NotAsked,
    /// There was no answer.
    Failed,
}

/// The finding, or one that came before the answer could be looked at.
pub(super) type Found = Result<Finding, Finding>;

/// A verdict, and what was seen: shapes and HighLevel's own words.
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    pub(super) seen: String,
}

impl Finding {
    pub(super) fn new(verdict: Verdict, seen: impl Into<String>) -> Self {
        let seen = seen.into();
        Self { verdict, seen }
    }

    pub(super) fn of(as_expected: bool, seen: impl Into<String>) -> Self {
        let verdict = if as_expected {
            Verdict::AsExpected
        } else {
            Verdict::Differs
        };
        Self::new(verdict, seen)
    }

    pub(super) fn nothing(what: &str) -> Self {
        Self::new(Verdict::NothingThere, format!("the location has no {what}"))
    }

    /// Judges an answer by its status and a look at it. The shape of the whole is what was seen.
    pub(super) fn of_answer(answer: &Answer, as_expected: bool) -> Self {
        Self::of(
            as_expected,
            format!("{} {}", answer.status, shape(&answer.body)),
        )
    }

    /// Judges a refusal: HighLevel's words are shown.
    pub(super) fn of_refusal(answer: &Answer, as_expected: bool) -> Self {
        Self::of(as_expected, format!("{} {}", answer.status, answer.words()))
    }
}
