//! Set-up as code.

mod desired;
mod names;

pub use desired::{Desired, DesiredLocation, InvalidSetup};
