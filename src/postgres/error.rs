//! What a failure of the database means.

use std::error::Error as StdError;
use std::io;

use deadpool_postgres::PoolError;
use tokio_postgres::error::DbError;

/// The database cannot be reached or used, or refused a statement. The message says what to do where that is known. It
/// holds neither the address nor values of rows.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct DatabaseError {
    text: String,
    fault: Fault,
}

/// What follows from a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection is of no use any more, or there was none. Whether a transaction was committed is not known.
    Broken,
    /// Nothing was written, and another try may succeed: a deadlock, a serialization failure, a lock that was waited for.
    Again,
    /// Nothing was written: a row with this key is there. It names the constraint.
    Unique(String),
    /// Nothing was written: a condition of the statement did not hold.
    Guard,
    /// Another try would fail in the same way.
    Other,
}

impl DatabaseError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            fault: Fault::Other,
        }
    }

    pub(crate) fn broken(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            fault: Fault::Broken,
        }
    }

    pub(crate) fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Whether the database has ended the transaction and the connection can be used for another one.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.fault, Fault::Again | Fault::Unique(_) | Fault::Guard)
    }
}

impl From<tokio_postgres::Error> for DatabaseError {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(database) = error.as_db_error() {
            return Self {
                // Without its detail, which quotes rows.
                text: format!("{} ({})", database.message(), database.code().code()),
                fault: fault_of(database),
            };
        }
        let cause = error.source().map(|cause| format!(": {cause}"));
        let is_io = || {
            error
                .source()
                .is_some_and(|cause| cause.downcast_ref::<io::Error>().is_some())
        };
        let mut text = error.to_string();
        if let Some(cause) = cause.filter(|cause| !text.ends_with(cause.as_str())) {
            text.push_str(&cause);
        }
        // A certificate that is refused stays refused.
        let is_refused = text.contains("invalid peer certificate");
        let fault = if error.is_closed() || (is_io() && !is_refused) {
            Fault::Broken
        } else {
            Fault::Other
        };
        if text.contains("UnknownIssuer") {
            text.push_str(
                "; give the database's own root certificate, as `sslrootcert` of the address or to the builder",
            );
        }
        Self { text, fault }
    }
}

fn fault_of(error: &DbError) -> Fault {
    match error.code().code() {
        "40001" | "40P01" | "55P03" | "57014" => Fault::Again,
        // It shuts down, starts, or has become a standby; or it has no connection left.
        "57P01" | "57P02" | "57P03" | "57P05" | "25006" | "25P03" | "53300" => Fault::Broken,
        code if code.starts_with("08") => Fault::Broken,
        "23505" => Fault::Unique(error.constraint().unwrap_or_default().to_owned()),
        "22012" => Fault::Guard,
        _ => Fault::Other,
    }
}

impl From<PoolError> for DatabaseError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            PoolError::Timeout(_) => {
                Self::broken("no connection to the database was to be had in time")
            }
            error => Self::new(error.to_string()),
        }
    }
}
