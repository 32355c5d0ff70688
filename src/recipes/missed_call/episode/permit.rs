//! The question that is asked right before an effect: does it still hold, and what exactly is to be done?

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::names::StepName;
use super::reason::Reason;
use super::state::StepState;
use super::{Episode, later};
use crate::ids::UserId;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::compliance::{
    Candidates, Decision, LONGEST_WAIT, PlaceFacts, QuietHours, When, ZoneTable,
};
use crate::recipes::missed_call::copy::{MergeValues, MessageCopy, SenderKind, render};
use crate::recipes::missed_call::recipe::{Deed, Start, Step, TaskStep, TextStep};
use crate::secret::Private;

/// What is known at the time of the question.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each effect under way, and it is not kept"
)]
pub enum Facts {
    /// For the text.
    Text(TextFacts),
    /// The tag needs none.
    Tag,
    /// For the task.
    Task(TaskFacts),
}

/// What the text depends on, read right before it is sent.
#[derive(Debug, Clone, Default)]
pub struct TextFacts {
    /// The contact's names.
    pub first_name: Option<Private<String>>,
    /// See `first_name`.
    pub last_name: Option<Private<String>>,
    /// See `first_name`.
    pub name: Option<Private<String>>,
    /// The contact's own number.
    pub phone: Option<PhoneNumber>,
    /// Whether the contact has do-not-disturb on for texts.
    pub do_not_disturb: bool,
    /// Whether the caller, the contact or its number is on the suppression list.
    pub suppressed: bool,
    /// What HighLevel calls the location.
    pub location_name: Option<String>,
    /// The location's custom values by key.
    pub custom_values: BTreeMap<String, String>,
    /// Where the contact is, for texts that keep quiet hours.
    pub place: PlaceOfContact,
}

/// Where a contact is, as HighLevel has it.
#[derive(Debug, Clone, Default)]
pub struct PlaceOfContact {
    /// The contact's time zone, an IANA name.
    pub zone: Option<String>,
    /// The contact's state, as somebody filled it in.
    pub state: Option<Private<String>>,
    /// The contact's country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The location's time zone.
    pub location_zone: Option<String>,
    /// The location's setting that contacts' zones do not count.
    pub zone_disabled: bool,
}

/// What the task depends on.
#[derive(Debug, Clone, Default)]
pub struct TaskFacts {
    /// Whom the recipe's assignment means just now.
    pub assignee: Option<UserId>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Permit {
    /// Do this.
    Go(Intent),
    /// Ask again then: now the person is not to be texted.
    Wait {
        /// When.
        until: Timestamp,
        /// The hours that keep it, in a sentence.
        why: String,
    },
    /// Do not, for this reason; tell the episode that the effect ended so.
    Drop(Reason),
    /// The episode has ended this effect already; forget it.
    Obsolete,
}

/// What exactly is to be done. It is stored before the attempt, and looked for after an attempt whose answer was lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Send this text to the contact.
    Text {
        /// The whole text.
        body: Private<String>,
        /// The number of the business it comes from; HighLevel's default where unknown.
        from: Option<PhoneNumber>,
        /// The number to send to, where that is not the contact's own.
        to: Option<PhoneNumber>,
        /// Why this hour is one to text the person in, for texts that keep quiet hours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<String>,
    },
    /// Put this tag on the contact.
    Tag {
        /// The tag.
        name: String,
    },
    /// Give the team this task.
    Task {
        /// Its title.
        title: String,
        /// What it says.
        body: Private<String>,
        /// When it is due.
        due: Timestamp,
        /// Whose it is.
        assignee: Option<UserId>,
    },
}

impl Episode {
    /// Whether the step still holds, and what exactly is to be done. `facts` must be of the step's kind.
    pub fn permit(&self, name: &StepName, facts: &Facts, now: Timestamp) -> Permit {
        let Some(step) = self.recipe.step(name) else {
            return Permit::Obsolete;
        };
        let overtaken = match self.state.step(name) {
            Some(StepState::Planned | StepState::Attempting) => None,
            Some(StepState::Stopping(reason)) => Some(reason),
            _ => return Permit::Obsolete,
        };
        match (&step.deed, facts, overtaken) {
            (Deed::Text(text), Facts::Text(facts), _) => {
                self.permit_text(name, step, text, overtaken, facts, now)
            }
            (_, _, Some(reason)) => Permit::Drop(reason.clone()),
            (Deed::Tag(tag), Facts::Tag, None) => Permit::Go(Intent::Tag {
                name: tag.name.clone(),
            }),
            (Deed::Task(task), Facts::Task(facts), None) => {
                self.permit_task(name, step, task, facts)
            }
            _ => Permit::Obsolete,
        }
    }

    /// Whether it is too late for a text: for one that answers the call when the call is older than `max_age`, for any
    /// other when its time is as long ago and a day more: it may have had to wait for the morning.
    pub(crate) fn is_stale(&self, name: &StepName, now: Timestamp) -> bool {
        let Some(step) = self.recipe.step(name) else {
            return false;
        };
        let max_age = self.recipe.call.max_age;
        let latest = if self.recipe.answers_the_call(step) {
            later(self.state.call_ended_at, max_age)
        } else {
            later(self.time_of(name), max_age + LONGEST_WAIT)
        };
        now > latest
    }

    /// When the step's time was.
    pub(crate) fn time_of(&self, name: &StepName) -> Timestamp {
        match self.recipe.step(name) {
            Some(step) => later(self.set_off_at(name, step), step.after),
            None => self.state.call_ended_at,
        }
    }

    /// When happened what the step follows.
    fn set_off_at(&self, name: &StepName, step: &Step) -> Timestamp {
        match step.on {
            Start::Missed => self.state.call_ended_at,
            _ => self
                .state
                .set_off
                .get(name)
                .copied()
                .unwrap_or(self.state.call_ended_at),
        }
    }

    fn permit_text(
        &self,
        name: &StepName,
        step: &Step,
        text: &TextStep,
        overtaken: Option<&Reason>,
        facts: &TextFacts,
        now: Timestamp,
    ) -> Permit {
        // The order is that of the ledger's interest: a refusal by the person outranks everything else.
        let refusal = if facts.suppressed {
            Some(Reason::Suppressed)
        } else if facts.do_not_disturb {
            Some(Reason::DoNotDisturb)
        } else if let Some(opted_out) = &self.state.opted_out {
            Some(opted_out.clone())
        } else if let Some(reason) = overtaken {
            Some(reason.clone())
        } else if self.is_stale(name, now) {
            Some(Reason::Stale)
        } else {
            None
        };
        if let Some(reason) = refusal {
            return Permit::Drop(reason);
        }
        let mut hours = None;
        if self.recipe.keeps_quiet_hours(step) {
            let decision = self.hours(facts, now);
            match decision.when {
                When::Now => hours = Some(decision.to_string()),
                When::At(until) if !self.is_stale(name, until) => {
                    let why = decision.to_string();
                    return Permit::Wait { until, why };
                }
                _ => return Permit::Drop(Reason::QuietHours),
            }
        }
        let values = MergeValues {
            first_name: facts.first_name.clone(),
            last_name: facts.last_name.clone(),
            name: facts.name.clone(),
            location_name: facts.location_name.clone(),
            custom_values: facts.custom_values.clone(),
        };
        let copy = MessageCopy::of_step(&self.recipe, name, text);
        let sender = match &self.state.called {
            Some(called) => SenderKind::of(called),
            None => SenderKind::LongCode,
        };
        match render(&copy, &values, sender) {
            Ok(text) => Permit::Go(Intent::Text {
                body: text.body,
                from: self.state.called.clone(),
                to: self
                    .state
                    .caller
                    .clone()
                    .filter(|caller| facts.phone.as_ref() != Some(caller)),
                hours,
            }),
            Err(error) => Permit::Drop(Reason::Copy(error.code().to_owned())),
        }
    }

    /// When the caller may be texted, by the strictest rules of all places where they may be.
    fn hours(&self, facts: &TextFacts, now: Timestamp) -> Decision {
        let place = &facts.place;
        let candidates = Candidates::of(
            &PlaceFacts {
                phone: self.state.caller.as_ref().or(facts.phone.as_ref()),
                contact_zone: place.zone.as_deref(),
                contact_zone_disabled: place.zone_disabled,
                contact_state: place.state.as_ref().map(|state| state.as_str()),
                contact_country: place.country.as_deref(),
                location_zone: place.location_zone.as_deref(),
            },
            ZoneTable::built_in(),
        );
        QuietHours::built_in().decide(now, &candidates)
    }

    fn permit_task(
        &self,
        name: &StepName,
        step: &Step,
        task: &TaskStep,
        facts: &TaskFacts,
    ) -> Permit {
        let mut body = match &self.state.caller {
            Some(caller) => format!("Missed call from {}.", caller.e164()),
            None => "Missed call.".to_owned(),
        };
        if let Some(called) = &self.state.called {
            body.push_str(&format!(" They called {}.", called.e164()));
        }
        let first_text = self.recipe.first_text();
        match first_text.and_then(|(text, ..)| self.state.step(text)) {
            Some(StepState::Done) => body.push_str(" The automatic text was sent."),
            Some(StepState::NotDone(reason)) => {
                body.push_str(&format!(" No text was sent: {}.", reason.for_people()))
            }
            _ => {}
        }
        Permit::Go(Intent::Task {
            title: task.title.clone(),
            body: body.into(),
            due: later(self.set_off_at(name, step), task.due_after),
            assignee: facts.assignee.clone(),
        })
    }
}
