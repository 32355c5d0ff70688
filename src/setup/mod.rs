#![doc = include_str!("set_up_as_code.md")]

mod desired;
mod live;
mod names;
mod plan;
mod progress;
mod run;
mod thing;

pub use desired::{Desired, DesiredLocation, InvalidSetup};
pub use plan::{Action, AgencyPlan, Change, InvalidPlan, LocationPlan, Span, Style, Totals};
pub use progress::{Progress, Silent};
pub use run::Setup;
pub use thing::{Kind, Part, Thing};
