//! All integration tests, in one binary. This file is a list of modules and nothing else.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api;
mod client;
mod command;
mod contract;
mod examples;
mod fake_ghl;
mod held_clock;
mod house;
mod logged;
mod missed_call;
mod oauth;
mod phone;
#[cfg(all(unix, feature = "postgres"))]
mod postgres;
mod program;
#[cfg(unix)]
mod recovery_server;
mod redaction;
mod serve;
#[cfg(feature = "setup")]
mod setup;
mod webhooks;
mod workflows;
