//! The answer to whatever is reported.

/// The result of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Acceptance {
    /// It is written.
    Accepted,
    /// It was accepted before; nothing changed.
    Duplicate,
    /// It means nothing here: another location, another event, a person without an episode or whose last is long over.
    /// Nothing was written.
    Ignored,
}
