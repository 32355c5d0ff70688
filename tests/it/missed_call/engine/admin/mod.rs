//! Administration: erasure, pauses, and whether the app is installed.

mod erase;
mod halts;
mod installations;
mod prune;
