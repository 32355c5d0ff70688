//! The names of a contact as a text may show them, and other spellings of them.

use super::merge_field::MergeField;
use super::presentable::{LONGEST, presentable};
use super::transliterate::latin;

/// A longer first or last name is not shown.
pub(crate) const FIRST_NAME_LIMIT: usize = 20;
/// A longer whole name is not shown.
pub(crate) const NAME_LIMIT: usize = 40;

/// First, last and whole name of a contact.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ContactNames {
    /// As they are given, in this order.
    given: [Option<String>; 3],
    /// As they are shown, in the same order.
    shown: [Option<String>; 3],
}

impl ContactNames {
    /// No name at all.
    pub(super) const NONE: Self = Self {
        given: [None, None, None],
        shown: [None, None, None],
    };

    /// The first, last and whole name.
    pub(super) fn of(given: [Option<&str>; 3]) -> Self {
        // A longer name is not presentable and needs no copy.
        let bounded = |name: &str| (name.len() <= LONGEST).then(|| name.to_owned());
        Self::new(given.map(|name| bounded(name?)))
    }

    fn new(given: [Option<String>; 3]) -> Self {
        let show = |name: &Option<String>, limit| presentable(name.as_deref()?, limit);
        let [first, last, whole] = &given;
        let (first, last) = (show(first, FIRST_NAME_LIMIT), show(last, FIRST_NAME_LIMIT));
        let whole = show(whole, NAME_LIMIT).or_else(|| match (&first, &last) {
            (Some(first), Some(last)) => Some(format!("{first} {last}")),
            (first, _) => first.clone(),
        });
        Self {
            shown: [first, last, whole],
            given,
        }
    }

    /// Whether there is no name.
    pub(super) fn is_empty(&self) -> bool {
        self.given.iter().all(Option::is_none)
    }

    /// The name to print for the field of a name, if it can be shown.
    pub(super) fn get(&self, field: &MergeField) -> Option<&str> {
        let [first, last, whole] = &self.shown;
        match field {
            MergeField::ContactFirstName => first.as_deref(),
            MergeField::ContactLastName => last.as_deref(),
            MergeField::ContactName => whole.as_deref(),
            _ => None,
        }
    }

    /// Each name as a text shows it.
    pub(super) fn as_shown(&self) -> Self {
        Self::new(self.shown.clone())
    }

    /// The names in plain letters, without a name that cannot be written so.
    pub(super) fn in_latin(&self) -> Self {
        let plain = |name: &Option<String>| latin(name.as_deref()?);
        Self::new(self.given.each_ref().map(plain))
    }

    /// The first name in place of the whole name, and no last name.
    pub(super) fn first_only(&self) -> Self {
        let [first, _, _] = &self.given;
        Self::new([first.clone(), None, None])
    }

    /// The names without those for which `refuse` holds.
    pub(super) fn without(self, refuse: impl Fn(&str) -> bool) -> Self {
        let refused = |name: &Option<String>| name.as_deref().is_some_and(&refuse);
        if !self.given.iter().any(refused) {
            return self;
        }
        Self::new(self.given.map(|name| name.filter(|name| !refuse(name))))
    }
}
