//! What the callers of each arm did: from the assignment on, each caller once, in the arm that chance put them in.

use std::collections::BTreeMap;
use std::sync::Arc;

use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::ledger::ExperimentArm;
use gohighlevel::recipes::missed_call::report::{
    Arms, Digest, Outcome, OutcomeOfCaller, Outcomes, Overview, Period, Report, Trial, Verdict,
};
use serde_json::{Value, json};

use crate::missed_call::harness::ledger_builder::{LedgerBuilder, effect, settings};

const DAY: i64 = 24 * 3600;

fn recipe(held_out: f64) -> Arc<Recipe> {
    let toml = format!(
        "name = \"r\"\nversion = 1\n[steps.text]\ndo = \"text\"\nbody = \"Soleil: sorry.\"\n[steps.task]\ndo = \"task\"\n\
         title = \"Call\"\n[experiment]\nname = \"spring\"\nhold_out = {held_out}\nplanned = 2000\ncalls = 2000\n"
    );
    Arc::new(Recipe::from_toml("r.toml", &toml).unwrap_or_else(|error| panic!("{error}")))
}

fn rules(planned: u64) -> Value {
    json!({"kind": "experiment_began", "experiment": "spring", "held_out_per_million": 500_000, "salt": "",
           "rule_version": 1, "planned": planned, "calls": 400, "window": "PT168H", "recipe_fingerprint": "0123456789abcdef"})
}

trait WithExperiment {
    /// A call of this person, who is assigned then.
    fn assigned(self, episode: &str, seconds: i64, who: u32, arm: &str) -> Self;
}

impl WithExperiment for LedgerBuilder {
    fn assigned(self, episode: &str, seconds: i64, who: u32, arm: &str) -> Self {
        let caller = format!("+1312555{:04}", 100 + who);
        let person = json!({"contact": format!("contact-{who}"), "caller": caller});
        self.missed(episode, seconds, person).entry(
            Some(episode),
            seconds,
            json!({"kind": "assigned", "experiment": "spring", "arm": arm, "held_out_per_million": 500_000, "salt": "",
                   "rule_version": 1, "place": who, "effect": effect(episode, "text")}),
        )
    }
}

fn began(planned: u64) -> LedgerBuilder {
    LedgerBuilder::default().entry(None, 0, rules(planned))
}

fn of_arms(report: &Report) -> (Outcomes, Outcomes) {
    let arms = report.experiments[0].locations.values().next().unwrap();
    (arms.texted, arms.held_out)
}

fn counts(outcomes: Outcomes) -> (u64, u64, u64, u64) {
    let Outcomes {
        callers,
        booked,
        replied,
        reached,
        ..
    } = outcomes;
    (callers, booked, replied, reached)
}

#[test]
fn callers_count_from_the_assignment_on_with_and_without_a_text() {
    let ledger = began(2)
        .assigned("held", 0, 1, "held_out")
        .not_done("held", 1, "text", json!("held_out"))
        .assigned("sent", 2, 2, "texted")
        .texted("sent", 3)
        // The text failed: the caller stays in the arm.
        .assigned("failed", 4, 3, "texted")
        .not_done("failed", 5, "text", json!({"failed": "refused_400"}))
        .happened("held", 100, "booked", "appointment-1")
        .happened("sent", 100, "returned", "call-9")
        .replied("failed", DAY, "other")
        // Too late, and before.
        .happened("sent", 8 * DAY, "booked", "appointment-2")
        .replied("held", 8 * DAY, "other")
        .closed("held", 9 * DAY);
    let report = ledger.report();
    let (texted, held_out) = of_arms(&report);
    assert_eq!(counts(texted), (2, 0, 1, 1));
    assert_eq!(counts(held_out), (1, 1, 0, 0));
    let trial = report.experiments[0].trial_of(OutcomeOfCaller::Reached);
    assert_eq!(trial.total().texted.booked, 1);
    assert_eq!(report.rows[0].outcome, Outcome::Booked);
    assert_eq!(report.rows[0].arm, Some(ExperimentArm::HeldOut));
    assert_eq!(report.rows[2].arm, Some(ExperimentArm::Texted));
}

#[test]
fn a_caller_counts_once_however_often_they_call() {
    let ledger = began(2)
        .assigned("first", 0, 1, "held_out")
        .not_done("first", 1, "text", json!("held_out"))
        .closed("first", DAY)
        .assigned("second", 2 * DAY, 1, "held_out")
        // Without a text, and without an arm: from a voicemail.
        .missed(
            "third",
            3 * DAY,
            json!({"contact": "contact-1", "caller": "+13125550101"}),
        )
        .happened("third", 3 * DAY + 60, "booked", "appointment-1")
        .closed("third", 9 * DAY);
    let (_, held_out) = of_arms(&ledger.report());
    assert_eq!(counts(held_out), (1, 1, 0, 0));
}

#[test]
fn cancelled_appointments_and_open_windows_do_not_count() {
    let ledger = began(2)
        .assigned("held", 0, 1, "held_out")
        .happened("held", 100, "booked", "appointment-1")
        .happened("held", 200, "booking_cancelled", "appointment-1")
        .happened("held", 300, "booking_cancelled", "appointment-2")
        .happened("held", 310, "booked", "appointment-2")
        .assigned("late", 5 * DAY, 2, "texted")
        .closed("held", 9 * DAY);
    let report = ledger.report();
    let experiment = &report.experiments[0];
    assert_eq!(experiment.open, 1);
    let (texted, held_out) = of_arms(&report);
    assert_eq!(
        (counts(texted), counts(held_out)),
        ((0, 0, 0, 0), (1, 0, 0, 0))
    );
}

/// A released caller counts as held out, and the text counts from the second call.
#[test]
fn a_released_caller_stays_in_the_arm() {
    let ledger = began(2)
        .assigned("held", 0, 1, "held_out")
        .not_done("held", 1, "text", json!("held_out"))
        .joined("held", 600, 2)
        .entry(
            Some("held"),
            600,
            json!({"kind": "released", "experiment": "spring", "call": "held-2"}),
        )
        .texted("held", 604)
        .happened("held", 700, "booked", "appointment-1")
        .closed("held", 9 * DAY);
    let report = ledger.report();
    let (_, held_out) = of_arms(&report);
    assert_eq!(counts(held_out), (1, 1, 0, 0));
    let row = &report.rows[0];
    assert_eq!(row.time_to_text().unwrap().as_secs(), 4);
    assert_eq!(row.recovered.len(), 1);
}

#[test]
fn what_was_planned_first_counts() {
    let ledger = began(400)
        .assigned("held", 0, 1, "held_out")
        .entry(None, 10, rules(1))
        .closed("held", 9 * DAY);
    let experiment = &ledger.report().experiments[0];
    assert_eq!(
        (experiment.rules.planned, experiment.rules_changed),
        (400, true)
    );
    let expected =
        "Experiment spring: too early: 1 of 400 callers; its rules were changed since it began";
    assert_eq!(experiment.to_string(), expected);
}

#[test]
fn the_digest_and_the_figures_show_both_arms() {
    let mut ledger = began(600);
    for who in 0..600 {
        let (arm, books) = if who < 120 {
            ("held_out", who < 12)
        } else {
            ("texted", who < 216)
        };
        let episode = format!("call-{who}");
        ledger = ledger.assigned(&episode, who.into(), who, arm);
        if books {
            ledger = ledger.happened(&episode, 1_000, "booked", &format!("appointment-{who}"));
        }
    }
    let report = ledger.closed("call-0", 9 * DAY).report();
    let day = "2026-06-01".parse().unwrap();
    let digest = Digest::of(&report, day, &settings());
    let line = "Experiment spring: 96 of 480 with the text booked, 12 of 120 without it: +10.0 points (95% interval +2.5 to +15.7).";
    assert!(
        digest.text().ends_with(&format!("\n{line}\n")),
        "{}",
        digest.text()
    );
    let overview = Overview::of(&report, Period::week_of(day), &settings());
    assert_eq!(overview.experiments, report.experiments);
    assert!(matches!(
        overview.experiments[0].trial().verdict(),
        Verdict::Lift(_)
    ));
}

/// A made-up year of 40 locations with a known lift, 2,000 times for each of three shares. The recipe assigns the callers by
/// their numbers; each year has others.
#[test]
fn the_interval_covers_the_truth_where_the_recipe_assigns() {
    const EXPERIMENTS: u32 = 2_000;
    const LIFT: f64 = 0.10;
    const PEOPLE: u32 = 60_000;
    let mut random = fastrand::Rng::with_seed(41);
    for held_out in [0.5, 0.2, 0.1] {
        let recipe = recipe(held_out);
        let rules = recipe.experiment().unwrap();
        let arm = |person| rules.assign(&format!("+1312{:07}", 2_000_000 + person)).arm;
        let arms: Vec<ExperimentArm> = (0..PEOPLE).map(arm).collect();
        let mut covered = 0;
        for _ in 0..EXPERIMENTS {
            let first = random.usize(..arms.len() / 2);
            let Verdict::Lift(lift) = year(&arms[first..], LIFT, &mut random).verdict() else {
                panic!("both arms have callers");
            };
            covered += u32::from((lift.interval.low..=lift.interval.high).contains(&LIFT));
        }
        let share = f64::from(covered) / f64::from(EXPERIMENTS);
        assert!((share - 0.95).abs() <= 0.02, "{held_out}: {share}");
    }
}

/// The callers of a year in 40 locations of different size, where different shares book by themselves.
fn year(people: &[ExperimentArm], lift: f64, random: &mut fastrand::Rng) -> Trial {
    let mut locations: BTreeMap<u32, Arms> = BTreeMap::new();
    let mut people = people.iter();
    for location in 0..40u32 {
        let base = 0.05 + 0.0025 * f64::from(location);
        for arm in people.by_ref().take(15 + location as usize) {
            let arms = locations.entry(location).or_default();
            let (arm, share) = match arm {
                ExperimentArm::Texted => (&mut arms.texted, base + lift),
                ExperimentArm::HeldOut => (&mut arms.held_out, base),
            };
            arm.callers += 1;
            arm.booked += u64::from(random.f64() < share);
        }
    }
    Trial::new(0, locations.into_values())
}
