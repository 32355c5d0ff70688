//! What the team reads: who called whom and when, and what the caller was told.

use jiff::tz::TimeZone;

use super::{CallerFacts, Decision, TeamFacts};
use crate::recipes::missed_call::core::compliance::zone;
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::episode::state::StepState;
use crate::recipes::missed_call::core::model::{Intent, NoticeTo};
use crate::recipes::missed_call::core::recipe::{NoteStep, NoticeRecipient, NotifyStep, Step};

impl Episode {
    /// The call in a sentence or two, and whether the caller got a text.
    pub(super) fn tell_of_the_call(&self) -> String {
        let mut told = match &self.state.caller {
            Some(caller) => format!("Missed call from {}.", caller.e164()),
            None => "Missed call.".to_owned(),
        };
        if let Some(called) = &self.state.called {
            let called = called.e164();
            match self.number().and_then(|number| number.name.as_deref()) {
                Some(name) => told.push_str(&format!(" They called {name} ({called}).")),
                None => told.push_str(&format!(" They called {called}.")),
            }
        }
        let for_this_call = |step: &Step| self.is_for_this_call(step);
        let first_text = self.recipe.first_text_of(for_this_call);
        match first_text.and_then(|(text, ..)| self.state.step(text)) {
            Some(StepState::Done) => told.push_str(" The automatic text was sent."),
            Some(StepState::NotDone(reason)) => {
                told.push_str(&format!(" No text was sent: {}.", reason.human_message()))
            }
            _ => {}
        }
        told
    }

    /// The same with the caller's last words and where to answer them.
    pub(super) fn tell_with_caller(&self, facts: &CallerFacts) -> String {
        let mut told = self.tell_of_the_call();
        push_caller(&mut told, facts);
        told
    }

    /// The same with name, time, how often, and the text itself.
    fn tell_all(&self, facts: &TeamFacts) -> String {
        let state = &self.state;
        let zone = facts.zone.as_deref().and_then(zone);
        let at = state.call_ended_at.to_zoned(zone.unwrap_or(TimeZone::UTC));
        let mut told = self.tell_of_the_call();
        told.push_str(&format!("\nTime: {}", at.strftime("%Y-%m-%d %H:%M %Z")));
        if let Some(seconds) = state.call_seconds {
            told.push_str(&format!("\nLength of the call: {seconds} s"));
        }
        if let Some(name) = &facts.contact_name {
            told.push_str(&format!("\nName: {}", name.as_str()));
        }
        if state.missed_calls > 1 {
            told.push_str(&format!("\nMissed calls so far: {}", state.missed_calls));
        }
        if let Some(text) = &facts.sent_text {
            told.push_str(&format!("\nText sent: {}", text.as_str()));
        }
        push_caller(&mut told, &facts.caller);
        told
    }

    pub(super) fn decide_note(&self, note: &NoteStep, facts: &TeamFacts) -> Decision {
        let told = self.tell_all(facts);
        let body = match &note.body {
            Some(body) => format!("{body}\n{told}"),
            None => told,
        };
        Decision::Proceed(Intent::Note { body: body.into() })
    }

    pub(super) fn decide_notice(&self, notify: &NotifyStep, facts: &TeamFacts) -> Decision {
        Decision::Proceed(Intent::Notify {
            to: match &notify.to {
                NoticeRecipient::Host => NoticeTo::Host,
                NoticeRecipient::TextTo(contact) => NoticeTo::Text(contact.clone()),
                NoticeRecipient::EmailTo(contact) => NoticeTo::Email(contact.clone()),
            },
            title: notify.title.clone(),
            body: self.tell_all(facts).into(),
        })
    }
}

/// How much of the caller's last words is told, in characters. The rest is in the conversation.
const WORDS_TOLD: usize = 300;

fn push_caller(told: &mut String, facts: &CallerFacts) {
    if let Some(words) = &facts.last_words {
        told.push_str(&format!("\nThey wrote: “{}”", beginning(words)));
    }
    if let Some(page) = &facts.page {
        told.push_str(&format!("\nAnswer in HighLevel: {page}"));
    }
}

/// The words on one line, cut after a while.
fn beginning(words: &str) -> String {
    let visible = words.chars().map(|c| if c.is_control() { ' ' } else { c });
    // Twice as much is looked at, because runs of spaces shrink.
    let read: String = visible.take(2 * WORDS_TOLD).collect();
    let line = read.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(WORDS_TOLD) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
