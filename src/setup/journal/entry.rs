//! The lines of a journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::LocationId;
use crate::setup::plan::Change;
use crate::setup::thing::Thing;

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::setup) struct Entry {
    /// The number of the write that it is about.
    #[serde(rename = "write")]
    pub(in crate::setup) number: u64,
    pub(in crate::setup) at: Timestamp,
    #[serde(flatten)]
    pub(in crate::setup) event: Event,
}

/// What is said of a write.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(in crate::setup) enum Event {
    /// It is about to be made.
    Intent {
        location: LocationId,
        change: Box<Change>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undoes: Option<u64>,
    },
    /// It was made, or found to be made.
    Done {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thing: Option<Thing>,
    },
    /// It was surely not made.
    NotDone,
}
