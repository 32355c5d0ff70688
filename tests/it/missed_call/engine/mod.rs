//! The engine: it takes webhooks and calls in, and performs the steps.

mod admin;
mod eyes;
mod flow;
pub(crate) mod intake;
mod locations;
pub(crate) mod worker;
