//! What the page and the e-mail of one location show, in words and numbers as they are read.

use jiff::civil::Weekday;
use serde_json::{Value, json};

use super::written::{self, NOTHING, many, number, percent};
use super::{PageOptions, charts, proof};
use crate::recipes::missed_call::core::compliance::SuspensionLimits;
use crate::recipes::missed_call::core::report::metrics::{Metrics, Share};
use crate::recipes::missed_call::core::report::overview::{DayFigures, Overview, Step};
use crate::recipes::missed_call::core::report::settings::{Revenue, Settings};
use crate::recipes::missed_call::core::report::targets::{Comparison, Target};

/// Shares of fewer callers are shown in grey.
pub(super) const FEW: u64 = 20;

/// The steps of colour of the heat map, after nothing.
const SHADES: u64 = 5;

/// The report in one sentence.
pub(super) fn sentence(metrics: &Metrics, settings: &Settings) -> String {
    if metrics.episodes == 0 {
        return "No call was missed.".to_owned();
    }
    let part = |share: Option<Share>| share.map_or(0, Share::part);
    let callers = many(metrics.episodes, "missed caller", "missed callers");
    let mut sentence = match (metrics.texted, metrics.time_to_text_p50) {
        (0, _) | (_, None) => format!("None of {callers} got a text"),
        (texted, Some(half)) => {
            let half = written::duration(half);
            format!(
                "{} of {callers} got a text, half of them within {half}",
                number(texted)
            )
        }
    };
    if metrics.texted > 0 {
        let (replied, booked) = (part(metrics.replied), part(metrics.booked));
        sentence.push_str(&format!(
            "; {} wrote back, {} booked",
            number(replied),
            number(booked)
        ));
        if let Some(revenue) = metrics.recovered_revenue {
            sentence.push_str(&format!(": {}", settings.currency.written(revenue)));
        }
    }
    sentence.push('.');
    sentence
}

/// Everything that the templates of a location show.
pub(super) fn view(overview: &Overview, settings: &Settings, options: &PageOptions) -> Value {
    let metrics = &overview.metrics;
    let zone = settings.zone.iana_name().unwrap_or("UTC");
    json!({
        "business": if options.business.is_empty() { "Missed calls" } else { &options.business },
        "period": written::period(overview.period),
        "days": overview.period.days(),
        "zone": zone,
        "made_at": options.made_at.map(|at| written::moment(at, &settings.zone)),
        "sentence": sentence(metrics, settings),
        "dry_run": (metrics.dry_run > 0).then(|| many(metrics.dry_run, "caller", "callers")),
        "tiles": tiles(overview, settings, options),
        "funnel": funnel(overview),
        "heat": heat(overview),
        "lines": lines(overview, settings),
        "few": FEW,
        "speed": charts::speeds(overview, options.targets.time_to_text),
        "limits": limits(overview),
        "proof": proof::view(overview, options),
        "trend": charts::trend(overview),
        "waiting": waiting(overview, settings, options),
        "waiting_total": metrics.needs_somebody.map_or(0, Share::part),
        "waiting_more": metrics.needs_somebody.map_or(0, Share::part) - overview.waiting.len() as u64,
        "unclear": overview.unclear_calls,
        "recipes": overview.recipes.iter().map(|(recipe, callers)| {
            json!({"name": recipe, "callers": many(*callers, "caller", "callers")})
        }).collect::<Vec<_>>(),
        "reply_hours": settings.reply_window.as_hours(),
        "booking_days": settings.booking_window.as_hours() / 24,
    })
}

fn tiles(overview: &Overview, settings: &Settings, options: &PageOptions) -> Vec<Value> {
    let (now, before) = (&overview.metrics, &overview.before);
    let compared = options.targets.compare(now);
    let target = |measure: &str| {
        let found = compared
            .iter()
            .find(|comparison| comparison.measure == measure);
        found.map(|comparison| json!({"words": target_words(comparison), "met": comparison.met}))
    };
    let money = |revenue: Option<Revenue>| {
        revenue.map_or(NOTHING.to_owned(), |revenue| {
            settings.currency.written(revenue)
        })
    };
    let time = |time| Option::map_or(time, NOTHING.to_owned(), written::duration);
    let counted =
        |share: Option<Share>| share.map_or(NOTHING.to_owned(), |share| number(share.part()));
    let of_texted = |share: Option<Share>| format!("{} of the texted", written::share(share));
    let clicked = now.clicked.map_or(String::new(), |share| {
        format!("; {} opened the link", number(share.part()))
    });
    let delivered = now.delivered.map_or(String::new(), |share| {
        let (arrived, known) = (number(share.part()), number(share.whole()));
        format!("; {arrived} of {known} texts delivered")
    });
    let had_calls = before.episodes > 0;
    let tile =
        |id: &str, label: &str, value: String, note: String, measure: &str, earlier: String| {
            json!({
                "id": id, "label": label, "value": value, "note": note, "target": target(measure),
                "before": had_calls.then_some(earlier),
            })
        };
    vec![
        tile(
            "missed",
            "Missed callers",
            number(now.episodes),
            format!(
                "{}; {} texted{delivered}",
                many(now.missed_calls, "call", "calls"),
                number(now.texted)
            ),
            "coverage",
            number(before.episodes),
        ),
        tile(
            "speed",
            "Time to the text",
            time(now.time_to_text_p50),
            format!(
                "half within this; 95% within {}",
                time(now.time_to_text_p95)
            ),
            "time_to_text_p95",
            time(before.time_to_text_p50),
        ),
        tile(
            "replied",
            "Wrote back",
            counted(now.replied),
            format!("{}{clicked}", of_texted(now.replied)),
            "replied",
            format!(
                "{} ({})",
                counted(before.replied),
                written::share(before.replied)
            ),
        ),
        tile(
            "booked",
            "Booked",
            counted(now.booked),
            of_texted(now.booked),
            "booked",
            format!(
                "{} ({})",
                counted(before.booked),
                written::share(before.booked)
            ),
        ),
        tile(
            "worth",
            "Worth",
            money(now.recovered_revenue),
            format!("estimate for {}", many(now.bookings, "booking", "bookings")),
            "",
            money(before.recovered_revenue),
        ),
        tile(
            "waiting",
            "Needs somebody now",
            counted(now.needs_somebody),
            format!("{} of the callers", written::share(now.needs_somebody)),
            "",
            counted(before.needs_somebody),
        ),
    ]
}

fn target_words(comparison: &Comparison) -> String {
    match comparison.target {
        Target::AtLeast(range) if range.from < range.to => {
            format!("{}–{}", percent(range.from), percent(range.to))
        }
        Target::AtLeast(range) => format!("at least {}", percent(range.from)),
        Target::AtMost(most) => format!("at most {}", percent(most)),
        Target::Within(most) => format!("95% within {}", written::duration(most)),
    }
}

fn funnel(overview: &Overview) -> Vec<Value> {
    let metrics = &overview.metrics;
    let part = |share: Option<Share>| share.map_or(0, Share::part);
    let steps = [
        ("missed", "Missed callers", metrics.episodes, None),
        (
            "textable",
            "Could be texted",
            metrics.textable,
            Some(Step::Textable),
        ),
        ("texted", "Got a text", metrics.texted, Some(Step::Texted)),
        (
            "replied",
            "Wrote back",
            part(metrics.replied),
            Some(Step::Replied),
        ),
        (
            "booked",
            "Booked (with or without writing)",
            part(metrics.booked),
            None,
        ),
    ];
    let all = metrics.episodes;
    let steps = steps.into_iter().map(|(id, label, callers, step)| {
        let losses = overview.losses.iter().filter(|loss| Some(loss.before) == step);
        let losses = losses.map(|loss| json!({"why": loss.why, "callers": number(loss.callers)}));
        let width = Share::of(callers, all).map_or(0.0, Share::value) * 100.0;
        json!({
            "id": id, "label": label, "callers": number(callers), "width": (width * 10.0).round() / 10.0,
            "percent": written::share(Share::of(callers, all)), "losses": losses.collect::<Vec<_>>(),
        })
    });
    steps.collect()
}

fn heat(overview: &Overview) -> Value {
    let is_used = |hour: usize| {
        let calls = overview
            .hours
            .iter()
            .any(|day| day.get(hour).is_some_and(|calls| *calls > 0));
        let open = overview.open_hours.iter().flatten();
        calls
            || open
                .into_iter()
                .any(|day| day.get(hour).copied().unwrap_or(false))
    };
    // Hours in which nobody ever calls would only make the others small.
    let first = (0..24).find(|hour| is_used(*hour)).unwrap_or(8).min(8);
    let last = (0..24)
        .rev()
        .find(|hour| is_used(*hour))
        .unwrap_or(17)
        .max(17);
    let most = overview.hours.iter().flatten().copied().max().unwrap_or(0);
    let days = overview.hours.iter().enumerate().map(|(weekday, calls)| {
        let cells = (first..=last).map(|hour| {
            let calls = calls.get(hour).copied().unwrap_or(0);
            let open = overview
                .open_hours
                .as_ref()
                .and_then(|days| days.get(weekday));
            json!({
                "calls": calls,
                "shade": if most == 0 { 0 } else { (calls * SHADES).div_ceil(most) },
                "open": open.and_then(|day| day.get(hour)).copied().unwrap_or(false),
            })
        });
        json!({"day": weekday_name(weekday), "cells": cells.collect::<Vec<_>>()})
    });
    json!({
        "hours": (first..=last).collect::<Vec<_>>(),
        "days": days.collect::<Vec<_>>(),
        "has_open_hours": overview.open_hours.is_some(),
        "busiest": busiest(overview),
    })
}

/// Three letters; 0 is Monday.
fn weekday_name(weekday: usize) -> String {
    let offset = i8::try_from(weekday).unwrap_or(0);
    let day = Weekday::from_monday_zero_offset(offset).unwrap_or(Weekday::Monday);
    format!("{day:?}").chars().take(3).collect()
}

/// `Mon 10–11 o'clock: 12`, for readers who do not look at the map.
fn busiest(overview: &Overview) -> Option<String> {
    let cells = overview
        .hours
        .iter()
        .enumerate()
        .flat_map(|(weekday, hours)| {
            hours
                .iter()
                .enumerate()
                .map(move |(hour, calls)| (*calls, weekday, hour))
        });
    // Of equals the first one of the week.
    let (calls, weekday, hour) = cells
        .max_by_key(|(calls, weekday, hour)| (*calls, std::cmp::Reverse((*weekday, *hour))))?;
    let callers = many(calls, "caller", "callers");
    (calls > 0).then(|| {
        format!(
            "{} {hour:02}:00–{:02}:00, {callers}",
            weekday_name(weekday),
            hour + 1
        )
    })
}

fn lines(overview: &Overview, settings: &Settings) -> Vec<Value> {
    let lines = overview.lines.iter().map(|line| {
        let metrics = &line.metrics;
        json!({
            "name": if line.name.is_empty() { "unknown line" } else { &line.name },
            "missed": number(metrics.episodes),
            "texted": number(metrics.texted),
            "replied": with_interval(metrics.replied),
            "booked": with_interval(metrics.booked),
            "half": metrics.time_to_text_p50.map_or(NOTHING.to_owned(), written::duration),
            "worth": metrics.recovered_revenue.map_or(NOTHING.to_owned(), |revenue| settings.currency.written(revenue)),
        })
    });
    lines.collect()
}

/// A share with its interval, and whether there are too few callers to say much.
pub(super) fn with_interval(share: Option<Share>) -> Value {
    let Some(share) = share else {
        return json!({"percent": NOTHING, "interval": "", "few": true, "part": "0", "whole": "0",
                      "from": 0.0, "to": 0.0, "at": 0.0});
    };
    let interval = share.interval();
    let whole_percent = |value: f64| (value * 100.0).round();
    json!({
        "percent": percent(share.value()),
        "interval": format!("{:.0}–{:.0}%", whole_percent(interval.low), whole_percent(interval.high)),
        "few": share.whole() < FEW,
        "part": number(share.part()),
        "whole": number(share.whole()),
        "from": whole_percent(interval.low),
        "to": whole_percent(interval.high),
        "at": whole_percent(share.value()),
    })
}

fn limits(overview: &Overview) -> Value {
    let limits = SuspensionLimits::default();
    let metrics = &overview.metrics;
    let row = |name: &str,
               id: &str,
               share: Option<Share>,
               warns: u32,
               blocks: u32,
               days: Vec<Option<Share>>| {
        // One failure of two texts is no bad day.
        let enough = days
            .into_iter()
            .flatten()
            .filter(|share| share.whole() >= FEW);
        let worst = enough.max_by(|one, other| one.value().total_cmp(&other.value()));
        let value = share.map_or(0.0, Share::value);
        let share_of = |points: u32| f64::from(points) / 10_000.0;
        let state = if value >= share_of(blocks) {
            "high"
        } else if value >= share_of(warns) {
            "near"
        } else {
            "fine"
        };
        json!({
            "id": id, "name": name, "percent": written::share(share),
            "part": share.map_or(0, Share::part), "whole": share.map_or(0, Share::whole),
            "warns": percent(share_of(warns)), "blocks": percent(share_of(blocks)), "state": state,
            "worst": worst.map(|share| percent(share.value())),
        })
    };
    let of_days =
        |of: fn(&DayFigures) -> Option<Share>| overview.days.iter().map(of).collect::<Vec<_>>();
    let (pause, stop) = (limits.pause, limits.stop);
    let not_delivered = metrics.delivered.map(|share| {
        row(
            "Not delivered",
            "not_delivered",
            Some(share.rest()),
            pause.failed.0,
            stop.failed.0,
            of_days(|day| day.not_delivered),
        )
    });
    let failed = row(
        "Failed",
        "failed",
        metrics.failed,
        pause.failed.0,
        stop.failed.0,
        of_days(|day| day.failed),
    );
    let opted_out = row(
        "Opted out",
        "opted_out",
        metrics.opted_out,
        pause.opted_out.0,
        stop.opted_out.0,
        of_days(|day| day.opted_out),
    );
    let rows = std::iter::once(failed)
        .chain(not_delivered)
        .chain([opted_out]);
    rows.collect()
}

fn waiting(overview: &Overview, settings: &Settings, options: &PageOptions) -> Vec<Value> {
    let rows = overview.waiting.iter().map(|waiting| {
        let row = &waiting.row;
        let called = row.call.called.as_ref();
        let caller = row.call.caller.as_ref();
        json!({
            "caller": written::caller(caller, options.numbers_in_full),
            "dial": caller.filter(|_| options.numbers_in_full).map(|caller| caller.e164()),
            "line": settings.line(called).map_or_else(
                || called.map_or(String::new(), |called| format!("… {}", called.last_four())),
                |line| line.name.clone(),
            ),
            "at": written::short_moment(row.call.ended_at, settings.zone_of(called)),
            "calls": row.missed_calls,
            "why": waiting.why.join("; "),
            "urgent": row.asked_for_person_at.is_some(),
        })
    });
    rows.collect()
}
