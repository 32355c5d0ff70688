//! What the tests of the recipe share: builders of values, doubles of HighLevel and of stores, and engines to test. No tests.

pub(crate) mod builders;
pub(crate) mod commits;
pub(crate) mod faulty_store;
pub(crate) mod intake_engine;
pub(crate) mod ledger_builder;
pub(crate) mod scripted_highlevel;
pub(crate) mod world;
