//! Webhooks from outside: signatures, bodies as HighLevel sends them, and the endpoint over a real socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod endpoint;
mod fixtures;
mod receiver;
mod signatures;
pub(crate) mod signing;
mod unwanted;
