//! Of which locations effects are claimed, and how many of one may be under way at once.

use std::collections::BTreeMap;

use super::Scope;
use crate::ids::LocationId;

/// How many effects of each location a claim may give. The effects that a location already has under way count. Effects
/// without a location have one share together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    at_most: usize,
    taken: BTreeMap<LocationId, usize>,
    only: Option<LocationId>,
    scope: Scope,
}

impl Shares {
    /// No limit for any location.
    pub const UNLIMITED: Self = Self::of(usize::MAX);

    /// At most this many of each location.
    pub const fn of(at_most: usize) -> Self {
        Self {
            at_most,
            taken: BTreeMap::new(),
            only: None,
            scope: Scope::All,
        }
    }

    /// At most this many of this location, and none of others.
    pub const fn only(location: LocationId, at_most: usize) -> Self {
        Self {
            at_most,
            taken: BTreeMap::new(),
            only: Some(location),
            scope: Scope::All,
        }
    }

    /// The same, and none of a location outside this scope. Effects without a location are in every scope.
    #[must_use]
    pub fn within(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Subtracts effects under way from this location's share.
    pub fn take(&mut self, location: LocationId, count: usize) {
        let taken = self.taken.entry(location).or_default();
        *taken = taken.saturating_add(count);
    }

    /// Gives no effect of this location.
    pub fn leave_out(&mut self, location: LocationId) {
        self.taken.insert(location, usize::MAX);
    }

    /// How many effects of this location may be given; `None` stands for effects without a location.
    pub fn left(&self, location: Option<&LocationId>) -> usize {
        if self.only.is_some() && self.only.as_ref() != location {
            return 0;
        }
        if location.is_some_and(|location| !self.scope.contains(location)) {
            return 0;
        }
        let taken = location.and_then(|location| self.taken.get(location));
        self.at_most.saturating_sub(taken.copied().unwrap_or(0))
    }

    /// The most that any location may give.
    #[cfg(feature = "postgres")]
    pub(super) fn most(&self) -> usize {
        self.at_most
    }

    /// The locations that may give nothing.
    #[cfg(feature = "postgres")]
    pub(super) fn exhausted(&self) -> impl Iterator<Item = &LocationId> {
        let taken = self.taken.iter();
        taken.filter_map(|(location, taken)| (*taken >= self.at_most).then_some(location))
    }

    /// The locations that may give something at all.
    #[cfg(feature = "postgres")]
    pub(super) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The only location that may give something, if there is such a one.
    #[cfg(feature = "postgres")]
    pub(super) fn only_one(&self) -> Option<&LocationId> {
        self.only.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_counts() {
        let [few, many, none] = ["few", "many", "none"].map(|id| LocationId::new(id).unwrap());
        let mut shares = Shares::of(4);
        shares.take(few.clone(), 1);
        shares.take(few.clone(), 2);
        shares.take(many.clone(), 9);
        shares.leave_out(none.clone());
        shares.take(none.clone(), 1);
        let left = |location| shares.left(Some(location));
        assert_eq!((left(&few), left(&many), left(&none)), (1, 0, 0));
        assert_eq!(shares.left(None), 4);
        let only = Shares::only(few.clone(), 3);
        assert_eq!((only.left(Some(&few)), only.left(Some(&many))), (3, 0));
        assert_eq!(only.left(None), 0);
        let within = Shares::of(4).within(Scope::from_iter([few.clone()]));
        assert_eq!((within.left(Some(&few)), within.left(Some(&many))), (4, 0));
        assert_eq!(within.left(None), 4);
    }
}
