//! Consents, and the texts of the last days: what decides on one more text to somebody.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use rusqlite::{Connection, Row, params};

use super::episodes;
use super::error::Result;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::compliance::{
    Consent, ConsentKind, DAYS_OF_RATES, SendCounts,
};
use crate::recipes::missed_call::core::model::Subject;
use crate::recipes::missed_call::core::model::{EffectId, EpisodeId, StepName};
use crate::recipes::missed_call::store::{
    ConsentGiven, ContactHistory, DailyCounts, ErasedSubject, SentText,
};

/// How long texts are counted.
const TEXT_MEMORY: SignedDuration = SignedDuration::from_hours(48);

const FIRST_DAY: Date = jiff::civil::date(1970, 1, 1);

/// How many days are counted besides the present one.
const DAYS_KEPT: i64 = DAYS_OF_RATES as i64;

pub(super) const CONSENTS: &str =
    "SELECT kind, given_at, reference FROM consent WHERE location = ?1 AND subject = ?2";
pub(super) const SENT: &str =
    "SELECT (SELECT name FROM episode_name WHERE number = episode), step, ordinal, sent_at
     FROM sent_text WHERE location = ?1 AND subject = ?2 AND sent_at >= ?3";
pub(super) const FORGET: &str =
    "DELETE FROM sent_text WHERE (location, subject, episode, step, ordinal) IN
     (SELECT location, subject, episode, step, ordinal FROM sent_text
      WHERE sent_at < ?1 ORDER BY sent_at LIMIT 4)";

pub(super) const COUNTS: &str =
    "SELECT sent, failed, opted_out, day FROM day_count WHERE location = ?1 AND day >= ?2";

pub(super) fn write_consents(connection: &Connection, consents: &[ConsentGiven]) -> Result<()> {
    for consent in consents {
        connection
            .prepare_cached(
                "INSERT INTO consent (location, subject, kind, given_at, reference)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET given_at = excluded.given_at, reference = excluded.reference
                 WHERE excluded.given_at > given_at",
            )?
            .execute(params![
                consent.location.as_str(),
                consent.subject.as_str(),
                consent.kind.code(),
                consent.consent.given_at.as_millisecond(),
                consent.consent.reference,
            ])?;
    }
    Ok(())
}

pub(super) fn count(connection: &Connection, texts: &[SentText]) -> Result<()> {
    for text in texts {
        let (location, subject) = (text.location.as_str(), text.subject.as_str());
        let episode = episodes::number(connection, &text.effect.episode)?;
        let (step, ordinal) = (text.effect.step.as_str(), text.effect.ordinal);
        let Some(sent_at) = text.sent_at else {
            connection
                .prepare_cached(
                    "DELETE FROM sent_text WHERE location = ?1 AND subject = ?2
                     AND episode = ?3 AND step = ?4 AND ordinal = ?5",
                )?
                .execute(params![location, subject, episode, step, ordinal])?;
            continue;
        };
        connection
            .prepare_cached(
                "INSERT INTO sent_text (location, subject, episode, step, ordinal, sent_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET sent_at = excluded.sent_at",
            )?
            .execute(params![
                location,
                subject,
                episode,
                step,
                ordinal,
                sent_at.as_millisecond()
            ])?;
        let oldest = sent_at
            .saturating_sub(TEXT_MEMORY)
            .unwrap_or(Timestamp::MIN);
        // A few at a time, so that no single commit pays for many.
        connection
            .prepare_cached(FORGET)?
            .execute([oldest.as_millisecond()])?;
    }
    Ok(())
}

pub(super) fn add(connection: &Connection, counts: &[DailyCounts]) -> Result<()> {
    for count in counts {
        let (location, day) = (count.location.as_str(), number_of(count.day));
        connection
            .prepare_cached(
                "INSERT INTO day_count (location, day, sent, failed, opted_out)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET sent = sent + excluded.sent,
                   failed = failed + excluded.failed, opted_out = opted_out + excluded.opted_out",
            )?
            .execute(params![
                location,
                day,
                i64::try_from(count.more.sent)?,
                i64::try_from(count.more.failed)?,
                i64::try_from(count.more.opted_out)?,
            ])?;
        connection
            .prepare_cached("DELETE FROM day_count WHERE location = ?1 AND day < ?2")?
            .execute(params![location, day - DAYS_KEPT])?;
    }
    Ok(())
}

pub(super) fn counts(
    connection: &Connection,
    location: &LocationId,
    since: Date,
) -> Result<BTreeMap<Date, SendCounts>> {
    let count = |row: &Row<'_>, column| -> rusqlite::Result<u64> {
        Ok(row.get::<_, i64>(column)?.max(0).cast_unsigned())
    };
    let mut statement = connection.prepare_cached(COUNTS)?;
    let mut rows = statement.query(params![location.as_str(), number_of(since)])?;
    let mut found = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let counts = SendCounts {
            sent: count(row, 0)?,
            failed: count(row, 1)?,
            opted_out: count(row, 2)?,
        };
        found.insert(day_of(row.get(3)?)?, counts);
    }
    Ok(found)
}

pub(super) fn forget(connection: &Connection, forgotten: &[ErasedSubject]) -> Result<()> {
    for ErasedSubject { location, subject } in forgotten {
        for sql in [
            "DELETE FROM consent WHERE location = ?1 AND subject = ?2",
            "DELETE FROM sent_text WHERE location = ?1 AND subject = ?2",
            "DELETE FROM early_report WHERE location = ?1 AND subject = ?2",
        ] {
            connection
                .prepare_cached(sql)?
                .execute([location.as_str(), subject.as_str()])?;
        }
    }
    Ok(())
}

/// The day's place in the row of days since 1970.
fn number_of(day: Date) -> i64 {
    day.duration_since(FIRST_DAY).as_hours().div_euclid(24)
}

fn day_of(number: i64) -> Result<Date> {
    Ok(FIRST_DAY.checked_add(Span::new().try_days(number)?)?)
}

pub(super) fn read(
    connection: &Connection,
    location: &LocationId,
    subjects: &[Subject],
    since: Timestamp,
) -> Result<ContactHistory> {
    let mut record = ContactHistory::default();
    let mut consents = connection.prepare_cached(CONSENTS)?;
    let mut sent = connection.prepare_cached(SENT)?;
    for subject in subjects {
        let mut rows = consents.query([location.as_str(), subject.as_str()])?;
        while let Some(row) = rows.next()? {
            let code: String = row.get(0)?;
            // A kind that only a newer release knows allows nothing here.
            if let Some(kind) = ConsentKind::from_code(&code) {
                let consent = Consent {
                    given_at: Timestamp::from_millisecond(row.get(1)?)?,
                    reference: row.get(2)?,
                };
                record.add_consent(kind, consent);
            }
        }
        let mut rows = sent.query(params![
            location.as_str(),
            subject.as_str(),
            since.as_millisecond()
        ])?;
        while let Some(row) = rows.next()? {
            let effect = EffectId {
                episode: EpisodeId::from_stored(row.get::<_, String>(0)?),
                step: StepName::from_stored(row.get::<_, String>(1)?),
                ordinal: row.get(2)?,
            };
            record
                .sent
                .insert(effect, Timestamp::from_millisecond(row.get(3)?)?);
        }
    }
    Ok(record)
}
