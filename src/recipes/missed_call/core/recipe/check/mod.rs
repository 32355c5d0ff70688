//! Checks whether a location has what the recipe needs, before the first call comes in.

mod crm;
mod warnings;

pub use warnings::{NumberFacts, Warning};

use std::collections::BTreeMap;

use super::problem::{Problem, RecipeError};
use super::{
    Assignee, BusinessNumber, EmailStep, NoticeRecipient, NumberLink, Recipe, Step, StepAction,
    TextStep,
};
use crate::ids::UserId;
use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::copy::lint::bare_links;
use crate::recipes::missed_call::core::copy::{
    CopyContext, CopyError, FIRST_NAME_LIMIT, MergeField, MergeValues, MessageCopy, NAME_LIMIT,
    Template, render_as_named, render_email,
};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::WorkflowFacts;
use crate::recipes::missed_call::core::model::{PipelineFacts, StepName};
use crate::recipes::missed_call::core::spelling::nearest;
use crate::secret::Private;

/// The facts of a location against which a recipe is checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocationFacts {
    /// The location's name in HighLevel.
    pub location_name: Option<String>,
    /// The business's phone number in HighLevel.
    pub location_phone: Option<String>,
    /// Its custom values by key, such as `calendly_link`.
    pub custom_values: BTreeMap<String, String>,
    /// Its users with their e-mail addresses; without them assignees are not checked.
    pub users: Option<Vec<(UserId, Option<Private<String>>)>>,
    /// Its pipelines; without them stages are not checked.
    pub pipelines: Option<Vec<PipelineFacts>>,
    /// Its workflows; without them the recipe's are not checked.
    pub workflows: Option<Vec<WorkflowFacts>>,
    /// The keys of its contacts' custom fields without `contact.`; without them fields are not checked.
    pub custom_fields: Option<Vec<String>>,
    /// Its phone numbers; without them there are no [`Warning`]s of them.
    pub numbers: Option<Vec<NumberFacts>>,
    /// The provider that carries its texts, if it is none of HighLevel's own.
    pub texts_by: Option<String>,
}

impl Recipe {
    /// Checks the recipe against what a location has: custom values that the text needs, their links, the location's
    /// name, the task's assignee, pipelines, workflows and custom fields.
    ///
    /// Fails with all problems at once, each with the recipe's file and line. If it succeeds, [`render_text`](crate::recipes::missed_call::render_text) succeeds
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
        for (name, email) in self.emails() {
            problems.extend(self.email_problems(name, email, facts));
        }
        for (name, assignee) in self.assignees() {
            problems.extend(self.assignee_problem(name, assignee, facts));
        }
        problems.extend(self.crm_problems(facts));
        RecipeError::unless_sound(problems)
    }

    /// The problems of a recipe whose engine has no notifier: steps that notify through it.
    pub(crate) fn check_without_notifier(&self) -> Result<(), RecipeError> {
        let by_host = self.steps.iter().filter(
            |(_, step)| matches!(&step.action, StepAction::Notify(notify) if notify.to == NoticeRecipient::Host),
        );
        let problem = |(name, _): (&StepName, &Step)| {
            let what = "`to = \"host\"`, but the engine has no notifier";
            let remedy = "give the engine a notifier, or write to = { text_contact = \"…\" } or { email_contact = \"…\" }";
            let key = format!("steps.{name}.to");
            self.origin.problem(&key, Diagnostic::new(what, remedy))
        };
        RecipeError::unless_sound(by_host.map(problem).collect())
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
            location_phone: facts.location_phone.clone(),
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
            let gets = |call: CopyContext| copies.meant(&call).any(|meant| meant.copy == *copy);
            for (called, values) in self.values_by_number(name, copy.body().fields(), &values) {
                if called.is_some_and(|(to, number)| !calls_to(to, number).any(gets)) {
                    continue;
                }
                for error in copy_errors(copy, values) {
                    problems.push(self.copy_problem(&key, &error, called, facts));
                }
            }
        }
        problems.extend(self.bare_link_problems(name, step, facts));
        problems
    }

    /// Custom values with a link in them that a phone opens without https.
    fn bare_link_problems(
        &self,
        name: &StepName,
        step: &TextStep,
        facts: &LocationFacts,
    ) -> Vec<Problem> {
        let key = format!("steps.{name}.body");
        let fields = step.templates().flat_map(Template::fields);
        let held = fields.filter_map(|field| match field {
            // The value of a link is checked as such.
            MergeField::CustomValue(value) if !field.is_link() => {
                let words = facts.custom_values.get(value)?;
                bare_links(words)
                    .any(|link| link.contains('/'))
                    .then_some(value)
            }
            _ => None,
        });
        held.map(|value| {
            let what = format!("custom value `{value}` holds a link that is not https with a host");
            let remedy = "write the whole link there, with `https://` in front";
            self.origin.problem(&key, Diagnostic::new(what, remedy))
        })
        .collect()
    }

    /// The values for a call to each number that the step may be for; words that say nothing of the number read the
    /// same for all.
    fn values_by_number<'a>(
        &self,
        name: &StepName,
        mut fields: impl Iterator<Item = &'a MergeField>,
        values: &MergeValues,
    ) -> Vec<(Option<Called<'_>>, MergeValues)> {
        if !fields.any(MergeField::is_of_number) {
            return vec![(None, values.clone())];
        }
        let listed = self.numbers.listed.iter();
        let meant = listed.filter(|(called, number)| {
            let holds = |step: &Step| step.only_for.holds(Some(called), Some(number));
            number.active && self.step(name).is_some_and(holds)
        });
        meant
            .map(|called| {
                let mut values = values.clone();
                called.1.fill(&mut values);
                (Some(called), values)
            })
            .collect()
    }

    /// Problems with words are reported at the words, problems with a number at the number.
    fn copy_problem(
        &self,
        key: &str,
        error: &CopyError,
        called: Option<Called<'_>>,
        facts: &LocationFacts,
    ) -> Problem {
        let remedy = near_value(error, facts).unwrap_or_else(|| error.remedy());
        let problem = Diagnostic::new(error.what(), remedy);
        let of_number = error.field().filter(|field| field.is_of_number());
        let (Some(field), Some((to, number))) = (of_number, called) else {
            return self.origin.problem(key, problem);
        };
        let problem = match &number.link {
            Some(NumberLink::CustomValue(value)) if *field == MergeField::NumberLink => {
                let remedy = format!(
                    "put the whole https link into the custom value `{value}`, in HighLevel under Settings > Custom \
                     Values"
                );
                Diagnostic::new(error.what(), remedy)
            }
            _ => problem,
        };
        let key = format!("numbers.{}", to.e164());
        self.origin.problem(&key, problem)
    }

    fn email_problems(
        &self,
        name: &StepName,
        email: &EmailStep,
        facts: &LocationFacts,
    ) -> Vec<Problem> {
        let values = MergeValues {
            location_name: facts.location_name.clone(),
            location_phone: facts.location_phone.clone(),
            custom_values: facts.custom_values.clone(),
            ..MergeValues::default()
        };
        let copy = MessageCopy::of_email(self, name, email);
        let key = format!("steps.{name}.body");
        let fields = email.subject.fields().chain(email.body.fields());
        self.values_by_number(name, fields, &values)
            .into_iter()
            .filter_map(|(called, values)| {
                let error = render_email(&email.subject, &copy, &values).err()?;
                Some(self.copy_problem(&key, &error, called, facts))
            })
            .collect()
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
        Some(self.origin.problem(&key, Diagnostic::new(what, remedy)))
    }
}

/// The custom value that is there and may have been meant by one that is not.
fn near_value(error: &CopyError, facts: &LocationFacts) -> Option<String> {
    let Some(MergeField::CustomValue(key)) = error
        .field()
        .filter(|_| error.code() == "custom_value_missing")
    else {
        return None;
    };
    let meant = nearest(key, facts.custom_values.keys().map(String::as_str))?;
    Some(format!(
        "did you mean `custom_values.{meant}`? It is there; or create `{key}` in HighLevel under Settings > Custom Values"
    ))
}

/// A number that was called, and what the recipe says of it.
type Called<'a> = (&'a PhoneNumber, &'a BusinessNumber);

/// Why the text cannot be rendered for some contact, with these other values.
fn copy_errors(copy: &MessageCopy, values: MergeValues) -> Vec<CopyError> {
    let body = copy.body();
    let mut errors: Vec<CopyError> = Vec::new();
    for field in body.fields() {
        errors.extend(copy.check_value(field, &values).err());
    }
    errors.extend(body.required().filter_map(|field| {
        let absent = values.lacks(field);
        absent.then(|| values.fallback_for(field).err()).flatten()
    }));
    if errors.is_empty() {
        // Problems of the whole text, such as its length or the other branch of an `if`.
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
