//! The interface for the host's own classifier, such as a language model, which may refine the classification of the rules.

use async_trait::async_trait;

use super::Reply;
use crate::secret::Private;

/// A host's own classifier, given to the engine with
/// [`EngineBuilder::reply_agent`](crate::recipes::missed_call::EngineBuilder::reply_agent). The engine asks it about every
/// reply except those that the rules settle; [`decide`] combines both answers. The agent only classifies. The recipe says
/// what follows.
///
/// ```
/// use async_trait::async_trait;
/// use gohighlevel::recipes::missed_call::reply::{AgentError, Reply, ReplyAgent};
/// use gohighlevel::secret::Private;
///
/// /// Every question is for the team.
/// struct Questions;
///
/// #[async_trait]
/// impl ReplyAgent for Questions {
///     async fn classify(&self, text: &Private<String>, rules: Reply) -> Result<Reply, AgentError> {
///         Ok(if text.contains('?') { Reply::Help } else { rules })
///     }
/// }
/// ```
#[async_trait]
pub trait ReplyAgent: Send + Sync + 'static {
    /// Classifies a text. `rules` is the result of [`classify`](super::classify); an agent without a better answer returns it.
    ///
    /// The text is a person's own words, and the agent decides where it is sent. If it is longer than 16 KiB, only its
    /// beginning is passed. After an error the classification of the rules stands. The same holds for an answer that comes
    /// too late; the future is dropped then. After a crash the engine does not ask about the same text again.
    async fn classify(&self, text: &Private<String>, rules: Reply) -> Result<Reply, AgentError>;
}

/// Why an agent gave no answer. It must not contain the text.
pub type AgentError = Box<dyn std::error::Error + Send + Sync>;

/// Combines the classification of the rules and of an agent. `agent` is `None` if it was not asked, failed, or was too late.
///
/// If the rules found an opt-out, an opt-in, a wrong number or an automatic reply ([`Reply::is_settled`]), the agent cannot
/// change that. Of these four classes an agent can only set the wrong number, because a person who says so in other words
/// must not be texted either. A doubt ([`Reply::Doubtful`]) can be turned into an opt-out or a wrong number and into nothing
/// else: that the caller may be texted is for a person to say. In all other cases the agent decides, and it may doubt.
///
/// ```
/// use gohighlevel::recipes::missed_call::reply::{Reply, decide};
///
/// assert_eq!(decide(Reply::Other, Some(Reply::Booking)), Reply::Booking);
/// assert_eq!(decide(Reply::OptOut, Some(Reply::Thanks)), Reply::OptOut);
/// assert_eq!(decide(Reply::Other, Some(Reply::WrongNumber)), Reply::WrongNumber);
/// assert_eq!(decide(Reply::Help, Some(Reply::OptOut)), Reply::Help);
/// assert_eq!(decide(Reply::Doubtful, Some(Reply::OptOut)), Reply::OptOut);
/// assert_eq!(decide(Reply::Doubtful, Some(Reply::Thanks)), Reply::Doubtful);
/// assert_eq!(decide(Reply::Help, None), Reply::Help);
/// ```
pub fn decide(rules: Reply, agent: Option<Reply>) -> Reply {
    let may_say = |agent: Reply| match rules {
        Reply::Doubtful => agent.is_opt_out(),
        _ => agent == Reply::WrongNumber || !agent.is_settled(),
    };
    match agent {
        Some(agent) if !rules.is_settled() && may_say(agent) => agent,
        _ => rules,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_cannot_change_what_the_rules_settle_and_cannot_grant_consent() {
        use Reply::{Automatic, Doubtful, OptIn, OptOut, WrongNumber};
        for rules in Reply::ALL {
            assert_eq!(decide(rules, None), rules);
            let is_settled = [OptOut, OptIn, WrongNumber, Automatic].contains(&rules);
            for agent in Reply::ALL {
                let may_say = match rules {
                    Doubtful => [OptOut, WrongNumber].contains(&agent),
                    _ => ![OptOut, OptIn, Automatic].contains(&agent),
                };
                let expected = if may_say && !is_settled { agent } else { rules };
                assert_eq!(decide(rules, Some(agent)), expected, "{rules:?} {agent:?}");
            }
        }
    }

    struct Fails;

    #[async_trait]
    impl ReplyAgent for Fails {
        async fn classify(&self, _: &Private<String>, _: Reply) -> Result<Reply, AgentError> {
            Err("no connection".into())
        }
    }

    #[tokio::test]
    async fn after_an_error_of_the_agent_the_rules_decide() {
        let agent: Box<dyn ReplyAgent> = Box::new(Fails);
        let said = agent
            .classify(&"what does it cost".into(), Reply::Help)
            .await;
        assert_eq!(decide(Reply::Help, said.ok()), Reply::Help);
    }
}
