//! Recipe files: what loads, what is reported and where, the JSON Schema, and the check against a location.

mod check;
mod experiment;
mod files;
mod hints;
mod schema;
mod slips;
