//! The pure state machine of one caller's recovery.
//!
//! No clock, randomness, network or database here: an [`Episode`] is told [`Input`]s with the time, and says what it
//! asks for as [`Output`]s.
//!
//! | state of a step | input | next | asked for |
//! |---|---|---|---|
//! | – | the first missed call | `Planned`, or `NotDone` where it cannot be | the effect, a ledger entry |
//! | any | a further missed call | unchanged, or as below | a ledger entry |
//! | `Planned` | something that the step stops on | `NotDone` | a ledger entry |
//! | – | something that the step follows | `Planned` | the effect |
//! | any | an automatic reply | unchanged | a ledger entry |
//! | any | a reply that somebody is still asked about | as on a reply; what it asks for follows when it is read | – |
//! | `Planned` | [`begin`](Episode::begin) | `Attempting` | a ledger entry with the evidence |
//! | `Attempting` | something that the step stops on | `Stopping`: it may be with HighLevel already | – |
//! | `Planned`, `Attempting`, `Stopping` | its effect ended | `Done` or `NotDone` | a ledger entry |
//! | all ended, cooldown and `max_age` over | wake | closed | a ledger entry |
//! | closed | anything from outside | unchanged, or as above where a step is still open; none is planned | a ledger entry |
//! | any | nothing more is to be done | closed; `Planned` becomes `NotDone` | ledger entries |

mod called_number;
mod correlation;
mod decide;
mod entries;
mod input;
mod merged_contact;
mod pending_reply;
mod state;
mod textability;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use super::model::PipelineFacts;
pub use super::model::Reason;
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
/// The contract with whoever runs it:
///
/// 1. Inputs of one episode are given in order, one at a time; `now` never goes back by more than clocks drift.
/// 2. The state, the effects asked for and the ledger entries of one input are stored in one step, or not at all.
/// 3. Right before an effect is performed, [`permit`](Self::decide) is asked whether it still holds; if so, what it
///    said is stored together with the state after [`begin`](Self::begin), and only then is the effect performed.
/// 4. How it ended comes back as [`Input::EffectEnded`]. The same end given twice changes nothing.
/// 5. At [`next_wakeup`](Self::next_wakeup) comes [`Input::Wake`]; waking too early or twice changes nothing.
#[derive(Debug, Clone)]
pub struct Episode {
    recipe: Arc<Recipe>,
    state: EpisodeState,
}

/// What an episode asks for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Output {
    /// Perform this effect, not before `due`.
    Perform {
        /// Its name.
        effect: EffectId,
        /// When.
        due: Timestamp,
        /// The lane it is performed in: somebody waits for a text.
        lane: Lane,
    },
    /// Write this into the ledger.
    Record(EntryKind),
}

impl Episode {
    /// How long after its call a closed episode is still told what its caller does: replies, bookings, clicks, calls and
    /// opt-outs. It plans nothing any more, but reports credit them to it. Longer than any window of theirs
    /// ([`Settings`](super::report::Settings)) unless the host widens one.
    pub const ATTRIBUTION_WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

    /// The episode that a missed call opens, and what it asks for.
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
            steps: BTreeMap::new(),
            set_off: BTreeMap::new(),
            references: BTreeMap::new(),
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

    /// Nothing but this call was known of the caller when it came, or nothing but calls in floods: the first of them then.
    pub(crate) fn opens_for_somebody_new(&mut self, since: Option<Timestamp>) {
        self.state.new_since = since.or(Some(self.state.call_began_at()));
    }

    /// The episode as it was stored, with the recipe whose fingerprint it names.
    pub fn resume(state: EpisodeState, recipe: Arc<Recipe>) -> Self {
        Self { recipe, state }
    }

    /// What is to be stored.
    pub fn state(&self) -> &EpisodeState {
        &self.state
    }

    /// The recipe it follows.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// When to wake it, if ever.
    ///
    /// That is when a reply has waited long enough to be read, or when the episode is over.
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.pending_until()
            .into_iter()
            .chain(self.closes_at())
            .min()
    }

    /// Tells the episode what happened. Closed, it writes that down and plans no step.
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
                    self.happen(Trigger::Replied, Reason::Replied, now, &mut outputs);
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
                self.wrote(message, *rules, *until, now, &mut outputs);
            }
            Input::ReplyClassified { message, reply } => {
                self.read(message, *reply, now, &mut outputs)
            }
            Input::OptedOut {
                reason,
                unconfirmed_since,
            } => {
                // A number that is on the list already opts out of nothing anew.
                let news =
                    self.state.opted_out.as_ref() != Some(reason) && *reason != Reason::Suppressed;
                if news {
                    let reason = reason.clone();
                    outputs.push(Output::Record(EntryKind::OptedOut { reason }));
                }
                if self.state.opted_out.is_none() {
                    self.state.unconfirmed_opt_out_at = *unconfirmed_since;
                }
                // The first is never taken back.
                self.state.opted_out.get_or_insert_with(|| reason.clone());
                if news {
                    self.happen(Trigger::OptedOut, reason.clone(), now, &mut outputs);
                } else {
                    self.stop_steps(reason, Step::is_message, &mut outputs);
                }
            }
            Input::Happened { what, reference } => {
                outputs.push(Output::Record(EntryKind::Happened {
                    what: *what,
                    reference: reference.clone(),
                }));
                self.happen(*what, Reason::StoppedBy(*what), now, &mut outputs);
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
            Input::Wake => {
                self.read_overdue(now, &mut outputs);
                if self.closes_at().is_some_and(|time| now >= time) {
                    outputs.extend(self.close(now));
                }
            }
        }
        outputs
    }

    /// Closes the episode so that the caller's next call opens a new one. What may stop on something stops; other
    /// effects that are still open go on. Replies that nobody has read yet are what the rules made of them.
    pub fn close(&mut self, now: Timestamp) -> Vec<Output> {
        let mut outputs = Vec::new();
        self.read_all(now, &mut outputs);
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

    /// An attempt at an effect begins with this intent, which is evidence from here on. Call it after
    /// [`permit`](Self::decide) said [`Decision::Proceed`], and store the result before performing.
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

    /// A clock that was ahead of `now` has dated things that happened. They count as happening now. Returns the effects
    /// that are planned, and each one's time.
    pub(crate) fn clock_was_ahead(&mut self, now: Timestamp) -> Vec<(EffectId, Timestamp)> {
        let state = &mut self.state;
        state.call_ended_at = state.call_ended_at.min(now);
        let cooldown_until = later(state.call_ended_at, self.recipe.call.cooldown);
        state.cooldown_until = state.cooldown_until.min(cooldown_until);
        let unread = state
            .pending_replies
            .values_mut()
            .map(|unread| &mut unread.until);
        for at in state.set_off.values_mut().chain(unread) {
            *at = (*at).min(now);
        }
        let steps = self.state.steps.iter();
        let planned = steps.filter(|(_, state)| **state == StepState::Planned);
        planned
            .map(|(step, _)| (self.effect_of(step), self.time_of(step).max(now)))
            .collect()
    }

    /// The attempt turned out to have had no effect: the effect waits again.
    pub fn undo_begin(&mut self, effect: &EffectId) {
        if let Some(state @ StepState::Attempting) = self.state.steps.get_mut(&effect.step) {
            *state = StepState::Planned;
        }
    }

    /// Plans what the first call sets off.
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
        // Texts first, so that the ledger says first what matters most.
        steps.sort_by_key(|(_, step)| (step.lane() != Lane::Interactive, step.after));
        for (name, step) in steps {
            let too_late = || (too_old && recipe.is_first_reply(step)).then_some(Reason::Stale);
            let reason = match &step.action {
                StepAction::Text(_) => unreachable.clone().or_else(too_late),
                // Somebody who hides their number, or belongs to the business, is no contact to work on: nothing is
                // written to HighLevel.
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

    fn effect_of(&self, step: &StepName) -> EffectId {
        EffectId {
            episode: self.state.id.clone(),
            step: step.clone(),
            ordinal: 0,
        }
    }

    /// A step that cannot be done. What is to be done in its place is planned.
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

    /// Plans the steps that follow something that happens now, each once in an episode, however often it happens.
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
            let opted_out = self.state.opted_out.clone();
            let opted_out = opted_out.filter(|_| step.is_message());
            match opted_out.or_else(|| self.refusal_of(step)) {
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

    /// Something happened: steps that stop on it stop for this reason, and those that follow it are planned, unless the
    /// episode is over.
    fn happen(&mut self, what: Trigger, reason: Reason, now: Timestamp, outputs: &mut Vec<Output>) {
        self.stop_on(what, &reason, outputs);
        if self.state.live {
            self.set_off(what, &reason, now, outputs);
        }
    }

    fn ask_for_a_person(&mut self, reply: Reply, now: Timestamp, outputs: &mut Vec<Output>) {
        if reply.asks_for_a_person() {
            self.happen(Trigger::Help, Reason::Replied, now, outputs);
        }
    }

    fn stop_on(&mut self, what: Trigger, reason: &Reason, outputs: &mut Vec<Output>) {
        let ends_messages = what == Trigger::OptedOut;
        self.stop_steps(
            reason,
            |step| step.stops_on.contains(&what) || (ends_messages && step.is_message()),
            outputs,
        );
    }

    /// Plans what follows on it.
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
                // HighLevel knows already what it has told.
                StepAction::DoNotDisturb => *reason != Reason::DoNotDisturb,
                _ => true,
            },
            StepTrigger::Missed | StepTrigger::After(_) | StepTrigger::NotSent(_) => false,
        };
        self.follow(follows, now, outputs);
    }

    /// Planned steps of this kind are dropped; those under way are not tried again.
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
                // A refusal by the person outranks everything else.
                Some(StepState::Stopping(before))
                    if !before.is_opt_out() && reason.is_opt_out() =>
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
        self.happen(again, Reason::StoppedBy(again), now, outputs);
    }

    fn end(
        &mut self,
        effect: &EffectId,
        end: &EffectEnd,
        now: Timestamp,
        outputs: &mut Vec<Output>,
    ) {
        if !self.state.has_open(&effect.step) {
            return;
        }
        match end {
            EffectEnd::Done {
                reference,
                at,
                found,
            } => {
                let step = &effect.step;
                self.state.steps.insert(step.clone(), StepState::Done);
                if let Some(reference) = reference {
                    self.state
                        .references
                        .insert(step.clone(), reference.clone());
                }
                outputs.push(Output::Record(EntryKind::Done {
                    step: effect.step.clone(),
                    reference: reference.clone(),
                    accepted_at: *at,
                    seconds_after_call: at
                        .duration_since(self.state.call_ended_at)
                        .as_secs()
                        .max(0),
                    found: *found,
                }));
                if let Some(what) = self.recipe.step(step).and_then(Step::makes_happen) {
                    // What was begun is brought to its end, though the episode may have been closed meanwhile.
                    let reason = Reason::StoppedBy(what);
                    self.stop_on(what, &reason, outputs);
                    self.set_off(what, &reason, *at, outputs);
                }
            }
            EffectEnd::NotDone(reason) => {
                if reason.is_opt_out() {
                    self.state.opted_out.get_or_insert_with(|| reason.clone());
                }
                self.refuse_step(&effect.step, reason.clone(), now, outputs);
            }
        }
    }
}

/// `time` plus a checked, non-negative duration of a recipe.
fn later(time: Timestamp, duration: jiff::SignedDuration) -> Timestamp {
    time.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod transitions_test;
