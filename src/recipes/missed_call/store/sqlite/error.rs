//! The result of statements, and the failures that the store itself reports.

use serde::de::DeserializeOwned;

use crate::sqlite::Failure;

pub(super) type Result<T> = std::result::Result<T, Failure>;

/// A commit that must be rolled back as a whole, although no statement failed.
#[derive(Debug, thiserror::Error)]
#[error("conflict")]
pub(super) struct Conflict;

/// Reads stored JSON. The error names only the position: serde's own message quotes the value, which may be private.
pub(super) fn read_json<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| {
        let column = error.column();
        format!("a stored row cannot be read at character {column}; use the release that wrote it")
            .into()
    })
}
