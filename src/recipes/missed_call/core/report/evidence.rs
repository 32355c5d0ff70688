//! The evidence for every text as JSON Lines: one object per text, whether it was sent in the end or not.
//!
//! | field | meaning |
//! |---|---|
//! | `version` | of this format: 1. Fields may be added; none changes its meaning |
//! | `location`, `episode`, `effect`, `contact` | the ids that HighLevel and the ledger use |
//! | `call` | the call that opened the episode: numbers, times, why it was missed, and the delivery that reported it with the SHA-256 of its body; null if its entry is not among those given |
//! | `basis` | the legal basis of the text: it `rests_on` `inbound_call`, `replied`, `written`, `verbal`, `waived` (the recipe asks for none) or `opt_out` (it confirms one), absent if not known; the `call`'s message id; the `consent` with its time and where its proof is; and the caller's `replies` from before the attempt, with times |
//! | `recipe`, `recipe_fingerprint` | the recipe's name and version, and the hash of its text |
//! | `body`, `from`, `to` | the text as it was rendered, and the numbers; `to` is null where it went to the contact's own |
//! | `hours` | why the person could be texted at that hour; null for a text that keeps no quiet hours |
//! | `variant`, `copy_fingerprint` | the name of the copy it was rendered from, and the version of that copy; absent if not known |
//! | `waited` | each time it was deferred: when, `until`, and `why` |
//! | `attempts` | when each attempt began |
//! | `end` | `accepted` with the time, the message id and whether it was `found` by reading back; `not_done` with the code of the reason; null while it is open |
//! | `refusals` | every opt-out of the episode in the ledger, with its time, before or after the text; `doubtful` for a reply that only may be one |
//! | `decisions` | what people decided about doubtful replies, when, and `by` whom; absent if there was nothing to decide |
//!
//! Right before each attempt the engine checks the suppression list and the contact's do-not-disturb, and makes no attempt
//! against them. The ledger records the refusals of these checks, not the checks that passed.
//!
//! Lines hold callers' numbers and the texts in full.

use std::collections::HashMap;
use std::io;

use jiff::Timestamp;
use serde::Serialize;

use crate::ids::{ContactId, LocationId, MessageId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::compliance;
use crate::recipes::missed_call::core::compliance::Consent;
use crate::recipes::missed_call::core::ledger::{CallRecord, Entry, EntryKind};
use crate::recipes::missed_call::core::model::{
    DoubtDecision, EffectId, EpisodeId, Intent, Reason,
};
use crate::recipes::missed_call::core::reply::Reply;
use crate::secret::Private;

/// The evidence for each text of these entries, one line each without its end, in the order of the first attempts.
///
/// Pass all entries of the episodes of interest, oldest first.
pub fn lines(entries: &[Entry]) -> impl Iterator<Item = Private<String>> {
    collect(entries).into_iter().filter_map(|evidence| {
        // Serialisation cannot fail: the values are names, texts and times, and all keys are ours.
        serde_json::to_string(&evidence).ok().map(Private::new)
    })
}

/// Writes [`lines`] to `out` and returns their number. After an error, discard what was written.
pub fn write(entries: &[Entry], out: &mut impl io::Write) -> io::Result<u64> {
    let mut written = 0;
    for evidence in collect(entries) {
        serde_json::to_writer(&mut *out, &evidence)?;
        out.write_all(b"\n")?;
        written += 1;
    }
    out.flush()?;
    Ok(written)
}

#[derive(Serialize)]
struct Evidence<'e> {
    version: u32,
    location: &'e LocationId,
    episode: &'e EpisodeId,
    effect: String,
    contact: &'e ContactId,
    call: Option<&'e CallRecord>,
    basis: Basis<'e>,
    recipe: Option<&'e str>,
    recipe_fingerprint: Option<&'e str>,
    body: &'e str,
    from: Option<&'e PhoneNumber>,
    to: Option<&'e PhoneNumber>,
    hours: Option<&'e str>,
    /// The copy and its version; not known for texts of older releases.
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copy_fingerprint: Option<&'e str>,
    waited: Vec<Waited<'e>>,
    attempts: Vec<Timestamp>,
    end: Option<End<'e>>,
    refusals: Vec<Refusal>,
    /// What people decided about doubtful replies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    decisions: Vec<DecisionMade<'e>>,
}

#[derive(Serialize)]
struct Basis<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    rests_on: Option<compliance::Basis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<&'e Consent>,
    call: Option<&'e MessageId>,
    replies: Vec<ReplyBefore<'e>>,
}

#[derive(Clone, Serialize)]
struct ReplyBefore<'e> {
    at: Timestamp,
    message: Option<&'e MessageId>,
    reply: Reply,
}

#[derive(Clone, Serialize)]
struct Waited<'e> {
    at: Timestamp,
    until: Timestamp,
    why: &'e str,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum End<'e> {
    Accepted {
        at: Timestamp,
        seconds_after_call: i64,
        message: Option<&'e str>,
        found: bool,
    },
    NotDone {
        at: Timestamp,
        reason: String,
    },
}

#[derive(Clone, Serialize)]
struct Refusal {
    at: Timestamp,
    reason: String,
}

#[derive(Clone, Serialize)]
struct DecisionMade<'e> {
    at: Timestamp,
    decision: DoubtDecision,
    by: &'e str,
}

/// What the entries of an episode have said so far.
#[derive(Default)]
struct History<'e> {
    opening: Option<(&'e CallRecord, &'e str, &'e str)>,
    replies: Vec<ReplyBefore<'e>>,
    refusals: Vec<Refusal>,
    decisions: Vec<DecisionMade<'e>>,
    waited: Vec<(&'e EffectId, Waited<'e>)>,
    /// Its texts, as indexes in the list of all texts.
    texts: Vec<(&'e EffectId, usize)>,
}

fn collect(entries: &[Entry]) -> Vec<Evidence<'_>> {
    let mut histories: HashMap<&EpisodeId, History> = HashMap::new();
    let mut all = Vec::new();
    for entry in entries {
        if let Some(episode) = &entry.episode {
            histories
                .entry(episode)
                .or_default()
                .take(episode, entry, &mut all);
        }
    }
    for history in histories.into_values() {
        for (_, index) in history.texts {
            if let Some(evidence) = all.get_mut(index) {
                evidence.refusals.clone_from(&history.refusals);
                evidence.decisions.clone_from(&history.decisions);
            }
        }
    }
    all
}

impl<'e> History<'e> {
    fn take(&mut self, episode: &'e EpisodeId, entry: &'e Entry, all: &mut Vec<Evidence<'e>>) {
        let at = entry.at;
        match &entry.kind {
            EntryKind::CallMissed {
                call,
                recipe,
                recipe_fingerprint,
            } => self.opening = Some((call, recipe, recipe_fingerprint)),
            EntryKind::Replied { message, reply } => self.replies.push(ReplyBefore {
                at,
                message: message.as_ref(),
                reply: *reply,
            }),
            EntryKind::OptedOut { reason } => self.refusals.push(Refusal {
                at,
                reason: reason.code(),
            }),
            EntryKind::Doubted { .. } => self.refusals.push(Refusal {
                at,
                reason: Reason::Doubtful.code(),
            }),
            EntryKind::DoubtDecided { decision, by } => self.decisions.push(DecisionMade {
                at,
                decision: *decision,
                by,
            }),
            EntryKind::Waits { effect, until, why } => {
                let until = *until;
                self.waited.push((effect, Waited { at, until, why }));
            }
            EntryKind::Attempted {
                effect,
                intent:
                    Intent::Text {
                        body,
                        from,
                        to,
                        hours,
                        variant,
                        copy_fingerprint,
                        basis: rests_on,
                        consent,
                    },
                contact,
                basis,
                ..
            } => {
                let known = self.text(|known| known == effect);
                if let Some(evidence) = known.and_then(|index| all.get_mut(index)) {
                    // The intent is that of the last attempt, the only one that may have succeeded.
                    evidence.body = body;
                    evidence.from = from.as_ref();
                    evidence.to = to.as_ref();
                    evidence.hours = hours.as_deref();
                    evidence.variant = variant.as_deref();
                    evidence.copy_fingerprint = copy_fingerprint.as_deref();
                    evidence.attempts.push(at);
                    evidence.basis.rests_on = *rests_on;
                    evidence.basis.consent = consent.as_ref();
                    evidence.basis.replies.clone_from(&self.replies);
                    return;
                }
                let waited = self.waited.iter().filter(|(waiting, _)| *waiting == effect);
                self.texts.push((effect, all.len()));
                all.push(Evidence {
                    version: 1,
                    location: &entry.location,
                    episode,
                    effect: effect.to_string(),
                    contact,
                    call: self.opening.map(|(call, ..)| call),
                    basis: Basis {
                        rests_on: *rests_on,
                        consent: consent.as_ref(),
                        call: basis.as_ref(),
                        replies: self.replies.clone(),
                    },
                    recipe: self.opening.map(|(_, recipe, _)| recipe),
                    recipe_fingerprint: self.opening.map(|(.., fingerprint)| fingerprint),
                    body,
                    from: from.as_ref(),
                    to: to.as_ref(),
                    hours: hours.as_deref(),
                    variant: variant.as_deref(),
                    copy_fingerprint: copy_fingerprint.as_deref(),
                    waited: waited.map(|(_, waited)| waited.clone()).collect(),
                    attempts: vec![at],
                    end: None,
                    refusals: Vec::new(),
                    decisions: Vec::new(),
                });
            }
            EntryKind::Done {
                step,
                reference,
                accepted_at,
                seconds_after_call,
                found,
            } => {
                let known = self.text(|effect| effect.step == *step);
                if let Some(evidence) = known.and_then(|index| all.get_mut(index)) {
                    evidence.end = Some(End::Accepted {
                        at: *accepted_at,
                        seconds_after_call: *seconds_after_call,
                        message: reference.as_deref(),
                        found: *found,
                    });
                }
            }
            EntryKind::NotDone { step, reason } => {
                let known = self.text(|effect| effect.step == *step);
                if let Some(evidence) = known.and_then(|index| all.get_mut(index)) {
                    let reason = reason.code();
                    evidence.end = Some(End::NotDone { at, reason });
                }
            }
            _ => {}
        }
    }

    fn text(&self, is: impl Fn(&EffectId) -> bool) -> Option<usize> {
        let found = self.texts.iter().rev().find(|(effect, _)| is(effect));
        found.map(|(_, index)| *index)
    }
}
