//! What halts a location, and which locations a company has.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::super::{CompanyLocation, HaltChange, Halted};
use super::rows::Result;
use crate::ids::{CompanyId, LocationId};
use crate::recipes::missed_call::halt::Halt;

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

pub(super) fn write_company(connection: &Connection, told: &CompanyLocation) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO company_location (location, company) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET company = excluded.company",
        )?
        .execute([told.location.as_str(), told.company.as_str()])?;
    Ok(())
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
