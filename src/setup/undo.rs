//! Puts back what runs have made or changed, as far as nobody has touched it since.

use super::apply::{Applied, AppliedLocation, Outcome};
use super::journal::{Journal, Written};
use super::plan::{Action, Change};
use super::run::{AsLocation, Setup, words_of};
use super::thing::{Kind, Thing};
use crate::api::contacts::{ContactField, ContactFilter, ContactSearch};
use crate::client::Location;
use crate::error::{ErrorKind, Result};
use crate::ids::{CustomFieldId, LocationId};

/// How many locations in a row may fail.
const AT_MOST_FAILED: usize = 5;

/// The writes of one location, newest first.
struct ToUndo {
    location: LocationId,
    writes: Vec<Written>,
}

impl AsLocation for ToUndo {
    fn location(&self) -> &LocationId {
        &self.location
    }
}

impl Setup {
    /// Puts back everything that the runs of a journal have done and that was not put back yet, newest first.
    ///
    /// What somebody has touched since is left alone ([`Outcome::Stale`]). A pipeline that was made, a stage or an option that
    /// was added, and a field that has values are for a person ([`Outcome::ByHand`]): data would go with them. A deleted
    /// thing comes back with another id. Undoing is written down too, and can be continued like a run.
    pub async fn undo(&self, journal: &Journal) -> Applied {
        let mut work: Vec<ToUndo> = Vec::new();
        for written in journal.undoable() {
            match work.iter_mut().find(|it| it.location == written.location) {
                Some(it) => it.writes.push(written),
                None => work.push(ToUndo {
                    location: written.location.clone(),
                    writes: vec![written],
                }),
            }
        }
        let undo = |work: ToUndo| async move { self.undo_one(work, journal).await };
        let missed = |work: &ToUndo, why: &str| AppliedLocation {
            location: work.location.clone(),
            name: work.location.as_str().to_owned(),
            changes: Vec::new(),
            stopped: Some(why.to_owned()),
        };
        let locations = self.over(work, AT_MOST_FAILED, undo, missed).await;
        Applied { locations }
    }

    async fn undo_one(&self, work: ToUndo, journal: &Journal) -> (AppliedLocation, bool) {
        let location = self.client.location(work.location.clone()).in_background();
        let mut by_hand = Vec::new();
        let mut changes = Vec::new();
        for written in work.writes {
            let Some(inverse) = written.inverse() else {
                continue;
            };
            match in_the_way(&location, &inverse).await {
                Ok(None) => changes.push((inverse, Some(written.number))),
                Ok(Some(why)) => by_hand.push((inverse, Outcome::ByHand(why.to_owned()))),
                Err(error) => by_hand.push((inverse, Outcome::Failed(words_of(&error)))),
            }
        }
        let name = work.location.as_str().to_owned();
        let (mut applied, failed) = self
            .carry_out(&work.location, name, changes, None, journal)
            .await;
        applied.changes.extend(by_hand);
        (applied, failed)
    }
}

/// Why a change cannot be put back by a program.
async fn in_the_way(location: &Location, inverse: &Change) -> Result<Option<&'static str>> {
    Ok(match (inverse.kind, inverse.action) {
        (Kind::Pipeline, Action::Delete) => {
            Some("a pipeline takes its opportunities along: delete it by hand, once it is empty")
        }
        (Kind::Pipeline, _) => Some("a stage may hold opportunities by now: remove it by hand"),
        (Kind::Field, Action::Change) => {
            Some("contacts may have the option by now: remove it by hand")
        }
        (Kind::Field, Action::Delete) => match &inverse.before {
            Some(field) if field.key.starts_with("contact.") => {
                match is_filled(location, field).await? {
                    true => Some("contacts have values in it by now: delete it by hand"),
                    false => None,
                }
            }
            _ => Some("opportunities may have values in it by now: delete it by hand"),
        },
        _ => None,
    })
}

/// Whether any contact has a value in a field.
async fn is_filled(location: &Location, field: &Thing) -> Result<bool> {
    let Some(id) = field
        .id
        .as_deref()
        .and_then(|id| CustomFieldId::new(id).ok())
    else {
        return Ok(false);
    };
    let mut search = ContactSearch::new(ContactFilter::exists(ContactField::custom(&id)));
    search.page_limit = 1;
    match location.contacts().search(&search).await {
        Ok(page) => Ok(!page.contacts.is_empty()),
        // The field is gone.
        Err(error) if *error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
