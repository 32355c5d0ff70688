//! The figures of a page: everything that it shows, computed from rows that are added one after the other.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Serialize;

use super::digest::{Urgency, urgency};
use super::experiment::ExperimentReport;
use super::metrics::{Metrics, Share, Tally};
use super::outcome::Outcome;
use super::period::Period;
use super::plain;
use super::projection::Report;
use super::row::Row;
use super::settings::Settings;
use crate::recipes::missed_call::core::model::Reason;

/// How many weeks the trend has.
const WEEKS: usize = 13;

/// How many callers are listed by themselves.
const LISTED: usize = 10;

/// The upper ends of the classes of the time to the text, in seconds.
const SPEEDS: [i64; 13] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 86_400];

/// The figures of one location in one [`Period`], with those of the period before and of 13 weeks.
///
/// Calls count by the day on which they ended, in the settings' zone. `Serialize` writes all of it, for a dashboard.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Overview {
    /// The days.
    pub period: Period,
    /// The metrics of these days.
    pub metrics: Metrics,
    /// The metrics of as many days before.
    pub before: Metrics,
    /// How many calls could not be classified on these days.
    pub unclear_calls: u64,
    /// Why callers did not come to the next step, the most frequent reason of each step first.
    pub losses: Vec<Loss>,
    /// Missed callers by weekday (Monday first) and hour of the day, in the zone of the line.
    pub hours: [[u64; 24]; 7],
    /// Whether the business is usually open at the hour, if a recipe of the settings says it.
    pub open_hours: Option<[[bool; 24]; 7]>,
    /// The lines, by their names.
    pub lines: Vec<LineFigures>,
    /// How many first texts were accepted how fast, the fastest first.
    pub speeds: Vec<Speed>,
    /// Each day.
    pub days: Vec<DayFigures>,
    /// 13 weeks that end with the last day of the period, the oldest first.
    pub weeks: Vec<WeekFigures>,
    /// The callers who still need attention, the most urgent first; ten at most.
    pub waiting: Vec<Waiting>,
    /// The recipes, with the number of callers of each.
    pub recipes: BTreeMap<String, u64>,
    /// The experiments that hold the text back from some callers, the latest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub experiments: Vec<ExperimentReport>,
}

/// Why callers were lost on the way from one step to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Loss {
    /// The step that they did not come to.
    pub before: Step,
    /// Why, in plain words.
    pub why: &'static str,
    /// How many.
    pub callers: u64,
}

/// The steps on the way from a missed call to a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// Nothing forbade a text.
    Textable,
    /// A text was accepted.
    Texted,
    /// The caller wrote back.
    Replied,
}

/// The figures of one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LineFigures {
    /// Its name in the settings, else its number.
    pub name: String,
    /// Its metrics.
    pub metrics: Metrics,
}

/// First texts within a class of speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Speed {
    /// The upper end of the class in seconds, which belongs to it; `None` for the slowest.
    pub within_seconds: Option<i64>,
    /// How many.
    pub texts: u64,
}

/// The callers of one day, as HighLevel's limits see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DayFigures {
    /// The day.
    pub day: Date,
    /// As [`Metrics::failed`].
    pub failed: Option<Share>,
    /// Texts that were not delivered, of those of which HighLevel has said whether they were.
    pub not_delivered: Option<Share>,
    /// As [`Metrics::opted_out`].
    pub opted_out: Option<Share>,
}

/// The metrics of one week.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WeekFigures {
    /// Its first day.
    pub from: Date,
    /// Its metrics.
    pub metrics: Metrics,
}

/// A caller who still needs attention.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Waiting {
    /// The row.
    pub row: Row,
    /// What makes them urgent, in plain words.
    pub why: Vec<&'static str>,
}

impl Overview {
    /// The figures of a report that holds all rows, also those of the 13 weeks before the end of the period.
    pub fn of(report: &Report, period: Period, settings: &Settings) -> Self {
        let mut builder = OverviewBuilder::new(period, settings);
        for row in &report.rows {
            builder.add(row);
        }
        builder.finish(report)
    }
}

/// Computes an [`Overview`] from rows that come one after the other and are not kept.
#[derive(Debug)]
pub struct OverviewBuilder<'s> {
    settings: &'s Settings,
    period: Period,
    now: Tally,
    before: Tally,
    losses: BTreeMap<(Step, &'static str), u64>,
    hours: [[u64; 24]; 7],
    lines: BTreeMap<String, Tally>,
    speeds: [u64; SPEEDS.len() + 1],
    days: BTreeMap<Date, Tally>,
    weeks: Vec<Tally>,
    waiting: Vec<Row>,
    recipes: BTreeMap<String, u64>,
}

impl<'s> OverviewBuilder<'s> {
    /// No rows.
    pub fn new(period: Period, settings: &'s Settings) -> Self {
        Self {
            settings,
            period,
            now: Tally::default(),
            before: Tally::default(),
            losses: BTreeMap::new(),
            hours: [[0; 24]; 7],
            lines: BTreeMap::new(),
            speeds: [0; SPEEDS.len() + 1],
            days: BTreeMap::new(),
            weeks: vec![Tally::default(); WEEKS],
            waiting: Vec::new(),
            recipes: BTreeMap::new(),
        }
    }

    /// Adds a row. Rows of calls outside of the period and what it is compared with do not count.
    pub fn add(&mut self, row: &Row) {
        let settings = self.settings;
        let ended_at = row.call.ended_at;
        let day = ended_at.to_zoned(settings.zone.clone()).date();
        if let Some(weeks_ago) = self.period.weeks_ago(day)
            && let Some(week) = WEEKS.checked_sub(weeks_ago + 1)
            && let Some(week) = self.weeks.get_mut(week)
        {
            week.add(row, settings);
        }
        if self.period.before().contains(day) {
            self.before.add(row, settings);
        }
        if !self.period.contains(day) {
            return;
        }
        self.now.add(row, settings);
        self.days.entry(day).or_default().add(row, settings);
        let line = super::weekly_review::line_name(row, settings);
        self.lines.entry(line).or_default().add(row, settings);
        *self.recipes.entry(row.recipe.clone()).or_default() += 1;
        let local = ended_at.to_zoned(settings.zone_of(row.call.called.as_ref()).clone());
        let weekday = usize::from(local.weekday().to_monday_zero_offset().unsigned_abs());
        let hour = usize::from(local.hour().unsigned_abs());
        if let Some(cell) = self
            .hours
            .get_mut(weekday)
            .and_then(|day| day.get_mut(hour))
        {
            *cell += 1;
        }
        if let Some(time) = row.time_to_text() {
            let class = SPEEDS
                .iter()
                .position(|within| time <= SignedDuration::from_secs(*within));
            if let Some(count) = self.speeds.get_mut(class.unwrap_or(SPEEDS.len())) {
                *count += 1;
            }
        }
        if let Some((before, why)) = loss(row) {
            *self.losses.entry((before, why)).or_default() += 1;
        }
        if row.needs_somebody {
            self.waiting.push(row.clone());
            // Only so many are shown; the rest is sorted out now and then.
            if self.waiting.len() >= 8 * LISTED {
                self.keep_the_most_urgent();
            }
        }
    }

    fn keep_the_most_urgent(&mut self) {
        let settings = self.settings;
        self.waiting.sort_by_key(|row| {
            let calls = std::cmp::Reverse(row.missed_calls);
            // Of equals the latest first: who called months ago has long found somebody else.
            (
                urgency(row, settings),
                calls,
                std::cmp::Reverse(row.call.ended_at),
            )
        });
        self.waiting.truncate(LISTED);
    }

    /// The figures. `rest` holds the unclear calls, and the experiments.
    pub fn finish(mut self, rest: &Report) -> Overview {
        let settings = self.settings;
        let unclear = rest.unclear_calls.iter().filter(|call| {
            let day = call.at.to_zoned(settings.zone.clone()).date();
            self.period.contains(day)
        });
        let unclear_calls = unclear.map(|_| 1).sum();
        self.keep_the_most_urgent();
        let waiting = self.waiting.into_iter().map(|row| Waiting {
            why: why_urgent(&row, settings),
            row,
        });
        let mut losses: Vec<Loss> = self
            .losses
            .into_iter()
            .map(|((before, why), callers)| Loss {
                before,
                why,
                callers,
            })
            .collect();
        losses.sort_by_key(|loss| (loss.before, std::cmp::Reverse(loss.callers)));
        let speeds = SPEEDS.iter().copied().map(Some).chain([None]);
        let days = self.days.into_iter().map(|(day, tally)| {
            let metrics = tally.metrics(settings);
            DayFigures {
                day,
                failed: metrics.failed,
                not_delivered: metrics.delivered.map(Share::rest),
                opted_out: metrics.opted_out,
            }
        });
        let weeks = self
            .weeks
            .into_iter()
            .enumerate()
            .map(|(week, tally)| WeekFigures {
                from: self.period.week_start(WEEKS - 1 - week),
                metrics: tally.metrics(settings),
            });
        let lines = self.lines.into_iter().map(|(name, tally)| LineFigures {
            name,
            metrics: tally.metrics(settings),
        });
        Overview {
            period: self.period,
            metrics: self.now.metrics(settings),
            before: self.before.metrics(settings),
            unclear_calls,
            losses,
            hours: self.hours,
            open_hours: open_hours(settings),
            lines: lines.collect(),
            speeds: speeds
                .zip(self.speeds)
                .map(|(within_seconds, texts)| Speed {
                    within_seconds,
                    texts,
                })
                .collect(),
            days: days.collect(),
            weeks: weeks.collect(),
            waiting: waiting.collect(),
            recipes: self.recipes,
            experiments: rest.experiments.clone(),
        }
    }
}

/// The step that the caller did not come to, and why.
fn loss(row: &Row) -> Option<(Step, &'static str)> {
    Some(match row.why_not_texted() {
        Some(Outcome::Suppressed(reason)) => (Step::Textable, plain::why_no_text(&reason)),
        Some(Outcome::NoText) => (Step::Textable, "the recipe has no text for the call"),
        Some(Outcome::DryRun) => (Step::Texted, "dry run: would have got a text"),
        Some(Outcome::HeldOut) => (Step::Texted, plain::why_no_text(&Reason::HeldOut)),
        Some(Outcome::Stale) => (Step::Texted, plain::why_no_text(&Reason::Stale)),
        Some(Outcome::Failed(reason) | Outcome::NotNeeded(reason)) => {
            (Step::Texted, plain::why_no_text(&reason))
        }
        Some(_) => (Step::Texted, "not decided yet"),
        None if row.reply_to_text.is_some() => return None,
        None if row.is_not_delivered() => (Step::Replied, "the text did not arrive"),
        None if row.opted_out.is_some() => (Step::Replied, "asked for no more texts"),
        None if !row.recovered.is_empty() => (Step::Replied, "booked without writing"),
        None if row.reached_at.is_some() => (Step::Replied, "spoke with the team instead"),
        None => (Step::Replied, "no reply"),
    })
}

pub(super) fn why_urgent(row: &Row, settings: &Settings) -> Vec<&'static str> {
    let mut why = Vec::new();
    match urgency(row, settings) {
        Urgency::MayHaveOptedOut => {
            why.push("may have asked for no more texts; somebody must decide")
        }
        Urgency::AsksForPerson => why.push("asks for a person"),
        Urgency::WantsAppointment => why.push("wants an appointment"),
        Urgency::Clicked => why.push("opened the link"),
        Urgency::Priority => why.push("priority line"),
        Urgency::CalledAgain | Urgency::Not => {}
    }
    match &row.not_texted {
        _ if row.is_not_delivered() => why.push("the text did not arrive"),
        _ if !row.texts.is_empty() => why.push("texted"),
        _ if row.would_text => why.push("no text: dry run"),
        Some(reason) => why.push(plain::why_no_text(reason)),
        None => why.push("no text yet"),
    }
    why
}

/// When the business is usually open, by the first recipe that says it.
fn open_hours(settings: &Settings) -> Option<[[bool; 24]; 7]> {
    let hours = settings
        .recipes
        .iter()
        .find_map(|recipe| recipe.hours.as_ref())?;
    let mut open = [[false; 24]; 7];
    for (weekday, day) in open.iter_mut().enumerate() {
        for (hour, cell) in day.iter_mut().enumerate() {
            *cell = hours.is_usually_open(weekday, hour);
        }
    }
    Some(open)
}
