//! What can fail while facts are read.

use crate::error::{Error, ErrorKind};
use crate::recipes::missed_call::store::StoreError;

/// What can fail while reading facts.
pub(in super::super) enum FactsError {
    /// The contact no longer exists.
    ContactGone,
    HighLevel(Error),
    Store(StoreError),
}

impl From<Error> for FactsError {
    fn from(error: Error) -> Self {
        Self::HighLevel(error)
    }
}

pub(super) fn of_contact(error: Error) -> FactsError {
    if *error.kind() == ErrorKind::NotFound {
        FactsError::ContactGone
    } else {
        FactsError::HighLevel(error)
    }
}
