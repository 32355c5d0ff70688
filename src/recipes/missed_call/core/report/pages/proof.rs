//! What a page says about the effect of the text: an experiment where there is one, else a weak comparison with the period
//! before.

use serde_json::{Value, json};

use super::PageOptions;
use super::figures::with_interval;
use super::written::{self, number, points};
use crate::recipes::missed_call::core::report::metrics::Share;
use crate::recipes::missed_call::core::report::overview::Overview;
use crate::recipes::missed_call::core::report::statistics::{Arm, Difference, Trial, Verdict};

pub(super) fn view(overview: &Overview, options: &PageOptions) -> Value {
    let latest = overview.experiments.last();
    match (&options.trial, latest) {
        (Some(trial), _) => of_trial(trial),
        (None, Some(experiment)) => {
            let mut view = of_trial(&experiment.trial());
            view["changed"] = json!(experiment.rules_changed);
            view
        }
        (None, None) => json!({"kind": "weak", "weak": weak(overview)}),
    }
}

/// Both arms, and what they show.
pub(super) fn of_trial(trial: &Trial) -> Value {
    let total = trial.total();
    let arm = |name: &str, id: &str, arm: Arm| {
        json!({"name": name, "id": id, "callers": number(arm.callers), "booked": number(arm.booked),
               "share": with_interval(arm.share())})
    };
    let arms = [
        arm("Got the text", "texted", total.texted),
        arm("Text held back", "held_out", total.held_out),
    ];
    let base = |kind: &str| {
        json!({"kind": kind, "arms": arms, "callers": number(trial.callers()), "planned": number(trial.planned),
               "changed": false, "locations": trial.locations.len()})
    };
    match trial.verdict() {
        Verdict::TooEarly { callers, planned } => {
            let mut view = base("early");
            view["sentence"] = json!(format!(
                "Too early: {} of {} callers.",
                number(callers),
                number(planned)
            ));
            view["needed"] = json!(number(planned - callers));
            view["progress"] = json!(
                Share::of(callers, planned)
                    .map_or(0.0, |share| (share.value() * 1000.0).round() / 10.0)
            );
            view
        }
        Verdict::OneSided => base("one_sided"),
        Verdict::Lift(difference) => {
            let mut view = base("lift");
            view["difference"] = shown(difference);
            view["proven"] = json!(difference.is_proven());
            // Of the texted, so many would not have booked by themselves.
            let proven = difference.value.max(0.0);
            view["per_hundred"] = json!(format!("{:.0}", proven * 100.0));
            view
        }
    }
}

fn shown(difference: Difference) -> Value {
    json!({
        "value": points(difference.value),
        "low": points(difference.interval.low),
        "high": points(difference.interval.high),
    })
}

/// The share of bookings now and before.
fn weak(overview: &Overview) -> Value {
    let (now, before) = (overview.metrics.booked, overview.before.booked);
    let difference = match (now, before) {
        (Some(now), Some(before)) => Some(shown(Difference::of(now, before))),
        _ => None,
    };
    json!({
        "now": with_interval(now), "before": with_interval(before), "difference": difference,
        "period_before": written::period(overview.period.before()),
    })
}
