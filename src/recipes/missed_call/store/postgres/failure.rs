//! Why an operation of the store failed.

use crate::postgres::DatabaseError;

/// A failure of the database, or a row that this release cannot read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("{0}")]
    Unreadable(String),
}

impl Failed {
    pub(super) fn unreadable(text: impl Into<String>) -> Self {
        Self::Unreadable(text.into())
    }
}

impl From<tokio_postgres::Error> for Failed {
    /// Of a column that was read.
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.into())
    }
}
