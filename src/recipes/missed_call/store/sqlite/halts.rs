//! The halts of a location, the locations of a company, and the state of its app.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::Result;
use crate::ids::{CompanyId, LocationId};
use crate::recipes::missed_call::core::model::Halt;
use crate::recipes::missed_call::store::{CompanyApp, CompanyLocation, HaltChange, Halted};

pub(super) fn write(connection: &Connection, change: &HaltChange) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO halt (location, halt, halted, since) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET halted = excluded.halted, since = excluded.since
             WHERE since <= excluded.since",
        )?
        .execute(params![
            change.location.as_str(),
            change.halt.as_str(),
            change.halted,
            change.at.as_millisecond(),
        ])?;
    Ok(())
}

pub(super) fn read(connection: &Connection, location: &LocationId) -> Result<Vec<Halted>> {
    let mut statement = connection
        .prepare_cached("SELECT halt, halted, since FROM halt WHERE location = ?1 ORDER BY halt")?;
    let mut rows = statement.query([location.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        found.push(Halted {
            // What halts a location in a newer release halts it here too, until that release lifts it.
            halt: Halt::from_name(&name).unwrap_or(Halt::Paused),
            halted: row.get(1)?,
            since: Timestamp::from_millisecond(row.get(2)?)?,
        });
    }
    Ok(found)
}

pub(super) fn write_company(connection: &Connection, company: &CompanyLocation) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO company_location (location, company) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET company = excluded.company",
        )?
        .execute([company.location.as_str(), company.company.as_str()])?;
    Ok(())
}

pub(super) fn write_app(connection: &Connection, app: &CompanyApp) -> Result<()> {
    let known = app_of(connection, &app.company)?;
    if known.is_none_or(|known| app.replaces(&known)) {
        connection
            .prepare_cached(
                "INSERT INTO company_app (company, removed, since) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET removed = excluded.removed, since = excluded.since",
            )?
            .execute(params![
                app.company.as_str(),
                app.removed,
                app.at.as_millisecond()
            ])?;
    }
    Ok(())
}

pub(super) fn app_of(connection: &Connection, company: &CompanyId) -> Result<Option<CompanyApp>> {
    let found = connection
        .prepare_cached("SELECT removed, since FROM company_app WHERE company = ?1")?
        .query_row([company.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let read = |(removed, since)| {
        Ok(CompanyApp {
            company: company.clone(),
            removed,
            at: Timestamp::from_millisecond(since)?,
        })
    };
    found.map(read).transpose()
}

pub(super) fn locations_of(
    connection: &Connection,
    company: &CompanyId,
) -> Result<Vec<LocationId>> {
    let mut statement = connection.prepare_cached(
        "SELECT location FROM company_location WHERE company = ?1 ORDER BY location",
    )?;
    let mut rows = statement.query([company.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(LocationId::new(row.get::<_, String>(0)?)?);
    }
    Ok(found)
}
