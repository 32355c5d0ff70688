//! The seam for a classifier of the host's own, such as a language model, which may refine what the rules made of a
//! reply.

use async_trait::async_trait;

use super::Reply;
use crate::secret::Private;

/// A host's own classifier, given to the engine with
/// [`EngineBuilder::reply_agent`](crate::recipes::missed_call::EngineBuilder::reply_agent). It is asked for everything but
/// what must not depend on it: [`decide`] says what counts. It reads, and no more: what follows is the recipe's.
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
    /// What the text means. `rules` is what [`classify`](super::classify) made of it; an agent that does not know
    /// better gives it back.
    ///
    /// The text is a person's own words and goes wherever the agent sends it; of one that is longer than 16 KiB it is the
    /// beginning. An error, whatever it is, leaves what the rules said, and so does an answer that comes too late for
    /// whoever asks: the future is dropped then. After a crash the same text is not asked about again.
    async fn classify(&self, text: &Private<String>, rules: Reply) -> Result<Reply, AgentError>;
}

/// Why an agent gave no answer. It must not hold the text.
pub type AgentError = Box<dyn std::error::Error + Send + Sync>;

/// What counts when the rules said `rules` and an agent said `agent`; `None` if it was not asked, failed, or was too
/// late.
///
/// An opt-out, an opt-in, a wrong number or an automatic answer stands as the rules found it ([`Reply::is_settled`]): an
/// agent takes none back. Of these four it makes the wrong number alone, because a person who says so in other words
/// must be left in peace, too. Anything else is the agent's.
///
/// ```
/// use gohighlevel::recipes::missed_call::reply::{Reply, decide};
///
/// assert_eq!(decide(Reply::Other, Some(Reply::Booking)), Reply::Booking);
/// assert_eq!(decide(Reply::OptOut, Some(Reply::Thanks)), Reply::OptOut);
/// assert_eq!(decide(Reply::Other, Some(Reply::WrongNumber)), Reply::WrongNumber);
/// assert_eq!(decide(Reply::Help, Some(Reply::OptOut)), Reply::Help);
/// assert_eq!(decide(Reply::Help, None), Reply::Help);
/// ```
pub fn decide(rules: Reply, agent: Option<Reply>) -> Reply {
    let may_say = |agent: Reply| agent == Reply::WrongNumber || !agent.is_settled();
    match agent {
        Some(agent) if !rules.is_settled() && may_say(agent) => agent,
        _ => rules,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_takes_back_nothing_that_the_rules_settle_and_makes_no_consent() {
        use Reply::{Automatic, OptIn, OptOut, WrongNumber};
        for rules in Reply::ALL {
            assert_eq!(decide(rules, None), rules);
            let is_settled = [OptOut, OptIn, WrongNumber, Automatic].contains(&rules);
            for agent in Reply::ALL {
                let may_say = ![OptOut, OptIn, Automatic].contains(&agent);
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
    async fn an_agent_that_fails_leaves_what_the_rules_said() {
        let agent: Box<dyn ReplyAgent> = Box::new(Fails);
        let said = agent
            .classify(&"what does it cost".into(), Reply::Help)
            .await;
        assert_eq!(decide(Reply::Help, said.ok()), Reply::Help);
    }
}
