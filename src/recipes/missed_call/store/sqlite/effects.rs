//! Effects: planned, claimed, moved on and ended.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::{Conflict, Result, read_json};
use super::{episodes, lines};
use crate::client::Lane;
use crate::recipes::missed_call::core::model::{EffectId, EpisodeId, StepName};
use crate::recipes::missed_call::store::{Claim, EffectChange, Fence, Progress, PutOff, Shares};

pub(super) const TAKE: &str =
    "UPDATE effect SET attempt = attempt + 1, claimed_due_at = due_at, due_at = ?4
     WHERE episode = ?1 AND step = ?2 AND ordinal = ?3 RETURNING attempt, progress_json";
pub(super) const PUT_OFF: &str =
    "SELECT (SELECT name FROM episode_name WHERE number = episode), step, ordinal, attempt,
            claimed_due_at IS NOT NULL, progress_json
     FROM line CROSS JOIN effect ON effect.line = line.number
     WHERE effect.due_at > ?1 AND attempt > 0";
pub(super) const FREE: &str = "UPDATE effect SET due_at = claimed_due_at, claimed_due_at = NULL
     WHERE claimed_due_at IS NOT NULL";

pub(super) fn free_claims(connection: &Connection) -> Result<()> {
    connection.execute(FREE, [])?;
    lines::look_at_all(connection)
}

pub(super) fn write(connection: &Connection, change: &EffectChange) -> Result<()> {
    let (fence, due, progress, claimed) = match change {
        EffectChange::Plan { effect, due, lane } => {
            let episode = episodes::number(connection, &effect.episode)?;
            let line = lines::of(connection, episode, *lane)?;
            connection
                .prepare_cached(
                    "INSERT INTO effect (episode, step, ordinal, line, due_at, attempt)
                     VALUES (?1, ?2, ?3, ?4, ?5, 0)",
                )?
                .execute(params![
                    episode,
                    effect.step.as_str(),
                    effect.ordinal,
                    line,
                    due.as_millisecond(),
                ])?;
            return lines::look_at(connection, line);
        }
        EffectChange::Keep { fence, progress } => (fence, None, Some(progress), true),
        EffectChange::Release {
            fence,
            progress,
            due,
        } => (fence, Some(due.as_millisecond()), Some(progress), false),
        EffectChange::End { fence } => (fence, None, None, false),
        EffectChange::Recall { fence, due } => {
            let line = connection
                .prepare_cached(
                    "UPDATE effect SET due_at = min(due_at, ?5)
                     WHERE episode = (SELECT number FROM episode_name WHERE name = ?1)
                       AND step = ?2 AND ordinal = ?3 AND attempt = ?4 AND due_at IS NOT NULL
                     RETURNING line",
                )?
                .query_row(
                    params![
                        fence.effect.episode.as_str(),
                        fence.effect.step.as_str(),
                        fence.effect.ordinal,
                        fence.attempt,
                        due.as_millisecond(),
                    ],
                    |row| row.get(0),
                )
                .optional()?;
            return line.map_or(Ok(()), |line| lines::look_at(connection, line));
        }
    };
    let progress = progress.map(serde_json::to_string).transpose()?;
    let line = connection
        .prepare_cached(
            "UPDATE effect SET
               due_at = CASE WHEN ?5 THEN due_at ELSE ?6 END,
               claimed_due_at = CASE WHEN ?5 THEN claimed_due_at ELSE NULL END,
               progress_json = ?7
             WHERE episode = (SELECT number FROM episode_name WHERE name = ?1)
               AND step = ?2 AND ordinal = ?3 AND attempt = ?4 AND due_at IS NOT NULL
             RETURNING line",
        )?
        .query_row(
            params![
                fence.effect.episode.as_str(),
                fence.effect.step.as_str(),
                fence.effect.ordinal,
                fence.attempt,
                claimed,
                due,
                progress,
            ],
            |row| row.get(0),
        )
        .optional()?;
    match line {
        Some(_) if claimed => Ok(()),
        Some(line) => lines::look_at(connection, line),
        None => Err(Conflict.into()),
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
    shares: &Shares,
) -> Result<Vec<Claim>> {
    let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
    let turns = lines::next_turns(connection, now, lane, limit, shares)?;
    let mut take = connection.prepare_cached(TAKE)?;
    let mut name = connection.prepare_cached("SELECT name FROM episode_name WHERE number = ?1")?;
    let mut claims = Vec::new();
    for (number, step, ordinal) in turns.iter().flat_map(|turn| &turn.effects) {
        let (attempt, progress): (u32, Option<String>) = take.query_row(
            params![number, step, ordinal, until.as_millisecond()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let episode: String = name.query_row([number], |row| row.get(0))?;
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
            step: StepName::from_stored(step.as_str()),
            ordinal: *ordinal,
        };
        claims.push(Claim {
            fence: Fence { effect, attempt },
            progress,
        });
    }
    lines::take_turns(connection, &turns)?;
    Ok(claims)
}
