//! The answer to whatever is reported.

use std::error::Error;
use std::sync::Arc;

use crate::ids::LocationId;
use crate::recipes::missed_call::store::StoreError;

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

/// A report could not be accepted. Nothing of it is kept: it must be delivered again. The webhook endpoint answers 429,
/// after which HighLevel does that.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AcceptError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The [`LocationSource`](crate::recipes::missed_call::LocationSource) does not know the location (yet).
    #[error(
        "the source of locations does not know location {0}; let it say so once the grant is stored, or answer Lookup::NotServed"
    )]
    UnknownLocation(LocationId),
    /// The source failed, or did not answer within five seconds.
    #[error("the source of locations could not say whether location {location} is served: {error}")]
    SourceFailed {
        /// The location.
        location: LocationId,
        /// What the source said.
        #[source]
        error: Arc<dyn Error + Send + Sync>,
    },
}
