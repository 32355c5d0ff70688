//! Fills a store as the engine would: each caller's missed call opens an episode; its text, tag and task are attempted and
//! done; a text for the next day is planned. Every sixteenth caller has replied, so that text is dropped.

use std::ops::Range;
use std::sync::Arc;

use futures_util::future::join_all;
use gohighlevel::recipes::missed_call::episode::{
    Decision, EffectEnd, EffectId, Episode, Facts, Input, Output, StepName, TaskFacts, TextFacts,
};
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::{
    Commit, CommitOutcome, DeliveryName, EffectChange, EpisodeChange, Fence, RecipeText,
    SqliteStore, Store,
};
use gohighlevel::recipes::missed_call::{Recipe, Reply};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::calls;
use crate::scale::callers;

/// Callers whose commits are prepared together: few, because the memory that they take counts with the store.
const TOGETHER: u64 = 512;
/// One in this many callers has replied.
const REPLIES: u64 = 16;
/// All calls end within this time.
const SPAN: SignedDuration = SignedDuration::from_hours(8);

/// The episodes of a number of callers.
#[derive(Clone)]
pub(crate) struct Filling {
    recipe: Arc<Recipe>,
    callers: u64,
}

/// An episode as the engine would hold it.
struct Held {
    episode: Episode,
    /// Commits so far.
    revision: u64,
    at: Timestamp,
    facts: TextFacts,
}

impl Filling {
    pub(crate) fn new(callers: u64) -> Self {
        Self {
            recipe: Arc::new(calls::recipe()),
            callers,
        }
    }

    /// How long after the start this caller's call ends.
    pub(crate) fn ended(&self, number: u64) -> SignedDuration {
        SPAN.mul_f64(number as f64 / self.callers as f64)
    }

    /// Writes all episodes and returns the number of commits. The next callers are prepared while these are written.
    pub(crate) async fn fill(&self, store: &SqliteStore) -> usize {
        let think = |from: u64| {
            let filling = self.clone();
            let to = (from + TOGETHER).min(self.callers);
            tokio::task::spawn_blocking(move || filling.commits(from..to))
        };
        let mut written = 0;
        let mut next = think(0);
        for from in (0..self.callers).step_by(TOGETHER as usize) {
            let (opened, followed) = next.await.expect("commits");
            next = think((from + TOGETHER).min(self.callers));
            written += opened.len() + followed.len();
            write(store, opened).await;
            write(store, followed).await;
        }
        written
    }

    /// For each caller the commit that opens the episode, and one for everything that follows at once. The engine would make
    /// two commits for each step.
    fn commits(&self, numbers: Range<u64>) -> (Vec<Commit>, Vec<Commit>) {
        let both = numbers.map(|number| {
            let (mut held, opened) = self.open(number);
            let mut followed = Commit::default();
            for step in ["text", "tag", "task"] {
                held.perform(step, &mut followed);
            }
            if number % REPLIES == 0 {
                let message = None;
                let reply = Reply::Other;
                let reply = Input::Replied {
                    message,
                    reply,
                    at: held.at,
                };
                let actions = held.episode.handle(&reply, held.at);
                held.add(actions, &mut followed);
            }
            held.write(&mut followed);
            (opened, followed)
        });
        both.unzip()
    }

    fn open(&self, number: u64) -> (Held, Commit) {
        let call = calls::call(number, self.ended(number));
        let at = call.evidence.received_at;
        let (episode, actions) = Episode::open(Arc::clone(&self.recipe), &call, at);
        let mut held = Held {
            episode,
            revision: 0,
            at,
            facts: calls::facts(number),
        };
        let mut commit = Commit::default();
        held.add(actions, &mut commit);
        held.write(&mut commit);
        commit.delivery = Some(DeliveryName {
            name: call.evidence.delivery,
            received_at: at,
        });
        commit.recipe = Some(RecipeText {
            fingerprint: self.recipe.fingerprint().to_owned(),
            source: self.recipe.source().into(),
        });
        (held, commit)
    }
}

impl Held {
    /// Attempts a step and ends it as done.
    fn perform(&mut self, step: &str, commit: &mut Commit) {
        let effect = EffectId {
            episode: self.episode.state().id().clone(),
            step: StepName::new(step).expect("a name"),
            ordinal: 0,
        };
        let facts = match step {
            "tag" => Facts::NotNeeded,
            "task" => Facts::Task(TaskFacts::default()),
            _ => Facts::Text(self.facts.clone()),
        };
        let Decision::Proceed(intent) = self.episode.decide(&effect.step, &facts, self.at) else {
            panic!("the step holds");
        };
        // No worker has claimed it.
        let attempt = 0;
        let begun = self.episode.begin(&effect, &intent, attempt);
        self.add(begun, commit);
        let end = EffectEnd::Done {
            reference: (step != "tag").then(|| callers::name(5, self.revision)),
            at: self.at,
            found: false,
        };
        let ended = Input::EffectEnded {
            effect: effect.clone(),
            end,
        };
        let actions = self.episode.handle(&ended, self.at);
        self.add(actions, commit);
        let fence = Fence { effect, attempt };
        commit.effects.push(EffectChange::End { fence });
    }

    /// Takes the outputs of the episode.
    fn add(&self, actions: Vec<Output>, commit: &mut Commit) {
        for action in actions {
            match action {
                Output::Perform { effect, due, lane } => {
                    let plan = EffectChange::Plan { effect, due, lane };
                    commit.effects.push(plan);
                }
                Output::Record(kind) => commit.entries.push(self.entry(&kind)),
                _ => unreachable!("an episode has no other outputs"),
            }
        }
    }

    /// The episode itself.
    fn write(&mut self, commit: &mut Commit) {
        commit.episodes.push(EpisodeChange {
            state: self.episode.state().clone(),
            read_at_revision: (self.revision > 0).then_some(self.revision),
            wake_at: self.episode.next_wakeup(),
        });
        self.revision += 1;
    }

    fn entry(&self, kind: &EntryKind) -> Entry {
        let state = self.episode.state();
        let mut entry = json!(kind);
        entry["at"] = json!(self.at);
        entry["location"] = json!(state.location());
        entry["episode"] = json!(state.id());
        serde_json::from_value(entry).expect("an entry")
    }
}

async fn write(store: &SqliteStore, commits: Vec<Commit>) {
    let written = commits.into_iter().map(|commit| store.commit(commit));
    for committed in join_all(written).await {
        assert_eq!(committed.expect("a commit"), CommitOutcome::Done);
    }
}
