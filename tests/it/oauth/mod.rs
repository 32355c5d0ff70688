//! OAuth over FakeGhl: what must happen to tokens whatever expires, fails, is dropped or comes twice.

mod connect;
mod failures;
mod installations;
mod locations;
mod processes;
mod sharing;
mod single_flight;
mod stores;
mod support;
