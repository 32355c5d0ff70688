//! Set-up as code: what locations must have, as files. Plan, apply, undo and export, for one location or a whole agency.
//!
#![doc = include_str!("set_up_as_code.md")]

mod apply;
mod desired;
mod export;
mod journal;
mod live;
mod names;
mod plan;
mod progress;
mod run;
mod thing;
mod undo;

pub use apply::{Applied, AppliedLocation, Force, Outcome};
pub use desired::{Desired, DesiredLocation, InvalidSetup, UnknownLocation};
pub use export::Exported;
pub use journal::{Journal, JournalError};
pub use plan::{Action, AgencyPlan, Change, InvalidPlan, LocationPlan, Span, Style, Totals};
pub use progress::{Progress, Silent};
pub use run::Setup;
pub use thing::{Kind, Part, Thing};
