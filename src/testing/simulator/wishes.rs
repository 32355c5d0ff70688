//! What a caller has said about texts, and when a no was acknowledged.

use std::time::Duration;

use jiff::Timestamp;

#[derive(Debug, Default)]
pub(super) struct Wishes {
    /// When it was said, and when it was acknowledged.
    pub(super) no: Vec<(Timestamp, Duration)>,
    /// When a yes was said last.
    pub(super) yes: Option<Timestamp>,
}

impl Wishes {
    /// Since when no text may be sent.
    pub(super) fn no_since(&self) -> Option<Duration> {
        let holds = |(said, _): &&(Timestamp, Duration)| self.yes.is_none_or(|yes| *said > yes);
        self.no.iter().filter(holds).map(|(_, told)| *told).min()
    }
}
