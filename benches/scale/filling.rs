//! Fills a store as the engine would: each caller's missed call opens an episode, its text, tag and task are begun and
//! done, and a text for the next day waits. Every sixteenth caller has replied, and needs it no more.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use gohighlevel::client::Lane;
use gohighlevel::recipes::missed_call::episode::{
    Action, EffectEnd, EffectId, Episode, Facts, Input, Permit, TaskFacts, TextFacts,
};
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::{
    Commit, Committed, DeliveryName, EffectChange, EpisodeChange, Fence, Progress, RecipeText,
    SqliteStore, Store,
};
use gohighlevel::recipes::missed_call::{Recipe, Reply};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::scale::callers;

/// Callers whose commits share writes.
const TOGETHER: u64 = 2048;
/// One caller in so many has replied.
const REPLIES: u64 = 16;
/// All calls end within this time.
const SPAN: SignedDuration = SignedDuration::from_hours(8);
const LEASE: SignedDuration = SignedDuration::from_mins(15);

/// Episodes of so many callers.
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
            recipe: Arc::new(callers::recipe()),
            callers,
        }
    }

    /// How long after the start this caller's call ends.
    pub(crate) fn ended(&self, number: u64) -> SignedDuration {
        SPAN * i32::try_from(number).unwrap_or(i32::MAX) / i32::try_from(self.callers).unwrap_or(i32::MAX)
    }

    /// How many commits that took.
    pub(crate) async fn fill(&self, store: &SqliteStore) -> usize {
        let mut commits = 0;
        let mut from = 0;
        while from < self.callers {
            let to = (from + TOGETHER).min(self.callers);
            commits += self.fill_some(store, from, to).await;
            from = to;
        }
        commits
    }

    async fn fill_some(&self, store: &SqliteStore, from: u64, to: u64) -> usize {
        let (mut held, opened): (Vec<_>, Vec<_>) =
            (from..to).map(|number| self.open(number)).unzip();
        let mut commits = write(store, opened).await;
        let now = held.last().map_or(Timestamp::MIN, |held| held.at);
        for lane in [Lane::Interactive, Lane::Background] {
            let claims = store.claim(now, lane, held.len() * 2, LEASE).await;
            let mut of_episode: HashMap<_, Vec<Fence>> = HashMap::new();
            for claim in claims.expect("claims") {
                let fences = of_episode.entry(claim.fence.effect.episode.clone());
                fences.or_default().push(claim.fence);
            }
            while !of_episode.is_empty() {
                let (mut begun, mut ended) = (Vec::new(), Vec::new());
                for held in &mut held {
                    let fences = of_episode.get_mut(held.episode.state().id());
                    if let Some(fence) = fences.and_then(Vec::pop) {
                        begun.push(held.begin(&fence));
                        ended.push(held.end(fence));
                    }
                }
                of_episode.retain(|_, fences| !fences.is_empty());
                commits += write(store, begun).await;
                commits += write(store, ended).await;
            }
        }
        let callers = held.iter_mut().zip(from..);
        let replied = callers.filter(|(_, number)| number % REPLIES == 0);
        commits + write(store, replied.map(|(held, _)| held.reply()).collect()).await
    }

    fn open(&self, number: u64) -> (Held, Commit) {
        let call = callers::call(number, self.ended(number));
        let at = call.evidence.received_at;
        let (episode, actions) = Episode::open(Arc::clone(&self.recipe), &call, at);
        let mut held = Held {
            episode,
            revision: 0,
            at,
            facts: callers::facts(number),
        };
        let mut commit = held.commit(actions);
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
    fn begin(&mut self, fence: &Fence) -> Commit {
        let step = &fence.effect.step;
        let facts = match step.as_str() {
            "tag" => Facts::Tag,
            "task" => Facts::Task(TaskFacts::default()),
            _ => Facts::Text(self.facts.clone()),
        };
        let Permit::Go(intent) = self.episode.permit(step, &facts, self.at) else {
            panic!("the step holds");
        };
        let actions = self.episode.begin(&fence.effect, &intent, fence.attempt);
        let mut commit = self.commit(actions);
        let progress = Progress::Attempting {
            intent,
            began_at: self.at,
            failures: 0,
        };
        let fence = fence.clone();
        commit.effects.push(EffectChange::Keep { fence, progress });
        commit
    }

    fn end(&mut self, fence: Fence) -> Commit {
        let end = EffectEnd::Done {
            reference: Some(callers::name(5, self.revision)),
            at: self.at,
            found: false,
        };
        let effect: EffectId = fence.effect.clone();
        let actions = self
            .episode
            .handle(&Input::EffectEnded { effect, end }, self.at);
        let mut commit = self.commit(actions);
        commit.effects.push(EffectChange::End { fence });
        commit
    }

    fn reply(&mut self) -> Commit {
        let reply = Input::Replied {
            message: None,
            reply: Reply::Other,
        };
        let actions = self.episode.handle(&reply, self.at);
        self.commit(actions)
    }

    /// The next commit of this episode.
    fn commit(&mut self, actions: Vec<Action>) -> Commit {
        let mut commit = Commit::default();
        for action in actions {
            match action {
                Action::Perform { effect, due, lane } => {
                    let plan = EffectChange::Plan { effect, due, lane };
                    commit.effects.push(plan);
                }
                Action::Record(kind) => commit.entries.push(self.entry(&kind)),
                _ => unreachable!("an episode asks for nothing else"),
            }
        }
        commit.episodes.push(EpisodeChange {
            state: self.episode.state().clone(),
            read_at_revision: (self.revision > 0).then_some(self.revision),
            wake_at: self.episode.next_wakeup(),
        });
        self.revision += 1;
        commit
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

async fn write(store: &SqliteStore, commits: Vec<Commit>) -> usize {
    let written = join_all(commits.into_iter().map(|commit| store.commit(commit))).await;
    for committed in &written {
        assert_eq!(*committed.as_ref().expect("a commit"), Committed::Done);
    }
    written.len()
}
