//! What an attempt whose answer was lost has left behind, if HighLevel did it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::known_again::{Mail, same_text, same_words};
use super::{notice_email, tell_contact};
use crate::api::conversations::{ConversationSearch, Message, MessagesQuery};
use crate::api::opportunities::OpportunitySearch;
use crate::client::Location;
use crate::error::{ErrorKind, Result, UnauthorizedReason};
use crate::ids::{ContactId, ConversationId, MessageId};
use crate::message::{Direction, MessageType};
use crate::recipes::missed_call::episode::{EpisodeState, Intent, NoticeTo, StepName};
use crate::recipes::missed_call::runtime::Site;

/// How far HighLevel's clock may be behind ours.
const CLOCK_DRIFT: SignedDuration = SignedDuration::from_mins(2);

/// Something that an attempt left behind.
pub(in crate::recipes::missed_call::runtime) struct Found {
    pub(in crate::recipes::missed_call::runtime) reference: String,
    pub(in crate::recipes::missed_call::runtime) at: Option<Timestamp>,
}

/// Looks for what an attempt that began at `began_at` may have left behind.
pub(in crate::recipes::missed_call::runtime) async fn find(
    site: &Site,
    episode: &EpisodeState,
    intent: &Intent,
    began_at: Timestamp,
) -> Result<Option<Found>> {
    let contact = episode.contact();
    let background = site.location.in_background();
    let since = began_at
        .saturating_sub(CLOCK_DRIFT)
        .unwrap_or(Timestamp::MIN);
    let messages = |location, contact, conversation| Messages {
        location,
        contact,
        conversation,
        since,
        others: &episode.references,
    };
    let known = episode.conversation.as_ref();
    match intent {
        Intent::Text { body, .. } => {
            let text = Sought::Text(body.as_str());
            messages(&site.location, contact, known).find(text).await
        }
        Intent::Email { subject, html, .. } => {
            let mail = Sought::Email(Mail::new(subject, html));
            messages(&background, contact, known).find(mail).await
        }
        Intent::Notify { to, title, body } => match to {
            NoticeTo::Host => Ok(None),
            NoticeTo::Text(contact) => {
                let text = tell_contact(title, body);
                let text = Sought::Text(&text);
                messages(&background, contact, None).find(text).await
            }
            NoticeTo::Email(contact) => {
                let sent = notice_email(contact.clone(), title, body);
                let mail = Sought::Email(Mail::new(&sent.subject, &sent.html));
                messages(&background, contact, None).find(mail).await
            }
        },
        Intent::Task { title, due, .. } => {
            let tasks = background.tasks().list(contact).await?;
            let same = |task: &&crate::api::tasks::Task| {
                task.title.as_deref().is_some_and(|found| found == title)
                    && task.due_date.is_some_and(|found| {
                        found.duration_since(*due).abs() < SignedDuration::from_secs(1)
                    })
            };
            Ok(tasks.iter().find(same).map(|task| Found {
                reference: task.id.to_string(),
                at: None,
            }))
        }
        Intent::Note { body } => {
            let notes = background.notes().list(contact).await?;
            let ours = |note: &&crate::api::notes::Note| {
                note.body
                    .as_deref()
                    .is_some_and(|found| same_words(body, found))
                    && note.date_added.is_none_or(|at| at >= since)
            };
            Ok(notes.iter().find(ours).map(|note| Found {
                reference: note.id.to_string(),
                at: note.date_added,
            }))
        }
        Intent::Stage { pipeline, .. } => {
            let search = OpportunitySearch {
                contact_id: Some(contact.clone()),
                pipeline_id: Some(pipeline.clone()),
                ..OpportunitySearch::default()
            };
            let found = background.opportunities().search(&search).await?;
            Ok(found.opportunities.first().map(|found| Found {
                reference: found.id.to_string(),
                at: None,
            }))
        }
        // Doing these again does no harm, or nothing tells whether they were done; nobody looks for them.
        Intent::Tag { .. }
        | Intent::Untag { .. }
        | Intent::CompleteTask { .. }
        | Intent::DoNotDisturb
        | Intent::Fields { .. }
        | Intent::Workflow { .. }
        | Intent::Assign { .. }
        | Intent::Record { .. } => Ok(None),
    }
}

/// What is looked for among a contact's messages.
enum Sought<'a> {
    Text(&'a str),
    Email(Mail),
}

/// The messages of ours to a contact since then.
struct Messages<'a> {
    location: &'a Location,
    contact: &'a ContactId,
    /// A conversation to look into first.
    conversation: Option<&'a ConversationId>,
    since: Timestamp,
    /// What other steps of this episode have left behind. None of it is what is looked for.
    others: &'a BTreeMap<StepName, String>,
}

impl Messages<'_> {
    async fn find(&self, sought: Sought<'_>) -> Result<Option<Found>> {
        let mut conversations: Vec<ConversationId> =
            self.conversation.into_iter().cloned().collect();
        let search = ConversationSearch::with_contact(self.contact.clone());
        let found = self.location.conversations().search(&search).await?;
        conversations.extend(
            found
                .conversations
                .into_iter()
                .map(|conversation| conversation.id),
        );
        conversations.dedup();
        for conversation in conversations {
            let found = self.find_in(&conversation, &sought).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    async fn find_in(
        &self,
        conversation: &ConversationId,
        sought: &Sought<'_>,
    ) -> Result<Option<Found>> {
        let mut query = MessagesQuery {
            limit: Some(100),
            ..MessagesQuery::default()
        };
        loop {
            let page = match self
                .location
                .conversations()
                .messages(conversation, &query)
                .await
            {
                Ok(page) => page,
                // A conversation can be deleted and begun anew; the search has the new one.
                Err(error) if *error.kind() == ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            };
            for message in &page.messages {
                if message.direction == Some(Direction::Outbound)
                    && message.date_added.is_none_or(|at| at >= self.since)
                    && self.is_it(message, sought).await?
                {
                    return Ok(Some(Found {
                        reference: message.id.to_string(),
                        at: message.date_added,
                    }));
                }
            }
            let older = page
                .messages
                .iter()
                .any(|message| message.date_added.is_some_and(|at| at < self.since));
            match page.next() {
                Some(next) if !older && query.after.as_ref() != Some(next) => {
                    query.after = Some(next.clone())
                }
                _ => return Ok(None),
            }
        }
    }

    async fn is_it(&self, message: &Message, sought: &Sought<'_>) -> Result<bool> {
        let others = self.others.values();
        let of_others = others.filter(|id| *id == message.id.as_str()).count();
        match sought {
            Sought::Text(body) => {
                let found = message.body.as_deref();
                Ok(of_others == 0 && found.is_some_and(|found| same_text(body, found)))
            }
            Sought::Email(mail) => {
                if message.message_type != Some(MessageType::Email) {
                    return Ok(false);
                }
                if message.email_message_ids.is_empty() {
                    return Ok(of_others == 0);
                }
                // One message can hold the e-mails of several steps, the oldest first.
                for id in message.email_message_ids.iter().skip(of_others) {
                    if self.is_this_email(id, mail).await? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    /// Where HighLevel does not show the e-mail, its kind and its time alone tell, so that none goes out twice.
    async fn is_this_email(&self, id: &MessageId, mail: &Mail) -> Result<bool> {
        match self.location.conversations().email(id).await {
            Ok(found) => Ok(found.direction != Some(Direction::Inbound)
                && found.date_added.is_none_or(|at| at >= self.since)
                && mail.may_be(found.subject.as_deref(), found.body.as_deref())),
            Err(error) => match error.kind() {
                ErrorKind::NotFound
                | ErrorKind::Forbidden
                | ErrorKind::Unauthorized(UnauthorizedReason::MissingScope)
                | ErrorKind::Decode { .. } => Ok(true),
                _ => Err(error),
            },
        }
    }
}
