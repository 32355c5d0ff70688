//! Checks of a recipe as a whole: whether its parts fit together.

use std::collections::BTreeSet;

use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::copy::{MessageCopy, Template};
use crate::recipes::missed_call::core::diagnostic::Diagnostic;
use crate::recipes::missed_call::core::model::StepName;
use crate::recipes::missed_call::core::recipe::problem::Problem;
use crate::recipes::missed_call::core::recipe::{Recipe, StepAction, TextStep};

impl Recipe {
    /// Everything that does not fit together.
    pub(super) fn problems_of_the_whole(&self) -> Vec<Problem> {
        let mut problems = self.experiment_problems();
        let listed = self.numbers.listed.values();
        let known: BTreeSet<&String> = listed.filter_map(|number| number.source.as_ref()).collect();
        for (name, step) in &self.steps {
            let path = format!("steps.{name}");
            let only_for = &step.only_for;
            problems.extend(self.called_problem(&path, &only_for.numbers));
            problems.extend(self.source_problem(&path, &only_for.sources, &known));
            if only_for.priority.is_some() && !self.has_numbers() {
                let remedy =
                    "add the number, such as [numbers.\"+13125550100\"] with priority = true";
                let problem = Diagnostic::new("`priority` has no effect without [numbers]", remedy);
                problems.push(self.origin.problem(&format!("{path}.priority"), problem));
            }
        }
        for (name, _) in self.steps.iter().filter(|(_, step)| {
            self.approved_copy_only && matches!(step.action, StepAction::ConfirmOptOut(_))
        }) {
            let remedy = "leave the step out, or write compliance.approved_copy_only = false";
            let problem = Diagnostic::new("this text is not approved", remedy);
            problems.push(self.origin.problem(&format!("steps.{name}"), problem));
        }
        for (name, text) in self.texts() {
            problems.extend(self.text_problems_of_the_whole(name, text, &known));
        }
        for (name, email) in self.emails() {
            problems.extend(self.field_problem(&format!("steps.{name}.subject"), &email.subject));
            problems.extend(self.field_problem(&format!("steps.{name}.body"), &email.body));
        }
        problems
    }

    fn text_problems_of_the_whole(
        &self,
        name: &StepName,
        text: &TextStep,
        known_sources: &BTreeSet<&String>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let own = MessageCopy::of_step(self, name, text);
        problems.extend(self.copy_problems(&format!("steps.{name}"), name, text, &own));
        for (at, variant) in text.variants.iter().enumerate() {
            let path = format!("steps.{name}.variants.{}", at + 1);
            let when = format!("{path}.when");
            let copy = MessageCopy::of_variant(self, text, variant);
            problems.extend(self.copy_problems(&path, name, text, &copy));
            problems.extend(self.called_problem(&when, &variant.when.called));
            problems.extend(self.source_problem(&when, &variant.when.source, known_sources));
            if variant.when.in_hours.is_some() && self.hours.is_none() {
                let remedy =
                    "add [hours] with zone = \"America/Chicago\" and monday = \"09:00-17:00\"";
                let problem = Diagnostic::new("`when.in_hours` needs an [hours] section", remedy);
                problems.push(self.origin.problem(&format!("{when}.in_hours"), problem));
            }
        }
        if let Err(error) = self.copies(name, text) {
            let problem = error.to_string();
            let (what, remedy) = problem.split_once("; ").unwrap_or((&problem, "change one"));
            let key = format!("steps.{name}.variants");
            problems.push(self.origin.problem(&key, Diagnostic::new(what, remedy)));
        }
        problems
    }

    fn copy_problems(
        &self,
        path: &str,
        name: &StepName,
        text: &TextStep,
        copy: &MessageCopy,
    ) -> Vec<Problem> {
        let key = format!("{path}.body");
        let mut problems = Vec::new();
        problems.extend(self.field_problem(&key, copy.body()));
        if let Err(error) = self.check_approval(text, copy) {
            let mut what = error.what();
            if !copy.has_opt_out_line() {
                what.push_str(", and has no opt-out line");
            }
            let remedy = format!(
                "have it approved as it reads now, and write by, on and fingerprint = \"{}\" under \
                 [[steps.{name}.approvals]]",
                copy.fingerprint()
            );
            problems.push(self.origin.problem(&key, Diagnostic::new(what, remedy)));
        }
        problems
    }

    fn has_numbers(&self) -> bool {
        !self.numbers.listed.is_empty()
    }

    /// A condition on an unlisted number is probably a typing mistake.
    fn called_problem(&self, path: &str, called: &BTreeSet<PhoneNumber>) -> Option<Problem> {
        let listed = &self.numbers.listed;
        called.iter().find(|number| !listed.contains_key(*number))?;
        let problem = Diagnostic::new(
            "a number that is not listed under [numbers]",
            "list it, such as [numbers.\"+13125550100\"], or correct it here",
        );
        Some(self.origin.problem(&format!("{path}.numbers"), problem))
    }

    fn source_problem(
        &self,
        path: &str,
        sources: &BTreeSet<String>,
        known: &BTreeSet<&String>,
    ) -> Option<Problem> {
        let unknown = sources.iter().find(|source| !known.contains(source))?;
        let known: Vec<_> = known.iter().map(|source| format!("\"{source}\"")).collect();
        let remedy = if known.is_empty() {
            "add source = \"…\" to a number under [numbers]".to_owned()
        } else {
            format!("write one of {}", known.join(", "))
        };
        let what = format!("no number has the source \"{unknown}\"");
        let key = format!("{path}.sources");
        Some(self.origin.problem(&key, Diagnostic::new(what, remedy)))
    }

    /// A template with a field of the number can never become a text in a recipe without numbers.
    fn field_problem(&self, key: &str, template: &Template) -> Option<Problem> {
        let field = template.fields().find(|field| field.is_of_number())?;
        let problem = Diagnostic::new(
            format!("`{field}` in a recipe without numbers"),
            "add the number, such as [numbers.\"+13125550100\"] with name and link",
        );
        (!self.has_numbers()).then(|| self.origin.problem(key, problem))
    }
}
