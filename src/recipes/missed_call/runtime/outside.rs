//! The one place where an intent meets HighLevel: doing it, and finding out whether it was done.
//!
//! What must not be done twice is sent without retries: before each attempt the episode is asked again.

use jiff::{SignedDuration, Timestamp};

use super::Site;
use crate::api::conversations::{ConversationSearch, MessagesQuery, OutgoingSms};
use crate::api::tags::TagName;
use crate::api::tasks::NewTask;
use crate::client::Location;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::ConversationId;
use crate::message::Direction;
use crate::recipes::missed_call::episode::{EpisodeState, Intent};

/// How far HighLevel's clock may be behind ours.
const CLOCK_DRIFT: SignedDuration = SignedDuration::from_mins(2);

/// Does what `intent` says through `location`, and returns the id of what came of it. What must not be done twice goes
/// through a location that has [reserved](Location::reserve) its place, so that nothing comes between the decision and
/// the deed.
pub(super) async fn perform(
    location: &Location,
    episode: &EpisodeState,
    intent: &Intent,
) -> Result<Option<String>> {
    let contact = episode.contact();
    match intent {
        Intent::Text { body, from, to, .. } => {
            let mut sms = OutgoingSms::new(contact.clone(), body.clone());
            sms.from_number = from.clone();
            sms.to_number = to.clone();
            let sent = location.conversations().send_sms(&sms).await?;
            Ok(Some(sent.message_id.to_string()))
        }
        Intent::Tag { name } => {
            let tag = TagName::new(name)
                .map_err(|error| Error::config("contact_tags.add", error.to_string()))?;
            location.contact_tags().add(contact, &[tag]).await?;
            Ok(None)
        }
        Intent::Task {
            title,
            body,
            due,
            assignee,
        } => {
            let mut task = NewTask::new(title.as_str(), *due);
            task.body = Some(body.clone());
            task.assigned_to = assignee.clone();
            let created = match location.tasks().create(contact, &task).await {
                // The user may have left. The team needs the task more than it needs an owner.
                Err(error) if task.assigned_to.is_some() && is_refusal(&error) => {
                    tracing::warn!(location = %location.id(), %error, "the task's assignee is refused; it goes to nobody");
                    task.assigned_to = None;
                    let location = location.reserve().await?;
                    location.tasks().create(contact, &task).await?
                }
                created => created?,
            };
            Ok(Some(created.id.to_string()))
        }
    }
}

fn is_refusal(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Validation { .. } | ErrorKind::Refused
    )
}

/// Something that an attempt left behind.
pub(super) struct Found {
    pub(super) reference: String,
    pub(super) at: Option<Timestamp>,
}

/// Looks for what an attempt that began at `began_at` may have left behind.
pub(super) async fn find(
    site: &Site,
    episode: &EpisodeState,
    intent: &Intent,
    began_at: Timestamp,
) -> Result<Option<Found>> {
    match intent {
        Intent::Text { body, .. } => {
            let since = began_at
                .saturating_sub(CLOCK_DRIFT)
                .unwrap_or(Timestamp::MIN);
            find_text(site, episode, body, since).await
        }
        // Adding a tag again does no harm, so nobody looks for it.
        Intent::Tag { .. } => Ok(None),
        Intent::Task { title, due, .. } => {
            let tasks = site
                .location
                .in_background()
                .tasks()
                .list(episode.contact())
                .await?;
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
    }
}

async fn find_text(
    site: &Site,
    episode: &EpisodeState,
    body: &str,
    since: Timestamp,
) -> Result<Option<Found>> {
    let mut conversations: Vec<ConversationId> = episode.conversation.iter().cloned().collect();
    let search = ConversationSearch::with_contact(episode.contact().clone());
    let found = site.location.conversations().search(&search).await?;
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
            let page = match site
                .location
                .conversations()
                .messages(&conversation, &query)
                .await
            {
                Ok(page) => page,
                // A conversation can be deleted and begun anew; the search has the new one.
                Err(error) if *error.kind() == ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            };
            let ours = |message: &&crate::api::conversations::Message| {
                message.direction == Some(Direction::Outbound)
                    && message
                        .body
                        .as_deref()
                        .is_some_and(|found| same_text(body, found))
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
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (sent, found) = (words(sent), words(found));
    let before_link = sent.find("http").map_or(&*sent, |at| sent[..at].trim_end());
    let known_by = if before_link.chars().count() >= ENOUGH {
        before_link
    } else {
        &sent
    };
    found.starts_with(known_by)
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
