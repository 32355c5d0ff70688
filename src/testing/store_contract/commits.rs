//! Checks of commits: each is written whole or not at all, and a delivery is accepted once.

use super::finding::found_nothing;
use super::samples::{
    LOCATION, NUMBER, at, claim_all, conflicts, delivery, done, entry, episode, everything,
    found_by, halt, location, number, opens, plan, replied, state, suppression, the_text, updates,
    with_effects, with_episode,
};
use crate::recipes::missed_call::Reply;
use crate::recipes::missed_call::episode::{EpisodeId, Reason};
use crate::recipes::missed_call::store::{
    AwaitedReceipt, Commit, CommitOutcome, CompanyApp, CompanyLocation, EpisodeChange, LedgerQuery,
    ReceiptChange, RecipeText, Reference, Shares, Store, Subject,
};

checks!(
    a_commit_is_written_whole_or_not_at_all,
    a_delivery_is_accepted_once,
    an_episode_is_written_at_the_revision_it_was_read_at,
    the_ledger_is_read_in_order_and_by_query,
    recipe_sources_are_stored_unchanged,
);

async fn a_commit_is_written_whole_or_not_at_all(store: &dyn Store) {
    let taken = state("taken", "rosan", None);
    done(
        store,
        with_effects(vec![plan(&taken, the_text(), at(1_000))]),
    )
    .await;

    let new = state("new", "maria", Some(NUMBER));
    let subject = Subject::number(&number(NUMBER));
    let whole = Commit {
        delivery: delivery("webhook:1"),
        earlier: delivery("webhook:0").into_iter().collect(),
        episodes: vec![EpisodeChange {
            wake_at: Some(at(5)),
            ..opens(&new)
        }],
        effects: vec![
            plan(&new, the_text(), at(1)),
            plan(&taken, the_text(), at(1)),
        ],
        suppressions: vec![suppression(&subject, Reason::OptedOut, true)],
        entries: vec![entry(1, LOCATION, None)],
        consents: Vec::new(),
        texts: Vec::new(),
        counts: Vec::new(),
        rewritten: Vec::new(),
        forgotten: Vec::new(),
        recipe: Some(RecipeText {
            fingerprint: "f".into(),
            source: "s".into(),
        }),
        halts: vec![halt(true, 5)],
        companies: vec![CompanyLocation {
            company: "company".parse().unwrap(),
            location: location(),
        }],
        company_apps: vec![CompanyApp {
            company: "company".parse().unwrap(),
            removed: true,
            at: at(5),
        }],
        references: vec![found_by(Reference::Task("task".into()), Some(&new))],
        receipts: vec![ReceiptChange::Await(AwaitedReceipt {
            location: location(),
            message: "m".parse().unwrap(),
            episode: new.id().clone(),
            accepted_at: at(1),
            due: at(2),
        })],
    };
    conflicts(store, whole.clone()).await;
    assert!(!store.is_processed("webhook:0").await.unwrap());
    assert!(!store.is_processed("webhook:1").await.unwrap());
    assert!(store.halts(&location()).await.unwrap().is_empty());
    assert!(store.episode(new.id()).await.unwrap().is_none());
    assert!(claim_all(store, at(2)).await.is_empty());
    assert!(store.ledger(&everything()).await.unwrap().is_empty());
    assert!(store.recipe_source("f").await.unwrap().is_none());
    let receipt = store.next_receipt(&Shares::UNLIMITED).await.unwrap();
    assert_eq!(receipt, None);
    assert!(
        store
            .suppressions(&location(), std::slice::from_ref(&subject))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.next_due().await.unwrap(), Some(at(1_000)));
    found_nothing(store, &whole).await;

    // The delivery was not accepted either: without the second effect the same commit succeeds.
    let mut whole = whole;
    whole.effects.pop();
    done(store, whole).await;
    assert_eq!(
        store.episode(new.id()).await.unwrap().unwrap().state,
        new.clone()
    );
    assert_eq!(claim_all(store, at(2)).await.len(), 1);
    assert_eq!(store.ledger(&everything()).await.unwrap().len(), 1);
    assert_eq!(
        store.recipe_source("f").await.unwrap().as_deref(),
        Some("s")
    );
    let suppressions = store.suppressions(&location(), &[subject]).await;
    assert_eq!(suppressions.unwrap().len(), 1);
}

async fn a_delivery_is_accepted_once(store: &dyn Store) {
    let commit = |name: &str, seconds| Commit {
        delivery: delivery(name),
        entries: vec![entry(seconds, LOCATION, None)],
        ..Commit::default()
    };
    done(store, commit("webhook:1", 1)).await;
    for _ in 0..3 {
        let again = store.commit(commit("webhook:1", 2)).await.unwrap();
        assert_eq!(again, CommitOutcome::Duplicate);
    }
    done(store, commit("webhook:2", 3)).await;
    // A commit without a name is never a duplicate.
    for _ in 0..2 {
        done(store, Commit::default()).await;
    }
    let written = store.ledger(&everything()).await.unwrap();
    assert_eq!(
        written,
        [entry(1, LOCATION, None), entry(3, LOCATION, None)]
    );

    // Earlier deliveries are accepted with it, even if one was accepted before.
    let with_earlier = Commit {
        earlier: ["webhook:1", "webhook:0"]
            .into_iter()
            .filter_map(delivery)
            .collect(),
        ..commit("webhook:4", 4)
    };
    assert!(!store.is_processed("webhook:0").await.unwrap());
    done(store, with_earlier).await;
    for name in ["webhook:0", "webhook:1", "webhook:4"] {
        assert!(store.is_processed(name).await.unwrap(), "{name}");
    }
    let again = store.commit(commit("webhook:0", 5)).await.unwrap();
    assert_eq!(again, CommitOutcome::Duplicate);

    // A duplicate is reported as one even if it would also conflict.
    let opened = state("call", "rosan", None);
    let opening = Commit {
        delivery: delivery("webhook:3"),
        ..with_episode(&opened)
    };
    done(store, opening.clone()).await;
    assert_eq!(
        store.commit(opening).await.unwrap(),
        CommitOutcome::Duplicate
    );
}

async fn an_episode_is_written_at_the_revision_it_was_read_at(store: &dyn Store) {
    let mut episode = episode();
    let id = episode.state().id().clone();
    conflicts(store, updates(episode.state(), 1)).await;
    done(store, with_episode(episode.state())).await;
    conflicts(store, with_episode(episode.state())).await;

    let first = store.episode(&id).await.unwrap().unwrap();
    episode.handle(&replied(Reply::Other, 2), at(2));
    done(store, updates(episode.state(), first.revision)).await;
    conflicts(store, updates(&first.state, first.revision)).await;

    let second = store.episode(&id).await.unwrap().unwrap();
    assert_eq!(second.state, *episode.state());
    assert_ne!(second.revision, first.revision);
    conflicts(store, updates(&first.state, second.revision + 1)).await;
    done(store, updates(episode.state(), second.revision)).await;
    let missing = EpisodeId::from_stored("nobody");
    assert!(store.episode(&missing).await.unwrap().is_none());
}

async fn the_ledger_is_read_in_order_and_by_query(store: &dyn Store) {
    let harbor = "harborLocation000002";
    // The order is the order of writing, whatever the times are.
    let entries = [
        entry(3, LOCATION, Some("one")),
        entry(1, LOCATION, None),
        entry(2, harbor, Some("two")),
        entry(4, LOCATION, Some("one")),
    ];
    for two in entries.chunks(2) {
        done(
            store,
            Commit {
                entries: two.to_vec(),
                ..Commit::default()
            },
        )
        .await;
    }
    let [a, b, c, d] = &entries;
    let mut between = LedgerQuery::default();
    (between.since, between.until) = (Some(at(2)), Some(at(4)));
    let mut both = LedgerQuery::of_location(location());
    both.since = Some(at(3));
    let of_one = LedgerQuery::of_episode(EpisodeId::from_stored("one"));
    for (query, expected) in [
        (everything(), vec![a, b, c, d]),
        (LedgerQuery::of_location(location()), vec![a, b, d]),
        (of_one, vec![a, d]),
        (between, vec![a, c]),
        (both, vec![a, d]),
    ] {
        let found = store.ledger(&query).await.unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query:?}");
    }
}

async fn recipe_sources_are_stored_unchanged(store: &dyn Store) {
    let commit = |fingerprint: &str| Commit {
        recipe: Some(RecipeText {
            fingerprint: fingerprint.into(),
            source: format!("# {fingerprint} äöü\r\n").into(),
        }),
        ..Commit::default()
    };
    for fingerprint in ["one", "two", "one"] {
        done(store, commit(fingerprint)).await;
    }
    let source = store.recipe_source("one").await.unwrap();
    assert_eq!(source.as_deref(), Some("# one äöü\r\n"));
    assert!(store.recipe_source("three").await.unwrap().is_none());
}
