//! What halts a location: pauses, and removals of the app, which HighLevel tells of by location or by company.

use jiff::Timestamp;

use crate::ids::{CompanyId, LocationId};
use crate::recipes::missed_call::core::model::Halt;

/// What was last said about one thing that can halt a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halted {
    /// What.
    pub halt: Halt,
    /// In force, or lifted.
    pub halted: bool,
    /// When that was said.
    pub since: Timestamp,
}

/// Something halts a location, or does not any more. What was said later counts, in whatever order it is told: an older
/// change than the one that is kept does nothing.
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

/// A location of a company. A location has one; the last one told counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyLocation {
    /// The company.
    pub company: CompanyId,
    /// The location.
    pub location: LocationId,
}

/// The app was installed for a whole company, or removed from it. What was said later counts, in whatever order it is told;
/// of two things that were said at the same time, that it is installed.
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
    /// Whether this takes the place of what is `known`.
    pub(super) fn replaces(&self, known: &Self) -> bool {
        known.at < self.at || (known.at == self.at && !self.removed)
    }
}
