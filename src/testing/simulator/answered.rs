//! Whether a first text is sent though its call has been answered meanwhile: what somebody does after the episode began,
//! and is acknowledged, leaves no call to answer.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::invariant::Invariant;
use super::plan::Caller;
use super::watch::{ON_THE_WAY, Watch};
use crate::recipes::missed_call::episode::EpisodeId;

/// What answers calls, and since when each episode is there to be told of it.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// When it happened, and when that was acknowledged.
    told: BTreeMap<Caller, Vec<(Timestamp, Duration)>>,
    began: BTreeMap<EpisodeId, Timestamp>,
}

impl Answers {
    pub(super) fn begins(&mut self, episode: &EpisodeId, now: Timestamp) {
        self.began.entry(episode.clone()).or_insert(now);
    }

    pub(super) fn acknowledged(&mut self, caller: Caller, at: Timestamp, now: Duration) {
        self.told.entry(caller).or_default().push((at, now));
    }

    /// Since when it is known that the call of this episode needs no text.
    fn known_since(&self, caller: Caller, episode: &EpisodeId) -> Option<Duration> {
        let began = self.began.get(episode)?;
        let told = self.told.get(&caller)?.iter();
        let answers = told.filter(|(at, _)| at > began);
        answers.map(|(_, acknowledged)| *acknowledged).min()
    }
}

impl Watch {
    /// A first text of this episode left the engine when so much time had passed.
    pub(super) fn is_not_answered(&mut self, caller: Caller, episode: &EpisodeId, left: Duration) {
        let known_since = self.answers.known_since(caller, episode);
        if let Some(since) = known_since.filter(|since| *since + ON_THE_WAY < left) {
            let seconds = (left - since).as_secs();
            let how = format!("{caller} gets a first text {seconds} s after an answer was told");
            self.breaks(Invariant::NeverAfterAnswer, how);
        }
    }
}
