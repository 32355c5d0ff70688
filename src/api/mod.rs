//! HighLevel's resources, one file each. A method is one expression that builds a [`Request`](crate::client::Request).
//!
//! A file holds the methods of its resource first and the types of its bodies below. Reading tolerates whatever
//! HighLevel sends (`crate::lenient`); writing sends exactly the documented fields. Nothing here waits, repeats or
//! decides.

pub mod businesses;
pub mod calendars;
pub mod campaigns;
pub mod companies;
pub mod contacts;
pub mod conversations;
pub mod custom_fields;
pub mod custom_values;
pub mod links;
pub mod locations;
pub mod notes;
pub mod object_fields;
pub mod offset;
pub(crate) mod only_in;
pub mod opportunities;
pub mod phone_numbers;
pub mod recurring_tasks;
pub mod tags;
pub mod tasks;
pub mod templates;
mod timestamp;
pub mod users;
pub mod workflows;
