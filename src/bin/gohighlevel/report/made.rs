//! The figures and rows of each location, made while the ledger is read once.

use std::collections::HashMap;

use gohighlevel::recipes::missed_call::report::{
    Overview, OverviewBuilder, Period, Report, ReportStream, Row,
};
use gohighlevel::recipes::missed_call::store::LedgerQuery;
use jiff::{Timestamp, ToSpan as _};

use super::config::Site;
use super::ledger::Ledger;

/// How many days before the last one pages look back: 13 weeks, and the time for which a text is credited with bookings.
const LOOKS_BACK: i64 = 13 * 7 + 8;

/// What is known of one location.
pub(super) struct Made {
    pub(super) period: Period,
    pub(super) overview: Overview,
    /// Of the period, and of callers of the days before who still need attention.
    pub(super) report: Report,
}

struct Making<'s> {
    site: &'s Site,
    period: Period,
    stream: ReportStream,
    overview: OverviewBuilder<'s>,
    rows: Vec<Row>,
}

impl Making<'_> {
    fn add(&mut self, row: Row) {
        self.overview.add(&row);
        let zone = self.site.settings.zone.clone();
        let day = row.call.ended_at.to_zoned(zone).date();
        let is_open = day < self.period.first() && row.needs_somebody;
        if self.period.contains(day) || is_open {
            self.rows.push(row);
        }
    }
}

/// One for each location, in their order.
pub(super) async fn of(
    ledger: &Ledger,
    sites: &[Site],
    periods: &[Period],
) -> Result<Vec<Made>, String> {
    let mut making: Vec<Making<'_>> = sites
        .iter()
        .zip(periods)
        .map(|(site, &period)| Making {
            site,
            period,
            stream: ReportStream::new(&site.settings),
            overview: OverviewBuilder::new(period, &site.settings),
            rows: Vec::new(),
        })
        .collect();
    let by_id: HashMap<_, _> = sites.iter().map(|site| &site.id).zip(0..).collect();
    let mut query = LedgerQuery::default();
    query.since = making.iter().filter_map(since).min();
    if let [site] = sites {
        query.location = Some(site.id.clone());
    }
    ledger
        .pages(query, |entries| {
            for entry in &entries {
                let place = by_id.get(&entry.location).copied();
                let of: Option<&mut Making<'_>> =
                    place.and_then(|place: usize| making.get_mut(place));
                if let Some(of) = of {
                    of.stream.take(entry);
                }
            }
            for of in &mut making {
                for row in of.stream.ready() {
                    of.add(row);
                }
            }
        })
        .await?;
    Ok(making.into_iter().map(finished).collect())
}

fn since(making: &Making<'_>) -> Option<Timestamp> {
    let span = making
        .period
        .first()
        .min(making.period.last().saturating_sub(LOOKS_BACK.days()));
    let before = making.period.before().first().min(span);
    let midnight = before.to_zoned(making.site.settings.zone.clone()).ok()?;
    Some(midnight.timestamp())
}

fn finished(mut making: Making<'_>) -> Made {
    let stream = std::mem::replace(&mut making.stream, ReportStream::new(&making.site.settings));
    let mut rest = stream.finish();
    for row in std::mem::take(&mut rest.rows) {
        making.add(row);
    }
    let Making {
        period,
        overview,
        mut rows,
        ..
    } = making;
    let overview = overview.finish(&rest);
    rows.sort_by_key(|row| row.call.ended_at);
    rest.rows = rows;
    Made {
        period,
        overview,
        report: rest,
    }
}
