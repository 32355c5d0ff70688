//! A year of missed calls that never were: the entries of a ledger as an engine would have written them.

use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::ledger::Entry;
use gohighlevel::recipes::missed_call::report::Arms;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

/// The share of the texted who book, and of those whom nobody texts.
const BOOKS: (f64, f64) = (0.20, 0.10);

/// The last day of the year.
pub(crate) const LAST_DAY: Date = date(2026, 11, 29);

/// The lines of each location.
pub(crate) const LINES: [(&str, &str); 3] = [
    ("+13125550100", "Gold Coast"),
    ("+13125550101", "Lakeview"),
    ("+13125550102", "Website"),
];

/// A location whose calls are made up.
pub(crate) struct MadeUp<'r> {
    pub(crate) id: String,
    pub(crate) zone: TimeZone,
    recipe: &'r Recipe,
    random: fastrand::Rng,
    calls_a_day: f64,
    /// How quickly its team deals with callers.
    diligence: f64,
    next_call: u64,
}

impl<'r> MadeUp<'r> {
    pub(crate) fn new(number: u64, recipe: &'r Recipe, calls_a_day: f64, zone: TimeZone) -> Self {
        let mut random = fastrand::Rng::with_seed(number);
        Self {
            id: format!("madeUpLocation{number:06}"),
            zone,
            recipe,
            calls_a_day: calls_a_day * (0.4 + 1.2 * random.f64()),
            diligence: 0.6 + 0.39 * random.f64(),
            random,
            next_call: number * 1_000_000,
        }
    }

    /// The entries of so many days up to the last one, in the order of a ledger.
    pub(crate) fn entries(&mut self, days: i64) -> Vec<Entry> {
        let mut entries = Vec::new();
        for ago in (0..days).rev() {
            let day = LAST_DAY.saturating_sub(ago.days());
            // Few call on Sundays.
            let busy = [1.3, 1.1, 1.0, 1.0, 1.2, 0.8, 0.25];
            let weekday = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
            let expected = self.calls_a_day * busy.get(weekday).copied().unwrap_or(1.0);
            let calls = (expected + self.random.f64()).floor() as u64;
            for _ in 0..calls {
                let call = self.call(day);
                entries.extend(call.into_iter().map(read));
            }
        }
        // Episodes overlap.
        entries.sort_by_key(|entry: &Entry| entry.at);
        entries
    }

    fn chance(&mut self, share: f64) -> bool {
        self.random.f64() < share
    }

    /// What one call led to.
    fn call(&mut self, day: Date) -> Vec<Value> {
        self.next_call += 1;
        let number = self.next_call;
        let hours = [
            8, 9, 9, 10, 10, 10, 11, 11, 12, 12, 12, 13, 14, 15, 16, 16, 17, 17, 18, 19, 20,
        ];
        let hour = hours
            .get(self.random.usize(..hours.len()))
            .copied()
            .unwrap_or(9);
        let time = day.at(hour, self.random.i8(0..60), self.random.i8(0..60), 0);
        let ended_at = time
            .to_zoned(self.zone.clone())
            .map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp());
        let (called, _) = LINES
            .get(self.random.usize(..LINES.len()))
            .copied()
            .unwrap_or(LINES[0]);
        let call = format!("call{number:012}");
        let caller = format!("+1773555{:04}", number % 10_000);
        let mut made = Made::new(&self.id, &call, ended_at);
        let reason = if self.chance(0.7) {
            "no_answer"
        } else {
            "voicemail"
        };
        made.add(1, json!({
            "kind": "call_missed", "message": call, "contact": format!("contact{number}"), "caller": caller,
            "called": called, "ended_at": ended_at, "seconds": self.random.u64(8..40), "reason": reason,
            "evidence": {"delivery": format!("webhook:{call}"), "body_sha256": "00ff", "received_at": ended_at},
            "recipe": format!("{} {}", self.recipe.name(), self.recipe.version()),
            "recipe_fingerprint": self.recipe.fingerprint(),
        }));
        let texted = self.text(&mut made, called);
        for (step, intent) in [
            ("tag", json!({"tag": {"name": "missed-call"}})),
            (
                "task",
                json!({"task": {"title": "Missed call: call back", "body": "Call back.",
                                     "due": ended_at + SignedDuration::from_hours(1), "assignee": null}}),
            ),
        ] {
            made.attempted(3, step, intent);
            made.done(4, step);
        }
        if texted {
            self.caller_answers(&mut made);
        }
        let books = if texted { BOOKS.0 } else { BOOKS.1 };
        if self.chance(books) {
            let after = self.random.i64(120..86_400);
            made.happened(after, "booked", &format!("appointment{number}"));
        }
        let fresh = LAST_DAY.saturating_sub(2.days()) < day;
        let diligence = if fresh {
            self.diligence * 0.6
        } else {
            self.diligence
        };
        if self.chance(diligence) {
            let what = if self.chance(0.5) {
                "returned"
            } else {
                "task_done"
            };
            made.happened(self.random.i64(600..20_000), what, &format!("work{number}"));
        }
        made.add(90_000, json!({"kind": "closed", "missed_calls": 1}));
        made.entries
    }

    /// The text, or why there is none.
    fn text(&mut self, made: &mut Made, called: &str) -> bool {
        let why_not = match self.random.u32(0..100) {
            0..4 => Some(json!("withheld")),
            4..8 => Some(json!({"not_textable": "landline"})),
            8..10 => Some(json!("opted_out")),
            10..12 => Some(json!({"overtaken": "returned"})),
            12..14 => Some(json!({"failed": "refused_400"})),
            14 => Some(json!("stale")),
            _ => None,
        };
        if let Some(reason) = why_not {
            made.add(
                2,
                json!({"kind": "not_done", "step": "text", "reason": reason}),
            );
            return false;
        }
        let body = "Hi, Soleil here. Sorry we missed your call! You can book a visit here: \
                    https://calendly.com/soleil/visit Reply STOP to opt out.";
        made.attempted(2, "text", json!({"text": {
            "body": body, "from": called, "to": null, "basis": "inbound_call", "variant": "text",
            "copy_fingerprint": "3c26a7620f1c93b8",
        }}));
        // Most within seconds, some much later.
        let after = 2.0 + 6.0 * self.random.f64() / (1.02 - self.random.f64());
        made.done(after as i64, "text");
        true
    }

    fn caller_answers(&mut self, made: &mut Made) {
        let after = self.random.i64(40..7_200);
        let reply = match self.random.u32(0..100) {
            0..8 => "help",
            8..17 => "booking",
            17..24 => "other",
            24 => {
                made.add(after, json!({"kind": "opted_out", "reason": "opted_out"}));
                return;
            }
            _ => return,
        };
        made.add(
            after,
            json!({"kind": "replied", "message": format!("reply{after}"), "reply": reply}),
        );
    }
}

/// The entries of one episode.
struct Made {
    location: String,
    call: String,
    ended_at: Timestamp,
    entries: Vec<Value>,
}

impl Made {
    fn new(location: &str, call: &str, ended_at: Timestamp) -> Self {
        Self {
            location: location.to_owned(),
            call: call.to_owned(),
            ended_at,
            entries: Vec::new(),
        }
    }

    /// An entry, so many seconds after the call.
    fn add(&mut self, seconds: i64, mut entry: Value) {
        entry["at"] = json!(self.ended_at + SignedDuration::from_secs(seconds));
        entry["location"] = json!(self.location);
        entry["episode"] = json!(format!("{}:{}", self.location, self.call));
        self.entries.push(entry);
    }

    fn attempted(&mut self, seconds: i64, step: &str, intent: Value) {
        let effect = json!({"episode": format!("{}:{}", self.location, self.call), "step": step, "ordinal": 0});
        let entry = json!({"kind": "attempted", "effect": effect, "attempt": 1, "intent": intent,
                           "contact": "contact", "basis": self.call});
        self.add(seconds, entry);
    }

    fn done(&mut self, seconds: i64, step: &str) {
        let entry = json!({
            "kind": "done", "step": step, "reference": format!("{step}-of-{}", self.call), "found": false,
            "accepted_at": self.ended_at + SignedDuration::from_secs(seconds), "seconds_after_call": seconds,
        });
        self.add(seconds, entry);
    }

    fn happened(&mut self, seconds: i64, what: &str, reference: &str) {
        self.add(
            seconds,
            json!({"kind": "happened", "what": what, "reference": reference}),
        );
    }
}

fn read(entry: Value) -> Entry {
    serde_json::from_value(entry)
        .unwrap_or_else(|error| unreachable!("the entries have the stored form: {error}"))
}

/// The arms of an experiment in each of so many locations: one caller in five gets no text.
pub(crate) fn experiment(locations: u64, callers: u64) -> Vec<Arms> {
    let mut random = fastrand::Rng::with_seed(11);
    let arms = (0..locations).map(|_| {
        let mut arms = Arms::default();
        for _ in 0..callers {
            let held_out = random.f64() < 0.2;
            let books = random.f64() < if held_out { BOOKS.1 } else { BOOKS.0 };
            let arm = if held_out {
                &mut arms.held_out
            } else {
                &mut arms.texted
            };
            arm.callers += 1;
            arm.booked += u64::from(books);
        }
        arms
    });
    arms.collect()
}
