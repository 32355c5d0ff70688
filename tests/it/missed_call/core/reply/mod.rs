//! The classifier of replies, and the agent of a host that reads them.

mod agent;
mod corpus;
mod hold_out;
mod reader;
