//! Checks that no first text is sent for a call that was answered meanwhile. A reply, an answered call or a booking
//! counts as an answer if it came after the episode began and an engine acknowledged it.

use std::collections::BTreeMap;
use std::time::Duration;

use gohighlevel::recipes::missed_call::episode::EpisodeId;
use jiff::Timestamp;

use super::invariant::Invariant;
use super::oracle::{IN_TRANSIT, Oracle};
use super::plan::Caller;

/// The acknowledged answers of each caller, and the beginning of each episode.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// When each answer happened, and when it was acknowledged.
    acknowledged: BTreeMap<Caller, Vec<(Timestamp, Duration)>>,
    began: BTreeMap<EpisodeId, Timestamp>,
}

impl Answers {
    pub(super) fn begins(&mut self, episode: &EpisodeId, now: Timestamp) {
        self.began.entry(episode.clone()).or_insert(now);
    }

    /// When the episode was stored.
    pub(super) fn began(&self, episode: &EpisodeId) -> Option<Timestamp> {
        self.began.get(episode).copied()
    }

    pub(super) fn acknowledged(&mut self, caller: Caller, at: Timestamp, now: Duration) {
        self.acknowledged.entry(caller).or_default().push((at, now));
    }

    /// When an engine first knew that the call of this episode needs no text.
    fn known_since(&self, caller: Caller, episode: &EpisodeId) -> Option<Duration> {
        let began = self.began.get(episode)?;
        let answers = self.acknowledged.get(&caller)?.iter();
        let answers = answers.filter(|(at, _)| at > began);
        answers.map(|(_, acknowledged)| *acknowledged).min()
    }
}

impl Oracle {
    /// A first text of this episode left the engine at `left`.
    pub(super) fn is_not_answered(&mut self, caller: Caller, episode: &EpisodeId, left: Duration) {
        let known_since = self.answers.known_since(caller, episode);
        if let Some(since) = known_since.filter(|since| *since + IN_TRANSIT < left) {
            let seconds = (left - since).as_secs();
            let how = format!("{caller} gets a first text {seconds} s after an answer was known");
            self.report(Invariant::NeverAfterAnswer, how);
        }
    }
}
