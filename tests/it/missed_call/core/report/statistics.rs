//! Intervals against published values and against simulated experiments whose truth is known.

use gohighlevel::recipes::missed_call::report::{
    Arm, Arms, Difference, Metrics, Settings, Share, Trial, Verdict, callers_needed,
};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::missed_call::harness::ledger_builder::LedgerBuilder;

/// A share of this size, as metrics make it.
fn share(part: u64, whole: u64) -> Share {
    let arm = Arm {
        callers: whole,
        booked: part,
    };
    arm.share().unwrap()
}

fn near(value: f64, expected: f64) {
    assert!(
        (value - expected).abs() < 0.000_06,
        "{value} and not {expected}"
    );
}

#[test]
fn wilson_intervals_are_those_that_newcombe_published() {
    // Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
    for (part, whole, low, high) in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ] {
        let interval = share(part, whole).interval();
        near(interval.low, low);
        near(interval.high, high);
    }
    near(share(20, 20).interval().high, 1.0);
}

#[test]
fn differences_are_those_that_newcombe_published() {
    // Newcombe (1998), Interval estimation for the difference between independent proportions, table II, method 10.
    for ((part, whole), (other, of), low, high) in [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ] {
        let difference = Difference::of(share(part, whole), share(other, of));
        near(difference.interval.low, low);
        near(difference.interval.high, high);
        assert!(difference.is_proven());
    }
    let same = Difference::of(share(5, 10), share(5, 10));
    near(same.value, 0.0);
    near(same.interval.low, -same.interval.high);
    assert!(!same.is_proven());
}

#[test]
fn the_callers_that_an_experiment_needs() {
    for (without, with, half, fifth, tenth) in [
        (0.10, 0.20, 398, 657, 1_182),
        (0.10, 0.25, 200, 332, 595),
        (0.10, 0.18, 590, 965, 1_737),
        (0.15, 0.25, 500, 812, 1_457),
        (0.10, 0.15, 1_372, 2_224, 3_994),
        (0.05, 0.10, 870, 1_445, 2_609),
    ] {
        let needed = [0.5, 0.2, 0.1].map(|held_out| callers_needed(without, with, held_out));
        assert_eq!(
            needed,
            [Some(half), Some(fifth), Some(tenth)],
            "{without} to {with}"
        );
    }
    for (without, with, held_out) in [
        (0.2, 0.1, 0.5),
        (0.0, 0.1, 0.5),
        (0.1, 0.2, 1.0),
        (f64::NAN, 0.2, 0.5),
    ] {
        assert_eq!(callers_needed(without, with, held_out), None);
    }
}

fn arms(texted: (u64, u64), held_out: (u64, u64)) -> Arms {
    let arm = |(booked, callers)| Arm { callers, booked };
    Arms {
        texted: arm(texted),
        held_out: arm(held_out),
    }
}

#[test]
fn nothing_is_said_before_the_planned_number_of_callers() {
    let few = arms((50, 250), (5, 62));
    let early = Trial::new(657, [few]).verdict();
    let expected = Verdict::TooEarly {
        callers: 312,
        planned: 657,
    };
    assert_eq!(early, expected);
    assert_eq!(Trial::new(0, []).verdict(), Verdict::OneSided);
    assert_eq!(
        Trial::new(5, [arms((3, 10), (0, 0))]).verdict(),
        Verdict::OneSided
    );
    // 12 of 120 held out booked, 96 of 480 texted.
    let Verdict::Lift(lift) = Trial::new(600, [arms((96, 480), (12, 120))]).verdict() else {
        panic!("the planned number is reached");
    };
    near(lift.value, 0.1);
    assert!((lift.interval.low - 0.025).abs() < 0.0006, "{lift:?}");
    assert!((lift.interval.high - 0.157).abs() < 0.0006, "{lift:?}");
}

#[test]
fn locations_are_compared_within_themselves() {
    // In each location the text brings ten points. Where many book anyway, few are held out: thrown together, the arms would
    // show 27 points.
    let locations = [
        arms((100, 1_000), (0, 1_000)),
        arms((900, 1_000), (80, 100)),
    ];
    let Verdict::Lift(lift) = Trial::new(0, locations).verdict() else {
        panic!("both arms have callers");
    };
    near(lift.value, 0.1);
    // A location with one arm adds nothing.
    let with_another = locations.into_iter().chain([arms((7, 7), (0, 0))]);
    assert_eq!(Trial::new(0, with_another).verdict(), Verdict::Lift(lift));
}

/// 2,000 experiments in 40 locations with a known lift of ten points, for each of three shares of callers held out.
#[test]
fn the_interval_covers_the_truth_in_95_of_100_experiments() {
    const EXPERIMENTS: u32 = 2_000;
    const LIFT: f64 = 0.10;
    let mut random = fastrand::Rng::with_seed(17);
    for held_out in [0.5, 0.2, 0.1] {
        let mut covered = 0;
        for _ in 0..EXPERIMENTS {
            let locations = (0..40).map(|location| {
                let base = 0.05 + 0.0025 * f64::from(location);
                let mut made = Arms::default();
                for _ in 0..(15 + location) {
                    let is_held_out = random.f64() < held_out;
                    let books = random.f64() < if is_held_out { base } else { base + LIFT };
                    let arm = if is_held_out {
                        &mut made.held_out
                    } else {
                        &mut made.texted
                    };
                    arm.callers += 1;
                    arm.booked += u64::from(books);
                }
                made
            });
            let trial = Trial::new(0, locations.collect::<Vec<_>>());
            let Verdict::Lift(lift) = trial.verdict() else {
                panic!("both arms have callers");
            };
            covered += u32::from((lift.interval.low..=lift.interval.high).contains(&LIFT));
        }
        let share = f64::from(covered) / f64::from(EXPERIMENTS);
        assert!((share - 0.95).abs() <= 0.02, "{held_out}: {share}");
    }
}

/// The same for one location and Newcombe's interval.
#[test]
fn the_interval_of_one_location_covers_the_truth_too() {
    let mut random = fastrand::Rng::with_seed(23);
    for held_out in [0.5, 0.2, 0.1] {
        let mut covered = 0;
        for _ in 0..2_000 {
            let mut made = Arms::default();
            for _ in 0..657 {
                let is_held_out = random.f64() < held_out;
                let books = random.f64() < if is_held_out { 0.10 } else { 0.20 };
                let arm = if is_held_out {
                    &mut made.held_out
                } else {
                    &mut made.texted
                };
                arm.callers += 1;
                arm.booked += u64::from(books);
            }
            let Verdict::Lift(lift) = Trial::new(657, [made]).verdict() else {
                panic!("the planned number is reached");
            };
            covered += u32::from((lift.interval.low..=lift.interval.high).contains(&0.10));
        }
        let share = f64::from(covered) / 2_000.0;
        assert!((share - 0.95).abs() <= 0.02, "{held_out}: {share}");
    }
}

#[test]
fn callers_who_may_not_be_texted_are_not_textable() {
    let settings = Settings::new(TimeZone::UTC);
    for (reason, textable, waiting) in [
        (json!("withheld"), 0, 0),
        (json!("quiet_hours"), 0, 1),
        (json!("stale"), 1, 1),
        (json!({"failed": "refused_400"}), 1, 1),
        (json!({"overtaken": "returned"}), 1, 1),
    ] {
        let ledger = LedgerBuilder::call().not_done("call-1", 1, "text", reason.clone());
        let metrics = Metrics::of(&ledger.closed("call-1", 2).report().rows, &settings);
        let somebody = metrics.needs_somebody.map(Share::part);
        assert_eq!(
            (metrics.textable, somebody),
            (textable, Some(waiting)),
            "{reason}"
        );
    }
    let no_text = LedgerBuilder::call().closed("call-1", 2);
    assert_eq!(Metrics::of(&no_text.report().rows, &settings).textable, 0);
}
