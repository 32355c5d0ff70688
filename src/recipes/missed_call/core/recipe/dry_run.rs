//! A dry run: which calls of a recipe nothing is done for, though everything is decided.

use std::fmt;

use serde::Serialize;

use super::Recipe;
use crate::phone::PhoneNumber;

/// For which calls it is only recorded what would be done. `Display` is for logs and people, with the last four digits of
/// numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DryRun {
    /// For all of them.
    AllCalls,
    /// For calls to these numbers of the business.
    Numbers(Vec<PhoneNumber>),
}

impl fmt::Display for DryRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DRY RUN: nothing is sent and nothing is written to HighLevel for ")?;
        match self {
            Self::AllCalls => f.write_str("any call"),
            Self::Numbers(numbers) => {
                let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
                write!(f, "calls to {}", numbers.join(", "))
            }
        }
    }
}

impl Recipe {
    /// For which calls the recipe is in a dry run; `None` if for none.
    pub fn dry_run(&self) -> Option<DryRun> {
        if self.dry_run {
            return Some(DryRun::AllCalls);
        }
        let listed = self.numbers.listed.iter();
        let numbers = listed.filter(|(_, number)| number.dry_run);
        let numbers: Vec<_> = numbers.map(|(number, _)| number.clone()).collect();
        (!numbers.is_empty()).then_some(DryRun::Numbers(numbers))
    }

    /// Whether it is only recorded what would be done for calls to this number.
    pub(crate) fn is_dry_run(&self, called: Option<&PhoneNumber>) -> bool {
        self.dry_run
            || self
                .numbers
                .get(called)
                .is_some_and(|number| number.dry_run)
    }
}
