//! Why a location is halted: its calls are still recorded, and nothing is done for them.

use serde::{Deserialize, Serialize};

/// Why a location is halted. Stored by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Halt {
    /// The host has removed it, and what was pending is finished. Only calls that came later are not answered.
    Finishing,
    /// The operator has paused it. Pending effects continue afterwards, unless they have become too old.
    Paused,
    /// The host has removed it. Pending effects have ended.
    Removed,
    /// The app was removed from it. Pending effects have ended.
    Uninstalled,
}

impl Halt {
    /// Those that a host lifts when it gives the engine the location again.
    pub(crate) const LIFTED_BY_PUTTING: [Self; 3] =
        [Self::Finishing, Self::Removed, Self::Uninstalled];

    /// Its name, such as `paused`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Finishing => "finishing",
            Self::Paused => "paused",
            Self::Removed => "removed",
            Self::Uninstalled => "uninstalled",
        }
    }

    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [
            Self::Finishing,
            Self::Paused,
            Self::Removed,
            Self::Uninstalled,
        ]
        .into_iter()
        .find(|halt| halt.as_str() == name)
    }
}
