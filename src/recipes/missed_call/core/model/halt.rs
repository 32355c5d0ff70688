//! Why nothing is done in a location, though calls are still written down.

use serde::{Deserialize, Serialize};

/// Why nothing is done in a location. Stored by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Halt {
    /// The operator has paused it. What waits goes on afterwards, unless it has become too old.
    Paused,
    /// The app was removed from it. What waited has ended.
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

    #[cfg(feature = "sqlite")]
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Paused, Self::Uninstalled]
            .into_iter()
            .find(|halt| halt.as_str() == name)
    }
}
