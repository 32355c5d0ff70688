//! The phone numbers of the business, and what is done for calls to them.
//!
//! Only the called number says which branch, campaign or tracking number a call belongs to.

use std::collections::{BTreeMap, BTreeSet};

use crate::phone::PhoneNumber;
use crate::recipes::missed_call::core::copy::MergeValues;

/// The numbers that the recipe lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Numbers {
    pub(crate) listed: BTreeMap<PhoneNumber, BusinessNumber>,
    pub(crate) unlisted: Unlisted,
}

/// One number of the business.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BusinessNumber {
    /// What texts call it: a studio, a campaign.
    pub(crate) name: Option<String>,
    /// The lead source of its callers.
    pub(crate) source: Option<String>,
    /// The one link that its callers get.
    pub(crate) link: Option<NumberLink>,
    /// Whether its callers come first.
    pub(crate) priority: bool,
    /// Whether anything is done for calls to it.
    pub(crate) active: bool,
    /// Whether it is only recorded what would be done for calls to it.
    pub(crate) dry_run: bool,
}

/// Where a number's link stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NumberLink {
    /// In the recipe.
    Written(String),
    /// In the location's custom value with this key.
    CustomValue(String),
}

/// What is done for calls to an unlisted or unknown number, in a recipe that lists numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Unlisted {
    /// The same as for all others, except texts that need a value of the number.
    #[default]
    Texted,
    /// Everything except messages.
    NotTexted,
    /// Nothing.
    Ignored,
}

impl Numbers {
    /// The number that was called, if it is listed.
    pub(crate) fn get(&self, called: Option<&PhoneNumber>) -> Option<&BusinessNumber> {
        self.listed.get(called?)
    }

    /// What a call to this number may lead to, in a recipe with or without numbers.
    pub(crate) fn allows(&self, called: Option<&PhoneNumber>) -> Allowed {
        match (self.get(called), self.unlisted) {
            (Some(number), _) if number.active => Allowed::All,
            (Some(_), _) => Allowed::Nothing,
            (None, _) if self.listed.is_empty() => Allowed::All,
            (None, Unlisted::Texted) => Allowed::All,
            (None, Unlisted::NotTexted) => Allowed::NoMessages,
            (None, Unlisted::Ignored) => Allowed::Nothing,
        }
    }

    /// Whether a number has its link in a custom value.
    pub(crate) fn need_custom_values(&self) -> bool {
        let links = self.listed.values().map(|number| &number.link);
        links
            .into_iter()
            .any(|link| matches!(link, Some(NumberLink::CustomValue(_))))
    }
}

/// What a call may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowed {
    All,
    NoMessages,
    Nothing,
}

impl BusinessNumber {
    /// Puts the name and link of the number into `values`, which hold the location's custom values.
    pub(crate) fn fill(&self, values: &mut MergeValues) {
        values.number_name = self.name.clone();
        values.number_link = match &self.link {
            Some(NumberLink::Written(link)) => Some(link.clone()),
            Some(NumberLink::CustomValue(key)) => values.custom_values.get(key).cloned(),
            None => None,
        };
    }
}

/// The calls that a step is for. Without any condition it is for all.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct NumberFilter {
    /// One of these numbers was called.
    pub(crate) numbers: BTreeSet<PhoneNumber>,
    /// The number that was called has one of these sources.
    pub(crate) sources: BTreeSet<String>,
    /// The number that was called comes first, or does not.
    pub(crate) priority: Option<bool>,
}

impl NumberFilter {
    /// Whether it is for all calls.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the step is for a call to this number, which the recipe may not list.
    pub(crate) fn holds(
        &self,
        called: Option<&PhoneNumber>,
        number: Option<&BusinessNumber>,
    ) -> bool {
        let source = number.and_then(|number| number.source.as_ref());
        let priority = number.is_some_and(|number| number.priority);
        (self.numbers.is_empty() || called.is_some_and(|called| self.numbers.contains(called)))
            && (self.sources.is_empty()
                || source.is_some_and(|source| self.sources.contains(source)))
            && self.priority.is_none_or(|asked| asked == priority)
    }
}
