//! Claims: whose turn it is, and with what; and when the next one can be made.
//!
//! A claim is one transaction of two round trips. It waits for no other one: lines and effects that somebody else has locked
//! are passed over.

use jiff::{SignedDuration, Timestamp};
use tokio_postgres::Row;

use super::clock::LeaseClock;
use super::failure::Failed;
use super::rows::{count, effect, lane_number, millis, names, number, read_json, time};
use crate::client::Lane;
use crate::ids::LocationId;
use crate::postgres::{Database, Fault, NOW, Statement, Tries, first};
use crate::recipes::missed_call::store::backlog::{BEHIND, dealt, is_behind, of_both_ends};
use crate::recipes::missed_call::store::{Claim, Fence, Progress, Scope, Shares};

/// How many lines without anything due a claim puts right beside those that it looks for.
const PUT_RIGHT_AT_ONCE: usize = 32;

/// How many lines are looked into for what is due next.
const LOOKED_INTO: i64 = 64;

/// An effect by its name, and its last attempt.
#[derive(Debug, Clone, PartialEq)]
struct Candidate {
    episode: String,
    step: String,
    ordinal: i64,
    attempt: i64,
}

/// A line that something may be due in.
#[derive(Debug)]
struct Line {
    location: String,
    given: u64,
    oldest: Vec<Candidate>,
    newest: Vec<Candidate>,
    /// Since when its first effect is due.
    first: Option<Timestamp>,
}

/// What a claim is asked for.
pub(super) struct Asked<'a> {
    pub(super) process: i64,
    pub(super) now: Timestamp,
    pub(super) lane: Lane,
    pub(super) limit: usize,
    pub(super) lease: SignedDuration,
    pub(super) shares: &'a Shares,
}

/// Claims effects, and says how many could not be read.
pub(super) async fn claim(
    database: &Database,
    clock: &LeaseClock,
    asked: Asked<'_>,
) -> Result<(Vec<Claim>, u64), Failed> {
    if asked.limit.min(asked.shares.most()) == 0 {
        return Ok((Vec::new(), 0));
    }
    // Names the claim, if its answer is lost.
    let mark = fastrand::i64(..);
    let mut tries = Tries::default();
    loop {
        let due = due_lines(&asked, clock);
        let (held, answers) = match database.begin(&[due]).await {
            Ok(begun) => begun,
            Err(error) => {
                tries.wait(error).await?;
                continue;
            }
        };
        if let Some(row) = first(&answers) {
            clock.saw_in(&asked, row.try_get(0)?);
        }
        let lines = lines(answers.first().map_or(&[][..], Vec::as_slice))?;
        let turns = turns(&lines, &asked);
        let taken: Vec<Candidate> = turns.iter().flatten().cloned().collect();
        let mut statements = Vec::new();
        if !taken.is_empty() {
            statements.push(take(&taken, &asked, clock, mark));
        }
        statements.extend(settle(&lines, &turns, asked.lane));
        match database.finish(held, &statements).await {
            Ok(answers) if taken.is_empty() => {
                drop(answers);
                return Ok((Vec::new(), 0));
            }
            Ok(answers) => return read(answers.first().map_or(&[][..], Vec::as_slice)),
            Err(error) => {
                let is_lost = *error.fault() == Fault::Broken;
                tries.wait(error).await?;
                if is_lost && !taken.is_empty() {
                    let found = database.query(&taken_by(&taken, mark)).await?;
                    if !found.is_empty() {
                        return read(&found);
                    }
                }
            }
        }
    }
}

impl LeaseClock {
    fn saw_in(&self, asked: &Asked<'_>, database: i64) {
        if self.instead(asked.now).is_none() {
            self.saw(asked.now, database);
        }
    }
}

/// An effect that can be claimed at `$2` by the caller's clock, or whose claim has ended by that of claims.
const CLAIMABLE: &str =
    "e.lane = $1 AND e.location = l.location AND e.due_at <= (SELECT latest FROM clock)
       AND e.due_at <= CASE WHEN e.claimed_due_at IS NULL THEN $2 ELSE (SELECT at FROM clock) END";

fn due_lines(asked: &Asked<'_>, clock: &LeaseClock) -> Statement {
    let exhausted = asked.shares.exhausted();
    let exhausted: Vec<String> = exhausted
        .map(|location| location.as_str().to_owned())
        .collect();
    let only = asked.shares.only_one();
    let behind = asked.now.saturating_sub(BEHIND).unwrap_or(Timestamp::MIN);
    let columns = "e.episode, e.step, e.ordinal, e.attempt";
    let (within, scope) = match names(asked.shares.scope()) {
        Some(names) => ("AND (l.location = '' OR l.location = ANY($9))", names),
        None => ("", Vec::new()),
    };
    let statement = Statement::new(format!(
        "WITH moment AS MATERIALIZED (SELECT coalesce($3, {NOW}) AS at),
         clock AS MATERIALIZED (SELECT at, greatest(at, $2) AS latest FROM moment),
         due AS MATERIALIZED (
           SELECT l.location, l.turn, l.given, f.due_at AS first
           FROM @.line l LEFT JOIN LATERAL (
             SELECT e.due_at FROM @.effect e WHERE {CLAIMABLE} ORDER BY e.due_at LIMIT 1) AS f ON true
           WHERE l.lane = $1 AND l.due_at <= (SELECT latest FROM clock)
             AND l.location <> ALL($4) AND ($5::text IS NULL OR l.location = $5) {within}
           ORDER BY f.due_at IS NULL, l.turn, f.due_at, l.location LIMIT $6
           FOR NO KEY UPDATE OF l SKIP LOCKED)
         SELECT clock.at, l.location, l.given, l.first, c.newest,
           c.episode, c.step, c.ordinal, c.attempt
         FROM clock LEFT JOIN due l ON true LEFT JOIN LATERAL (
           (SELECT false AS newest, row_number() OVER (ORDER BY e.due_at) AS place, {columns}
            FROM @.effect e WHERE {CLAIMABLE} ORDER BY e.due_at LIMIT $7)
           UNION ALL
           (SELECT true AS newest, row_number() OVER (ORDER BY e.due_at DESC) AS place, {columns}
            FROM @.effect e WHERE {CLAIMABLE} AND $1 = 0 AND l.first <= $8
            ORDER BY e.due_at DESC LIMIT $7)
         ) AS c ON l.first IS NOT NULL
         ORDER BY l.first IS NULL, l.turn, l.first, l.location, c.newest, c.place"
    ))
    .with(lane_number(asked.lane))
    .with(millis(asked.now))
    .with(clock.instead(asked.now))
    .with(exhausted)
    .with(only.map(|location| location.as_str().to_owned()))
    .with(count(asked.limit.saturating_add(PUT_RIGHT_AT_ONCE)))
    .with(count(asked.limit.min(asked.shares.most())))
    .with(millis(behind));
    if within.is_empty() {
        statement
    } else {
        statement.with(scope)
    }
}

/// The lines in their order. Those in which nothing is due come last.
fn lines(rows: &[Row]) -> Result<Vec<Line>, Failed> {
    let mut lines: Vec<Line> = Vec::new();
    for row in rows {
        let Some(location) = row.try_get::<_, Option<&str>>(1)? else {
            continue;
        };
        if lines.last().is_none_or(|line| line.location != location) {
            lines.push(Line {
                location: location.to_owned(),
                given: row.try_get::<_, i64>(2)?.cast_unsigned(),
                oldest: Vec::new(),
                newest: Vec::new(),
                first: row.try_get::<_, Option<i64>>(3)?.map(time),
            });
        }
        let Some(newest) = row.try_get::<_, Option<bool>>(4)? else {
            continue;
        };
        let candidate = Candidate {
            episode: row.try_get(5)?,
            step: row.try_get(6)?,
            ordinal: row.try_get(7)?,
            attempt: row.try_get(8)?,
        };
        if let Some(line) = lines.last_mut() {
            let end = if newest {
                &mut line.newest
            } else {
                &mut line.oldest
            };
            end.push(candidate);
        }
    }
    Ok(lines)
}

/// What each line gives.
fn turns(lines: &[Line], asked: &Asked<'_>) -> Vec<Vec<Candidate>> {
    let mut turns: Vec<Vec<Candidate>> = Vec::new();
    for line in lines {
        let location = LocationId::new(&line.location).ok();
        let most = asked.shares.left(location.as_ref()).min(asked.limit);
        let is_one_of_them = turns.len() < asked.limit;
        let given = match line.first.filter(|_| is_one_of_them) {
            Some(first) if is_behind(asked.lane, first, asked.now) => {
                of_both_ends(line.oldest.clone(), line.newest.clone(), line.given, most)
            }
            Some(_) => line.oldest.iter().take(most).cloned().collect(),
            None => Vec::new(),
        };
        turns.push(given);
    }
    let available: Vec<usize> = turns.iter().map(Vec::len).collect();
    for (turn, count) in turns.iter_mut().zip(dealt(&available, asked.limit)) {
        turn.truncate(count);
    }
    turns
}

/// The names and attempts of effects, as the first four values of a statement.
fn of_these(taken: &[Candidate], sql: impl Into<String>) -> Statement {
    let texts = |text: fn(&Candidate) -> &String| taken.iter().map(text).cloned();
    Statement::new(sql)
        .with(texts(|taken| &taken.episode).collect::<Vec<_>>())
        .with(texts(|taken| &taken.step).collect::<Vec<_>>())
        .with(taken.iter().map(|taken| taken.ordinal).collect::<Vec<_>>())
        .with(taken.iter().map(|taken| taken.attempt).collect::<Vec<_>>())
}

const WANTED: &str =
    "unnest($1, $2, $3, $4) WITH ORDINALITY AS w(episode, step, ordinal, attempt, place)";

fn take(taken: &[Candidate], asked: &Asked<'_>, clock: &LeaseClock, mark: i64) -> Statement {
    let sql = format!(
        "WITH moment AS MATERIALIZED (SELECT coalesce($6, {NOW}) AS at),
         free AS MATERIALIZED (
           SELECT e.episode, e.step, e.ordinal, w.place FROM {WANTED}
           JOIN @.effect e ON e.episode = w.episode AND e.step = w.step AND e.ordinal = w.ordinal
           WHERE e.attempt = w.attempt
             AND e.due_at <= CASE WHEN e.claimed_due_at IS NULL THEN $5 ELSE (SELECT at FROM moment) END
           FOR UPDATE OF e SKIP LOCKED)
         UPDATE @.effect e SET attempt = e.attempt + 1, claimed_due_at = e.due_at,
           due_at = (SELECT at FROM moment) + $7, claim_mark = $8, claimed_by = $9
         FROM free f WHERE e.episode = f.episode AND e.step = f.step AND e.ordinal = f.ordinal
         RETURNING f.place, e.episode, e.step, e.ordinal, e.attempt, e.progress_json"
    );
    let lease = i64::try_from(asked.lease.as_millis()).unwrap_or(i64::MAX / 4);
    of_these(taken, sql)
        .with(millis(asked.now))
        .with(clock.instead(asked.now))
        .with(lease)
        .with(mark)
        .with(asked.process)
}

/// What a claim of this mark has taken. It waits for the claim, where that has not ended.
fn taken_by(taken: &[Candidate], mark: i64) -> Statement {
    let sql = format!(
        "SELECT w.place, e.episode, e.step, e.ordinal, e.attempt, e.progress_json FROM {WANTED}
         JOIN @.effect e ON e.episode = w.episode AND e.step = w.step AND e.ordinal = w.ordinal
         WHERE e.attempt = w.attempt + 1 AND e.claim_mark = $5 AND e.claimed_due_at IS NOT NULL
         FOR UPDATE OF e"
    );
    of_these(taken, sql).with(mark)
}

/// Notes the turns, and when something is due in these lines from here on.
///
/// A commit that is under way may plan what is not seen here. Who commits holds the line by then (see `effects`), and a
/// line that is held keeps its time.
fn settle(lines: &[Line], turns: &[Vec<Candidate>], lane: Lane) -> Vec<Statement> {
    let seen = lines.iter().zip(turns);
    // A line that had nothing to give, and has something due, was out of its share.
    let changed = seen.filter(|(line, turn)| line.first.is_none() || !turn.is_empty());
    let (locations, given): (Vec<String>, Vec<i64>) = changed
        .map(|(line, turn)| (line.location.clone(), count(turn.len())))
        .unzip();
    if locations.is_empty() {
        return Vec::new();
    }
    vec![
        Statement::new(
            "UPDATE @.line SET due_at = NULL WHERE lane = $1 AND location IN (
               SELECT location FROM @.line WHERE lane = $1 AND location = ANY($2)
               FOR UPDATE SKIP LOCKED)",
        )
        .with(lane_number(lane))
        .with(locations.clone()),
        Statement::new(
            "WITH turn AS MATERIALIZED (SELECT nextval('@.turn') AS number)
             UPDATE @.line l SET
               turn = CASE WHEN g.given > 0 THEN (SELECT number FROM turn) ELSE l.turn END,
               given = l.given + g.given,
               due_at = coalesce(l.due_at, (
                 SELECT e.due_at FROM @.effect e
                 WHERE e.lane = $1 AND e.location = l.location AND e.due_at IS NOT NULL
                 ORDER BY e.due_at LIMIT 1))
             FROM unnest($2, $3) AS g(location, given)
             WHERE l.lane = $1 AND l.location = g.location",
        )
        .with(lane_number(lane))
        .with(locations)
        .with(given),
    ]
}

/// The claims in their order, and how many effects cannot be read.
fn read(rows: &[Row]) -> Result<(Vec<Claim>, u64), Failed> {
    let mut claims = Vec::new();
    let mut unreadable = 0;
    for row in rows {
        let effect = effect(row, 1)?;
        let progress: Option<&str> = row.try_get(5)?;
        let Ok(progress) = progress.map_or(Ok(Progress::NEW), read_json) else {
            // Written by a newer release, or broken. It stays claimed, so that it stands in nobody's way.
            tracing::error!(
                %effect,
                "an effect in the store cannot be read; use the release that wrote it"
            );
            unreadable += 1;
            continue;
        };
        let attempt = number(row, 4)?;
        let fence = Fence { effect, attempt };
        claims.push((row.try_get::<_, i64>(0)?, Claim { fence, progress }));
    }
    claims.sort_by_key(|(place, _)| *place);
    Ok((
        claims.into_iter().map(|(_, claim)| claim).collect(),
        unreadable,
    ))
}

/// When the next effect is due that these lanes and shares let be given, or the next episode.
pub(super) fn next_due(lanes: &[(Lane, Shares)], scope: &Scope, skew: i64) -> Statement {
    let mut statement = Statement::new(
        "SELECT min(due_at) FROM (SELECT min(wake_at) AS due_at FROM @.episode WHERE wake_at IS NOT NULL",
    );
    if let Some(names) = names(scope) {
        let names = statement.named(names);
        statement.and(&format!(" AND location = ANY({names})"));
    }
    let skew = statement.named(skew);
    for (lane, shares) in lanes.iter().filter(|(_, shares)| shares.most() > 0) {
        let exhausted = shares.exhausted();
        let exhausted: Vec<String> = exhausted
            .map(|location| location.as_str().to_owned())
            .collect();
        let only = shares
            .only_one()
            .map(|location| location.as_str().to_owned());
        let lane = statement.named(lane_number(*lane));
        let exhausted = statement.named(exhausted);
        let only = statement.named(only);
        let within = match names(shares.scope()) {
            Some(names) => {
                let names = statement.named(names);
                format!("AND (l.location = '' OR l.location = ANY({names}))")
            }
            None => String::new(),
        };
        let lines = format!(
            "@.line l WHERE l.lane = {lane} AND l.due_at IS NOT NULL
               AND l.location <> ALL({exhausted}) AND ({only}::text IS NULL OR l.location = {only}) {within}
             ORDER BY l.due_at"
        );
        statement.and(&format!(
            " UNION ALL
             SELECT min(f.due_at) FROM (SELECT l.location FROM {lines} LIMIT {LOOKED_INTO}) AS l
             CROSS JOIN LATERAL (
               SELECT e.due_at + CASE WHEN e.claimed_due_at IS NULL THEN 0 ELSE {skew} END AS due_at
               FROM @.effect e
               WHERE e.lane = {lane} AND e.location = l.location AND e.due_at IS NOT NULL
               ORDER BY e.due_at LIMIT 1) AS f
             UNION ALL (SELECT l.due_at FROM {lines} LIMIT 1 OFFSET {LOOKED_INTO})"
        ));
    }
    statement.and(") AS next");
    statement
}
