//! The episode: which steps it plans, starts and skips, for each input.

mod any_order;
mod called_number;
mod callers;
mod closed;
mod experiment;
mod inputs;
mod pending_reply;
mod receipts;
mod step_actions;
mod steps;
mod variants;
