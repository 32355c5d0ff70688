//! An observer that feeds the `metrics` crate.

use super::observer::{EngineObserver, ObservedEntry, StoreAnswer, WorkCount};
use crate::recipes::missed_call::core::ledger::EntryKind;
use crate::recipes::missed_call::core::model::Reason;

/// Feeds the [`metrics`] crate's recorder with what an engine does. No label names a location, a step or a person, so their
/// number is bounded however many there are.
///
/// | metric | labels |
/// |---|---|
/// | counter `ghl_missed_calls_total` | `call`: `first` opened an episode, `further` joined one, `unclear` may have been missed |
/// | counter `ghl_steps_total` | `action` (`text`, `tag`, …), `end` (`done`, `not_done`, `would` in a dry run), `reason` (empty but for `not_done`; the part of a reason's code before the colon, such as `no_consent`, `failed`) |
/// | histogram `ghl_seconds_to_text`: from the end of the call until HighLevel accepted the text | – |
/// | counter `ghl_opt_outs_total` | – |
/// | counter `ghl_doubts_total` | – |
/// | counter `ghl_episodes_closed_total` | – |
/// | gauge `ghl_effects_under_way` | `lane` (`interactive`, `background`) |
/// | gauge `ghl_late_effects`: due for longer than a minute | – |
/// | gauge `ghl_late_since_seconds`: when the oldest of them was due, in seconds since 1970; 0 if there is none | – |
/// | gauge `ghl_unreadable_rows` | – |
/// | histogram `ghl_store_seconds` | `operation` (`commit`, `claim`) |
/// | counter `ghl_store_failures_total` | `operation` |
///
/// [`MetricsObserver`](crate::client::MetricsObserver) adds what concerns requests.
#[derive(Debug, Clone, Copy, Default)]
pub struct EngineMetrics;

impl EngineObserver for EngineMetrics {
    fn recorded(&self, seen: &ObservedEntry) {
        match &seen.entry.kind {
            EntryKind::CallMissed { .. } => missed("first"),
            EntryKind::CallJoined { .. } => missed("further"),
            EntryKind::CallUnclear { .. } => missed("unclear"),
            EntryKind::Done {
                seconds_after_call, ..
            } => {
                ended(seen.action, "done", String::new());
                if seen.action == Some("text") {
                    // Whole seconds of a lifetime fit.
                    #[expect(clippy::cast_precision_loss, reason = "it is far below 2^52")]
                    let seconds = (*seconds_after_call).max(0) as f64;
                    metrics::histogram!("ghl_seconds_to_text").record(seconds);
                }
            }
            EntryKind::Would { .. } => ended(seen.action, "would", String::new()),
            EntryKind::NotDone { reason, .. } => ended(seen.action, "not_done", label(reason)),
            EntryKind::OptedOut { .. } => metrics::counter!("ghl_opt_outs_total").increment(1),
            EntryKind::Doubted { .. } => metrics::counter!("ghl_doubts_total").increment(1),
            EntryKind::Closed { .. } => metrics::counter!("ghl_episodes_closed_total").increment(1),
            _ => {}
        }
    }

    fn store_answered(&self, answer: &StoreAnswer) {
        let operation = answer.operation.as_str();
        metrics::histogram!("ghl_store_seconds", "operation" => operation)
            .record(answer.took.as_secs_f64());
        if answer.failed {
            metrics::counter!("ghl_store_failures_total", "operation" => operation).increment(1);
        }
    }

    fn work_counted(&self, work: &WorkCount) {
        let gauge = |lane: &'static str, count: usize| {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            metrics::gauge!("ghl_effects_under_way", "lane" => lane).set(count);
        };
        gauge("interactive", work.texts_under_way);
        gauge("background", work.others_under_way);
        let bounded = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        metrics::gauge!("ghl_late_effects").set(bounded(work.late.late_effects));
        metrics::gauge!("ghl_unreadable_rows").set(bounded(work.late.unreadable));
        let since = work.late.late_since.map(jiff::Timestamp::as_duration);
        let since = since.map_or(0.0, |since| since.as_secs_f64());
        metrics::gauge!("ghl_late_since_seconds").set(since);
    }
}

fn missed(call: &'static str) {
    metrics::counter!("ghl_missed_calls_total", "call" => call).increment(1);
}

fn ended(action: Option<&'static str>, end: &'static str, reason: String) {
    let action = action.unwrap_or("unknown");
    metrics::counter!("ghl_steps_total", "action" => action, "end" => end, "reason" => reason)
        .increment(1);
}

/// What follows the colon may be of any variety: HighLevel's codes, names of custom values.
fn label(reason: &Reason) -> String {
    let code = reason.code();
    code.split(':').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use metrics::{
        Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata,
        Recorder, SharedString, Unit,
    };
    use serde_json::{Value, json};

    use super::*;

    /// Writes down what it gets, in its order.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<String>>>);

    struct One(String, Written);

    impl One {
        fn write(&self, value: f64) {
            let Self(name, written) = self;
            written.0.lock().unwrap().push(format!("{name} {value}"));
        }
    }

    impl CounterFn for One {
        fn increment(&self, value: u64) {
            self.write(f64::from(u32::try_from(value).unwrap()));
        }

        fn absolute(&self, _: u64) {}
    }

    impl GaugeFn for One {
        fn increment(&self, _: f64) {}

        fn decrement(&self, _: f64) {}

        fn set(&self, value: f64) {
            self.write(value);
        }
    }

    impl HistogramFn for One {
        fn record(&self, value: f64) {
            self.write(value);
        }
    }

    impl Written {
        fn one(&self, key: &Key) -> Arc<One> {
            let labels = key.labels();
            let labels = labels.map(|label| format!(" {}={}", label.key(), label.value()));
            let name = format!("{}{}", key.name(), labels.collect::<String>());
            Arc::new(One(name, self.clone()))
        }
    }

    impl Recorder for Written {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            Counter::from_arc(self.one(key))
        }

        fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::from_arc(self.one(key))
        }

        fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::from_arc(self.one(key))
        }
    }

    /// What is recorded for this entry.
    fn recorded(mut entry: Value, action: Option<&'static str>) -> Vec<String> {
        entry["at"] = json!("2026-11-20T16:00:00Z");
        entry["location"] = json!("soleilLocation000001");
        entry["episode"] = json!("soleilLocation000001:call1");
        let entry = serde_json::from_value(entry).unwrap();
        let written = Written::default();
        metrics::with_local_recorder(&written, || {
            EngineMetrics.recorded(&ObservedEntry { entry, action });
        });
        let written = written.0.lock().unwrap();
        written.clone()
    }

    #[test]
    fn entries_are_counted_without_anything_of_their_location() {
        let done = json!({
            "kind": "done", "step": "hello", "reference": "m1", "found": false,
            "accepted_at": "2026-11-20T16:00:00Z", "seconds_after_call": 7,
        });
        let steps = "ghl_steps_total";
        assert_eq!(
            recorded(done.clone(), Some("text")),
            [
                format!("{steps} action=text end=done reason= 1"),
                "ghl_seconds_to_text 7".to_owned()
            ]
        );
        assert_eq!(
            recorded(done, Some("tag")),
            [format!("{steps} action=tag end=done reason= 1")]
        );
        let not_done = json!({"kind": "not_done", "step": "hello", "reason": {"failed": "x_400"}});
        assert_eq!(
            recorded(not_done, Some("task")),
            [format!("{steps} action=task end=not_done reason=failed 1")]
        );
        let joined = json!({"kind": "call_unclear", "message": "m1", "status": "ringing"});
        let unclear = "ghl_missed_calls_total call=unclear 1";
        assert_eq!(recorded(joined, None), [unclear]);
        let closed = json!({"kind": "closed", "missed_calls": 1});
        assert_eq!(recorded(closed, None), ["ghl_episodes_closed_total 1"]);
    }
}
