//! On what basis a text may be sent: the call itself allows one reply; anything more needs a reply or recorded consent.
//!
//! Sources: according to the FCC, a one-time text that is sent immediately at the consumer's request, with nothing but
//! the requested information, is fulfilment and not telemarketing (Declaratory Ruling of 2015, FCC 15-72, paragraphs
//! 103 to 106). That ruling is about requests by text; treating a call as a request is common practice and not settled.
//! Texts that promote something need prior express written consent (47 CFR 64.1200(a)(2) and (f)(9)). The CTIA's
//! Messaging Principles distinguish conversational, informational and promotional messages in the same way.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long after the call a first reply still answers it.
pub const FIRST_REPLY_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// The kind of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TextKind {
    /// The one answer to the missed call, without any promotion.
    FirstReply,
    /// Any later text of the same episode, without any promotion.
    FollowUp,
    /// A text with an offer or a discount, first or later.
    Promotion,
}

/// The evidence for and against texting a person. Times in the future do not count, except for the end of the call,
/// because the clocks of two machines differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// When the missed call ended.
    pub call_ended_at: Timestamp,
    /// The person's last message that is not an opt-out. It counts if it arrived after the call.
    pub replied_at: Option<Timestamp>,
    /// When the person consented in writing: a form, a keyword, a signed paper. Keep the record itself for five years
    /// (16 CFR 310.5).
    pub written_consent_at: Option<Timestamp>,
    /// When the person consented in words, such as to a scripted question of the greeting or of staff.
    pub verbal_consent_at: Option<Timestamp>,
    /// When the person last opted out. Only newer consent, in writing or in words, lifts it; another call does not.
    pub opted_out_at: Option<Timestamp>,
}

/// How a person consented to texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConsentKind {
    /// In writing: a form, a keyword, a signed paper.
    Written,
    /// In words, such as to a scripted question of the greeting or of staff.
    Verbal,
}

impl ConsentKind {
    /// The code it is stored by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Verbal => "verbal",
        }
    }

    /// The kind with this code.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [Self::Written, Self::Verbal]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// A consent, and where its proof is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// When it was given.
    pub given_at: Timestamp,
    /// The name of its record, such as the id of a form's submission.
    pub reference: String,
}

/// What a host's own records say of a consent.
// Exhaustive on purpose: the decision on a text has to handle each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// The person has consented.
    Given {
        /// How.
        how: ConsentKind,
        /// When, and where the proof is.
        consent: Consent,
    },
    /// The records say nothing that changes what the engine knows: a reply of the person, a recorded consent, the recipe.
    AsKnown,
    /// The person must not get this text.
    Refused,
}

impl Evidence {
    /// The evidence of a call and nothing else.
    pub fn of_call(ended_at: Timestamp) -> Self {
        Self {
            call_ended_at: ended_at,
            replied_at: None,
            written_consent_at: None,
            verbal_consent_at: None,
            opted_out_at: None,
        }
    }
}

/// On what basis a text is sent, for the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Basis {
    /// The person called, and this answers the call.
    InboundCall,
    /// The person has written since the call.
    Replied,
    /// The person consented in writing.
    Written,
    /// The person consented in words.
    Verbal,
    /// None of these: the recipe says that later texts need no consent (`compliance.later_texts = "always"`), and its
    /// author answers for that.
    Waived,
    /// The person opted out, and this confirms it.
    OptOut,
}

/// Why a text has no basis. `Display` explains it to people; the recipe decides what to do instead, such as a task or
/// an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refused {
    /// The person asked for no more texts.
    #[error("the person opted out of texts")]
    OptedOut,
    /// The call is too long ago for a first reply.
    #[error("the call ended more than 10 minutes ago, and there is no other consent")]
    CallTooOld,
    /// The person has neither replied nor consented.
    #[error("the person has neither replied since the call nor consented to texts")]
    NoConsent,
    /// Promotion asks for more than the person gave.
    #[error("a promotion needs consent in writing")]
    PromotionNeedsWriting,
}

/// On what basis a text of this kind may be sent, if on any. The strongest basis counts: consent in writing, then
/// consent in words, then a reply, then the call itself.
pub fn may_text(kind: TextKind, evidence: &Evidence, now: Timestamp) -> Result<Basis, Refused> {
    let opted_out = evidence.opted_out_at;
    // An opt-out of the same instant outranks consent.
    let stands = |given: Option<Timestamp>| given.filter(|at| *at <= now && Some(*at) > opted_out);
    if stands(evidence.written_consent_at).is_some() {
        return Ok(Basis::Written);
    }
    let verbal = stands(evidence.verbal_consent_at).is_some();
    if opted_out.is_some() && !verbal {
        return Err(Refused::OptedOut);
    }
    if kind == TextKind::Promotion {
        return Err(Refused::PromotionNeedsWriting);
    }
    if verbal {
        return Ok(Basis::Verbal);
    }
    let since_the_call = |at: &Timestamp| (evidence.call_ended_at..=now).contains(at);
    if evidence.replied_at.as_ref().is_some_and(since_the_call) {
        return Ok(Basis::Replied);
    }
    let age = now.duration_since(evidence.call_ended_at);
    match kind {
        TextKind::FirstReply if age <= FIRST_REPLY_WITHIN => Ok(Basis::InboundCall),
        TextKind::FirstReply => Err(Refused::CallTooOld),
        _ => Err(Refused::NoConsent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Basis::{InboundCall, Replied, Verbal, Written};
    use Refused::{CallTooOld, NoConsent, OptedOut, PromotionNeedsWriting};
    use TextKind::{FirstReply, FollowUp, Promotion};

    /// This many minutes after the call ended.
    fn minute(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn call() -> Evidence {
        Evidence::of_call(minute(0))
    }

    #[test]
    fn the_call_carries_one_reply_and_no_more() {
        let just_in_time = minute(10);
        let too_late = just_in_time + SignedDuration::from_nanos(1);
        assert_eq!(may_text(FirstReply, &call(), minute(0)), Ok(InboundCall));
        assert_eq!(may_text(FirstReply, &call(), minute(-2)), Ok(InboundCall));
        assert_eq!(may_text(FirstReply, &call(), just_in_time), Ok(InboundCall));
        assert_eq!(may_text(FirstReply, &call(), too_late), Err(CallTooOld));
        assert_eq!(may_text(FollowUp, &call(), minute(0)), Err(NoConsent));
        let promotion = may_text(Promotion, &call(), minute(0));
        assert_eq!(promotion, Err(PromotionNeedsWriting));
    }

    #[test]
    fn later_texts_need_a_reply_or_consent() {
        let replied = |at| Evidence {
            replied_at: Some(minute(at)),
            ..call()
        };
        let verbal = Evidence {
            verbal_consent_at: Some(minute(-5000)),
            ..call()
        };
        let written = Evidence {
            written_consent_at: Some(minute(-5000)),
            ..replied(5)
        };
        for (evidence, kind, expected) in [
            (replied(5), FollowUp, Ok(Replied)),
            (replied(0), FollowUp, Ok(Replied)),
            (replied(-1), FollowUp, Err(NoConsent)),
            (replied(121), FollowUp, Err(NoConsent)),
            (replied(5), FirstReply, Ok(Replied)),
            (replied(5), Promotion, Err(PromotionNeedsWriting)),
            (verbal, FollowUp, Ok(Verbal)),
            (verbal, FirstReply, Ok(Verbal)),
            (verbal, Promotion, Err(PromotionNeedsWriting)),
            (written, FollowUp, Ok(Written)),
            (written, Promotion, Ok(Written)),
        ] {
            let basis = may_text(kind, &evidence, minute(120));
            assert_eq!(basis, expected, "{kind:?} {evidence:?}");
        }
    }

    #[test]
    fn an_opt_out_ends_it_until_consent_is_given_anew() {
        let opted_out = Evidence {
            opted_out_at: Some(minute(-60)),
            ..call()
        };
        for kind in [FirstReply, FollowUp, Promotion] {
            assert_eq!(may_text(kind, &opted_out, minute(1)), Err(OptedOut));
        }
        let replied = Evidence {
            replied_at: Some(minute(1)),
            ..opted_out
        };
        assert_eq!(may_text(FollowUp, &replied, minute(2)), Err(OptedOut));
        for (consented_at, expected) in [
            (-61, Err(OptedOut)),
            (-60, Err(OptedOut)),
            (-59, Ok(Written)),
            (3, Err(OptedOut)),
        ] {
            let evidence = Evidence {
                written_consent_at: Some(minute(consented_at)),
                ..opted_out
            };
            assert_eq!(may_text(FollowUp, &evidence, minute(2)), expected);
        }
        let said_so = Evidence {
            verbal_consent_at: Some(minute(-59)),
            ..opted_out
        };
        assert_eq!(may_text(FollowUp, &said_so, minute(2)), Ok(Verbal));
    }
}
