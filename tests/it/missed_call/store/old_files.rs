//! SQLite files of each earlier release: a newer release opens them, loses nothing, and brings them to the form that it
//! would have made itself. Never edit a file; add one for each version of the schema.

use std::path::{Path, PathBuf};

use gohighlevel::client::Lane;
use gohighlevel::recipes::missed_call::compliance::{FloodLimits, NewCaller};
use gohighlevel::recipes::missed_call::episode::{EpisodeId, EpisodeState};
use gohighlevel::recipes::missed_call::ledger::Entry;
use gohighlevel::recipes::missed_call::store::{
    EffectChange, LedgerQuery, PersonKey, Progress, Reference, Scope, Shares, SqliteStore, Store,
    Subject,
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use serde_json::Value;

use crate::missed_call::harness::builders::{self, NUMBER, at, contact, location, number};
use crate::missed_call::harness::commits::{
    self, claim_all, conflicts, done, everything, with_effects,
};

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/missed_call");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn rows(column: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(&fixture("rows_v1.json")).unwrap();
    file[column].as_array().unwrap().clone()
}

/// The states, each of an episode of its own.
fn states() -> Vec<Value> {
    let mut states = rows("state_json");
    for (row, state) in states.iter_mut().enumerate() {
        state["id"] = format!("{}:call-{row}", location()).into();
    }
    states
}

/// A file that version 1 has made, with all of its forms of rows: each episode has an effect that is due, one that
/// somebody had claimed, and one that has ended.
fn of_version_1(folder: &tempfile::TempDir) -> PathBuf {
    let file = folder.path().join("store.db");
    let old = Connection::open(&file).unwrap();
    old.execute_batch(&fixture("store_v1.sql")).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    let progress = rows("progress_json");
    for (row, state) in states().iter().enumerate() {
        let text = |key: &str| state[key].as_str();
        old.execute(
            "INSERT INTO episode VALUES (?1, ?2, ?3, ?4, ?5, 3, ?6, ?7)",
            params![
                text("id"),
                text("location"),
                format!("contact{row}"),
                Option::<String>::None,
                state["live"].as_bool(),
                at(50).as_millisecond(),
                state.to_string()
            ],
        )
        .unwrap();
        let due = at(10).as_millisecond();
        let progress = progress[row % progress.len()].to_string();
        for (step, due, claimed) in [
            ("due", Some(due), None),
            ("claimed", Some(at(9_999).as_millisecond()), Some(due)),
            ("ended", None, None),
        ] {
            old.execute(
                "INSERT INTO effect VALUES (?1, ?2, 0, 0, ?3, ?4, 2, ?5)",
                params![text("id"), step, due, claimed, progress],
            )
            .unwrap();
        }
    }
    for entry in rows("entry_json") {
        let read: Entry = serde_json::from_value(entry.clone()).unwrap();
        old.execute(
            "INSERT INTO ledger (at, location, episode, entry_json) VALUES (?1, ?2, ?3, ?4)",
            params![
                read.at.as_millisecond(),
                read.location.as_str(),
                read.episode.as_ref().map(EpisodeId::as_str),
                entry.to_string()
            ],
        )
        .unwrap();
    }
    let subject = Subject::number(&number("+15550001111"));
    old.execute(
        "INSERT INTO suppression VALUES (?1, ?2, 'opted_out', 5)",
        params![location().as_str(), subject.as_str()],
    )
    .unwrap();
    old.execute_batch(
        "INSERT INTO delivery VALUES ('webhook:1', 5); INSERT INTO recipe VALUES ('f', 's');",
    )
    .unwrap();
    file
}

#[tokio::test]
async fn a_file_of_version_1_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(of_version_1(&folder)).unwrap();
    let states = states();
    for (row, state) in states.iter().enumerate() {
        let state: EpisodeState = serde_json::from_value(state.clone()).unwrap();
        let stored = store.episode(state.id()).await.unwrap().unwrap();
        assert_eq!((&stored.state, stored.revision), (&state, 3));
        let person = PersonKey {
            location: state.location().clone(),
            contact: format!("contact{row}").parse().unwrap(),
            number: None,
        };
        let live = store.open_episode(&person).await.unwrap();
        assert_eq!(live.is_some(), state.is_open());
    }
    assert_eq!(store.next_due().await.unwrap(), Some(at(10)));
    let woken = store
        .episodes_to_wake(at(50), 1000, &Scope::All)
        .await
        .unwrap();
    assert_eq!(woken.len(), states.len());

    let old: Vec<Entry> = rows("entry_json")
        .into_iter()
        .map(|row| serde_json::from_value(row).unwrap())
        .collect();
    assert_eq!(store.ledger(&everything()).await.unwrap(), old);
    for id in old.iter().filter_map(|entry| entry.episode.clone()) {
        let own = store.ledger(&LedgerQuery::of_episode(id.clone())).await;
        let expected = old
            .iter()
            .filter(|entry| entry.episode.as_ref() == Some(&id));
        assert!(own.unwrap().iter().eq(expected));
    }

    // What was claimed is free, what has ended stays so, and the name of none can be taken again.
    let claims = claim_all(&store, at(10)).await;
    assert_eq!(claims.len(), 2 * states.len());
    let progress: Vec<Progress> = rows("progress_json")
        .into_iter()
        .map(|row| serde_json::from_value(row).unwrap())
        .collect();
    for claim in &claims {
        assert_eq!(claim.fence.attempt, 3);
        let row = states
            .iter()
            .position(|state| state["id"] == claim.fence.effect.episode.as_str());
        assert_eq!(claim.progress, progress[row.unwrap() % progress.len()]);
    }
    let mut effect = claims[0].fence.effect.clone();
    for step in ["due", "claimed", "ended"] {
        effect.step = gohighlevel::recipes::missed_call::episode::StepName::new(step).unwrap();
        let plan = EffectChange::Plan {
            effect: effect.clone(),
            due: at(1),
            lane: gohighlevel::client::Lane::Interactive,
        };
        conflicts(&store, with_effects(vec![plan])).await;
    }
    let fence = claims[0].fence.clone();
    done(&store, with_effects(vec![EffectChange::End { fence }])).await;

    let subject = Subject::number(&number("+15550001111"));
    let kept = store.suppressions(&location(), &[subject]).await.unwrap();
    assert_eq!(kept.len(), 1);
    let source = store.recipe_source("f").await.unwrap();
    assert_eq!(source.as_deref(), Some("s"));
}

fn empty_of_version_2(folder: &tempfile::TempDir) -> (PathBuf, Connection) {
    let file = folder.path().join("store.db");
    let old = Connection::open(&file).unwrap();
    old.execute_batch(&fixture("store_v2.sql")).unwrap();
    old.pragma_update(None, "user_version", 2).unwrap();
    (file, old)
}

/// A file that version 2 has made: somebody with two episodes, both over, and the ledger of one.
fn of_version_2(folder: &tempfile::TempDir) -> PathBuf {
    let (file, old) = empty_of_version_2(folder);
    for (number, name) in [(1, "9"), (2, "1")] {
        let mut episode = builders::episode();
        episode.close(at(2));
        let mut state = serde_json::to_value(episode.state()).unwrap();
        state["id"] = name.into();
        old.execute(
            "INSERT INTO episode_name VALUES (?1, ?2)",
            params![number, name],
        )
        .unwrap();
        old.execute(
            "INSERT INTO episode VALUES (?1, ?2, 'rosan', ?3, 0, 3, NULL, ?4)",
            params![number, location().as_str(), NUMBER, state.to_string()],
        )
        .unwrap();
    }
    let entry = commits::entry(1, location().as_str(), Some("1"));
    old.execute(
        "INSERT INTO ledger (at, location, episode, entry_json) VALUES (?1, ?2, 2, ?3)",
        params![
            entry.at.as_millisecond(),
            entry.location.as_str(),
            serde_json::to_string(&entry.kind).unwrap()
        ],
    )
    .unwrap();
    file
}

#[tokio::test]
async fn a_file_of_version_2_tells_the_last_of_what_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(of_version_2(&folder)).unwrap();
    for (who, from) in [("rosan", None), ("somebody", Some(number(NUMBER)))] {
        let person = PersonKey {
            location: location(),
            contact: contact(who),
            number: from,
        };
        let last = store.latest_episode(&person).await.unwrap().unwrap();
        assert_eq!((last.state.id().as_str(), last.revision), ("1", 3), "{who}");
    }
    let kept = store.ledger(&everything()).await.unwrap();
    assert_eq!(kept, [commits::entry(1, location().as_str(), Some("1"))]);
}

/// A file that version 3 has made: somebody whose live episode has made a task and has a thread, and somebody whose
/// episode in the same thread is over; and what became of texts.
fn of_version_3(folder: &tempfile::TempDir) -> PathBuf {
    let file = folder.path().join("store.db");
    let old = Connection::open(&file).unwrap();
    old.execute_batch(&fixture("store_v3.sql")).unwrap();
    old.pragma_update(None, "user_version", 3).unwrap();
    for (number, name, live) in [(1, "9", true), (2, "1", false)] {
        let mut state = serde_json::to_value(builders::episode().state()).unwrap();
        state["id"] = name.into();
        state["live"] = live.into();
        state["conversation"] = "thread".into();
        state["references"] = serde_json::json!({"task": format!("task-{name}"), "text": "m1"});
        old.execute(
            "INSERT INTO episode_name VALUES (?1, ?2)",
            params![number, name],
        )
        .unwrap();
        old.execute(
            "INSERT INTO episode VALUES (?1, ?2, 'rosan', ?3, ?4, 3, NULL, ?5)",
            params![number, location().as_str(), NUMBER, live, state.to_string()],
        )
        .unwrap();
    }
    old.execute(
        "INSERT INTO day_count VALUES (?1, 20605, 7, 2, 1)",
        [location().as_str()],
    )
    .unwrap();
    file
}

#[tokio::test]
async fn a_file_of_version_3_finds_live_episodes_by_what_they_have_met() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(of_version_3(&folder)).unwrap();
    for (reference, expected) in [
        (Reference::Task("task-9".into()), Some("9")),
        (Reference::Task("task-1".into()), None),
        (
            Reference::Conversation("thread".parse().unwrap()),
            Some("9"),
        ),
    ] {
        let found = store.episode_by_reference(&location(), &reference).await;
        let found = found.unwrap().map(|found| found.state.id().to_string());
        assert_eq!(found.as_deref(), expected, "{reference}");
    }
    let since = jiff::civil::date(2026, 6, 1);
    let counts = store.send_counts(&location(), since).await.unwrap();
    let [(day, counts)] = Vec::from_iter(counts)[..] else {
        panic!("more than one day");
    };
    assert_eq!((day, counts.sent, counts.failed), (since, 7, 2));
    // Nobody of that time is new.
    let around = FloodLimits::default().callers_around(&NewCaller {
        number: Some(number(NUMBER)),
        called_at: at(0),
    });
    let callers = store.new_callers(&location(), &around).await.unwrap();
    assert!(callers.is_empty());
}

/// A file that version 4 has made: effects of two locations and of nobody, in both lanes, of which one is claimed and one
/// has ended.
fn of_version_4(folder: &tempfile::TempDir) -> PathBuf {
    let file = folder.path().join("store.db");
    let old = Connection::open(&file).unwrap();
    old.execute_batch(&fixture("store_v4.sql")).unwrap();
    old.pragma_update(None, "user_version", 4).unwrap();
    for (number, place) in [(1, "here"), (2, "there"), (3, "")] {
        old.execute(
            "INSERT INTO episode_name VALUES (?1, ?2)",
            params![number, format!("{place}:call")],
        )
        .unwrap();
        if !place.is_empty() {
            let state = builders::episode().state().clone();
            let state = serde_json::to_string(&state).unwrap();
            old.execute(
                "INSERT INTO episode VALUES (?1, ?2, 'rosan', NULL, 1, 1, NULL, ?3, NULL)",
                params![number, place, state],
            )
            .unwrap();
        }
        for (step, lane, due, claimed) in [
            ("text", 0, Some(at(10)), None),
            ("later", 0, Some(at(9_999)), Some(at(20))),
            ("tag", 1, Some(at(30)), None),
            ("task", 1, None, None),
        ] {
            let due: Option<Timestamp> = due;
            let claimed: Option<Timestamp> = claimed;
            old.execute(
                "INSERT INTO effect VALUES (?1, ?2, 0, ?3, ?4, ?5, 2, NULL)",
                params![
                    number,
                    step,
                    lane,
                    due.map(Timestamp::as_millisecond),
                    claimed.map(Timestamp::as_millisecond)
                ],
            )
            .unwrap();
        }
    }
    file
}

#[tokio::test]
async fn a_file_of_version_4_gives_turns_to_its_locations() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(of_version_4(&folder)).unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(10)));
    let claim = async |lane, limit| {
        let (all, lease) = (Shares::UNLIMITED, SignedDuration::from_mins(15));
        let claims = store.claim(at(30), lane, limit, lease, &all);
        let claims = claims.await.unwrap().into_iter();
        let mut names: Vec<String> = claims
            .map(|claim| {
                let effect = claim.fence.effect;
                format!("{}:{}", effect.episode, effect.step)
            })
            .collect();
        names.sort();
        names
    };
    let first = claim(Lane::Interactive, 3).await;
    assert_eq!(first, [":call:text", "here:call:text", "there:call:text"]);
    // What was claimed is free.
    let second = claim(Lane::Interactive, 9).await;
    assert_eq!(
        second,
        [":call:later", "here:call:later", "there:call:later"]
    );
    let tags = claim(Lane::Background, 9).await;
    assert_eq!(tags, [":call:tag", "here:call:tag", "there:call:tag"]);
}

/// An empty file that version 5 has made.
fn of_version_5(folder: &tempfile::TempDir) -> PathBuf {
    let file = folder.path().join("store.db");
    let old = Connection::open(&file).unwrap();
    old.execute_batch(&fixture("store_v5.sql")).unwrap();
    old.pragma_update(None, "user_version", 5).unwrap();
    file
}

/// Tables and indexes as SQLite keeps them, without notes and line breaks.
fn schema(file: &Path) -> Vec<String> {
    let connection = Connection::open(file).unwrap();
    let mut statement = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0));
    let plain = |sql: String| {
        let lines = sql.lines().filter(|line| !line.trim().starts_with("--"));
        let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
        // A column that was added later stands behind a line break.
        words.join(" ").replace(" ,", ",").replace(" )", ")")
    };
    rows.unwrap().map(|sql| plain(sql.unwrap())).collect()
}

#[tokio::test]
async fn a_file_of_each_version_becomes_like_a_new_one() {
    for make in [
        of_version_1,
        of_version_2,
        of_version_3,
        of_version_4,
        of_version_5,
    ] {
        let folder = tempfile::tempdir().unwrap();
        let old = make(&folder);
        drop(SqliteStore::open(&old).unwrap());
        // Once more, now that there is nothing to do.
        drop(SqliteStore::open(&old).unwrap());
        let new = folder.path().join("new.db");
        drop(SqliteStore::open(&new).unwrap());
        assert_eq!(schema(&old), schema(&new));
    }
}

/// A file that version 2 has made: an episode with an effect that is due, and a number that must not be texted.
fn of_version_2_at_work(folder: &tempfile::TempDir) -> PathBuf {
    let (file, old) = empty_of_version_2(folder);
    let state = &states()[0];
    let name = state["id"].as_str();
    old.execute("INSERT INTO episode_name VALUES (1, ?1)", [name])
        .unwrap();
    old.execute(
        "INSERT INTO episode VALUES (1, ?1, 'contact0', NULL, 1, 3, NULL, ?2)",
        params![location().as_str(), state.to_string()],
    )
    .unwrap();
    old.execute(
        "INSERT INTO effect VALUES (1, 'text', 0, 0, ?1, NULL, 2, NULL)",
        [at(10).as_millisecond()],
    )
    .unwrap();
    let subject = Subject::number(&number("+15550001111"));
    old.execute(
        "INSERT INTO suppression VALUES (?1, ?2, 'opted_out', 5)",
        params![location().as_str(), subject.as_str()],
    )
    .unwrap();
    file
}

#[tokio::test]
async fn a_file_of_version_2_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let old = of_version_2_at_work(&folder);
    let store = SqliteStore::open(&old).unwrap();
    let state: EpisodeState = serde_json::from_value(states()[0].clone()).unwrap();
    let stored = store.episode(state.id()).await.unwrap().unwrap();
    assert_eq!((&stored.state, stored.revision), (&state, 3));
    assert_eq!(claim_all(&store, at(10)).await.len(), 1);
    let subject = Subject::number(&number("+15550001111"));
    let kept = store.suppressions(&location(), &[subject]).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert!(store.halts(&location()).await.unwrap().is_empty());
}

#[test]
fn a_file_that_cannot_be_brought_up_to_date_is_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = of_version_1(&folder);
    let other = Connection::open(&file).unwrap();
    other.execute_batch("DROP TABLE ledger").unwrap();
    let before = schema(&file);
    assert!(SqliteStore::open(&file).is_err());
    assert_eq!(schema(&file), before);
    let version: i64 = other
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 1);
}
