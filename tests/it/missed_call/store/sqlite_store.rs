//! What the SQLite store promises beyond the contract: it outlives a process, is alone on its file, and never reports a
//! write that did not happen.

use std::path::Path;
use std::pin::Pin;
use std::task::Poll;

use gohighlevel::client::Lane;
use gohighlevel::recipes::missed_call::episode::Reason;
use gohighlevel::recipes::missed_call::store::{
    Commit, CommitOutcome, EffectChange, RecipeText, Scope, Shares, SqliteStore, Store, StoreError,
    Subject,
};
use jiff::SignedDuration;
use rusqlite::Connection;

use crate::missed_call::harness::builders::{
    LOCATION, NUMBER, at, location, number, state, the_tag, the_task, the_text,
};
use crate::missed_call::harness::commits::{
    claim_all, delivery, done, entry, everything, fence, plan, suppression, with_effects,
    with_episode,
};

fn open(folder: &tempfile::TempDir) -> SqliteStore {
    SqliteStore::open(file(folder)).unwrap()
}

fn file(folder: &tempfile::TempDir) -> std::path::PathBuf {
    folder.path().join("store.db")
}

/// Another connection to the same file, which knows nothing of the store.
fn beside(folder: &tempfile::TempDir) -> Connection {
    Connection::open(file(folder)).unwrap()
}

/// The error and all of its sources.
pub(super) fn whole(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}

pub(super) fn refused(path: &Path) -> String {
    whole(&SqliteStore::open(path).unwrap_err())
}

#[tokio::test]
async fn all_of_it_survives_a_new_start() {
    let folder = tempfile::tempdir().unwrap();
    let opened = state("1", "rosan", Some(NUMBER));
    let subject = Subject::number(&number(NUMBER));
    let mut commit = Commit {
        delivery: delivery("webhook:1"),
        effects: vec![plan(&opened, the_text(), at(5))],
        suppressions: vec![suppression(&subject, Reason::OptedOut, true)],
        entries: vec![entry(1, LOCATION, None)],
        recipe: Some(RecipeText {
            fingerprint: "f".into(),
            source: "s".into(),
        }),
        ..with_episode(&opened)
    };
    commit.episodes[0].wake_at = Some(at(9));
    done(&open(&folder), commit.clone()).await;

    let store = open(&folder);
    assert_eq!(store.path(), file(&folder));
    let stored = store.episode(opened.id()).await.unwrap().unwrap();
    assert_eq!(stored.state, opened);
    assert_eq!(
        store.commit(commit).await.unwrap(),
        CommitOutcome::Duplicate
    );
    assert_eq!(
        store
            .suppressions(&location(), &[subject])
            .await
            .unwrap()
            .len(),
        1
    );
    let ledger = store.ledger(&everything()).await.unwrap();
    assert_eq!(ledger, [entry(1, LOCATION, None)]);
    let source = store.recipe_source("f").await.unwrap();
    assert_eq!(source.as_deref(), Some("s"));
    assert_eq!(store.next_due().await.unwrap(), Some(at(5)));
    let woken = store.episodes_to_wake(at(9), 9, &Scope::All).await.unwrap();
    assert_eq!(woken, [opened.id().clone()]);
    assert_eq!(claim_all(&store, at(5)).await.len(), 1);
}

#[tokio::test]
async fn what_a_dead_process_had_claimed_is_free_on_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let state = state("1", "rosan", None);
    let store = open(&folder);
    let steps = [the_text(), the_tag(), the_task()];
    let plans = steps.map(|step| plan(&state, step, at(0)));
    done(&store, with_effects(plans.into())).await;
    let claims = claim_all(&store, at(0)).await;
    let [text, tag, task] = &claims[..] else {
        panic!("{claims:?}");
    };
    let end = EffectChange::End {
        fence: tag.fence.clone(),
    };
    let release = EffectChange::Release {
        fence: task.fence.clone(),
        progress: task.progress.clone(),
        due: at(500),
    };
    done(&store, with_effects(vec![end, release])).await;
    drop(store);

    let store = open(&folder);
    let again = fence(&claim_all(&store, at(0)).await);
    assert_eq!(again.effect, text.fence.effect);
    assert_eq!(again.attempt, 2, "the dead process can no longer write");
    // What was ended stays so, and what was given back keeps its time.
    assert_eq!(
        claim_all(&store, at(499)).await.len(),
        1,
        "the lease of 60 s"
    );
    assert_eq!(
        fence(&claim_all(&store, at(500)).await).effect,
        task.fence.effect
    );
}

#[tokio::test]
async fn jobs_of_a_dropped_store_are_over_before_the_next_one_opens() {
    let folder = tempfile::tempdir().unwrap();
    let state = state("1", "rosan", None);
    for round in 0..20 {
        let store = open(&folder);
        if round == 0 {
            done(&store, with_effects(vec![plan(&state, the_text(), at(0))])).await;
        }
        // Asked for and given up, as when the future of a running engine is dropped.
        let (all, lease) = (Shares::UNLIMITED, SignedDuration::from_mins(15));
        let mut claim = store.claim(at(0), Lane::Interactive, 1, lease, &all);
        poll_once(std::slice::from_mut(&mut claim)).await;
        drop(claim);
        drop(store);
        let store = open(&folder);
        assert_eq!(claim_all(&store, at(0)).await.len(), 1, "round {round}");
    }
}

#[tokio::test]
async fn one_file_has_one_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let message = refused(&file(&folder));
    assert!(message.contains("failed to open the database"), "{message}");
    assert!(message.contains("store.db is in use by another process"));
    drop(store);
    open(&folder);
}

#[tokio::test]
async fn a_write_that_fails_is_reported_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let opened = state("1", "rosan", None);
    let commit = Commit {
        delivery: delivery("webhook:1"),
        effects: vec![plan(&opened, the_text(), at(0))],
        entries: vec![entry(1, LOCATION, None)],
        ..with_episode(&opened)
    };
    // The last thing that a commit writes is the ledger, so all else was written when it fails.
    for failure in ["ABORT", "FAIL", "ROLLBACK"] {
        let other = beside(&folder);
        other
            .execute_batch(&format!(
                "CREATE TRIGGER broken BEFORE INSERT ON ledger BEGIN SELECT RAISE({failure}, 'out of order'); END"
            ))
            .unwrap();
        let error = store.commit(commit.clone()).await.unwrap_err();
        let message = whole(&error);
        assert!(message.contains("nothing was written"), "{message}");
        assert!(store.episode(opened.id()).await.unwrap().is_none());
        assert!(claim_all(&store, at(0)).await.is_empty());
        other.execute_batch("DROP TRIGGER broken").unwrap();
    }
    done(&store, commit).await;
}

#[tokio::test]
async fn a_damaged_file_fails_reads_and_writes_alike() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let other = beside(&folder);
    other
        .execute_batch("DROP TABLE effect; DROP TABLE line")
        .unwrap();
    let error = store.next_due().await.unwrap_err();
    assert!(whole(&error).contains("find what is due next"));
    let opened = state("1", "rosan", None);
    let effects = vec![plan(&opened, the_text(), at(0))];
    let commit = Commit {
        effects,
        ..with_episode(&opened)
    };
    assert!(store.commit(commit).await.is_err());
    assert!(store.episode(opened.id()).await.unwrap().is_none());
}

/// Lets each future come as far as it can without waiting.
async fn poll_once<T>(futures: &mut [Pin<Box<dyn Future<Output = T> + Send + '_>>]) {
    std::future::poll_fn(|context| {
        for future in futures.iter_mut() {
            assert!(future.as_mut().poll(context).is_pending());
        }
        Poll::Ready(())
    })
    .await;
}

/// Gives all `commits` to the store while somebody else holds the file, so that they wait together and share writes.
async fn together(
    folder: &tempfile::TempDir,
    store: &SqliteStore,
    commits: Vec<Commit>,
) -> Vec<Result<CommitOutcome, StoreError>> {
    let other = beside(folder);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waiting: Vec<_> = commits
        .into_iter()
        .map(|commit| store.commit(commit))
        .collect();
    poll_once(&mut waiting).await;
    other.execute_batch("ROLLBACK").unwrap();
    let mut answers = Vec::new();
    for answer in waiting {
        answers.push(answer.await);
    }
    answers
}

/// Each commit writes an entry of its own time; every tenth wants an effect that is taken already.
fn many(count: i64, conflicting: impl Fn(i64) -> bool) -> Vec<Commit> {
    let effect = state("1", "rosan", None);
    let one = |seconds: i64| Commit {
        delivery: delivery(&format!("webhook:{seconds}")),
        entries: vec![entry(seconds, LOCATION, None)],
        effects: conflicting(seconds)
            .then(|| plan(&effect, the_text(), at(0)))
            .into_iter()
            .collect(),
        ..Commit::default()
    };
    (0..count).map(one).collect()
}

#[tokio::test]
async fn commits_that_share_a_write_are_answered_each_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder);
    let tenth = |seconds: i64| seconds % 10 == 3;
    let answers = together(&folder, &store, many(200, tenth)).await;
    let mut expected = Vec::new();
    for (seconds, answer) in (0..200).zip(&answers) {
        // The first that wants the effect gets it.
        let wanted = if tenth(seconds) && seconds != 3 {
            CommitOutcome::Conflict
        } else {
            expected.push(entry(seconds, LOCATION, None));
            CommitOutcome::Done
        };
        assert_eq!(*answer.as_ref().unwrap(), wanted, "{seconds}");
    }
    drop(store);
    let written = open(&folder).ledger(&everything()).await.unwrap();
    assert_eq!(written, expected);
}

#[tokio::test]
async fn a_commit_that_reports_a_failure_has_written_nothing() {
    // On some failures, a full disk for one, SQLite itself takes back the whole transaction.
    for failure in ["ABORT", "ROLLBACK"] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder);
        let other = beside(&folder);
        other
            .execute_batch(&format!(
                "CREATE TRIGGER broken BEFORE INSERT ON ledger WHEN NEW.at = {}
                 BEGIN SELECT RAISE({failure}, 'out of order'); END",
                at(4).as_millisecond()
            ))
            .unwrap();
        let answers = together(&folder, &store, many(10, |_| false)).await;
        assert!(answers[4].is_err(), "{failure}");
        let told: Vec<_> = (0..10)
            .zip(&answers)
            .filter(|(_, answer)| answer.is_ok())
            .map(|(seconds, _)| entry(seconds, LOCATION, None))
            .collect();
        let written = store.ledger(&everything()).await.unwrap();
        assert_eq!(written, told, "{failure}");
        other.execute_batch("DROP TRIGGER broken").unwrap();
        // All of it can be delivered again.
        for (commit, answer) in many(10, |_| false).into_iter().zip(answers) {
            let again = store.commit(commit).await.unwrap();
            let expected = if answer.is_ok() {
                CommitOutcome::Duplicate
            } else {
                CommitOutcome::Done
            };
            assert_eq!(again, expected, "{failure}");
        }
    }
}
