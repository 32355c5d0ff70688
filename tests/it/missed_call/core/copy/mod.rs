//! The words of a text: templates, variants, and what a text costs.

mod budget;
mod render;
mod variants;
