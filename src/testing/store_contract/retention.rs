//! Checks of what is deleted when it is over, and of what stays.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::samples::{
    LOCATION, NUMBER, at, claim_all, closed, contact, delivery, done, effect_of, entry, everything,
    found_by, location, opens, plan, state, suppression, the_tag, updates, with_effects,
    with_episode,
};
use crate::recipes::missed_call::compliance::{Consent, ConsentKind};
use crate::recipes::missed_call::episode::{EpisodeState, Reason};
use crate::recipes::missed_call::ledger::Entry;
use crate::recipes::missed_call::store::{
    Commit, ConsentGiven, EffectChange, LedgerQuery, PruneBatch, Pruned, Reference, Store, Subject,
};

checks!(
    what_is_over_is_deleted_with_all_that_belongs_to_it,
    what_is_open_or_recent_stays,
    evidence_is_kept_for_as_long_as_is_asked,
    suppressions_and_consents_are_kept_for_as_long_as_is_asked,
    a_deletion_goes_on_batch_by_batch,
    a_sequence_is_not_given_again,
);

/// Everything of before this time, but suppressions and consents.
fn before(seconds: i64) -> PruneBatch {
    PruneBatch {
        after: 0,
        limit: 100,
        episodes_before: at(seconds),
        evidence_before: Some(at(seconds)),
        suppressions_before: None,
        consents_before: None,
    }
}

async fn prune(store: &dyn Store, batch: &PruneBatch) -> Pruned {
    store.prune(batch).await.unwrap()
}

/// How many entries there are.
async fn entries(store: &dyn Store) -> usize {
    store.ledger(&everything()).await.unwrap().len()
}

/// An entry of the episode.
fn of(state: &EpisodeState, seconds: i64) -> Entry {
    entry(seconds, LOCATION, Some(state.id().as_str()))
}

fn with_entries(entries: Vec<Entry>) -> Commit {
    Commit {
        entries,
        ..Commit::default()
    }
}

/// The last episode and the last entry of a store, which may keep them.
async fn add_last(store: &dyn Store) {
    let last = state("last", "last", None);
    let mut commit = with_episode(&last);
    commit.entries = vec![of(&last, 100_000)];
    done(store, commit).await;
}

async fn what_is_over_is_deleted_with_all_that_belongs_to_it(store: &dyn Store) {
    let over = state("over", "rosan", Some(NUMBER));
    let mut commit = with_episode(&over);
    commit.effects = vec![plan(&over, the_tag(), at(1))];
    commit.entries = vec![of(&over, 1), of(&over, 2)];
    commit.references = vec![found_by(Reference::Task("task".into()), Some(&over))];
    commit.delivery = delivery("a delivery");
    done(store, commit).await;
    let fence = claim_all(store, at(2)).await.remove(0).fence;
    done(store, with_effects(vec![EffectChange::End { fence }])).await;
    done(store, updates(&closed(&over), 1)).await;
    add_last(store).await;

    let pruned = prune(store, &before(3)).await;
    assert_eq!((pruned.episodes, pruned.entries), (1, 2));
    assert!(store.episode(over.id()).await.unwrap().is_none());
    assert_eq!(entries(store).await, 1);
    let reference = Reference::Task("task".into());
    let found = store.episode_by_reference(&location(), &reference).await;
    assert!(found.unwrap().is_none());
    // The names of deliveries are kept by their own rule.
    assert!(store.is_processed("a delivery").await.unwrap());
    // It can begin once more with all of it.
    let mut again = with_episode(&over);
    again.effects = vec![plan(&over, the_tag(), at(10))];
    done(store, again).await;
    let claims = claim_all(store, at(10)).await;
    assert_eq!(claims.len(), 1, "{claims:?}");
    assert_eq!(claims[0].fence.effect, effect_of(&over, the_tag()));
}

async fn what_is_open_or_recent_stays(store: &dyn Store) {
    let open = state("open", "one", None);
    let due = state("due", "two", None);
    let recent = state("recent", "three", None);
    let mut commit = Commit {
        episodes: vec![opens(&open), opens(&due), opens(&recent)],
        effects: vec![plan(&due, the_tag(), at(1_000))],
        ..Commit::default()
    };
    commit.entries = vec![of(&open, 1), of(&due, 1), of(&recent, 1), of(&recent, 10)];
    done(store, commit).await;
    done(store, updates(&closed(&due), 1)).await;
    done(store, updates(&closed(&recent), 1)).await;
    add_last(store).await;
    let known = entries(store).await;
    for seconds in [0, 10] {
        let pruned = prune(store, &before(seconds)).await;
        assert_eq!((pruned.episodes, pruned.entries), (0, 0), "{seconds}");
        assert_eq!(entries(store).await, known);
    }
    let pruned = prune(store, &before(11)).await;
    assert_eq!((pruned.episodes, pruned.entries), (1, 2));
    for state in [&open, &due] {
        assert!(store.episode(state.id()).await.unwrap().is_some());
    }
    assert_eq!(claim_all(store, at(1_000)).await.len(), 1);
}

async fn evidence_is_kept_for_as_long_as_is_asked(store: &dyn Store) {
    let opted_out = |seconds: i64, episode: Option<&EpisodeState>| -> Entry {
        serde_json::from_value(json!({
            "at": at(seconds), "location": LOCATION, "episode": episode.map(EpisodeState::id),
            "kind": "opted_out", "reason": "opted_out",
        }))
        .unwrap()
    };
    let (evidence, other) = (state("one", "one", None), state("two", "two", None));
    let mut commit = Commit {
        episodes: vec![opens(&closed(&evidence)), opens(&closed(&other))],
        ..Commit::default()
    };
    commit.entries = vec![
        of(&evidence, 1),
        opted_out(2, Some(&evidence)),
        of(&other, 1),
        opted_out(1, None),
        entry(1, LOCATION, None),
    ];
    done(store, commit).await;
    add_last(store).await;
    let mut batch = before(100);
    batch.evidence_before = None;
    let pruned = prune(store, &batch).await;
    assert_eq!((pruned.episodes, pruned.entries), (1, 2));
    batch.evidence_before = Some(at(2));
    let pruned = prune(store, &batch).await;
    assert_eq!((pruned.episodes, pruned.entries), (0, 1), "the one without");
    batch.evidence_before = Some(at(3));
    let pruned = prune(store, &batch).await;
    assert_eq!((pruned.episodes, pruned.entries), (1, 2));
    assert_eq!(entries(store).await, 1);
}

async fn suppressions_and_consents_are_kept_for_as_long_as_is_asked(store: &dyn Store) {
    let subject = Subject::contact(&contact("rosan"));
    let consent = ConsentGiven {
        location: location(),
        subject: subject.clone(),
        kind: ConsentKind::Written,
        consent: Consent {
            given_at: at(1),
            reference: "a form".into(),
        },
    };
    let commit = Commit {
        suppressions: vec![suppression(&subject, Reason::OptedOut, true)],
        consents: vec![consent],
        ..Commit::default()
    };
    done(store, commit).await;
    add_last(store).await;
    let subjects = [subject];
    let left = async || {
        let suppressed = store.suppressions(&location(), &subjects).await.unwrap();
        let record = store.texting_record(&location(), &subjects, at(0)).await;
        (suppressed.len(), record.unwrap().consents.len())
    };
    prune(store, &before(100)).await;
    assert_eq!(left().await, (1, 1));
    let mut batch = before(100);
    (batch.suppressions_before, batch.consents_before) = (Some(at(1)), Some(at(1)));
    prune(store, &batch).await;
    assert_eq!(left().await, (1, 1));
    batch.suppressions_before = Some(at(2));
    assert_eq!(prune(store, &batch).await.suppressions, 1);
    assert_eq!(left().await, (0, 1));
    batch.consents_before = Some(at(2));
    assert_eq!(prune(store, &batch).await.consents, 1);
    assert_eq!(left().await, (0, 0));
}

async fn a_deletion_goes_on_batch_by_batch(store: &dyn Store) {
    for number in 0..10 {
        let name = format!("call{number}");
        let over = closed(&state(&name, &name, None));
        let mut commit = with_episode(&over);
        commit.entries = vec![of(&over, number), of(&over, number)];
        done(store, commit).await;
    }
    add_last(store).await;
    let mut batch = before(7);
    batch.limit = 4;
    let mut deleted = Vec::new();
    for _ in 0..20 {
        let pruned = prune(store, &batch).await;
        deleted.push(pruned.episodes);
        assert!(pruned.episodes <= 4);
        match pruned.next {
            Some(next) => {
                assert!(next > batch.after);
                batch.after = next;
            }
            None => break,
        }
    }
    assert_eq!(deleted.iter().sum::<u64>(), 7, "{deleted:?}");
    assert!(deleted.len() < 20, "{deleted:?}");
    assert_eq!(entries(store).await, 7);
}

async fn a_sequence_is_not_given_again(store: &dyn Store) {
    let over = closed(&state("over", "rosan", None));
    let mut commit = with_episode(&over);
    commit.entries = vec![of(&over, 1), of(&over, 2)];
    done(store, commit).await;
    done(store, with_entries(vec![entry(3, LOCATION, None)])).await;
    let rows = store.ledger_rows(&everything()).await.unwrap();
    let last = rows.last().unwrap().sequence;
    let batch = PruneBatch {
        episodes_before: at(0) + SignedDuration::from_hours(24),
        evidence_before: Some(Timestamp::MAX),
        ..before(0)
    };
    prune(store, &batch).await;
    done(store, with_entries(vec![entry(4, LOCATION, None)])).await;
    let after = LedgerQuery {
        after: Some(last),
        ..everything()
    };
    assert_eq!(store.ledger_rows(&after).await.unwrap().len(), 1);
}
