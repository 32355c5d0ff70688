//! Checks of the ledger as rows: their sequence, and the queries that go by it, by kind and by episode.

use serde_json::json;

use super::samples::{LOCATION, at, done, entry, everything, location};
use crate::recipes::missed_call::episode::EpisodeId;
use crate::recipes::missed_call::ledger::{Entry, EntryTag};
use crate::recipes::missed_call::store::{Commit, LedgerQuery, LedgerRow, RedactedEntries, Store};

checks!(
    the_ledger_continues_after_a_sequence,
    the_ledger_is_read_in_pages,
    the_ledger_is_read_by_kind,
    entries_are_found_by_when_their_episode_was_opened,
    rewritten_entries_keep_their_sequence,
);

const HARBOR: &str = "harborLocation000002";
const NOTHING: [i64; 0] = [];

fn closed(seconds: i64, episode: &str) -> Entry {
    serde_json::from_value(json!({
        "at": at(seconds), "location": LOCATION, "episode": episode,
        "kind": "closed", "missed_calls": 1,
    }))
    .unwrap()
}

async fn append(store: &dyn Store, entries: Vec<Entry>) {
    let commit = Commit {
        entries,
        ..Commit::default()
    };
    done(store, commit).await;
}

async fn rows(store: &dyn Store, query: &LedgerQuery) -> Vec<LedgerRow> {
    let rows = store.ledger_rows(query).await.unwrap();
    let is_ordered = rows.is_sorted_by(|one, next| one.sequence < next.sequence);
    assert!(is_ordered, "{query:?}: {rows:?}");
    rows
}

/// How many seconds after the call the entries were written that are found.
async fn found(store: &dyn Store, query: &LedgerQuery) -> Vec<i64> {
    let rows = rows(store, query).await;
    let seconds = |row: &LedgerRow| row.entry.at.duration_since(at(0)).as_secs();
    rows.iter().map(seconds).collect()
}

async fn the_ledger_continues_after_a_sequence(store: &dyn Store) {
    assert_eq!(rows(store, &everything()).await, []);
    append(store, vec![entry(5, LOCATION, Some("one"))]).await;
    let first = rows(store, &everything()).await;
    assert!(first[0].sequence > 0, "0 is before the first");
    let more = vec![
        entry(3, HARBOR, None),
        entry(4, LOCATION, Some("one")),
        entry(2, LOCATION, Some("two")),
    ];
    append(store, more).await;
    let all = rows(store, &everything()).await;
    assert_eq!(all[0], first[0]);
    let after = |after, query: LedgerQuery| LedgerQuery {
        after: Some(after),
        ..query
    };
    let of_one = || LedgerQuery::of_episode(EpisodeId::from_stored("one"));
    let here = || LedgerQuery::of_location(location());
    let mut lately = here();
    lately.since = Some(at(4));
    for (query, expected) in [
        (after(0, everything()), vec![5, 3, 4, 2]),
        (after(all[0].sequence, everything()), vec![3, 4, 2]),
        (after(all[1].sequence, everything()), vec![4, 2]),
        (after(all[3].sequence, everything()), vec![]),
        (after(u64::MAX, everything()), vec![]),
        (after(all[0].sequence, here()), vec![4, 2]),
        (after(all[0].sequence, of_one()), vec![4]),
        (after(0, lately), vec![5, 4]),
    ] {
        assert_eq!(found(store, &query).await, expected, "{query:?}");
    }
}

async fn the_ledger_is_read_in_pages(store: &dyn Store) {
    for seconds in 0..7 {
        let place = if seconds % 2 == 0 { LOCATION } else { HARBOR };
        append(store, vec![entry(seconds, place, None)]).await;
    }
    let mut page = LedgerQuery::of_location(location());
    page.limit = Some(0);
    assert_eq!(rows(store, &page).await, []);
    page.limit = Some(3);
    assert_eq!(found(store, &page).await, [0, 2, 4]);
    page.after = rows(store, &page).await.last().map(|row| row.sequence);
    assert_eq!(found(store, &page).await, [6]);
    page.limit = Some(usize::MAX);
    assert_eq!(found(store, &page).await, [6]);
}

async fn the_ledger_is_read_by_kind(store: &dyn Store) {
    let entries = vec![
        entry(1, LOCATION, Some("one")),
        closed(2, "one"),
        entry(3, LOCATION, Some("two")),
        closed(4, "two"),
    ];
    append(store, entries).await;
    let of = |kinds: &[EntryTag]| LedgerQuery {
        kinds: kinds.to_vec(),
        ..everything()
    };
    let both = of(&[EntryTag::Closed, EntryTag::CallUnclear]);
    let mut closed = of(&[EntryTag::Closed]);
    assert_eq!(found(store, &both).await, [1, 2, 3, 4]);
    assert_eq!(found(store, &closed).await, [2, 4]);
    assert_eq!(found(store, &of(&[EntryTag::Done])).await, NOTHING);
    // The limit counts what is found, not what is read.
    closed.limit = Some(1);
    assert_eq!(found(store, &closed).await, [2]);
    closed.after = rows(store, &closed).await.last().map(|row| row.sequence);
    assert_eq!(found(store, &closed).await, [4]);
}

async fn entries_are_found_by_when_their_episode_was_opened(store: &dyn Store) {
    let entries = vec![
        entry(1, LOCATION, Some("old")),
        entry(10, LOCATION, Some("new")),
        entry(11, LOCATION, None),
        entry(12, LOCATION, Some("old")),
        closed(13, "old"),
        entry(14, HARBOR, Some("newest")),
        closed(15, "new"),
    ];
    append(store, entries).await;
    let since = |seconds| LedgerQuery::of_episodes_since(at(seconds));
    assert_eq!(found(store, &since(1)).await, [1, 10, 12, 13, 14, 15]);
    assert_eq!(found(store, &since(2)).await, [10, 14, 15]);
    assert_eq!(found(store, &since(10)).await, [10, 14, 15]);
    assert_eq!(found(store, &since(11)).await, [14]);
    assert_eq!(found(store, &since(15)).await, NOTHING);
    let mut here = since(2);
    here.location = Some(location());
    assert_eq!(found(store, &here).await, [10, 15]);
    here.kinds = vec![EntryTag::Closed];
    assert_eq!(found(store, &here).await, [15]);
    let mut of_old = LedgerQuery::of_episode(EpisodeId::from_stored("old"));
    of_old.episodes_since = Some(at(2));
    assert_eq!(found(store, &of_old).await, NOTHING);
}

async fn rewritten_entries_keep_their_sequence(store: &dyn Store) {
    let entries = vec![
        entry(1, LOCATION, Some("one")),
        entry(2, LOCATION, Some("two")),
        entry(3, LOCATION, Some("one")),
    ];
    append(store, entries).await;
    let before = rows(store, &everything()).await;
    let rewritten = RedactedEntries {
        episode: EpisodeId::from_stored("one"),
        entries: vec![closed(1, "one"), closed(3, "one")],
    };
    let rewrite = Commit {
        rewritten: vec![rewritten],
        ..Commit::default()
    };
    done(store, rewrite).await;
    let after = rows(store, &everything()).await;
    let sequences = |rows: &[LedgerRow]| rows.iter().map(|row| row.sequence).collect::<Vec<_>>();
    assert_eq!(sequences(&after), sequences(&before));
    let closed = LedgerQuery {
        kinds: vec![EntryTag::Closed],
        ..everything()
    };
    assert_eq!(found(store, &closed).await, [1, 3]);
}
