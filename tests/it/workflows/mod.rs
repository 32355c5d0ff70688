//! Workflows both ways, over real HTTP: FakeGhl asks the endpoints of a service, and the service asks FakeGhl.

mod actions;
mod endpoint;
mod inbound;
mod redaction;
mod shutdown;
mod stores;
mod support;
mod triggers;
