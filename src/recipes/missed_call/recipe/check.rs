//! Does a location have what the recipe asks of it? Asked before the first call comes in, not at three in the morning.

use std::collections::BTreeMap;

use super::super::copy::{
    CopyError, FIRST_NAME_LIMIT, MergeValues, MessageCopy, NAME_LIMIT, render_as_named,
    render_email,
};
use super::super::episode::StepName;
use super::problem::{Fault, Problem, RecipeError};
use super::{Assignee, EmailStep, Recipe, TextStep};
use crate::ids::UserId;
use crate::secret::Private;

/// What is known of a location when a recipe is checked against it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocationFacts {
    /// The location's name in HighLevel.
    pub location_name: Option<String>,
    /// Its custom values by key, such as `calendly_link`.
    pub custom_values: BTreeMap<String, String>,
    /// Its users with their e-mail addresses; without them assignees are not checked.
    pub users: Option<Vec<(UserId, Option<Private<String>>)>>,
}

impl Recipe {
    /// Checks the recipe against what a location has: custom values that the text needs, their links, the location's
    /// name, the task's assignee.
    ///
    /// Fails with all problems at once, each with the recipe's file and line. If it succeeds, [`render_text`](super::super::copy::render_text) succeeds
    /// for every contact as long as the location stays as it is.
    pub fn check(&self, facts: &LocationFacts) -> Result<(), RecipeError> {
        let mut problems = Vec::new();
        for (name, text) in self.texts() {
            problems.extend(self.text_problems(name, text, facts));
        }
        for (name, email) in self.emails() {
            problems.extend(self.email_problems(name, email, facts));
        }
        for (name, assignee) in self.assignees() {
            problems.extend(self.assignee_problem(name, assignee, facts));
        }
        RecipeError::unless_sound(problems)
    }

    fn text_problems(
        &self,
        name: &StepName,
        step: &TextStep,
        facts: &LocationFacts,
    ) -> Vec<Problem> {
        let values = MergeValues {
            location_name: self
                .display_name
                .clone()
                .or_else(|| facts.location_name.clone()),
            custom_values: facts.custom_values.clone(),
            ..MergeValues::default()
        };
        let copy = MessageCopy::of_step(self, name, step);
        let mut errors: Vec<CopyError> = Vec::new();
        for field in step.body.fields() {
            errors.extend(copy.check_value(field, &values).err());
        }
        errors.extend(step.body.required().filter_map(|field| {
            let absent = values.get(field).is_none();
            absent.then(|| values.absence(field).err()).flatten()
        }));
        if errors.is_empty() {
            // What only shows in the whole text, such as its length or the other branch of an `if`.
            errors.extend(
                contacts(values).filter_map(|values| render_as_named(&copy, &values).err()),
            );
        }
        let mut problems: Vec<Problem> = Vec::new();
        for error in errors {
            let fault = Fault::new(error.what(), error.remedy());
            let problem = self.origin.problem(&format!("steps.{name}.body"), fault);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        problems
    }

    fn email_problems(
        &self,
        name: &StepName,
        email: &EmailStep,
        facts: &LocationFacts,
    ) -> Option<Problem> {
        let values = MergeValues {
            location_name: facts.location_name.clone(),
            custom_values: facts.custom_values.clone(),
            ..MergeValues::default()
        };
        let copy = MessageCopy::of_email(self, name, email);
        let error = render_email(&email.subject, &copy, &values).err()?;
        let fault = Fault::new(error.what(), error.remedy());
        Some(self.origin.problem(&format!("steps.{name}.body"), fault))
    }

    fn assignee_problem(
        &self,
        name: &StepName,
        assignee: &Assignee,
        facts: &LocationFacts,
    ) -> Option<Problem> {
        let users = facts.users.as_deref()?;
        let (key, what) = match assignee {
            Assignee::User(id) if !users.iter().any(|(user, _)| user == id) => {
                ("user_id", format!("the location has no user {id}"))
            }
            // The address itself is personal and stays out of the message.
            Assignee::UserEmail(email)
                if !users.iter().any(|(_, address)| {
                    address
                        .as_deref()
                        .is_some_and(|address| address.eq_ignore_ascii_case(email))
                }) =>
            {
                (
                    "user_email",
                    "no user of the location has this e-mail address".to_owned(),
                )
            }
            _ => return None,
        };
        let remedy =
            "name a user who has access to the location, or write assign_to = \"contact_owner\"";
        let key = format!("steps.{name}.assign_to.{key}");
        Some(self.origin.problem(&key, Fault::new(what, remedy)))
    }
}

/// The values with every combination of known and unknown names, each as long as a name can be.
fn contacts(values: MergeValues) -> impl Iterator<Item = MergeValues> {
    (0..8).map(move |known| {
        let name = |bit: u8, length: usize| {
            (known & bit != 0).then(|| Private::new(format!("A{}", "a".repeat(length - 1))))
        };
        MergeValues {
            first_name: name(1, FIRST_NAME_LIMIT),
            last_name: name(2, FIRST_NAME_LIMIT),
            name: name(4, NAME_LIMIT),
            ..values.clone()
        }
    })
}
