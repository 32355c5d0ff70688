//! Reports that may be answers to calls which another process will hear of. They are kept for some minutes, by the
//! database's clock.

use tokio_postgres::Row;

use super::failure::Failed;
use super::rows::{count, millis, time};
use crate::ids::LocationId;
use crate::postgres::{NOW, Statement};
use crate::recipes::missed_call::core::model::Subject;
use crate::recipes::missed_call::store::EarlyReport;

/// Each report that is kept removes up to this many that are too old, so that there are never many of them.
const REMOVED_AT_ONCE: i64 = 4;

/// One statement, so that it needs no transaction.
pub(super) fn keep(report: &EarlyReport) -> Statement {
    Statement::new(format!(
        "WITH old AS (
           DELETE FROM @.early_report WHERE (location, subject, name) IN (
             SELECT location, subject, name FROM @.early_report WHERE kept_at < {NOW} - $1
             ORDER BY kept_at LIMIT $2 FOR UPDATE SKIP LOCKED))
         INSERT INTO @.early_report (location, subject, name, received_at, kept_at, report_json)
         VALUES ($3, $4, $5, $6, {NOW}, $7)
         ON CONFLICT (location, subject, name) DO NOTHING"
    ))
    .with(kept_millis())
    .with(REMOVED_AT_ONCE)
    .text(report.location.as_str())
    .text(report.subject.as_str())
    .text(&report.name)
    .with(millis(report.received_at))
    .text(report.report.as_str())
}

fn kept_millis() -> i64 {
    i64::try_from(EarlyReport::KEPT.as_millis()).unwrap_or(i64::MAX)
}

/// The newest ones come first.
pub(super) fn of_subject(location: &LocationId, subject: &Subject) -> Statement {
    Statement::new(
        "SELECT name, received_at, report_json FROM @.early_report
         WHERE location = $1 AND subject = $2 ORDER BY kept_at DESC, received_at DESC, name DESC LIMIT $3",
    )
    .text(location.as_str())
    .text(subject.as_str())
    .with(count(EarlyReport::MOST_OF_ONE))
}

/// In the order of their arrival.
pub(super) fn read(
    location: &LocationId,
    subject: &Subject,
    rows: &[Row],
) -> Result<Vec<EarlyReport>, Failed> {
    let read = |row: &Row| {
        Ok(EarlyReport {
            location: location.clone(),
            subject: subject.clone(),
            name: row.try_get(0)?,
            received_at: time(row.try_get(1)?),
            report: row.try_get::<_, String>(2)?.into(),
        })
    };
    rows.iter().rev().map(read).collect()
}
