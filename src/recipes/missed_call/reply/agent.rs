//! The seam for a classifier of the host's own, such as a language model, which may refine what the rules made of a
//! reply.

use async_trait::async_trait;

use super::Reply;
use crate::secret::Private;

/// A host's own classifier. It is asked for everything but what must not depend on it: [`decide`] says what counts.
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
    /// The text is a person's own words and goes wherever the agent sends it. An error, whatever it is, leaves what the
    /// rules said, and so does an answer that comes too late for whoever asks.
    async fn classify(&self, text: &Private<String>, rules: Reply) -> Result<Reply, AgentError>;
}

/// Why an agent gave no answer. It must not hold the text.
pub type AgentError = Box<dyn std::error::Error + Send + Sync>;

/// What counts when the rules said `rules` and an agent said `agent`; `None` if it was not asked, failed, or was too
/// late.
///
/// An opt-out, an opt-in or a wrong number stands by the rules alone ([`Reply::is_settled`]): an agent neither takes
/// one back nor makes one. Anything else is the agent's.
///
/// ```
/// use gohighlevel::recipes::missed_call::reply::{Reply, decide};
///
/// assert_eq!(decide(Reply::Other, Some(Reply::Booking)), Reply::Booking);
/// assert_eq!(decide(Reply::OptOut, Some(Reply::Thanks)), Reply::OptOut);
/// assert_eq!(decide(Reply::Help, Some(Reply::OptOut)), Reply::Help);
/// assert_eq!(decide(Reply::Help, None), Reply::Help);
/// ```
pub fn decide(rules: Reply, agent: Option<Reply>) -> Reply {
    match agent {
        Some(agent) if !rules.is_settled() && !agent.is_settled() => agent,
        _ => rules,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_neither_makes_nor_takes_back_what_the_rules_settle() {
        use Reply::{OptIn, OptOut, WrongNumber};
        for rules in Reply::ALL {
            assert_eq!(decide(rules, None), rules);
            for agent in Reply::ALL {
                let decided = decide(rules, Some(agent));
                for settled in [OptOut, OptIn, WrongNumber] {
                    assert_eq!(decided == settled, rules == settled, "{rules:?} {agent:?}");
                }
                if !rules.is_settled() && !agent.is_settled() {
                    assert_eq!(decided, agent);
                }
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
