//! Preflight for people who look after many locations: one problem of forty locations is one line.

use std::fmt;

use serde::Serialize;

use super::preflight::PreflightError;
use crate::ids::LocationId;

/// The names of so many locations are shown.
const SHOWN: usize = 3;

/// One problem, and all locations that have it. `Display` shows both in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PreflightGroup {
    /// What kind of problem it is: `not_ready`, `not_checked`, `not_served`, `not_looked_up`, `warning` or `hint`.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub what: String,
    /// The locations, in the order in which they were checked.
    pub locations: Vec<LocationId>,
}

impl PreflightGroup {
    /// Puts equal problems together, in the order in which each came first.
    pub fn of(errors: &[PreflightError]) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for error in errors {
            let (code, what, location) = (error.code(), error.what(), error.location());
            match groups
                .iter_mut()
                .find(|group| group.code == code && group.what == what)
            {
                Some(group) if group.locations.contains(location) => {}
                Some(group) => group.locations.push(location.clone()),
                None => groups.push(Self {
                    code,
                    what,
                    locations: vec![location.clone()],
                }),
            }
        }
        groups
    }
}

impl fmt::Display for PreflightGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.locations.iter().take(SHOWN);
        let shown: Vec<&str> = shown.map(LocationId::as_str).collect();
        let more = self.locations.len().saturating_sub(SHOWN);
        write!(f, "{} ({}", self.what, shown.join(", "))?;
        if more > 0 {
            write!(f, " and {more} more")?;
        }
        write!(f, ")")
    }
}
