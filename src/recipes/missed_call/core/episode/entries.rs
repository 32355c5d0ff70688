//! Builds the ledger entries for calls and attempts.

use super::state::EpisodeState;
use crate::recipes::missed_call::core::call::Caller;
use crate::recipes::missed_call::core::ledger::{CallRecord, EntryKind};
use crate::recipes::missed_call::core::model::EffectId;
use crate::recipes::missed_call::core::model::Intent;
use crate::recipes::missed_call::core::model::MissedCall;
use crate::recipes::missed_call::core::recipe::Recipe;

impl CallRecord {
    fn of(call: &MissedCall) -> Self {
        let number = match &call.caller {
            Some(Caller::Number(number)) => Some(number.clone()),
            _ => None,
        };
        Self {
            message: call.message.clone(),
            contact: call.contact.clone(),
            caller: number,
            called: call.called.clone(),
            ended_at: call.ended_at,
            seconds: call.duration.map(|length| length.as_secs()),
            reason: call.reason,
            evidence: call.evidence.clone(),
        }
    }
}

impl EntryKind {
    pub(crate) fn call_missed(call: &MissedCall, recipe: &Recipe) -> Self {
        Self::CallMissed {
            call: CallRecord::of(call),
            recipe: format!("{} {}", recipe.name(), recipe.version()),
            recipe_fingerprint: recipe.fingerprint().to_owned(),
        }
    }

    pub(crate) fn call_joined(call: &MissedCall, missed_calls: u32) -> Self {
        Self::CallJoined {
            call: CallRecord::of(call),
            missed_calls,
        }
    }

    pub(crate) fn attempted(
        effect: &EffectId,
        intent: &Intent,
        attempt: u32,
        state: &EpisodeState,
    ) -> Self {
        Self::Attempted {
            effect: effect.clone(),
            attempt,
            intent: intent.clone(),
            contact: state.contact.clone(),
            basis: state.calls.first().cloned(),
        }
    }
}
