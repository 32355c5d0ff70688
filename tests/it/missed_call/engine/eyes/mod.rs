//! What a host sees of an engine: the ledger as it grows, observers, and when there is nothing to do.

mod log;
mod observer;
mod removals;
mod settled;
mod watch;
