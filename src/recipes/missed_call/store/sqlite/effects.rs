//! Effects: planned, claimed, moved on and ended.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};

use super::super::{Claim, EffectChange, Fence, Progress, PutOff};
use super::episodes;
use super::rows::{Conflict, Result, read_json};
use crate::client::Lane;
use crate::ids::LocationId;
use crate::recipes::missed_call::episode::{EffectId, EpisodeId, StepName};

pub(super) const DUE: &str =
    "SELECT episode, (SELECT name FROM episode_name WHERE number = episode), step, ordinal
     FROM effect WHERE lane = ?3 AND due_at <= ?1 ORDER BY due_at LIMIT ?2";
/// The same without some locations, whose backlog is looked through.
const DUE_ELSEWHERE: &str =
    "SELECT episode, (SELECT name FROM episode_name WHERE number = episode), step, ordinal
     FROM effect WHERE lane = ?3 AND due_at <= ?1
       AND NOT EXISTS (SELECT 1 FROM episode WHERE number = effect.episode
                       AND location IN (SELECT value FROM json_each(?4)))
     ORDER BY due_at LIMIT ?2";
pub(super) const TAKE: &str =
    "UPDATE effect SET attempt = attempt + 1, claimed_due_at = due_at, due_at = ?4
     WHERE episode = ?1 AND step = ?2 AND ordinal = ?3 RETURNING attempt, progress_json";
/// Both lanes, so that the index serves.
pub(super) const PUT_OFF: &str =
    "SELECT (SELECT name FROM episode_name WHERE number = episode), step, ordinal, attempt,
            claimed_due_at IS NOT NULL, progress_json
     FROM effect WHERE lane IN (0, 1) AND due_at > ?1 AND attempt > 0";
pub(super) const FREE: &str = "UPDATE effect SET due_at = claimed_due_at, claimed_due_at = NULL
     WHERE claimed_due_at IS NOT NULL";

const fn lane_number(lane: Lane) -> i64 {
    match lane {
        Lane::Interactive => 0,
        Lane::Background => 1,
    }
}

pub(super) fn free_claims(connection: &Connection) -> Result<()> {
    connection.execute(FREE, [])?;
    Ok(())
}

pub(super) fn write(connection: &Connection, change: &EffectChange) -> Result<()> {
    let (fence, due, progress, claimed) = match change {
        EffectChange::Plan { effect, due, lane } => {
            connection
                .prepare_cached(
                    "INSERT INTO effect (episode, step, ordinal, lane, due_at, attempt)
                     VALUES (?1, ?2, ?3, ?4, ?5, 0)",
                )?
                .execute(params![
                    episodes::number(connection, &effect.episode)?,
                    effect.step.as_str(),
                    effect.ordinal,
                    lane_number(*lane),
                    due.as_millisecond(),
                ])?;
            return Ok(());
        }
        EffectChange::Keep { fence, progress } => (fence, None, Some(progress), true),
        EffectChange::Release {
            fence,
            progress,
            due,
        } => (fence, Some(due.as_millisecond()), Some(progress), false),
        EffectChange::End { fence } => (fence, None, None, false),
        EffectChange::Recall { fence, due } => {
            connection
                .prepare_cached(
                    "UPDATE effect SET due_at = min(due_at, ?5)
                     WHERE episode = (SELECT number FROM episode_name WHERE name = ?1)
                       AND step = ?2 AND ordinal = ?3 AND attempt = ?4 AND due_at IS NOT NULL",
                )?
                .execute(params![
                    fence.effect.episode.as_str(),
                    fence.effect.step.as_str(),
                    fence.effect.ordinal,
                    fence.attempt,
                    due.as_millisecond(),
                ])?;
            return Ok(());
        }
    };
    let progress = progress.map(serde_json::to_string).transpose()?;
    let changed = connection
        .prepare_cached(
            "UPDATE effect SET
               due_at = CASE WHEN ?5 THEN due_at ELSE ?6 END,
               claimed_due_at = CASE WHEN ?5 THEN claimed_due_at ELSE NULL END,
               progress_json = ?7
             WHERE episode = (SELECT number FROM episode_name WHERE name = ?1)
               AND step = ?2 AND ordinal = ?3 AND attempt = ?4 AND due_at IS NOT NULL",
        )?
        .execute(params![
            fence.effect.episode.as_str(),
            fence.effect.step.as_str(),
            fence.effect.ordinal,
            fence.attempt,
            claimed,
            due,
            progress,
        ])?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Conflict.into())
    }
}

pub(super) fn put_off(connection: &Connection, time: Timestamp) -> Result<Vec<PutOff>> {
    let mut statement = connection.prepare_cached(PUT_OFF)?;
    let mut rows = statement.query([time.as_millisecond()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let progress: Option<String> = row.get(5)?;
        // One that cannot be read is left as it is.
        let Ok(progress) = progress.as_deref().map_or(Ok(Progress::NEW), read_json) else {
            continue;
        };
        found.push(PutOff {
            fence: Fence {
                effect: EffectId {
                    episode: EpisodeId::from_stored(row.get::<_, String>(0)?),
                    step: StepName::from_stored(row.get::<_, String>(1)?),
                    ordinal: row.get(2)?,
                },
                attempt: row.get(3)?,
            },
            claimed: row.get(4)?,
            progress,
        });
    }
    Ok(found)
}

pub(super) fn claim(
    connection: &Connection,
    now: Timestamp,
    lane: Lane,
    limit: usize,
    lease: SignedDuration,
    except: &[LocationId],
) -> Result<Vec<Claim>> {
    let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
    let (now, limit, lane) = (
        now.as_millisecond(),
        i64::try_from(limit)?,
        lane_number(lane),
    );
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let due: Vec<(i64, String, String, u32)> = if except.is_empty() {
        let mut due = connection.prepare_cached(DUE)?;
        due.query_map(params![now, limit, lane], read)?
            .collect::<rusqlite::Result<_>>()?
    } else {
        let except = serde_json::to_string(except)?;
        let mut due = connection.prepare_cached(DUE_ELSEWHERE)?;
        due.query_map(params![now, limit, lane, except], read)?
            .collect::<rusqlite::Result<_>>()?
    };
    let mut take = connection.prepare_cached(TAKE)?;
    let mut claims = Vec::with_capacity(due.len());
    for (number, episode, step, ordinal) in due {
        let (attempt, progress): (u32, Option<String>) = take.query_row(
            params![number, step, ordinal, until.as_millisecond()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let progress = progress.as_deref().map_or(Ok(Progress::NEW), read_json);
        let Ok(progress) = progress else {
            // Written by a newer release, or broken. It stays claimed, so that it stands in nobody's way.
            tracing::error!(
                episode,
                step,
                "an effect in the store cannot be read; use the release that wrote it"
            );
            continue;
        };
        let effect = EffectId {
            episode: EpisodeId::from_stored(episode),
            step: StepName::from_stored(step),
            ordinal,
        };
        claims.push(Claim {
            fence: Fence { effect, attempt },
            progress,
        });
    }
    Ok(claims)
}
