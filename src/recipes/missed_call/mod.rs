//! Missed-call text back: whoever called and was not answered gets one text, a tag and a task for the team.
//!
//! A service embeds the [`Engine`]: it takes verified webhooks, keeps what follows from them in a [`store`], and
//! carries it out, once. The crate's front page shows it from a webhook to the text, and the example `recovery_server`
//! is a service to start from. The parts below it decide, and can be read and tested without a clock or a network:
//!
//! | module | question it answers |
//! |---|---|
//! | [`recipe`] | what did the operator ask for, and does it make sense? |
//! | [`presets`] | what does a ready recipe look like? |
//! | [`copy`] | what exactly will the text say? |
//! | [`call`] | was this call missed, and can the caller be texted? |
//! | [`reply`] | what does the caller want who wrote back: no more texts, an appointment, a person? |
//! | [`episode`] | what is to be done for this caller now, and what no more? |
//! | [`ledger`] | what was done or not done, when, and why? |
//! | [`compliance`] | what may be sent, when, how often and to whom? |
//! | [`report`] | what became of the callers, in numbers and for people? |
//! | [`edge_cases`] | and if two calls come at once, a webhook comes late, the process dies? |
//!
//! What exactly a caller will read:
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

mod core;
mod engine;
#[doc = include_str!("edge_cases.md")]
pub mod edge_cases {}
pub mod store;

pub use self::core::{call, compliance, copy, episode, ledger, presets, recipe, reply, report};

pub use self::core::Caller;
pub use self::core::call::{CallOutcome, MissedReason};
pub use self::core::copy::{CopyError, MergeField, MergeValues, Template};
pub use self::core::model::Halt;
pub use self::core::presets::Preset;
pub use self::core::recipe::{LocationFacts, Problem, Recipe, RecipeError, render_text};
pub use self::core::reply::Reply;
pub use self::core::workflow_call::{MissedCallForm, WorkflowCall};
pub use engine::{
    Acceptance, Engine, EngineBuilder, Erasure, Health, Notice, PreflightError, ScopedEngine,
    Stopped, SweepError, SweepReport, TeamNotifier,
};
