//! The journal of a set-up: each write is written down before it is made, and its end after it.
//!
//! A journal is for two things. A run that was killed is continued: what was under way is looked for before it is made
//! again. And a run is undone: what it made, and what was there before. It is never the truth about a location: that is
//! read right before each write.

mod entry;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

pub(super) use entry::{Entry, Event};

use super::names;
use super::plan::{Action, Change};
use super::thing::Thing;
use crate::ids::LocationId;

/// A journal that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The file cannot be read or written. Nothing is written to a location that could not be written down first.
    #[error(
        "the journal {path} cannot be used: {error}; see to the disk and the rights, and run again"
    )]
    File {
        /// The file.
        path: String,
        /// What went wrong.
        #[source]
        error: std::io::Error,
    },
    /// Another process uses it.
    #[error("the journal {path} is used by another run; wait for it to end, or use another file")]
    InUse {
        /// The file.
        path: String,
    },
    /// A line of it, which is not the last one, cannot be read.
    #[error(
        "line {line} of the journal {path} cannot be read: {error}; restore the file, or use a new one"
    )]
    Line {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        #[source]
        error: serde_json::Error,
    },
}

/// A journal in a file of JSON lines. One process at a time uses it.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: Arc<Mutex<File>>,
    state: Mutex<State>,
}

/// What the lines say when they are taken together.
#[derive(Debug, Default)]
struct State {
    last: u64,
    writes: BTreeMap<u64, Written>,
}

/// A write that was written down.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written {
    pub(super) number: u64,
    pub(super) location: LocationId,
    pub(super) change: Change,
    /// The write that this one puts back.
    pub(super) undoes: Option<u64>,
    pub(super) end: Option<End>,
}

/// How a write ended.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum End {
    /// It was made; the thing as it was afterwards, unless it was deleted.
    Done(Option<Thing>),
    /// It was surely not made.
    NotDone,
}

impl Journal {
    /// Opens the journal in a file, and makes the file if there is none. A last line that was cut short by a crash is left
    /// out: what it was about had not begun.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref().to_owned();
        let shown = path.display().to_string();
        let failed = |error| JournalError::File {
            path: shown.clone(),
            error,
        };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::InUse { path: shown }),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed)?;
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        file.set_len(whole as u64).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let mut state = State::default();
        for (line, number) in text[..whole].lines().zip(1..) {
            let entry: Entry = serde_json::from_str(line).map_err(|error| JournalError::Line {
                path: shown.clone(),
                line: number,
                error,
            })?;
            state.take(entry);
        }
        Ok(Self {
            path,
            file: Arc::new(Mutex::new(file)),
            state: Mutex::new(state),
        })
    }

    /// Writes down what is about to be done. Returns its number once it is on the disk.
    pub(super) async fn intend(
        &self,
        at: Timestamp,
        location: &LocationId,
        change: &Change,
        undoes: Option<u64>,
    ) -> Result<u64, JournalError> {
        let number = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.last += 1;
            state.last
        };
        let event = Event::Intent {
            location: location.clone(),
            change: Box::new(change.clone()),
            undoes,
        };
        self.write(Entry { number, at, event }).await?;
        Ok(number)
    }

    /// Writes down how a write ended.
    pub(super) async fn end(
        &self,
        at: Timestamp,
        number: u64,
        end: End,
    ) -> Result<(), JournalError> {
        let event = match end {
            End::Done(thing) => Event::Done { thing },
            End::NotDone => Event::NotDone,
        };
        self.write(Entry { number, at, event }).await
    }

    async fn write(&self, entry: Entry) -> Result<(), JournalError> {
        let failed = |error| JournalError::File {
            path: self.path.display().to_string(),
            error,
        };
        let mut line = serde_json::to_vec(&entry).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        let file = Arc::clone(&self.file);
        let written = tokio::task::spawn_blocking(move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(&line)?;
            file.sync_data()
        });
        written
            .await
            .map_err(|error| failed(std::io::Error::other(error)))?
            .map_err(failed)?;
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(entry);
        Ok(())
    }

    /// The writes of this thing whose end is not known, newest first: a run was killed, or an answer was lost.
    pub(super) fn open_writes(&self, location: &LocationId, change: &Change) -> Vec<Written> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let open = state.writes.values().rev().filter(|written| {
            written.end.is_none()
                && written.location == *location
                && written.change.kind == change.kind
                && names::same(&written.change.key, &change.key)
        });
        open.cloned().collect()
    }

    /// The writes that may have been made and were not put back, newest first.
    pub(super) fn undoable(&self) -> Vec<Written> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let undone = state
            .writes
            .values()
            .filter(|written| matches!(written.end, Some(End::Done(_))));
        let undone: BTreeSet<u64> = undone.filter_map(|written| written.undoes).collect();
        let made = state.writes.values().rev().filter(|written| {
            written.undoes.is_none()
                && written.end != Some(End::NotDone)
                && !undone.contains(&written.number)
        });
        made.cloned().collect()
    }

    /// The changes that [`Setup::undo`](super::Setup::undo) would make, newest first.
    pub fn to_put_back(&self) -> Vec<(LocationId, Change)> {
        let undoable = self.undoable().into_iter();
        undoable
            .filter_map(|written| Some((written.location.clone(), written.inverse()?)))
            .collect()
    }

    /// How many writes it holds that were made, and that may have been made without an answer.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let made = state
            .writes
            .values()
            .filter(|it| matches!(it.end, Some(End::Done(_))))
            .count();
        let open = state.writes.values().filter(|it| it.end.is_none()).count();
        (made, open)
    }
}

impl State {
    fn take(&mut self, entry: Entry) {
        self.last = self.last.max(entry.number);
        let number = entry.number;
        match entry.event {
            Event::Intent {
                location,
                change,
                undoes,
            } => {
                let written = Written {
                    number,
                    location,
                    change: *change,
                    undoes,
                    end: None,
                };
                self.writes.insert(number, written);
            }
            Event::Done { thing } => self.end(number, End::Done(thing)),
            Event::NotDone => self.end(number, End::NotDone),
        }
    }

    fn end(&mut self, number: u64, end: End) {
        if let Some(written) = self.writes.get_mut(&number) {
            written.end = Some(end);
        }
    }
}

impl Written {
    /// Whether a thing that was looked for and found, or not found, is what this write makes.
    pub(super) fn is_shown_by(&self, found: Option<&Thing>) -> bool {
        match (&self.change.after, found) {
            (Some(after), Some(found)) => found.fulfils(self.change.kind, after),
            (None, None) => true,
            _ => false,
        }
    }

    /// The change that puts this one back. `None` for what wrote nothing.
    pub(super) fn inverse(&self) -> Option<Change> {
        let made = match &self.end {
            Some(End::Done(thing)) => thing.clone(),
            _ => None,
        };
        let (action, before, after) = match self.change.action {
            Action::Create => (
                Action::Delete,
                made.or_else(|| self.change.after.clone()),
                None,
            ),
            Action::Change => (
                Action::Change,
                made.or_else(|| self.change.after.clone()),
                self.change.before.clone(),
            ),
            Action::Delete => {
                let mut thing = self.change.before.clone()?;
                thing.id = None;
                (Action::Create, None, Some(thing))
            }
            Action::Keep | Action::Conflict | Action::ByHand => return None,
        };
        Some(Change {
            action,
            before,
            after,
            because: String::new(),
            ..self.change.clone()
        })
    }
}
