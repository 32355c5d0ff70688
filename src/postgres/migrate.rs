//! The tables: made by the process that comes first, and brought up to date by the first one of a newer release.

use super::Database;
use super::error::DatabaseError;
use super::statement::Statement;

/// The version of `schema.sql` with all steps.
const VERSION: i64 = 3;

/// The oldest version whose release can work on the tables of this one.
const WORKS_SINCE: i64 = 1;

/// Version 1.
const SCHEMA: &str = include_str!("schema.sql");

/// Brings tables of each older version to the next one. A step only adds: the release before it works on beside it.
const STEPS: [(i64, &str); 2] = [
    (1, include_str!("from_1_to_2.sql")),
    (2, include_str!("from_2_to_3.sql")),
];

/// Held by the one that makes the tables, until its transaction ends. The number is chance.
const ONE_AT_A_TIME: i64 = 0x4748_4c4d_5047_0001;

/// Makes the tables if they are not there.
pub(super) async fn prepare(database: &Database) -> Result<(), DatabaseError> {
    let mut tries = super::Tries::default();
    loop {
        match prepare_once(database).await {
            Ok(()) => return Ok(()),
            Err(error) => tries.wait(error).await?,
        }
    }
}

/// Fails unless the tables are there and have this release's version.
pub(super) async fn require(database: &Database) -> Result<(), DatabaseError> {
    let schema = database.schema();
    if !is_there(&database.query(&exist(database)).await?)? {
        return Err(DatabaseError::new(format!(
            "there are no tables in the schema `{schema}`, or the user may not see them; name the database of the service, or start the service on it once"
        )));
    }
    let found = version_of(database, &database.query(&version()).await?)?;
    if found < VERSION {
        return Err(DatabaseError::new(format!(
            "the tables in the schema `{schema}` have version {found}, and this release reads version {VERSION}; start the service of this release on it once"
        )));
    }
    Ok(())
}

async fn prepare_once(database: &Database) -> Result<(), DatabaseError> {
    if is_there(&database.query(&exist(database)).await?)? {
        return use_existing(database).await;
    }
    let one_at_a_time = Statement::new("SELECT pg_advisory_xact_lock($1)").with(ONE_AT_A_TIME);
    let schema =
        Statement::new("SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1)")
            .text(database.schema().as_str());
    let (held, answers) = database
        .begin(&[one_at_a_time, exist(database), schema])
        .await?;
    let [_, exist, schema] = &answers[..] else {
        return Err(DatabaseError::new("the database left answers out"));
    };
    if is_there(exist)? {
        // Another process was faster.
        database.finish(held, &[]).await?;
        return use_existing(database).await;
    }
    let mut statements = Vec::new();
    if !is_there(schema)? {
        let name = database.schema();
        statements.push(Statement::new(format!("CREATE SCHEMA \"{name}\"")));
    }
    statements.extend(parts(SCHEMA).into_iter().map(Statement::new));
    statements.extend(steps_from(1));
    statements.push(
        Statement::new(
            "INSERT INTO @.schema_version (only_row, version, works_since) VALUES (true, $1, $2)",
        )
        .with(VERSION)
        .with(WORKS_SINCE),
    );
    database.finish(held, &statements).await?;
    keep_counting(database).await
}

/// The tables are there: this release may work on them, and brings them up to date where they are older.
async fn use_existing(database: &Database) -> Result<(), DatabaseError> {
    let found = database.query(&version()).await?;
    if version_of(database, &found)? < VERSION {
        let one_at_a_time = Statement::new("SELECT pg_advisory_xact_lock($1)").with(ONE_AT_A_TIME);
        // Another process may have been faster, so the version is read again behind the lock.
        let (held, answers) = database.begin(&[one_at_a_time, version()]).await?;
        let found = answers.last().map(Vec::as_slice).unwrap_or_default();
        let mut statements: Vec<Statement> = steps_from(version_of(database, found)?).collect();
        if !statements.is_empty() {
            statements
                .push(Statement::new("UPDATE @.schema_version SET version = $1").with(VERSION));
        }
        database.finish(held, &statements).await?;
    }
    keep_counting(database).await
}

/// The statements that bring tables of this version to the newest one.
fn steps_from(version: i64) -> impl Iterator<Item = Statement> {
    let steps = STEPS.iter().filter(move |(from, _)| *from >= version);
    steps.flat_map(|(_, step)| parts(step).into_iter().map(Statement::new))
}

/// The statements of a text, without its comments. None has a semicolon inside.
fn parts(sql: &str) -> Vec<String> {
    let code = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default());
    let code: Vec<&str> = code.collect();
    let code = code.join("\n");
    let parts = code.split(';').map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Read from the catalogue as from any table: functions that look names up may remember that one was not there.
fn exist(database: &Database) -> Statement {
    Statement::new(
        "SELECT EXISTS (
           SELECT 1 FROM pg_catalog.pg_class c
           JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = $1 AND c.relname = 'schema_version')",
    )
    .text(database.schema().as_str())
}

fn is_there(rows: &[tokio_postgres::Row]) -> Result<bool, DatabaseError> {
    Ok(match rows.first() {
        Some(row) => row.try_get(0)?,
        None => false,
    })
}

fn version() -> Statement {
    Statement::new("SELECT version, works_since FROM @.schema_version")
}

/// The version of the tables, if this release can work on them.
fn version_of(database: &Database, rows: &[tokio_postgres::Row]) -> Result<i64, DatabaseError> {
    let schema = database.schema();
    let Some(row) = rows.first() else {
        return Err(DatabaseError::new(format!(
            "the schema `{schema}` has a table schema_version that this crate did not make; choose another schema"
        )));
    };
    let (version, works_since): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    if works_since > VERSION {
        return Err(DatabaseError::new(format!(
            "the tables in the schema `{schema}` have version {version}, which releases from version {works_since} on can use; this release has version {VERSION}: use a newer one"
        )));
    }
    Ok(version)
}

/// Sequences of the ledger go up, also after the database was copied into a server that has counted fewer transactions.
async fn keep_counting(database: &Database) -> Result<(), DatabaseError> {
    let counts = Statement::new(
        "UPDATE @.ledger_origin SET added = added + last.ahead + 1
         FROM (SELECT (SELECT max(sequence) FROM @.ledger) / 1048576
                 - (pg_current_xact_id()::text::bigint + (SELECT added FROM @.ledger_origin)) AS ahead) AS last
         WHERE last.ahead > 0",
    );
    database.query(&counts).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_statements() {
        let schema = parts(SCHEMA);
        assert!(schema.len() > 30);
        let steps = STEPS.iter().flat_map(|(_, step)| parts(step));
        for part in schema.into_iter().chain(steps) {
            let begins = part.starts_with("CREATE ") || part.starts_with("INSERT ");
            assert!(begins && !part.contains("--"), "{part}");
        }
    }

    #[test]
    fn each_step_leads_to_the_next_version() {
        let from: Vec<i64> = STEPS.iter().map(|(from, _)| *from).collect();
        assert_eq!(from, (1..VERSION).collect::<Vec<_>>());
    }
}
