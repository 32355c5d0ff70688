//! The client itself: over a scripted transport and a clock that never waits in real time, and over real sockets.

mod calls;
mod errors;
mod lines;
mod listings;
mod pacing;
mod raw_server;
mod redaction;
mod reservations;
mod retries;
pub(crate) mod scripted;
mod shared_rate_limit;
mod sockets;
mod streams;
mod voices;
mod worlds;
