//! Observers see every committed entry, and disturb nothing.

use std::sync::{Arc, Mutex};

use gohighlevel::clock::Clock as _;
use gohighlevel::ids::{ContactId, LocationId};
use gohighlevel::recipes::missed_call::episode::EpisodeId;
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::PersonKey;
use gohighlevel::recipes::missed_call::{
    EngineObserver, Erasure, ObservedEntry, StoreAnswer, StoreOperation, WorkCount,
};

use crate::missed_call::harness::world::{LOCATION, World, soleil};

/// Keeps what it sees. Clones are one.
#[derive(Debug, Clone, Default)]
struct Seen(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    entries: Vec<Entry>,
    /// The ends of steps, with what the steps do.
    ends: Vec<(String, Option<&'static str>)>,
    erased: Vec<EpisodeId>,
    answers: Vec<StoreOperation>,
    counts: usize,
    panics: bool,
}

impl EngineObserver for Seen {
    fn recorded(&self, seen: &ObservedEntry) {
        let mut inner = self.0.lock().unwrap();
        inner.entries.push(seen.entry.clone());
        if let EntryKind::Done { step, .. } = &seen.entry.kind {
            inner.ends.push((step.to_string(), seen.action));
        }
        let panics = inner.panics;
        drop(inner);
        assert!(!panics, "as the test wants it");
    }

    fn erased(&self, episode: &EpisodeId) {
        self.0.lock().unwrap().erased.push(episode.clone());
    }

    fn store_answered(&self, answer: &StoreAnswer) {
        assert!(!answer.failed);
        self.0.lock().unwrap().answers.push(answer.operation);
    }

    fn work_counted(&self, work: &WorkCount) {
        assert_eq!(work.late.late_effects, 0);
        self.0.lock().unwrap().counts += 1;
    }
}

#[tokio::test]
async fn an_observer_sees_every_entry_in_its_order_and_what_the_steps_do() {
    let seen = Seen::default();
    let world = World::set_up(soleil(), |engine| engine.observer(seen.clone())).await;
    let began = world.clock.now();
    let call = world.missed_call().await;
    world.minutes(2).await;
    world.engine.settled().await.unwrap();
    world.assert_recovered_once(&call, began).await;
    let ledger = world.ledger().await;
    {
        let inner = seen.0.lock().unwrap();
        assert_eq!(inner.entries, ledger);
        let mut ends = inner.ends.clone();
        ends.sort();
        let expected = ["tag", "task", "text"].map(|word| (word.to_owned(), Some(word)));
        assert_eq!(ends, expected);
        assert!(inner.answers.contains(&StoreOperation::Commit));
        assert!(inner.answers.contains(&StoreOperation::Claim));
        assert_eq!(inner.erased, []);
    }
    let person = PersonKey {
        location: LocationId::new(LOCATION).unwrap(),
        contact: ContactId::new(call.contact_id.as_str()).unwrap(),
        number: None,
    };
    let erased = world.engine.erase(&person).await.unwrap();
    assert_eq!(erased, Erasure::Done(1));
    world.engine.settled().await.unwrap();
    let episode = world.ledger().await[0].episode.clone();
    assert_eq!(Some(&seen.0.lock().unwrap().erased[0]), episode.as_ref());
}

#[tokio::test]
async fn an_observer_that_panics_disturbs_nothing() {
    let seen = Seen::default();
    seen.0.lock().unwrap().panics = true;
    let world = World::set_up(soleil(), |engine| engine.observer(seen.clone())).await;
    let began = world.clock.now();
    let call = world.missed_call().await;
    world.minutes(2).await;
    world.engine.settled().await.unwrap();
    world.assert_recovered_once(&call, began).await;
    let ledger = world.ledger().await;
    assert_eq!(seen.0.lock().unwrap().entries, ledger);
}

#[tokio::test]
async fn an_observer_that_hangs_holds_up_nothing() {
    #[derive(Debug)]
    struct Hangs(Mutex<std::sync::mpsc::Receiver<()>>);

    impl EngineObserver for Hangs {
        fn recorded(&self, _: &ObservedEntry) {
            // Until the test is over.
            let _ = self.0.lock().unwrap().recv();
        }
    }

    let (_over, wait) = std::sync::mpsc::channel();
    let world = World::set_up(soleil(), |engine| engine.observer(Hangs(Mutex::new(wait)))).await;
    let began = world.clock.now();
    let call = world.missed_call().await;
    world.minutes(2).await;
    world.assert_recovered_once(&call, began).await;
}

#[tokio::test]
async fn a_running_engine_counts_its_work() {
    let seen = Seen::default();
    let world = World::set_up(soleil(), |engine| engine.observer(seen.clone())).await;
    let counted = async {
        while seen.0.lock().unwrap().counts < 2 {
            tokio::task::yield_now().await;
        }
    };
    world.engine.run(counted).await;
}
