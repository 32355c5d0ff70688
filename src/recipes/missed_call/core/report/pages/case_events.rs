//! The events of a case file, in the order of the ledger. Attempts of one effect and its end are one event.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::case_file::Detail;
use super::written;
use crate::recipes::missed_call::core::compliance::ConsentKind;
use crate::recipes::missed_call::core::copy::{Segments, SenderKind};
use crate::recipes::missed_call::core::ledger::{CallRecord, Entry, EntryKind, ExperimentArm};
use crate::recipes::missed_call::core::model::{
    DoubtDecision, EffectId, Intent, NoticeTo, Reason, StepName,
};
use crate::recipes::missed_call::core::report::plain;

/// One event of the time line.
pub(super) struct Event {
    at: String,
    kind: &'static str,
    /// `caller` for what the caller did, `dropped` for what was not done.
    class: &'static str,
    title: String,
    bubble: Option<String>,
    facts: Vec<(&'static str, String)>,
    /// The effect that is still to end.
    open: Option<EffectId>,
    /// The step whose text it is.
    text: Option<StepName>,
}

/// The fact that says what became of a text.
const DELIVERY: &str = "Delivery";

impl Event {
    pub(super) fn view(&self) -> Value {
        json!({
            "at": self.at, "kind": self.kind, "class": self.class, "title": self.title, "bubble": self.bubble,
            "facts": self.facts.iter().map(|(name, value)| json!({"name": name, "value": value})).collect::<Vec<_>>(),
        })
    }
}

/// The events of the entries so far.
pub(super) struct Events<'z> {
    events: Vec<Event>,
    detail: Detail,
    zone: &'z TimeZone,
}

impl<'z> Events<'z> {
    pub(super) fn new(detail: Detail, zone: &'z TimeZone) -> Self {
        Self {
            events: Vec::new(),
            detail,
            zone,
        }
    }

    pub(super) fn into_inner(self) -> Vec<Event> {
        self.events
    }

    fn add(
        &mut self,
        at: Timestamp,
        kind: &'static str,
        class: &'static str,
        title: impl Into<String>,
    ) -> &mut Event {
        let event = Event {
            at: written::moment(at, self.zone),
            kind,
            class,
            title: title.into(),
            bubble: None,
            facts: Vec::new(),
            open: None,
            text: None,
        };
        self.events.push_mut(event)
    }

    /// An id or reference, unless it is hidden.
    fn id(&self, id: &str) -> String {
        match self.detail {
            Detail::Full => id.to_owned(),
            Detail::Redacted => "hidden".to_owned(),
        }
    }

    /// The event of the effect that is still open.
    fn open(&mut self, is: impl Fn(&EffectId) -> bool) -> Option<&mut Event> {
        let events = self.events.iter_mut().rev();
        let mut found = events.filter(|event| event.open.as_ref().is_some_and(&is));
        found.next()
    }

    pub(super) fn take(&mut self, entry: &Entry) {
        let at = entry.at;
        match &entry.kind {
            EntryKind::CallMissed { call, recipe, .. } => {
                self.call(call, "Missed call");
                if let Some(event) = self.events.last_mut() {
                    event.facts.push(("Recipe", recipe.clone()));
                }
            }
            EntryKind::CallJoined { call, missed_calls } => {
                self.call(
                    call,
                    &format!("Missed call number {missed_calls}: it joins the case"),
                );
            }
            EntryKind::CallUnclear { status, .. } => {
                let event = self.add(at, "Call", "caller", "A call that could not be classified");
                event.facts.push(("Status", status.clone()));
            }
            EntryKind::Waits { until, why, .. } => {
                let until = written::moment(*until, self.zone);
                let event = self.add(at, "Decision", "", format!("The text waits until {until}"));
                event.facts.push(("Rule", why.clone()));
            }
            EntryKind::Attempted {
                effect,
                attempt,
                intent,
                ..
            } => {
                self.attempted(at, effect, *attempt, intent);
            }
            EntryKind::Would { effect, intent } => self.would(at, effect, intent),
            EntryKind::Assigned { assignment, .. } => {
                let title = match assignment.arm {
                    ExperimentArm::Texted => "Takes part in an experiment, and gets the text",
                    ExperimentArm::HeldOut => "Takes part in an experiment: the text is held back",
                };
                let event = self.add(at, "Decision", "", title);
                let name = assignment.experiment.clone();
                event.facts.push(("Experiment", name));
            }
            EntryKind::Released { experiment, .. } => {
                let title = "Called again: gets the text that was held back";
                let event = self.add(at, "Decision", "", title);
                event.facts.push(("Experiment", experiment.clone()));
            }
            EntryKind::Postponed { effect, code } => {
                let moment = written::moment(at, self.zone);
                let words = format!("failed for now ({code}), {moment}; tried again");
                self.remark(at, effect, "Attempt", words);
            }
            EntryKind::OutcomeUnknown { effect, code } => {
                let words = format!("the answer was lost ({code}); HighLevel is asked");
                self.remark(at, effect, "Attempt", words);
            }
            EntryKind::NotFound { effect } => {
                self.remark(
                    at,
                    effect,
                    "Attempt",
                    "HighLevel shows that nothing was done".to_owned(),
                );
            }
            EntryKind::Done {
                step,
                reference,
                accepted_at,
                seconds_after_call,
                found,
            } => {
                self.done(
                    *accepted_at,
                    step,
                    reference.as_deref(),
                    *seconds_after_call,
                    *found,
                );
            }
            EntryKind::NotDone { step, reason } => self.not_done(at, step, reason),
            EntryKind::Delivered { step, .. } => {
                self.receipt(at, step, "delivered", "delivered, as HighLevel says");
            }
            EntryKind::NotDelivered { step, failure, .. } => {
                let mut words = format!("not delivered ({})", failure.status.as_str());
                if let Some(said) = &failure.words {
                    words.push_str(&format!("; HighLevel says: {}", said.as_str()));
                }
                if failure.landline {
                    words.push_str("; the number is a landline and gets no more texts");
                }
                self.receipt(at, step, "dropped", &words);
            }
            EntryKind::Replied { message, reply } => {
                let message = message.as_ref().map(|message| self.id(message.as_str()));
                let event = self.add(at, "Reply", "caller", plain::reply(*reply));
                event.facts.extend(message.map(|id| ("Message", id)));
                event.facts.push((
                    "Words",
                    "in the conversation in HighLevel; the ledger keeps the class only".to_owned(),
                ));
            }
            EntryKind::Happened { what, reference } => {
                let reference = self.id(reference);
                let event = self.add(at, "Event", "caller", plain::trigger(*what));
                event.facts.push(("Reference", reference));
            }
            EntryKind::OptedOut { reason } => {
                let event = self.add(at, "Consent", "caller", "No more texts to this person");
                event
                    .facts
                    .push(("Why", reason.human_message().into_owned()));
            }
            EntryKind::Doubted { .. } => {
                let title = "The person may have asked for no more texts";
                self.add(at, "Consent", "caller", title);
            }
            EntryKind::DoubtDecided { decision, by } => {
                let title = match decision {
                    DoubtDecision::MayText => "Decided: the person may be texted",
                    DoubtDecision::NoMoreTexts => "Decided: no more texts to this person",
                };
                let event = self.add(at, "Consent", "", title);
                event.facts.push(("By", by.clone()));
            }
            EntryKind::OptedIn { .. } => {
                self.add(at, "Consent", "caller", "The person may be texted again");
            }
            EntryKind::Consented { how, consent } => {
                let reference = self.id(&consent.reference);
                let given = written::moment(consent.given_at, self.zone);
                let how = match how {
                    ConsentKind::Written => "in writing",
                    ConsentKind::Verbal => "in words",
                };
                let event = self.add(
                    at,
                    "Consent",
                    "caller",
                    format!("The person consented to texts {how}"),
                );
                event.facts.push(("Given", given));
                event.facts.push(("Proof", reference));
            }
            EntryKind::ErasureAsked { .. } => {
                self.add(
                    at,
                    "Consent",
                    "caller",
                    "The person asked for their data to be erased",
                );
            }
            EntryKind::ContactFollowed { from, to } => {
                let (from, to) = (self.id(from.as_str()), self.id(to.as_str()));
                let event = self.add(at, "Contact", "", "The contact was merged with another one");
                event.facts.push(("From", from));
                event.facts.push(("To", to));
            }
            EntryKind::Found { made_at, .. } => {
                let made_at = written::moment(*made_at, self.zone);
                let event = self.add(
                    at,
                    "Sweep",
                    "",
                    "Found in HighLevel's records; no webhook had reported it",
                );
                event.facts.push(("Made", made_at));
            }
            EntryKind::Ended { reason } => {
                let event = self.add(at, "Decision", "dropped", "The case ends early");
                event
                    .facts
                    .push(("Why", reason.human_message().into_owned()));
            }
            EntryKind::Closed { .. } => {
                self.add(at, "Case", "", "Closed: nothing is left to do");
            }
            // These are about the location.
            EntryKind::Swept { .. }
            | EntryKind::Halted { .. }
            | EntryKind::Resumed { .. }
            | EntryKind::ExperimentBegan { .. } => {}
        }
    }

    fn call(&mut self, call: &CallRecord, title: &str) {
        let in_full = self.detail == Detail::Full;
        let caller = written::caller(call.caller.as_ref(), in_full);
        let message = self.id(call.message.as_str());
        let delivery = self.id(&call.evidence.delivery);
        let event = self.add(call.ended_at, "Call", "caller", title);
        event.facts.push(("From", caller));
        if let Some(called) = &call.called {
            event
                .facts
                .push(("To", written::caller(Some(called), true)));
        }
        event
            .facts
            .push(("What happened", plain::missed(call.reason).to_owned()));
        if let Some(seconds) = call.seconds {
            event.facts.push(("Lasted", format!("{seconds} s")));
        }
        event.facts.push(("Message", message));
        event.facts.push(("Reported by", delivery));
    }

    /// What a dry run would have done.
    fn would(&mut self, at: Timestamp, effect: &EffectId, intent: &Intent) {
        let is_full = self.detail == Detail::Full;
        let (kind, title, words) = described(intent);
        let event = self.add(at, kind, "dropped", format!("Dry run, not done: {title}"));
        event.facts.push(("Step", effect.step.to_string()));
        if is_full {
            event.bubble = words.map(str::to_owned);
        }
    }

    fn attempted(&mut self, at: Timestamp, effect: &EffectId, attempt: u32, intent: &Intent) {
        let again = format!("number {attempt}, {}", written::moment(at, self.zone));
        if let Some(event) = self.open(|open| open == effect) {
            event.facts.push(("Attempt", again));
            return;
        }
        let is_full = self.detail == Detail::Full;
        let to_whom = match intent {
            Intent::Text { to, .. } => to.as_ref().map(|to| written::caller(Some(to), is_full)),
            _ => None,
        };
        let consent = match intent {
            Intent::Text {
                consent: Some(consent),
                ..
            } => Some(self.id(&consent.reference)),
            _ => None,
        };
        let zone = self.zone;
        let (kind, title, words) = described(intent);
        let event = self.add(at, kind, "", title);
        event.open = Some(effect.clone());
        event.facts.push(("Step", effect.step.to_string()));
        if let Some(words) = words {
            if is_full {
                event.bubble = Some(words.to_owned());
            } else {
                let length = words.chars().count();
                event
                    .facts
                    .push(("Words", format!("hidden, {length} characters")));
            }
        }
        if let Intent::Text {
            body,
            from,
            hours,
            variant,
            copy_fingerprint,
            basis,
            consent: given,
            ..
        } = intent
        {
            if let Some(from) = from {
                event
                    .facts
                    .push(("From", written::caller(Some(from), true)));
            }
            event.facts.extend(to_whom.map(|to| ("To", to)));
            let sender = from.as_ref().map_or(SenderKind::default(), SenderKind::of);
            let parts = Segments::of(body, sender).segments();
            event
                .facts
                .push(("Length", written::many(parts as u64, "message", "messages")));
            if let Some(basis) = basis {
                event.facts.push(("Basis", plain::basis(*basis).to_owned()));
            }
            if let (Some(given), Some(reference)) = (given, consent) {
                let when = written::moment(given.given_at, zone);
                event
                    .facts
                    .push(("Consent", format!("{when}, proof: {reference}")));
            }
            let hours = hours
                .as_deref()
                .unwrap_or("no quiet hours apply: it answers the call, or confirms an opt-out");
            event.facts.push(("Hours", hours.to_owned()));
            if let (Some(variant), Some(fingerprint)) = (variant, copy_fingerprint) {
                event
                    .facts
                    .push(("Copy", format!("{variant}, version {fingerprint}")));
            }
        }
        if let Intent::Task { due, .. } = intent {
            event.facts.push(("Due", written::moment(*due, zone)));
        }
    }

    /// A remark about an attempt, beside it if it is there.
    fn remark(&mut self, at: Timestamp, effect: &EffectId, name: &'static str, words: String) {
        match self.open(|open| open == effect) {
            Some(event) => event.facts.push((name, words)),
            None => {
                let event = self.add(at, "Attempt", "", format!("Step {}", effect.step));
                event.facts.push((name, words));
            }
        }
    }

    fn done(
        &mut self,
        at: Timestamp,
        step: &StepName,
        reference: Option<&str>,
        seconds: i64,
        found: bool,
    ) {
        let reference = reference.map(|reference| self.id(reference));
        let moment = written::moment(at, self.zone);
        let how = if found {
            ", found by asking after a lost answer"
        } else {
            ""
        };
        let accepted = format!("{moment}, {seconds} s after the call{how}");
        let known = self
            .events
            .iter()
            .rposition(|event| event.open.as_ref().is_some_and(|open| open.step == *step));
        let event = match known.and_then(|place| self.events.get_mut(place)) {
            Some(event) => event,
            None => self.add(at, "Step", "", format!("Step {step}")),
        };
        event.open = None;
        event.facts.push(("Accepted", accepted));
        event
            .facts
            .extend(reference.map(|reference| ("Id", reference)));
        if event.kind == "Text" {
            let words = "accepted by HighLevel, which has not said yet whether it was delivered";
            event.facts.push((DELIVERY, words.to_owned()));
            event.text = Some(step.clone());
        }
    }

    /// What became of a text, beside it if it is there.
    fn receipt(&mut self, at: Timestamp, step: &StepName, class: &'static str, words: &str) {
        let words = format!("{words}, {}", written::moment(at, self.zone));
        let text = self
            .events
            .iter_mut()
            .rev()
            .find(|event| event.text.as_ref() == Some(step));
        let event = match text {
            Some(event) => event,
            None => self.add(at, "Text", class, format!("Step {step}")),
        };
        event.facts.retain(|(name, _)| *name != DELIVERY);
        event.facts.push((DELIVERY, words));
        if class == "dropped" {
            event.class = class;
        }
    }

    fn not_done(&mut self, at: Timestamp, step: &StepName, reason: &Reason) {
        let why = reason.human_message().into_owned();
        let code = reason.code();
        if let Some(event) = self.open(|open| open.step == *step) {
            event.open = None;
            event.class = "dropped";
            event.facts.push(("Not done", format!("{why} ({code})")));
            return;
        }
        let event = self.add(at, "Decision", "dropped", format!("Not done: {step}"));
        event.facts.push(("Why", format!("{why} ({code})")));
    }
}

/// The kind of an intent, its title, and its words.
fn described(intent: &Intent) -> (&'static str, String, Option<&str>) {
    match intent {
        Intent::Text { body, .. } => ("Text", "Text to the caller".to_owned(), Some(body.as_str())),
        Intent::Email { text, .. } => (
            "E-mail",
            "E-mail to the caller".to_owned(),
            Some(text.as_str()),
        ),
        Intent::Tag { name } => ("Tag", format!("Tag “{name}”"), None),
        Intent::Untag { name } => ("Tag", format!("Tag “{name}” removed"), None),
        Intent::Task { title, .. } => ("Task", format!("Task for the team: {title}"), None),
        Intent::CompleteTask { .. } => ("Task", "Task completed".to_owned(), None),
        Intent::Note { .. } => ("Note", "Note on the contact".to_owned(), None),
        Intent::Fields { .. } => ("Fields", "Fields of the contact".to_owned(), None),
        Intent::Stage { .. } => ("Stage", "Opportunity moved".to_owned(), None),
        Intent::DoNotDisturb => ("Consent", "Do-not-disturb turned on".to_owned(), None),
        Intent::Workflow { .. } => ("Workflow", "Added to a workflow".to_owned(), None),
        Intent::Assign { .. } => ("Owner", "Contact assigned".to_owned(), None),
        Intent::Notify { to, title, .. } => {
            let how = match to {
                NoticeTo::Host => "",
                NoticeTo::Text(_) => ", by text",
                NoticeTo::Email(_) => ", by e-mail",
            };
            ("Notice", format!("Notice to the team{how}: {title}"), None)
        }
        Intent::Record { what } => ("Record", what.clone(), None),
    }
}
