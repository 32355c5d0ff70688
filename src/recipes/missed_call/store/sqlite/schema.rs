//! The file itself: made for its owner alone, brought to this release's schema when it is opened.

use std::path::Path;

use rusqlite::Connection;

use super::error::Result;
use super::{effects, prune, receipts, tally};
use crate::sqlite::{self, Refusal};

/// The version of `schema.sql`, kept in the file's `user_version`.
const VERSION: i64 = 6;

/// Ids come in no order, so a group of commits touches pages all over the indexes. With SQLite's own 2 MB they would be
/// read again for each group.
const CACHE_KILOBYTES: i64 = 32 * 1024;

/// How long the write-ahead log grows before its pages are written back, in pages of 4 KB: most pages are changed again
/// before that.
const LOG_PAGES: i64 = 8192;

/// How long the log may stay once its pages are written back.
const LONGEST_LOG: i64 = 2 * LOG_PAGES * 4096;

/// Stands in the file's `application_id` ("GHLM"). Older releases have left it 0.
const APPLICATION: i64 = 0x4748_4c4d;

/// Tables that each version of the schema has.
const TABLES: [&str; 4] = ["delivery", "episode", "effect", "ledger"];

/// Tables of this crate's other stores, which may lie in the same file.
const NEIGHBOURS: [&str; 2] = ["oauth_grant", "trigger_subscription"];

/// Brings a file of each older version to the next one.
const STEPS: [(i64, &str); 5] = [
    (1, include_str!("from_1_to_2.sql")),
    (2, include_str!("from_2_to_3.sql")),
    (3, include_str!("from_3_to_4.sql")),
    (4, include_str!("from_4_to_5.sql")),
    (5, include_str!("from_5_to_6.sql")),
];

/// How many statements a connection keeps prepared; there are some forty.
const STATEMENTS: usize = 64;

/// Opens the file, which is locked. What a dead process had claimed is free again. A file that is refused is left as it
/// is, to the byte.
pub(super) fn open(path: &Path) -> Result<Connection> {
    let bytes = std::fs::metadata(path)?.len();
    if let Some(connection) = sqlite::look_into(path)? {
        is_ours(&connection)?;
    }
    let mut connection = sqlite::connect(path)?;
    // With what its log says.
    is_ours(&connection)?;
    if bytes <= sqlite::CHECKED_BYTES {
        sqlite::check(&connection, None)?;
    }
    sqlite::make_durable(&connection)?;
    connection.pragma_update(None, "cache_size", -CACHE_KILOBYTES)?;
    // What a savepoint would take back is kept in memory.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LONGEST_LOG)?;
    // What is erased is not to be found in the free parts of the file.
    connection.pragma_update(None, "secure_delete", "ON")?;
    prepare(&mut connection)?;
    effects::free_claims(&connection)?;
    // The log of a process that died may hold what was erased since.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(connection)
}

/// Opens the file once more, to read while the other connection writes. It has SQLite's small cache: each commit of the
/// other one empties it.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection> {
    let connection = sqlite::connect(path)?;
    sqlite::make_durable(&connection)?;
    connection.pragma_update(None, "query_only", "ON")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Opens the file of a service, to read and never to write.
pub(super) fn open_beside(path: &Path) -> Result<Connection> {
    if !std::fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return Err(Refusal::boxed(
            "is not there, or is no file; name the database of the service",
        ));
    }
    has_no_log_left(path)?;
    let connection = sqlite::connect_for_reading(path)?;
    is_ours(&connection)?;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found != VERSION {
        return Err(Refusal::boxed(format!(
            "has version {found} of the schema, and this release reads version {VERSION}; start the service of this release on it once"
        )));
    }
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// A log without its database holds what was taken last, and SQLite would remove it when it makes a new database.
pub(super) fn has_no_log_left(path: &Path) -> Result<()> {
    let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
    let log = sqlite::log_of(path);
    if bytes(path) > 0 || bytes(&log) == 0 {
        return Ok(());
    }
    Err(Refusal::boxed(format!(
        "is gone, but its log {} is there and holds what was taken last; put the database back, or move the log away to begin with an empty one",
        log.display()
    )))
}

/// Fails with whose it is instead.
fn is_ours(connection: &Connection) -> Result<()> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    if application != 0 && application != APPLICATION {
        return Err(Refusal::boxed(format!(
            "belongs to another application (its application_id is {application}); give the store a file of its own"
        )));
    }
    if version > VERSION {
        return Err(Refusal::boxed(format!(
            "has schema version {version}; this release reads up to {VERSION}, use a newer one"
        )));
    }
    let tables: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let strangers: Vec<&str> = tables
        .iter()
        .map(String::as_str)
        .filter(|table| !NEIGHBOURS.contains(table))
        .take(3)
        .collect();
    let is_known = match version {
        0 => strangers.is_empty(),
        1.. => TABLES
            .iter()
            .all(|table| tables.iter().any(|found| found == table)),
        _ => false,
    };
    if is_known {
        return Ok(());
    }
    Err(Refusal::boxed(format!(
        "belongs to another application (user_version {version}, tables: {}); give the store a file of its own",
        strangers.join(", ")
    )))
}

/// Makes the tables, or brings those of an older release up to date: all of it or nothing.
fn prepare(connection: &mut Connection) -> Result<()> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let change = connection.transaction()?;
    if found == 0 {
        change.execute_batch(include_str!("schema.sql"))?;
    }
    for (_, step) in STEPS
        .iter()
        .filter(|(from, _)| (1..=*from).contains(&found))
    {
        change.execute_batch(step)?;
    }
    if found != VERSION {
        change.pragma_update(None, "user_version", VERSION)?;
    }
    change.pragma_update(None, "application_id", APPLICATION)?;
    change.execute_batch(prune::INDEX)?;
    change.execute_batch(receipts::TABLE)?;
    tally::prepare(&change)?;
    change.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    // No statement that runs for an input, a claim or a wake-up may read a whole table, however many episodes are open.

    use jiff::Timestamp;
    use rusqlite::params_from_iter;

    use super::*;
    use crate::ids::LocationId;
    use crate::recipes::missed_call::core::ledger::EntryTag;
    use crate::recipes::missed_call::core::model::EpisodeId;
    use crate::recipes::missed_call::store::LedgerQuery;
    use crate::recipes::missed_call::store::sqlite::{
        early_reports, effects, episodes, health, ledger, lines, prune, receipts, references, rows,
    };

    /// An empty database whose statements are planned as those of a store.
    fn in_memory() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        sqlite::keep_plans(&connection).unwrap();
        prepare(&mut connection).unwrap();
        connection
    }

    /// How SQLite goes about a statement, a line for each step.
    fn plan(sql: &str, values: Vec<rusqlite::types::Value>) -> Vec<String> {
        let connection = in_memory();
        let mut statement = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        let missing = statement.parameter_count() - values.len();
        let values = values
            .into_iter()
            .chain(std::iter::repeat_n(1.into(), missing));
        let steps = statement.query_map(params_from_iter(values), |row| row.get(3));
        steps.unwrap().map(std::result::Result::unwrap).collect()
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

    // Planning a statement again takes longer than running it.
    #[test]
    fn statements_are_planned_once() {
        let connection = in_memory();
        for sql in [
            lines::DUE,
            lines::OLDEST,
            lines::NEWEST,
            lines::NEXT,
            lines::OF_EPISODE,
            lines::LOOK_AT,
            effects::TAKE,
            episodes::LAST_OF_CONTACT,
            episodes::LAST_OF_CALLER,
            episodes::NEW_BEFORE,
            episodes::NEW_AFTER,
            episodes::NEW_OF_NUMBER,
            episodes::TO_WAKE,
            references::BY_REFERENCE,
            ledger::OF_EPISODE,
            prune::IS_OVER,
            rows::NEXT_DUE,
            receipts::IN_ORDER,
            receipts::OF_LOCATION,
            receipts::ONE,
        ] {
            let mut statement = connection.prepare(sql).unwrap();
            for value in 0..3 {
                let values = std::iter::repeat_n(value, statement.parameter_count());
                let mut rows = statement.query(params_from_iter(values)).unwrap();
                while rows.next().unwrap().is_some() {}
            }
            let planned_again = statement.get_status(rusqlite::StatementStatus::RePrepare);
            assert_eq!(planned_again, 0, "{sql}");
        }
    }

    #[test]
    fn what_is_due_is_read_in_the_order_of_its_index() {
        for (sql, index) in [
            (lines::OLDEST, "effect_due (line=? AND due_at<?)"),
            (lines::NEWEST, "effect_due (line=? AND due_at<?)"),
            (lines::NEXT, "line_due (lane=?"),
        ] {
            let steps = plan(sql, Vec::new());
            finds(&steps, &[index]);
            assert!(
                !steps.iter().any(|step| step.contains("ORDER BY")),
                "{steps:?}"
            );
        }
        // As many as there are locations.
        let steps = plan(lines::DUE, Vec::new());
        finds(&steps, &["line_due (lane=? AND due_at<?)"]);
        for (sql, index) in [
            (lines::LOOK_AT, "effect_due (line=?"),
            (lines::OF_EPISODE, "(location=? AND lane=?)"),
            (effects::PUT_OFF, "effect_due (line=? AND due_at>?)"),
        ] {
            finds(&plan(sql, Vec::new()), &[index]);
        }
        finds(
            &plan(effects::TAKE, Vec::new()),
            &["PRIMARY KEY (episode=? AND step=? AND ordinal=?)"],
        );
        finds(&plan(effects::FREE, Vec::new()), &["effect_claimed"]);
    }

    #[test]
    fn early_reports_are_found_by_their_contact_and_by_their_age() {
        for (sql, index) in [
            (
                early_reports::OF_SUBJECT,
                "PRIMARY KEY (location=? AND subject=?)",
            ),
            (early_reports::REMOVE, "early_report_by_age (received_at<?)"),
        ] {
            let steps = plan(sql, Vec::new());
            finds(&steps, &[index]);
            let reads_all = |step: &String| step.contains("SCAN early_report");
            assert!(!steps.iter().any(reads_all), "{steps:?}");
        }
    }

    #[test]
    fn what_is_late_is_found_by_its_time() {
        finds(
            &plan(health::WAITING, Vec::new()),
            &[
                "line_due (lane=? AND due_at<?)",
                "effect_due (line=? AND due_at<?)",
            ],
        );
        finds(
            &plan(health::UNDER_WAY, Vec::new()),
            &["effect_claimed (claimed_due_at<?)"],
        );
    }

    #[test]
    fn awaited_receipts_are_read_in_the_order_of_their_indexes() {
        for (sql, index) in [
            (receipts::IN_ORDER, "awaited_receipt_due (due_at<?)"),
            (
                receipts::OF_LOCATION,
                "awaited_receipt_by_location (location=? AND due_at<?)",
            ),
            (receipts::ONE, "PRIMARY KEY (location=? AND message=?)"),
            (receipts::LEFT_OVER, "awaited_receipt_due (due_at<?)"),
        ] {
            let steps = plan(sql, Vec::new());
            finds(&steps, &[index]);
            assert!(
                !steps.iter().any(|step| step.contains("ORDER BY")),
                "{steps:?}"
            );
        }
    }

    #[test]
    fn wake_ups_are_read_in_the_order_of_their_index() {
        for (sql, index) in [
            (episodes::TO_WAKE, "episode_to_wake (wake_at<?)"),
            (episodes::NEXT_WAKE, "episode_to_wake"),
        ] {
            let steps = plan(sql, Vec::new());
            finds(&steps, &[index]);
            assert!(
                !steps.iter().any(|step| step.contains("ORDER BY")),
                "{steps:?}"
            );
        }
        let next = plan(rows::NEXT_DUE, Vec::new());
        finds(&next, &["line_due (lane=?", "episode_to_wake"]);
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
            (
                episodes::LAST_OF_CONTACT,
                "episode_by_contact (location=? AND contact=?)",
            ),
            (
                episodes::LAST_OF_CALLER,
                "episode_by_caller (location=? AND caller=?)",
            ),
            (episodes::BY_NAME, "INTEGER PRIMARY KEY (rowid=?)"),
            (episodes::LIVE, "episode_live_contact (location=?)"),
            (
                references::BY_REFERENCE,
                "PRIMARY KEY (location=? AND reference=?)",
            ),
            (references::BY_REFERENCE, "INTEGER PRIMARY KEY (rowid=?)"),
            (
                episodes::NEW_BEFORE,
                "episode_by_new_caller (location=? AND new_caller_at>? AND new_caller_at<?)",
            ),
            (
                episodes::NEW_AFTER,
                "episode_by_new_caller (location=? AND new_caller_at>? AND new_caller_at<?)",
            ),
            (
                episodes::NEW_OF_NUMBER,
                "episode_by_caller (location=? AND caller=?)",
            ),
        ] {
            let steps = plan(sql, Vec::new());
            finds(&steps, &[index]);
            assert!(
                !steps.iter().any(|step| step.contains("ORDER BY")),
                "{steps:?}"
            );
        }
    }

    #[test]
    fn what_belongs_to_an_episode_is_found_by_it() {
        let steps = plan(prune::IS_OVER, Vec::new());
        finds(&steps, &["PRIMARY KEY (episode=?)"]);
        finds(
            &plan(prune::ENTRIES, Vec::new()),
            &["ledger_by_episode (episode=?)"],
        );
        for sql in prune::OF_EPISODE {
            let steps = plan(sql, Vec::new());
            assert!(
                steps.iter().all(|step| step.contains("SEARCH")),
                "{steps:?}"
            );
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
        let after = |query: &LedgerQuery| LedgerQuery {
            after: Some(7),
            limit: Some(10),
            kinds: vec![EntryTag::Done],
            ..query.clone()
        };
        let opened = |query: &LedgerQuery| LedgerQuery {
            episodes_since: Some(Timestamp::UNIX_EPOCH),
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
            (since(&of_episode), "ledger_by_episode (episode=?)"),
            (since(&of_both), "ledger_by_episode (episode=?)"),
            (after(&LedgerQuery::default()), "PRIMARY KEY (rowid>?)"),
            (after(&since(&of_location)), "PRIMARY KEY (rowid>?)"),
            (after(&since(&of_both)), "ledger_by_episode (episode=?)"),
            (
                opened(&LedgerQuery::default()),
                "ledger_by_time (at>? AND at<?)",
            ),
            (
                opened(&of_location),
                "ledger_by_location (location=? AND at>? AND at<?)",
            ),
            (opened(&of_episode), "ledger_by_episode (episode=?)"),
            (opened(&of_location), "older USING INDEX ledger_by_episode"),
            (of_location, "ledger_by_location (location=?)"),
            (of_both, "ledger_by_episode (episode=?)"),
            (of_episode, "ledger_by_episode (episode=?)"),
        ] {
            let (sql, values) = ledger::statement(&query);
            finds(&plan(&sql, values), &[index]);
        }
    }
}
