//! What is told of the tour: the timeline, what was promised and what was seen, as text or as JSON.

use std::fmt::Write as _;

use gohighlevel::recipes::missed_call::Recipe;
use gohighlevel::recipes::missed_call::episode::{Intent, StepName};
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use jiff::Timestamp;
use serde::Serialize;

use crate::tour::{REPLY, Seen, Told, Tour};

/// How wide the text is.
const COLUMNS: usize = 100;
/// Where the third column begins.
const INDENT: usize = 21;

#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) events: Vec<Event>,
    pub(crate) summary: Summary,
}

/// One line of the timeline.
#[derive(Serialize)]
pub(crate) struct Event {
    /// Since the call ended.
    seconds: f64,
    event: &'static str,
    what: String,
    /// A phone number or a contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Summary {
    recipe: String,
    caller: String,
    called: String,
    call_ended_at: Timestamp,
    missed_calls: usize,
    steps: Vec<Promise>,
    ledger_entries: usize,
    /// Which promises were not kept; empty if all is well.
    pub(crate) problems: Vec<String>,
}

/// How often something was promised, and how often it is there.
#[derive(Serialize)]
struct Promise {
    step: StepName,
    promised: usize,
    seen: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_after_seconds: Option<f64>,
    /// Of the task: when it is due, in whole seconds after the call's end.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_after_seconds: Option<i64>,
}

impl Report {
    pub(crate) fn new(recipe: &Recipe, tour: &Tour) -> Self {
        let ended_at = tour.calls[0].at;
        let mut events = Vec::new();
        for (index, call) in tour.calls.iter().enumerate() {
            let again = if index == 0 { "" } else { " again" };
            let (caller, called) = (tour.caller.e164(), tour.called.e164());
            let what = format!("{caller} calls {called}{again}. Nobody answers.");
            events.push(Event::new(tour, call.at, "call", what).to(called));
            events.push(Event::webhook(tour, call));
        }
        let what = format!("{} writes:", tour.caller.e164());
        let reply = Event::new(tour, tour.reply.at, "reply", what).to(tour.called.e164());
        events.push(Event {
            text: Some(REPLY.to_owned()),
            ..reply
        });
        events.push(Event::webhook(tour, &tour.reply));
        events.extend(
            tour.ledger
                .iter()
                .filter_map(|entry| Event::of(tour, entry)),
        );
        // The sort is stable: of two events in the same millisecond, what HighLevel did comes first.
        events.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));

        let steps: Vec<Promise> = recipe.steps().map(|step| Promise::of(step, tour)).collect();
        let mut problems: Vec<String> = steps.iter().filter_map(Promise::problem).collect();
        problems.extend(tour.seen.differences(tour));
        let summary = Summary {
            recipe: format!("{} {}", recipe.name(), recipe.version()),
            caller: tour.caller.e164().to_owned(),
            called: tour.called.e164().to_owned(),
            call_ended_at: ended_at,
            missed_calls: tour.calls.len(),
            steps,
            ledger_entries: tour.ledger.len(),
            problems,
        };
        Self { events, summary }
    }
}

impl Event {
    fn new(tour: &Tour, at: Timestamp, event: &'static str, what: impl Into<String>) -> Self {
        Self {
            seconds: seconds(tour, at),
            event,
            what: what.into(),
            to: None,
            text: None,
        }
    }

    fn to(self, to: &str) -> Self {
        Self {
            to: Some(to.to_owned()),
            ..self
        }
    }

    fn webhook(tour: &Tour, told: &Told) -> Self {
        let taken = match told.status {
            200 => "the service has it on disk",
            _ => "the service did not take it",
        };
        let what = format!(
            "{}, signed; {taken} and answers {}.",
            told.event, told.status
        );
        Self::new(tour, told.sent_at, "webhook", what)
    }

    /// An entry of the ledger as an event, if it says more than the events around it.
    fn of(tour: &Tour, entry: &Entry) -> Option<Self> {
        let new = |event, what: String| Some(Self::new(tour, entry.at, event, what));
        match &entry.kind {
            EntryKind::CallMissed { call, recipe, .. } => new(
                "episode",
                format!(
                    "The call opens an episode of recipe {recipe}, contact {}.",
                    call.contact
                ),
            ),
            EntryKind::CallJoined { missed_calls, .. } => new(
                "episode",
                format!(
                    "The call joins the episode, as missed call {missed_calls}. Nothing more is sent."
                ),
            ),
            EntryKind::Replied { .. } => new(
                "episode",
                "The caller has replied: whatever was still to be sent would be dropped."
                    .to_owned(),
            ),
            EntryKind::Done {
                step,
                accepted_at,
                found,
                ..
            } => {
                let mut event = Self::done(tour, step, *accepted_at)?;
                if *found {
                    event
                        .what
                        .push_str(" (Found by reading back: the answer was lost.)");
                }
                Some(event)
            }
            EntryKind::NotDone { step, reason } => new("dropped", format!("No {step}: {reason}.")),
            EntryKind::Postponed { effect, code } => new(
                "later",
                format!("The {} is tried again: {code}.", effect.step),
            ),
            EntryKind::OutcomeUnknown { effect, code } => new(
                "lost",
                format!(
                    "Whether the {} was done is looked for: {code}.",
                    effect.step
                ),
            ),
            _ => None,
        }
    }

    fn done(tour: &Tour, step: &StepName, at: Timestamp) -> Option<Self> {
        Some(match intent(tour, step)? {
            Intent::Text { body, from, to, .. } => {
                let to = to.as_ref().unwrap_or(&tour.caller).e164();
                let from = from
                    .as_ref()
                    .map_or_else(String::new, |from| format!(" from {}", from.e164()));
                let event = Self::new(tour, at, "text", format!("To {to}{from}:")).to(to);
                Self {
                    text: Some(body.as_str().to_owned()),
                    ..event
                }
            }
            Intent::Tag { name } => {
                let contact = tour.contact();
                Self::new(tour, at, "tag", format!("{name}, on contact {contact}.")).to(contact)
            }
            Intent::Task {
                title,
                body,
                due,
                assignee,
            } => {
                let whose = assignee
                    .as_ref()
                    .map_or("nobody in particular", |user| user.as_str());
                let after = due.as_second() - tour.calls[0].at.as_second();
                let what = format!("“{title}”, due {after} s after the call, for {whose}:");
                Self {
                    text: Some(body.as_str().to_owned()),
                    ..Self::new(tour, at, "task", what).to(tour.contact())
                }
            }
            Intent::Email { subject, text, .. } => {
                let what = format!("“{}”, to contact {}:", subject.as_str(), tour.contact());
                Self {
                    text: Some(text.as_str().to_owned()),
                    ..Self::new(tour, at, "email", what).to(tour.contact())
                }
            }
            Intent::Note { body } => Self {
                text: Some(body.as_str().to_owned()),
                ..Self::new(tour, at, "note", "On the contact:").to(tour.contact())
            },
            Intent::Notify { title, body, .. } => Self {
                text: Some(body.as_str().to_owned()),
                ..Self::new(tour, at, "notice", format!("“{title}”, to the team:"))
            },
            Intent::Untag { name } => Self::new(tour, at, "untag", format!("{name} is taken off.")),
            Intent::CompleteTask { .. } => {
                Self::new(tour, at, "task done", "The task is completed.")
            }
            Intent::Fields { values, source } => {
                let mut what: Vec<_> = values
                    .iter()
                    .map(|(key, value)| format!("{key} = {}", value.as_str()))
                    .collect();
                what.extend(source.as_ref().map(|source| format!("source = {source}")));
                Self::new(tour, at, "fields", what.join(", "))
            }
            Intent::Stage { name, .. } => {
                let what = format!("{step}: opportunity of {}.", name.as_str());
                Self::new(tour, at, "stage", what)
            }
            Intent::Workflow { workflow } => Self::new(
                tour,
                at,
                "workflow",
                format!("The contact enters {workflow}."),
            ),
            Intent::Assign { user } => {
                Self::new(tour, at, "owner", format!("The contact is now {user}'s."))
            }
            Intent::Record { what } => Self::new(tour, at, "record", what),
            _ => return None,
        })
    }
}

impl Promise {
    fn of(step: &StepName, tour: &Tour) -> Self {
        let accepted_at = tour.ledger.iter().find_map(|entry| match &entry.kind {
            EntryKind::Done {
                step: done,
                accepted_at,
                ..
            } if done == step => Some(*accepted_at),
            _ => None,
        });
        let due = tour.seen.tasks.first().and_then(|task| task.due_date);
        Self {
            step: step.clone(),
            promised: 1,
            seen: match intent(tour, step) {
                Some(Intent::Text { .. }) => tour.seen.texts.len(),
                Some(Intent::Tag { .. }) => tour.seen.tags.len(),
                Some(Intent::Task { .. }) => tour.seen.tasks.len(),
                Some(_) => usize::from(accepted_at.is_some()),
                None => 0,
            },
            accepted_after_seconds: accepted_at.map(|at| seconds(tour, at)),
            due_after_seconds: due
                .filter(|_| matches!(intent(tour, step), Some(Intent::Task { .. })))
                .map(|due| due.as_second() - tour.calls[0].at.as_second()),
        }
    }

    fn problem(&self) -> Option<String> {
        let Self {
            step,
            promised,
            seen,
            ..
        } = self;
        let word = match seen.cmp(promised) {
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Less => "missing",
            std::cmp::Ordering::Greater => "doubled",
        };
        Some(format!(
            "{word}: the {step} was promised {promised} × and is there {seen} ×"
        ))
    }
}

impl Seen {
    /// Where HighLevel has something else than the ledger says.
    fn differences(&self, tour: &Tour) -> Vec<String> {
        let is = |step: &StepName| match intent(tour, step) {
            Some(Intent::Text { body, .. }) => self
                .texts
                .iter()
                .all(|text| text.body.as_ref() == Some(body)),
            Some(Intent::Tag { name }) => self.tags.iter().all(|tag| tag.as_str() == name),
            Some(Intent::Task { title, due, .. }) => self.tasks.iter().all(|task| {
                task.title.as_deref() == Some(title)
                    && task.due_date.map(Timestamp::as_second) == Some(due.as_second())
            }),
            _ => true,
        };
        let steps = tour.ledger.iter().filter_map(|entry| match &entry.kind {
            EntryKind::Done { step, .. } => Some(step),
            _ => None,
        });
        steps
            .filter(|step| !is(step))
            .map(|step| format!("different: the {step} is not what the ledger says"))
            .collect()
    }
}

/// What was done for a step, as it was written down before the attempt.
fn intent<'a>(tour: &'a Tour, step: &StepName) -> Option<&'a Intent> {
    tour.ledger
        .iter()
        .rev()
        .find_map(|entry| match &entry.kind {
            EntryKind::Attempted { effect, intent, .. } if effect.step == *step => Some(intent),
            _ => None,
        })
}

/// Seconds after the call's end, to the millisecond.
fn seconds(tour: &Tour, at: Timestamp) -> f64 {
    (at.as_millisecond() - tour.calls[0].at.as_millisecond()) as f64 / 1000.0
}

impl Report {
    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    pub(crate) fn text(&self, tour: &Tour) -> String {
        let mut out = String::from("Seconds after the call\n\n");
        for event in &self.events {
            let head = format!("{:>8.3}  {:<9}", event.seconds, event.event);
            wrap(&mut out, &head, &event.what);
            if let Some(text) = &event.text {
                wrap(&mut out, "", &format!("“{text}”"));
            }
        }
        out.push_str("\nPromised by the recipe, and seen in HighLevel at the end\n\n");
        for Promise {
            step,
            promised,
            seen,
            accepted_after_seconds,
            due_after_seconds,
        } in &self.summary.steps
        {
            let _ = write!(
                out,
                "  {:<6}promised {promised}, seen {seen}",
                step.as_str()
            );
            if let Some(after) = accepted_after_seconds {
                let _ = write!(out, ", accepted {after:.3} s after the call");
            }
            if let Some(after) = due_after_seconds {
                let _ = write!(out, ", due {after} s after the call");
            }
            out.push('\n');
        }
        let Summary {
            missed_calls,
            ledger_entries,
            recipe,
            ..
        } = &self.summary;
        let _ = writeln!(
            out,
            "\n  Recipe {recipe}; missed calls: {missed_calls}; entries in the ledger: {ledger_entries}"
        );
        match tour.db_is_kept {
            true => wrap(
                &mut out,
                "",
                &format!("The ledger is kept in {}.", tour.db.display()),
            ),
            false => {
                out.push_str("  The ledger is gone with its temporary file; --db FILE keeps it.\n")
            }
        }
        out
    }
}

/// Writes `text` in words behind `head`, on as many lines as it takes.
fn wrap(out: &mut String, head: &str, text: &str) {
    let mut line = format!("{head:<INDENT$}");
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > COLUMNS {
            let _ = writeln!(out, "{line}");
            line = " ".repeat(INDENT);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    let _ = writeln!(out, "{line}");
}
