//! What an attempt whose answer was lost has left behind, if HighLevel did it.

use jiff::{SignedDuration, Timestamp};

use super::tell_contact;
use crate::api::conversations::{ConversationSearch, Message, MessagesQuery};
use crate::api::opportunities::OpportunitySearch;
use crate::client::Location;
use crate::error::{ErrorKind, Result};
use crate::ids::{ContactId, ConversationId};
use crate::message::{Direction, MessageType};
use crate::recipes::missed_call::episode::{EpisodeState, Intent, NoticeTo};
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
    let known = episode.conversation.as_ref();
    match intent {
        Intent::Text { body, .. } => {
            let ours = |message: &Message| is_text(message, body);
            find_message(&site.location, contact, known, since, ours).await
        }
        // HighLevel shows neither the subject nor a body that could be known again, so any e-mail since then counts.
        Intent::Email { .. } => find_message(&background, contact, known, since, is_email).await,
        Intent::Notify { to, title, body } => match to {
            NoticeTo::Host => Ok(None),
            NoticeTo::Text(contact) => {
                let text = tell_contact(title, body);
                let ours = |message: &Message| is_text(message, &text);
                find_message(&background, contact, None, since, ours).await
            }
            NoticeTo::Email(contact) => {
                find_message(&background, contact, None, since, is_email).await
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

fn is_text(message: &Message, body: &str) -> bool {
    message
        .body
        .as_deref()
        .is_some_and(|found| same_text(body, found))
}

fn is_email(message: &Message) -> bool {
    message.message_type == Some(MessageType::Email)
}

/// The message of ours to this contact since then. `known` is a conversation to look into first.
async fn find_message(
    location: &Location,
    contact: &ContactId,
    known: Option<&ConversationId>,
    since: Timestamp,
    is_it: impl Fn(&Message) -> bool,
) -> Result<Option<Found>> {
    let mut conversations: Vec<ConversationId> = known.into_iter().cloned().collect();
    let search = ConversationSearch::with_contact(contact.clone());
    let found = location.conversations().search(&search).await?;
    conversations.extend(
        found
            .conversations
            .into_iter()
            .map(|conversation| conversation.id),
    );
    conversations.dedup();
    for conversation in conversations {
        let mut query = MessagesQuery {
            limit: Some(100),
            ..MessagesQuery::default()
        };
        loop {
            let page = match location
                .conversations()
                .messages(&conversation, &query)
                .await
            {
                Ok(page) => page,
                // A conversation can be deleted and begun anew; the search has the new one.
                Err(error) if *error.kind() == ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            };
            let ours = |message: &&Message| {
                message.direction == Some(Direction::Outbound)
                    && is_it(message)
                    && message.date_added.is_none_or(|at| at >= since)
            };
            if let Some(message) = page.messages.iter().find(ours) {
                return Ok(Some(Found {
                    reference: message.id.to_string(),
                    at: message.date_added,
                }));
            }
            let older = page
                .messages
                .iter()
                .any(|message| message.date_added.is_some_and(|at| at < since));
            match page.next() {
                Some(next) if !older && query.after.as_ref() != Some(next) => {
                    query.after = Some(next.clone())
                }
                _ => break,
            }
        }
    }
    Ok(None)
}

/// Whether `found` is what became of `sent` on its way. HighLevel may append its own opt-out or sender line, put its
/// own link in the place of ours, and set white space as it likes; so the words before the first link count, and the
/// whole text where those are too few to know it by.
fn same_text(sent: &str, found: &str) -> bool {
    const ENOUGH: usize = 12;
    let (sent, found) = (words(sent), words(found));
    let before_link = sent.find("http").map_or(&*sent, |at| sent[..at].trim_end());
    let known_by = if before_link.chars().count() >= ENOUGH {
        before_link
    } else {
        &sent
    };
    found.starts_with(known_by)
}

/// Whether a note is ours: HighLevel may keep it as HTML.
fn same_words(written: &str, found: &str) -> bool {
    let mut plain = String::new();
    let mut in_tag = false;
    for character in found.chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                plain.push(' ');
            }
            _ if in_tag => {}
            _ => plain.push(character),
        }
    }
    words(written) == words(&plain)
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_again_after_what_highlevel_does_to_it() {
        let sent =
            "Hi Ana, Soleil here. Sorry we missed you! https://a.example/x Reply STOP to opt out.";
        for found in [
            sent,
            " Hi Ana, Soleil here.  Sorry we\nmissed you! https://a.example/x Reply STOP to opt out. ",
            "Hi Ana, Soleil here. Sorry we missed you! https://a.example/x Reply STOP to opt out. Thanks, Soleil",
            "Hi Ana, Soleil here. Sorry we missed you! https://lnk.example/8f Reply STOP to opt out.",
        ] {
            assert!(same_text(sent, found), "{found}");
        }
        for found in [
            "",
            "Hi Ana, we are open until six.",
            "Hi Ben, Soleil here. Sorry we missed you!",
        ] {
            assert!(!same_text(sent, found), "{found}");
        }
        assert!(same_text("https://a.example/x", "https://a.example/x"));
        assert!(!same_text("https://a.example/x", "https://b.example/y"));
    }
}
