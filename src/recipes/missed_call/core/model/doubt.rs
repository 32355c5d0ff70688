//! What a person of the business decides after a reply that may have been an opt-out.

use serde::{Deserialize, Serialize};

/// What a person decided about a caller whose reply left a doubt ([`Reply::Doubtful`](super::super::reply::Reply::Doubtful)).
// Exhaustive on purpose: there is no third answer, and the host that takes the answer from its people handles both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtDecision {
    /// It was no opt-out. The doubt is lifted; an opt-out of before or after it stands.
    MayText,
    /// It was an opt-out. What an opt-out of the caller does is done.
    NoMoreTexts,
}

impl DoubtDecision {
    /// Both.
    pub const ALL: [Self; 2] = [Self::MayText, Self::NoMoreTexts];

    /// Its word, such as `may_text`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MayText => "may_text",
            Self::NoMoreTexts => "no_more_texts",
        }
    }
}
