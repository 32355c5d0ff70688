//! What a recipe adds to the wishes of a location, and the bounds of a run.

use super::wish::{
    FieldWish, PipelineWish, TagWish, UserWish, ValueRule, ValueWish, Wishes, WorkflowWish,
};
use crate::api::custom_fields::CustomFieldModel;
use crate::api::tags::TagName;
use crate::recipes::missed_call::Recipe;
use crate::setup::names;

/// Where the recipe stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RecipeSource {
    Preset(String),
    File(String),
}

/// How much may change and fail before a run stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Safety {
    pub(super) at_most_changed: f64,
    pub(super) at_most_failed: usize,
}

impl Default for Safety {
    fn default() -> Self {
        Self {
            at_most_changed: 0.3,
            at_most_failed: 5,
        }
    }
}

impl Wishes {
    /// Adds what a recipe needs and the file does not say.
    pub(super) fn add_needs(&mut self, recipe: &Recipe) {
        let needs = recipe.requirements();
        for tag in needs.tags {
            let Ok(name) = TagName::new(&tag) else {
                continue;
            };
            if !self.tags.iter().any(|wish| wish.name == name) {
                let present = true;
                self.tags.push(TagWish { name, present });
            }
        }
        for key in needs.custom_values {
            if !self.values.iter().any(|wish| wish.key == key) {
                let name = names::name_of(&key);
                let rule = ValueRule::Needed;
                self.values.push(ValueWish { key, name, rule });
            }
        }
        for field in needs.custom_fields {
            let key = format!("contact.{field}");
            if !self.fields.iter().any(|wish| wish.key == key) {
                self.fields.push(FieldWish {
                    model: CustomFieldModel::Contact,
                    key,
                    name: names::name_of(&field),
                    data_type: None,
                    options: Vec::new(),
                });
            }
        }
        for (name, stages) in needs.stages {
            let known = self
                .pipelines
                .iter_mut()
                .find(|wish| names::same(&wish.name, &name));
            let Some(pipeline) = known else {
                let stages = stages.into_iter().collect();
                let refuses_others = false;
                self.pipelines.push(PipelineWish {
                    name,
                    stages,
                    refuses_others,
                });
                continue;
            };
            for stage in stages {
                if !pipeline
                    .stages
                    .iter()
                    .any(|known| names::same(known, &stage))
                {
                    pipeline.stages.push(stage);
                }
            }
        }
        self.workflows
            .extend(needs.workflows.into_iter().map(WorkflowWish::Known));
        self.users
            .extend(needs.users.into_iter().map(UserWish::Known));
        for email in needs.user_emails {
            let is_it = |wish: &UserWish| matches!(wish, UserWish::Email(known) if known.eq_ignore_ascii_case(&email));
            if !self.users.iter().any(is_it) {
                self.users.push(UserWish::Email(email));
            }
        }
        for number in needs.numbers {
            if !self.numbers.contains(&number) {
                self.numbers.push(number);
            }
        }
    }
}
