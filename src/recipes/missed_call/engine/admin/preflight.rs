//! Asks each location whether it has what its recipe needs, before the first call comes in.

use futures_util::future::join_all;

use super::Admin;
use super::number_facts::{number_facts, other_text_provider};
use crate::api::custom_fields::{CustomField, CustomFieldModel};
use crate::api::workflows::{Workflow, WorkflowStatus};
use crate::error::{Error, Result};
use crate::ids::LocationId;
use crate::recipes::missed_call::core::compliance::ZoneFiles;
use crate::recipes::missed_call::core::model::WorkflowFacts;
use crate::recipes::missed_call::core::recipe::{
    DryRun, LocationFacts, Problem, Recipe, RecipeError, Warning,
};
use crate::recipes::missed_call::engine::acceptance::AcceptError;
use crate::recipes::missed_call::engine::locations::LocationEntry;
use crate::recipes::missed_call::engine::worker::facts::{custom_values, opportunities};

/// How many locations are checked at once.
const AT_ONCE: usize = 16;

/// Why a location is not known to be ready. [`PreflightGroup`](crate::recipes::missed_call::PreflightGroup) puts those of many locations together.
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
    /// The engine does not serve the location: it was neither given it, nor does the host's source have it.
    #[error("location {location} is not served by this engine; give it with Engine::put_location")]
    NotServed {
        /// The location.
        location: LocationId,
    },
    /// The host's source could not say whether the location is served.
    #[error("location {location} could not be looked up: {error}")]
    NotLookedUp {
        /// The location.
        location: LocationId,
        /// What went wrong.
        #[source]
        error: AcceptError,
    },
    /// Something about the location by which a missed call may get no text ([`Recipe::warnings`]). It keeps the engine from
    /// nothing.
    #[error("location {location}: a warning: {warning}")]
    Warning {
        /// The location.
        location: LocationId,
        /// What is the matter.
        warning: Warning,
    },
    /// The location is in a dry run. It keeps nothing from working, and nothing is sent or written.
    #[error("location {location}: {dry_run}")]
    DryRun {
        /// The location.
        location: LocationId,
        /// For which calls.
        dry_run: DryRun,
    },
    /// Something in the recipe is allowed and surely not meant ([`Recipe::hints`](crate::recipes::missed_call::Recipe::hints)).
    /// It keeps nothing from working.
    #[error("location {location}: a hint: {hint}")]
    Hint {
        /// The location.
        location: LocationId,
        /// What is hardly meant, by file, line and key.
        hint: Problem,
    },
}

impl PreflightError {
    /// The location that it is about.
    pub fn location(&self) -> &LocationId {
        match self {
            Self::NotReady { location, .. }
            | Self::NotChecked { location, .. }
            | Self::NotServed { location }
            | Self::NotLookedUp { location, .. }
            | Self::Warning { location, .. }
            | Self::DryRun { location, .. }
            | Self::Hint { location, .. } => location,
        }
    }

    /// A word for it that does not change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotReady { .. } => "not_ready",
            Self::NotChecked { .. } => "not_checked",
            Self::NotServed { .. } => "not_served",
            Self::NotLookedUp { .. } => "not_looked_up",
            Self::Warning { .. } => "warning",
            Self::DryRun { .. } => "dry_run",
            Self::Hint { .. } => "hint",
        }
    }

    /// What is wrong and what to do, without the location.
    pub(super) fn what(&self) -> String {
        match self {
            Self::NotReady { problems, .. } => format!("not ready for its recipe: {problems}"),
            Self::NotChecked { error, .. } => format!("could not be checked: {error}"),
            Self::NotServed { .. } => {
                "not served by this engine; give it with Engine::put_location".to_owned()
            }
            Self::NotLookedUp { error, .. } => format!("could not be looked up: {error}"),
            Self::DryRun { dry_run, .. } => dry_run.to_string(),
            // One problem of many numbers is one problem.
            Self::Warning { warning, .. } if warning.number().is_some() => {
                format!("a warning: {}", warning.advice())
            }
            Self::Warning { warning, .. } => format!("a warning: {warning}"),
            Self::Hint { hint, .. } => format!("a hint: {hint}"),
        }
    }
}

impl Admin {
    /// Checks each location for what its recipe needs.
    pub(in super::super) async fn preflight(&self) -> Vec<PreflightError> {
        tracing::info!(zone_files = %ZoneFiles::in_use(), "quiet hours go by these zone files");
        let mut errors = Vec::new();
        let sites = self.base.locations.entries();
        for some in sites.chunks(AT_ONCE) {
            let checks = some.iter().map(|site| self.check(site));
            errors.extend(join_all(checks).await.into_iter().flatten());
        }
        errors
    }

    /// Checks one location.
    pub(in super::super) async fn preflight_of(
        &self,
        location: &LocationId,
    ) -> Vec<PreflightError> {
        let location = location.clone();
        match self.base.site(&location).await {
            Ok(Some(site)) => self.check(&site).await,
            Ok(None) => vec![PreflightError::NotServed { location }],
            Err(error) => vec![PreflightError::NotLookedUp { location, error }],
        }
    }

    async fn check(&self, site: &LocationEntry) -> Vec<PreflightError> {
        let mut errors = Vec::new();
        let location = site.location.id().clone();
        if let Some(dry_run) = site.recipe.dry_run() {
            let location = location.clone();
            errors.push(PreflightError::DryRun { location, dry_run });
        }
        if !self.has_notifier
            && let Err(problems) = site.recipe.check_without_notifier()
        {
            let location = location.clone();
            errors.push(PreflightError::NotReady { location, problems });
        }
        match facts(site).await {
            Ok(facts) => {
                if let Err(problems) = site.recipe.check(&facts) {
                    let location = location.clone();
                    errors.push(PreflightError::NotReady { location, problems });
                }
                let warnings = site.recipe.warnings(&facts).into_iter();
                errors.extend(warnings.map(|warning| PreflightError::Warning {
                    location: location.clone(),
                    warning,
                }));
            }
            Err(error) => errors.push(PreflightError::NotChecked { location, error }),
        }
        let hints = self.hints(&site.recipe).await.into_iter();
        errors.extend(hints.map(|hint| PreflightError::Hint {
            location: site.location.id().clone(),
            hint,
        }));
        errors
    }

    async fn hints(&self, recipe: &Recipe) -> Vec<Problem> {
        let mut hints = recipe.hints();
        // A store that cannot be read shows in much else.
        if let Ok(sources) = self.base.store.recipe_sources().await {
            hints.extend(recipe.hint_of_same_version(sources.iter().map(String::as_str)));
        }
        hints
    }
}

async fn facts(site: &LocationEntry) -> Result<LocationFacts> {
    let mut facts = LocationFacts::default();
    let needs = site.recipe.requirements();
    if !needs.custom_values.is_empty() {
        facts.custom_values = custom_values(&site.location).await?;
    }
    if needs.location_name || needs.location_phone {
        let details = site.location.details().await?;
        facts.location_phone = details.phone.map(|phone| phone.e164().to_owned());
        facts.location_name = details.name;
    }
    if !needs.users.is_empty() || !needs.user_emails.is_empty() {
        let users = site.location.users().list().await?;
        facts.users = Some(
            users
                .into_iter()
                .map(|user| (user.id, user.email))
                .collect(),
        );
    }
    if !needs.stages.is_empty() {
        facts.pipelines = Some(opportunities::pipelines(&site.location).await?);
    }
    if !needs.workflows.is_empty() {
        let workflows = site.location.workflows().list().await?;
        facts.workflows = Some(workflows.into_iter().map(facts_of).collect());
    }
    if !needs.custom_fields.is_empty() {
        let fields = site.location.custom_fields();
        let fields = fields.list(&CustomFieldModel::Contact).await?;
        facts.custom_fields = Some(fields.iter().filter_map(key_of_contact).collect());
    }
    // Nothing depends on these but the warnings: a token without their scopes is no reason to stop.
    match number_facts(&site.location).await {
        Ok(numbers) => facts.numbers = Some(numbers),
        Err(error) => tracing::info!(
            location = %site.location.id(),
            %error,
            "the location's numbers could not be read; preflight does not warn of any"
        ),
    }
    facts.texts_by = other_text_provider(&site.location).await;
    Ok(facts)
}

/// The field's key as recipes write it: `contact.lead_source` is `lead_source`.
fn key_of_contact(field: &CustomField) -> Option<String> {
    let key = field.field_key.as_deref()?;
    Some(key.strip_prefix("contact.").unwrap_or(key).to_owned())
}

fn facts_of(workflow: Workflow) -> WorkflowFacts {
    WorkflowFacts {
        is_draft: workflow.status == Some(WorkflowStatus::Draft),
        id: workflow.id,
    }
}
