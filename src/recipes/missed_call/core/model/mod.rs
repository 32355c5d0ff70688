//! The types that all modules of the recipe share: ids, triggers, reasons, intents, calls and persons. They decide nothing
//! and depend on no other module of the recipe except [`compliance`](super::compliance), whose results they carry.

mod doubt;
mod experiment;
mod halt;
mod ids;
mod intent;
mod missed_call;
mod person;
mod pipeline;
mod reason;
mod receipt;
mod reference;
mod trigger;
mod workflow;

pub use doubt::DoubtDecision;
pub(crate) use experiment::place_among;
pub use experiment::{Assignment, ExperimentArm, ExperimentRules};
pub use halt::Halt;
pub use ids::{EffectId, EpisodeId, StepName};
pub use intent::{Intent, NoticeTo};
pub use missed_call::{Evidence, MissedCall};
pub use person::{PersonKey, Subject};
pub use pipeline::PipelineFacts;
pub use reason::Reason;
pub use receipt::{DeliveryFailure, FailedStatus, Receipt};
pub use reference::{Reference, ReferenceChange};
pub use trigger::Trigger;
pub use workflow::WorkflowFacts;
