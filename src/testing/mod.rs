//! Stand-ins for tests: a clock set by hand and [`FakeGhl`], a HighLevel on loopback.
//!
//! Nothing here is for production. The wire behaviour of the fake follows HighLevel and may change with it.

mod fake_ghl;
mod manual_clock;

pub use fake_ghl::{
    Call, CallStatus, Delivery, DeliveryAttempt, Direction, FakeGhl, FakeGhlBuilder, FakeGhlError,
    Fault, Gate, GatePoint, Happening, HeldRequest, Seed, SeenRequest, TextMessage,
};
pub use manual_clock::ManualClock;
