//! The references that lead to an episode when its contact is not known.

use rusqlite::{Connection, OptionalExtension, params};

use super::episodes;
use super::error::Result;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::model::{Reference, ReferenceChange};
use crate::recipes::missed_call::store::Stored;

pub(super) const BY_REFERENCE: &str = "SELECT state_json, revision FROM episode
    WHERE number = (SELECT episode FROM episode_reference WHERE location = ?1 AND reference = ?2)";

pub(super) fn write(connection: &Connection, change: &ReferenceChange) -> Result<()> {
    let (location, reference) = (change.location.as_str(), change.reference.to_string());
    match &change.episode {
        Some(episode) => connection
            .prepare_cached(
                "INSERT INTO episode_reference (location, reference, episode) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET episode = excluded.episode",
            )?
            .execute(params![
                location,
                reference,
                episodes::number(connection, episode)?
            ])?,
        None => connection
            .prepare_cached("DELETE FROM episode_reference WHERE location = ?1 AND reference = ?2")?
            .execute(params![location, reference])?,
    };
    Ok(())
}

pub(super) fn read(
    connection: &Connection,
    location: &LocationId,
    reference: &Reference,
) -> Result<Option<Stored>> {
    connection
        .prepare_cached(BY_REFERENCE)?
        .query_row(
            params![location.as_str(), reference.to_string()],
            episodes::stored,
        )
        .optional()?
        .map(episodes::read_stored)
        .transpose()
}
