//! What exactly will the text say? Templates, their values, and the checks of the result.
//!
//! The words of a text are made only here, without I/O. HighLevel's own merge fields are never used: its documentation
//! does not say that it expands them in texts sent through the API, and it has no fallback for an empty one.
//!
//! | type | question it answers |
//! |---|---|
//! | [`Template`] | which words and fields does the text have? |
//! | [`MessageCopy`] | which limits must it keep: how many segments, which opt-out line, which refused words? |
//! | [`render`](fn@render) | what does it say to this contact? |
//! | [`Segments`] | how long is that, and what does it cost? |
//! | [`Variants`] | which of several copies does this caller get? |
//! | [`Approval`] | who approved these words? |

mod approval;
mod budget;
mod contact_names;
mod email;
mod error;
pub(crate) mod lint;
mod merge_field;
mod merge_values;
mod message;
pub(crate) mod placeholder;
mod presentable;
mod render;
mod segments;
mod smart_encoding;
mod template;
mod transliterate;
mod unknown_field;
mod variants;

pub use approval::Approval;
pub(crate) use contact_names::{FIRST_NAME_LIMIT, NAME_LIMIT};
pub(crate) use email::{html, render_email};
pub use error::CopyError;
pub(crate) use error::LONGEST_TEXT;
pub use merge_field::MergeField;
pub use merge_values::MergeValues;
pub use message::MessageCopy;
pub(crate) use message::OPT_OUT_LINE;
pub(crate) use render::render_as_named;
pub use render::{CopyWarning, Rendered, render};
pub use segments::{Encoding, Segments, SenderKind};
pub(crate) use smart_encoding::invisible_name;
pub use template::{InvalidTemplate, Template};
pub use variants::{Arm, Conditions, CopyContext, InvalidVariants, Variant, Variants};
