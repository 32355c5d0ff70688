//! Missed-call text back: a caller who was not answered gets one text, the contact gets a tag, and the team gets a task.
//!
//! A service embeds the [`Engine`]. The engine accepts verified webhooks, stores the resulting effects in a [`store`], and
//! performs each effect once. The crate's front page shows the way from a webhook to the text; the example
//! `recovery_server` is a service to start from, and `agency_server` one with OAuth. The modules below the engine decide;
//! they can be read and tested without a clock or a network:
//!
//! | module | question that it answers |
//! |---|---|
//! | [`recipe`] | what is configured, and is it valid? |
//! | [`presets`] | what does a complete recipe look like? |
//! | [`copy`] | what exactly will the text say? |
//! | [`call`] | was this call missed, and can the caller be texted? |
//! | [`reply`] | what does a reply ask for: no more texts, an appointment, a person? |
//! | [`episode`] | what is the next step for this caller, and which steps are not needed any more? |
//! | [`ledger`] | what was done or not done, when, and why? |
//! | [`compliance`] | what may be sent, when, how often and to whom? |
//! | [`report`] | what were the outcomes, in numbers and for people? |
//! | `board` (feature `live-board`) | what is going on now, on one page that changes by itself? |
//! | [`edge_cases`] | what happens if two calls come at once, a webhook comes late, the process dies? |
//! | [`in_a_service`] | how does it live in a service that is there already? |
//! | [`observing`] | how is it seen, and how long is its data kept? |
//! | [`limits`] | what does it not do, and which limits apply? |
//!
//! To see exactly what a caller will read:
//!
//! ```
//! use std::collections::BTreeMap;
//! use gohighlevel::recipes::missed_call::{MergeValues, Preset, render_text};
//!
//! let recipe = Preset::Soleil.recipe();
//! let values = MergeValues {
//!     first_name: Some("Rosan".into()),
//!     custom_values: BTreeMap::from([(
//!         "calendly_link".to_owned(),
//!         "https://calendly.com/soleil/visit".to_owned(),
//!     )]),
//!     ..MergeValues::default()
//! };
//! let text = render_text(&recipe, &values)?;
//! assert!(text.starts_with("Hi Rosan, Soleil here."));
//! assert!(text.ends_with("https://calendly.com/soleil/visit Reply STOP to opt out."));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "live-board")]
pub mod board;
mod core;
mod engine;
#[doc = include_str!("edge_cases.md")]
pub mod edge_cases {}
#[doc = include_str!("in_a_service.md")]
pub mod in_a_service {}
#[doc = include_str!("limits.md")]
pub mod limits {}
#[doc = include_str!("observing.md")]
pub mod observing {}
mod recipe_file;
pub mod store;

pub use self::core::{call, compliance, copy, episode, ledger, presets, recipe, reply, report};

pub use self::core::Caller;
pub use self::core::call::{CallOutcome, MissedReason};
pub use self::core::copy::{CopyError, MergeField, MergeValues, Template};
pub use self::core::model::{DoubtDecision, Halt};
pub use self::core::presets::Preset;
pub use self::core::recipe::{
    DryRun, LocationFacts, NumberFacts, PipelineFacts, Problem, Recipe, RecipeError, Requirements,
    Warning, WorkflowFacts, render_text,
};
pub use self::core::reply::Reply;
pub use self::core::workflow_call::{MissedCallForm, WorkflowCall};
#[cfg(feature = "setup")]
pub(crate) use self::core::{recipe::Diagnostic, spelling::nearest};
#[cfg(feature = "metrics")]
pub use engine::EngineMetrics;
pub use engine::{
    AcceptError, Acceptance, ConsentQuestion, ConsentSource, Engine, EngineBuilder, EngineObserver,
    Erasure, Health, LocationSource, LocationStatus, Lookup, Notice, ObservedEntry, PreflightError,
    PreflightGroup, Put, RecipeInUse, Removal, ScopedEngine, ServedLocation, SourceError, Stopped,
    StoreAnswer, StoreOperation, SweepError, SweepReport, TeamNotifier, WorkCount,
};
#[cfg(feature = "setup")]
pub(crate) use engine::{number_facts, other_text_provider};
