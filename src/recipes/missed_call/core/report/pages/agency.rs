//! The page of an agency: one line for each location.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::figures::with_interval;
use super::written::{self, NOTHING, many, number};
use super::{PageOptions, proof};
use crate::recipes::missed_call::core::compliance::{BasisPoints, SuspensionLimits};
use crate::recipes::missed_call::core::report::currency::Currency;
use crate::recipes::missed_call::core::report::metrics::{Metrics, Share};
use crate::recipes::missed_call::core::report::overview::Overview;
use crate::recipes::missed_call::core::report::settings::{Revenue, Settings};

/// A location on the page of its agency.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AgencyLine {
    /// Its name.
    pub name: String,
    /// An address of its own page, if there is one to go to.
    pub link: Option<String>,
    overview: Overview,
    currency: Currency,
}

impl AgencyLine {
    /// A location with its figures, and the settings that they were made with.
    pub fn new(name: impl Into<String>, overview: Overview, settings: &Settings) -> Self {
        Self {
            name: name.into(),
            link: None,
            overview,
            currency: settings.currency.clone(),
        }
    }

    /// With the address of its own page, such as `soleil.html`.
    #[must_use]
    pub fn link(mut self, link: impl Into<String>) -> Self {
        self.link = Some(link.into());
        self
    }

    /// By how much it needs help: the share of callers whom nobody has dealt with, as far as it is certain. A location with
    /// two callers is not the worst one because both wait.
    fn concern(&self) -> f64 {
        let waiting = self.overview.metrics.needs_somebody;
        waiting.map_or(-1.0, |share| share.interval().low)
    }
}

pub(super) fn view(lines: &[AgencyLine], options: &PageOptions) -> Value {
    let mut sorted: Vec<&AgencyLine> = lines.iter().collect();
    sorted.sort_by(|one, other| {
        let by_concern = other.concern().total_cmp(&one.concern());
        by_concern.then_with(|| one.name.cmp(&other.name))
    });
    let sum = |of: fn(&Metrics) -> u64| -> u64 {
        lines.iter().map(|line| of(&line.overview.metrics)).sum()
    };
    let episodes = sum(|metrics| metrics.episodes);
    let texted = sum(|metrics| metrics.texted);
    let replied = sum(|metrics| metrics.replied.map_or(0, Share::part));
    let booked = sum(|metrics| metrics.booked.map_or(0, Share::part));
    let waiting = sum(|metrics| metrics.needs_somebody.map_or(0, Share::part));
    let sentence = format!(
        "{} of {} in {} got a text; {} wrote back, {} booked. {} wait for somebody.",
        number(texted),
        many(episodes, "missed caller", "missed callers"),
        many(lines.len() as u64, "location", "locations"),
        number(replied),
        number(booked),
        number(waiting),
    );
    json!({
        "business": if options.business.is_empty() { "All locations" } else { &options.business },
        "period": lines.first().map(|line| written::period(line.overview.period)),
        "made_at": options.made_at.map(made_at),
        "sentence": sentence,
        "lines": sorted.into_iter().map(row).collect::<Vec<_>>(),
        "total": {
            "missed": number(episodes), "texted": written::share(Share::of(texted, sum(|metrics| metrics.textable))),
            "replied": written::share(Share::of(replied, texted)), "booked": written::share(Share::of(booked, texted)),
            "worth": total_worth(lines), "waiting": number(waiting),
        },
        "proof": options.trial.as_ref().map(proof::of_trial),
    })
}

/// Locations have zones of their own.
fn made_at(at: Timestamp) -> String {
    written::moment(at, &jiff::tz::TimeZone::UTC)
}

fn row(line: &AgencyLine) -> Value {
    let metrics = &line.overview.metrics;
    let share = |part: u64, whole: u64| written::share(Share::of(part, whole));
    json!({
        "name": line.name,
        "link": line.link,
        "missed": number(metrics.episodes),
        "texted": share(metrics.texted, metrics.textable),
        "p95": metrics.time_to_text_p95.map_or(NOTHING.to_owned(), written::duration),
        "replied": with_interval(metrics.replied),
        "booked": with_interval(metrics.booked),
        "worth": metrics.recovered_revenue.map_or(NOTHING.to_owned(), |revenue| line.currency.written(revenue)),
        "waiting": with_interval(metrics.needs_somebody),
        "failed": written::share(metrics.failed),
        "notes": notes(metrics),
    })
}

/// What needs a look, in a few words.
fn notes(metrics: &Metrics) -> Vec<&'static str> {
    let is_high = |share: Option<Share>, limit: f64| {
        share.is_some_and(|share| share.whole() >= super::figures::FEW && share.value() >= limit)
    };
    let mut notes = Vec::new();
    let limits = SuspensionLimits::default().pause;
    let share_of = |limit: BasisPoints| f64::from(limit.0) / 10_000.0;
    if is_high(metrics.failed, share_of(limits.failed)) {
        notes.push("many texts fail");
    }
    if is_high(metrics.opted_out, share_of(limits.opted_out)) {
        notes.push("many opt out");
    }
    if metrics
        .coverage
        .is_some_and(|share| share.part() < share.whole())
    {
        notes.push("callers without a decision");
    }
    notes
}

/// The sum, if all locations have one currency.
fn total_worth(lines: &[AgencyLine]) -> String {
    let mut currencies = lines.iter().map(|line| &line.currency);
    let first = currencies.next();
    if currencies.any(|currency| Some(currency) != first) {
        return NOTHING.to_owned();
    }
    let sum = lines
        .iter()
        .filter_map(|line| line.overview.metrics.recovered_revenue)
        .reduce(Revenue::plus);
    match (first, sum) {
        (Some(currency), Some(sum)) => currency.written(sum),
        _ => NOTHING.to_owned(),
    }
}
