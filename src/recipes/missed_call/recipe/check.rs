//! Does a location have what the recipe asks of it? Asked before the first call comes in, not at three in the morning.

use std::collections::BTreeMap;

use super::super::copy::{
    CopyContext, CopyError, FIRST_NAME_LIMIT, MergeField, MergeValues, MessageCopy, NAME_LIMIT,
    Variants, render_as_named,
};
use super::super::episode::StepName;
use super::problem::{Fault, Problem, RecipeError};
use super::{Assignee, BusinessNumber, Recipe, Step, TaskStep, TextStep};
use crate::ids::UserId;
use crate::phone::PhoneNumber;
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
            for problem in self.text_problems(name, text, facts) {
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
        for (name, task) in self.tasks() {
            problems.extend(self.assignee_problem(name, task, facts));
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
        let mut problems = Vec::new();
        let copies = self.copies(name, step).unwrap_or_default();
        for (at, variant) in copies.iter().enumerate() {
            let copy = &variant.copy;
            let key = match at {
                0 => format!("steps.{name}.body"),
                _ => format!("steps.{name}.variants.{at}.body"),
            };
            for (number, values) in self.values_by_number(name, &copies, copy, &values) {
                for error in copy_errors(copy, values) {
                    let key = match (number, error.field()) {
                        (Some(number), Some(field)) if field.is_of_number() => {
                            format!("numbers.{}", number.e164())
                        }
                        _ => key.clone(),
                    };
                    let fault = Fault::new(error.what(), error.remedy());
                    problems.push(self.origin.problem(&key, fault));
                }
            }
        }
        problems
    }

    /// The values for a call to each number that the copy may be for; one that says nothing of the number reads the
    /// same for all.
    fn values_by_number(
        &self,
        name: &StepName,
        copies: &Variants,
        copy: &MessageCopy,
        values: &MergeValues,
    ) -> Vec<(Option<&PhoneNumber>, MergeValues)> {
        if !copy.body().fields().any(MergeField::is_of_number) {
            return vec![(None, values.clone())];
        }
        let listed = self.numbers.listed.iter();
        let meant = listed.filter(|(called, number)| {
            let holds = |step: &Step| step.only_for.holds(Some(called), Some(number));
            number.active
                && self.step(name).is_some_and(holds)
                && calls_to(called, number)
                    .any(|call| copies.meant(&call).any(|meant| meant.copy == *copy))
        });
        meant
            .map(|(called, number)| {
                let mut values = values.clone();
                number.fill(&mut values);
                (Some(called), values)
            })
            .collect()
    }

    fn assignee_problem(
        &self,
        name: &StepName,
        task: &TaskStep,
        facts: &LocationFacts,
    ) -> Option<Problem> {
        let users = facts.users.as_deref()?;
        let (key, what) = match &task.assign_to {
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

/// Why the text cannot be made for some contact, with these values of everything else.
fn copy_errors(copy: &MessageCopy, values: MergeValues) -> Vec<CopyError> {
    let body = copy.body();
    let mut errors: Vec<CopyError> = Vec::new();
    for field in body.fields() {
        errors.extend(copy.check_value(field, &values).err());
    }
    errors.extend(body.required().filter_map(|field| {
        let absent = values.get(field).is_none();
        absent.then(|| values.absence(field).err()).flatten()
    }));
    if errors.is_empty() {
        // What only shows in the whole text, such as its length or the other branch of an `if`.
        errors.extend(contacts(values).filter_map(|values| render_as_named(copy, &values).err()));
    }
    errors
}

/// Every kind of call to this number, as far as copies are chosen by it.
fn calls_to(called: &PhoneNumber, number: &BusinessNumber) -> impl Iterator<Item = CopyContext> {
    (0..12).map(|kind| CopyContext {
        called: Some(called.clone()),
        source: number.source.clone(),
        voicemail: kind & 1 != 0,
        repeat_caller: kind & 2 != 0,
        in_hours: [None, Some(true), Some(false)]
            .get(kind / 4)
            .copied()
            .flatten(),
    })
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
