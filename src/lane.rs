//! The priority of a request. A leaf: the pure parts of a recipe name a lane without knowing the client.

/// The priority of a request in its location's queue for the rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
// Exhaustive on purpose: what orders requests has to handle both.
pub enum Lane {
    /// A person waits for the result: goes first.
    #[default]
    Interactive,
    /// May wait: tags, sweeps, set-up.
    Background,
}

impl Lane {
    /// How many of a window's requests this lane may use: background work leaves a tenth for interactive requests.
    pub(crate) fn room(self, limit: usize) -> usize {
        match self {
            Self::Interactive => limit,
            Self::Background => limit - limit / 10,
        }
    }
}
