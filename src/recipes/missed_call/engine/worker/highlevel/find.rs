//! What an attempt whose answer was lost has left behind, if HighLevel did it.

use jiff::{SignedDuration, Timestamp};

use super::matching::{Mail, same_text, same_words};
use super::{notice_email, tell_contact};
use crate::api::conversations::{ConversationSearch, Message, MessagesQuery};
use crate::api::opportunities::OpportunitySearch;
use crate::client::Location;
use crate::error::{Error, ErrorKind, Result, UnauthorizedReason};
use crate::ids::{ContactId, ConversationId, MessageId};
use crate::message::{Direction, MessageType};
use crate::recipes::missed_call::core::episode::EpisodeState;
use crate::recipes::missed_call::core::model::{Intent, NoticeTo};
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::store::Before;

/// How far apart the clocks of HighLevel's own servers may be: one answers, another dates a request.
const SERVERS_APART: SignedDuration = SignedDuration::from_secs(30);
/// How wrong this machine's clock may have been when an older release wrote down an attempt.
const CLOCK_DRIFT: SignedDuration = SignedDuration::from_mins(2);
/// How many pages of a conversation are read where no time says which messages are too old.
const MOST_PAGES: usize = 3;
/// How many messages that look the same are remembered.
const MOST_ALIKE: usize = 100;

/// Something that an attempt left behind.
pub(in super::super) struct Found {
    pub(in super::super) reference: String,
    pub(in super::super) at: Option<Timestamp>,
}

/// Something that looks like it, and the id that no other has: of an e-mail that is the e-mail's, not that of the message
/// that holds a thread of them.
struct Alike {
    id: String,
    found: Found,
}

impl Alike {
    fn new(id: impl ToString, at: Option<Timestamp>) -> Self {
        let reference = id.to_string();
        Self {
            id: reference.clone(),
            found: Found { reference, at },
        }
    }
}

/// What distinguishes the trace of an attempt that is about to begin from what is there already. Where HighLevel's answers
/// give its time (`earliest`), nothing has to be asked.
pub(in super::super) async fn before(
    site: &LocationEntry,
    episode: &EpisodeState,
    intent: &Intent,
    earliest: Option<Timestamp>,
) -> Result<Before> {
    if intent.is_repeatable() || !intent.is_recognised_by_its_text() {
        return Ok(Before::NotKnown);
    }
    if let Some(earliest) = earliest {
        return Ok(Before::Since(earliest));
    }
    let others = left_by([episode]);
    match alike(site, episode, intent, None, &others, MOST_ALIKE).await {
        Ok(alike) => Ok(Before::Without(
            alike.into_iter().map(|alike| alike.id).collect(),
        )),
        Err(error) if is_hidden(&error) => Ok(Before::NotKnown),
        Err(error) => Err(error),
    }
}

/// Looks for what an attempt may have left behind. `newer` is the caller's latest episode, if it is another one: it may have
/// sent the same text since.
pub(in super::super) async fn find(
    site: &LocationEntry,
    episode: &EpisodeState,
    newer: Option<&EpisodeState>,
    intent: &Intent,
    began_at: Timestamp,
    before: &Before,
) -> Result<Option<Found>> {
    let (since, older) = match before {
        Before::Since(since) => (Some(earlier(*since, SERVERS_APART)), &[][..]),
        Before::Without(older) => (None, older.as_slice()),
        // The call is dated by HighLevel, mostly, and no attempt is older.
        Before::NotKnown => {
            let since = began_at.min(episode.call_ended_at);
            (Some(earlier(since, CLOCK_DRIFT)), &[][..])
        }
    };
    let others = left_by([episode].into_iter().chain(newer));
    let alike = alike(site, episode, intent, since, &others, older.len() + 1).await?;
    let mut new = alike.into_iter().filter(|alike| !older.contains(&alike.id));
    Ok(new.next().map(|alike| alike.found))
}

fn earlier(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

/// The ids of what steps of these episodes have left behind.
fn left_by<'e>(episodes: impl IntoIterator<Item = &'e EpisodeState>) -> Vec<&'e str> {
    let references = episodes
        .into_iter()
        .flat_map(|episode| episode.references.values());
    references.map(String::as_str).collect()
}

/// Up to `most` of what is there and looks like what was to be done, the newest first, as far as it is not older than
/// `since`. What other steps have left behind does not count.
async fn alike(
    site: &LocationEntry,
    episode: &EpisodeState,
    intent: &Intent,
    since: Option<Timestamp>,
    others: &[&str],
    most: usize,
) -> Result<Vec<Alike>> {
    let contact = episode.contact();
    let background = site.location.in_background();
    let messages = |location, contact, conversation| Messages {
        location,
        contact,
        conversation,
        since,
        others,
        most,
    };
    let is_of_another = |id: &str| others.contains(&id);
    let known = episode.conversation.as_ref();
    Ok(match intent {
        Intent::Text { body, .. } => {
            let text = Sought::Text(body.as_str());
            messages(&site.location, contact, known).find(text).await?
        }
        Intent::Email { subject, html, .. } => {
            let mail = Sought::Email(Mail::new(subject, html));
            messages(&background, contact, known).find(mail).await?
        }
        Intent::Notify { to, title, body } => match to {
            NoticeTo::Host => Vec::new(),
            NoticeTo::Text(contact) => {
                let text = tell_contact(title, body);
                let text = Sought::Text(&text);
                messages(&background, contact, None).find(text).await?
            }
            NoticeTo::Email(contact) => {
                let sent = notice_email(contact.clone(), title, body);
                let mail = Sought::Email(Mail::new(&sent.subject, &sent.html));
                messages(&background, contact, None).find(mail).await?
            }
        },
        Intent::Task { title, due, .. } => {
            let tasks = background.tasks().list(contact).await?;
            // The due time is the call's or the cause's, so no other task of this person has it.
            let same = |task: &&crate::api::tasks::Task| {
                task.title.as_deref().is_some_and(|found| found == title)
                    && task.due_date.is_some_and(|found| {
                        found.duration_since(*due).abs() < SignedDuration::from_secs(1)
                    })
                    && !is_of_another(task.id.as_str())
            };
            let same = tasks.iter().filter(same);
            same.map(|task| Alike::new(&task.id, None)).collect()
        }
        Intent::Note { body } => {
            let notes = background.notes().list(contact).await?;
            let ours = |note: &&crate::api::notes::Note| {
                note.body
                    .as_deref()
                    .is_some_and(|found| same_words(body, found))
                    && is_since(note.date_added, since)
                    && !is_of_another(note.id.as_str())
            };
            let ours = notes.iter().filter(ours);
            ours.map(|note| Alike::new(&note.id, note.date_added))
                .collect()
        }
        Intent::Stage { pipeline, .. } => {
            let search = OpportunitySearch {
                contact_id: Some(contact.clone()),
                pipeline_id: Some(pipeline.clone()),
                ..OpportunitySearch::default()
            };
            // There was none before, or it would have been moved.
            let found = background.opportunities().search(&search).await?;
            let found = found.opportunities.iter();
            found.map(|found| Alike::new(&found.id, None)).collect()
        }
        // Doing these again does no harm, or nothing shows whether they were done; they are not looked for.
        Intent::Tag { .. }
        | Intent::Untag { .. }
        | Intent::CompleteTask { .. }
        | Intent::DoNotDisturb
        | Intent::Fields { .. }
        | Intent::Workflow { .. }
        | Intent::Assign { .. }
        | Intent::Record { .. } => Vec::new(),
    })
}

/// What has no date may be new: to take an older one for the trace is better than to do it twice.
fn is_since(at: Option<Timestamp>, since: Option<Timestamp>) -> bool {
    at.zip(since).is_none_or(|(at, since)| at >= since)
}

/// Whether an error says that HighLevel does not show it to us, or in a form that cannot be read.
pub(in super::super) fn is_hidden(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::Forbidden
            | ErrorKind::Unauthorized(UnauthorizedReason::MissingScope)
            | ErrorKind::Decode { .. }
    )
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
    since: Option<Timestamp>,
    /// What other steps have left behind. None of it is what is looked for.
    others: &'a [&'a str],
    /// How many are looked for.
    most: usize,
}

impl Messages<'_> {
    async fn find(&self, sought: Sought<'_>) -> Result<Vec<Alike>> {
        let mut conversations: Vec<ConversationId> =
            self.conversation.into_iter().cloned().collect();
        let search = ConversationSearch::with_contact(self.contact.clone());
        let found = self.location.conversations().search(&search).await?;
        let found = found.conversations.into_iter().map(|found| found.id);
        conversations.extend(found.filter(|found| Some(found) != self.conversation));
        let mut alike = Vec::new();
        for conversation in conversations {
            self.find_in(&conversation, &sought, &mut alike).await?;
            if alike.len() >= self.most {
                break;
            }
        }
        Ok(alike)
    }

    async fn find_in(
        &self,
        conversation: &ConversationId,
        sought: &Sought<'_>,
        alike: &mut Vec<Alike>,
    ) -> Result<()> {
        let mut query = MessagesQuery {
            limit: Some(100),
            ..MessagesQuery::default()
        };
        let mut pages = 0;
        loop {
            let page = match self
                .location
                .conversations()
                .messages(conversation, &query)
                .await
            {
                Ok(page) => page,
                // A conversation can be deleted and begun again; the search has the new one.
                Err(error) if *error.kind() == ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error),
            };
            for message in &page.messages {
                if message.direction == Some(Direction::Outbound)
                    && is_since(message.date_added, self.since)
                {
                    self.look_at(message, sought, alike).await?;
                    if alike.len() >= self.most {
                        return Ok(());
                    }
                }
            }
            pages += 1;
            let mut dated = page.messages.iter();
            let older = dated.any(|message| !is_since(message.date_added, self.since));
            let is_last = older || (self.since.is_none() && pages == MOST_PAGES);
            match page.next() {
                Some(next) if !is_last && query.after.as_ref() != Some(next) => {
                    query.after = Some(next.clone())
                }
                _ => return Ok(()),
            }
        }
    }

    async fn look_at(
        &self,
        message: &Message,
        sought: &Sought<'_>,
        alike: &mut Vec<Alike>,
    ) -> Result<()> {
        let others = self.others.iter();
        let of_others = others.filter(|id| **id == message.id.as_str()).count();
        let this = Alike::new(&message.id, message.date_added);
        match sought {
            Sought::Text(body) => {
                let found = message.body.as_deref();
                if of_others == 0 && found.is_some_and(|found| same_text(body, found)) {
                    alike.push(this);
                }
            }
            Sought::Email(_) if message.message_type != Some(MessageType::Email) => {}
            Sought::Email(_) if message.email_message_ids.is_empty() => {
                if of_others == 0 {
                    alike.push(this);
                }
            }
            Sought::Email(mail) => {
                // One message can hold the e-mails of several steps, the oldest first.
                for id in message.email_message_ids.iter().skip(of_others) {
                    if self.is_this_email(id, mail).await? {
                        let id = id.to_string();
                        let found = Found {
                            reference: message.id.to_string(),
                            at: message.date_added,
                        };
                        alike.push(Alike { id, found });
                    }
                }
            }
        }
        Ok(())
    }

    /// Where HighLevel does not show the e-mail, its kind and its time alone tell, so that none goes out twice.
    async fn is_this_email(&self, id: &MessageId, mail: &Mail) -> Result<bool> {
        match self.location.conversations().email(id).await {
            Ok(found) => Ok(found.direction != Some(Direction::Inbound)
                && is_since(found.date_added, self.since)
                && mail.may_be(found.subject.as_deref(), found.body.as_deref())),
            Err(error) if is_hidden(&error) => Ok(true),
            Err(error) => Err(error),
        }
    }
}
