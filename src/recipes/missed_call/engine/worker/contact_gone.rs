//! What follows when a contact is gone: it may have been merged into another one with the same number.

use super::Worker;
use crate::error::{Error, ErrorKind};
use crate::ids::ContactId;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::episode::EffectEnd;
use crate::recipes::missed_call::core::model::PersonKey;
use crate::recipes::missed_call::core::model::Reason;
use crate::recipes::missed_call::engine::base::Loaded;
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::store::{Fence, Progress, StoreError};

impl Worker {
    /// The effect's contact is gone. Once in an episode another contact with the caller's number takes its place, and
    /// the effect is begun again for that one; otherwise the effect ends.
    pub(super) async fn contact_is_gone(
        &self,
        site: &LocationEntry,
        fence: Fence,
        failures: u32,
    ) -> Result<(), Gone> {
        let end = EffectEnd::NotDone(Reason::ContactGone);
        let Some(Loaded { episode, .. }) = self.load(&fence).await? else {
            return Ok(());
        };
        let caller = episode.state().caller().filter(|_| episode.may_follow());
        let other = match caller {
            Some(caller) => other_contact(site, episode.state().contact(), caller).await?,
            None => None,
        };
        let Some(other) = other else {
            return Ok(self.end(fence, end).await?);
        };
        let person = PersonKey {
            location: episode.state().location().clone(),
            contact: other.clone(),
            number: None,
        };
        // An open episode of that contact is one for this number already.
        if self.base.store.open_episode(&person).await?.is_some() {
            return Ok(self.end(fence, end).await?);
        }
        self.go_on_with(fence, other, failures).await?;
        Ok(())
    }

    async fn go_on_with(
        &self,
        fence: Fence,
        other: ContactId,
        failures: u32,
    ) -> Result<(), StoreError> {
        self.release(fence, |episode, now| {
            // If an input came in between, the effect finds the contact gone again.
            let outputs = if episode.may_follow() {
                episode.go_on_with(other.clone())
            } else {
                Vec::new()
            };
            let progress = Progress::Waiting {
                failures,
                last_failure: None,
            };
            (outputs, progress, now)
        })
        .await
    }
}

/// What can fail on the way.
pub(super) enum Gone {
    HighLevel(Error),
    Store(StoreError),
}

impl From<StoreError> for Gone {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Error> for Gone {
    fn from(error: Error) -> Self {
        Self::HighLevel(error)
    }
}

/// Another contact than `gone` that has this number.
async fn other_contact(
    site: &LocationEntry,
    gone: &ContactId,
    number: &PhoneNumber,
) -> Result<Option<ContactId>, Error> {
    let found = site.location.contacts().find_by_phone(number).await;
    match found {
        Ok(found) => Ok(found
            .map(|contact| contact.id)
            .filter(|contact| contact != gone)),
        Err(error) if *error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
