//! What a recipe needs of a location.

use std::collections::{BTreeMap, BTreeSet};

use super::{Assignee, NumberLink, Recipe, StepAction};
use crate::ids::{UserId, WorkflowId};
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::copy::MergeField;
use crate::secret::Private;

/// What a recipe names of a location: what must be there before the first call comes in. Made by
/// [`Recipe::requirements`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requirements {
    /// Keys of custom values that its words or numbers use, such as `calendly_link`.
    pub custom_values: BTreeSet<String>,
    /// Keys of custom fields of contacts that it writes, without `contact.`.
    pub custom_fields: BTreeSet<String>,
    /// Stages by their pipeline, both by name or id.
    pub stages: BTreeMap<String, BTreeSet<String>>,
    /// Tags that it puts on contacts, in small letters.
    pub tags: BTreeSet<String>,
    /// Workflows that it puts contacts into.
    pub workflows: BTreeSet<WorkflowId>,
    /// Users whom it assigns tasks and contacts to, by id.
    pub users: BTreeSet<UserId>,
    /// Users by the e-mail address with which they sign in.
    pub user_emails: Vec<Private<String>>,
    /// The business's numbers that it lists.
    pub numbers: BTreeSet<PhoneNumber>,
    /// Whether its words use the location's name.
    pub location_name: bool,
    /// Whether its words use the location's phone number.
    pub location_phone: bool,
}

impl Recipe {
    /// What the recipe names of a location. [`check`](Self::check) says whether a location has it.
    pub fn requirements(&self) -> Requirements {
        let mut needs = Requirements::default();
        for field in self.templates().flat_map(|template| template.fields()) {
            match field {
                MergeField::CustomValue(key) => {
                    needs.custom_values.insert(key.clone());
                }
                MergeField::NumberLink => {
                    let listed = self.numbers.listed.values().filter(|number| number.active);
                    let keys = listed.filter_map(|number| match &number.link {
                        Some(NumberLink::CustomValue(key)) => Some(key.clone()),
                        _ => None,
                    });
                    needs.custom_values.extend(keys);
                }
                MergeField::LocationName => needs.location_name |= self.display_name.is_none(),
                MergeField::LocationPhone => needs.location_phone = true,
                _ => {}
            }
        }
        for step in self.steps.values() {
            match &step.action {
                StepAction::Tag(tag) => {
                    needs.tags.insert(tag.name.clone());
                }
                StepAction::Fields(fields) => {
                    needs.custom_fields.extend(fields.values.keys().cloned());
                }
                StepAction::Stage(stage) => {
                    let stages = needs.stages.entry(stage.pipeline.clone()).or_default();
                    stages.insert(stage.stage.clone());
                }
                StepAction::Workflow(workflow) => {
                    needs.workflows.insert(workflow.clone());
                }
                // Assignees are looked for in all steps below.
                StepAction::Task(_) | StepAction::Assign(_) => {}
                // Words are looked for in all templates above; the rest names nothing of the location.
                StepAction::Text(_)
                | StepAction::Email(_)
                | StepAction::Untag(_)
                | StepAction::CompleteTask(_)
                | StepAction::Note(_)
                | StepAction::ConfirmOptOut(_)
                | StepAction::DoNotDisturb
                | StepAction::Notify(_)
                | StepAction::Record(_) => {}
            }
        }
        for (_, assignee) in self.assignees() {
            match assignee {
                Assignee::User(id) => {
                    needs.users.insert(id.clone());
                }
                Assignee::UserEmail(email) if !needs.user_emails.contains(email) => {
                    needs.user_emails.push(email.clone());
                }
                Assignee::UserEmail(_) | Assignee::ContactOwner | Assignee::Nobody => {}
            }
        }
        let active = self
            .numbers
            .listed
            .iter()
            .filter(|(_, number)| number.active);
        needs.numbers = active.map(|(number, _)| number.clone()).collect();
        needs
    }
}
