//! The recipe's configuration and copy, from the outside.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod check;
mod copy;
mod files;
mod hints;
mod render;
mod schema;
mod slips;
mod variants;
