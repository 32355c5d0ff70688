//! The halts of a location: pauses, and removals of the app, which HighLevel reports by location or by company.

use jiff::Timestamp;

use crate::ids::{CompanyId, LocationId};
use crate::recipes::missed_call::core::model::Halt;

/// The latest state of one halt of a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halted {
    /// What.
    pub halt: Halt,
    /// In force, or lifted.
    pub halted: bool,
    /// When that was said.
    pub since: Timestamp,
}

/// A change of one halt of a location. The latest change counts, in whatever order changes are reported: a change that is
/// older than the stored one does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HaltChange {
    /// Where.
    pub location: LocationId,
    /// What.
    pub halt: Halt,
    /// In force, or lifted.
    pub halted: bool,
    /// When that was said.
    pub at: Timestamp,
}

/// A location of a company. A location has one company: the one that was written last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyLocation {
    /// The company.
    pub company: CompanyId,
    /// The location.
    pub location: LocationId,
}

/// The app was installed for a whole company, or removed from it. The latest report counts, in whatever order reports
/// arrive. Of two reports with the same time the installation counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyApp {
    /// The company.
    pub company: CompanyId,
    /// Removed, or installed.
    pub removed: bool,
    /// When that was said.
    pub at: Timestamp,
}

impl CompanyApp {
    /// Whether this replaces the `known` state.
    pub(super) fn replaces(&self, known: &Self) -> bool {
        known.at < self.at || (known.at == self.at && !self.removed)
    }
}
