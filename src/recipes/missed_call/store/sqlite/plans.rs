//! No statement that runs for an input, a claim or a wake-up may read a whole table, however many episodes are open.

use jiff::Timestamp;
use rusqlite::{Connection, params_from_iter};

use super::super::LedgerQuery;
use super::{effects, episodes, ledger, rows, schema};
use crate::ids::LocationId;
use crate::recipes::missed_call::episode::EpisodeId;

/// How SQLite goes about a statement, a line for each step.
fn plan(sql: &str, values: Vec<rusqlite::types::Value>) -> Vec<String> {
    let mut connection = Connection::open_in_memory().unwrap();
    schema::prepare(&mut connection).unwrap();
    let mut statement = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let missing = statement.parameter_count() - values.len();
    let values = values
        .into_iter()
        .chain(std::iter::repeat_n(1.into(), missing));
    let steps = statement.query_map(params_from_iter(values), |row| row.get(3));
    steps.unwrap().collect::<Result<_, _>>().unwrap()
}

/// The plan finds its rows in each of `indexes` and in no other way.
fn finds(steps: &[String], indexes: &[&str]) {
    let whole = steps.join("\n");
    assert!(!whole.contains("SCAN effect"), "{whole}");
    assert!(!whole.contains("SCAN episode"), "{whole}");
    assert!(!whole.contains("SCAN ledger"), "{whole}");
    for index in indexes {
        assert!(whole.contains(index), "{index} is not used:\n{whole}");
    }
}

#[test]
fn what_is_due_is_read_in_the_order_of_its_index() {
    let steps = plan(effects::DUE, Vec::new());
    finds(&steps, &["effect_due (lane=? AND due_at<?)"]);
    assert!(
        !steps.iter().any(|step| step.contains("ORDER BY")),
        "{steps:?}"
    );
    finds(
        &plan(effects::TAKE, Vec::new()),
        &["PRIMARY KEY (episode=? AND step=? AND ordinal=?)"],
    );
    finds(&plan(effects::FREE, Vec::new()), &["effect_claimed"]);
}

#[test]
fn wake_ups_are_read_in_the_order_of_their_index() {
    let steps = plan(episodes::TO_WAKE, Vec::new());
    finds(&steps, &["episode_to_wake (wake_at<?)"]);
    assert!(
        !steps.iter().any(|step| step.contains("ORDER BY")),
        "{steps:?}"
    );
    let next = plan(rows::NEXT_DUE, Vec::new());
    finds(&next, &["effect_due (lane=?", "episode_to_wake"]);
}

#[test]
fn an_episode_is_found_by_each_of_its_names() {
    for (sql, index) in [
        (
            episodes::BY_CONTACT,
            "episode_live_contact (location=? AND contact=?)",
        ),
        (
            episodes::BY_CALLER,
            "episode_live_caller (location=? AND caller=?)",
        ),
        (episodes::BY_NAME, "INTEGER PRIMARY KEY (rowid=?)"),
    ] {
        finds(&plan(sql, Vec::new()), &[index]);
    }
}

#[test]
fn the_ledger_is_found_by_episode_location_and_time() {
    let location = LocationId::new("soleilLocation000001").unwrap();
    let of_episode = LedgerQuery::of_episode(EpisodeId::from_stored("e"));
    let of_location = LedgerQuery::of_location(location.clone());
    let since = |query: &LedgerQuery| LedgerQuery {
        since: Some(Timestamp::UNIX_EPOCH),
        until: Some(Timestamp::MAX),
        ..query.clone()
    };
    let of_both = LedgerQuery {
        location: Some(location),
        ..of_episode.clone()
    };
    for (query, index) in [
        (
            since(&LedgerQuery::default()),
            "ledger_by_time (at>? AND at<?)",
        ),
        (
            since(&of_location),
            "ledger_by_location (location=? AND at>? AND at<?)",
        ),
        (of_location, "ledger_by_location (location=?)"),
        (since(&of_episode), "ledger_by_episode (episode=?)"),
        (since(&of_both), "ledger_by_episode (episode=?)"),
        (of_both, "ledger_by_episode (episode=?)"),
        (of_episode, "ledger_by_episode (episode=?)"),
    ] {
        let (sql, values) = ledger::statement(&query);
        finds(&plan(&sql, values), &[index]);
    }
}
