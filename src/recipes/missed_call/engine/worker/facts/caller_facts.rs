//! What the team needs to answer a caller: the caller's last words, and where to open them.

use super::error::FactsError;
use crate::api::conversations::{Message, MessagesQuery};
use crate::client::Location;
use crate::error::Result;
use crate::message::Direction;
use crate::recipes::missed_call::core::episode::{CallerFacts, Episode};
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::engine::worker::Worker;
use crate::recipes::missed_call::engine::worker::highlevel::is_hidden;
use crate::secret::Private;

/// How many of a conversation's newest messages are looked at.
const NEWEST: u32 = 20;

impl Worker {
    /// The words are read only if the caller has written in this episode.
    pub(super) async fn caller_facts(
        &self,
        site: &LocationEntry,
        episode: &Episode,
    ) -> Result<CallerFacts, FactsError> {
        let state = episode.state();
        let last_words = match state.replied_at {
            Some(_) => last_words(&site.location.in_background(), episode).await?,
            None => None,
        };
        Ok(CallerFacts {
            last_words,
            page: Some(self.app.contact(state.location(), state.contact())),
        })
    }
}

/// The newest message of the caller that has words. `None` too where HighLevel does not show the conversation, or in a
/// form that cannot be read: the team is notified without them then.
async fn last_words(location: &Location, episode: &Episode) -> Result<Option<Private<String>>> {
    match newest_words(location, episode).await {
        Err(error) if is_hidden(&error) => Ok(None),
        read => read,
    }
}

async fn newest_words(location: &Location, episode: &Episode) -> Result<Option<Private<String>>> {
    let conversations = location.conversations();
    let state = episode.state();
    let conversation = match &state.conversation {
        Some(known) => Some(known.clone()),
        None => conversations.first_of(state.contact()).await?,
    };
    let Some(conversation) = conversation else {
        return Ok(None);
    };
    let query = MessagesQuery {
        limit: Some(NEWEST),
        ..MessagesQuery::default()
    };
    let page = conversations.messages(&conversation, &query).await?;
    let said = |message: Message| {
        let inbound = message.direction == Some(Direction::Inbound);
        let words = message.body.filter(|body| !body.trim().is_empty());
        words.filter(|_| inbound)
    };
    Ok(page.messages.into_iter().find_map(said))
}
