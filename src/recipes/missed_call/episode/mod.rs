//! The pure state machine of one caller's recovery.
//!
//! No clock, randomness, network or database here: an [`Episode`] is told [`Input`]s with the time, and says what it
//! asks for as [`Action`]s.
//!
//! | state of a step | input | next | asked for |
//! |---|---|---|---|
//! | – | the first missed call | `Planned`, or `NotDone` where it cannot be | the effect, a ledger entry |
//! | any | a further missed call | unchanged | a ledger entry |
//! | text `Planned` | a person's reply, opt-out | `NotDone` | a ledger entry |
//! | `Planned` | [`begin`](Episode::begin) | `Attempting` | a ledger entry with the evidence |
//! | any | an automatic reply | unchanged | a ledger entry |
//! | `Attempting` | a person's reply, opt-out | unchanged: it may be with HighLevel already | – |
//! | `Planned`, `Attempting` | its effect ended | `Done` or `NotDone` | a ledger entry |
//! | all ended, cooldown and `max_age` over | wake | closed | a ledger entry |

mod input;
mod names;
mod permit;
mod reason;
mod state;

use std::sync::Arc;

use jiff::Timestamp;

pub use input::{EffectEnd, Evidence, Input, MissedCall};
pub use names::{EffectId, EpisodeId, Step};
pub use permit::{Facts, Intent, Permit, TaskFacts, TextFacts};
pub use reason::Reason;
pub use state::EpisodeState;
pub(crate) use state::StepState;

use self::state::{REMEMBERED_CALLS, VERSION};
use super::call::Caller;
use super::ledger::EntryKind;
use super::recipe::Recipe;

/// One caller × one business, from the first missed call until nothing is left to do.
///
/// The contract with whoever runs it:
///
/// 1. Inputs of one episode are given in order, one at a time; `now` never goes back by more than clocks drift.
/// 2. The state, the effects asked for and the ledger entries of one input are stored in one step, or not at all.
/// 3. Right before an effect is performed, [`permit`](Self::permit) is asked whether it still holds; if so, what it
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
pub enum Action {
    /// Perform this effect, not before `due`.
    Perform {
        /// Its name.
        effect: EffectId,
        /// When.
        due: Timestamp,
    },
    /// Write this into the ledger.
    Record(EntryKind),
}

impl Episode {
    /// The episode that a missed call opens, and what it asks for.
    pub fn open(recipe: Arc<Recipe>, call: &MissedCall, now: Timestamp) -> (Self, Vec<Action>) {
        let caller = match &call.caller {
            Some(Caller::Number(number)) => Some(number.clone()),
            _ => None,
        };
        let state = EpisodeState {
            version: VERSION,
            id: EpisodeId::of_call(&call.location, &call.message),
            location: call.location.clone(),
            contact: call.contact.clone(),
            conversation: call.conversation.clone(),
            caller,
            called: call.called.clone(),
            recipe: recipe.fingerprint().to_owned(),
            call_ended_at: call.ended_at,
            closes_at: later(call.ended_at, recipe.call.cooldown),
            calls: vec![call.message.clone()],
            missed_calls: 1,
            stopped: None,
            text: StepState::Absent,
            tag: StepState::Absent,
            task: StepState::Absent,
            live: true,
        };
        let mut episode = Self { recipe, state };
        let mut actions = vec![Action::Record(EntryKind::call_missed(
            call,
            &episode.recipe,
        ))];
        episode.plan(call, now, &mut actions);
        (episode, actions)
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
    /// While a step is open there is nothing to wake for: its end comes as an input.
    ///
    /// That is `max_age` after the cooldown. A call that ended within the cooldown can be told of that much later and
    /// still be young enough for a text; it must find this episode, or the caller would get a second one.
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        let over = later(self.state.closes_at, self.recipe.call.max_age);
        (self.state.live && !self.has_open_step()).then_some(over)
    }

    fn has_open_step(&self) -> bool {
        Step::ALL
            .into_iter()
            .any(|step| self.state.step(step).is_open())
    }

    /// Whether a call that ended then joins this episode. With a cooldown shorter than `max_age`, calls join for as long
    /// as the text may still go out: another episode would send another.
    pub fn joins(&self, call_ended_at: Timestamp) -> bool {
        let text_may_go = || {
            let until = later(self.state.call_ended_at, self.recipe.call.max_age);
            self.state.text.is_open() && call_ended_at <= until
        };
        self.state.live && (call_ended_at < self.state.closes_at || text_may_go())
    }

    /// Tells the episode what happened.
    pub fn handle(&mut self, input: &Input, now: Timestamp) -> Vec<Action> {
        let mut actions = Vec::new();
        match input {
            Input::CallMissed(call) => self.join(call, &mut actions),
            Input::Replied { message, reply } => {
                actions.push(Action::Record(EntryKind::Replied {
                    message: message.clone(),
                    reply: *reply,
                }));
                if reply.is_from_a_person() {
                    self.stop(Reason::Replied, &mut actions);
                }
            }
            Input::OptedOut(reason) => {
                // A number that is on the list already opts out of nothing anew.
                let news =
                    self.state.stopped.as_ref() != Some(reason) && *reason != Reason::Suppressed;
                if news {
                    let reason = reason.clone();
                    actions.push(Action::Record(EntryKind::OptedOut { reason }));
                }
                self.stop(reason.clone(), &mut actions);
            }
            Input::EffectEnded { effect, end } => self.end(effect, end, &mut actions),
            Input::Wake => {
                if self.next_wakeup().is_some_and(|time| now >= time) {
                    actions = self.close();
                }
            }
        }
        actions
    }

    /// Closes the episode so that the caller's next call opens a new one. Effects that are still open go on.
    pub fn close(&mut self) -> Vec<Action> {
        let was_live = std::mem::take(&mut self.state.live);
        let missed_calls = self.state.missed_calls;
        was_live
            .then_some(Action::Record(EntryKind::Closed { missed_calls }))
            .into_iter()
            .collect()
    }

    /// An attempt at an effect begins with this intent, which is evidence from here on. Call it after
    /// [`permit`](Self::permit) said [`Permit::Go`], and store the result before performing.
    pub fn begin(&mut self, effect: &EffectId, intent: &Intent, attempt: u32) -> Vec<Action> {
        *self.state.step_mut(effect.step) = StepState::Attempting;
        vec![Action::Record(EntryKind::attempted(
            effect,
            intent,
            attempt,
            &self.state,
        ))]
    }

    /// The attempt turned out to have had no effect: the effect waits again.
    pub fn undo_begin(&mut self, effect: &EffectId) {
        let step = self.state.step_mut(effect.step);
        if *step == StepState::Attempting {
            *step = StepState::Planned;
        }
    }

    fn plan(&mut self, call: &MissedCall, now: Timestamp, actions: &mut Vec<Action>) {
        let unreachable = match &call.caller {
            Some(Caller::Withheld) => Some(Reason::Withheld),
            Some(Caller::ShortCode) => Some(Reason::ShortCode),
            Some(Caller::Unreadable) => Some(Reason::UnreadableNumber),
            _ => None,
        };
        let recipe = Arc::clone(&self.recipe);
        if let Some(text) = &recipe.text {
            let too_old = now > later(call.ended_at, recipe.call.max_age);
            match unreachable.clone().or(too_old.then_some(Reason::Stale)) {
                Some(reason) => self.drop_step(Step::Text, reason, actions),
                None => self.plan_step(
                    Step::Text,
                    later(call.ended_at, text.after).max(now),
                    actions,
                ),
            }
        }
        // Somebody who hides their number is no contact to work on: nothing is written to HighLevel.
        let withheld = unreachable == Some(Reason::Withheld);
        for (step, wanted) in [
            (Step::Tag, recipe.tag.is_some()),
            (Step::Task, recipe.task.is_some()),
        ] {
            match (wanted, withheld) {
                (true, false) => self.plan_step(step, now, actions),
                (true, true) => self.drop_step(step, Reason::Withheld, actions),
                (false, _) => {}
            }
        }
    }

    fn plan_step(&mut self, step: Step, due: Timestamp, actions: &mut Vec<Action>) {
        *self.state.step_mut(step) = StepState::Planned;
        let effect = EffectId {
            episode: self.state.id.clone(),
            step,
            ordinal: 0,
        };
        actions.push(Action::Perform { effect, due });
    }

    fn drop_step(&mut self, step: Step, reason: Reason, actions: &mut Vec<Action>) {
        *self.state.step_mut(step) = StepState::NotDone(reason.clone());
        actions.push(Action::Record(EntryKind::NotDone { step, reason }));
    }

    fn join(&mut self, call: &MissedCall, actions: &mut Vec<Action>) {
        if self.state.calls.contains(&call.message) {
            return;
        }
        self.state.missed_calls += 1;
        if self.state.calls.len() >= REMEMBERED_CALLS {
            self.state.calls.remove(1);
        }
        self.state.calls.push(call.message.clone());
        actions.push(Action::Record(EntryKind::call_joined(
            call,
            self.state.missed_calls,
        )));
    }

    /// Nothing more is sent to the caller. An opt-out outranks a reply, and is never taken back.
    fn stop(&mut self, reason: Reason, actions: &mut Vec<Action>) {
        let outranked = self.state.stopped.as_ref().is_some_and(Reason::is_opt_out);
        if !outranked {
            self.state.stopped = Some(reason.clone());
        }
        if self.state.text == StepState::Planned {
            self.drop_step(Step::Text, reason, actions);
        }
    }

    fn end(&mut self, effect: &EffectId, end: &EffectEnd, actions: &mut Vec<Action>) {
        if !self.state.step(effect.step).is_open() {
            return;
        }
        match end {
            EffectEnd::Done {
                reference,
                at,
                found,
            } => {
                *self.state.step_mut(effect.step) = StepState::Done;
                actions.push(Action::Record(EntryKind::Done {
                    step: effect.step,
                    reference: reference.clone(),
                    accepted_at: *at,
                    seconds_after_call: at
                        .duration_since(self.state.call_ended_at)
                        .as_secs()
                        .max(0),
                    found: *found,
                }));
            }
            EffectEnd::NotDone(reason) => {
                self.drop_step(effect.step, reason.clone(), actions);
                if effect.step == Step::Text && reason.is_opt_out() {
                    self.state.stopped = Some(reason.clone());
                }
            }
        }
    }
}

/// `time` plus a checked, non-negative duration of a recipe.
fn later(time: Timestamp, duration: jiff::SignedDuration) -> Timestamp {
    time.saturating_add(duration).unwrap_or(Timestamp::MAX)
}
