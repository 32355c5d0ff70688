//! Effects: planned, moved on and ended by commits; and found again where a clock has put them off.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio_postgres::Row;

use super::failure::Failed;
use super::rows::{effect, lane_number, millis, number, read_json};
use super::runs::runs;
use crate::postgres::{Statement, guard};
use crate::recipes::missed_call::core::model::EffectId;
use crate::recipes::missed_call::store::{EffectChange, EpisodeChange, Fence, Progress, PutOff};

/// The columns of many effects.
#[derive(Default)]
struct Effects {
    episodes: Vec<String>,
    steps: Vec<String>,
    ordinals: Vec<i64>,
    attempts: Vec<i64>,
}

impl Effects {
    fn of<'f>(fences: impl Iterator<Item = &'f Fence>) -> Self {
        let mut columns = Self::default();
        for fence in fences {
            columns.add(&fence.effect);
            columns.attempts.push(fence.attempt.into());
        }
        columns
    }

    fn add(&mut self, effect: &EffectId) {
        self.episodes.push(effect.episode.as_str().to_owned());
        self.steps.push(effect.step.as_str().to_owned());
        self.ordinals.push(effect.ordinal.into());
    }

    /// As the first four values of a statement.
    fn into(self, sql: impl Into<String>) -> Statement {
        Statement::new(sql)
            .with(self.episodes)
            .with(self.steps)
            .with(self.ordinals)
            .with(self.attempts)
    }
}

/// A change that goes on from a claim.
struct Fenced<'c> {
    fence: &'c Fence,
    /// The new due time, none for an effect that has ended; `None` if the claim stays.
    due: Option<Option<Timestamp>>,
    progress: Option<&'c Progress>,
}

/// What a statement can do to many effects at once.
#[derive(PartialEq)]
enum Kind {
    Plan,
    GoOn,
    Recall,
}

fn named(change: &EffectChange) -> (Kind, &EffectId) {
    match change {
        EffectChange::Plan { effect, .. } => (Kind::Plan, effect),
        EffectChange::Keep { fence, .. }
        | EffectChange::Release { fence, .. }
        | EffectChange::End { fence } => (Kind::GoOn, &fence.effect),
        EffectChange::Recall { fence, .. } => (Kind::Recall, &fence.effect),
    }
}

/// Statements for these changes, in a commit with these episodes. `skew` is how far the caller's clock is ahead of the
/// database's, by which claims end.
pub(super) fn write(
    changes: &[EffectChange],
    episodes: &[EpisodeChange],
    skew: i64,
) -> Result<Vec<Statement>, Failed> {
    let mut statements = Vec::new();
    let mut moved = Vec::new();
    let mut planned = BTreeMap::new();
    for run in runs(changes, |change| named(change).1) {
        for same in run.chunk_by(|one, next| named(one).0 == named(next).0) {
            let Some(kind) = same.first().map(|change| named(change).0) else {
                continue;
            };
            if kind == Kind::GoOn {
                let fenced: Vec<_> = same.iter().filter_map(|change| fenced(change)).collect();
                statements.push(go_on(&fenced)?);
                let released = fenced
                    .iter()
                    .filter(|change| change.due.flatten().is_some());
                moved.extend(released.map(|change| &change.fence.effect));
            } else if kind == Kind::Plan {
                if let Some(plans) = plans(same, episodes) {
                    for plan in &plans {
                        let first = planned
                            .entry((plan.location, plan.lane))
                            .or_insert(plan.due);
                        *first = plan.due.min(*first);
                    }
                    statements.push(plan_in(&plans));
                } else {
                    statements.push(plan(same));
                    moved.extend(same.iter().map(|change| named(change).1));
                }
            } else {
                statements.push(recall(same, skew));
                moved.extend(same.iter().map(|change| named(change).1));
            }
        }
    }
    if !planned.is_empty() {
        statements.extend(note_lines(&planned));
    }
    if !moved.is_empty() {
        statements.extend(note(&moved));
    }
    Ok(statements)
}

/// A new effect of an episode whose location is known.
struct Plan<'c> {
    effect: &'c EffectId,
    location: &'c str,
    lane: i16,
    due: i64,
}

/// The plans, if the commit has all of their episodes. It mostly has: an effect is planned by its episode.
fn plans<'c>(changes: &[&'c EffectChange], episodes: &'c [EpisodeChange]) -> Option<Vec<Plan<'c>>> {
    let location = |effect: &EffectId| {
        let mut states = episodes.iter().map(|change| &change.state);
        let state = states.find(|state| *state.id() == effect.episode)?;
        Some(state.location().as_str())
    };
    let plan = |change: &&'c EffectChange| match *change {
        EffectChange::Plan { effect, due, lane } => Some(Plan {
            effect,
            location: location(effect)?,
            lane: lane_number(*lane),
            due: millis(*due),
        }),
        _ => None,
    };
    changes.iter().map(plan).collect()
}

/// New effects, and the lines that they stand in.
fn plan_in(plans: &[Plan<'_>]) -> Statement {
    let mut columns = Effects::default();
    for plan in plans {
        columns.add(plan.effect);
    }
    let locations = plans.iter().map(|plan| plan.location.to_owned());
    Statement::new(
        "WITH made AS (
           INSERT INTO @.line (location, lane)
           SELECT DISTINCT location, lane FROM unnest($4, $6) AS l(lane, location) ORDER BY location, lane
           ON CONFLICT (location, lane) DO NOTHING)
         INSERT INTO @.effect (episode, step, ordinal, lane, due_at, location)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6)",
    )
    .with(columns.episodes)
    .with(columns.steps)
    .with(columns.ordinals)
    .with(plans.iter().map(|plan| plan.lane).collect::<Vec<_>>())
    .with(plans.iter().map(|plan| plan.due).collect::<Vec<_>>())
    .with(locations.collect::<Vec<_>>())
}

fn fenced(change: &EffectChange) -> Option<Fenced<'_>> {
    let (fence, due, progress) = match change {
        EffectChange::Keep { fence, progress } => (fence, None, Some(progress)),
        EffectChange::Release {
            fence,
            progress,
            due,
        } => (fence, Some(Some(*due)), Some(progress)),
        EffectChange::End { fence } => (fence, Some(None), None),
        EffectChange::Plan { .. } | EffectChange::Recall { .. } => return None,
    };
    Some(Fenced {
        fence,
        due,
        progress,
    })
}

/// The same for effects of episodes that the commit does not have.
fn plan(changes: &[&EffectChange]) -> Statement {
    let mut columns = Effects::default();
    let (mut lanes, mut dues) = (Vec::new(), Vec::new());
    for change in changes {
        if let EffectChange::Plan { effect, due, lane } = change {
            columns.add(effect);
            lanes.push(lane_number(*lane));
            dues.push(millis(*due));
        }
    }
    Statement::new(
        "WITH plan AS (
           SELECT p.episode, p.step, p.ordinal, p.lane, p.due_at,
             coalesce((SELECT e.location FROM @.episode e WHERE e.id = p.episode), '') AS location
           FROM unnest($1, $2, $3, $4, $5) AS p(episode, step, ordinal, lane, due_at)),
         made AS (
           INSERT INTO @.line (location, lane)
           SELECT DISTINCT location, lane FROM plan ORDER BY location, lane ON CONFLICT (location, lane) DO NOTHING)
         INSERT INTO @.effect (episode, step, ordinal, lane, due_at, location)
         SELECT episode, step, ordinal, lane, due_at, location FROM plan",
    )
    .with(columns.episodes)
    .with(columns.steps)
    .with(columns.ordinals)
    .with(lanes)
    .with(dues)
}

/// Only with the claim that each names; otherwise the commit conflicts.
fn go_on(changes: &[Fenced<'_>]) -> Result<Statement, Failed> {
    let keeps: Vec<bool> = changes.iter().map(|change| change.due.is_none()).collect();
    let dues = changes
        .iter()
        .map(|change| change.due.flatten().map(millis));
    let json = |progress: &Progress| {
        serde_json::to_string(progress).map_err(|error| Failed::unreadable(error.to_string()))
    };
    let progress = changes
        .iter()
        .map(|change| change.progress.map(json).transpose());
    let progress: Vec<Option<String>> = progress.collect::<Result<_, _>>()?;
    let all_are_held = guard("(SELECT count(*) FROM changed) = cardinality($1)");
    let columns = Effects::of(changes.iter().map(|change| change.fence));
    let statement = columns.into(format!(
        "WITH changed AS (
           UPDATE @.effect e SET
             due_at = CASE WHEN c.keeps THEN e.due_at ELSE c.due_at END,
             claimed_due_at = CASE WHEN c.keeps THEN e.claimed_due_at END,
             progress_json = c.progress_json
           FROM unnest($1, $2, $3, $4, $5, $6, $7)
             AS c(episode, step, ordinal, attempt, keeps, due_at, progress_json)
           WHERE e.episode = c.episode AND e.step = c.step AND e.ordinal = c.ordinal
             AND e.attempt = c.attempt AND e.due_at IS NOT NULL
           RETURNING 1)
         SELECT {all_are_held}"
    ));
    Ok(statement
        .with(keeps)
        .with(dues.collect::<Vec<_>>())
        .with(progress))
}

fn recall(changes: &[&EffectChange], skew: i64) -> Statement {
    let recalled = || {
        changes.iter().filter_map(|change| match change {
            EffectChange::Recall { fence, due } => Some((fence, due)),
            _ => None,
        })
    };
    let dues = recalled().map(|(_, due)| millis(*due)).collect::<Vec<_>>();
    Effects::of(recalled().map(|(fence, _)| fence))
        .into(
            "UPDATE @.effect e SET due_at = least(e.due_at,
               CASE WHEN e.claimed_due_at IS NULL THEN c.due_at ELSE c.due_at - $6 END)
             FROM unnest($1, $2, $3, $4, $5) AS c(episode, step, ordinal, attempt, due_at)
             WHERE e.episode = c.episode AND e.step = c.step AND e.ordinal = c.ordinal
               AND e.attempt = c.attempt AND e.due_at IS NOT NULL",
        )
        .with(dues)
        .with(skew)
}

/// Notes in their lines when these effects are due.
///
/// Commits must not wait for one another's end at the line that they share, so that a line is changed only if its time has to
/// come down. A claim that would put the time up at the same moment does not see what is planned here. It therefore does so
/// only while no commit holds the line, as the first statement does until this transaction ends.
fn note(moved: &[&EffectId]) -> [Statement; 2] {
    let mut columns = Effects::default();
    for effect in moved {
        columns.add(effect);
    }
    let Effects {
        episodes,
        steps,
        ordinals,
        ..
    } = columns;
    let of_these = |sql: &str| {
        Statement::new(sql)
            .with(episodes.clone())
            .with(steps.clone())
            .with(ordinals.clone())
    };
    [
        of_these(
            "SELECT 1 FROM @.line WHERE (location, lane) IN (
               SELECT e.location, e.lane FROM @.effect e
               JOIN unnest($1, $2, $3) AS m(episode, step, ordinal)
                 ON e.episode = m.episode AND e.step = m.step AND e.ordinal = m.ordinal)
             ORDER BY location, lane FOR KEY SHARE",
        ),
        of_these(
            "WITH first AS MATERIALIZED (
               SELECT e.location, e.lane, min(e.due_at) AS due_at FROM @.effect e
               JOIN unnest($1, $2, $3) AS m(episode, step, ordinal)
                 ON e.episode = m.episode AND e.step = m.step AND e.ordinal = m.ordinal
               WHERE e.due_at IS NOT NULL GROUP BY e.location, e.lane),
             late AS MATERIALIZED (
               SELECT l.location, l.lane, first.due_at FROM @.line l
               JOIN first ON l.location = first.location AND l.lane = first.lane
               WHERE l.due_at IS NULL OR l.due_at > first.due_at
               ORDER BY l.location, l.lane FOR NO KEY UPDATE OF l)
             UPDATE @.line l SET due_at = late.due_at FROM late
             WHERE l.location = late.location AND l.lane = late.lane",
        ),
    ]
}

/// The same for lines and times that are known.
fn note_lines(first: &BTreeMap<(&str, i16), i64>) -> [Statement; 2] {
    let of_these = |sql: &str| {
        let locations = first.keys().map(|(location, _)| (*location).to_owned());
        Statement::new(sql)
            .with(locations.collect::<Vec<_>>())
            .with(first.keys().map(|(_, lane)| *lane).collect::<Vec<_>>())
    };
    [
        of_these(
            "SELECT 1 FROM @.line l JOIN unnest($1, $2) AS f(location, lane)
               ON l.location = f.location AND l.lane = f.lane
             ORDER BY l.location, l.lane FOR KEY SHARE OF l",
        ),
        of_these(
            "WITH late AS MATERIALIZED (
               SELECT l.location, l.lane, f.due_at FROM @.line l
               JOIN unnest($1, $2, $3) AS f(location, lane, due_at)
                 ON l.location = f.location AND l.lane = f.lane
               WHERE l.due_at IS NULL OR l.due_at > f.due_at
               ORDER BY l.location, l.lane FOR NO KEY UPDATE OF l)
             UPDATE @.line l SET due_at = late.due_at FROM late
             WHERE l.location = late.location AND l.lane = late.lane",
        )
        .with(first.values().copied().collect::<Vec<_>>()),
    ]
}

/// What was claimed at least once and is due, or claimed, until after this time.
pub(super) fn put_off(time: Timestamp, skew: i64) -> Statement {
    Statement::new(
        "SELECT e.episode, e.step, e.ordinal, e.attempt, e.claimed_due_at IS NOT NULL, e.progress_json
         FROM @.line l JOIN @.effect e ON e.lane = l.lane AND e.location = l.location
         WHERE e.due_at > least($1::bigint, $1::bigint - $2) AND e.attempt > 0
           AND e.due_at > CASE WHEN e.claimed_due_at IS NULL THEN $1 ELSE $1 - $2 END",
    )
    .with(millis(time))
    .with(skew)
}

pub(super) fn read_put_off(rows: &[Row]) -> Result<Vec<PutOff>, Failed> {
    let mut found = Vec::new();
    for row in rows {
        let progress: Option<&str> = row.try_get(5)?;
        // One that cannot be read is left as it is.
        let Ok(progress) = progress.map_or(Ok(Progress::NEW), read_json) else {
            continue;
        };
        found.push(PutOff {
            fence: Fence {
                effect: effect(row, 0)?,
                attempt: number(row, 3)?,
            },
            claimed: row.try_get(4)?,
            progress,
        });
    }
    Ok(found)
}
