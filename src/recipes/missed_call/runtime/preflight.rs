//! Asks each location whether it has what its recipe needs, before the first call comes in.

use super::facts::{Needs, custom_values};
use super::{Engine, Site};
use crate::error::{Error, Result};
use crate::ids::LocationId;
use crate::recipes::missed_call::recipe::{Assignee, LocationFacts, RecipeError};

/// Why a location is not known to be ready.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreflightError {
    /// The location lacks something that the recipe needs. Texts would fail; correct it first.
    #[error("location {location} is not ready for its recipe: {problems}")]
    NotReady {
        /// The location.
        location: LocationId,
        /// What is wrong, by file, line and key.
        problems: RecipeError,
    },
    /// HighLevel could not be asked. It may be down for a moment: go on and take webhooks, or they are lost.
    #[error("location {location} could not be checked: {error}")]
    NotChecked {
        /// The location.
        location: LocationId,
        /// What went wrong.
        #[source]
        error: Error,
    },
}

impl Engine {
    /// Reads of each location what its recipe needs (custom values, name, users), and says where something is amiss: there
    /// or in the engine's own set-up.
    /// An empty list means that all is well.
    pub async fn preflight(&self) -> Vec<PreflightError> {
        let mut errors = Vec::new();
        let mut sites: Vec<&Site> = self.shared.sites.values().collect();
        sites.sort_by_key(|site| site.location.id());
        for site in sites {
            let location = site.location.id().clone();
            if self.shared.notifier.is_none()
                && let Err(problems) = site.recipe.check_without_notifier()
            {
                let location = location.clone();
                errors.push(PreflightError::NotReady { location, problems });
            }
            match facts(site).await {
                Ok(facts) => {
                    if let Err(problems) = site.recipe.check(&facts) {
                        errors.push(PreflightError::NotReady { location, problems });
                    }
                }
                Err(error) => errors.push(PreflightError::NotChecked { location, error }),
            }
        }
        errors
    }
}

async fn facts(site: &Site) -> Result<LocationFacts> {
    let mut facts = LocationFacts::default();
    let needs = Needs::of(&site.recipe, site.recipe.templates());
    if needs.custom_values {
        facts.custom_values = custom_values(&site.location).await?;
    }
    if needs.location_name {
        facts.location_name = site.location.details().await?.name;
    }
    let mut assignees = site.recipe.assignees().map(|(_, assignee)| assignee);
    if assignees.any(|assignee| matches!(assignee, Assignee::User(_) | Assignee::UserEmail(_))) {
        let users = site.location.users().list().await?;
        facts.users = Some(
            users
                .into_iter()
                .map(|user| (user.id, user.email))
                .collect(),
        );
    }
    Ok(facts)
}
