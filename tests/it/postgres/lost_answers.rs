//! Connections that break at a COMMIT: what is written once stays written once, and the store knows that it is.

use gohighlevel::auth::oauth::{Grant, GrantKey, GrantSource};
use gohighlevel::auth::store::{PostgresTokenStore, Put, Revision, TokenStore};
use gohighlevel::client::Lane;
use gohighlevel::recipes::missed_call::store::{
    Commit, CommitOutcome, EffectChange, LedgerQuery, Shares, Store,
};
use jiff::SignedDuration;

use super::proxy::{Cut, Proxy};
use super::{on_virtual_time, open, schema, servers};
use crate::missed_call::harness::builders::{LOCATION, at, state, the_text};
use crate::missed_call::harness::commits::{
    delivery, done, entry, fence, plan, with_effects, with_episode,
};

const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// The server through a proxy.
macro_rules! proxy {
    () => {
        match servers!().socket() {
            Some(socket) => Proxy::start(socket).await,
            None => return,
        }
    };
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_done_once() {
    let proxy = proxy!();
    let store = on_virtual_time(open(&proxy.url(), &schema("lost")).await);
    for (number, cut) in [Cut::AfterCommit, Cut::BeforeCommit]
        .into_iter()
        .enumerate()
    {
        for named in [true, false] {
            for times in [1, 2] {
                let name = format!("{number}-{named}-{times}");
                let commit = Commit {
                    delivery: delivery(&name).filter(|_| named),
                    entries: vec![entry(1, LOCATION, None)],
                    ..with_episode(&state(&name, &name, None))
                };
                let before = store.ledger(&LedgerQuery::default()).await.unwrap().len();
                proxy.cut(cut, times);
                done(&store, commit.clone()).await;
                // What was committed is not committed again.
                let left = if cut == Cut::AfterCommit {
                    times - 1
                } else {
                    0
                };
                assert_eq!(proxy.left(), left, "{name}");
                proxy.cut(cut, 0);
                let after = store.ledger(&LedgerQuery::default()).await.unwrap().len();
                assert_eq!(after, before + 1, "{name}");
                let again = store.commit(commit).await.unwrap();
                let expected = if named {
                    CommitOutcome::Duplicate
                } else {
                    CommitOutcome::Conflict
                };
                assert_eq!(again, expected, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_delivery_that_another_process_has_taken_is_a_duplicate_also_after_a_lost_answer() {
    let proxy = proxy!();
    let schema = schema("taken");
    let store = on_virtual_time(open(&proxy.url(), &schema).await);
    let other = on_virtual_time(open(servers!().url(), &schema).await);
    let commit = Commit {
        delivery: delivery("webhook:1"),
        ..Commit::default()
    };
    done(&other, commit.clone()).await;
    proxy.cut(Cut::BeforeCommit, 1);
    assert_eq!(
        store.commit(commit).await.unwrap(),
        CommitOutcome::Duplicate
    );
    assert_eq!(proxy.left(), 0);
}

#[tokio::test]
async fn a_claim_whose_answer_is_lost_is_held_by_the_one_who_asked() {
    let proxy = proxy!();
    let store = on_virtual_time(open(&proxy.url(), &schema("claim")).await);
    for (number, cut) in [Cut::AfterCommit, Cut::BeforeCommit]
        .into_iter()
        .enumerate()
    {
        let state = state(&format!("call-{number}"), "rosan", None);
        done(&store, with_effects(vec![plan(&state, the_text(), at(0))])).await;
        proxy.cut(cut, 1);
        let claimed = store
            .claim(at(1), Lane::Interactive, 9, LEASE, &Shares::UNLIMITED)
            .await;
        let claimed = claimed.unwrap();
        assert_eq!((proxy.left(), claimed.len()), (0, 1), "{cut:?}");
        let end = EffectChange::End {
            fence: fence(&claimed),
        };
        assert_eq!(fence(&claimed).attempt, 1);
        done(&store, with_effects(vec![end])).await;
    }
}

#[tokio::test]
async fn a_grant_whose_answer_is_lost_is_written_once() {
    let proxy = proxy!();
    let store = PostgresTokenStore::new(open(&proxy.url(), &schema("grant")).await);
    let key = GrantKey::Location(LOCATION.parse().unwrap());
    let grant = Grant::new(GrantSource::Own);
    let mut read = None;
    for cut in [Cut::AfterCommit, Cut::BeforeCommit, Cut::AfterCommit] {
        proxy.cut(cut, 1);
        let written = Revision::after(read);
        let put = store.put(&key, read, &grant).await.unwrap();
        assert_eq!((put, proxy.left()), (Put::Done(written), 0));
        read = Some(written);
    }
    assert_eq!(
        store.get(&key).await.unwrap().unwrap().revision,
        Revision(3)
    );
}
