//! Suppressions, consents, and the texts of the last days: what decides on one more text to somebody.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use tokio_postgres::Row;

use super::failure::Failed;
use super::rows::{effect, millis, time};
use super::runs::runs;
use crate::ids::LocationId;
use crate::postgres::Statement;
use crate::recipes::missed_call::core::compliance::{
    Consent, ConsentKind, DAYS_OF_RATES, SendCounts,
};
use crate::recipes::missed_call::core::model::{Reason, Subject};
use crate::recipes::missed_call::store::{
    ConsentGiven, ContactHistory, DailyCounts, ErasedSubject, SentText, Suppression,
    SuppressionChange,
};

/// How long texts are counted.
const TEXT_MEMORY: SignedDuration = SignedDuration::from_hours(48);

/// How many texts that are too old one commit removes, so that none pays for many.
const FORGOTTEN_AT_ONCE: i64 = 8;

const FIRST_DAY: Date = jiff::civil::date(1970, 1, 1);

/// How many days are counted besides the present one.
const DAYS_KEPT: i64 = DAYS_OF_RATES as i64;

fn texts<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    texts.map(str::to_owned).collect()
}

/// Those for which this holds; `None` if there are none.
fn those<'c, T>(run: &[&'c T], are: impl Fn(&T) -> bool) -> Option<Vec<&'c T>> {
    let those: Vec<&T> = run.iter().copied().filter(|change| are(change)).collect();
    (!those.is_empty()).then_some(those)
}

pub(super) fn suppress(changes: &[SuppressionChange]) -> Vec<Statement> {
    let key = |change: &SuppressionChange| {
        let (location, subject) = (change.location.clone(), change.subject.clone());
        (location, subject, change.reason.code())
    };
    let statement = |sql: &str, run: Vec<&SuppressionChange>| {
        let changes = || run.iter();
        Statement::new(sql)
            .with(texts(changes().map(|change| change.location.as_str())))
            .with(texts(changes().map(|change| change.subject.as_str())))
            .with(
                changes()
                    .map(|change| change.reason.code())
                    .collect::<Vec<_>>(),
            )
            .with(
                changes()
                    .map(|change| millis(change.at))
                    .collect::<Vec<_>>(),
            )
    };
    let mut statements = Vec::new();
    for run in runs(changes, key) {
        if let Some(added) = those(&run, |change| change.suppressed) {
            statements.push(statement(
                "INSERT INTO @.suppression (location, subject, reason, since)
                 SELECT * FROM unnest($1, $2, $3, $4)
                 ON CONFLICT (location, subject, reason)
                   DO UPDATE SET since = greatest(suppression.since, excluded.since)",
                added,
            ));
        }
        if let Some(lifted) = those(&run, |change| !change.suppressed) {
            statements.push(statement(
                "DELETE FROM @.suppression s
                 USING unnest($1, $2, $3, $4) AS c(location, subject, reason, at)
                 WHERE s.location = c.location AND s.subject = c.subject
                   AND s.reason = c.reason AND s.since < c.at",
                lifted,
            ));
        }
    }
    statements
}

pub(super) fn suppressions(location: &LocationId, subjects: &[Subject]) -> Statement {
    Statement::new(
        "SELECT reason, since FROM @.suppression WHERE location = $1 AND subject = ANY($2)",
    )
    .text(location.as_str())
    .with(texts(subjects.iter().map(Subject::as_str)))
}

pub(super) fn read_suppressions(rows: &[Row]) -> Result<Vec<Suppression>, Failed> {
    let read = |row: &Row| {
        Ok(Suppression {
            // A reason of a newer release forbids as well as any.
            reason: Reason::of_suppression(row.try_get(0)?).unwrap_or(Reason::Suppressed),
            since: time(row.try_get(1)?),
        })
    };
    rows.iter().map(read).collect()
}

pub(super) fn consent(consents: &[ConsentGiven]) -> impl Iterator<Item = Statement> {
    consents.iter().map(|given| {
        Statement::new(
            "INSERT INTO @.consent (location, subject, kind, given_at, reference)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (location, subject, kind)
               DO UPDATE SET given_at = excluded.given_at, reference = excluded.reference
               WHERE excluded.given_at > consent.given_at",
        )
        .text(given.location.as_str())
        .text(given.subject.as_str())
        .text(given.kind.code())
        .with(millis(given.consent.given_at))
        .text(&given.consent.reference)
    })
}

pub(super) fn count(sent: &[SentText]) -> Vec<Statement> {
    let key = |text: &SentText| {
        let subject = text.subject.clone();
        (text.location.clone(), subject, text.effect.clone())
    };
    let statement = |sql: &str, run: &[&SentText]| {
        let sent = || run.iter();
        Statement::new(sql)
            .with(texts(sent().map(|text| text.location.as_str())))
            .with(texts(sent().map(|text| text.subject.as_str())))
            .with(texts(sent().map(|text| text.effect.episode.as_str())))
            .with(texts(sent().map(|text| text.effect.step.as_str())))
            .with(
                sent()
                    .map(|text| i64::from(text.effect.ordinal))
                    .collect::<Vec<_>>(),
            )
    };
    let mut statements = Vec::new();
    for run in runs(sent, key) {
        if let Some(run) = those(&run, |text| text.sent_at.is_some()) {
            let counted = statement(
                "INSERT INTO @.sent_text (location, subject, episode, step, ordinal, sent_at)
                 SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (location, subject, episode, step, ordinal)
                   DO UPDATE SET sent_at = excluded.sent_at",
                &run,
            );
            let at = run.iter().map(|text| text.sent_at.map(millis));
            statements.push(counted.with(at.collect::<Vec<_>>()));
        }
        if let Some(run) = those(&run, |text| text.sent_at.is_none()) {
            statements.push(statement(
                "DELETE FROM @.sent_text s
                 USING unnest($1, $2, $3, $4, $5) AS c(location, subject, episode, step, ordinal)
                 WHERE s.location = c.location AND s.subject = c.subject
                   AND s.episode = c.episode AND s.step = c.step AND s.ordinal = c.ordinal",
                &run,
            ));
        }
    }
    if let Some(latest) = sent.iter().filter_map(|text| text.sent_at).max() {
        let oldest = latest.saturating_sub(TEXT_MEMORY).unwrap_or(Timestamp::MIN);
        statements.push(
            Statement::new(
                "DELETE FROM @.sent_text WHERE (location, subject, episode, step, ordinal) IN
                   (SELECT location, subject, episode, step, ordinal FROM @.sent_text
                    WHERE sent_at < $1 ORDER BY sent_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
            )
            .with(millis(oldest))
            .with(FORGOTTEN_AT_ONCE),
        );
    }
    statements
}

pub(super) fn add(counts: &[DailyCounts]) -> Result<Vec<Statement>, Failed> {
    let number = |count: u64| {
        i64::try_from(count).map_err(|_| Failed::unreadable("a count of texts is out of range"))
    };
    let mut statements = Vec::new();
    for count in counts {
        let (location, day) = (count.location.as_str(), number_of(count.day));
        statements.push(
            Statement::new(
                "INSERT INTO @.day_count (location, day, sent, failed, opted_out)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (location, day) DO UPDATE SET sent = day_count.sent + excluded.sent,
                   failed = day_count.failed + excluded.failed,
                   opted_out = day_count.opted_out + excluded.opted_out",
            )
            .text(location)
            .with(day)
            .with(number(count.more.sent)?)
            .with(number(count.more.failed)?)
            .with(number(count.more.opted_out)?),
        );
        statements.push(
            Statement::new("DELETE FROM @.day_count WHERE location = $1 AND day < $2")
                .text(location)
                .with(day - DAYS_KEPT),
        );
    }
    Ok(statements)
}

pub(super) fn counts(location: &LocationId, since: Date) -> Statement {
    Statement::new(
        "SELECT sent, failed, opted_out, day FROM @.day_count WHERE location = $1 AND day >= $2",
    )
    .text(location.as_str())
    .with(number_of(since))
}

pub(super) fn read_counts(rows: &[Row]) -> Result<BTreeMap<Date, SendCounts>, Failed> {
    let count = |row: &Row, column| -> Result<u64, Failed> {
        Ok(row.try_get::<_, i64>(column)?.max(0).cast_unsigned())
    };
    let mut found = BTreeMap::new();
    for row in rows {
        let counts = SendCounts {
            sent: count(row, 0)?,
            failed: count(row, 1)?,
            opted_out: count(row, 2)?,
        };
        found.insert(day_of(row.try_get(3)?)?, counts);
    }
    Ok(found)
}

pub(super) fn forget(forgotten: &[ErasedSubject]) -> impl Iterator<Item = Statement> {
    forgotten.iter().flat_map(|erased| {
        [
            "DELETE FROM @.consent WHERE location = $1 AND subject = $2",
            "DELETE FROM @.sent_text WHERE location = $1 AND subject = $2",
            "DELETE FROM @.early_report WHERE location = $1 AND subject = $2",
        ]
        .map(|sql| {
            Statement::new(sql)
                .text(erased.location.as_str())
                .text(erased.subject.as_str())
        })
    })
}

/// The day's place in the row of days since 1970.
fn number_of(day: Date) -> i64 {
    day.duration_since(FIRST_DAY).as_hours().div_euclid(24)
}

fn day_of(number: i64) -> Result<Date, Failed> {
    let days = Span::new().try_days(number);
    days.and_then(|days| FIRST_DAY.checked_add(days))
        .map_err(|error| Failed::unreadable(error.to_string()))
}

/// The consents of these subjects, and what they were sent.
pub(super) fn record(
    location: &LocationId,
    subjects: &[Subject],
    since: Timestamp,
) -> [Statement; 2] {
    let subjects = || texts(subjects.iter().map(Subject::as_str));
    [
        Statement::new(
            "SELECT kind, given_at, reference FROM @.consent
             WHERE location = $1 AND subject = ANY($2)",
        )
        .text(location.as_str())
        .with(subjects()),
        Statement::new(
            "SELECT episode, step, ordinal, sent_at FROM @.sent_text
             WHERE location = $1 AND subject = ANY($2) AND sent_at >= $3",
        )
        .text(location.as_str())
        .with(subjects())
        .with(millis(since)),
    ]
}

pub(super) fn read_record(answers: &[Vec<Row>]) -> Result<ContactHistory, Failed> {
    let mut record = ContactHistory::default();
    let mut answers = answers.iter();
    for row in answers.next().into_iter().flatten() {
        // A kind that only a newer release knows allows nothing here.
        if let Some(kind) = ConsentKind::from_code(row.try_get(0)?) {
            let consent = Consent {
                given_at: time(row.try_get(1)?),
                reference: row.try_get(2)?,
            };
            record.add_consent(kind, consent);
        }
    }
    for row in answers.next().into_iter().flatten() {
        record.sent.insert(effect(row, 0)?, time(row.try_get(3)?));
    }
    Ok(record)
}
