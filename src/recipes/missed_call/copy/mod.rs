//! What exactly will the text say? Templates, the values that go into them, and the checks on what comes out.
//!
//! The words of a text are made here and nowhere else, without I/O. HighLevel's own merge fields are never relied on:
//! nothing documents that it expands them in texts sent through the API, and it has no fallback for an empty one.

pub(crate) mod lint;
mod name;
mod notation;
mod render;
pub(crate) mod template;
mod values;

pub use render::{CopyError, render_text};
pub(crate) use render::{LONGEST_TEXT, check_value, render, render_as_named};
pub use template::{MergeField, Template, TemplateError};
pub use values::MergeValues;
pub(crate) use values::{FIRST_NAME_LIMIT, NAME_LIMIT};
