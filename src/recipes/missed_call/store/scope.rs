//! The locations that a process serves.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::ids::LocationId;

/// Which locations' effects and episodes a process takes from a store that others share.
// Exhaustive on purpose: a store has to keep to every scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scope {
    /// Those of every location.
    #[default]
    All,
    /// Those of these locations, and what belongs to no location.
    Only(Arc<BTreeSet<LocationId>>),
}

impl Scope {
    /// Whether the process serves this location.
    pub fn contains(&self, location: &LocationId) -> bool {
        match self {
            Self::All => true,
            Self::Only(locations) => locations.contains(location),
        }
    }
}

impl FromIterator<LocationId> for Scope {
    fn from_iter<T: IntoIterator<Item = LocationId>>(locations: T) -> Self {
        Self::Only(Arc::new(locations.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_has_all_locations_or_those_that_it_names() {
        let [here, there] = ["here", "there"].map(|id| LocationId::new(id).unwrap());
        let only = Scope::from_iter([here.clone()]);
        assert!(only.contains(&here) && !only.contains(&there));
        assert!(Scope::All.contains(&there));
    }
}
