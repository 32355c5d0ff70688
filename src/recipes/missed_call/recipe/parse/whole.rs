//! What shows only when all of a recipe is read: whether its parts know one another.

use std::collections::BTreeSet;

use crate::phone::PhoneNumber;
use crate::recipes::missed_call::copy::Template;
use crate::recipes::missed_call::recipe::Recipe;
use crate::recipes::missed_call::recipe::problem::{Fault, Problem};

impl Recipe {
    /// All that does not fit together.
    pub(super) fn problems_of_the_whole(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, step) in &self.steps {
            let path = format!("steps.{name}");
            let only_for = &step.only_for;
            problems.extend(self.called_problem(&path, &only_for.numbers));
            problems.extend(self.source_problem(&path, &only_for.sources));
            if only_for.priority.is_some() && !self.has_numbers() {
                let remedy =
                    "add the number, such as [numbers.\"+13125550100\"] with priority = true";
                let fault = Fault::new("a priority in a recipe without numbers", remedy);
                problems.push(self.origin.problem(&format!("{path}.priority"), fault));
            }
        }
        for (name, text) in self.texts() {
            problems.extend(self.field_problem(&format!("steps.{name}.body"), &text.body));
        }
        problems
    }

    fn has_numbers(&self) -> bool {
        !self.numbers.listed.is_empty()
    }

    /// A condition on a number that is not listed is as likely as not a slip of the pen.
    fn called_problem(&self, path: &str, called: &BTreeSet<PhoneNumber>) -> Option<Problem> {
        let listed = &self.numbers.listed;
        called.iter().find(|number| !listed.contains_key(*number))?;
        let fault = Fault::new(
            "a number that is not listed under [numbers]",
            "list it, such as [numbers.\"+13125550100\"], or correct it here",
        );
        Some(self.origin.problem(&format!("{path}.numbers"), fault))
    }

    fn source_problem(&self, path: &str, sources: &BTreeSet<String>) -> Option<Problem> {
        let known: BTreeSet<&String> = self
            .numbers
            .listed
            .values()
            .filter_map(|number| number.source.as_ref())
            .collect();
        let unknown = sources.iter().find(|source| !known.contains(source))?;
        let known: Vec<_> = known.iter().map(|source| format!("\"{source}\"")).collect();
        let remedy = if known.is_empty() {
            "add source = \"…\" to a number under [numbers]".to_owned()
        } else {
            format!("write one of {}", known.join(", "))
        };
        let what = format!("no number has the source \"{unknown}\"");
        let key = format!("{path}.sources");
        Some(self.origin.problem(&key, Fault::new(what, remedy)))
    }

    /// A template that speaks of the number in a recipe that lists none would never become a text.
    fn field_problem(&self, key: &str, template: &Template) -> Option<Problem> {
        let field = template.fields().find(|field| field.is_of_number())?;
        let fault = Fault::new(
            format!("`{field}` in a recipe without numbers"),
            "add the number, such as [numbers.\"+13125550100\"] with name and link",
        );
        (!self.has_numbers()).then(|| self.origin.problem(key, fault))
    }
}
