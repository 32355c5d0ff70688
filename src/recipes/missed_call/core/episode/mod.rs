//! The pure state machine of one caller's recovery.
//!
//! It uses no clock, randomness, network or database: an [`Episode`] handles [`Input`]s with the time and returns
//! [`Output`]s.
//!
//! | state of a step | input | next | output |
//! |---|---|---|---|
//! | – | the first missed call | `Planned`, or `NotDone` if it cannot be done | the effect, a ledger entry |
//! | any | a further missed call | unchanged, or as below | a ledger entry |
//! | `Planned` | a trigger that stops the step | `NotDone` | a ledger entry |
//! | – | a trigger that starts the step | `Planned` | the effect |
//! | any | an automatic reply | unchanged | a ledger entry |
//! | any | a reply that is not classified yet | as for a reply; the rest follows when it is classified | – |
//! | `NotDone`, held back by an experiment | a further missed call | `Planned` again | the effect, a ledger entry |
//! | `Planned` | [`begin`](Episode::begin) | `Attempting` | a ledger entry with the evidence |
//! | `Attempting` | a trigger that stops the step | `Stopping`: HighLevel may have it already | – |
//! | `Planned`, `Attempting` | [`would`](Episode::would), in a dry run | `Would` | a ledger entry with what it would do |
//! | `Planned`, `Attempting`, `Stopping` | its effect ended | `Done` or `NotDone` | a ledger entry |
//! | `Done` | what became of the text | unchanged | a ledger entry |
//! | all ended, cooldown and `max_age` over | wake | closed | a ledger entry |
//! | closed | anything from outside | unchanged, or as above for a step that is still open; no step is planned | a ledger entry |
//! | any | the episode ends early | closed; `Planned` becomes `NotDone` | ledger entries |

mod called_number;
mod correlation;
mod decide;
mod doubt;
mod effect_end;
mod entries;
mod experiment;
mod input;
mod merged_contact;
mod pending_reply;
mod receipt;
mod state;
mod textability;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use super::model::PipelineFacts;
pub use super::model::Reason;
pub use super::model::Receipt;
pub use super::model::Trigger;
pub use super::model::{EffectId, EpisodeId, StepName};
pub use super::model::{Evidence, MissedCall};
pub use super::model::{Intent, NoticeTo};
pub use decide::{
    CallerFacts, Decision, EmailFacts, Facts, OpportunityFacts, PlaceOfContact, StageFacts,
    TaskFacts, TeamFacts, TextFacts,
};
pub use input::{EffectEnd, Input};
pub use state::EpisodeState;
pub(crate) use state::StepState;

use self::state::{REMEMBERED_CALLS, VERSION};
use super::call::{Caller, MissedReason};
use super::ledger::EntryKind;
use super::recipe::{Recipe, Step, StepAction, StepTrigger};
use super::reply::Reply;
use crate::client::Lane;

/// One caller × one business, from the first missed call until nothing is left to do.
///
/// A runtime must keep this contract:
///
/// 1. It delivers the inputs of one episode in order, one at a time. `now` never goes back by more than clock drift.
/// 2. It stores the state, the effects and the ledger entries of one input in one transaction, or none of them.
/// 3. Right before it performs an effect, it calls [`decide`](Self::decide). On [`Decision::Proceed`] it stores the intent
///    together with the state after [`begin`](Self::begin), and only then performs the effect. On [`Decision::Assign`] it
///    stores the state after [`assign`](Self::assign), and asks again.
/// 4. It reports the end of the effect as [`Input::EffectEnded`]. The same end given twice changes nothing.
/// 5. At [`next_wakeup`](Self::next_wakeup) it sends [`Input::Wake`]. Waking too early or twice changes nothing.
#[derive(Debug, Clone)]
pub struct Episode {
    recipe: Arc<Recipe>,
    state: EpisodeState,
}

/// What an episode asks the runtime to do.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Output {
    /// Perform this effect, not before `due`.
    Perform {
        /// Its id.
        effect: EffectId,
        /// The earliest time.
        due: Timestamp,
        /// The lane it is performed in. A text is interactive, because the caller is waiting.
        lane: Lane,
    },
    /// Write this into the ledger.
    Record(EntryKind),
}

impl Episode {
    /// How long after the call a closed episode still records what its caller does: replies, bookings, clicks, calls and
    /// opt-outs. The episode plans no steps for them; reports credit them to it. It is longer than each window of the
    /// reports ([`Settings`](super::report::Settings)), unless the host widens one.
    pub const ATTRIBUTION_WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

    /// Opens an episode for a missed call. Returns it with its first outputs.
    pub fn open(recipe: Arc<Recipe>, call: &MissedCall, now: Timestamp) -> (Self, Vec<Output>) {
        let caller = match &call.caller {
            Some(Caller::Number(number)) => Some(number.clone()),
            _ => None,
        };
        let state = EpisodeState {
            version: VERSION,
            id: EpisodeId::of_call(&call.location, &call.message),
            location: call.location.clone(),
            contact: call.contact.clone(),
            former_contact: None,
            conversation: call.conversation.clone(),
            caller,
            called: call.called.clone(),
            recipe: recipe.fingerprint().to_owned(),
            call_ended_at: call.ended_at,
            call_seconds: call.duration.map(|length| length.as_secs()),
            new_since: None,
            cooldown_until: later(call.ended_at, recipe.call.cooldown),
            calls: vec![call.message.clone()],
            missed_calls: 1,
            voicemail: call.reason == MissedReason::Voicemail,
            replied_at: None,
            unconfirmed_opt_out_at: None,
            opted_out: None,
            doubtful: false,
            may_text_tag_removed_at: None,
            steps: BTreeMap::new(),
            set_off: BTreeMap::new(),
            arm: None,
            released_at: None,
            planned_again: BTreeSet::new(),
            references: BTreeMap::new(),
            receipts: BTreeMap::new(),
            receipts_until: BTreeMap::new(),
            pending_replies: BTreeMap::new(),
            ended: false,
            live: true,
        };
        let mut episode = Self { recipe, state };
        let mut outputs = vec![Output::Record(EntryKind::call_missed(
            call,
            &episode.recipe,
        ))];
        episode.plan(call, now, &mut outputs);
        (episode, outputs)
    }

    /// Marks the caller as new: before this call nothing was known of them, or only calls in floods. `since` is the time of
    /// the first of those.
    pub(crate) fn opens_for_a_new_caller(&mut self, since: Option<Timestamp>) {
        self.state.new_since = since.or(Some(self.state.call_began_at()));
    }

    /// Restores an episode from its stored state and the recipe whose fingerprint the state names.
    pub fn resume(state: EpisodeState, recipe: Arc<Recipe>) -> Self {
        Self { recipe, state }
    }

    /// The state to store.
    pub fn state(&self) -> &EpisodeState {
        &self.state
    }

    /// The recipe it follows.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// When to wake it, if ever.
    ///
    /// That is when a reply has waited long enough to be classified, or when the episode is to be closed.
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.pending_until()
            .into_iter()
            .chain(self.closes_at())
            .min()
    }

    /// Handles an input. A closed episode only records it and plans no step.
    pub fn handle(&mut self, input: &Input, now: Timestamp) -> Vec<Output> {
        let mut outputs = Vec::new();
        match input {
            Input::CallMissed(call) => self.join(call, now, &mut outputs),
            Input::Replied { message, reply, at } => {
                outputs.push(Output::Record(EntryKind::Replied {
                    message: message.clone(),
                    reply: *reply,
                }));
                if reply.is_from_a_person() {
                    self.state.replied_at = self.state.replied_at.max(Some(*at));
                    self.apply_trigger(Trigger::Replied, Reason::Replied, now, &mut outputs);
                }
                if *reply == Reply::OptIn {
                    self.state.doubtful = false;
                }
                self.ask_for_a_person(*reply, now, &mut outputs);
            }
            Input::ReplyPending {
                message,
                rules,
                at,
                until,
            } => {
                self.state.replied_at = self.state.replied_at.max(Some(*at));
                self.add_pending_reply(message, *rules, *until, now, &mut outputs);
            }
            Input::ReplyClassified { message, reply } => {
                self.classify_reply(message, *reply, now, &mut outputs)
            }
            Input::OptedOut {
                reason,
                unconfirmed_since,
            } => {
                // A number that is already on the list is not a new opt-out.
                let is_new =
                    self.state.opted_out.as_ref() != Some(reason) && *reason != Reason::Suppressed;
                if is_new {
                    let reason = reason.clone();
                    outputs.push(Output::Record(EntryKind::OptedOut { reason }));
                }
                if self.state.opted_out.is_none() {
                    self.state.unconfirmed_opt_out_at = *unconfirmed_since;
                }
                // The first reason is kept.
                self.state.opted_out.get_or_insert_with(|| reason.clone());
                if is_new {
                    self.apply_trigger(Trigger::OptedOut, reason.clone(), now, &mut outputs);
                } else {
                    self.stop_steps(reason, Step::is_message, &mut outputs);
                }
            }
            Input::Doubted { message } => self.doubt(message.as_ref(), now, &mut outputs),
            Input::DoubtStands => {
                self.state.doubtful = true;
                self.stop_steps(&Reason::Doubtful, Step::is_message, &mut outputs);
            }
            Input::DoubtDecided { decision, by } => {
                self.state.doubtful = false;
                outputs.push(Output::Record(EntryKind::DoubtDecided {
                    decision: *decision,
                    by: by.clone(),
                }));
            }
            Input::Happened { what, reference } => {
                outputs.push(Output::Record(EntryKind::Happened {
                    what: *what,
                    reference: reference.clone(),
                }));
                self.apply_trigger(*what, Reason::StoppedBy(*what), now, &mut outputs);
            }
            Input::Ended(reason) => {
                if self.state.live {
                    let reason = reason.clone();
                    outputs.push(Output::Record(EntryKind::Ended { reason }));
                }
                self.state.ended = true;
                self.stop_steps(reason, |_| true, &mut outputs);
                outputs.extend(self.close(now));
            }
            Input::EffectEnded { effect, end } => self.end(effect, end, now, &mut outputs),
            Input::Receipt { message, receipt } => {
                self.receive_receipt(message, receipt, now, &mut outputs);
            }
            Input::Wake => {
                self.classify_overdue(now, &mut outputs);
                if self.closes_at().is_some_and(|time| now >= time) {
                    outputs.extend(self.close(now));
                }
            }
        }
        outputs
    }

    /// Closes the episode, so that the caller's next call opens a new one. Steps that can be stopped by a trigger stop;
    /// other open effects continue. Pending replies get the classification of the rules.
    pub fn close(&mut self, now: Timestamp) -> Vec<Output> {
        let mut outputs = Vec::new();
        self.classify_all(now, &mut outputs);
        if std::mem::take(&mut self.state.live) {
            self.stop_steps(
                &Reason::Superseded,
                |step| !step.stops_on.is_empty(),
                &mut outputs,
            );
            let missed_calls = self.state.missed_calls;
            outputs.push(Output::Record(EntryKind::Closed { missed_calls }));
        }
        outputs
    }

    /// Begins an attempt at an effect with this intent, which is evidence from now on. Call it after
    /// [`decide`](Self::decide) returned [`Decision::Proceed`], and store the result before performing the effect.
    pub fn begin(&mut self, effect: &EffectId, intent: &Intent, attempt: u32) -> Vec<Output> {
        if let Some(state) = self.state.steps.get_mut(&effect.step) {
            *state = StepState::Attempting;
        }
        vec![Output::Record(EntryKind::attempted(
            effect,
            intent,
            attempt,
            &self.state,
        ))]
    }

    /// Corrects times that a clock ahead of `now` has written: they become `now`. Returns the planned effects with their
    /// times.
    pub(crate) fn clock_was_ahead(&mut self, now: Timestamp) -> Vec<(EffectId, Timestamp)> {
        let state = &mut self.state;
        state.call_ended_at = state.call_ended_at.min(now);
        state.released_at = state.released_at.map(|at| at.min(now));
        let cooldown_until = later(state.call_ended_at, self.recipe.call.cooldown);
        state.cooldown_until = state.cooldown_until.min(cooldown_until);
        let deadlines = state
            .pending_replies
            .values_mut()
            .map(|pending| &mut pending.until);
        for at in state.set_off.values_mut().chain(deadlines) {
            *at = (*at).min(now);
        }
        let steps = self.state.steps.iter();
        let planned = steps.filter(|(_, state)| **state == StepState::Planned);
        planned
            .map(|(step, _)| (self.effect_of(step), self.time_of(step).max(now)))
            .collect()
    }

    /// Undoes [`begin`](Self::begin): the attempt had no effect, and the effect is planned again.
    pub fn undo_begin(&mut self, effect: &EffectId) {
        if let Some(state @ StepState::Attempting) = self.state.steps.get_mut(&effect.step) {
            *state = StepState::Planned;
        }
    }

    /// Plans the steps that the first call starts.
    fn plan(&mut self, call: &MissedCall, now: Timestamp, outputs: &mut Vec<Output>) {
        let recipe = Arc::clone(&self.recipe);
        let caller = call.caller.as_ref();
        let unreachable = caller.and_then(|caller| self.refusal_of_caller(caller));
        let too_old = now > later(call.ended_at, recipe.call.max_age);
        let mut steps: Vec<_> = recipe
            .steps
            .iter()
            .filter(|(_, step)| step.on == StepTrigger::Missed && self.is_for_this_call(step))
            .collect();
        // Texts first, so that the ledger lists the most important steps first.
        steps.sort_by_key(|(_, step)| (step.lane() != Lane::Interactive, step.after));
        for (name, step) in steps {
            let too_late = || (too_old && recipe.is_first_reply(step)).then_some(Reason::Stale);
            let reason = match &step.action {
                StepAction::Text(_) => unreachable.clone().or_else(too_late),
                // A caller who withholds the number, or belongs to the business, is not a lead: nothing is written to
                // HighLevel.
                action => unreachable
                    .clone()
                    .filter(|reason| match reason {
                        Reason::Withheld => true,
                        Reason::NotTextable(why) => why.is_not_a_lead(),
                        _ => false,
                    })
                    .or_else(|| too_late().filter(|_| matches!(action, StepAction::Email(_)))),
            };
            let reason = reason.or_else(|| self.refusal_of(step));
            match reason {
                Some(reason) => self.refuse_step(name, reason, now, outputs),
                None => {
                    let due = later(call.ended_at, step.after).max(now);
                    self.plan_step(name, step, due, outputs);
                }
            }
        }
    }

    fn plan_step(
        &mut self,
        name: &StepName,
        step: &Step,
        due: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        self.state.steps.insert(name.clone(), StepState::Planned);
        let effect = self.effect_of(name);
        let lane = step.lane();
        outputs.push(Output::Perform { effect, due, lane });
    }

    /// Ends a step that cannot be done and plans its fallback steps.
    fn refuse_step(
        &mut self,
        name: &StepName,
        reason: Reason,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        let replaced = reason.allows_fallback();
        self.drop_step(name, reason, outputs);
        if replaced {
            let not_sent = StepTrigger::NotSent(name.clone());
            self.follow(|step| step.on == not_sent, now, outputs);
        }
    }

    /// Plans the steps that start now. Each step is planned once in an episode, however often its trigger occurs.
    fn follow(
        &mut self,
        follows: impl Fn(&Step) -> bool,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        if self.state.ended {
            return;
        }
        let recipe = Arc::clone(&self.recipe);
        for (name, step) in recipe.steps.iter().filter(|(_, step)| follows(step)) {
            if !self.is_for_this_call(step) || self.state.steps.contains_key(name) {
                continue;
            }
            self.state.set_off.insert(name.clone(), now);
            let held_back = self.holds_messages_back();
            let held_back = held_back.filter(|_| step.is_message());
            match held_back.or_else(|| self.refusal_of(step)) {
                Some(reason) => self.refuse_step(name, reason, now, outputs),
                None => self.plan_step(name, step, later(now, step.after), outputs),
            }
        }
    }

    fn drop_step(&mut self, step: &StepName, reason: Reason, outputs: &mut Vec<Output>) {
        let state = StepState::NotDone(reason.clone());
        self.state.steps.insert(step.clone(), state);
        outputs.push(Output::Record(EntryKind::NotDone {
            step: step.clone(),
            reason,
        }));
    }

    /// Handles a trigger: steps that it stops end for this reason, and steps that it starts are planned, unless the episode
    /// is closed.
    fn apply_trigger(
        &mut self,
        what: Trigger,
        reason: Reason,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        self.stop_on(what, &reason, outputs);
        if self.state.live {
            self.set_off(what, &reason, now, outputs);
        }
    }

    fn ask_for_a_person(&mut self, reply: Reply, now: Timestamp, outputs: &mut Vec<Output>) {
        if reply.asks_for_a_person() {
            self.apply_trigger(Trigger::Help, Reason::Replied, now, outputs);
        }
    }

    fn stop_on(&mut self, what: Trigger, reason: &Reason, outputs: &mut Vec<Output>) {
        let ends_messages = matches!(what, Trigger::OptedOut | Trigger::Doubtful);
        self.stop_steps(
            reason,
            |step| step.stops_on.contains(&what) || (ends_messages && step.is_message()),
            outputs,
        );
    }

    /// Plans the steps that the trigger starts.
    fn set_off(
        &mut self,
        what: Trigger,
        reason: &Reason,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        let missed_calls = self.state.missed_calls;
        let unconfirmed = self.state.unconfirmed_opt_out_at.is_some();
        let follows = |step: &Step| match &step.on {
            StepTrigger::MissedCalls(count) => {
                what == Trigger::MissedAgain && missed_calls >= *count
            }
            StepTrigger::After(other) if what == *other => match &step.action {
                StepAction::ConfirmOptOut(_) => unconfirmed,
                // HighLevel reported it, so it need not be set there.
                StepAction::DoNotDisturb => *reason != Reason::DoNotDisturb,
                _ => true,
            },
            StepTrigger::Missed
            | StepTrigger::After(_)
            | StepTrigger::NotSent(_)
            | StepTrigger::NotDelivered(_) => false,
        };
        self.follow(follows, now, outputs);
    }

    /// Ends the planned steps of this kind; those in progress are not retried.
    fn stop_steps(
        &mut self,
        reason: &Reason,
        kind: impl Fn(&Step) -> bool,
        outputs: &mut Vec<Output>,
    ) {
        let recipe = Arc::clone(&self.recipe);
        for (name, _) in recipe.steps.iter().filter(|(_, step)| kind(step)) {
            match self.state.steps.get_mut(name) {
                Some(StepState::Planned) => self.drop_step(name, reason.clone(), outputs),
                Some(state @ StepState::Attempting) => {
                    *state = StepState::Stopping(reason.clone());
                }
                Some(StepState::Stopping(before)) if reason.outranks(before) => {
                    *before = reason.clone();
                }
                // It is not planned again when the caller is released.
                Some(StepState::NotDone(before))
                    if *before == Reason::HeldOut
                        && self.state.live
                        && *reason != Reason::StoppedBy(Trigger::MissedAgain) =>
                {
                    *before = reason.clone();
                }
                _ => {}
            }
        }
    }

    fn join(&mut self, call: &MissedCall, now: Timestamp, outputs: &mut Vec<Output>) {
        if self.state.calls.contains(&call.message) {
            return;
        }
        self.state.missed_calls += 1;
        self.state.voicemail |= call.reason == MissedReason::Voicemail;
        if self.state.calls.len() >= REMEMBERED_CALLS {
            self.state.calls.remove(1);
        }
        self.state.calls.push(call.message.clone());
        outputs.push(Output::Record(EntryKind::call_joined(
            call,
            self.state.missed_calls,
        )));
        let again = Trigger::MissedAgain;
        self.apply_trigger(again, Reason::StoppedBy(again), now, outputs);
        self.release(call, now, outputs);
    }
}

/// `time` plus a checked, non-negative duration of a recipe.
fn later(time: Timestamp, duration: jiff::SignedDuration) -> Timestamp {
    time.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod transitions_test;
