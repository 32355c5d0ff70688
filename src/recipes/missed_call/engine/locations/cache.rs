//! What the source of locations has answered, kept for a while and for a bounded number of locations.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Mutex as Turn;

use super::LocationEntry;
use super::source::{LocationSource, Lookup, SourceError};
use crate::clock::Clock;
use crate::ids::LocationId;

/// How many answers are kept, and for how long, unless the host says otherwise.
pub(crate) const MOST: usize = 10_000;
pub(crate) const KEPT: Duration = Duration::from_secs(300);
/// How long it is kept that a location is not served or not known, or that the source failed.
const KEPT_WITHOUT: Duration = Duration::from_secs(10);
/// How long the source may take. HighLevel waits for the answer to its webhook meanwhile.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// When there are too many answers, one in this many makes room: those that were not used for the longest.
const MAKES_ROOM: usize = 8;

/// Whether a location is served.
#[derive(Clone)]
pub(crate) enum Answer {
    Served(Arc<LocationEntry>),
    NotServed,
    Unknown,
    Failed(Arc<dyn Error + Send + Sync>),
}

/// The source and its answers.
pub(super) struct SourceCache {
    source: Arc<dyn LocationSource>,
    clock: Arc<dyn Clock>,
    most: usize,
    kept: Duration,
    answers: Mutex<Answers>,
    /// Locations that are being asked about.
    asking: Mutex<HashMap<LocationId, Weak<Turn<()>>>>,
}

#[derive(Default)]
struct Answers {
    by_location: HashMap<LocationId, Kept>,
    /// Counts the uses of all, and how often one was to be forgotten.
    uses: u64,
    forgotten: u64,
}

struct Kept {
    answer: Answer,
    /// On the clock that never goes back.
    until: Duration,
    used: u64,
}

impl SourceCache {
    pub(super) fn new(
        source: Arc<dyn LocationSource>,
        clock: Arc<dyn Clock>,
        most: usize,
        kept: Duration,
    ) -> Self {
        Self {
            source,
            clock,
            most: most.max(1),
            kept,
            answers: Mutex::default(),
            asking: Mutex::default(),
        }
    }

    /// What is known of a location without asking.
    pub(super) fn known(&self, location: &LocationId) -> Option<Answer> {
        let now = self.clock.elapsed();
        let mut answers = self.answers();
        answers.uses += 1;
        let uses = answers.uses;
        let kept = answers.by_location.get_mut(location)?;
        kept.used = uses;
        (kept.until > now).then(|| kept.answer.clone())
    }

    /// The entry of a location that is served, also where the source is to be asked again.
    pub(super) fn last(&self, location: &LocationId) -> Option<Arc<LocationEntry>> {
        let answers = self.answers();
        answers.by_location.get(location)?.served().cloned()
    }

    /// What the source says, or said not long ago; and whether that changes which locations are served.
    pub(super) async fn find(&self, location: &LocationId) -> (Answer, bool) {
        if let Some(answer) = self.known(location) {
            return (answer, false);
        }
        let turn = self.turn(location);
        let _turn = turn.lock().await;
        if let Some(answer) = self.known(location) {
            return (answer, false);
        }
        let forgotten = self.answers().forgotten;
        let answer = self.ask(location).await;
        self.keep(location, answer, forgotten)
    }

    /// Those that are served, as far as answers are kept.
    pub(super) fn served(&self) -> Vec<Arc<LocationEntry>> {
        let answers = self.answers();
        let served = answers.by_location.values().filter_map(Kept::served);
        served.cloned().collect()
    }

    /// Forgets what was said of a location. Returns what was served.
    pub(super) fn forget(&self, location: &LocationId) -> Option<Arc<LocationEntry>> {
        let mut answers = self.answers();
        answers.forgotten += 1;
        let kept = answers.by_location.remove(location)?;
        kept.served().cloned()
    }

    async fn ask(&self, location: &LocationId) -> Answer {
        let found = tokio::select! {
            biased;
            found = self.source.look_up(location) => found,
            () = self.clock.sleep(ANSWERS_WITHIN) => Err("it did not answer within five seconds".into()),
        };
        match found {
            Ok(Lookup::Found {
                location: handle,
                recipe,
            }) if handle.id() == location => Answer::Served(Arc::new(LocationEntry {
                location: handle,
                recipe,
            })),
            Ok(Lookup::Found { .. }) => {
                Answer::Failed(SourceError::from("it gave the handle of another location").into())
            }
            Ok(Lookup::NotServed) => Answer::NotServed,
            Ok(Lookup::Unknown) => Answer::Unknown,
            Err(error) => {
                tracing::warn!(%location, error = &*error as &dyn Error, "the source of locations failed");
                Answer::Failed(error.into())
            }
        }
    }

    /// Keeps an answer. While the source fails, what it said before still counts. `forgotten` is the count from before the
    /// source was asked: what was to be forgotten meanwhile may be what it answered.
    fn keep(&self, location: &LocationId, answer: Answer, forgotten: u64) -> (Answer, bool) {
        let now = self.clock.elapsed();
        let mut answers = self.answers();
        let before = answers.by_location.get(location).map(|kept| &kept.answer);
        let was_served = matches!(before, Some(Answer::Served(_)));
        let (answer, for_long) = match (before, answer) {
            (Some(before @ Answer::Served(_)), Answer::Failed(_)) => (before.clone(), KEPT_WITHOUT),
            (_, answer @ Answer::Served(_)) => (answer, self.kept),
            (_, answer) => (answer, KEPT_WITHOUT),
        };
        let makes_room = answers.make_room(location, self.most);
        answers.uses += 1;
        let kept = Kept {
            answer: answer.clone(),
            until: if answers.forgotten == forgotten {
                now + for_long
            } else {
                now
            },
            used: answers.uses,
        };
        answers.by_location.insert(location.clone(), kept);
        let is_served = matches!(answer, Answer::Served(_));
        (answer, was_served != is_served || makes_room)
    }

    /// Those who ask about one location wait for one answer.
    fn turn(&self, location: &LocationId) -> Arc<Turn<()>> {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = asking.get(location).and_then(Weak::upgrade) {
            return turn;
        }
        asking.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::new(()));
        asking.insert(location.clone(), Arc::downgrade(&turn));
        turn
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn served(&self) -> Option<&Arc<LocationEntry>> {
        match &self.answer {
            Answer::Served(site) => Some(site),
            Answer::NotServed | Answer::Unknown | Answer::Failed(_) => None,
        }
    }
}

impl Answers {
    /// Forgets some if one more would be too many. Returns whether it did.
    fn make_room(&mut self, location: &LocationId, most: usize) -> bool {
        if self.by_location.len() < most || self.by_location.contains_key(location) {
            return false;
        }
        let mut uses: Vec<u64> = self.by_location.values().map(|kept| kept.used).collect();
        let last = (most / MAKES_ROOM).min(uses.len() - 1);
        let (_, last, _) = uses.select_nth_unstable(last);
        let last = *last;
        self.by_location.retain(|_, kept| kept.used > last);
        true
    }
}
