//! Administration: erasure, pauses, whether the app is installed, and locations that come and go.

mod erase;
mod halts;
mod installations;
mod location_changes;
mod location_set;
mod prune;
