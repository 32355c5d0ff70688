//! The oracle observes the callers' acts, the commits of the store and the requests that the platform accepted, and
//! reports violations. It does not ask the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use gohighlevel::recipes::missed_call::episode::{EffectId, EpisodeId, Reason};
use gohighlevel::recipes::missed_call::ledger::{Entry, EntryKind};
use gohighlevel::recipes::missed_call::store::{Commit, EffectChange};
use jiff::Timestamp;

use super::absences::{Absences, names_absence};
use super::answers::Answers;
use super::fixture::{PEOPLE, UNREACHABLE};
use super::hold_outs::HoldOuts;
use super::invariant::Invariant;
use super::opt_outs::OptOuts;
use super::plan::Caller;
use super::rules::{CONFIRMED_WITHIN, FIRST_TEXT, Follows, StepRule, rule_of};
use super::skip_reasons::SkipReasons;

/// The longest time that a text is in transit, while the fact that forbids it is acknowledged.
pub(super) const IN_TRANSIT: Duration = Duration::from_secs(1);
/// In a pause or after a removal the requests under way may finish, with the repeats of refused ones.
pub(super) const UNDER_WAY: Duration = Duration::from_secs(60);

/// An action that must reach the platform at most once.
#[derive(Debug, Clone)]
pub(super) struct StepAction {
    pub(super) contact: String,
    /// The text, or the task's title.
    pub(super) says: String,
    pub(super) is_text: bool,
}

/// The true facts of a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) caller: Caller,
    /// The earliest time that an engine may take for its end: a webhook does not say how long a voicemail is.
    pub(super) ended_from: Timestamp,
    pub(super) ended_at: Timestamp,
    pub(super) missed: bool,
}

/// The true time: as a date, and since the start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) time: Timestamp,
    pub(super) elapsed: Duration,
}

type Key = (String, &'static str);

#[derive(Debug, Default)]
pub(super) struct Oracle {
    /// The greatest difference between two clocks.
    pub(super) tolerance: Duration,
    // The acts of callers and of the host.
    pub(super) calls: BTreeMap<String, Call>,
    /// When each caller was first in contact with the business.
    pub(super) in_touch_since: BTreeMap<Caller, Timestamp>,
    pub(super) causes: BTreeSet<(Caller, &'static str)>,
    /// When each caller opted out with a phrase that no carrier answers.
    pub(super) refusals: BTreeMap<Caller, Vec<Timestamp>>,
    /// The acts that can justify a skipped first text.
    pub(super) skip_reasons: SkipReasons,
    pub(super) answers: Answers,
    /// Since when the location is paused, as far as the host knows.
    pub(super) paused_since: Option<Duration>,
    pub(super) absences: Absences,
    pub(super) hold_outs: HoldOuts,
    /// Whether nothing may be written.
    pub(super) dry_run: bool,
    /// How many steps would have been done in a dry run.
    pub(super) would: usize,
    opt_outs: BTreeMap<Caller, OptOuts>,
    /// When each call was acknowledged.
    pub(super) acknowledged: BTreeMap<String, Timestamp>,
    // The commits of the store.
    recorded: BTreeMap<String, EpisodeId>,
    pub(super) attempts: BTreeMap<Key, Vec<EffectId>>,
    open: BTreeSet<EffectId>,
    outcomes: BTreeMap<(EpisodeId, String), u32>,
    pub(super) contacts: BTreeMap<EpisodeId, String>,
    done: BTreeMap<Key, usize>,
    found: usize,
    /// The texts of which the ledger says whether they arrived.
    receipts: BTreeSet<(EpisodeId, String)>,
    unknown_outcomes: BTreeSet<Key>,
    // The requests that the platform accepted.
    accepted: BTreeMap<Key, Vec<EffectId>>,
    violation: Option<(Invariant, String)>,
}

impl Oracle {
    /// `tolerance` is the greatest difference between two clocks.
    pub(super) fn new(tolerance: Duration) -> Self {
        Self {
            tolerance,
            ..Self::default()
        }
    }

    /// The first invariant that was violated, and how.
    pub(super) fn violation(&self) -> Option<&(Invariant, String)> {
        self.violation.as_ref()
    }

    pub(super) fn report(&mut self, invariant: Invariant, how: String) {
        self.violation.get_or_insert((invariant, how));
    }

    /// Whether no effect is left to do.
    pub(super) fn is_at_rest(&self) -> bool {
        self.open.is_empty()
    }

    /// How many texts and tasks the platform accepted.
    pub(super) fn accepted_counts(&self) -> (usize, usize) {
        let count = |texts: bool| {
            let of_kind = |((_, step), _): &(&Key, &Vec<EffectId>)| {
                rule_of(step).is_some_and(|rule| rule.is_text == texts)
            };
            let kept = self.accepted.iter().filter(of_kind);
            kept.map(|(_, effects)| effects.len()).sum()
        };
        (count(true), count(false))
    }

    /// How many calls and texts only a sweep found.
    pub(super) fn found(&self) -> usize {
        self.found
    }

    pub(super) fn call_acknowledged(&mut self, message: &str, now: Timestamp) {
        let since = self.acknowledged.entry(message.to_owned());
        since.or_insert(now);
    }

    pub(super) fn opt_out_acknowledged(&mut self, caller: Caller, said: Timestamp, now: Duration) {
        self.opt_outs
            .entry(caller)
            .or_default()
            .opt_outs
            .push((said, now));
    }

    /// A report that a reply may be an opt-out, of `said` or later, was acknowledged. The engine dates it by its own clock.
    pub(super) fn doubt_acknowledged(&mut self, caller: Caller, said: Timestamp, now: Duration) {
        let said = said.saturating_sub(self.tolerance).unwrap_or(said);
        let of_caller = self.opt_outs.entry(caller).or_default();
        of_caller.doubts.push((said, now));
    }

    /// A decision is being reported. It counts at once, and for all doubts that its worker's clock dates before it.
    pub(super) fn decided(&mut self, caller: Caller, now: Timestamp) {
        let at = now.saturating_add(self.tolerance).unwrap_or(now);
        let of_caller = self.opt_outs.entry(caller).or_default();
        of_caller.decided_at = of_caller.decided_at.max(Some(at));
    }

    /// It counts at once, because the engine may already have read it.
    pub(super) fn opted_in(&mut self, caller: Caller, said: Timestamp) {
        self.opt_outs.entry(caller).or_default().opted_in_at = Some(said);
    }

    /// The store wrote this commit.
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
        self.learns_of_the_experiment(episode, &entry.kind);
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
            EntryKind::Would { effect, .. } => {
                self.would += 1;
                let rule = rule_of(effect.step.as_str());
                let contact = self.contacts.get(episode).cloned();
                if let (Some(rule), Some(contact)) = (rule, contact) {
                    let attempts = self.attempts.entry((contact, rule.step)).or_default();
                    attempts.push(effect.clone());
                }
                self.ended(episode, effect.step.as_str());
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
                    self.unknown_outcomes.insert(key);
                }
                if !self.was_absent(episode, reason) {
                    let how = format!("`{step}` is not done: `{reason}` is not true");
                    self.report(Invariant::NeverWithoutReason, how);
                }
                if step.as_str() == FIRST_TEXT && !names_absence(reason) {
                    self.skips_first_text(episode, reason, now);
                }
                if *reason == Reason::HeldOut {
                    self.is_held_back(episode, step.as_str());
                } else {
                    self.ended(episode, step.as_str());
                }
            }
            EntryKind::Delivered { step, .. } => self.receipt(episode, step.as_str(), true),
            EntryKind::NotDelivered { step, .. } => self.receipt(episode, step.as_str(), false),
            _ => {}
        }
    }

    /// What became of a text is told once, and as it is.
    fn receipt(&mut self, episode: &EpisodeId, step: &str, arrived: bool) {
        let caller = self.opened_by(episode).map(|(_, call)| call.caller);
        let is_true = caller.is_some_and(|caller| arrived == (caller.0 % PEOPLE != UNREACHABLE.0));
        if !self.receipts.insert((episode.clone(), step.to_owned())) {
            let how = format!("what became of `{step}` is told twice");
            self.report(Invariant::TrueLedger, how);
        }
        if !is_true {
            let how = format!("`{step}` has arrived or not, and the ledger says the other");
            self.report(Invariant::TrueLedger, how);
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
            self.report(Invariant::TrueLedger, how);
        }
    }

    /// The platform accepted this action, which left the engine at `left`.
    pub(super) fn accepted(&mut self, action: StepAction, left: Duration, now: Moment) {
        let Some(rule) = StepRule::of(&action) else {
            let how = format!("no step has this text or title: {}", action.says);
            return self.report(Invariant::NeverTwice, how);
        };
        if let Some(since) = self.paused_since.filter(|since| *since + UNDER_WAY < left) {
            let how = format!(
                "`{}` is done {} s after the pause began",
                rule.step,
                (left - since).as_secs()
            );
            return self.report(Invariant::NeverWhilePaused, how);
        }
        let key = (action.contact, rule.step);
        let attempts = self.attempts.get(&key).map_or(&[][..], Vec::as_slice);
        let accepted = self.accepted.get(&key).map_or(&[][..], Vec::as_slice);
        // Earlier attempts may have failed, so this is the latest one that was not accepted yet.
        let of_this = attempts.iter().rfind(|effect| !accepted.contains(effect));
        let Some(effect) = of_this.cloned() else {
            let how = format!(
                "`{}` reaches the platform {} times in {} episodes",
                rule.step,
                accepted.len() + 1,
                attempts.len()
            );
            return self.report(Invariant::NeverTwice, how);
        };
        let before = accepted.len();
        let Some((message, call)) = self.opened_by(&effect.episode) else {
            let how = format!("`{}` belongs to no call", rule.step);
            return self.report(Invariant::NeverEarly, how);
        };
        self.is_not_removed(&effect.episode, rule.step, left);
        // A text that was held back answers the second call.
        let answered = self.answered_call(&effect.episode).filter(|_| rule.is_text);
        let ended_at = answered.map_or(call.ended_at, |(_, answered)| answered.ended_at);
        let times = Call { ended_at, ..call };
        if let Some(how) = rule.broken_by_time(times, now.time, self.tolerance) {
            self.report(how.0, how.1);
        }
        if matches!(rule.follows, Follows::Refusal) {
            self.confirms_opt_out(call.caller, before, now);
        } else {
            if rule.is_text {
                self.may_be_texted(call.caller, rule, left, now);
            }
            self.has_cause(call.caller, rule);
        }
        if rule.is_text {
            self.is_not_doubtful(call.caller, rule, left);
        }
        self.is_not_held_out(call, &effect.episode, rule);
        if rule.step == FIRST_TEXT {
            self.is_not_answered(call.caller, &effect.episode, left);
            let left_at = now.time.saturating_sub(now.elapsed.saturating_sub(left));
            self.answers_no_flood(message, call, left_at.unwrap_or(now.time));
        }
        let stored = self.answers.began(&effect.episode).unwrap_or(now.time);
        self.is_far_from_the_last(&key, call, stored, rule);
        self.accepted.entry(key).or_default().push(effect);
    }

    fn may_be_texted(&mut self, caller: Caller, rule: &StepRule, left: Duration, now: Moment) {
        let since = self.opt_outs.get(&caller).and_then(OptOuts::since);
        if since.is_some_and(|since| since + IN_TRANSIT < left) {
            let how = format!("{caller} gets `{}` after opting out", rule.step);
            self.report(Invariant::NeverAfterOptOut, how);
        }
        if rule.breaks_quiet_hours(caller, now.time, self.tolerance) {
            let how = format!("{caller} gets `{}` in quiet hours", rule.step);
            self.report(Invariant::NeverEarly, how);
        }
    }

    /// Not even a confirmation goes to a caller who may have opted out.
    fn is_not_doubtful(&mut self, caller: Caller, rule: &StepRule, left: Duration) {
        let opt_outs = self.opt_outs.get(&caller);
        let since = opt_outs.and_then(OptOuts::doubtful_since);
        if since.is_some_and(|since| since + IN_TRANSIT < left) {
            let how = format!("{caller} gets `{}` before a doubt is decided", rule.step);
            self.report(Invariant::NeverAfterDoubt, how);
        }
    }

    /// Each opt-out is confirmed at most once, and immediately.
    fn confirms_opt_out(&mut self, caller: Caller, before: usize, now: Moment) {
        let refusals = self.refusals.get(&caller).map_or(&[][..], Vec::as_slice);
        let latest = CONFIRMED_WITHIN + self.tolerance + IN_TRANSIT;
        let is_near = |said: &Timestamp| now.time.duration_since(*said).unsigned_abs() <= latest;
        if refusals.len() <= before || !refusals.iter().any(is_near) {
            let count = refusals.len();
            let how = format!(
                "{caller} opted out {count} times, and confirmation {} is late or superfluous",
                before + 1
            );
            self.report(Invariant::NeverAfterOptOut, how);
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
            let how = format!("nothing has triggered `{}`", rule.step);
            self.report(Invariant::NeverEarly, how);
        }
    }

    /// One caller gets at most one first text within the cooldown. After an absence that has ended what was pending,
    /// callers are answered as if they had never called.
    fn is_far_from_the_last(&mut self, key: &Key, call: Call, stored: Timestamp, rule: &StepRule) {
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
                if self.absences.ended_between(other, stored, self.tolerance) {
                    return false;
                }
                // An engine may take the earliest end for each.
                let apart = second.ended_at.duration_since(first.ended_from);
                apart.unsigned_abs() + self.tolerance < cooldown
            })
        };
        if answered.into_iter().any(near) {
            let how = format!(
                "{} gets `{}` twice within the cooldown",
                call.caller, rule.step
            );
            self.report(Invariant::NeverTwice, how);
        }
    }

    /// Checks what must hold at the end, when all faults are over and no work is left.
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
                return self.report(Invariant::NeverLost, how);
            };
            for step in super::rules::AFTER_EVERY_CALL {
                if !self
                    .outcomes
                    .contains_key(&(episode.clone(), step.to_owned()))
                    && !self.hold_outs.settle(&episode, step)
                {
                    let how = format!("a call of {} has no outcome of `{step}`", call.caller);
                    return self.report(Invariant::NeverLost, how);
                }
            }
        }
        if let Some(effect) = self.open.first() {
            let how = format!("`{}` never ends", effect.step);
            return self.report(Invariant::NeverLost, how);
        }
        let keys: BTreeSet<Key> = self
            .accepted
            .keys()
            .chain(self.done.keys())
            .cloned()
            .collect();
        for key in keys.difference(&self.unknown_outcomes.clone()) {
            let accepted = self.accepted.get(key).map_or(0, Vec::len);
            let recorded = self.done.get(key).copied().unwrap_or(0);
            if accepted != recorded {
                let how = format!(
                    "the platform accepted `{}` {accepted} times, but the ledger says {recorded}",
                    key.1
                );
                return self.report(Invariant::TrueLedger, how);
            }
        }
    }
}
