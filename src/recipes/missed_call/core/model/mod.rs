//! The words that all parts of the recipe share: ids, triggers, reasons, intents, calls and persons. Leaves: they decide
//! nothing, and know no other part of the recipe but the rules of [`compliance`](super::compliance) that they carry.

mod halt;
mod ids;
mod intent;
mod missed_call;
mod person;
mod pipeline;
mod reason;
mod reference;
mod trigger;

pub use halt::Halt;
pub use ids::{EffectId, EpisodeId, StepName};
pub use intent::{Intent, NoticeTo};
pub use missed_call::{Evidence, MissedCall};
pub use person::{PersonKey, Subject};
pub use pipeline::PipelineFacts;
pub use reason::Reason;
pub use reference::{Reference, ReferenceChange};
pub use trigger::Trigger;
