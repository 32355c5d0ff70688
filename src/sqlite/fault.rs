//! Faults of a whole database, with its name and what to do.

use std::path::Path;

use rusqlite::ErrorCode;

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Why a file is refused. The text goes on after the file's name, which [`named`] puts in front.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refusal(String);

impl Refusal {
    pub(crate) fn boxed(text: impl Into<String>) -> Failure {
        Box::new(Self(text.into()))
    }
}

/// A database whose writes would be lost.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum FileFault {
    /// The file that is open is not the one that the next process would open.
    #[error(
        "{0} was removed or replaced while it was in use, and what is written now would be lost; stop the service, put the files back as they were, and start it"
    )]
    Displaced(String),
    /// Its pages do not make a database any more.
    #[error(
        "is damaged ({0}) and was left as it is; stop the service and restore the last backup, or save what can be read with the shell of SQLite: sqlite3 FILE .recover"
    )]
    Damaged(String),
}

const ACCESS: &str = "the folder must exist, and this user must be allowed to read and write the file and the folder";

/// Whether a failure says something of the file as a whole.
pub(crate) fn fault_of(failure: &Failure) -> Option<FileFault> {
    if let Some(fault) = failure.downcast_ref::<FileFault>() {
        return Some(fault.clone());
    }
    let error = failure.downcast_ref::<rusqlite::Error>()?;
    (error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt))
        .then(|| FileFault::Damaged(error.to_string()))
}

/// The same failure with the name of the file, and what to do.
pub(crate) fn named(path: &Path, failure: Failure) -> Failure {
    let code = failure
        .downcast_ref::<rusqlite::Error>()
        .and_then(rusqlite::Error::sqlite_error_code);
    let path = path.display();
    let text = match (fault_of(&failure), code) {
        (Some(FileFault::Damaged(what)), _) => format!("{path} {}", FileFault::Damaged(what)),
        (Some(displaced), _) => format!("{path}: {displaced}"),
        (None, Some(ErrorCode::NotADatabase)) => {
            format!("{path} is not a database of SQLite and was left as it is; name another file")
        }
        (None, Some(ErrorCode::CannotOpen)) => format!("{path} cannot be opened; {ACCESS}"),
        (None, Some(ErrorCode::DatabaseBusy)) => format!(
            "{path} is locked by another program; end that program, and keep the file on a disk of this machine: SQLite's log does not work on a network file system"
        ),
        (None, _) if failure.is::<Refusal>() => format!("{path} {failure}"),
        (None, _) if failure.is::<std::io::Error>() => format!("{path}: {failure}; {ACCESS}"),
        (None, _) => format!("{path}: {failure}"),
    };
    text.into()
}
