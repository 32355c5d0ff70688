//! Why a location is halted: its calls are still recorded, and nothing is done for them.

use serde::{Deserialize, Serialize};

/// Why a location is halted. Stored by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Halt {
    /// The operator has paused it. Pending effects continue afterwards, unless they have become too old.
    Paused,
    /// The app was removed from it. Pending effects have ended.
    Uninstalled,
}

impl Halt {
    /// Its name, such as `paused`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Uninstalled => "uninstalled",
        }
    }

    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Paused, Self::Uninstalled]
            .into_iter()
            .find(|halt| halt.as_str() == name)
    }
}
