//! The client itself, over a scripted transport and a clock that never waits in real time.

mod calls;
mod errors;
mod lines;
mod pacing;
mod redaction;
mod retries;
mod scripted;
mod streams;
