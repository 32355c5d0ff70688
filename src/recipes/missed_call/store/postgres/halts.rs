//! The halts of a location, the locations of a company, and the state of its app.

use tokio_postgres::Row;

use super::failure::Failed;
use super::rows::{location, millis, time};
use crate::ids::{CompanyId, LocationId};
use crate::postgres::Statement;
use crate::recipes::missed_call::core::model::Halt;
use crate::recipes::missed_call::store::{CompanyApp, CompanyLocation, HaltChange, Halted};

pub(super) fn write(change: &HaltChange) -> Statement {
    Statement::new(
        "INSERT INTO @.halt (location, halt, halted, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (location, halt) DO UPDATE SET halted = excluded.halted, since = excluded.since
         WHERE halt.since <= excluded.since",
    )
    .text(change.location.as_str())
    .text(change.halt.as_str())
    .with(change.halted)
    .with(millis(change.at))
}

pub(super) fn of_location(location: &LocationId) -> Statement {
    Statement::new("SELECT halt, halted, since FROM @.halt WHERE location = $1 ORDER BY halt")
        .text(location.as_str())
}

pub(super) fn read(rows: &[Row]) -> Result<Vec<Halted>, Failed> {
    let read = |row: &Row| {
        Ok(Halted {
            // What halts a location in a newer release halts it here too, until that release lifts it.
            halt: Halt::from_name(row.try_get(0)?).unwrap_or(Halt::Paused),
            halted: row.try_get(1)?,
            since: time(row.try_get(2)?),
        })
    };
    rows.iter().map(read).collect()
}

pub(super) fn write_company(company: &CompanyLocation) -> Statement {
    Statement::new(
        "INSERT INTO @.company_location (location, company) VALUES ($1, $2)
         ON CONFLICT (location) DO UPDATE SET company = excluded.company",
    )
    .text(company.location.as_str())
    .text(company.company.as_str())
}

/// As [`CompanyApp::replaces`] says.
pub(super) fn write_app(app: &CompanyApp) -> Statement {
    Statement::new(
        "INSERT INTO @.company_app (company, removed, since) VALUES ($1, $2, $3)
         ON CONFLICT (company) DO UPDATE SET removed = excluded.removed, since = excluded.since
         WHERE company_app.since < excluded.since
           OR (company_app.since = excluded.since AND NOT excluded.removed)",
    )
    .text(app.company.as_str())
    .with(app.removed)
    .with(millis(app.at))
}

pub(super) fn app_of(company: &CompanyId) -> Statement {
    Statement::new("SELECT removed, since FROM @.company_app WHERE company = $1")
        .text(company.as_str())
}

pub(super) fn read_app(company: &CompanyId, rows: &[Row]) -> Result<Option<CompanyApp>, Failed> {
    let read = |row: &Row| {
        Ok(CompanyApp {
            company: company.clone(),
            removed: row.try_get(0)?,
            at: time(row.try_get(1)?),
        })
    };
    rows.first().map(read).transpose()
}

pub(super) fn locations_of(company: &CompanyId) -> Statement {
    Statement::new("SELECT location FROM @.company_location WHERE company = $1")
        .text(company.as_str())
}

pub(super) fn read_locations(rows: &[Row]) -> Result<Vec<LocationId>, Failed> {
    let locations = rows.iter().map(|row| location(row, 0));
    let mut locations: Vec<LocationId> = locations.collect::<Result<_, _>>()?;
    // Not by the rules of the database's language.
    locations.sort();
    Ok(locations)
}
