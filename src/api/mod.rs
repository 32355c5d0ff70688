//! HighLevel's resources, one module each. They hang on a [`Location`](crate::client::Location), and what belongs to an
//! agency on the [`Client`](crate::Client).
//!
//! | people | talking | dates and tasks | business | set-up |
//! |---|---|---|---|---|
//! | [`contacts`] | [`conversations`] | [`calendars`] | [`opportunities`] | [`locations`], [`companies`] |
//! | [`tags`] | [`phone_numbers`] | [`tasks`] | [`businesses`] | [`users`] |
//! | [`notes`] | [`templates`] | [`recurring_tasks`] | [`campaigns`] | [`custom_fields`], [`custom_values`] |
//! | | [`links`] | | [`workflows`] | [`object_fields`] |
//! | | [`email_templates`] | | [`forms`] | [`snapshots`] |
//! | | [`voice_ai`] | | [`funnels`] | [`custom_menus`] |
//!
//! The methods read alike everywhere: `get`, `list` or `search`, `create`, `update`, `delete`. `New…` is what a
//! creation takes, `…Update` what a change takes; a field that is left out there stays as it is. What is read may lack
//! whatever HighLevel may leave out, and keeps words that are not known yet.
//!
//! ```no_run
//! # async fn example(location: &gohighlevel::client::Location) -> Result<(), Box<dyn std::error::Error>> {
//! use gohighlevel::api::{contacts::NewContact, notes::NewNote, tags::TagName};
//!
//! let caller = NewContact {
//!     first_name: Some("Rosan".into()),
//!     phone: Some("+18887324197".parse()?),
//!     ..NewContact::default()
//! };
//! let contact = location.contacts().upsert(&caller).await?.contact;
//! location.contact_tags().add(&contact.id, &[TagName::new("new-patient")?]).await?;
//! location.notes().create(&contact.id, &NewNote::new("Asked for Tuesday.")).await?;
//!
//! // An operation that has no method here:
//! let objects: serde_json::Value = location.get("/objects/").await?;
//! # drop(objects); Ok(()) }
//! ```
//!
//! # How the files are made
//!
//! A method is one expression that builds a [`Request`](crate::client::Request). A file holds the methods of its
//! resource first and the types of its bodies below. Reading tolerates whatever HighLevel sends (`crate::lenient`);
//! writing sends exactly the documented fields. Nothing here waits, repeats or decides.
//!
//! # How to add an endpoint
//!
//! 1. Add the method in the file of its resource, with an operation name of its own; a new resource gets a file, a line
//!    below and a method of `Location` or `Client`.
//! 2. Add a driver for the method in `tests/it/contract/drivers`, as `tests/it/contract/mod.rs` says. The contract test
//!    names an operation of HighLevel's files that has neither a method nor a reason to be left out.

pub(crate) mod body;
pub mod businesses;
pub mod calendars;
pub mod campaigns;
pub mod companies;
pub mod contacts;
pub mod conversations;
pub mod cursor;
pub mod custom_fields;
pub mod custom_menus;
pub mod custom_values;
pub mod email_templates;
mod field_value;
pub mod forms;
pub mod funnels;
pub mod links;
pub(crate) mod listing;
pub mod locations;
pub mod notes;
pub mod numbered;
pub mod object_fields;
pub mod offset;
pub mod opportunities;
pub mod phone_numbers;
pub mod recurring_tasks;
pub mod snapshots;
pub mod tags;
pub mod tasks;
pub mod templates;
mod timestamp;
pub mod users;
pub(crate) mod version_gate;
pub mod voice_ai;
pub mod workflows;
