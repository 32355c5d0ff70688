//! What exactly will the text say? Templates, the values that go into them, and the checks on what comes out.
//!
//! The words of a text are made here and nowhere else, without I/O. HighLevel's own merge fields are never relied on:
//! nothing documents that it expands them in texts sent through the API, and it has no fallback for an empty one.
//!
//! | type | question it answers |
//! |---|---|
//! | [`Template`] | which words and fields does the text have? |
//! | [`MessageCopy`] | what must it keep to: how many parts, which line about STOP, which words not? |
//! | [`render`](fn@render) | what does it say to this contact? |
//! | [`Segments`] | how long is that, and what does it cost? |
//! | [`Variants`] | which of several copies does this caller get? |
//! | [`Approval`] | who approved these words? |

mod approval;
mod budget;
mod contact_name;
mod email;
mod error;
mod fields;
pub(crate) mod lint;
mod merge_values;
mod message;
mod notation;
pub(crate) mod placeholder;
mod render;
mod segments;
mod smart_encoding;
pub(crate) mod template;
mod transliterate;
mod variants;

pub use approval::Approval;
pub(crate) use email::{html, render_email};
pub use error::CopyError;
pub(crate) use error::LONGEST_TEXT;
pub use merge_values::MergeValues;
pub(crate) use merge_values::{FIRST_NAME_LIMIT, NAME_LIMIT};
pub use message::MessageCopy;
pub(crate) use message::OPT_OUT_LINE;
pub(crate) use render::render_as_named;
pub use render::{CopyWarning, Rendered, render};
pub use segments::{Encoding, Segments, SenderKind};
pub(crate) use smart_encoding::invisible_name;
pub use template::{MergeField, Template, TemplateError};
pub use variants::{Arm, Conditions, CopyContext, Variant, Variants, VariantsError};
