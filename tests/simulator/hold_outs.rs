//! Checks the experiment: who is held out gets no text that follows the call before they call again, and everything else is
//! done for them as for others. Who that is follows from the recipe and the number alone.

use std::collections::{BTreeMap, BTreeSet};

use gohighlevel::recipes::missed_call::episode::EpisodeId;
use gohighlevel::recipes::missed_call::ledger::EntryKind;

use super::invariant::Invariant;
use super::oracle::{Call, Oracle};
use super::plan::Caller;
use super::rules::{COOLDOWN, FIRST_TEXT, Follows, StepRule, rule_of};

#[derive(Debug, Default)]
pub(super) struct HoldOuts {
    /// The callers from whom texts are held back.
    pub(super) callers: BTreeSet<Caller>,
    /// The episodes whose caller is assigned to the arm without texts.
    assigned: BTreeSet<EpisodeId>,
    /// The call that has released the caller.
    released: BTreeMap<EpisodeId, String>,
    /// The steps that were held back.
    held_back: BTreeSet<(EpisodeId, String)>,
}

impl HoldOuts {
    /// The call that has released the caller of this episode.
    pub(super) fn released_by(&self, episode: &EpisodeId) -> Option<&str> {
        self.released.get(episode).map(String::as_str)
    }

    /// Whether it was held back, which is an outcome. If it is planned again, its effect has to end besides.
    pub(super) fn settle(&self, episode: &EpisodeId, step: &str) -> bool {
        let key = (episode.clone(), step.to_owned());
        self.held_back.contains(&key)
    }
}

impl Oracle {
    pub(super) fn learns_of_the_experiment(&mut self, episode: &EpisodeId, kind: &EntryKind) {
        match kind {
            EntryKind::Assigned { assignment, .. } => {
                let is_held_out = assignment.place < assignment.held_out_per_million;
                if is_held_out {
                    self.hold_outs.assigned.insert(episode.clone());
                }
                let caller = self.opened_by(episode).map(|(_, call)| call.caller);
                if caller.is_some_and(|caller| self.hold_outs.callers.contains(&caller))
                    != is_held_out
                {
                    let how = "a caller is assigned to the wrong arm".to_owned();
                    self.report(Invariant::NeverToHeldOut, how);
                }
            }
            EntryKind::Released { call, .. } => {
                let released = &mut self.hold_outs.released;
                released.insert(episode.clone(), call.to_string());
                if !self.has_called_again(episode) {
                    let how = "a caller is released who has not called again".to_owned();
                    self.report(Invariant::NeverToHeldOut, how);
                }
            }
            _ => {}
        }
    }

    /// The step of this episode is held back.
    pub(super) fn is_held_back(&mut self, episode: &EpisodeId, step: &str) {
        let is_text = rule_of(step).is_some_and(|rule| rule.is_text);
        let is_new = self
            .hold_outs
            .held_back
            .insert((episode.clone(), step.to_owned()));
        if !is_text || !is_new || !self.hold_outs.assigned.contains(episode) {
            let how = format!("`{step}` is held back, and should not be");
            self.report(Invariant::NeverWithoutReason, how);
        }
    }

    /// A text of this episode was accepted.
    pub(super) fn is_not_held_out(&mut self, call: Call, episode: &EpisodeId, rule: &StepRule) {
        let follows_the_call = rule.is_text && matches!(rule.follows, Follows::Call);
        if !follows_the_call || self.has_called_again(episode) {
            return;
        }
        // A voicemail is longer than nothing, and nobody with one is held out.
        let left_voicemail = call.ended_from < call.ended_at;
        let by_rule = self.hold_outs.callers.contains(&call.caller)
            && rule.step == FIRST_TEXT
            && !left_voicemail;
        if by_rule || self.hold_outs.assigned.contains(episode) {
            let how = format!("{} gets `{}` and is held out", call.caller, rule.step);
            self.report(Invariant::NeverToHeldOut, how);
        }
    }

    /// The call that a first text of this episode answers.
    pub(super) fn answered_call<'e>(&'e self, episode: &'e EpisodeId) -> Option<(&'e str, Call)> {
        let (message, first) = self.opened_by(episode)?;
        let released = self.hold_outs.released.get(episode);
        let again = released.and_then(|call| Some((call.as_str(), *self.calls.get(call)?)));
        match again {
            Some((message, again)) if again.ended_at > first.ended_at => Some((message, again)),
            _ => Some((message, first)),
        }
    }

    /// Whether the caller has made another call that was missed, near the first one of this episode.
    fn has_called_again(&self, episode: &EpisodeId) -> bool {
        let Some((message, first)) = self.opened_by(episode) else {
            return false;
        };
        let mut others = self.calls.iter().filter(|(other, _)| *other != message);
        others.any(|(_, call)| {
            let apart = call.ended_at.duration_since(first.ended_at).unsigned_abs();
            call.missed && call.caller == first.caller && apart <= COOLDOWN + self.tolerance
        })
    }

    pub(super) fn holds_back(&self, caller: Caller) -> bool {
        self.hold_outs.callers.contains(&caller)
    }
}
