//! The file itself: made for its owner alone, brought to this release's schema when it is opened.

use std::path::Path;

use rusqlite::Connection;

use super::effects;
use super::rows::Result;

/// The version of `schema.sql`, kept in the file's `user_version`.
const VERSION: i64 = 2;

/// Brings a file of each older version to the next one.
const STEPS: [(i64, &str); 1] = [(1, include_str!("from_1_to_2.sql"))];

/// Opens the file, and makes it if it is not there. What a dead process had claimed is free again.
pub(super) fn open(path: &Path) -> Result<Connection> {
    make_private(path)?;
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    prepare(&mut connection).map_err(|error| format!("{}: {error}", path.display()))?;
    effects::free_claims(&connection)?;
    Ok(connection)
}

/// The file holds numbers and texts.
#[cfg(unix)]
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o600);
    options.open(path).map(drop)
}

#[cfg(not(unix))]
fn make_private(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Makes the tables, or brings those of an older release up to date: all of it or nothing.
pub(super) fn prepare(connection: &mut Connection) -> Result<()> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found == VERSION {
        return Ok(());
    }
    if found > VERSION {
        return Err(format!(
            "it has schema version {found}; this release reads up to {VERSION}, use a newer one"
        )
        .into());
    }
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
    change.pragma_update(None, "user_version", VERSION)?;
    change.commit()?;
    Ok(())
}
