//! How rows become values, and values become rows.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio_postgres::Row;

use super::failure::Failed;
use crate::client::Lane;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::model::{EffectId, EpisodeId, StepName};
use crate::recipes::missed_call::store::{Scope, Stored};

type Result<T> = std::result::Result<T, Failed>;

pub(super) fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// A time that is past what the database holds, or what a timestamp does, is the last one.
pub(super) fn time(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

pub(super) const fn lane_number(lane: Lane) -> i16 {
    match lane {
        Lane::Interactive => 0,
        Lane::Background => 1,
    }
}

/// A count that no statement exceeds.
pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The locations of a scope by name; `None` for all.
pub(super) fn names(scope: &Scope) -> Option<Vec<String>> {
    match scope {
        Scope::All => None,
        Scope::Only(locations) => {
            let names = locations.iter();
            Some(names.map(|location| location.as_str().to_owned()).collect())
        }
    }
}

/// Reads stored JSON. The error names only the position: serde's own message quotes the value, which may be private.
pub(super) fn read_json<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| {
        let column = error.column();
        Failed::unreadable(format!(
            "a stored row cannot be read at character {column}; use the release that wrote it"
        ))
    })
}

/// An episode, from its state and revision in the first two columns.
pub(super) fn stored(row: &Row) -> Result<Stored> {
    Ok(Stored {
        state: read_json(row.try_get(0)?)?,
        revision: row.try_get::<_, i64>(1)?.cast_unsigned(),
    })
}

pub(super) fn first_stored(rows: &[Row]) -> Result<Option<Stored>> {
    rows.first().map(stored).transpose()
}

/// The ids in the first column.
pub(super) fn episodes(rows: &[Row]) -> Result<Vec<EpisodeId>> {
    rows.iter()
        .map(|row| Ok(EpisodeId::from_stored(row.try_get::<_, String>(0)?)))
        .collect()
}

/// The time in the first column of the first row.
pub(super) fn first_time(rows: &[Row]) -> Result<Option<Timestamp>> {
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(row.try_get::<_, Option<i64>>(0)?.map(time))
}

/// An effect's name, from its columns beginning with this one.
pub(super) fn effect(row: &Row, column: usize) -> Result<EffectId> {
    Ok(EffectId {
        episode: EpisodeId::from_stored(row.try_get::<_, String>(column)?),
        step: StepName::from_stored(row.try_get::<_, String>(column + 1)?),
        ordinal: number(row, column + 2)?,
    })
}

pub(super) fn number(row: &Row, column: usize) -> Result<u32> {
    let number: i64 = row.try_get(column)?;
    u32::try_from(number)
        .map_err(|_| Failed::unreadable(format!("{number} in a stored row is out of range")))
}

pub(super) fn location(row: &Row, column: usize) -> Result<LocationId> {
    LocationId::new(row.try_get::<_, String>(column)?)
        .map_err(|error| Failed::unreadable(error.to_string()))
}
