//! `recipe`.

mod check;
mod play;
mod preview;
