//! The user that a task or a contact is given to: what a recipe's assignment means right now.

use super::error::{FactsError, of_contact};
use crate::client::Location;
use crate::error::{Error, ErrorKind};
use crate::ids::UserId;
use crate::recipes::missed_call::core::episode::Episode;
use crate::recipes::missed_call::core::recipe::Assignee;
use crate::recipes::missed_call::engine::locations::LocationEntry;

/// The owner that a contact is given; nobody if it has one.
pub(super) async fn new_owner(
    site: &LocationEntry,
    episode: &Episode,
    assignee: &Assignee,
) -> Result<Option<UserId>, FactsError> {
    let location = site.location.in_background();
    let contact = location.contacts().get(episode.state().contact()).await;
    match contact.map_err(of_contact)?.assigned_to {
        Some(_) => Ok(None),
        None => user(site, episode, assignee).await,
    }
}

/// The user that `assignee` means.
pub(super) async fn user(
    site: &LocationEntry,
    episode: &Episode,
    assignee: &Assignee,
) -> Result<Option<UserId>, FactsError> {
    let location = site.location.in_background();
    Ok(match assignee {
        Assignee::Nobody => None,
        Assignee::User(user) => Some(user.clone()),
        Assignee::ContactOwner => {
            let contact = location.contacts().get(episode.state().contact()).await;
            match contact.map_err(of_contact) {
                Err(FactsError::HighLevel(error)) if stays(&error) => to_nobody(&location, &error),
                contact => contact?.assigned_to,
            }
        }
        Assignee::UserEmail(email) => {
            let users = match location.users().list().await {
                Err(error) if stays(&error) => return Ok(to_nobody(&location, &error)),
                users => users?,
            };
            let has_address = |address: &str| address.eq_ignore_ascii_case(email);
            users
                .into_iter()
                .find(|user| {
                    user.email
                        .as_deref()
                        .is_some_and(|address| has_address(address))
                })
                .map(|user| user.id)
        }
    })
}

/// Whether asking again would give the same error, and the task itself need not fail with it.
fn stays(error: &Error) -> bool {
    let whole_location = error.kind().may_mean_the_token()
        || matches!(error.kind(), ErrorKind::Config | ErrorKind::LocationPaused);
    !error.is_retryable() && !whole_location
}

/// The team needs the task more than it needs an owner.
fn to_nobody(location: &Location, error: &Error) -> Option<UserId> {
    tracing::warn!(location = %location.id(), %error, "it cannot be found out whose the task is; it goes to nobody");
    None
}
