//! Tests of the missed-call recipe. The folders follow `src/recipes/missed_call`: a test stands where the rule that it
//! tests stands, also when it runs a whole engine to test it.
//!
//! | folder | what is tested |
//! |---|---|
//! | `core/recipe`, `core/copy` | recipe files and their problems; templates, variants, and what a text costs |
//! | `core/episode` | one episode: inputs, steps, calls of the cooldown, late inputs |
//! | `core/compliance` | opt-outs, consent, caps, quiet hours, holidays, floods, pauses |
//! | `core/reply` | the classifier of replies, its corpus and hold-out, the agent of a host |
//! | `core/report` | outcomes, metrics, attribution, evidence, review and digest |
//! | `store` | the contract of stores, the SQLite store and its file, rows and files of earlier releases |
//! | `engine/intake` | webhooks, calls of workflows, events of the host, the sweep |
//! | `engine/worker` | each step once, whatever fails: crashes, faults, isolation of locations, the end of a run |
//! | `engine/admin` | erasure, pauses, removal and installation of the app, locations that come and go |
//! | `engine/locations` | the host's own list of locations, and what is kept of it |
//! | `engine/eyes` | what a host sees: the growing ledger, observers, when nothing is due |
//! | `engine/flow` | one call from the webhook to the ledger |
//! | `board` | the live board: who sees it, what is on it, how it changes |
//! | `edge_cases` | cases that belong to no single rule |
//! | `harness` | what the tests share; no tests |
//!
//! Two tables name the test of each rule, and tests check that they are complete:
//!
//! - [edge cases](../../../src/recipes/missed_call/edge_cases.md), checked by `edge_cases`;
//! - [requirements](../../../src/recipes/missed_call/core/presets/requirements.md), checked by `requirements`.

#[cfg(feature = "live-board")]
mod board;
mod core;
mod edge_cases;
mod engine;
pub(crate) mod harness;
mod requirements;
mod store;
