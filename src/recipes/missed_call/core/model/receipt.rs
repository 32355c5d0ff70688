//! What became of a text after HighLevel had accepted it.

use serde::{Deserialize, Serialize};

use crate::secret::Private;

/// The longest explanation that is kept, in bytes.
const LONGEST_WORDS: usize = 300;

/// What marks a landline in HighLevel's words. The numbers are the carriers' codes, which HighLevel shows in its app (help
/// articles 155000003201 and 155000005096).
const LANDLINE: [&str; 6] = [
    "landline",
    "land line",
    "not a mobile",
    "21614",
    "21635",
    "30006",
];

/// HighLevel's last word on a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Receipt {
    /// It was delivered.
    Delivered,
    /// It was not delivered.
    NotDelivered(DeliveryFailure),
}

/// How HighLevel says that a text was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeliveryFailure {
    /// Its status.
    pub status: FailedStatus,
    /// What it adds, such as `30006: Landline or unreachable carrier`. It mostly adds nothing: neither API nor webhooks show
    /// the code that the app shows. `Debug` does not show it, because it may name the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Private<String>>,
    /// Whether these words say that the number is a landline. It gets no more texts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub landline: bool,
}

/// The status of a text that was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailedStatus {
    /// It was sent and did not arrive.
    Undelivered,
    /// It could not be sent.
    Failed,
    /// The carrier held it back, because the contact has opted out.
    OptOut,
}

impl FailedStatus {
    /// Its stored name, as HighLevel writes the status.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
            Self::OptOut => "opt_out",
        }
    }
}

impl Receipt {
    /// What the status of a message says; `None` while it may still change.
    pub(crate) fn read(status: &str, words: Option<&str>) -> Option<Self> {
        let status = match status.trim().to_ascii_lowercase().as_str() {
            // Who reads or clicks has it.
            "delivered" | "read" | "opened" | "clicked" => return Some(Self::Delivered),
            "undelivered" => FailedStatus::Undelivered,
            "failed" => FailedStatus::Failed,
            "opt_out" => FailedStatus::OptOut,
            _ => return None,
        };
        let words = words.map(str::trim).filter(|words| !words.is_empty());
        let lower = words.map(str::to_lowercase).unwrap_or_default();
        Some(Self::NotDelivered(DeliveryFailure {
            status,
            words: words.map(|words| words[..words.floor_char_boundary(LONGEST_WORDS)].into()),
            landline: LANDLINE.iter().any(|mark| lower.contains(mark)),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: &str, words: Option<&str>) -> DeliveryFailure {
        match Receipt::read(status, words) {
            Some(Receipt::NotDelivered(failure)) => failure,
            other => panic!("{status}: {other:?}"),
        }
    }

    #[test]
    fn only_a_last_word_is_a_receipt() {
        for status in ["delivered", "read", "DELIVERED ", "clicked", "opened"] {
            assert_eq!(
                Receipt::read(status, None),
                Some(Receipt::Delivered),
                "{status}"
            );
        }
        for status in [
            "sent",
            "pending",
            "queued",
            "scheduled",
            "connected",
            "",
            "new",
        ] {
            assert_eq!(Receipt::read(status, None), None, "{status}");
        }
        for status in ["undelivered", "failed", "opt_out"] {
            assert_eq!(failure(status, None).status.as_str(), status);
        }
    }

    #[test]
    fn a_landline_is_known_by_words_alone() {
        for (words, landline) in [
            (None, false),
            (Some(" "), false),
            (Some("30003: Unreachable destination handset"), false),
            (Some("30006: Landline or unreachable carrier"), true),
            (Some("Error 21614"), true),
            (Some("'To' number is not a mobile number"), true),
        ] {
            assert_eq!(failure("failed", words).landline, landline, "{words:?}");
        }
        let long = "ä".repeat(1_000);
        let kept = failure("failed", Some(&long)).words;
        assert_eq!(kept.map(|words| words.len()), Some(LONGEST_WORDS));
    }
}
