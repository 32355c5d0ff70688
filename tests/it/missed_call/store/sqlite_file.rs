//! The file of the SQLite store: who may open it, which files are refused, and which damage is noticed while it is open.

use std::fs;
use std::path::{Path, PathBuf};

use gohighlevel::auth::store::SqliteTokenStore;
use gohighlevel::client::Lane;
use gohighlevel::recipes::missed_call::store::{
    Commit, CommitOutcome, ErasedSubject, LastRun, RecipeText, Shares, SqliteStore, Store as _,
    StoreFault, Subject,
};
use jiff::SignedDuration;
use rusqlite::Connection;

use super::sqlite_store::{refused, whole};
use crate::logged::logged;
use crate::missed_call::harness::builders::{
    LOCATION, NUMBER, at, location, number, state, the_tag, the_task, the_text,
};
use crate::missed_call::harness::commits::{delivery, done, entry, everything, plan, with_effects};

/// A folder with a database `store.db`.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self) -> PathBuf {
        self.at("store.db")
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::open(self.file()).unwrap()
    }

    /// Another connection, which knows nothing of the store.
    fn beside(&self) -> Connection {
        Connection::open(self.file()).unwrap()
    }

    /// The files as they are at this moment, in a place of their own: what a kill would leave.
    fn as_if_killed(&self, left_out: Option<&str>) -> Self {
        let other = Self::new();
        for end in ["", "-wal", ".lock"] {
            if Some(end) != left_out {
                let name = format!("store.db{end}");
                fs::copy(self.at(&name), other.at(&name)).unwrap();
            }
        }
        other
    }

    /// All names and bytes, but for the lock files.
    fn bytes(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = fs::read_dir(self.0.path()).unwrap();
        let mut all: Vec<_> = files
            .map(|file| file.unwrap().path())
            .filter(|path| path.is_file() && path.extension() != Some("lock".as_ref()))
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect();
        all.sort();
        all
    }
}

/// A webhook that leaves something behind.
fn webhook(name: &str) -> Commit {
    Commit {
        delivery: delivery(name),
        entries: vec![entry(1, LOCATION, None)],
        ..Commit::default()
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_has_one_store_by_whatever_path() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    fs::create_dir(place.at("folder")).unwrap();
    symlink(place.file(), place.at("link.db")).unwrap();
    symlink("link.db", place.at("second.db")).unwrap();
    symlink(place.0.path(), place.at("folder/up")).unwrap();
    // The first start makes the file that the links lead to.
    let store = SqliteStore::open(place.at("second.db")).unwrap();
    assert_eq!(store.path(), place.at("second.db"));
    let paths = [
        "store.db",
        "link.db",
        "second.db",
        "folder/../store.db",
        "folder/up/link.db",
    ];
    let all_are_refused = || {
        for path in paths {
            let message = refused(&place.at(path));
            let wanted = format!("{path} is in use by another process");
            assert!(message.contains(&wanted), "{message}");
        }
    };
    all_are_refused();
    let lock = place.at("store.db.lock");
    fs::copy(&lock, place.at("copy.lock")).unwrap();
    fs::rename(place.at("copy.lock"), &lock).unwrap();
    all_are_refused();
    for lock in ["store.db.lock", "link.db.lock", "second.db.lock"] {
        let _ = fs::remove_file(place.at(lock));
    }
    all_are_refused();
    done(&store, webhook("1")).await;
    drop(store);
    for path in paths {
        let store = SqliteStore::open(place.at(path)).unwrap();
        assert!(store.is_processed("1").await.unwrap());
    }
}

/// It holds the lock file beside the path that it was given, and knows of no other lock.
#[cfg(unix)]
#[test]
fn an_older_release_keeps_a_store_out_too() {
    let place = Place::new();
    std::os::unix::fs::symlink(place.file(), place.at("link.db")).unwrap();
    for (held, path) in [
        ("store.db", "store.db"),
        ("link.db", "link.db"),
        ("store.db", "link.db"),
    ] {
        let lock = fs::File::create(place.at(&format!("{held}.lock"))).unwrap();
        lock.try_lock().unwrap();
        let message = refused(&place.at(path));
        assert!(
            message.contains("is in use by another process"),
            "{message}"
        );
        drop(lock);
        SqliteStore::open(place.at(path)).unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_with_two_names_is_refused() {
    let place = Place::new();
    let store = place.open();
    fs::hard_link(place.file(), place.at("other.db")).unwrap();
    let message = refused(&place.at("other.db"));
    assert!(
        message.contains("other.db has 2 names (hard links)"),
        "{message}"
    );
    done(&store, webhook("1")).await;
    drop(store);
    assert!(refused(&place.file()).contains("keep one of them"));
    fs::remove_file(place.at("other.db")).unwrap();
    assert!(place.open().is_processed("1").await.unwrap());
}

/// How many of SQLite's locks this process holds on the file.
#[cfg(target_os = "linux")]
fn locks_on(file: &Path) -> usize {
    use std::os::unix::fs::MetadataExt as _;
    let (inode, process) = (fs::metadata(file).unwrap().ino(), std::process::id());
    let (inode, process) = (format!(":{inode} "), format!(" {process} "));
    fs::read_to_string("/proc/locks")
        .unwrap()
        .lines()
        .filter(|line| line.contains("POSIX") && line.contains(&inode) && line.contains(&process))
        .count()
}

/// Without them another program that closes the file takes the log away, and what is written after that is lost.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn nothing_takes_away_the_locks_of_sqlite() {
    let place = Place::new();
    let store = place.open();
    assert!(locks_on(&place.file()) > 0);
    refused(&place.file());
    let forgotten = vec![ErasedSubject {
        location: location(),
        subject: Subject::number(&number(NUMBER)),
    }];
    done(
        &store,
        Commit {
            forgotten,
            ..webhook("1")
        },
    )
    .await;
    drop(SqliteTokenStore::open(place.file()).unwrap());
    store.check(at(0)).await.unwrap();
    assert!(locks_on(&place.file()) > 0);
}

#[cfg(unix)]
#[test]
fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    fs::write(place.at("store.db.lock"), "").unwrap();
    let all = fs::Permissions::from_mode(0o666);
    fs::set_permissions(place.at("store.db.lock"), all).unwrap();
    let _store = place.open();
    for name in ["store.db", "store.db-wal", "store.db-shm", "store.db.lock"] {
        let mode = fs::metadata(place.at(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

/// Each case makes `store.db`, and tells what the refusal says.
#[test]
fn what_is_refused_is_named_and_left_as_it_is() {
    type Make = fn(&Place);
    let cases: [(&str, Make, &str); 8] = [
        (
            "text",
            |place| fs::write(place.file(), "These are notes. ".repeat(99)).unwrap(),
            "store.db is not a database of SQLite",
        ),
        (
            "a few letters",
            |place| fs::write(place.file(), "notes").unwrap(),
            "store.db is not a database of SQLite",
        ),
        (
            "a folder",
            |place| fs::create_dir(place.file()).unwrap(),
            "store.db is a folder or a device; name a file",
        ),
        (
            "another application's",
            |place| {
                let other = place.beside();
                other
                    .execute_batch("CREATE TABLE customer (n); CREATE TABLE sale (n)")
                    .unwrap();
            },
            "store.db belongs to another application (user_version 0, tables: customer, sale)",
        ),
        (
            "one with its own application_id",
            |place| {
                let other = place.beside();
                other
                    .execute_batch("CREATE TABLE t (n); PRAGMA application_id = 7")
                    .unwrap();
            },
            "store.db belongs to another application (its application_id is 7)",
        ),
        (
            "one that counts its versions too",
            |place| {
                let other = place.beside();
                other
                    .execute_batch("CREATE TABLE effect (n); PRAGMA user_version = 3")
                    .unwrap();
            },
            "store.db belongs to another application (user_version 3, tables: effect)",
        ),
        (
            "one of a newer release",
            |place| {
                drop(place.open());
                let other = place.beside();
                other
                    .execute_batch("PRAGMA user_version = 9; PRAGMA journal_mode = DELETE")
                    .unwrap();
            },
            "store.db has schema version 9; this release reads up to",
        ),
        (
            "a log without its database",
            |place| fs::write(place.at("store.db-wal"), "what was taken last").unwrap(),
            "store.db is gone, but its log",
        ),
    ];
    for (case, make, wanted) in cases {
        let place = Place::new();
        make(&place);
        let before = place.bytes();
        let message = refused(&place.file());
        assert!(message.contains(wanted), "{case}: {message}");
        assert!(!message.contains("CREATE TABLE"), "{case}: {message}");
        assert_eq!(place.bytes(), before, "{case}");
    }
    let message = refused(&Place::new().at("missing/store.db"));
    assert!(message.contains("the folder must exist"), "{message}");
}

/// What stands only in the log of a file counts too, and the log is left for whom it belongs to.
#[test]
fn a_refused_file_keeps_its_log() {
    let place = Place::new();
    let other = place.beside();
    other
        .execute_batch(
            "PRAGMA journal_mode = WAL; CREATE TABLE customer (n); INSERT INTO customer VALUES (1)",
        )
        .unwrap();
    let killed = Place::new();
    for name in ["store.db", "store.db-wal"] {
        fs::copy(place.at(name), killed.at(name)).unwrap();
    }
    let before = killed.bytes();
    let message = refused(&killed.file());
    assert!(message.contains("tables: customer"), "{message}");
    let after = killed.bytes();
    // SQLite makes an index of the log.
    assert!(before.iter().all(|file| after.contains(file)));
}

/// Overwrites every page but the first with something else.
fn spoil(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    bytes[4096..].fill(0xA5);
    let open = fs::OpenOptions::new().write(true).open(file);
    std::io::Write::write_all(&mut open.unwrap(), &bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_database_is_refused_and_left_as_it_is() {
    let place = Place::new();
    done(&place.open(), webhook("1")).await;
    spoil(&place.file());
    let before = place.bytes();
    let error = SqliteStore::open(place.file()).unwrap_err();
    assert_eq!(error.fault(), StoreFault::Damaged);
    let message = whole(&error);
    for wanted in [
        "store.db is damaged (",
        "restore the last backup",
        ".recover",
    ] {
        assert!(message.contains(wanted), "{message}");
    }
    let after = place.bytes();
    assert!(before.iter().all(|file| after.contains(file)));
}

#[tokio::test]
async fn a_database_that_is_damaged_while_it_is_open_takes_nothing_any_more() {
    let place = Place::new();
    let store = place.open();
    done(&store, webhook("1")).await;
    spoil(&place.file());
    // In the background the database is read as a whole once somebody else has written it.
    let damage = async {
        for tries in 0.. {
            if let Err(error) = store.commit(webhook(&format!("more:{tries}"))).await {
                return error;
            }
        }
        unreachable!()
    }
    .await;
    assert_eq!(damage.fault(), StoreFault::Damaged, "{}", whole(&damage));
    assert!(whole(&damage).contains("store.db is damaged ("));
    let error = store.check(at(0)).await.unwrap_err();
    assert_eq!(error.fault(), StoreFault::Damaged);
    drop(store);
    assert!(refused(&place.file()).contains("store.db is damaged ("));
}

/// Somebody removes or replaces a file of the database; putting it back mends that.
#[cfg(unix)]
#[tokio::test]
async fn nothing_is_acknowledged_that_the_next_start_would_not_find() {
    for (end, replaced) in [
        ("", false),
        ("", true),
        ("-wal", false),
        ("-wal", true),
        ("-shm", false),
    ] {
        let place = Place::new();
        let store = place.open();
        done(&store, webhook("before")).await;
        let file = place.at(&format!("store.db{end}"));
        let aside = place.at("aside");
        fs::rename(&file, &aside).unwrap();
        if replaced {
            fs::copy(&aside, &file).unwrap();
        }
        // However often it is delivered again.
        for _ in 0..3 {
            let error = store.commit(webhook("after")).await.unwrap_err();
            assert_eq!(error.fault(), StoreFault::Displaced, "{end}");
            assert!(whole(&error).contains(&format!("store.db{end} was removed or replaced")));
        }
        let minute = SignedDuration::from_mins(1);
        let all = Shares::UNLIMITED;
        let claim = store.claim(at(0), Lane::Interactive, 1, minute, &all);
        assert!(claim.await.is_err(), "{end}");
        let error = store.check(at(9)).await.unwrap_err();
        assert_eq!(error.fault(), StoreFault::Displaced, "{end}");
        fs::rename(&aside, &file).unwrap();
        store.check(at(18)).await.unwrap();
        let again = store.commit(webhook("after")).await.unwrap();
        assert!(matches!(
            again,
            CommitOutcome::Done | CommitOutcome::Duplicate
        ));
        drop(store);
        let store = place.open();
        for name in ["before", "after"] {
            assert!(store.is_processed(name).await.unwrap(), "{end}: {name}");
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_log_that_is_removed_while_it_is_used_costs_nothing() {
    let place = Place::new();
    let store = place.open();
    done(&store, webhook("1")).await;
    fs::remove_file(place.at("store.db-wal")).unwrap();
    store.check(at(0)).await.unwrap_err();
    // As a kill would leave it from here on.
    let heir = place.as_if_killed(Some("-wal")).open();
    assert!(heir.is_processed("1").await.unwrap());
}

#[tokio::test]
async fn how_the_last_run_ended_is_known() {
    let place = Place::new();
    let store = place.open();
    assert_eq!(store.last_run(), LastRun::Unknown);
    for name in ["1", "2", "3"] {
        done(&store, webhook(name)).await;
    }
    let killed = place.as_if_killed(None);
    let looked_into = place.as_if_killed(None);
    let without_log = place.as_if_killed(Some("-wal"));
    let without_lock = place.as_if_killed(Some(".lock"));
    drop(store);
    assert_eq!(place.open().last_run(), LastRun::Closed);

    let heir = killed.open();
    assert_eq!(heir.last_run(), LastRun::Died);
    assert!(heir.is_processed("3").await.unwrap());
    drop(heir);
    assert_eq!(without_lock.open().last_run(), LastRun::Unknown);

    let (heir, log) = logged(async { without_log.open() }).await;
    assert_eq!(heir.last_run(), LastRun::Lost { commits: 3 });
    assert!(log.contains("3 commits of the last run are gone"), "{log}");
    assert!(log.contains("store.db"), "{log}");
    // It is told once.
    drop(heir);
    assert_eq!(without_log.open().last_run(), LastRun::Closed);

    // Another program that looks into the file meanwhile writes the log back, and takes nothing away.
    let other = looked_into.beside();
    let look = "SELECT count(*) FROM ledger";
    other.query_row(look, [], |_| Ok(())).unwrap();
    drop(other);
    assert!(!looked_into.at("store.db-wal").exists());
    assert_eq!(looked_into.open().last_run(), LastRun::Died);

    fs::remove_file(place.file()).unwrap();
    assert_eq!(place.open().last_run(), LastRun::OtherDatabase);
}

#[tokio::test]
async fn a_file_of_an_older_release_is_taken_on() {
    let place = Place::new();
    done(&place.open(), webhook("1")).await;
    let old = place.beside();
    old.execute_batch("DROP TABLE store_state; PRAGMA application_id = 0")
        .unwrap();
    drop(old);
    fs::write(place.at("store.db.lock"), "").unwrap();
    let store = place.open();
    assert_eq!(store.last_run(), LastRun::Unknown);
    assert!(store.is_processed("1").await.unwrap());
}

fn commits(place: &Place) -> i64 {
    let count = "SELECT commits FROM store_state";
    place
        .beside()
        .query_row(count, [], |row| row.get(0))
        .unwrap()
}

#[tokio::test]
async fn a_check_writes_once_a_second_at_most() {
    let place = Place::new();
    let store = place.open();
    for (milliseconds, written) in [(0, 1), (0, 1), (999, 1), (1_000, 2), (500, 2), (0, 3)] {
        let now = at(0) + SignedDuration::from_millis(milliseconds);
        store.check(now).await.unwrap();
        assert_eq!(commits(&place), written, "{milliseconds}");
    }
}

#[tokio::test]
async fn what_is_late_is_counted() {
    let place = Place::new();
    let store = place.open();
    let state = state("1", "rosan", None);
    let steps = [(the_text(), 0), (the_tag(), 10), (the_task(), 50)];
    let plans = steps.map(|(step, due)| plan(&state, step, at(due)));
    done(&store, with_effects(plans.into())).await;
    // One that is under way is not done either.
    let (all, lease) = (Shares::UNLIMITED, SignedDuration::from_mins(15));
    let claim = store.claim(at(5), Lane::Interactive, 1, lease, &all);
    assert_eq!(claim.await.unwrap().len(), 1);
    for (now, late, since) in [
        (59, 0, None),
        (60, 1, Some(at(0))),
        (70, 2, Some(at(0))),
        (110, 3, Some(at(0))),
    ] {
        let health = store.check(at(now)).await.unwrap();
        assert_eq!(
            (health.late_effects, health.late_since),
            (late, since),
            "{now}"
        );
    }
}

#[tokio::test]
async fn a_log_that_somebody_has_kept_open_is_cut() {
    let place = Place::new();
    let store = place.open();
    let other = place.beside();
    other.execute_batch("BEGIN").unwrap();
    let look = "SELECT count(*) FROM ledger";
    other.query_row(look, [], |_| Ok(())).unwrap();
    let log_mb = || fs::metadata(place.at("store.db-wal")).unwrap().len() / 1024 / 1024;
    let fill = |number: usize| Commit {
        recipe: Some(RecipeText {
            fingerprint: number.to_string(),
            source: "x".repeat(10 * 1024 * 1024).into(),
        }),
        ..webhook(&number.to_string())
    };
    for number in 0..14 {
        done(&store, fill(number)).await;
    }
    assert!(log_mb() > 128, "{}", log_mb());
    other.execute_batch("ROLLBACK").unwrap();
    for number in 14..17 {
        done(&store, webhook(&number.to_string())).await;
    }
    assert!(log_mb() <= 64, "{}", log_mb());
    assert_eq!(store.ledger(&everything()).await.unwrap().len(), 17);
}

#[tokio::test]
async fn a_database_that_is_closed_is_one_file() {
    let place = Place::new();
    for round in 0..20 {
        done(&place.open(), webhook(&round.to_string())).await;
        let names: Vec<_> = place.bytes().into_iter().map(|(path, _)| path).collect();
        assert_eq!(names, [place.file()]);
    }
}
