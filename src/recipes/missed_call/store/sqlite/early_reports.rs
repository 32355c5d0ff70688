//! Reports that may be answers to calls which are reported only after this process has ended.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::error::Result;
use crate::ids::LocationId;
use crate::recipes::missed_call::core::model::Subject;
use crate::recipes::missed_call::store::EarlyReport;

pub(super) const REMOVE: &str = "DELETE FROM early_report WHERE (location, subject, name) IN
     (SELECT location, subject, name FROM early_report WHERE received_at < ?1 ORDER BY received_at LIMIT 4)";
pub(super) const OF_SUBJECT: &str = "SELECT name, received_at, report_json FROM early_report
     WHERE location = ?1 AND subject = ?2 ORDER BY received_at DESC, name DESC LIMIT ?3";

pub(super) fn keep(connection: &Connection, report: &EarlyReport) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO early_report (location, subject, name, received_at, report_json)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            report.location.as_str(),
            report.subject.as_str(),
            report.name,
            report.received_at.as_millisecond(),
            report.report.as_str(),
        ])?;
    let oldest = report.received_at.saturating_sub(EarlyReport::KEPT);
    let oldest = oldest.unwrap_or(Timestamp::MIN);
    // Some at a time: more than come in.
    connection
        .prepare_cached(REMOVE)?
        .execute([oldest.as_millisecond()])?;
    Ok(())
}

pub(super) fn of_subject(
    connection: &Connection,
    location: &LocationId,
    subject: &Subject,
) -> Result<Vec<EarlyReport>> {
    let mut statement = connection.prepare_cached(OF_SUBJECT)?;
    let most = i64::try_from(EarlyReport::MOST_OF_ONE)?;
    let mut rows = statement.query(params![location.as_str(), subject.as_str(), most])?;
    let mut newest = Vec::new();
    while let Some(row) = rows.next()? {
        newest.push(EarlyReport {
            location: location.clone(),
            subject: subject.clone(),
            name: row.get(0)?,
            received_at: Timestamp::from_millisecond(row.get(1)?)?,
            report: row.get::<_, String>(2)?.into(),
        });
    }
    newest.reverse();
    Ok(newest)
}
