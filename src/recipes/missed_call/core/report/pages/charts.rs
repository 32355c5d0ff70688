//! The two drawn charts of a page: their scales and shapes. The template writes them as SVG with a title and a description.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::written;
use crate::recipes::missed_call::core::report::metrics::Metrics;
use crate::recipes::missed_call::core::report::overview::{Overview, Speed, WeekFigures};

/// A number of callers of one week.
type Count = fn(&Metrics) -> u64;

/// The size of a chart, in units of its own. It fits a phone without becoming small.
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 30.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 38.0;
const BOTTOM: f64 = 34.0;

fn plot_width() -> f64 {
    WIDTH - LEFT - RIGHT
}

fn plot_height() -> f64 {
    HEIGHT - TOP - BOTTOM
}

/// The first round number from `most` on, and the lines of the scale up to it.
fn scale(most: u64) -> (f64, Vec<Value>) {
    let steps = (0..18).flat_map(|power| [1, 2, 5].map(|first| first * 10_u64.pow(power)));
    let step = steps
        .into_iter()
        .find(|step| step * 4 >= most)
        .unwrap_or(most);
    let lines = most.div_ceil(step).max(1);
    let top = float(step.saturating_mul(lines));
    let lines = (0..=lines).map(|line| {
        let value = step.saturating_mul(line);
        json!({"y": rounded(height_of(float(value), top)), "label": written::number(value)})
    });
    (top, lines.collect())
}

fn height_of(value: f64, top: f64) -> f64 {
    TOP + plot_height() * (1.0 - value / top)
}

/// How many texts came how fast, as bars on a scale of classes, with marks for the median, the 95th percentile and the target.
pub(super) fn speeds(overview: &Overview, target: Option<SignedDuration>) -> Value {
    let speeds = &overview.speeds;
    let used = speeds.iter().rposition(|speed| speed.texts > 0);
    // Up to ten minutes always, so that pages can be compared.
    let shown = used.map_or(0, |used| used + 1).max(10).min(speeds.len());
    let shown = speeds.get(..shown).unwrap_or(speeds);
    let most = shown.iter().map(|speed| speed.texts).max().unwrap_or(0);
    let (top, lines) = scale(most);
    let slot = plot_width() / float(shown.len() as u64);
    let bars = shown.iter().enumerate().map(|(place, speed)| {
        let y = height_of(float(speed.texts), top);
        let x = LEFT + slot * float(place as u64);
        json!({
            "x": rounded(x + 1.0), "y": rounded(y), "width": rounded(slot - 2.0),
            "height": rounded(HEIGHT - BOTTOM - y), "middle": rounded(x + slot / 2.0),
            "label": class(shown, place), "texts": speed.texts,
        })
    });
    let mark = |name: &str, time: Option<SignedDuration>, row: f64| {
        let time = time?;
        let x = LEFT + slot * place_of(time, shown);
        // The word stands on the side where there is room.
        let is_right = x > LEFT + plot_width() * 0.6;
        let (anchor, text) = if is_right {
            ("end", x - 3.0)
        } else {
            ("start", x + 3.0)
        };
        let y = 9.0 + 11.0 * row;
        Some(json!({
            "name": name, "time": written::duration(time), "x": rounded(x), "y": rounded(y),
            "text": rounded(text), "anchor": anchor,
        }))
    };
    let metrics = &overview.metrics;
    let marks: Vec<Value> = [
        mark("half", metrics.time_to_text_p50, 0.0),
        mark("95%", metrics.time_to_text_p95, 1.0),
        mark("target", target, 2.0),
    ]
    .into_iter()
    .flatten()
    .collect();
    let rows = speeds.iter().enumerate().filter(|(_, speed)| speed.texts > 0).map(|(place, speed)| {
        json!({"label": class(speeds, place), "texts": written::number(speed.texts)})
    });
    json!({
        "bars": bars.collect::<Vec<_>>(), "lines": lines, "marks": marks, "rows": rows.collect::<Vec<_>>(),
        "left": LEFT, "right": WIDTH - RIGHT, "base": HEIGHT - BOTTOM, "width": WIDTH, "height": HEIGHT,
    })
}

/// Where a time stands among the classes: on a logarithmic scale within each.
fn place_of(time: SignedDuration, classes: &[Speed]) -> f64 {
    let seconds = time.as_secs_f64();
    let mut from = 0.5;
    for (place, class) in classes.iter().enumerate() {
        let Some(within) = class.within_seconds else {
            return float(place as u64) + 0.5;
        };
        let within = float(within.unsigned_abs());
        if seconds <= within {
            let part = (seconds.max(from) / from).ln() / (within / from).ln();
            return float(place as u64) + part;
        }
        from = within;
    }
    float(classes.len() as u64)
}

/// The class as words: `up to 5 s`.
fn class(classes: &[Speed], place: usize) -> String {
    let within = classes.get(place).and_then(|class| class.within_seconds);
    match within {
        Some(seconds) => {
            written::duration(SignedDuration::from_secs(seconds)).replace("24 h", "1 day")
        }
        None => "later".to_owned(),
    }
}

/// Missed callers, those who wrote back and those who booked, week by week.
pub(super) fn trend(overview: &Overview) -> Value {
    let weeks = &overview.weeks;
    let counts: [(&str, &str, Count); 3] = [
        ("missed", "missed", |metrics| metrics.episodes),
        ("replied", "wrote back", |metrics| {
            metrics.replied.map_or(0, |share| share.part())
        }),
        ("booked", "booked", |metrics| {
            metrics.booked.map_or(0, |share| share.part())
        }),
    ];
    let most = weeks
        .iter()
        .map(|week| week.metrics.episodes)
        .max()
        .unwrap_or(0);
    let (top, lines) = scale(most);
    let slot = plot_width() / float(weeks.len().max(1) as u64);
    let middle = |place: usize| LEFT + slot * (float(place as u64) + 0.5);
    let drawn = counts.iter().map(|(id, name, count)| {
        let dots: Vec<Value> = weeks
            .iter()
            .enumerate()
            .map(|(place, week)| {
                let y = height_of(float(count(&week.metrics)), top);
                json!({"x": rounded(middle(place)), "y": rounded(y)})
            })
            .collect();
        let points: Vec<String> = dots
            .iter()
            .map(|dot| format!("{},{}", dot["x"], dot["y"]))
            .collect();
        json!({"id": id, "name": name, "points": points.join(" "), "dots": dots})
    });
    let ticks = weeks.iter().enumerate().filter(|(place, _)| place % 3 == 0).map(|(place, week)| {
        json!({"x": rounded(middle(place)), "label": week.from.strftime("%-d %b").to_string()})
    });
    let rows = weeks.iter().map(|week| week_row(week, &counts));
    json!({
        "series": drawn.collect::<Vec<_>>(), "lines": lines, "ticks": ticks.collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
        "left": LEFT, "right": WIDTH - RIGHT, "base": HEIGHT - BOTTOM, "width": WIDTH, "height": HEIGHT,
    })
}

fn week_row(week: &WeekFigures, counts: &[(&str, &str, Count)]) -> Value {
    let cells = counts
        .iter()
        .map(|(.., count)| written::number(count(&week.metrics)));
    json!({"from": written::day(week.from), "cells": cells.collect::<Vec<_>>()})
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of calls are far below the limit of exact floats"
)]
fn float(count: u64) -> f64 {
    count as f64
}

/// To a tenth, which is less than a screen shows.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_with_a_round_number() {
        for (most, expected, lines) in [
            (0, 1.0, 2),
            (1, 1.0, 2),
            (4, 4.0, 5),
            (7, 8.0, 5),
            (13, 15.0, 4),
            (37, 40.0, 5),
            (187, 200.0, 5),
            (205, 300.0, 4),
            (4_001, 6_000.0, 4),
        ] {
            let (top, drawn) = scale(most);
            assert_eq!((top, drawn.len()), (expected, lines), "{most}");
        }
    }

    #[test]
    fn times_stand_inside_their_class() {
        let classes = [1, 2, 5, 10].map(|within| Speed {
            within_seconds: Some(within),
            texts: 0,
        });
        let place = |seconds: f64| place_of(SignedDuration::from_secs_f64(seconds), &classes);
        assert!((place(2.0) - 2.0).abs() < 1e-9);
        assert!((place(10.0) - 4.0).abs() < 1e-9);
        assert!(place(3.0) > 2.0 && place(3.0) < 3.0);
        assert!((place(11.0) - 4.0).abs() < 1e-9);
    }
}
