//! Sees what people say, what the store keeps and what the platform takes, and knows when a promise is broken. It does
//! not ask the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::answered::Answers;
use super::invariant::Invariant;
use super::omitted::Grounds;
use super::plan::Caller;
use super::rules::{CONFIRMED_WITHIN, FIRST_TEXT, Follows, StepRule, rule_of};
use super::wishes::Wishes;
use crate::recipes::missed_call::episode::{EffectId, EpisodeId, Reason};
use crate::recipes::missed_call::ledger::{Entry, EntryKind};
use crate::recipes::missed_call::store::{Commit, EffectChange};

/// A text may be on its way while what forbids it is acknowledged, for as long.
pub(super) const ON_THE_WAY: Duration = Duration::from_secs(1);
/// What is under way comes to its end in a pause, repeats of a request that was refused and all.
const UNDER_WAY: Duration = Duration::from_secs(60);

/// What reached the platform and must not reach it twice.
#[derive(Debug, Clone)]
pub(super) struct StepAction {
    pub(super) contact: String,
    /// The text, or the task's title.
    pub(super) says: String,
    pub(super) is_text: bool,
}

/// A call as it really was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) caller: Caller,
    /// The earliest that its end may be taken for: a webhook does not tell how long a voicemail is.
    pub(super) ended_from: Timestamp,
    pub(super) ended_at: Timestamp,
    pub(super) missed: bool,
}

/// The true time, on both of its scales.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) time: Timestamp,
    pub(super) elapsed: Duration,
}

type Key = (String, &'static str);

#[derive(Debug, Default)]
pub(super) struct Watch {
    /// How wrong two clocks may be together.
    pub(super) tolerance: Duration,
    // What people did.
    pub(super) calls: BTreeMap<String, Call>,
    /// When each of them first had to do with the business.
    pub(super) in_touch_since: BTreeMap<Caller, Timestamp>,
    pub(super) causes: BTreeSet<(Caller, &'static str)>,
    /// When each of them said no in words that no carrier answers.
    pub(super) refusals: BTreeMap<Caller, Vec<Timestamp>>,
    /// What a first text may be left out for.
    pub(super) grounds: Grounds,
    pub(super) answers: Answers,
    /// Since when the location is paused, as far as the host was told.
    pub(super) paused_since: Option<Duration>,
    wishes: BTreeMap<Caller, Wishes>,
    /// Since when each call is known.
    pub(super) acknowledged: BTreeMap<String, Timestamp>,
    // What the store keeps.
    recorded: BTreeMap<String, EpisodeId>,
    pub(super) attempts: BTreeMap<Key, Vec<EffectId>>,
    open: BTreeSet<EffectId>,
    outcomes: BTreeMap<(EpisodeId, String), u32>,
    pub(super) contacts: BTreeMap<EpisodeId, String>,
    done: BTreeMap<Key, usize>,
    found: usize,
    never_known: BTreeSet<Key>,
    // What the platform took.
    accepted: BTreeMap<Key, Vec<EffectId>>,
    broken: Option<(Invariant, String)>,
}

impl Watch {
    /// `tolerance` is how wrong two clocks may be together.
    pub(super) fn new(tolerance: Duration) -> Self {
        Self {
            tolerance,
            ..Self::default()
        }
    }

    /// The first promise that was broken, and how.
    pub(super) fn broken(&self) -> Option<&(Invariant, String)> {
        self.broken.as_ref()
    }

    pub(super) fn breaks(&mut self, invariant: Invariant, how: String) {
        self.broken.get_or_insert((invariant, how));
    }

    /// Whether nothing is left to do.
    pub(super) fn is_at_rest(&self) -> bool {
        self.open.is_empty()
    }

    /// How many texts and tasks the platform took.
    pub(super) fn taken(&self) -> (usize, usize) {
        let count = |texts: bool| {
            let of_kind = |((_, step), _): &(&Key, &Vec<EffectId>)| {
                rule_of(step).is_some_and(|rule| rule.is_text == texts)
            };
            let kept = self.accepted.iter().filter(of_kind);
            kept.map(|(_, effects)| effects.len()).sum()
        };
        (count(true), count(false))
    }

    /// How many calls and texts only a sweep told of.
    pub(super) fn found(&self) -> usize {
        self.found
    }

    pub(super) fn call_acknowledged(&mut self, message: &str, now: Timestamp) {
        let since = self.acknowledged.entry(message.to_owned());
        since.or_insert(now);
    }

    pub(super) fn no_acknowledged(&mut self, caller: Caller, said: Timestamp, now: Duration) {
        self.wishes.entry(caller).or_default().no.push((said, now));
    }

    /// It counts at once: an engine may have read it long before that is known here.
    pub(super) fn said_yes(&mut self, caller: Caller, said: Timestamp) {
        self.wishes.entry(caller).or_default().yes = Some(said);
    }

    /// The store keeps this.
    pub(super) fn committed(&mut self, commit: &Commit, now: Timestamp) {
        for entry in &commit.entries {
            self.entered(entry, now);
        }
        for change in &commit.effects {
            match change {
                EffectChange::Plan { effect, .. } => drop(self.open.insert(effect.clone())),
                EffectChange::End { fence } => drop(self.open.remove(&fence.effect)),
                EffectChange::Keep { .. }
                | EffectChange::Release { .. }
                | EffectChange::Recall { .. } => {}
            }
        }
    }

    fn entered(&mut self, entry: &Entry, now: Timestamp) {
        if matches!(entry.kind, EntryKind::Found { .. }) {
            self.found += 1;
        }
        let Some(episode) = &entry.episode else {
            return;
        };
        match &entry.kind {
            EntryKind::CallMissed { call, .. } | EntryKind::CallJoined { call, .. } => {
                self.recorded
                    .insert(call.message.to_string(), episode.clone());
                self.contacts
                    .entry(episode.clone())
                    .or_insert_with(|| call.contact.to_string());
                self.answers.begins(episode, now);
                self.joins(call.message.as_str(), episode);
            }
            EntryKind::Attempted {
                effect, contact, ..
            } => {
                let Some(rule) = rule_of(effect.step.as_str()) else {
                    return;
                };
                let attempts = self
                    .attempts
                    .entry((contact.to_string(), rule.step))
                    .or_default();
                if !attempts.contains(effect) {
                    attempts.push(effect.clone());
                }
            }
            EntryKind::Done { step, .. } => {
                if let Some(key) = self.key(episode, step.as_str()) {
                    *self.done.entry(key).or_default() += 1;
                }
                self.ended(episode, step.as_str());
            }
            EntryKind::NotDone { step, reason } => {
                let unknown = *reason == Reason::Failed("outcome_unknown".into());
                if let Some(key) = self.key(episode, step.as_str()).filter(|_| unknown) {
                    self.never_known.insert(key);
                }
                if step.as_str() == FIRST_TEXT {
                    self.leaves_out(episode, reason, now);
                }
                self.ended(episode, step.as_str());
            }
            _ => {}
        }
    }

    /// The call that an episode is named after.
    pub(super) fn opened_by<'e>(&self, episode: &'e EpisodeId) -> Option<(&'e str, Call)> {
        let message = episode.as_str().rsplit(':').next()?;
        Some((message, *self.calls.get(message)?))
    }

    fn key(&self, episode: &EpisodeId, step: &str) -> Option<Key> {
        let contact = self.contacts.get(episode)?;
        Some((contact.clone(), rule_of(step)?.step))
    }

    fn ended(&mut self, episode: &EpisodeId, step: &str) {
        let times = self
            .outcomes
            .entry((episode.clone(), step.to_owned()))
            .or_default();
        *times += 1;
        if *times > 1 {
            let how = format!("the step `{step}` has {times} outcomes");
            self.breaks(Invariant::TrueLedger, how);
        }
    }

    /// The platform has taken this; it left the engine when so much time had passed.
    pub(super) fn accepted(&mut self, action: StepAction, left: Duration, now: Moment) {
        let Some(rule) = StepRule::of(&action) else {
            let how = format!("nobody asked for this: {}", action.says);
            return self.breaks(Invariant::NeverTwice, how);
        };
        if let Some(since) = self.paused_since.filter(|since| *since + UNDER_WAY < left) {
            let how = format!(
                "`{}` is done {} s into a pause",
                rule.step,
                (left - since).as_secs()
            );
            return self.breaks(Invariant::NeverWhilePaused, how);
        }
        let key = (action.contact, rule.step);
        let attempts = self.attempts.get(&key).map_or(&[][..], Vec::as_slice);
        let accepted = self.accepted.get(&key).map_or(&[][..], Vec::as_slice);
        // An attempt may have come to nothing, so the youngest that is not here yet is taken for the one.
        let of_this = attempts.iter().rfind(|effect| !accepted.contains(effect));
        let Some(effect) = of_this.cloned() else {
            let how = format!(
                "`{}` reaches the platform {} times in {} episodes",
                rule.step,
                accepted.len() + 1,
                attempts.len()
            );
            return self.breaks(Invariant::NeverTwice, how);
        };
        let before = accepted.len();
        let Some((message, call)) = self.opened_by(&effect.episode) else {
            let how = format!("`{}` belongs to no call", rule.step);
            return self.breaks(Invariant::NeverEarly, how);
        };
        if let Some(how) = rule.broken_by_time(call, now.time, self.tolerance) {
            self.breaks(how.0, how.1);
        }
        if matches!(rule.follows, Follows::Refusal) {
            self.confirms_a_no(call.caller, before, now);
        } else {
            if rule.is_text {
                self.may_be_texted(call.caller, rule, left, now);
            }
            self.has_cause(call.caller, rule);
        }
        if rule.step == FIRST_TEXT {
            self.is_not_answered(call.caller, &effect.episode, left);
            let left_at = now.time.saturating_sub(now.elapsed.saturating_sub(left));
            self.answers_no_machine(message, call, left_at.unwrap_or(now.time));
        }
        self.is_far_from_the_last(&key, call, rule);
        self.accepted.entry(key).or_default().push(effect);
    }

    fn may_be_texted(&mut self, caller: Caller, rule: &StepRule, left: Duration, now: Moment) {
        let no = self.wishes.get(&caller).and_then(Wishes::no_since);
        if no.is_some_and(|since| since + ON_THE_WAY < left) {
            let how = format!("{caller} gets `{}` after saying no", rule.step);
            self.breaks(Invariant::NeverAfterNo, how);
        }
        if rule.breaks_quiet_hours(caller, now.time, self.tolerance) {
            let how = format!("{caller} gets `{}` in quiet hours", rule.step);
            self.breaks(Invariant::NeverEarly, how);
        }
    }

    /// Each no is confirmed once at most, and at once.
    fn confirms_a_no(&mut self, caller: Caller, before: usize, now: Moment) {
        let refusals = self.refusals.get(&caller).map_or(&[][..], Vec::as_slice);
        let latest = CONFIRMED_WITHIN + self.tolerance + ON_THE_WAY;
        let is_near = |said: &Timestamp| now.time.duration_since(*said).unsigned_abs() <= latest;
        if refusals.len() <= before || !refusals.iter().any(is_near) {
            let told = refusals.len();
            let how = format!(
                "{caller} said no {told} times, and gets confirmation {} late or once too often",
                before + 1
            );
            self.breaks(Invariant::NeverAfterNo, how);
        }
    }

    fn has_cause(&mut self, caller: Caller, rule: &StepRule) {
        let missed = |call: &&Call| call.caller == caller && call.missed;
        let caused = match rule.follows {
            Follows::Call | Follows::Refusal => true,
            Follows::Cause => self.causes.contains(&(caller, rule.step)),
            Follows::ThirdCall => self.calls.values().filter(missed).count() >= 3,
        };
        if !caused {
            let how = format!("`{}` has nothing that it follows", rule.step);
            self.breaks(Invariant::NeverEarly, how);
        }
    }

    /// No two first texts answer calls of one caller within the cooldown.
    fn is_far_from_the_last(&mut self, key: &Key, call: Call, rule: &StepRule) {
        let Some(cooldown) = rule.once_within else {
            return;
        };
        let answered = self.accepted.get(key).into_iter().flatten();
        let near = |effect: &EffectId| {
            self.opened_by(&effect.episode).is_some_and(|(_, other)| {
                let (first, second) = if other.ended_at <= call.ended_at {
                    (other, call)
                } else {
                    (call, other)
                };
                // Each may be taken to end at its earliest.
                let apart = second.ended_at.duration_since(first.ended_from);
                apart.unsigned_abs() + self.tolerance < cooldown
            })
        };
        if answered.into_iter().any(near) {
            let how = format!(
                "{} gets `{}` twice within the cooldown",
                call.caller, rule.step
            );
            self.breaks(Invariant::NeverTwice, how);
        }
    }

    /// The world is calm and nothing happens any more.
    pub(super) fn finish(&mut self) {
        for message in self.acknowledged.clone().into_keys() {
            let Some(call) = self.calls.get(&message).copied() else {
                continue;
            };
            let Some(episode) = self.recorded.get(&message).cloned() else {
                let how = format!(
                    "a call of {} was acknowledged and is not in the ledger",
                    call.caller
                );
                return self.breaks(Invariant::NeverLost, how);
            };
            for step in super::rules::AFTER_EVERY_CALL {
                if !self
                    .outcomes
                    .contains_key(&(episode.clone(), step.to_owned()))
                {
                    let how = format!("a call of {} has no outcome of `{step}`", call.caller);
                    return self.breaks(Invariant::NeverLost, how);
                }
            }
        }
        if let Some(effect) = self.open.first() {
            let how = format!("`{}` never ends", effect.step);
            return self.breaks(Invariant::NeverLost, how);
        }
        let keys: BTreeSet<Key> = self
            .accepted
            .keys()
            .chain(self.done.keys())
            .cloned()
            .collect();
        for key in keys.difference(&self.never_known.clone()) {
            let taken = self.accepted.get(key).map_or(0, Vec::len);
            let told = self.done.get(key).copied().unwrap_or(0);
            if taken != told {
                let how = format!(
                    "the platform took `{}` {taken} times, and the ledger says {told}",
                    key.1
                );
                return self.breaks(Invariant::TrueLedger, how);
            }
        }
    }
}
