//! Recipes: whole pieces of work that a service embeds, built on the client and the webhooks.
//!
//! A recipe is a checked configuration, pure decisions and an engine that carries them out. What several recipes need
//! belongs to the rest of the crate; only recipes live here, one folder each.

pub mod missed_call;
