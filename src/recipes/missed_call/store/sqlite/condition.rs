//! What is known to be wrong with the database that is open.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rusqlite::ErrorCode;

use crate::recipes::missed_call::store::{StoreError, StoreFault};
use crate::sqlite::{self, Failure, FileFault, fault_of};

/// The error that a store's user sees: it names the file.
pub(super) fn store_error(doing: &'static str, path: &Path, failure: Failure) -> StoreError {
    let fault = match fault_of(&failure) {
        Some(FileFault::Displaced(_)) => StoreFault::Displaced,
        Some(FileFault::Damaged(_)) => StoreFault::Damaged,
        None => StoreFault::Failed,
    };
    StoreError::new(doing, sqlite::named(path, failure)).with_fault(fault)
}

/// Shared by the threads of a store.
#[derive(Debug)]
pub(super) struct Condition {
    path: PathBuf,
    /// Stays until the database is opened again, which checks it.
    damage: OnceLock<FileFault>,
    /// Whether a write has failed since it was last tried with much to write.
    write_failed: AtomicBool,
    unreadable: AtomicU64,
}

impl Condition {
    pub(super) fn of(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            damage: OnceLock::new(),
            write_failed: AtomicBool::new(false),
            unreadable: AtomicU64::new(0),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What a failure of the store says to its user.
    pub(super) fn error(&self, doing: &'static str, failure: Failure) -> StoreError {
        store_error(doing, &self.path, failure)
    }

    /// Nothing is written to a damaged database: that would make it worse.
    pub(super) fn damage(&self) -> Option<&FileFault> {
        self.damage.get()
    }

    /// Notes what a failed read or write says of the database.
    pub(super) fn note(&self, failure: &Failure) {
        if let Some(fault @ FileFault::Damaged(_)) = fault_of(failure) {
            return self.is_damaged(fault);
        }
        let error = failure.downcast_ref::<rusqlite::Error>();
        match error.and_then(rusqlite::Error::sqlite_error_code) {
            // It was one when it was opened.
            Some(ErrorCode::NotADatabase) => {
                self.is_damaged(FileFault::Damaged(failure.to_string()));
            }
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly) => {
                self.write_failed();
            }
            Some(_) => {}
            None => {
                self.unreadable.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Logged once.
    pub(super) fn is_damaged(&self, fault: FileFault) {
        if self.damage.set(fault.clone()).is_ok() {
            tracing::error!(path = %self.path.display(), "the database takes nothing any more: {fault}");
        }
    }

    pub(super) fn write_failed(&self) {
        self.write_failed.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_write_failed(&self) -> bool {
        self.write_failed.load(Ordering::Relaxed)
    }

    pub(super) fn takes_writes_again(&self) {
        self.write_failed.store(false, Ordering::Relaxed);
    }

    /// How many times a stored row could not be understood.
    pub(super) fn unreadable(&self) -> u64 {
        self.unreadable.load(Ordering::Relaxed)
    }
}
