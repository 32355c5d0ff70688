//! The host's own classifier is asked about a stored reply, and its answer is given to the episode.

use std::time::Duration;

use super::Worker;
use crate::recipes::missed_call::core::episode::Input;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::core::reply::{Reply, decide};
use crate::recipes::missed_call::engine::commit_parts::{subjects, suppressions};
use crate::recipes::missed_call::engine::reply_queue::ReplyQuestion;
use crate::recipes::missed_call::engine::update::{StoreFailures, Updated};
use crate::recipes::missed_call::store::StoreError;

impl Worker {
    /// Asks the agent, and gives the episode what counts then.
    pub(super) async fn ask(&self, question: ReplyQuestion) {
        let Some(agent) = &self.replies.agent else {
            return;
        };
        let left = question.until.duration_since(self.base.now());
        let left = Duration::try_from(left).unwrap_or_default();
        if left.is_zero() {
            // It was too late before it began; the episode wakes by itself.
            return;
        }
        let answer = tokio::select! {
            biased;
            answer = agent.classify(&question.text, question.rules) => answer.ok(),
            () = self.base.clock.sleep(left) => None,
        };
        if answer.is_none() {
            // The agent's own words are not logged: they may be the caller's.
            tracing::warn!(
                message = %question.message,
                "the agent did not say what a reply asks for; it is what the rules say"
            );
        }
        let reply = decide(question.rules, answer);
        if let Err(error) = self.classified(&question, reply).await {
            tracing::error!(
                message = %question.message,
                error = &error as &dyn std::error::Error,
                "what a reply asks for could not be stored; it will be what the rules say"
            );
        }
    }

    async fn classified(&self, question: &ReplyQuestion, reply: Reply) -> Result<(), StoreError> {
        let input = Input::ReplyClassified {
            message: question.message.clone(),
            reply,
        };
        let failures = StoreFailures::Return;
        let updated = self
            .base
            .update(&question.episode, failures, |episode, commit, now| {
                let mut outputs = episode.handle(&input, now);
                // A doubt of the rules is kept already, and may be decided by now.
                let is_new_doubt = reply == Reply::Doubtful && question.rules != reply;
                if outputs.is_empty() && !reply.is_opt_out() && !is_new_doubt {
                    // It is decided already, or the episode was closed. An opt-out or a doubt counts all the same.
                    return None;
                }
                if reply.is_opt_out() {
                    let (person, reason) = (&question.person, Reason::OptedOut);
                    let subjects = subjects(person, Some(episode));
                    commit.suppressions = suppressions(person, subjects, &reason, true);
                    let opted_out = Input::OptedOut {
                        reason,
                        unconfirmed_since: question.in_words.then_some(person.at),
                    };
                    outputs.extend(episode.handle(&opted_out, now));
                }
                if is_new_doubt {
                    let (person, reason) = (&question.person, Reason::Doubtful);
                    let subjects = subjects(person, Some(episode));
                    commit.suppressions = suppressions(person, subjects, &reason, true);
                    let message = Some(question.message.clone());
                    outputs.extend(episode.handle(&Input::Doubted { message }, now));
                }
                Some(outputs)
            })
            .await?;
        if let Updated::Written(()) = updated.or_contested("commit what a reply asks for")? {
            self.base.wake_up.notify_one();
        }
        Ok(())
    }
}
