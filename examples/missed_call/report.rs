//! The report of the tour: its timeline, the promises and the results, as text or as JSON.

use std::fmt::Write as _;

use gohighlevel::api::conversations::Message;
use gohighlevel::api::notes::Note;
use gohighlevel::api::tags::TagName;
use gohighlevel::api::tasks::Task;
use gohighlevel::message::MessageType;
use gohighlevel::recipes::missed_call::episode::{Intent, NoticeTo, StepName};
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::{Notice, Recipe};
use jiff::Timestamp;
use serde::Serialize;

use super::tour::{PlayedScene, Seen, Tour};

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
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_done: Option<String>,
}

impl Report {
    pub(crate) fn new(recipe: &Recipe, tour: &Tour) -> Self {
        let (caller, called) = (tour.caller.e164(), tour.called.e164());
        let mut events = Vec::new();
        if let Some((name, reference)) = &tour.consented {
            let what =
                format!("{name} has consented to texts before ({reference}), later ones too.");
            events.push(Event::new(tour, tour.begins(), "consent", what));
        }
        for (index, scene) in tour.scenes.iter().enumerate() {
            let event = match scene.text {
                None => {
                    let again = if index == 0 { "" } else { " again" };
                    let what = format!("{caller} calls {called}{again}. Nobody answers.");
                    Event::new(tour, scene.at, "call", what)
                }
                Some(text) => {
                    let what = format!("{caller} writes:");
                    Event::new(tour, scene.at, "reply", what).saying(text)
                }
            };
            events.push(event.to(called));
            events.push(Event::webhook(tour, scene));
        }
        events.extend(
            tour.ledger
                .iter()
                .filter_map(|entry| Event::of(tour, entry)),
        );
        // The sort is stable: of two events in the same millisecond, what HighLevel did comes first.
        events.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));

        let steps: Vec<Promise> = recipe
            .steps()
            .map(|step| Promise::of(recipe, step, tour))
            .collect();
        let problems = steps.iter().filter_map(Promise::problem).collect();
        let summary = Summary {
            recipe: format!("{} {}", recipe.name(), recipe.version()),
            caller: caller.to_owned(),
            called: called.to_owned(),
            call_ended_at: tour.begins(),
            missed_calls: tour.calls().count(),
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

    fn saying(self, text: &str) -> Self {
        Self {
            text: Some(text.to_owned()),
            ..self
        }
    }

    fn webhook(tour: &Tour, scene: &PlayedScene) -> Self {
        let taken = match scene.status {
            200 => "the service has it on disk",
            _ => "the service did not take it",
        };
        let what = format!(
            "{}, signed; {taken} and answers {}.",
            scene.event, scene.status
        );
        Self::new(tour, scene.sent_at, "webhook", what)
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
                format!("The call joins the episode, as missed call {missed_calls}."),
            ),
            EntryKind::Replied { .. } => new(
                "episode",
                "The caller has replied: what is still to be sent is dropped.".to_owned(),
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
        let contact = tour.contact.as_str();
        let new = |event, what: String| Self::new(tour, at, event, what);
        Some(match intent(tour, step)? {
            Intent::Text { body, from, to, .. } => {
                let to = to.as_ref().unwrap_or(&tour.caller).e164();
                let from = from
                    .as_ref()
                    .map_or_else(String::new, |from| format!(" from {}", from.e164()));
                new("text", format!("To {to}{from}:")).to(to).saying(body)
            }
            Intent::Email { subject, text, .. } => {
                let what = format!("“{}”, to contact {contact}:", subject.as_str());
                new("email", what).to(contact).saying(text)
            }
            Intent::Tag { name } => {
                new("tag", format!("{name}, on contact {contact}.")).to(contact)
            }
            Intent::Untag { name } => {
                new("untag", format!("{name}, off contact {contact}.")).to(contact)
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
                let after = due.as_second() - tour.begins().as_second();
                let what = format!("“{title}”, due {after} s after the call, for {whose}:");
                new("task", what).to(contact).saying(body)
            }
            Intent::CompleteTask { .. } => new("completed", "The task is done.".to_owned()),
            Intent::Note { body } => new("note", format!("On contact {contact}:"))
                .to(contact)
                .saying(body),
            Intent::Fields { values, source } => {
                let mut fields: Vec<_> = values
                    .iter()
                    .map(|(key, value)| format!("{key} = {}", value.as_str()))
                    .collect();
                fields.extend(source.as_ref().map(|source| format!("source = {source}")));
                new("fields", format!("{}.", fields.join(", "))).to(contact)
            }
            Intent::Stage { name, .. } => {
                let what = format!("The opportunity {} has reached its stage.", name.as_str());
                new("stage", what).to(contact)
            }
            Intent::Workflow { workflow } => {
                new("workflow", format!("The contact enters {workflow}.")).to(contact)
            }
            Intent::Assign { user } => {
                new("owner", format!("The contact is {user}'s now.")).to(contact)
            }
            Intent::Notify { title, body, .. } => {
                new("notice", format!("“{title}”, to the team:")).saying(body)
            }
            Intent::Record { what } => new("record", format!("{what}.")),
            _ => new("done", format!("{step}.")),
        })
    }
}

impl Promise {
    fn of(recipe: &Recipe, step: &StepName, tour: &Tour) -> Self {
        let mut accepted_at = None;
        let mut reason = None;
        for entry in &tour.ledger {
            match &entry.kind {
                EntryKind::Done {
                    step: done,
                    accepted_at: at,
                    ..
                } if done == step => accepted_at = Some(*at),
                EntryKind::NotDone {
                    step: dropped,
                    reason: why,
                } if dropped == step => reason = Some(why.to_string()),
                _ => {}
            }
        }
        let has_failed = reason
            .as_ref()
            .is_some_and(|why| why.starts_with("failed:") || why.starts_with("copy:"));
        let intent = intent(tour, step);
        let due = match intent {
            Some(Intent::Task { due, .. }) => Some(due.as_second() - tour.begins().as_second()),
            _ => None,
        };
        Self {
            step: step.clone(),
            // The answer to the call is promised whatever comes, and so is what failed; other steps may be overtaken.
            promised: usize::from(accepted_at.is_some() || has_failed || recipe.answers_call(step)),
            seen: match intent {
                Some(intent) => tour.seen.count(intent, accepted_at.is_some()),
                None => 0,
            },
            accepted_after_seconds: accepted_at.map(|at| seconds(tour, at)),
            due_after_seconds: due,
            not_done: reason,
        }
    }

    fn problem(&self) -> Option<String> {
        let Self {
            step,
            promised,
            seen,
            not_done,
            ..
        } = self;
        let word = match seen.cmp(promised) {
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Less => "missing",
            std::cmp::Ordering::Greater => "doubled",
        };
        let why = not_done
            .as_ref()
            .map_or_else(String::new, |why| format!(": {why}"));
        Some(format!(
            "{word}: the {step} was promised {promised} × and is there {seen} ×{why}"
        ))
    }
}

impl Seen {
    /// How often HighLevel, or the team, has what was to be done. What cannot be counted there counts as the ledger says.
    fn count(&self, intent: &Intent, done: bool) -> usize {
        match intent {
            Intent::Text { body, .. } => {
                let same = |message: &&Message| message.body.as_ref() == Some(body);
                self.messages.iter().filter(same).count()
            }
            Intent::Email { .. } => {
                let is_email =
                    |message: &&Message| message.message_type == Some(MessageType::Email);
                self.messages.iter().filter(is_email).count()
            }
            Intent::Tag { name } => {
                let same = |tag: &&TagName| tag.as_str() == name;
                self.tags.iter().filter(same).count()
            }
            Intent::Task { title, due, .. } => {
                let same = |task: &&Task| {
                    task.title.as_deref() == Some(title)
                        && task.due_date.map(Timestamp::as_second) == Some(due.as_second())
                };
                self.tasks.iter().filter(same).count()
            }
            Intent::Note { body } => {
                let same = |note: &&Note| note.body.as_ref() == Some(body);
                self.notes.iter().filter(same).count()
            }
            Intent::Notify {
                to: NoticeTo::Host,
                body,
                title,
            } => {
                let same = |notice: &&Notice| notice.body == *body && notice.title == *title;
                self.notices.iter().filter(same).count()
            }
            _ => usize::from(done),
        }
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
    (at.as_millisecond() - tour.begins().as_millisecond()) as f64 / 1000.0
}

/// `H:MM:SS` of seconds.
fn time(seconds: f64) -> String {
    let whole = seconds.round() as i64;
    format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
}

impl Report {
    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    pub(crate) fn text(&self, tour: &Tour) -> String {
        let mut out = String::from("Hours, minutes and seconds after the call\n\n");
        for event in &self.events {
            let head = format!("{:>9}  {:<9}", time(event.seconds), event.event);
            wrap(&mut out, &head, &event.what);
            if let Some(text) = &event.text {
                for line in format!("“{text}”").lines() {
                    wrap(&mut out, "", line);
                }
            }
        }
        out.push_str("\nPromised by the recipe, and seen in HighLevel at the end\n\n");
        for Promise {
            step,
            promised,
            seen,
            accepted_after_seconds,
            due_after_seconds,
            not_done,
        } in &self.summary.steps
        {
            let _ = write!(
                out,
                "  {:<16}promised {promised}, seen {seen}",
                step.as_str()
            );
            if let Some(after) = accepted_after_seconds {
                let _ = write!(out, ", accepted {} after the call", time(*after));
            }
            if let Some(after) = due_after_seconds {
                let _ = write!(out, ", due {after} s after the call");
            }
            if let Some(why) = not_done {
                let _ = write!(out, "; {why}");
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
