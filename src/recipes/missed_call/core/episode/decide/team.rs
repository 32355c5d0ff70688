//! The messages to the team: who called which number and when, and what the caller received.

use jiff::tz::TimeZone;

use super::{CallerFacts, Decision, TeamFacts};
use crate::recipes::missed_call::core::compliance::zone;
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::episode::state::StepState;
use crate::recipes::missed_call::core::model::{Intent, NoticeTo, Receipt};
use crate::recipes::missed_call::core::recipe::{NoteStep, NoticeRecipient, NotifyStep, Step};

impl Episode {
    /// The call in a sentence or two, and whether the caller got a text.
    pub(super) fn call_summary(&self) -> String {
        let mut summary = match &self.state.caller {
            Some(caller) => format!("Missed call from {}.", caller.e164()),
            None => "Missed call.".to_owned(),
        };
        if let Some(called) = &self.state.called {
            let called = called.e164();
            match self.number().and_then(|number| number.name.as_deref()) {
                Some(name) => summary.push_str(&format!(" They called {name} ({called}).")),
                None => summary.push_str(&format!(" They called {called}.")),
            }
        }
        let for_this_call = |step: &Step| self.is_for_this_call(step);
        let first_text = self.recipe.first_text_of(for_this_call);
        match first_text.and_then(|(text, ..)| self.state.step(text)) {
            Some(StepState::Done) => {
                let receipt = first_text.and_then(|(text, ..)| self.receipt_of(text));
                summary.push_str(&sent(receipt));
            }
            Some(StepState::Would) => {
                summary.push_str(" The automatic text was not sent: dry run.")
            }
            Some(StepState::NotDone(reason)) => {
                summary.push_str(&format!(" No text was sent: {}.", reason.human_message()))
            }
            _ => {}
        }
        summary
    }

    /// The summary with the caller's last words and a link to answer them.
    pub(super) fn summary_with_caller(&self, facts: &CallerFacts) -> String {
        let mut summary = self.call_summary();
        push_caller(&mut summary, facts);
        summary
    }

    /// The summary with name, time, number of calls and the text itself.
    fn full_summary(&self, facts: &TeamFacts) -> String {
        let state = &self.state;
        let zone = facts.zone.as_deref().and_then(zone);
        let at = state.call_ended_at.to_zoned(zone.unwrap_or(TimeZone::UTC));
        let mut summary = self.call_summary();
        summary.push_str(&format!("\nTime: {}", at.strftime("%Y-%m-%d %H:%M %Z")));
        if let Some(seconds) = state.call_seconds {
            summary.push_str(&format!("\nLength of the call: {seconds} s"));
        }
        if let Some(name) = &facts.contact_name {
            summary.push_str(&format!("\nName: {}", name.as_str()));
        }
        if state.missed_calls > 1 {
            summary.push_str(&format!("\nMissed calls so far: {}", state.missed_calls));
        }
        if let Some(text) = &facts.sent_text {
            summary.push_str(&format!("\nText sent: {}", text.as_str()));
        }
        push_caller(&mut summary, &facts.caller);
        summary
    }

    pub(super) fn decide_note(&self, note: &NoteStep, facts: &TeamFacts) -> Decision {
        let summary = self.full_summary(facts);
        let body = match &note.body {
            Some(body) => format!("{body}\n{summary}"),
            None => summary,
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
            body: self.full_summary(facts).into(),
        })
    }
}

/// That the text was sent, and what became of it.
fn sent(receipt: Option<&Receipt>) -> String {
    let Some(Receipt::NotDelivered(failure)) = receipt else {
        return " The automatic text was sent.".to_owned();
    };
    match &failure.words {
        _ if failure.landline => {
            " The automatic text did not arrive: the number is a landline.".to_owned()
        }
        Some(words) => format!(
            " The automatic text did not arrive. HighLevel says: “{}”",
            beginning(words)
        ),
        None => " The automatic text did not arrive.".to_owned(),
    }
}

/// How many characters of the caller's last words are quoted. The rest is in the conversation.
const MAX_QUOTED_CHARS: usize = 300;

fn push_caller(summary: &mut String, facts: &CallerFacts) {
    if let Some(words) = &facts.last_words {
        summary.push_str(&format!("\nThey wrote: “{}”", beginning(words)));
    }
    if let Some(page) = &facts.page {
        summary.push_str(&format!("\nAnswer in HighLevel: {page}"));
    }
}

/// The words on one line, cut to the maximum length.
fn beginning(words: &str) -> String {
    let visible = words.chars().map(|c| if c.is_control() { ' ' } else { c });
    // Twice as many characters are read, because runs of spaces shrink.
    let read: String = visible.take(2 * MAX_QUOTED_CHARS).collect();
    let line = read.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
