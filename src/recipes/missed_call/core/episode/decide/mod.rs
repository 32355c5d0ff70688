//! The question that is asked right before an effect: does it still hold, and what exactly is to be done?

mod basis;
mod circuit_breaker;
mod confirmation;
mod contact;
mod email;
mod experiment;
mod facts;
mod task;
mod team;
mod text;

use jiff::Timestamp;

pub use facts::{
    CallerFacts, EmailFacts, Facts, OpportunityFacts, PlaceOfContact, StageFacts, TaskFacts,
    TeamFacts, TextFacts,
};

use super::state::StepState;
use super::{Episode, later};
use crate::recipes::missed_call::core::compliance::{LONGEST_WAIT, NotTextable};
use crate::recipes::missed_call::core::model::{Assignment, Intent, Reason, StepName};
use crate::recipes::missed_call::core::recipe::{Step, StepAction, StepTrigger};

/// The answer.
// Exhaustive on purpose: an executor has to handle every decision.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Do this.
    Proceed(Intent),
    /// Ask again then: now the person is not to be texted.
    Defer {
        /// When.
        until: Timestamp,
        /// The hours that keep it, in a sentence.
        why: String,
    },
    /// The caller is to be assigned to this arm of the recipe's experiment: store it
    /// ([`Episode::assign`](super::Episode::assign)), and ask again.
    Assign(Assignment),
    /// Do not, for this reason; tell the episode that the effect ended so.
    Skip(Reason),
    /// The episode has ended this effect already; forget it.
    Obsolete,
    /// The facts are not of the step's kind, so nothing can be decided: a fault of the caller. Tell the episode that the
    /// effect failed.
    WrongFacts,
}

impl Episode {
    /// Whether the step still holds, and what exactly is to be done. `facts` must be of the step's kind.
    pub fn decide(&self, name: &StepName, facts: &Facts, now: Timestamp) -> Decision {
        let Some(step) = self.recipe.step(name) else {
            return Decision::Obsolete;
        };
        let overtaken = match self.state.step(name) {
            Some(StepState::Planned | StepState::Attempting) => None,
            Some(StepState::Stopping(reason)) => Some(reason),
            Some(StepState::Done | StepState::Would | StepState::NotDone(_)) | None => {
                return Decision::Obsolete;
            }
        };
        // A message to the caller ranks a stop among its other refusals; whatever else was stopped is skipped.
        let skipped = overtaken.map(|reason| Decision::Skip(reason.clone()));
        let decision = match &step.action {
            StepAction::Text(text) => facts
                .text()
                .map(|facts| self.decide_text(name, step, text, overtaken, facts, now)),
            StepAction::Email(email) => facts
                .email()
                .map(|facts| self.decide_email(name, email, overtaken, facts, now)),
            StepAction::ConfirmOptOut(body) => facts
                .text()
                .map(|facts| self.decide_confirmation(name, body, facts, now)),
            StepAction::Tag(tag) => skipped.or_else(|| {
                let name = tag.name.clone();
                proceed(facts, Intent::Tag { name })
            }),
            StepAction::Untag(tag) => skipped.or_else(|| {
                let name = tag.name.clone();
                proceed(facts, Intent::Untag { name })
            }),
            StepAction::Task(task) => skipped.or_else(|| {
                let facts = facts.task()?;
                Some(self.decide_task(name, step, task, facts))
            }),
            StepAction::CompleteTask(of) => skipped.or_else(|| {
                facts.not_needed()?;
                Some(self.decide_completion(of))
            }),
            StepAction::Note(note) => {
                skipped.or_else(|| Some(self.decide_note(note, facts.team()?)))
            }
            StepAction::Notify(notify) => {
                skipped.or_else(|| Some(self.decide_notice(notify, facts.team()?)))
            }
            StepAction::Fields(fields) => skipped.or_else(|| {
                facts.not_needed()?;
                Some(self.decide_fields(fields))
            }),
            StepAction::Stage(stage) => {
                skipped.or_else(|| Some(self.decide_stage(stage, facts.stage()?)))
            }
            StepAction::DoNotDisturb => skipped.or_else(|| proceed(facts, Intent::DoNotDisturb)),
            StepAction::Workflow(workflow) => skipped.or_else(|| {
                let workflow = workflow.clone();
                proceed(facts, Intent::Workflow { workflow })
            }),
            StepAction::Assign(_) => skipped.or_else(|| {
                Some(match facts.task()?.assignee.clone() {
                    Some(user) => Decision::Proceed(Intent::Assign { user }),
                    None => Decision::Skip(Reason::Needless),
                })
            }),
            StepAction::Record(what) => skipped.or_else(|| {
                let what = what.clone();
                proceed(facts, Intent::Record { what })
            }),
        };
        decision.unwrap_or(Decision::WrongFacts)
    }

    /// Why a message must not go out whatever it says. The order is that of the ledger's interest: a refusal by the
    /// person outranks everything else.
    fn refusal_of_message(
        &self,
        (suppressed, doubtful): (bool, bool),
        do_not_disturb: Option<Reason>,
        overtaken: Option<&Reason>,
    ) -> Option<Reason> {
        suppressed
            .then_some(Reason::Suppressed)
            .or(do_not_disturb)
            .or_else(|| self.state.opted_out.clone())
            .or_else(|| (doubtful || self.state.doubtful).then_some(Reason::Doubtful))
            .or_else(|| overtaken.cloned())
    }

    /// Whether the recipe leaves contacts with one of these tags to others.
    fn refusal_of_tags(&self, tags: &[String]) -> Option<Reason> {
        let untexted = &self.recipe.untexted_tags;
        let found = tags.iter().any(|tag| untexted.contains(tag));
        found.then_some(Reason::NotTextable(NotTextable::Tagged))
    }

    /// Whether it is too late for a text: for one that answers the call when the call is older than `max_age`, for any
    /// other when its time is as long ago and a day more: it may have had to wait for the morning.
    pub(crate) fn is_stale(&self, name: &StepName, now: Timestamp) -> bool {
        let Some(step) = self.recipe.step(name) else {
            return false;
        };
        let max_age = self.recipe.call.max_age;
        let latest = if self.recipe.is_first_reply(step) {
            later(self.answered_call_ended_at(), max_age)
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

    /// When the call ended that a step follows: the first one, or the one by which a step was planned again.
    pub(super) fn set_off_by_call_at(&self, name: &StepName) -> Timestamp {
        if self.state.planned_again.contains(name) {
            self.answered_call_ended_at()
        } else {
            self.state.call_ended_at
        }
    }

    /// When the step's trigger happened.
    pub(super) fn set_off_at(&self, name: &StepName, step: &Step) -> Timestamp {
        match &step.on {
            StepTrigger::Missed => self.set_off_by_call_at(name),
            StepTrigger::MissedCalls(_)
            | StepTrigger::After(_)
            | StepTrigger::NotSent(_)
            | StepTrigger::NotDelivered(_) => self
                .state
                .set_off
                .get(name)
                .copied()
                .unwrap_or(self.state.call_ended_at),
        }
    }
}

/// The intent of a step that needs no facts.
fn proceed(facts: &Facts, intent: Intent) -> Option<Decision> {
    facts.not_needed()?;
    Some(Decision::Proceed(intent))
}
